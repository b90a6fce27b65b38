"""What a wider beam is worth, and what it costs

    python tools/bench/beams.py data/corpus                                  # the shipped weights, 1,000 test formulas
    python tools/bench/beams.py data/corpus --weights results/corpus --split val --formulas 300 --widths 1 5

Formulas are drawn by lot (always the same ones) and read in batches. Milliseconds are of one processor thread, by its own clock."""
import argparse, random, sys, time
from pathlib import Path
root = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(root))
import torch
from torch.utils.data import DataLoader
from latexocr.data import DataConfig, FormulaDataset, SizeBatchSampler, collate
from latexocr.decoder import load_pretrained
from latexocr.scoring.run import read_split
from latexocr.scoring.intervals import text_intervals
from _common import machine, table

def some(ds, n, seed=42):
    "`n` rows of a dataset, drawn by lot, and a loader that has those of like size together"
    rows = sorted(random.Random(seed).sample(range(len(ds)), min(n, len(ds))))
    batches = SizeBatchSampler([ds.sizes[i] for i in rows], DataConfig.batch_pixels, shuffle=False)
    return rows,DataLoader(ds, batch_sampler=[[rows[i] for i in b] for b in batches], collate_fn=collate)

def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('data', help='dataset folder')
    p.add_argument('--weights', default=root/'latexocr/pretrained', help='folder of a trained model (default: the shipped one)')
    p.add_argument('--split', default='test', help='(default: %(default)s)')
    p.add_argument('--formulas', type=int, default=1000, help='(default: %(default)s)')
    p.add_argument('--widths', type=int, nargs='+', default=[1,2,5,10], help='beam widths (default: %(default)s)')
    args = p.parse_args()
    torch.set_num_threads(1)
    model,vocab,_ = load_pretrained(args.weights)
    ds = FormulaDataset(args.data, args.split, vocab)
    chosen,dl = some(ds, args.formulas)
    refs,rows = [ds.tokens[i] for i in chosen],[['beam width','BLEU-4','edit score','exact match','ms per formula']]
    for width in args.widths:
        start = time.process_time()
        hyps = [o[0] for o in read_split(model, dl, width)]
        ms = 1e3*(time.process_time()-start)/len(hyps)
        rows.append([str(width), *(f'{v:.1f} ({low:.1f}–{high:.1f})' for v,low,high in (text_intervals(refs, hyps)[k] for k in ('bleu4','edit','exact'))), f'{ms:.1f}'])
    print(f'{machine()}; one thread; {len(refs):,} {args.split} formulas\n'); table(rows)

if __name__=='__main__': main()
