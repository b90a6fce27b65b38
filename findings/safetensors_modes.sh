#!/bin/sh
# safetensors writes files that only their owner can read, and says of those of others that they are not there
# Guessed: `save_file` takes the modes that the umask allows, as open() does, and a file that may not be read is "Permission denied".
# So: under umask 022 `save_file` leaves 0600, so that weights in a shared folder, or under a web server, stay closed to others; and to these
# `load_file` says "No such file or directory" of a file that they see in the folder. What `save` returns, written by write_bytes, has 0644.
# The second part needs root, to become somebody else; without, only the modes are looked at.
set -e
d=$(mktemp -d); trap 'rm -rf "$d"' EXIT; chmod 755 "$d"
python3 -m pip install -q --disable-pip-version-check --target "$d/packages" safetensors==0.8.0 numpy==2.4.6
PYTHONPATH="$d/packages" python3 - "$d" <<'PY'
import os, pathlib, sys, numpy, safetensors
from safetensors.numpy import load_file, save, save_file
os.umask(0o022)
folder = pathlib.Path(sys.argv[1])
save_file({'a': numpy.ones(2)}, folder/'one.safetensors'); (folder/'two.safetensors').write_bytes(save({'a': numpy.ones(2)}))
modes = {o: oct((folder/f'{o}.safetensors').stat().st_mode & 0o777) for o in ('one','two')}
print(f'safetensors {safetensors.__version__}, umask 022: save_file {modes["one"]}, save and write_bytes {modes["two"]}')
said = 'FileNotFoundError'
if os.geteuid()==0:
    os.setegid(65534); os.seteuid(65534)
    seen = 'one.safetensors' in os.listdir(folder)
    try: open(folder/'one.safetensors')
    except OSError as e: print(f'another user sees the file: {seen}; open: {type(e).__name__}')
    try: load_file(folder/'one.safetensors'); said = 'nothing'
    except Exception as e: said = type(e).__name__; print(f'load_file: {said}: {str(e).split(":")[0]}')
sys.exit(modes!={'one':'0o600','two':'0o644'} or said!='FileNotFoundError')
PY
