#!/bin/sh
# Make the virtual environment (VENV, default .venv) with the package and its developer tools in it.
# PYTHON=/path/to/python chooses the interpreter; otherwise the first of the usual names that is 3.11 or newer.
set -eu
cd "$(dirname "$0")/../.."
venv=${VENV:-.venv}

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
echo "Installing latexocr and its tools into $venv (about 3 minutes and 1.8 GB the first time)"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
touch "$venv/.installed"
echo "Installed."
