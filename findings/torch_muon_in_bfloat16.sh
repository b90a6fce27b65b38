#!/bin/sh
# torch.optim.Muon multiplies bfloat16 numbers on every processor; where there are no instructions for them, its step takes thirty times as long as in float32
# Guessed: an optimiser that is given float32 weights computes in float32 on a processor that knows nothing shorter, or is at worst a little slower there.
# So: the Newton-Schulz iteration casts each gradient to bfloat16, whatever the device, and no argument turns that off. Below AVX-512 torch's products of
# bfloat16 matrices are many times slower than those of float32, so that Muon's steps take longer than everything else of a training. The same polynomial in
# float32 gives the same step, to the third digit. ONEDNN_MAX_CPU_ISA makes a newer processor such an older one; ratios are of one run, on one thread.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check torch==2.13.0 numpy==2.4.6
ONEDNN_MAX_CPU_ISA=AVX2 OMP_NUM_THREADS=1 venv/bin/python - <<'EOF'
import sys, time
import torch
print(f'torch {torch.__version__}, oneDNN held to AVX2, one thread')
torch.manual_seed(0)
gradient = torch.randn(384, 512)

def muon():
    "Where a weight of zeros is after one step of torch's Muon"
    w = torch.zeros_like(gradient).requires_grad_()
    w.grad = gradient.clone()
    torch.optim.Muon([w], lr=1., weight_decay=0., momentum=0., nesterov=False).step()
    return w.detach()

def same_in_float32():
    "The same polynomial, five times, in float32"
    a,b,c = 3.4445,-4.775,2.0315
    x = gradient/gradient.norm()
    for _ in range(5):
        s = x@x.T
        x = a*x+(b*s+c*s@s)@x
    return -x

def seconds(f):
    f(); times = []
    for _ in range(3):
        start = time.perf_counter(); f(); times.append(time.perf_counter()-start)
    return min(times)

alike = torch.cosine_similarity(muon().flatten(), same_in_float32().flatten(), 0).item()
slow,quick = seconds(muon),seconds(same_in_float32)
print(f'a step of torch.optim.Muon for 384 x 512 weights: {slow:.2f} s; the same polynomial in float32: {quick:.3f} s; ratio {slow/quick:.0f}')
print(f'cosine of the two steps: {alike:.4f}')
sys.exit(not (slow>4*quick and alike>.999))
EOF
