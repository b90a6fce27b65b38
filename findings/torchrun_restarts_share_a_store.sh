#!/bin/sh
# After a restart torchrun's processes meet in the store of those before, where the old addresses still stand
# Guessed: each attempt has a store of its own, as torch/distributed/rendezvous.py says ("We create a new TCPStore for every retry so no need to add
# prefix for each attempt"); so what a lost process has said there is gone.
# So: with --standalone (and --rdzv-backend c10d) the agent keeps one store: after the restart the port is the same, and a key of attempt 0 is read in
# attempt 1. A process that comes late is therefore looked for at the address of its predecessor. A prefix that each start draws anew helps.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check torch==2.13.0 numpy==2.4.6
cat > both.py <<'PY'
import os, sys, torch
from torch.distributed.rendezvous import rendezvous
store,rank,world = next(rendezvous('env://'))
attempt = os.environ['TORCHELASTIC_RESTART_COUNT']
if attempt=='0': store.set('address', 'said in attempt 0'); sys.exit(1)
print(f'torch {torch.__version__}, attempt {attempt}:', store.get('address').decode() if store.check(['address']) else 'nothing there', flush=True)
PY
OMP_NUM_THREADS=1 venv/bin/python -m torch.distributed.run --standalone --nproc-per-node 1 --max-restarts 1 both.py >said 2>log || { tail -5 log; exit 1; }
cat said
grep -q 'attempt 1: said in attempt 0' said
