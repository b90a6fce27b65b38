"""What a dataset costs to read: padding and loader throughput; or how much ink pictures have

    python tools/bench/data.py data/small                        # a dataset folder
    python tools/bench/data.py data/corpus --augment 0.9 --seconds 20
    python tools/bench/data.py data/corpus --ink FILE.tar        # dark pixels of pictures drawn elsewhere beside ours"""
import argparse, os, random, resource, sys, time
from pathlib import Path
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
import numpy as np
import torch
from latexocr.data import DataConfig, FormulaDataset, SizeBatchSampler, dataloaders, padding_overhead
from latexocr.datasets.augment import Augment
from latexocr.datasets.elsewhere import Pictures, open_bytes
from _common import machine, table

def padding(sizes, pixels, seed=42):
    "Waste of batches by chance, by width alone, and by height and width, all with the same mean number of pictures"
    sampler = SizeBatchSampler(sizes, pixels, seed=seed)
    ours = list(sampler); n = max(1, round(len(sizes)/len(ours)))
    chunks = lambda order: [order[i:i+n] for i in range(0, len(order), n)]
    by_chance = chunks(random.Random(seed).sample(range(len(sizes)), len(sizes)))
    by_width = chunks(sorted(range(len(sizes)), key=lambda i: sizes[i][1]))
    assert sorted(i for b in ours for i in b)==list(range(len(sizes)))
    return n, len(ours), *(padding_overhead(sizes, b) for b in (by_chance, by_width, ours))

def throughput(loader, seconds):
    "Samples a second, and of CPU time"
    n,start,cpu = 0,time.perf_counter(),time.process_time()
    while time.perf_counter()-start < seconds:
        for xb,*_ in loader:
            n += len(xb)
            if time.perf_counter()-start >= seconds: break
    return n/(time.perf_counter()-start), n/(time.process_time()-cpu)

def dark(images): return np.array([100*(np.asarray(im)[4:-4,4:-4]<128).mean() for im in images])

def ink(tar, path, n=3000):
    "Dark pixels in the ink's box, per cent"
    pictures,ds,rng = Pictures(tar),FormulaDataset(path, 'train'),random.Random(42)
    real = [im for i in range(n) if (data := pictures(i)) and (im := open_bytes(data)[0])]
    ours = [ds.image(i) for i in rng.sample(range(len(ds)), min(n, len(ds)))]
    heavier = [Augment(chance=0)(im, rng) for im in ours]
    rows = [['pictures','number','mean','10 %','50 %','90 %','99 %']]
    for name,images in ((Path(tar).name,real), (f'{Path(path).name}, train',ours), ('the same, strokes changed',heavier)):
        d = dark(images); rows.append([name, len(d), *(f'{o:.1f}' for o in (d.mean(), *np.percentile(d, (10,50,90,99))))])
    table(rows)

def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('data', type=Path, help='dataset folder')
    p.add_argument('--pixels', type=int, default=DataConfig.batch_pixels, help='pixel budget of a batch')
    p.add_argument('--augment', type=float, default=.9, help='share of changed pictures, measured beside none')
    p.add_argument('--seconds', type=float, default=10, help='for each loader')
    p.add_argument('--ink', metavar='FILE', help='tar file or folder of pictures drawn elsewhere: compare strokes instead')
    args = p.parse_args()
    torch.set_num_threads(1)
    print(machine(), '\n')
    if args.ink: return ink(args.ink, args.data)
    rows = [['split','pictures','a batch','batches','waste by chance','by width','ours']]
    for split in ('train','val','test'):
        if not list(args.data.glob(f'{split}-*.parquet')): continue
        sizes = FormulaDataset(args.data, split).sizes
        n,batches,*w = padding(sizes, args.pixels)
        rows.append([split, f'{len(sizes):,}', n, batches, *(f'{o:.2f}' for o in w)])
    print(f'Padded pixels per pixel of picture, {args.pixels:,} pixels a batch\n'); table(rows)
    print('\nSamples a second, training split, one process\n')
    rows = [['pictures','samples/s','of CPU time']]
    for name,share in (('as they are',0.), (f'{args.augment:.0%} changed',args.augment)):
        loader,_ = dataloaders(args.data, DataConfig(batch_pixels=args.pixels, augment=share))
        rows.append([name, *(f'{o:,.0f}' for o in throughput(loader, args.seconds))])
    table(rows)
    size = sum(q.stat().st_size for q in args.data.glob('*.parquet'))
    print(f'\n{size/1e6:,.0f} MB of Parquet; memory of this process at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss/1e3:,.0f} MB')

if __name__ == '__main__': main()
