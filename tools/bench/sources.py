"""How well a reader does on every typeface, every renderer and every subject: one row for each, read as `latexocr predict` reads

    python tools/bench/sources.py --formulas im2latex_val.txt.xz                          # drawn in every typeface of this machine
    python tools/bench/sources.py --formulas FILE --limit 200 --dpi 100 150 300           # and at other densities, in Computer Modern
    python tools/bench/sources.py --pictures 'web-val/*.parquet'                          # web pages, from tools/data/draw_web.py
    python tools/bench/sources.py --subjects 'test/*.txt.xz'                              # a row for each file of formulas, in Computer Modern
    python tools/bench/sources.py --formulas FILE --real FILE.tar                         # drawn by others, plain and in black and white
    python tools/bench/sources.py results/reader2 … --out sources.json                    # and --before FILE: what an earlier reader made of it

    python tools/bench/sources.py --formulas … --save FOLDER                              # the pictures as files, for others to read (page.py)
    python tools/bench/sources.py results/reader2 … --calibrate                           # the confidence learns from every second picture of all these
    python tools/bench/sources.py results/reader2 … --calibrate --check                   # and that of `--check`

Formulas are drawn by lot with a fixed seed. Scores are on canonical tokens, exact match with a 95 % interval; `sure` is the mean confidence, `error` its
calibration error, `wrong, sure` the share of readings that are wrong with a confidence above one half. Refused: formulas that a typeface can't draw."""
import argparse, glob, io, json, math, random, re, sys, tarfile, time
from pathlib import Path
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
import numpy as np, torch
from PIL import Image
from latexocr.core import atomic_write
from latexocr.data import read_formulas
from latexocr.scoring.run import fingerprint
from latexocr.normalize import NormalizeError, normalize, canonical_or_same
from latexocr.predict import LatexOCR, PictureError
from latexocr.render import render
from latexocr.scoring.calibration import calibrate_confidence, calibration_error, fit_calibration
from latexocr.scoring.intervals import text_intervals
from latexocr.tex.typefaces import TYPEFACES, available_typefaces

def canonical(latex):
    "Its tokens, or None"
    try: return normalize(latex) or None
    except NormalizeError: return None

def by_lot(formulas, n, seed=42):
    "(number, canonical tokens) of `n` formulas that can be parsed"
    order = random.Random(seed).sample(range(len(formulas)), len(formulas))
    rows = []
    for i in order:
        tokens = canonical(formulas[i])
        if tokens: rows.append((i, tokens))
        if len(rows)==n: break
    return rows

def drawn(name, tokens, **how):
    "A source: its name, pictures, references, and how many could not be drawn"
    made = render(tokens, **how)
    good = [(r.image, t) for r,t in zip(made, tokens) if r.image]
    return name, [o for o,_ in good], [t for _,t in good], len(made)-len(good)

def from_parquet(pattern, n):
    "Sources of pictures that are there already, a source for each renderer, typeface, scale and theme"
    import pyarrow.parquet as pq
    groups = {}
    for path in sorted(glob.glob(pattern)):
        for row in pq.read_table(path).to_pylist():
            name = ' '.join(f'{row[k]:g}×' if k=='scale' else str(row[k]) for k in ('renderer','typeface','size','scale','theme') if row.get(k))
            groups.setdefault(name, []).append(row)
    for name,rows in sorted(groups.items()):
        rows = random.Random(42).sample(rows, min(n, len(rows)))
        refs = [canonical(r['latex']) for r in rows]
        good = [(Image.open(io.BytesIO(r['image']['bytes'])), t) for r,t in zip(rows, refs) if t]
        yield name, [o for o,_ in good], [t for _,t in good], len(rows)-len(good)

