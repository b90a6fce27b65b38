"""A validation split of pictures that others drew, to see how well they are read

    python tools/release/real.py data/pictures/im2latex_val.tar data/formulas/im2latex_val.txt.xz --out data/real
    latexocr evaluate --results results/corpus --data data/real --split val

Picture `i.png` of the archive shows line i (from 0) of the formula file. Nothing is left out for its size; what can't be parsed is listed in the manifest."""
import argparse, sys
from pathlib import Path
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from latexocr.data import DataConfig, read_formulas
from latexocr.datasets.build import build_dataset
from latexocr.datasets.elsewhere import Pictures

def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('pictures', type=Path, help='a tar file or folder of 0.png, 1.png, …')
    p.add_argument('formulas', type=Path, help='a text file, one formula a line; .xz is unpacked')
    p.add_argument('--out', type=Path, default=Path('data/real'), help='dataset folder (default: %(default)s)')
    p.add_argument('--split', choices=('val','test'), default='val', help='(default: %(default)s)')
    p.add_argument('--style', choices=('canonical','im2latex'), default='canonical', help='spelling of the tokens (default: %(default)s)')
    args = p.parse_args()
    name = args.pictures.name
    made = build_dataset({args.split: {name: read_formulas(args.formulas, keep_empty=True)}}, args.out, DataConfig(style=args.style), pictures={name: Pictures(args.pictures)})
    print(f"{args.out}: {made['counts'][args.split]:,} pictures; left out: {made['dropped'] or 'none'}")

if __name__=='__main__': main()
