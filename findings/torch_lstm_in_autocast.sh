#!/bin/sh
# torch's bfloat16 autocast on a processor without AVX-512 refuses nn.LSTM, leaves nn.GRU in float32, and runs nn.RNN; an LSTM whose weights are bfloat16 runs
# Guessed: autocast takes an operation to bfloat16 where that is implemented and leaves it in float32 elsewhere, as it does with a GRU: slower, but it runs.
# So: nn.LSTM goes to oneDNN whenever autocast says bfloat16, and oneDNN has no such LSTM below AVX-512: "could not create a primitive descriptor", for each
# size, with gradients or without. `lstm.bfloat16()` without autocast, or autocast without oneDNN, is no trouble. The same script trains on one
# machine and stops on an older one; ask the processor first, or keep the LSTM out of autocast. ONEDNN_MAX_CPU_ISA makes a newer processor such an older one.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check torch==2.13.0 numpy==2.4.6
ONEDNN_MAX_CPU_ISA=AVX2 venv/bin/python - <<'EOF'
import sys, warnings
import torch
from torch import nn
warnings.simplefilter('ignore')
print(f'torch {torch.__version__}, oneDNN held to AVX2')
x = torch.randn(5, 4, 64)
def kind(run):
    try: return str(run()[0].dtype).removeprefix('torch.')
    except RuntimeError as e: return ' '.join(str(e).split()[:7])
with torch.autocast('cpu', torch.bfloat16):
    found = {o.__name__: kind(lambda: o(64, 64)(x)) for o in (nn.LSTM, nn.GRU, nn.RNN)}
    with torch.backends.mkldnn.flags(enabled=False): found['LSTM without oneDNN'] = kind(lambda: nn.LSTM(64, 64)(x))
found['LSTM.bfloat16() without autocast'] = kind(lambda: nn.LSTM(64, 64).bfloat16()(x.bfloat16()))
for name,what in found.items(): print(f'{name}: {what}')
sys.exit(list(found.values())!=['could not create a primitive descriptor for','float32','bfloat16','float32','bfloat16'])
EOF
