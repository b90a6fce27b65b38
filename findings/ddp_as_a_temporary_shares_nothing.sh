#!/bin/sh
# torch's DistributedDataParallel, wrapped around a model only for the call, averages no gradients, and says nothing
# Guessed: `DistributedDataParallel(model)(x).sum().backward()` is the same as keeping the wrapper in a name first: its hooks sit on the parameters.
# So: the wrapper is gone before `backward` runs, and its reducer with it; each process keeps the gradients of its own batch. No error, no warning, and
# the weights of the processes drift apart. A training loop that swaps the wrapped model in for the forward pass alone has to hold on to it.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check torch==2.13.0 numpy==2.4.6
cat > show.py <<'EOF'
import os, sys, tempfile, warnings
import torch, torch.distributed as dist, torch.multiprocessing as mp
from torch.nn.parallel import DistributedDataParallel

def work(rank, keep, path, out):
    dist.init_process_group('gloo', init_method=f'file://{path}', rank=rank, world_size=2)
    torch.manual_seed(0)
    model,x = torch.nn.Linear(3, 1, bias=False),torch.full((1,3), 1.+rank)          # the gradient is x
    with warnings.catch_warnings(record=True) as said:
        if keep:
            wrapped = DistributedDataParallel(model)
            wrapped(x).sum().backward()
        else: DistributedDataParallel(model)(x).sum().backward()
    out.put((rank, model.weight.grad[0,0].item(), len(said)))
    dist.barrier(); dist.destroy_process_group()

def gradients(keep):
    queue = mp.get_context('spawn').SimpleQueue()
    with tempfile.TemporaryDirectory() as d: mp.spawn(work, (keep, os.path.join(d, 'store'), queue), nprocs=2)
    return sorted(queue.get() for _ in range(2))

if __name__=='__main__':
    kept,temporary = gradients(True),gradients(False)
    print('torch', torch.__version__)
    print('wrapper kept in a name: (process, gradient, warnings)', kept)
    print('wrapper as a temporary: (process, gradient, warnings)', temporary)
    sys.exit(not ([g for _,g,_ in kept]==[1.5,1.5] and [g for _,g,_ in temporary]==[1.,2.] and not any(n for *_,n in temporary)))
EOF
venv/bin/python show.py
