"""Fit what letters leave free beside them (nbs/decoding/measured_spaces) to pictures of training formulas, in each typeface of a dataset

    python tools/release/fit_gaps.py DATA                            # a dataset that `latexocr build` made; writes latexocr/gaps.json
    python tools/release/fit_gaps.py DATA --pictures 100 --out /tmp/gaps.json

Where the shipped weights look tells which gap is which. Prints how far gaps of pictures put aside are from what each table says; tables that say too little
are left out, and so are typefaces with less than a third of the pictures asked for."""
import argparse, io, json, random, sys
from collections import Counter, defaultdict
from dataclasses import asdict
from functools import partial
from pathlib import Path
root = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(root))
import numpy as np
import pyarrow.parquet as pq
import torch
from PIL import Image
from tqdm import tqdm
from latexocr.core import process_pool
from latexocr.decoder import load_pretrained
from latexocr.decoding.gaps import line_gaps, measure_gaps, token_places
from latexocr.decoding.measured_spaces import fit_sides, left_over, levelled, retrace
from latexocr.decoding.reading import picture_batch
from latexocr.vocab import END

LONGEST = 120     # tokens
CM = 3            # times as many pictures of the usual typeface
MANY = 8          # gaps that a picture should have
RARE = 15         # gaps in which a letter should be seen

def pictures(data, most, stoi):
    "(kind, bytes of a picture, tokens) of training formulas of one line, at most so many of each kind, Computer Modern more; soon only those with a letter that is still rare"
    left,seen,paths = Counter(),defaultdict(Counter),sorted(data.glob('train-*.parquet'))
    random.Random(0).shuffle(paths)
    for path in tqdm(paths, 'read', disable=None):
        for o in pq.read_table(path, columns=['image','tokens','typeface','renderer']).to_pylist():
            tokens,kind = o['tokens'].split(),f"{o['renderer']} {o['typeface'] or ''}".strip()
            many = most*CM if o['typeface']=='cm' else most
            if ' ' not in kind or left[kind]>=many or len(tokens)>LONGEST or r'\begin' in o['tokens'] or any(t not in stoi for t in tokens): continue
            gaps = line_gaps(tokens)
            names = {name for g in gaps for name in (g.left[-1][0]+' behind', g.right[0][0])}
            if len(gaps)<MANY or left[kind]>=many/4 and all(seen[kind][o]>=RARE for o in names): continue
            left[kind] += 1; seen[kind].update(names)
            yield kind, o['image']['bytes'], tokens

@torch.inference_mode()
def gaps_of(weights, rows):
    "What `measure_gaps` finds in some pictures"
    torch.set_num_threads(1)
    model,vocab,_ = load_pretrained(weights)
    model.eval()
    out = []
    for kind,data,tokens in rows:
        image = Image.open(io.BytesIO(data)).convert('L')
        mem,mask,grid = model.encode(*picture_batch([image]))
        _,seen = retrace(model.decoder, mem, mask, [*vocab.encode(tokens),END])
        places = token_places(seen, tuple(grid), model.encoder.stride)
        out.append((kind, measure_gaps(1-np.asarray(image, np.float32)/255, line_gaps(tokens), places)))
    return out

def rounded(sides): return {k:{name:round(v, 2) for name,v in sorted(o.items())} for k,o in asdict(sides).items()}

def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('data', type=Path)
    p.add_argument('--pictures', type=int, default=600, help='of each typeface, three times as many of Computer Modern (default: %(default)s)')
    p.add_argument('--loose', type=float, default=.25, help="pixels by which half of a table's gaps may be off (default: %(default)s)")
    p.add_argument('--weights', type=Path, default=root/'latexocr/pretrained')
    p.add_argument('--out', type=Path, default=root/'latexocr/gaps.json')
    args = p.parse_args()
    rows = [*pictures(args.data, args.pictures, load_pretrained(args.weights)[1].stoi)]
    if not rows: sys.exit(f'{args.data}: no pictures of formulas in a known typeface')
    lots = [rows[i:i+200] for i in range(0, len(rows), 200)]
    found = defaultdict(list)
    with process_pool() as pool:
        for lot in tqdm(pool.map(partial(gaps_of, args.weights), lots), 'measure', len(lots), disable=None):
            for kind,measured in lot: found[kind].append(measured)
    tables = {}
    for kind,some in sorted(found.items()):
        if len(some)<args.pictures/3: continue
        sides = fit_sides([o for i,o in enumerate(some) if i%10])
        off = np.array([abs(left_over(o, sides)) for o in some[::10] for o in levelled(o, sides) if all(sides.names(o))])
        taken = len(off) and np.median(off)<args.loose
        if taken: tables[kind] = rounded(sides)
        print(f'{kind:24} {len(some):4} pictures, {len(sides.left)} ends and {len(sides.right)} beginnings; of {len(off)} gaps put aside half are within '
              f'{np.median(off):.2f} pixels, {(off>1.5).mean():.1%} off by more than 1.5{"" if taken else "; left out"}')
    if not tables: sys.exit('no table is good enough')
    args.out.write_text(json.dumps(tables, separators=(',',':')).replace('},"', '},\n"')+'\n')

if __name__=='__main__': main()
