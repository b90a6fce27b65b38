"""Training speed: the original's architecture and ours in one run, and ours as a share of what this machine multiplies

    python tools/bench/train.py DATASET                 # samples/s of both, share of the GEMM rate, 60 s each
    python tools/bench/train.py DATASET --profile       # where our time goes, operator by operator
    python tools/bench/train.py --against c83cafe       # today's recipe and that of an older commit in turns, and the ratio

Run it with nothing else running. The original: vanilla encoder, LSTM cell with input feeding and additive attention, float32, its 21 size
buckets (halved, as its pictures are), batches of 20, Adam. Ours: the model, loader and augmentation of a config, by default the one that the shipped weights
were trained with, one process per core. With --against the older commit is checked out into a temporary folder and trains by its own code and recipe (--old),
on the same pictures; without DATASET those are the small set's formulas with other letters."""
import argparse, itertools, json, math, os, random, re, statistics, subprocess, sys, tempfile, time
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
sys.path.insert(0, os.environ.get('BENCH_CODE') or str(Path(__file__).resolve().parents[2]))
import torch
from torch.nn import functional as F
from torch.utils.flop_counter import FlopCounterMode
from latexocr.cli import load_config
try: from latexocr.training.together import ShareGradients, init_process_group
except ImportError:                                                                     # an older commit
    try: from latexocr.training.together import ShareGradients, join as init_process_group
    except ImportError: from latexocr.callbacks import ShareGradients, join as init_process_group
try: from latexocr.training.callbacks import has_bfloat16
except ImportError: from latexocr.callbacks import has_bfloat16
from latexocr.data import DataConfig, FormulaDataset, SizeBatchSampler, collate, dataloaders
from latexocr.decoder import Im2Latex, ModelConfig
from latexocr.vocab import PAD
from _common import machine, table

ORIGINAL = dict(encoder='vanilla', decoder='classic', cell='lstm', d_model=512, dropout=0.)
BUCKETS = [(240,100),(320,80),(400,80),(400,100),(480,80),(480,100),(560,80),(560,100),(640,80),(640,100),(720,80),(720,100),(720,120),(720,200),
    (800,100),(800,320),(1000,200),(1000,400),(1200,200),(1600,200),(1600,1600)]      # width, height at 200 dpi