def published(tar, rows):
    "Pictures that others drew, as they are and in black and white"
    with tarfile.open(tar) as t:
        members = {Path(o.name).stem:o for o in t if o.isfile()}
        rows = [(i, tokens) for i,tokens in rows if str(i) in members]
        images = [Image.open(io.BytesIO(t.extractfile(members[str(i)]).read())).convert('L') for i,_ in rows]
    bitmap = lambda o: o.point(lambda p: 255*(p>=128))
    twice = lambda o: bitmap(o.resize((2*o.width, 2*o.height), Image.LANCZOS))
    for name,change in (('as published', lambda o: o), ('as published, black and white', bitmap), ('as published, twice as large, black and white', twice)):
        yield name, [change(o) for o in images], [t for _,t in rows], 0

def sources(args):
    "Everything that the call asks for, one source after the other"
    rows = by_lot(read_formulas(args.formulas, keep_empty=True), args.limit) if args.formulas else []
    tokens = [t for _,t in rows]
    wanted = args.typefaces or ([] if args.real else ['all'])
    if tokens:
        for dpi in args.dpi: yield drawn(f'Computer Modern, {dpi} dpi', tokens, dpi=dpi, downsample=1)
        for name in available_typefaces() if wanted==['all'] else wanted:
            yield drawn(f'{name} (test only)' if TYPEFACES[name].test_only else name, tokens, typeface=name)
    if args.real: yield from published(args.real, rows)
    for path in sorted(glob.glob(args.subjects or '')):
        yield drawn(Path(path).name.removesuffix('.txt.xz'), [t for _,t in by_lot(read_formulas(path), args.limit)])
    for pattern in args.pictures: yield from from_parquet(pattern, args.limit)

def believed(sure, right):
    "What the confidence is worth"
    return dict(sure=100*sum(sure)/len(sure), error=calibration_error(sure, right), wrong_sure=100*sum(c>.5 and not r for c,r in zip(sure, right))/len(right))

def calibrate(ocr, pairs, check):
    "Learn from every second picture of each source what a probability, or a misfit, is worth, into config.json; the figures of each source's other half"
    columns = {name: [np.log(np.maximum(sure, 1e-12)), np.array(right), np.array(misfits)] for name,(sure,right,misfits) in pairs.items()}
    logs,right,misfits = (np.concatenate([o[i][::2] for o in columns.values()]) for i in range(3))
    path = ocr.path/'config.json'
    config = json.loads(path.read_text(encoding='utf-8'))
    old = config.get('calibration') or {}
    learnt = fit_calibration(logs, right, misfits if check else None) | dict(formulas=len(logs), sources=len(pairs))
    use = old|dict(checked=learnt) if check else learnt | {k:v for k,v in old.items() if k=='checked'}
    atomic_write(path, lambda o: o.write_text(json.dumps(config|dict(calibration=use), indent=1), encoding='utf-8'))
    print(f"{path}: {', '.join(f'{k} {v:.3f}' for k,v in learnt.items() if isinstance(v, float))}, from {learnt['formulas']:,} pictures")
    return {name: believed(calibrate_confidence(l[1::2], use, m[1::2] if check else None).tolist(), r[1::2]) for name,(l,r,m) in columns.items()}

def measure(ocr, images, refs, check=False):
    "The figures of a source, and the confidences behind them; misfits where pictures were drawn again, and alike"
    start,found = time.process_time(),ocr(images, errors='return', check=check)
    bad = [isinstance(o, PictureError) for o in found]
    hyps = ['' if b else canonical_or_same(' '.join(o.tokens)) for o,b in zip(found, bad)]
    sure,right = [0. if b else o.confidence for o,b in zip(found, bad)],[a==b for a,b in zip(refs, hyps)]
    misfits = [math.nan if b or not o.typeface else o.misfit for o,b in zip(found, bad)]
    return dict(n=len(refs), **text_intervals(refs, hyps), **believed(sure, right), seconds=time.process_time()-start), (sure, right, misfits)

