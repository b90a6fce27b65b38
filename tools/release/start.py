"""Train on a machine that has Python and torch, a graphics card perhaps, and no network: the start script of a pack (see pack.py)

    tar -xf latexocr-pack.tar.xz && cd latexocr-pack && python start.py --minutes 60

Draws the formulas with all cores (unless pictures came along), trains until the minutes are over, and leaves weights, log and curve in one folder. Killed, the
same command goes on: what is drawn stays drawn, and training begins at the weights of its last look. On such a machine there is no fastai, so the loop is
written out here: the model, the loader and the schedule are the package's."""
import argparse, csv, itertools, os, sys, time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
here = Path(__file__).resolve().parent
sys.path[:0] = [str(here/'code')]
sys.path.append(str(here/'packages'))                       # last: what the machine has goes first
try:
    import torch
    from torch.nn import functional as F
    from torch.optim.swa_utils import AveragedModel
    from torch.utils.data import DataLoader
    from latexocr.beam_search import generate
    from latexocr.cli import UsageError, load_config
    from latexocr.data import FormulaDataset, SizeBatchSampler, collate, small_formulas
    from latexocr.datasets.sources import normalize_splits, read_splits
    from latexocr.datasets.build import render_split
    from latexocr.datasets.augment import Augment
    from latexocr.decoder import Im2Latex, load_pretrained, save_pretrained
    from latexocr.render import EngineError, find_engine
    from latexocr.vocab import PAD, Vocab
except ImportError as e: sys.exit(f'{e}: the pack was made for Python {(here/"python.txt").read_text().strip()}, this is {sys.version.split()[0]}')

class Drawn(FormulaDataset):
    "A split that `draw` has written"
    def __init__(self, path, vocab, augment=None, seed=42):
        o = torch.load(path, weights_only=True, mmap=True)
        self.png,self.at,self.sizes,self.tokens = o['png'],o['at'].tolist(),[tuple(s) for s in o['sizes'].tolist()],o['tokens'].split('\n')
        self.vocab,self.augment,self.seed,self.sampler = vocab or Vocab.from_formulas(self.tokens, 2),augment,seed,None
    def image(self, i):
        import io
        from PIL import Image
        return Image.open(io.BytesIO(self.png[self.at[i]:self.at[i+1]].numpy().tobytes())).convert('L')
    def __getitem__(self, i):
        import random
        import numpy as np
        i,turn = i if isinstance(i, tuple) else (i,0)
        image = self.image(i)
        if self.augment: image = self.augment(image, random.Random(f'{self.seed}/{turn}/{i}'))
        return torch.from_numpy(np.array(image))[None], torch.tensor(self.vocab.encode(self.tokens[i]))

def keep(path, rows):
    "Rows of a dataset as one file: pictures, sizes, tokens"
    png = [o['image']['bytes'] for o in rows]
    at = torch.tensor([0,*itertools.accumulate(map(len, png))])
    o = dict(png=torch.frombuffer(bytearray(b''.join(png)), dtype=torch.uint8), at=at, sizes=torch.tensor([[o['height'],o['width']] for o in rows]), tokens='\n'.join(o['tokens'] for o in rows))
    torch.save(o, path.with_suffix('.tmp')); os.replace(path.with_suffix('.tmp'), path)

def draw(config, out, limit, jobs, val=2000):
    "Draw what the config names, all cores at work; the splits that are there are left alone"
    if all((out/f'{o}.pt').exists() for o in ('train','val')): return
    engine = find_engine('auto')
    config = replace(config, pictures='', labels='', also='', limit=limit or config.limit, engine=engine.name)
    splits,_ = read_splits(config, here/'formulas') if config.train else (small_formulas(), {})
    kept,_ = normalize_splits({k: splits[k] for k in ('train','val')}, config)
    for split in ('val','train'):
        rows = kept[split][:val if split=='val' else None]
        parts,table = [rows[i:i+500] for i in range(0, len(rows), 500)],[]
        with ProcessPoolExecutor(jobs) as pool:
            for n,(drawn,*_) in enumerate(pool.map(partial(draw_part, split=split, config=config, engine=engine), parts)):
                table += drawn
                print(f'\r{split}: {len(table):,} of {len(rows):,} drawn', end='' if n+1<len(parts) else '\n', flush=True)
        keep(out/f'{split}.pt', table)

