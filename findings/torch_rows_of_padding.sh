#!/bin/sh
# A row of nothing but padding is harmless to torch's TransformerEncoderLayer in training and NaN under no_grad: what trained well fails when it is used
# Guessed: attention to nothing is NaN everywhere (a softmax of minus infinities) or zero everywhere; no_grad changes no value beyond rounding.
# So: F.scaled_dot_product_attention gives zeros where all is masked. MultiheadAttention goes through it only with need_weights=False and gradients; with need_weights=True, or
# in eval under no_grad, where a fused kernel takes over, it is NaN; nn.TransformerEncoder gives zeros again, since it cuts padding out first.
# Rows of padding only come with batches filled up to a fixed size, or with formulas dropped as too long.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m pip install -q --no-compile --no-deps --disable-pip-version-check --target lib torch==2.13.0 typing-extensions
PYTHONPATH=lib python3 -W ignore - <<'EOF'
import math, sys
import torch
from torch import nn
torch.manual_seed(0)
x,padding = torch.rand(2, 3, 8),torch.tensor([[True]*3, [False]*3])
attention,layer = nn.MultiheadAttention(8, 2, batch_first=True),nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
encoder = nn.TransformerEncoder(layer, 1)
for o in attention,layer,encoder: o.eval()
def all_padding(model):
    with torch.no_grad() if not gradients else torch.enable_grad(): return model()[0,0,0].item()
ways = {'MultiheadAttention with weights': lambda: attention(x, x, x, key_padding_mask=padding)[0], 'MultiheadAttention without weights': lambda: attention(x, x, x, key_padding_mask=padding, need_weights=False)[0],
    'TransformerEncoderLayer': lambda: layer(x, src_key_padding_mask=padding), 'TransformerEncoder': lambda: encoder(x, src_key_padding_mask=padding)}
want = [(True,True), (False,True), (False,True), (False,False)]
print('torch', torch.__version__)
good = True
for (name,model),nan in zip(ways.items(), want):
    found = []
    for gradients in True,False: found.append(all_padding(model))
    print(f'{name:36} with gradients {found[0]:.3f}, under no_grad {found[1]:.3f}')
    good &= tuple(map(math.isnan, found))==nan
full = [layer(x, src_key_padding_mask=padding)[1]]
with torch.no_grad(): full.append(layer(x, src_key_padding_mask=padding)[1])
print('the other row differs by', f'{(full[0]-full[1]).abs().max().item():.0e}')
nothing = torch.nn.functional.scaled_dot_product_attention(x, x, x, attn_mask=torch.zeros(3, 3, dtype=torch.bool)).abs().max().item()
trains = not layer.train()(x, src_key_padding_mask=padding).isnan().any()
print('scaled_dot_product_attention of nothing:', nothing, '; in training without NaN:', trains)
sys.exit(not (good and torch.allclose(*full, atol=1e-5) and nothing==0 and trains))
EOF
