#!/bin/sh
# On a CPU torch counts the gradients of LayerNorm and Embedding up in bfloat16: a thousand times 1 is 256 for an embedding of bfloat16, and for LayerNorm 256 per thread, even in autocast with weights of float32
# Guessed: gradients are summed in float32 and rounded once, as in sum, Linear, BatchNorm and GroupNorm, above all if they are float32 themselves; the number of threads changes the last bit at most.
# So: in bfloat16 256 + 1 is 256. A token that occurs often in a batch gets a quarter of its gradient, index_add as little, while scatter_add of the same numbers is right.
# LayerNorm has a sum per thread: with one thread 256, with two 512, and only with four is it right. Autocast gives it bfloat16 from the layer before, and that decides, not its weights.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m pip install -q --no-compile --disable-pip-version-check --target lib torch==2.13.0 numpy==2.4.6
PYTHONPATH=lib python3 - <<'EOF'
import sys, torch
from torch import nn
print('torch', torch.__version__)
n = 1000
def grad(layer, x, name='bias'):
    "The first gradient of `name` where each of n rows has a gradient of 1: n by rights"
    with torch.autocast('cpu', torch.bfloat16, enabled=x.dtype==torch.bfloat16 and next(layer.parameters()).dtype==torch.float32): y = layer(x)
    y.sum().backward()
    return getattr(layer, name).grad.flatten()[0].item()
def all_of(dtype):
    x,same,ones = torch.arange(4*n).reshape(n, 4).sin().to(dtype),torch.zeros(n, dtype=torch.long),torch.ones(n, dtype=dtype)
    return {'LayerNorm':   grad(nn.LayerNorm(4, dtype=dtype), x),
            'LayerNorm of float32': grad(nn.LayerNorm(4), x),
            'Embedding':   grad(nn.Embedding(3, 4, dtype=dtype), same, 'weight'),
            'index_add':   torch.zeros(1, dtype=dtype).index_add_(0, same, ones).item(),
            'scatter_add': torch.zeros(1, dtype=dtype).scatter_add_(0, same, ones).item(),
            'sum':         ones.sum().item(),
            'Linear':      grad(nn.Linear(4, 4, dtype=dtype), x),
            'GroupNorm':   grad(nn.GroupNorm(1, 4, dtype=dtype), x),
            'BatchNorm1d': grad(nn.BatchNorm1d(4, dtype=dtype), x)}
got = {}
for dtype,threads in (torch.float32,1),(torch.bfloat16,1),(torch.bfloat16,2),(torch.bfloat16,4):
    torch.set_num_threads(threads)
    got[dtype,threads] = o = all_of(dtype)
    print(f'{str(dtype)[6:]}, threads {threads}:', ', '.join(f'{k} {v:.0f}' for k,v in o.items()))
good = set(got[torch.float32,1].values())=={n}
for (dtype,threads),o in got.items():
    if dtype!=torch.bfloat16: continue
    good &= o.pop('Embedding')==o.pop('index_add')==256 and o.pop('LayerNorm')==o.pop('LayerNorm of float32')==min(256*threads, n) and set(o.values())=={n}
sys.exit(not good)
EOF