def draw_part(rows, split, config, engine): return render_split(rows, split, config, engine, workers=1)

def rate(done, lr, warm=.02, hold=.7): return lr*(done/warm if done<warm else 1 if done<hold else max(.02, (1-done)/(1-hold)))

def loader(ds, config, device, **kwargs):
    "Endless for training (`shuffle`), once for validation"
    sampler = SizeBatchSampler(ds.sizes, config.batch_pixels, lengths=[o.count(' ')+1 for o in ds.tokens], most=config.batch_pictures, **kwargs)
    class Rows:
        def __len__(self): return len(sampler)
        def __iter__(self): return ([(i, sampler.turn) for i in b] for _ in (itertools.count() if sampler.shuffle else (0,)) for b in sampler)
    workers = 0 if device=='cpu' else min(os.cpu_count(), 16)
    return DataLoader(ds, batch_sampler=Rows(), collate_fn=collate, num_workers=workers, pin_memory=device!='cpu')

@torch.no_grad()
def look(model, ds, config, device, n=200):
    "Loss per token of the validation pictures, and how many of the first `n` are read exactly, in per cent"
    total,tokens,right,seen = 0.,0,0,0
    for xb,sizes,tokens_in,yb in loader(ds, config, device, shuffle=False):
        xb,sizes,tokens_in,yb = (o.to(device) for o in (xb,sizes,tokens_in,yb))
        total += F.cross_entropy(model(xb, sizes, tokens_in).float().flatten(0,1), yb.flatten(), ignore_index=PAD, reduction='sum').item()
        tokens += (yb!=PAD).sum().item()
        if seen>=n: continue
        right += sum(ds.vocab.decode(h[0].ids)==ds.vocab.decode(y) for h,y in zip(generate(model, xb, sizes), yb)); seen += len(xb)
    return total/tokens, 100*right/max(seen, 1)

def curve(rows, path):
    "Losses against minutes, as an SVG"
    x,ys = [o['minutes'] for o in rows],{k:[o[k] for o in rows] for k in ('train_loss','valid_loss')}
    top,right = max(max(y) for y in ys.values()) or 1,max(x) or 1
    line = lambda y: ' '.join(f'{40+540*a/right:.1f},{210-190*b/top:.1f}' for a,b in zip(x, y))
    names = ''.join(f'<text x="590" y="{30+16*i}" text-anchor="end" fill="{c}">{k}</text><polyline points="{line(ys[k])}" fill="none" stroke="{c}" stroke-width="2"/>' for i,(k,c) in enumerate(zip(ys, ('#2f6fb3','#b4541a'))))
    path.write_text(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 240" font-family="sans-serif" font-size="12"><path d="M40 20V210H580" fill="none" stroke="#888"/>'
                    f'<text x="4" y="24">{top:.2f}</text><text x="540" y="230">{right:.3g} min</text>{names}</svg>\n', encoding='utf-8')

