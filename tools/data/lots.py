"""A lot of each of a folder's formula files, so that a new dataset shows other formulas than the last one

    python tools/data/lots.py made/corpus/train --out made/lots --seed 19 --share .35 --of grammar=.8 rare=.6 pairs=1 spaces=12000

Numbers up to 1 are shares, larger ones are formulas. What is in OUT is replaced."""
import argparse, lzma, random, sys
from pathlib import Path
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from latexocr.data import read_formulas

def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('folder', type=Path, help='of NAME.txt.xz')
    p.add_argument('--out', type=Path, required=True, help='folder for the lots')
    p.add_argument('--seed', type=int, default=0)
    p.add_argument('--share', type=float, default=1, help='of files that --of does not name (default: all)')
    p.add_argument('--of', nargs='*', default=[], metavar='NAME=SHARE')
    args = p.parse_args()
    named,rng = {k:float(v) for k,v in (o.split('=') for o in args.of)},random.Random(args.seed)
    files = sorted(args.folder.glob('*.txt.xz'))
    names = [f.name.removesuffix('.txt.xz') for f in files]
    if missing := [*set(named)-set(names)]: p.error(f'{args.folder} has no {missing[0]}.txt.xz')
    args.out.mkdir(parents=True, exist_ok=True)
    for f,name in zip(files, names):
        lines,share = read_formulas(f),named.get(name, args.share)
        n = round(share*len(lines)) if share<=1 else min(round(share), len(lines))
        some = [lines[i] for i in sorted(rng.sample(range(len(lines)), n))]
        with lzma.open(args.out/f.name, 'wt', encoding='utf-8') as out: out.writelines(o+'\n' for o in some)
        print(f'{name}: {n:,} of {len(lines):,}')

if __name__=='__main__': main()
