"""Fit what letters leave free beside them (nbs/decoding/measured_spaces), to pictures of training formulas in Computer Modern

    python tools/release/fit_gaps.py DATA                            # a dataset that `latexocr build` made; writes latexocr/gaps.json
    python tools/release/fit_gaps.py DATA --pictures 700 --out /tmp/gaps.json

Where the shipped weights look tells which gap is which. Prints how far gaps of pictures put aside are from what the table says."""
import argparse, io, json, sys
from collections import Counter
from dataclasses import asdict
from pathlib import Path
root = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(root))
import numpy as np
import pyarrow.parquet as pq
import torch
from PIL import Image
from tqdm import tqdm
from latexocr.decoder import load_pretrained
from latexocr.decoding.gaps import line_gaps, measure_gaps, token_places
from latexocr.decoding.measured_spaces import fit_sides, left_over, levelled, retrace
from latexocr.decoding.reading import picture_batch
from latexocr.vocab import END

LONGEST = 150     # tokens

def pictures(data, most):
    "(picture, tokens) of training formulas in Computer Modern, as drawn; every third as published"
    left = Counter(pdftex=most-most//3, im2latex=most//3)
    for path in sorted(data.glob('train-*.parquet')):
        for o in pq.read_table(path, columns=['image','tokens','typeface','renderer']).to_pylist():
            tokens,kind = o['tokens'].split(),o['renderer']
            if o['typeface']!='cm' or left[kind]<=0 or len(tokens)>LONGEST or r'\begin' in o['tokens']: continue
            left[kind] -= 1
            yield Image.open(io.BytesIO(o['image']['bytes'])).convert('L'), tokens

@torch.inference_mode()
def gaps_of(model, vocab, image, tokens):
    mem,mask,grid = model.encode(*picture_batch([image]))
    _,weights = retrace(model.decoder, mem, mask, [*vocab.encode(tokens),END])
    return measure_gaps(1-np.asarray(image, np.float32)/255, line_gaps(tokens), token_places(weights, tuple(grid), model.encoder.stride))

def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('data', type=Path)
    p.add_argument('--pictures', type=int, default=4000)
    p.add_argument('--weights', type=Path, default=root/'latexocr/pretrained')
    p.add_argument('--out', type=Path, default=root/'latexocr/gaps.json')
    args = p.parse_args()
    torch.set_num_threads(1)
    model,vocab,_ = load_pretrained(args.weights)
    model.eval()
    rows = [(image,tokens) for image,tokens in pictures(args.data, args.pictures) if all(t in vocab.stoi for t in tokens)]
    if not rows: sys.exit(f'{args.data}: no pictures in Computer Modern')
    found = [gaps_of(model, vocab, *o) for o in tqdm(rows)]
    sides = fit_sides([some for i,some in enumerate(found) if i%10])
    off = np.array([abs(left_over(o, sides)) for some in found[::10] for o in levelled(some, sides) if all(sides.names(o))])
    rounded = {k:{name:round(v, 3) for name,v in sorted(o.items())} for k,o in asdict(sides).items()}
    args.out.write_text(json.dumps(rounded, indent=0)+'\n')
    print(f'{len(sides.left)} ends and {len(sides.right)} beginnings from {sum(map(len, found)):,} gaps of {len(rows):,} pictures')
    print(f'of {len(off):,} gaps put aside half are within {np.median(off):.2f} pixels of what the table says, {(off<.38).mean():.0%} within .38, '
          f'{(off>1.5).mean():.1%} off by more than 1.5')

if __name__=='__main__': main()
