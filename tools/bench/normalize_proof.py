"""Proof by picture: is a formula's picture the same before and after `normalize`? A table, a row per corpus file, then what differs.

python tools/bench/normalize_proof.py --corpus data/formulas [--sample 300] [--limit N] [FILE ...]
"""
import argparse, lzma, os, platform, random, sys, time
from collections import Counter
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
import numpy as np
from latexocr.normalize import NormalizeError, detokenize, normalize, parse
from latexocr import render as R
from latexocr.tex.symbols import ENVIRONMENTS
from latexocr.tex.packages import MACROS
from latexocr.render import find_engine, render

def blocks(a, axis=0):
    "(start, end) of the stretches of ink between blank columns (axis 0) or rows (axis 1)"
    x = np.flatnonzero((a<255).any(axis)); cut = np.flatnonzero(np.diff(x)>1)
    return list(zip(x[[0,*(cut+1)]].tolist(), (x[[*cut,-1]]+1).tolist()))

def covers(a, b):
    "Has each dark pixel of `a` some ink of `b` within a pixel?"
    near = np.full(np.maximum(a.shape, b.shape)+2, 255, 'uint8')
    for i in range(3):
        for j in range(3): o = near[i:i+b.shape[0], j:j+b.shape[1]]; np.minimum(o, b, out=o)
    return near[1:1+a.shape[0], 1:1+a.shape[1]][a<100].max(initial=0)<220

def stamp(a, b, slack):
    "The same ink, to a pixel; a bar may be longer by `slack`"
    (h,w),(k,l) = a.shape,b.shape
    if abs(h-k)>1 or abs(w-l)>max(2, slack*(max(h, k)<6)): return False
    w = w if abs(w-l)<=2 else min(w, l)
    return covers(a[:,:w], b) and covers(b[:,:w], a)

# a glyph that moves by a fraction of a pixel may close a narrow gap: then one stretch is like two; a table is many stretches
STEPS = [(3,3), (1,4), (4,1), (2,3), (3,2), (1,3), (3,1), (2,2), (1,2), (2,1), (1,1)]   # tried from the last
TABLES = [(m,n) for m in range(2, 40) for n in range(max(2, m-4), m+5)]

def row(a, b, slack):
    "The same stretches from left to right, gaps aside?"
    p,q = blocks(a),blocks(b)
    def alike(i, k, j, l):          # stretches i to k of `a`, j to l of `b`
        gap = p[i][0]-p[i-1][1]-q[j][0]+q[j-1][1] if i and j else 0
        u,v = a[:,p[i][0]:p[k-1][1]],b[:,q[j][0]:q[l-1][1]]
        if abs(gap)>slack: return False
        return k-i<5 and stamp(u, v, slack) or abs(u.shape[1]-v.shape[1])<=12 and (k-i==l-j==1 or k-i>3) and pile(u, v, slack)
    def walk(steps):
        todo,seen = [(0,0)],set()
        while todo:
            i,j = at = todo.pop()
            if at==(len(p),len(q)): return True
            if at not in seen: todo += [(i+m,j+n) for m,n in steps if i+m<=len(p) and j+n<=len(q) and alike(i, i+m, j, j+n)]
            seen.add(at)
        return False
    return walk(STEPS) or min(len(p), len(q))>2 and walk(TABLES+STEPS)

def pile(a, b, slack):
    "The same lines at the same heights, each the same from left to right? (A fraction, limits, the rows of a table)"
    p,q = blocks(a, 1),blocks(b, 1)
    if len(p)!=len(q) or len(p)<2 or any(abs(i-j)>1 for o in zip(p, q) for i,j in zip(*o)): return False
    for o in zip(p, q):
        (u,x),(v,y) = ((c[i:j,k:l],k) for c,(i,j) in zip((a,b), o) for k,l in [(blocks(c[i:j])[0][0],blocks(c[i:j])[-1][1])])
        if abs(x-y)>max(2, slack) or not row(u, v, slack): return False
    return True

