"""Draw formulas as the pictures of im2latex-100k were drawn, into tables that `[data] also` takes: see nbs/datasets/label.ipynb

    python tools/data/draw_published.py FORMULAS.txt.xz … --out pictures/published
    python tools/data/draw_published.py FORMULAS.txt.xz --out pictures/published --limit 8192

Tables of 4,096 formulas each, `NAME-00000.parquet`; what is there already is not drawn again. Formulas that can't be parsed or drawn are left out and
counted. What equals a validation or test formula is left out by `latexocr build`, as from every file. On several cores: several calls with other files."""
import argparse, sys
from collections import Counter
from pathlib import Path
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
import pyarrow as pa, pyarrow.parquet as pq
from tqdm.auto import tqdm
from latexocr.core import atomic_write, png_bytes
from latexocr.data import read_formulas
from latexocr.datasets.label import draw_published
from latexocr.normalize import NormalizeError, normalize

PIECE = 4096
def canonical(latex):
    try: return normalize(latex)
    except NormalizeError: return ''

def draw(name, at, formulas):
    "Rows of the table, and what became of the formulas"
    tokens = [canonical(o) for o in formulas]
    images = draw_published(tokens)
    rows = [dict(image=dict(bytes=png_bytes(im), path=None), latex=t, source=f'{name}:{i}', renderer='im2latex', typeface='cm',
                 width=im.width, height=im.height) for i,(t,im) in enumerate(zip(tokens, images), at) if t and im]
    return rows,Counter({'drawn': len(rows), 'not parsed': tokens.count(''), 'not drawn': sum(bool(t) and not im for t,im in zip(tokens, images))})

def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('formulas', nargs='+', type=Path, help='files of one formula a line')
    p.add_argument('--out', type=Path, required=True, help='folder for the tables')
    p.add_argument('--limit', type=int, help='only the first so many of each file')
    args = p.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    counts = Counter()
    for path in args.formulas:
        try: lines = read_formulas(path)[:args.limit]
        except (OSError, ValueError) as e: print(f'{path}: {e}', file=sys.stderr); continue
        for at in tqdm(range(0, len(lines), PIECE), path.name, disable=None):
            target = args.out/f'{path.name.split(".")[0]}-{at//PIECE:05}.parquet'
            if target.exists(): counts['there already'] += pq.read_metadata(target).num_rows; continue
            rows,found = draw(path.name, at, lines[at:at+PIECE]); counts += found
            if rows: atomic_write(target, lambda tmp: pq.write_table(pa.Table.from_pylist(rows), tmp, write_page_checksum=True))
    print(' · '.join(f'{n:,} {what}' for what,n in counts.items()))

if __name__=='__main__': main()
