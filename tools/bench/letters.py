"""Letters, digits and Greek alone, in some typefaces and sizes: how many are read with one guess of their size, and how many at all sizes?

    python tools/bench/letters.py                                        # 62 letters and digits, four typefaces, three sizes
    python tools/bench/letters.py --formulas corpus/letters.txt.xz --typefaces cm times --dpi 200

`sure` is the mean confidence of the readings at all sizes; the second table says how often readings of like confidence are right. Pictures are drawn by
the TeX of this machine, without neighbours, so `s` and `S` can't be told apart: no reader gets all of them. See nbs/use/alone.ipynb."""
import argparse, string, sys
from pathlib import Path
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from _common import machine, table
from latexocr.data import read_formulas
from latexocr.normalize import canonical_or_same
from latexocr.predict import LatexOCR
from latexocr.render import render

def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--formulas', type=Path, help='a file of one symbol a line (default: letters and digits)')
    p.add_argument('--typefaces', nargs='+', default=['cm','times','palatino','cmbright'])
    p.add_argument('--dpi', nargs='+', type=int, default=[150,200,330])
    p.add_argument('--weights', help='folder of a trained model (default: the shipped one)')
    args = p.parse_args()
    marks = read_formulas(args.formulas) if args.formulas else [*string.ascii_letters+string.digits]
    ocr,rows,all_read = LatexOCR.from_pretrained(args.weights),[],[]
    for face in args.typefaces:
        for dpi in args.dpi:
            drawn = [(o,r.image) for o,r in zip(marks, render(marks, typeface=face, dpi=dpi)) if r.image]
            right = lambda found: [(q.confidence, canonical_or_same(q.latex)==canonical_or_same(o)) for q,(o,_) in zip(found, drawn)]
            images = [image for _,image in drawn]
            one,every = right(ocr(images, views=1)),right(ocr(images)); all_read += every
            rows.append((face, dpi, len(drawn), sum(ok for _,ok in one), sum(ok for _,ok in every), f'{sum(c for c,_ in every)/len(every):.2f}'))
    print(machine()+'\n'); table([('typeface','dpi','drawn','one size','all sizes','sure'), *rows]); print()
    parts = [(lo/5, [o for o in all_read if lo/5<=o[0]<=lo/5+.2]) for lo in range(5)]
    share = lambda o, i: f'{sum(row[i] for row in o)/len(o):.2f}'
    table([('confidence from','readings','mean','right'), *((lo, len(o), share(o, 0), share(o, 1)) for lo,o in parts if o)])

if __name__=='__main__': main()