def same_picture(a, b, slack=7.2):
    "Do two pictures at 400 dpi show the same ink at the same heights, to a pixel, with gaps that differ by `slack` px at most? (inf: by anything)"
    a,b = np.asarray(a),np.asarray(b)
    return a.shape==b.shape and bool((a==b).all()) or abs(a.shape[0]-b.shape[0])<=1 and (row(a, b, slack) or pile(a, b, slack))

PACKAGES = 'amsmath amssymb mathtools mathrsfs cancel braket upgreek'.split()      # what books load, as far as a TeX has it

# `\begin{bmatrix}[cc|c]` and `\Set*` are no LaTeX, nor any package's: books that use them define them so
BOOKS = R.FontSetup('cm', r'''\makeatletter
\renewcommand*\env@matrix[1][*\c@MaxMatrixCols c]{\hskip-\arraycolsep\let\@ifnextchar\new@ifnextchar\array{#1}}
\@ifundefined{Set}{}{\let\BooksSet\Set \renewcommand\Set{\@ifstar\BooksSet\BooksSet}}
\makeatother
''')

def full_engine():
    "The TeX to draw with, and with the packages of books: what it draws as written may then be compared"
    engine = find_engine()
    ask = ''.join(r'\IfFileExists{%s.sty}{\message{@%s@}}{}' % (o,o) for o in PACKAGES)
    printed = R.run_tex(engine.path, r'\documentclass{article}\begin{document}%s\end{document}' % ask, timeout=60)[0]
    return replace(engine, packages=tuple(o for o in PACKAGES if f'@{o}@' in printed))

@contextmanager
def books_allowed():
    "Let `render` draw what packages define, for as long as it is compared"
    kept = R.ALLOWED,R.ENVIRONMENTS
    R.ALLOWED,R.ENVIRONMENTS = R.ALLOWED|{o for o in MACROS if o[0]=='\\' and o[1:].isalpha()},R.ENVIRONMENTS|{*ENVIRONMENTS}
    try: yield
    finally: R.ALLOWED,R.ENVIRONMENTS = kept

LOW = replace(BOOKS, preamble=BOOKS.preamble+'\\def\\vcentcolon{:}')     # `\coloneqq` with its colon on the line, as it is spelt out

def prove(formulas, normalize=normalize, engine='auto', slack=7.2, setup=BOOKS):
    "For each formula (as written, normalised, verdict): 'same', 'differs', 'refused' by normalize, 'broken' where TeX won't draw it as written"
    def attempt(f):
        try: return normalize(f)
        except NormalizeError as e: return e
    def shown(f): return f'{{{f}}}' if any(n.kind=='infix' for n in parse(f)) else f   # else `\over` would pull in render's `\displaystyle`
    after = [attempt(f) for f in formulas]
    ok = [i for i,n in enumerate(after) if isinstance(n, str)]
    both = [shown(formulas[i]) for i in ok] + [shown(after[i]) for i in ok]
    with books_allowed(): pics = render(both, dpi=400, downsample=1, engine=engine, typeface=setup)
    res = [(f,str(n),'refused') for f,n in zip(formulas, after)]
    for i,a,b in zip(ok, pics, pics[len(ok):]):
        verdict = 'broken' if a.error else 'differs' if b.error or not same_picture(a.image, b.image, slack) else 'same'
        res[i] = (*res[i][:2], verdict)
    return res

def read(path):
    "Formulas of a file; split on newlines only, for other line breaks occur inside formulas"
    data = lzma.open(path).read() if path.suffix=='.xz' else path.read_bytes()
    return [o for o in data.decode('utf-8').split('\n') if o]

