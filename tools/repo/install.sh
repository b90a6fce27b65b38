#!/bin/sh
# Make the virtual environment (VENV, default .venv): with everything in it, or, called with `reading`, with no more than reading a picture needs.
# LOCK=yes takes the versions of lock.txt and no other.
# PYTHON=/path/to/python chooses the interpreter; otherwise the first of the usual names that is 3.11 or newer.
set -eu
cd "$(dirname "$0")/../.."
venv=${VENV:-.venv}
what=${1:-all}

new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }   # asked by running it: a name on the PATH may be a dead shim
py=
for candidate in ${PYTHON:-python3.13 python3.12 python3.11 python3 python}; do
    if new_enough "$candidate"; then py=$candidate; break; fi
done
if [ -z "$py" ]; then
    echo "latexocr needs Python 3.11 or newer; none was found as: ${PYTHON:-python3.13, python3.12, python3.11, python3, python}" >&2
    echo "Install one (https://www.python.org/downloads, or on Debian: apt-get install python3 python3-venv), or name yours: make install PYTHON=/path/to/python3" >&2
    exit 1
fi
if ! "$py" -c 'import ensurepip, venv' 2>/dev/null; then
    echo "$py has no venv module: on Debian, apt-get install python3-venv" >&2
    exit 1
fi
if ! new_enough "$venv/bin/python"; then
    echo "Making $venv with $("$py" --version)"
    rm -rf "$venv"
    "$py" -m venv "$venv"
fi
lock=${LOCK:+-c lock.txt}
pip() { "$venv/bin/python" -m pip --disable-pip-version-check "$@"; }

# On Linux pip's usual torch carries gigabytes of GPU code. Without a GPU, and where pip has no index of its own set, take the one for processors. TORCH=any leaves the choice to pip.
index=
settings=$(pip config list)
if [ "$(uname -s)" = Linux ] && [ "${TORCH:-}" != any ] && ! command -v nvidia-smi >/dev/null 2>&1 && ! echo "$settings" | grep -Eq 'index-url|find-links|no-index'; then
    index="--extra-index-url https://download.pytorch.org/whl/cpu"
fi
if [ "$what" = reading ]; then
    echo "Installing into $venv what reading needs (about a minute, 0.9 GB): torch numpy scipy pillow pypdfium2 safetensors tqdm fastcore"
    sed -n 's/^requirements = //p; s/^\t//p' settings.ini | grep -E '^(torch|numpy|scipy|pillow|pypdfium2|safetensors|tqdm|fastcore)([^a-z]|$)' | sort -u > "$venv/reading.txt"
    pip install --quiet -c constraints.txt $lock $index -r "$venv/reading.txt"
    touch "$venv/.reads"
else
    echo "Installing latexocr and its tools into $venv (about 3 minutes and 1.8 GB the first time)"
    pip install --quiet -c constraints.txt $lock $index -e '.[dev]'
    touch "$venv/.reads" "$venv/.installed"
fi
echo "Installed."
