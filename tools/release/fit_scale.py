"""Fit the filters that tell how large a formula is written (nbs/use/scale), to pictures of training formulas at many sizes and in many clothes

    python tools/release/fit_scale.py DATA                           # a dataset that `latexocr build` made; writes latexocr/scale.json
    python tools/release/fit_scale.py DATA --formulas 700 --out /tmp/scale.json

Prints how often the first guess is right for pictures of validation formulas at round sizes, beside the coarse measure. Takes two minutes."""
import argparse, json, math, random, sys
from pathlib import Path
root = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(root))
import pyarrow.parquet as pq
import torch
from PIL import Image
from tqdm import tqdm
from latexocr.datasets.augment import blur, jpeg, stroke, thicken
from latexocr.predict import PictureError, prepare
from latexocr.render import render
from latexocr.tex.typefaces import available_typefaces
from latexocr.use.scale import ROUND, fit, histograms, logits, measure, peaks, rough_scale

DPIS = (150,200,250,300,350,400,500,600,800)
OFTEN = (.5,.6,.75,.75,1,1,1,1.25,1.5,1.5,2,2,2.5,3,3,3.5,4)

def dressed(image, by, rng):
    "The picture with another pen, blurred, as JPEG, in black and white, or as it is"
    kind,pen = rng.random(),min(by, 2)
    if kind<.35: return image
    if kind<.5: return stroke(image, rng.uniform(-.7, 1.5)*pen)
    if kind<.6: return thicken(image, rng.uniform(0, 1)*pen)
    if kind<.75: return blur(image, rng.uniform(0, .7)*by)
    if kind<.85: return jpeg(image, rng.randint(30, 90))
    return image.point(lambda p: 255*(p>127))

def pictures(formulas, rng, faces):
    "(picture, scale): each formula drawn once at another density, and once drawn as usual and resized, in Computer Modern or, as often, in one of `faces`"
    def drawn(formulas, dpi=200): return render(formulas, dpi=dpi, typeface=[rng.choice(('cm', rng.choice(faces))) for _ in formulas])
    for j,dpi in enumerate(DPIS):
        for r in drawn(formulas[j::len(DPIS)], dpi):
            if r.image: yield r.image, dpi/200
    for r in drawn(formulas):
        if not r.image: continue
        by = rng.choice(OFTEN) if rng.random()<.6 else math.exp(rng.uniform(math.log(.5), math.log(5)))
        yield r.image.resize([max(1, round(o*by)) for o in r.image.size], rng.choice((Image.LANCZOS, Image.BICUBIC, Image.BILINEAR))), by

def examples(data, split, n, faces, seed=42):
    "Histograms, scales, coarse estimates"
    rng,rows = random.Random(seed),[]
    formulas = [o for f in sorted(data.glob(f'{split}-*.parquet')) for o in pq.read_table(f, columns=['latex'])['latex'].to_pylist()]
    if not formulas: raise SystemExit(f'fit_scale: no {split} formulas in {data}: make them with latexocr build')
    for image,by in tqdm(pictures(rng.sample(formulas, min(n, len(formulas))), rng, faces), desc=split, disable=None):
        try: image = prepare(dressed(image, by, rng), max_side=10**6)[0]
        except PictureError: continue                                                          # blurred away
        measured = measure(image)
        rows.append((histograms(measured), by, rough_scale(measured)))
    return torch.stack([o for o,_,_ in rows]),*(torch.tensor(o) for o in list(zip(*rows))[1:])

def right(chosen, scales):
    "Share of the pictures of a round scale for which it was chosen"
    pairs = [(a, b) for a,b in zip(chosen, scales.tolist()) if any(abs(b/o-1)<1e-6 for o in ROUND)]
    return sum(math.isclose(a, b, rel_tol=1e-6) for a,b in pairs)/len(pairs)

def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('data', type=Path)
    p.add_argument('--formulas', type=int, default=7000, help='of the training split (default: %(default)s)')
    p.add_argument('--out', type=Path, default=root/'latexocr'/'scale.json')
    p.add_argument('--typefaces', nargs='+', default=available_typefaces(test=False), help='beside Computer Modern (default: all that are there)')
    args = p.parse_args()
    counts,scales,_ = examples(args.data, 'train', args.formulas, args.typefaces)
    filters = fit(counts, scales)
    val,truth,rough = examples(args.data, 'val', max(args.formulas//10, 50), args.typefaces)
    found = [peaks(row)[0][0] for row in logits(val, filters)]
    nearest = [min(ROUND, key=lambda s: abs(math.log(s/o))) for o in rough.tolist()]
    rows = ',\n  '.join(json.dumps([round(o, 2) for o in row]) for row in filters.tolist())
    args.out.write_text(f'{{"pictures": {len(scales)}, "filters": [\n  {rows}]}}\n', encoding='utf-8')
    print(f'{len(scales)} pictures; of those of {len(truth)} others that have a round size the first guess is right for {right(found, truth):.1%}, by the coarse measure for {right(nearest, truth):.1%}')

if __name__=='__main__': main()