def bucketed(ds, size=20, seed=42):
    "Batches of `size` pictures padded to the original's buckets, in random order"
    fits = lambda h,w: next((b for b in BUCKETS if 2*w<=b[0] and 2*h<=b[1]), BUCKETS[-1])
    groups,rng = {},random.Random(seed)
    for i in rng.sample(range(len(ds)), len(ds)): groups.setdefault(fits(*ds.sizes[i]), []).append(i)
    batches = [(b,g[at:at+size]) for b,g in groups.items() for at in range(0, len(g)-size+1, size)]
    for (w,h),rows in rng.sample(batches, len(batches)):
        xb,sizes,tokens,yb = collate([ds[i] for i in rows])
        xb = F.pad(xb, (0, w//2-xb.shape[-1], 0, h//2-xb.shape[-2]), value=255)
        yield xb, torch.tensor([[h//2,w//2]]*size), tokens, yb                        # it masks nothing: padding is picture

def stepper(model, opt, dtype=None, share=None):
    "A training step on a batch; returns the number of samples"
    def step(batch):
        xb,sizes,tokens,yb = batch
        with torch.autocast('cpu', dtype or torch.bfloat16, enabled=dtype is not None): logits = model(xb, sizes, tokens)
        F.cross_entropy(logits.float().flatten(0,1), yb.flatten(), ignore_index=PAD).backward()
        if share: share.after_backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.)
        opt.step(); opt.zero_grad()
        return len(xb)
    return step

def rate(step, batches, seconds, warm=5):
    "Samples a second"
    n = 0
    for i,batch in enumerate(batches):
        if i==warm: n,start = 0,time.perf_counter()
        n += step(batch)
        if i>=warm and time.perf_counter()-start>seconds: break
    return n/(time.perf_counter()-start)

def recipe(data, name, **kwargs):
    "Training loader and model of a config"
    config = load_config(name, ('data','model'))
    train,_ = dataloaders(data, config['data'], **kwargs)
    return train, Im2Latex(replace(config['model'], vocab_size=len(train.dataset.vocab))).to(memory_format=torch.channels_last)

def ours(data, name, seconds, rank=0, world=1, meet=None):
    "Our samples a second in this process, beside `world-1` others"
    torch.set_num_threads(1); torch.manual_seed(rank)
    train,model = recipe(data, name, share=(rank,world))
    share = None
    if world>1: init_process_group(meet, rank, world); share = ShareGradients(); share.learn = type('L', (), dict(model=model)); share.before_fit()
    opt = torch.optim.AdamW(model.parameters(), 1e-4, fused=True)
    steps,step = [],stepper(model, opt, torch.bfloat16 if has_bfloat16() else None, share)
    if world==1: return rate(step, train, seconds)
    done,n,start,stop = 0,0,None,torch.zeros(1)
    for i,batch in enumerate(b for _ in itertools.count() for b in train):            # all must take the same number of steps
        if i==5: n,start = 0,time.perf_counter()
        n += step(batch)
        if start: stop.fill_(rank==0 and time.perf_counter()-start>seconds); torch.distributed.broadcast(stop, 0)
        if stop.item(): return n/(time.perf_counter()-start)

def all_processes(data, name, seconds, world, code=None):
    "Our samples a second on the whole machine, or those of the checkout in `code`"
    with tempfile.TemporaryDirectory() as d:
        args = [sys.executable, __file__, str(data), '--config', name, '--seconds', str(seconds), '--world', str(world), '--meet', f'{d}/meet', '--rank']
        helpers = [subprocess.Popen(args+[str(i)], stdout=subprocess.PIPE, text=True, env={**os.environ, 'OMP_NUM_THREADS':'1', 'BENCH_CODE':str(code or '')}) for i in range(world)]
        return sum(json.loads(h.communicate()[0].splitlines()[-1]) for h in helpers)

def original(data, seconds):
    "The original's samples a second, all cores as threads"
    torch.manual_seed(0)
    ds = FormulaDataset(data, 'train')
    model = Im2Latex(ModelConfig(vocab_size=len(ds.vocab), **ORIGINAL))
    n = sum(p.numel() for p in model.parameters())
    return rate(stepper(model, torch.optim.Adam(model.parameters(), 1e-3)), bucketed(ds), seconds, warm=2), n

def gemm(dtype, seconds=2., n=2048):
    "Floating-point operations a second of one core's matrix product"
    a,b = torch.randn(n, n).to(dtype),torch.randn(n, n).to(dtype)
    for _ in range(3): a@b
    count,start = 0,time.perf_counter()
    while time.perf_counter()-start<seconds: a@b; count += 1
    return 2*n**3*count/(time.perf_counter()-start)

def flops(data, name, n=200, seed=42):
    "Operations of forward and backward per sample, each picture and formula alone: no padding is counted"
    ds,(_,model) = FormulaDataset(data, 'train'),recipe(data, name)
    count = FlopCounterMode(display=False)
    with torch.backends.mkldnn.flags(enabled=False), count:                           # torch's own LSTM is made of products that can be counted
        for i in random.Random(seed).sample(range(len(ds)), n):
            xb,sizes,tokens,yb = collate([ds[i]])
            F.cross_entropy(model(xb, sizes, tokens).flatten(0,1), yb.flatten()).backward()
    return count.get_total_flops()/n

@contextmanager
def checkout(commit):
    "The files of a commit in a temporary folder"
    root = Path(__file__).resolve().parents[2]
    with tempfile.TemporaryDirectory() as d:
        archive = subprocess.run(['git','-C',root,'archive',commit], capture_output=True, check=True, timeout=600).stdout
        subprocess.run(['tar','-x','-C',d], input=archive, check=True, timeout=600)
        yield Path(d)

def letters_changed(folder, times=30):
    "A dataset of the small set's formulas, each so many times with other letters"
    from latexocr.data import small_formulas
    from latexocr.datasets.build import build_dataset
    rng,small = random.Random(42),small_formulas()
    other = lambda f: re.sub(r'(?<![\\a-zA-Z])[a-z](?![a-zA-Z])', lambda m: rng.choice('abcdefghijklmnopqrstuvwxyz'), f)
    build_dataset(dict(train=[other(f) for f in sum(small.values(), []) for _ in range(times)], val=small['val']), folder, progress=False)
    return folder

def against(data, commit, new, old, seconds, rounds, world):
    "Samples a second of an older commit and of this one, in turns"
    with checkout(commit) as code, tempfile.TemporaryDirectory() as d:
        data = data or letters_changed(d)
        sides = {f'{commit}, {old}':(old, code), f'this, {new}':(new, None)}
        rates = {k:[] for k in sides}
        for _ in range(rounds):
            for k,(name,code) in sides.items(): rates[k].append(all_processes(data, name, seconds, world, code))
    a,b = rates.values()
    table([['commit and recipe','samples/s, median','all turns'], *([k, f'{statistics.median(o):.1f}', ', '.join(f'{x:.1f}' for x in o)] for k,o in rates.items())])
    print(f'\nratio {statistics.median(y/x for x,y in zip(a, b)):.2f} (the median of {rounds} turns)')

def profile(data, name, steps=20):
    "Where the time of our training step goes"
    torch.set_num_threads(1)
    train,model = recipe(data, name)
    step = stepper(model, torch.optim.AdamW(model.parameters(), 1e-4, fused=True), torch.bfloat16 if has_bfloat16() else None)
    batches = [b for b,_ in zip(train, range(steps+3))]
    for b in batches[:3]: step(b)
    with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CPU]) as p:
        for b in batches[3:]: step(b)
    ops = sorted(p.key_averages(), key=lambda o: -o.self_cpu_time_total); total = sum(o.self_cpu_time_total for o in ops)
    table([['operator','share of time','calls a step']] + [[o.key.removeprefix('aten::'), f'{o.self_cpu_time_total/total:.1%}', round(o.count/steps)] for o in ops[:16]])

def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('data', type=Path, nargs='?', help='a dataset folder')
    p.add_argument('--seconds', type=float, default=60, help='for each measurement')
    p.add_argument('--config', default='separable', help='the recipe: a name or a file')
    p.add_argument('--against', metavar='COMMIT', help='train in turns with this older commit')
    p.add_argument('--old', default='deeper', help='the recipe of the older commit')
    p.add_argument('--rounds', type=int, default=3, help='turns of each')
    p.add_argument('--profile', action='store_true', help='show where our time goes instead')
    for name in ('rank','world'): p.add_argument(f'--{name}', type=int, help=argparse.SUPPRESS)
    p.add_argument('--meet', help=argparse.SUPPRESS)
    args = p.parse_args()
    if args.rank is not None: return print(ours(args.data, args.config, args.seconds, args.rank, args.world, args.meet))
    print(machine(), '\n', sep='')
    cores,dtype = len(os.sched_getaffinity(0)) if hasattr(os, 'sched_getaffinity') else os.cpu_count(),torch.bfloat16 if has_bfloat16() else torch.float32
    if args.against: return against(args.data, args.against, args.config, args.old, args.seconds, args.rounds, cores)
    if not args.data: p.error('DATASET is needed')
    if args.profile: return profile(args.data, args.config)
    slow,n = original(args.data, args.seconds)
    fast = all_processes(args.data, args.config, args.seconds, cores)
    torch.set_num_threads(1)
    peak,work = gemm(dtype),flops(args.data, args.config)
    ours_n = sum(o.numel() for o in recipe(args.data, args.config)[1].parameters())
    table([['model','parameters','samples/s'], ['the original, float32, batches of 20', f'{n:,}', f'{slow:.1f}'], [f'ours, {str(dtype)[6:]}, {cores} processes', f'{ours_n:,}', f'{fast:.1f}']])
    print(f'\n{fast/slow:.1f} times as many samples a second')
    print(f'{work/1e9:.2f} GFLOP a sample (unpadded, forward and backward) × {fast:.1f} samples/s = {work*fast/1e9:.0f} GFLOP/s: '
          f'{work*fast/(peak*cores):.0%} of {cores} × {peak/1e9:.0f} GFLOP/s, the {str(dtype)[6:]} matrix product of one core')

if __name__=='__main__': main()
