"""Wrong and sure: what is read wrongly with a confidence above one half, by kind of picture; and what has no end, or is no LaTeX

    python tools/bench/sure.py --rows CORPUS/test/rows.txt.xz                # tables in five typefaces: exact, rows lost and repeated
    python tools/bench/sure.py --pairs CORPUS/test/pairs.txt.xz              # formulas that differ by a stroke, by the symbols that differ
    python tools/bench/sure.py --formulas FILE --real TAR --pictures 'web-val/*.parquet' --subjects 'test/*.txt.xz' --diagram reliability.svg
                                                                             # a mixture of all sources, see tools/bench/sources.py
    … --limit 100                   # pictures in all, drawn by lot with a fixed seed (default: 500)
    … --check                       # what was read is drawn, too, as by `latexocr predict --check`
    … --against c83cafe             # beside that commit and the weights it ships; with --weights DIR both read with these
    … --out FILE                    # figures as JSON, a reading each in FILE.jsonl

`drawn otherwise`: of the wrong ones above one half, those whose drawing is not that of the formula; `(` for `\\left(` often is (per cent of all).
`no end`: readings that ran into the limit of tokens; `refused`: TeX can't draw them, or there is nothing to draw; `look complete`: of both, those with a
confidence above .1 and no word of it. Seconds are of the CPU, one picture after the other, with 95 % of them below the last number."""
import argparse, json, os, random, subprocess, sys, tempfile
from collections import defaultdict
from pathlib import Path
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
import numpy as np
from latexocr.data import read_formulas
from latexocr.decoding.rerank import EXACT_FIT, ink_distance
from latexocr.datasets.grammar import PAIRS
from latexocr.normalize import canonical_or_same
from latexocr.render import render
from latexocr.scoring.calibration import calibration_error, reliability
from latexocr.scoring.rows import row_scores
from read import checkout
from sources import by_lot, canonical, drawn, sources

FACES = ('cm','times','palatino','cmbright','stix2')          # of the tables

READER = """
import json, sys, time, torch
torch.set_num_threads(1)
from latexocr.predict import LatexOCR
check,weights = sys.argv[1]=='check',sys.argv[2:]
ocr = LatexOCR.from_pretrained(*weights)
for line in sys.stdin:
    start = time.process_time()
    try:
        p = ocr(line.strip(), check=check)
        row = dict(latex=p.latex, tokens=p.tokens, sure=float(p.confidence), finished=bool(p.finished), flaw=getattr(p, 'flaw', None), scale=float(p.scale))
    except ValueError as e: row = dict(latex='', tokens=[], sure=0., finished=False, flaw=str(e), scale=0.)
    print(json.dumps(row | dict(seconds=time.process_time()-start)), flush=True)
"""

def read_by(code, pictures, weights, check=False):
    "What the code of a checkout reads on some pictures, one after the other, in a process of its own"
    with tempfile.TemporaryDirectory() as d:
        files = [Path(d)/f'{i:05}.png' for i in range(len(pictures))]
        for f,o in zip(files, pictures): (o if o.mode in ('1','L','LA','P','RGB','RGBA') else o.convert('RGB')).save(f)
        names = ''.join(f'{f}\n' for f in files)
        told = subprocess.run([sys.executable, '-c', READER, 'check' if check else 'read', *weights], cwd='/', env=os.environ|{'PYTHONPATH':str(code)}, input=names, check=True, stdout=subprocess.PIPE, text=True, timeout=7200)
    return [json.loads(o) for o in told.stdout.splitlines()]

GROUPS = [o.split(': ', 1)[0].split('|') for o in PAIRS.strip().split('\n')]
def pair_kind(tokens, near):
    "The symbols that are tried: those of the group of which one stands here and not in a neighbour of the file, or the other way round"
    here = set(tokens.split())
    differ = [here^set(o.split()) for o in near]
    for o in sorted((o for o in differ if 0<len(o)<=4), key=len):
        found = next((g for g in GROUPS if set(g)&o), None)
        if found: return ' '.join(found)
    return 'others'

def given(args):
    "(kind, picture, canonical tokens) of everything asked for, by lot"
    rows = []
    if args.rows:
        tokens = [t for _,t in by_lot(read_formulas(args.rows), args.limit)]
        for i,face in enumerate(FACES):
            name,images,refs,_ = drawn(face, tokens[i::len(FACES)], typeface=face)
            rows += [(name, o, t) for o,t in zip(images, refs)]
    if args.pairs:
        every = [(canonical(o), o) for o in read_formulas(args.pairs)]
        every = [c for c,_ in every if c]
        at = sorted(random.Random(42).sample(range(len(every)), min(args.limit, len(every))))
        tokens = [every[i] for i in at]
        kinds = [pair_kind(every[i], every[max(i-3, 0):i]+every[i+1:i+4]) for i in at]
        made = render(tokens)
        rows += [(k, r.image, t) for k,r,t in zip(kinds, made, tokens) if r.image]
    if args.formulas or args.real or args.subjects or args.pictures:
        mixed = [(name, o, t) for name,images,refs,_ in sources(args) for o,t in zip(images, refs)]
        rows += random.Random(42).sample(mixed, min(args.most, len(mixed)))
    return rows

