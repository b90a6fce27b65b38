"""What does a renderer take and draw as something else? Each token of the vocabulary, in each typeface of tools/draw_web.py, and which pictures are equal

    python tools/check_web.py                                        # all typefaces, those for testing included
    python tools/check_web.py --each mathtext/stixsans/20/2/white

A line for each typeface lists tokens whose pictures agree: harmless where they agree in TeX as well (\\lvert and |), a wrong label where they do
not (mathtext's \\epsilon and \\varepsilon). What is found wrong belongs in the table WRONG of
draw_web.py, which keeps such formulas out."""
import argparse, collections, io, sys, tempfile
from pathlib import Path
import numpy as np
import pyarrow.parquet as pq
from PIL import Image, ImageFilter, ImageOps
import draw_web
from latexocr.normalize import NormalizeError, normalize
from latexocr.vocab import Vocab

FORMS = ('A {} B', '{} {{ A }}', '{} {{ \\alpha }}', '{} {{ \\Gamma }}', '{} {{ x }}', '{} {{ 1 }}')   # as a sign, and as a command with an argument

def probes(tokens):
    "Canonical formulas, one or more for each token that can stand so"
    found = {}
    for t in tokens:
        for form in FORMS:
            try: found[normalize(form.format(t))] = t
            except NormalizeError: pass
    return list(found)

def ink(data):
    "A picture without its margins, as grey ink, blurred a little: letters of a browser start at fractions of a pixel"
    with Image.open(io.BytesIO(data)) as image: image = ImageOps.expand(ImageOps.invert(image.convert('L')), 2)
    image = image.crop(image.point(lambda o: 255*(o>12)).getbbox())
    return np.asarray(ImageOps.expand(image, 2).filter(ImageFilter.BoxBlur(1)), dtype=np.int16)

def alike(a, b):
    "The same but for a shift of less than a pixel"
    if max(abs(np.subtract(a.shape, b.shape)))>1: return False
    h,w = np.minimum(a.shape, b.shape)
    def corners(o): return [o[i:i+h, j:j+w] for i in {0, o.shape[0]-h} for j in {0, o.shape[1]-w}]
    return min(np.abs(p-q).max() for p in corners(a) for q in corners(b))<90

def groups(pictures):
    "[[formulas that look alike], ...] of {formula: ink}"
    found,sizes = [],collections.defaultdict(list)
    for latex,a in pictures.items():
        near = [g for i in (-1,0,1) for j in (-1,0,1) for g in sizes[a.shape[0]+i, a.shape[1]+j]]
        same = next((g for g in near if alike(pictures[g[0]], a)), None)
        if same: same.append(latex)
        else:
            found.append([latex])
            sizes[a.shape].append(found[-1])
    return [g for g in found if len(g)>1]

def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--each', nargs='+', type=draw_web.valid_spec, help='only these (default: each typeface at 20 px or points, twice as large, black on white)')
    p.add_argument('--cache', type=Path, default=Path.home()/'.cache/latexocr/web', help='folder of the npm packages (default: %(default)s)')
    args = p.parse_args()
    every = [f'{r}/{f}/20/2/white' for part in (draw_web.FACES, draw_web.TEST_FACES) for r,faces in part.items() for f in faces]
    with tempfile.TemporaryDirectory() as folder:
        lines = Path(folder)/'tokens.txt'
        lines.write_text('\n'.join(probes(Vocab.load(draw_web.root/'latexocr/pretrained/vocab.txt').itos[4:]))+'\n', encoding='utf-8')
        draw_web.WRONG.clear()                                  # what is known is to be found again
        code = draw_web.main([str(lines),'--test','--n','100000','--cache',str(args.cache),'--out',f'{folder}/out','--each',*(args.each or every)])
        faces = collections.defaultdict(dict)
        for path in sorted(Path(folder).glob('out/*.parquet')):
            for o in pq.read_table(path, columns=['image','latex','typeface']).to_pylist(): faces[o['typeface']][o['latex']] = ink(o['image']['bytes'])
    for face,pictures in faces.items():
        print(f'\n{face}: {len(pictures)} pictures')
        for g in groups(pictures): print('   ', '   '.join(g))
    return code

if __name__=='__main__': sys.exit(main())