def line(o):
    "A row of the table"
    exact,low,high = o['exact']
    return (f"| {o['name']} | {o['n']} | {o['refused']} | {exact:.1f} ({low:.1f}–{high:.1f}) | {o['edit'][0]:.1f} | {o['bleu4'][0]:.1f} | {o['sure']:.0f} "
            f"| {o['error']:.3f} | {o['wrong_sure']:.1f} |")

def save(path, ocr, rows): path.write_text(json.dumps(dict(weights=fingerprint(ocr.path), rows=rows), indent=1), encoding='utf-8')

def save_pictures(folder, found):
    "Write the pictures of sources, each named for its own; lossless"
    folder.mkdir(parents=True, exist_ok=True)
    n = 0
    for name,images,_,_ in found:
        for i,o in enumerate(images): o.save(folder/f'{re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")}-{i}.png'); n += 1
    print(f'{folder}: {n} pictures')

def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('results', nargs='?', help='folder of a trained model (default: the shipped one)')
    p.add_argument('--formulas', type=Path, help='a file of formulas, one a line')
    p.add_argument('--limit', type=int, default=200, help='formulas or pictures of each source (default: 200)')
    p.add_argument('--typefaces', nargs='*', help='names, or all (default: all that are there, but none beside --real)')
    p.add_argument('--dpi', type=int, nargs='*', default=[], help='other densities, in Computer Modern')
    p.add_argument('--real', type=Path, help='a tar of pictures that others drew: i.png shows line i of --formulas')
    p.add_argument('--subjects', help='a pattern of formula files')
    p.add_argument('--pictures', nargs='*', default=[], help='patterns of Parquet files with the columns image, latex, renderer and typeface')
    p.add_argument('--out', type=Path, help='a JSON file for the figures; rows of the same name are replaced')
    p.add_argument('--check', action='store_true', help='draw the readings, as `latexocr predict --check` does; --calibrate then learns what a misfit is worth')
    p.add_argument('--calibrate', action='store_true', help="write what probabilities are worth into the model's config.json, learnt from every second picture")
    p.add_argument('--before', type=Path, nargs='*', default=[], help='such files of an earlier reader: its exact match stands beside ours in --out')
    p.add_argument('--save', type=Path, help='write the pictures into this folder instead of reading them')
    args = p.parse_args()
    if args.save: return save_pictures(args.save, sources(args))
    torch.set_num_threads(1)
    before = {o['name']:o['exact'][0] for f in args.before for o in json.loads(f.read_text(encoding='utf-8'))['rows']}
    ocr = LatexOCR.from_pretrained(args.results)
    if args.calibrate: ocr.config = {k:v for k,v in ocr.config.items() if k!='calibration'}    # the model's own word
    pairs = {}
    rows = json.loads(args.out.read_text(encoding='utf-8'))['rows'] if args.out and args.out.is_file() else []
    print('| source | formulas | refused | exact match | edit score | BLEU-4 | sure | error | wrong, sure |\n|---|---|---|---|---|---|---|---|---|', flush=True)
    for name,images,refs,refused in sources(args):
        if not refs: print(f'| {name} | 0 | {refused} | | | | | | |', flush=True); continue
        figures,pairs[name] = measure(ocr, images, refs, args.check)
        row = dict(name=name, refused=refused, **figures)
        if name in before: row['before'] = before[name]
        print(line(row), flush=True)
        rows = [o for o in rows if o['name']!=name] + [row]
        if args.out: save(args.out, ocr, rows)
    if args.calibrate and pairs:
        found = calibrate(ocr, pairs, args.check)
        print('\n| source | sure | error | wrong, sure |\n|---|---|---|---|')
        for row in rows:
            if row['name'] not in found: continue
            row.update(found[row['name']])
            print(f"| {row['name']} | {row['sure']:.0f} | {row['error']:.3f} | {row['wrong_sure']:.1f} |")
        if args.out: save(args.out, ocr, rows)

if __name__=='__main__': main()
