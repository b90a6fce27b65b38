"""How well the same formulas are read in other clothes: larger, smaller, blurred, squeezed, bolder, white on black, in other fonts, and as others drew them

    python tools/bench/robust.py results/small                                     # the bundled validation formulas
    python tools/bench/robust.py results/corpus --limit 200 --formulas data/formulas/im2latex_val.txt.xz --real data/pictures/im2latex_val.tar
    python tools/bench/robust.py --out latexocr/pretrained/robust.json …                     # of the shipped weights, for the results page

Every picture goes through `LatexOCR`, as a user's would. Scores are on canonical tokens, with 95 % intervals; `as plain` is the share that is read
as the plain picture is, right or wrong. Formulas that TeX can't draw in a font are left out there. `--real` is an archive of pictures somebody else drew: its `i.png` shows line i (from 0) of `--formulas`."""
import argparse, io, json, lzma, random, sys, tarfile
from dataclasses import replace
from pathlib import Path
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
import torch
from PIL import Image, ImageOps
from latexocr.datasets.augment import blur, jpeg, scale, stroke, thicken
from latexocr.data import small_formulas
from latexocr.scoring.run import fingerprint
from latexocr.normalize import NormalizeError, normalize, canonical_or_same
from latexocr.predict import LatexOCR, PictureError
from latexocr.render import find_engine, render
from latexocr.scoring.intervals import text_intervals

CHANGES = {                        # of the plain picture
    'blur, radius 0.5': lambda o: blur(o, .5), 'blur, radius 1': lambda o: blur(o, 1), 'JPEG, quality 50': lambda o: jpeg(o, 50), 'JPEG, quality 20': lambda o: jpeg(o, 20),
    'lighter strokes': lambda o: stroke(o, -.7), 'heavier strokes': lambda o: stroke(o, 1.5), 'a pixel thicker': lambda o: thicken(o, 1.),
    'white on black': ImageOps.invert, 'shrunk to 0.75×': lambda o: scale(o, .75), 'enlarged to 2×': lambda o: scale(o, 2)}
SIZES = {f'drawn at {s}×': s for s in (.5,.75,1.5,2)}
FONTS = {'Times': 'mathptmx', 'Palatino': 'mathpazo'}

def lines(path):
    "The formulas of a file, packed or not"
    data = path.read_bytes()
    return (lzma.decompress(data) if path.suffix=='.xz' else data).decode('utf-8').removesuffix('\n').split('\n')

def names(real):
    "What the pictures of an archive show: numbers of lines"
    with tarfile.open(real) as tar: return {int(Path(o.name).stem) for o in tar if o.isfile() and Path(o.name).stem.isdigit()}

def choose(formulas, n, among=None, seed=42):
    "(number, canonical formula) of `n` that can be parsed, drawn by lot, or from those of some numbers"
    found = []
    for i in random.Random(seed).sample(range(len(formulas)), len(formulas)):
        if among is not None and i not in among: continue
        try: found.append((i, normalize(formulas[i])))
        except NormalizeError: continue
        if len(found)==n: break
    return found

def pictures(rows, real=None, engine='auto'):
    "(name, picture or None for each formula) of every clothing"
    engine,latex = find_engine(engine),[o for _,o in rows]
    draw = lambda **kwargs: [r.image for r in render(latex, **({'engine':engine}|kwargs))]
    plain = draw()
    yield 'plain', plain
    for name,s in SIZES.items(): yield name, draw(dpi=round(200*s))
    for name,change in CHANGES.items(): yield name, [o and change(o) for o in plain]
    for name,package in FONTS.items():
        other = replace(engine, packages=(*engine.packages, package))
        try: yield name, draw(engine=other) if render(['x'], engine=other)[0].image else None
        except RuntimeError: yield name, None                               # the package or its fonts aren't installed
    if real:
        with tarfile.open(real) as tar:
            members = {Path(o.name).stem:o for o in tar if o.isfile()}
            yield 'real', [Image.open(io.BytesIO(tar.extractfile(members[str(i)]).read())).convert('L') for i,_ in rows]

def read(ocr, picture):
    "Tokens of a picture, joined; nothing if it can't be read"
    try: return canonical_or_same(' '.join(ocr(picture).tokens))
    except PictureError: return ''

def measure(ocr, rows, real=None, engine='auto'):
    "A row of the table for each clothing, of the formulas that can be drawn in it"
    plain = {}
    for name,images in pictures(rows, real, engine):
        hyps = {i:read(ocr, o) for i,o in enumerate(images or []) if o}
        plain = plain or hyps
        if not hyps: yield dict(name=name, missing=True); continue
        same = [hyps[i]==plain.get(i) for i in hyps]
        yield dict(name=name, formulas=len(hyps), as_plain=100*sum(same)/len(same), **text_intervals([rows[i][1] for i in hyps], list(hyps.values())))

def line(o):
    "A line of the table"
    if o.get('missing'): return f"| {o['name']} | not installed (texlive-fonts-recommended) | | | | |"
    show = lambda k: '{:.1f} ({:.1f}–{:.1f})'.format(*o[k])
    return f"| {o['name']} | {o['formulas']} | {show('exact')} | {show('edit')} | {show('bleu4')} | {o['as_plain']:.0f} |"

def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('results', nargs='?', help='folder of a trained model (default: the shipped one)')
    p.add_argument('--limit', type=int, default=100, help='formulas, drawn by lot (default: 100)')
    p.add_argument('--formulas', type=Path, help='a file of formulas, a line each (default: the bundled validation formulas)')
    p.add_argument('--real', type=Path, help='a tar of pictures of these formulas that somebody else drew')
    p.add_argument('--engine', default='auto', help='auto, system or wheel')
    p.add_argument('--out', type=Path, help='a JSON file for the figures')
    args = p.parse_args()
    if args.real and not args.formulas: p.error('--real needs the --formulas that its pictures show')
    torch.set_num_threads(1)
    rows = choose(lines(args.formulas) if args.formulas else small_formulas()['val'], args.limit, names(args.real) if args.real else None)
    print(f'{len(rows)} formulas\n\n| pictures | formulas | exact match | edit score | BLEU-4 | as plain |\n|---|---|---|---|---|---|', flush=True)
    ocr,found = LatexOCR.from_pretrained(args.results),[]
    for o in measure(ocr, rows, args.real, args.engine): found.append(o); print(line(o), flush=True)
    if args.out: args.out.write_text(json.dumps(dict(weights=fingerprint(ocr.path), rows=found), indent=1), encoding='utf-8')

if __name__=='__main__': main()