def train(config, out, minutes, lr, seed, looks):
    "The loop"
    device = 'cuda' if torch.cuda.is_available() else 'cpu'
    begun = (out/'model.safetensors').exists()
    if begun: model,vocab,_ = load_pretrained(out, dropout=config['model'].dropout); print(f'going on from {out}')
    else: vocab = None
    ds = Drawn(out/'train.pt', vocab, Augment(share=config['data'].augment) if config['data'].augment else None, seed)
    valid = Drawn(out/'val.pt', ds.vocab)
    torch.manual_seed(seed)
    if not begun: model = Im2Latex(replace(config['model'], vocab_size=len(ds.vocab)))
    model = model.to(device, memory_format=torch.channels_last).train()
    opt = torch.optim.AdamW(model.parameters(), lr, weight_decay=.01, fused=True)
    mean = AveragedModel(model, use_buffers=True, multi_avg_fn=lambda ms, vs, n: torch._foreach_lerp_(ms, vs, 1-min(.999, (1+n.item())/(10+n.item())))
                         if ms[0].is_floating_point() else [m.copy_(v) for m,v in zip(ms, vs)])
    short = torch.autocast(device, torch.bfloat16, enabled=device!='cpu' or torch.cpu._is_avx512_bf16_supported())
    rows,seen,part,start,next_look = [],0,[],time.monotonic(),1/looks
    for step,batch in enumerate(loader(ds, config['data'], device, seed=seed + 1000*begun), 1):
        done = (time.monotonic()-start)/60/minutes
        for g in opt.param_groups: g['lr'] = rate(min(done, 1), lr)
        xb,sizes,tokens_in,yb = (o.to(device, non_blocking=True) for o in batch)
        with short: logits = model(xb, sizes, tokens_in)
        loss = F.cross_entropy(logits.float().flatten(0,1), yb.flatten(), ignore_index=PAD); loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(model.parameters(), 1.)
        if not norm.isfinite(): sys.exit(f'the loss is {loss.item():.3g} at step {step}: try a smaller --lr than {lr}. The weights in {out} are those of the last look')
        opt.step(); opt.zero_grad(); mean.update_parameters(model)
        part.append(loss.detach()); seen += len(xb)
        if done<next_look: continue
        next_look += 1/looks
        m = mean.module.eval()
        nll,exact = look(m, valid, config['data'], device)
        rows.append(dict(minutes=round((time.monotonic()-start)/60, 2), step=step, pictures=seen, train_loss=torch.stack(part).mean().item(), valid_loss=nll, exact=exact)); part = []
        print(', '.join(f'{k} {v:.4g}' for k,v in rows[-1].items()), flush=True)
        save_pretrained(m, out, ds.vocab, dpi=config['data'].dpi, style=config['data'].style)
        with open(out/'log.csv', 'w', newline='') as f: w = csv.DictWriter(f, rows[0]); w.writeheader(); w.writerows(rows)
        curve(rows, out/'curve.svg')
        if done>=1: return print(f'{out}: trained on {seen:,} pictures, {seen/60/rows[-1]["minutes"] if rows[-1]["minutes"] else 0:.0f} a second, {device}')

def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('--minutes', type=float, default=60, help='of training; drawing comes before')
    p.add_argument('--config', default='separable', help="a config's name, or a file")
    p.add_argument('--out', type=Path, default=here/'run', help='folder for everything')
    p.add_argument('--limit', type=int, default=0, help='only so many formulas of each file')
    p.add_argument('--lr', type=float, default=1.5e-3)
    p.add_argument('--seed', type=int, default=42)
    p.add_argument('--looks', type=int, default=20, help='times at which it validates and saves')
    p.add_argument('--jobs', type=int, default=os.cpu_count(), help='processes that draw')
    a = p.parse_args()
    a.out.mkdir(parents=True, exist_ok=True)
    came = here/'pictures'
    if came.exists():
        for o in came.iterdir():
            if not (a.out/o.name).exists(): os.link(o, a.out/o.name)
    try: config = load_config(a.config, ('data','model')); draw(config['data'], a.out, a.limit, a.jobs)
    except (UsageError, EngineError, OSError) as e: sys.exit(str(e))
    try: train(config, a.out, a.minutes, a.lr, a.seed, a.looks)
    except KeyboardInterrupt: sys.exit('stopped; the same command goes on from the last look')

if __name__=='__main__': main()