def spellings(formulas):
    "Canonical spellings, and counts: what parses, what stays the same when normalised again and through `detokenize`; reasons of the rest"
    good,why,counts,t = [],Counter(),Counter(),time.process_time()
    for f in formulas:
        try: good.append(normalize(f))
        except NormalizeError as e: why[str(e).rsplit(' at position', 1)[0]] += 1
    t = time.process_time()-t
    odd = []
    for n in good:
        if normalize(n)!=n: counts['again'] += 1; odd.append(n)
        try: same = normalize(detokenize(n))==n
        except NormalizeError: same = False
        if not same: counts['people'] += 1; odd.append(n)
    return len(good), counts, why, odd, len(formulas)/max(t, 1e-9)

def percent(n, of): return f'{100*n/of:.2f}' if of else '–'

def main(argv=None):
    p = argparse.ArgumentParser(description='Parse rate, idempotence and picture proof of normalize')
    p.add_argument('--corpus', type=Path, default=Path('data/formulas'), help='folder with one formula a line in *.txt or *.txt.xz')
    p.add_argument('--sample', type=int, default=300, help='formulas of each file whose pictures are compared')
    p.add_argument('--limit', type=int, help='formulas of each file that are parsed (all)')
    p.add_argument('--seed', type=int, default=0); p.add_argument('--show', type=int, default=10, help='differences listed for a file')
    p.add_argument('files', nargs='*', help='names of files (all)')
    o = p.parse_args(argv)
    paths = [q for q in sorted(o.corpus.glob('*.txt*')) if not o.files or q.name.split('.')[0] in o.files]
    if not paths: p.error(f'no formulas in {o.corpus}')
    eng = full_engine()
    print(f'{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, {eng.version}\n')
    line = '{:<34}{:>9}{:>9}{:>12}{:>12}{:>10}{:>9}{:>11}{:>9}'.format
    print(line('file', 'formulas', 'parsed', 'idempotent', 'round trip', 'per CPU s', 'drawn', 'same', 'strictly'))
    said,total = [],Counter()
    for q in paths:
        rng,formulas = random.Random(o.seed),read(q)
        if o.limit and len(formulas)>o.limit: formulas = rng.sample(formulas, o.limit)
        good,odd,why,notes,speed = spellings(formulas)
        proof = prove(rng.sample(formulas, min(o.sample, len(formulas))), engine=eng, slack=float('inf'))
        drawn = [r for r in proof if r[2] in ('same','differs')]; same = [r for r in drawn if r[2]=='same']
        odd['colon'] = sum(r[2]=='same' for r in prove([r[0] for r in drawn if r[2]=='differs'], engine=eng, slack=float('inf'), setup=LOW))
        strict = sum(r[2]=='same' for r in prove([r[0] for r in same], engine=eng))
        print(line(q.name.split('.')[0], len(formulas), percent(good, len(formulas)), percent(good-odd['again'], good), percent(good-odd['people'], good),
                  f'{speed:.0f}', len(drawn), percent(len(same), len(drawn)), percent(strict, len(drawn))), flush=True)
        total.update(formulas=len(formulas), good=good, drawn=len(drawn), same=len(same), strict=strict, **odd)
        differs = [r for r in drawn if r[2]=='differs'][:o.show]
        if differs or why or notes: said.append((q.name, why, notes[:o.show], differs))
    t = total
    print(line('all', t['formulas'], percent(t['good'], t['formulas']), percent(t['good']-t['again'], t['good']), percent(t['good']-t['people'], t['good']),
              '', t['drawn'], percent(t['same'], t['drawn']), percent(t['strict'], t['drawn'])))
    if t['colon']: print(f"\nOf {t['drawn']-t['same']} that differ, {t['colon']} do only by the height of the colon in `\\coloneqq`.")
    print('\nin %; same: blank columns aside; strictly: gaps, too, to 1.3 pt. In both the ink may be off by one pixel at 400 dpi.')
    for name,why,notes,differs in said:
        print(f'\n{name}')
        for w,n in why.most_common(o.show): print(f'  refused {n}×  {w}')
        for n in notes: print(f'  unstable    {n}')
        for a,b,_ in differs: print(f'  differs     {a}\n          ->  {b}')
    return t

if __name__=='__main__': sys.exit(0 if main()['good'] else 1)
