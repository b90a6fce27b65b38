"""Score a published-token run byte for byte: readings against the formulas as im2latex-100k holds them, no rule of ours in between

    latexocr evaluate --results RUN --data DATA --text       # a model and a dataset of configs/published_tokens.toml
    python tools/release/published.py RUN DATA                       # writes RUN/published.json
    python tools/release/published.py RUN DATA --ship                # and latexocr/pretrained/published.json, for the pages

Every formula of the split counts: one that has no picture has no reading either, and is wrong. Perplexity is that of the tokens of all formulas with a picture."""
import argparse, csv, json, sys
from pathlib import Path
root = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(root))
import numpy as np
from latexocr.scoring.run import TEXT, count_text, open_split, all_scores, fingerprint
from latexocr.scoring.intervals import count_pair, intervals

def lost(data, split):
    "Formulas of the split that have no picture"
    rows = map(json.loads, (data/'dropped.jsonl').read_text(encoding='utf-8').splitlines())
    return [o['latex'] for o in rows if o['split']==split]

def score(run, data, split, progress=True):
    "BLEU-4, edit score, exact match and perplexity, with intervals"
    hyps = (run/f'formulas_{split}'/'hyp_0.txt').read_text(encoding='utf-8').split('\n')[:-1]
    model,dl,manifest,_ = open_split(run, data, split, False, len(hyps), None)
    ds = dl.dataset
    if manifest['style']!='im2latex': raise SystemExit(f'published: {data} has {manifest["style"]} tokens; build it with the config published')
    if len(hyps)!=len(ds): raise SystemExit(f'published: {len(hyps)} readings of {len(ds)} formulas in {run}: run latexocr evaluate without --limit')
    ds._tokens = ds._latex                                                   # the lines as they were published
    refs,without = [o.split() for o in ds.formulas],lost(data, split)
    rows = count_text(model, dl, refs, hyps, progress) + [(*count_pair(o, ''), 0, 0) for o in without]
    columns = ('n',*TEXT)
    found = intervals(np.column_stack([np.ones(len(rows)), np.array(rows, dtype=float)]), lambda sums: all_scores(sums, columns))
    return dict(split=split, formulas=len(rows), without_picture=len(without), **{k: round(o[0], 4) for k,o in found.items()},
                intervals={k: [round(p, 4) for p in o[1:]] for k,o in found.items()})

def about(run):
    "How long the run took, and from which weights it started"
    last = list(csv.DictReader((run/'log.csv').open(encoding='utf-8')))[-1]
    start = json.loads((run/'run.json').read_text(encoding='utf-8')).get('from_pretrained')
    return dict(cpu_hours=round(float(last['cpu_hours']), 2), weights=fingerprint(run), started_from=fingerprint(start) if start else None)

def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('run', type=Path, help='results folder')
    p.add_argument('data', type=Path, help='dataset folder, built with the config published')
    p.add_argument('--split', default='test', choices=('val','test'), help='(default: test)')
    p.add_argument('--ship', action='store_true', help='write it into the package as well')
    args = p.parse_args()
    try: found = score(args.run, args.data, args.split) | about(args.run)
    except (OSError, ValueError) as e: raise SystemExit(f'published: {e}')
    text = json.dumps(found, indent=1)+'\n'
    for path in [args.run/'published.json'] + [root/'latexocr/pretrained/published.json']*args.ship: path.write_text(text, encoding='utf-8')
    print(text, end='')

if __name__=='__main__': main()