def figures(refs, found):
    "What becomes of some pictures"
    hyps = [canonical_or_same(' '.join(o['tokens'])) for o in found]
    right,sure = [a==b for a,b in zip(refs, hyps)],[o['sure'] for o in found]
    seconds,bad = [o['seconds'] for o in found],[i for i,(c,r) in enumerate(zip(sure, right)) if c>.5 and not r]
    drawings = [r.image for r in render([o for i in bad for o in (refs[i], hyps[i])])]
    otherwise = sum(not (a and b and ink_distance(a, b)<EXACT_FIT) for a,b in zip(drawings[::2], drawings[1::2]))
    return dict(n=len(refs), drawn_otherwise=100*otherwise/len(refs), exact=100*float(np.mean(right)), wrong_sure=100*float(np.mean([c>.5 and not r for c,r in zip(sure, right)])),
                error=calibration_error(sure, right), seconds=[float(np.median(seconds)), float(np.percentile(seconds, 95))]) | row_scores(refs, hyps)

def endings(found):
    "Readings without an end, readings that TeX refuses, and how many of both look complete"
    refused = [r.error is not None for r in render([o['latex'] or r'\relax' for o in found])]
    refused = [r or not o['latex'].strip() for r,o in zip(refused, found)]
    no_end = [not o['finished'] and not (o['flaw'] or '').startswith('not LaTeX') for o in found]
    return dict(no_end=sum(no_end), refused=sum(refused), complete=sum((a or b) and o['sure']>.1 and not o['flaw'] for a,b,o in zip(no_end, refused, found)))

def diagram(path, runs, refs, kept):
    "Reliability of every reader in one picture"
    import matplotlib; matplotlib.use('agg')
    import matplotlib.pyplot as plt
    fig,ax = plt.subplots(figsize=(3.2,3.2), layout='constrained')
    ax.plot([0,1], [0,1], c='0.8')
    for name,found in runs.items():
        right = [t==canonical_or_same(' '.join(o['tokens'])) for t,o in zip(refs, found)]
        ax.plot(*zip(*[o[:2] for o in reliability([o['sure'] for o in found], right)]), '.-', label=f"{name}: wrong and above .5 {kept[name]['all']['wrong_sure']:.1f} %")
    ax.legend(fontsize=7); ax.set(xlabel='confidence', ylabel='share right')
    fig.savefig(path); plt.close(fig)

def line(name, o):
    rows = f"{o['table_rows']:.0f} | {o['rows_lost']:.1f} | {o['rows_added']:.1f}" if 'table_rows' in o else ' | | '
    return f"| {name} | {o['n']} | {o['exact']:.1f} | {o['wrong_sure']:.1f} | {o['drawn_otherwise']:.1f} | {o['error']:.3f} | {rows} | {o['seconds'][0]:.2f}, {o['seconds'][1]:.2f} |"

def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--rows', type=Path, help='a file of formulas with tables'); p.add_argument('--pairs', type=Path, help='a file of formulas that differ by a stroke')
    p.add_argument('--formulas', type=Path, help='these as of tools/bench/sources.py'); p.add_argument('--real', type=Path); p.add_argument('--subjects'); p.add_argument('--pictures', nargs='*', default=[])
    p.add_argument('--typefaces', nargs='*', default=['all']); p.add_argument('--dpi', type=int, nargs='*', default=[100,150,300])
    p.add_argument('--limit', type=int, default=500, help='pictures in all (default: 500)')
    p.add_argument('--weights', type=Path, help='folder of a trained model (default: those of the code)')
    p.add_argument('--check', action='store_true', help='draw what was read, and let the picture choose')
    p.add_argument('--against', metavar='COMMIT', help='read by that commit, too'); p.add_argument('--out', type=Path); p.add_argument('--diagram', type=Path)
    args = p.parse_args()
    args.most = args.limit
    if not (args.rows or args.pairs): args.limit = max(args.limit//40, 3)      # of each source; all that are drawn go into the lot
    rows = given(args)
    if not rows: p.error('there is nothing to read: give --rows, --pairs, or sources')
    kinds,pictures,refs = zip(*rows)
    weights,runs = [str(args.weights.resolve())] if args.weights else [],{}
    if args.against:
        with checkout(args.against) as code: runs[args.against] = read_by(code, pictures, weights, args.check)
    runs['now'] = read_by(Path(__file__).resolve().parents[2], pictures, weights, args.check)
    kept = {}
    for run,found in runs.items():
        groups = defaultdict(list)
        for i,k in enumerate(kinds): groups[k].append(i)
        table = {k: figures([refs[i] for i in at], [found[i] for i in at]) for k,at in sorted(groups.items())} if args.rows or args.pairs else {}
        table['all'] = figures(refs, found) | endings(found)
        kept[run] = table
        print(f'\n{run}\n\n| kind | pictures | exact | wrong and above .5 | drawn otherwise | error | rows right | lost | repeated | CPU seconds, median and 95th percentile |\n|---|---|---|---|---|---|---|---|---|---|')
        for k,o in table.items(): print(line(k, o))
        o = table['all']
        print(f"\nno end {o['no_end']}, refused {o['refused']}, of them look complete {o['complete']}, of {o['n']} pictures", flush=True)
    if args.out:
        args.out.write_text(json.dumps(kept, indent=1), encoding='utf-8')
        with open(f'{args.out}l', 'w', encoding='utf-8') as f:
            for i,(k,t) in enumerate(zip(kinds, refs)): f.write(json.dumps(dict(kind=k, formula=t, **{run: found[i] for run,found in runs.items()}))+'\n')
    if args.diagram: diagram(args.diagram, runs, refs, kept)

if __name__=='__main__': main()
