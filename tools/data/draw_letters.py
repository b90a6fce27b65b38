"""Letters, digits and Greek alone, in all typefaces for training and in sizes that differ by a tenth, into a table that `[data] also` takes

    python tools/data/draw_letters.py corpus/letters.txt.xz --out pictures/letters

A plain letter is what stands alone most often, but in a corpus it is one formula among many, as often seen as the same letter in bold or
calligraphic type: the reader then takes it for one of those. See nbs/use/alone.ipynb, and `tools/bench/letters.py`, which counts."""
import argparse, sys
from pathlib import Path
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
import numpy as np, pyarrow as pa, pyarrow.parquet as pq
from tqdm.auto import tqdm
from latexocr.core import atomic_write, png_bytes
from latexocr.data import read_formulas
from latexocr.normalize import normalize
from latexocr.render import render
from latexocr.tex.typefaces import available_typefaces

LARGEST = 1.09      # `build` leaves pictures alone that are up to a tenth larger than its own
def sizes(n): return [round(200*LARGEST**o) for o in np.linspace(-1, 1, n)]        # pixels an inch

def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('formulas', type=Path, help='a file of one symbol a line')
    p.add_argument('--out', type=Path, required=True, help='folder for the tables')
    p.add_argument('--sizes', type=int, default=3, help='pictures of a letter in each typeface (default: %(default)s)')
    p.add_argument('--cm', type=int, default=9, help='in Computer Modern (default: %(default)s)')
    args = p.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    marks = read_formulas(args.formulas)
    tokens,drawn = [normalize(o) for o in marks],0
    for face in tqdm(available_typefaces(test=False), disable=None):
        rows = []
        for dpi in sizes(args.cm if face=='cm' else args.sizes):
            for i,(t,r) in enumerate(zip(tokens, render(marks, typeface=face, dpi=dpi, borrow=False))):
                if r.image: rows.append(dict(image=dict(bytes=png_bytes(r.image), path=None), latex=t, source=f'{args.formulas.name}:{i}',
                    renderer='TeX', typeface=f'{face} {dpi}', width=r.image.width, height=r.image.height))
        if rows: atomic_write(args.out/f'{face}.parquet', lambda tmp: pq.write_table(pa.Table.from_pylist(rows), tmp, write_page_checksum=True))
        drawn += len(rows)
    print(f'{drawn:,} pictures')

if __name__=='__main__': main()
