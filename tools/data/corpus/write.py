"""What the grammar (nbs/datasets/grammar) adds to a corpus: training formulas, symbols one by one; test sets of rows, pairs and long formulas

    python tools/data/corpus/write.py --out OUT --corpus FILES… --exclude im2latex_val.txt.xz im2latex_test.txt.xz

reads `OUT/train` and `OUT/test` of `python tools/data/corpus` and the further training files of `--corpus`, writes
`OUT/test/{pairs,rows,bold,long}.txt.xz` and `OUT/train/{grammar,rare,pairs,more_pairs,spaces,bold,tables,small,long,inline_short,symbols,styled}.txt.xz`, takes from all of `OUT/train`
what is tested, the pictures of tests/test_inputs.py among it, and lists that in `OUT/held_out.txt.xz` (canonical). `OUT/tokens.json`: how often each token stands there, before and after.
`OUT/letters.txt.xz` is the alphabet alone, to test typefaces with: no letter can be held out, only typefaces can.
"""
import argparse, ast, json, random, re, runpy, string, sys
from collections import Counter
from itertools import groupby
from pathlib import Path
sys.path.insert(0, str(Path(__file__).resolve().parent)); sys.path.append(str(Path(__file__).resolve().parents[3]))
main = runpy.run_path(str(Path(__file__).with_name('__main__.py')))
canonical,read_lines,write_lines,lot = (main[o] for o in ('canonical','read_lines','write_lines','lot'))
from latexocr.datasets.grammar import alphabet, new_writer, write_formulas, write_pairs
from latexocr.normalize import CAPITAL_GREEK, GREEK
from latexocr.tex.words import closing_brace

WRITTEN = {'grammar','rare','pairs','more_pairs','spaces','bold','tables','small','long','inline_short','symbols','styled'}
LETTERS = [*string.ascii_letters, *string.digits, *sorted(CAPITAL_GREEK), *sorted(o for o in GREEK if o[1:4]!='var' or o[4].islower())]
AROUND = ['{},', '{}.', '-{}', '({})', '2{}', '{}=0', r'\bar{{{}}}', '{}^2', '{}_0', "{}'", 'x{}', '{}+1', '|{}|', '{}>0']   # what a letter is seen with

def distinct(formulas, taken, n):
    "`n` formulas whose canonical forms are new; they are added to `taken`"
    out = []
    for o in formulas:
        c = canonical(o)
        if c and c not in taken: out.append(o); taken.add(c)
        if len(out)>=n: break
    return out

def rows(seed):
    "Matrices, systems, cases, derivations without end"
    w = new_writer(seed)
    while True: yield w.write(w.rng.choice(['rows','rows','matrix']))

SPACES = {r'\,':5, '~':5, r'\;':4, r'\quad':2, r'\!':1, r'\:':1, '':1}        # shares: about as usual as in papers, and none
def other_spaces(formulas, seed):
    "Those that have spaces, with others by lot: nothing but their width tells them apart, and no habit of writing. Spaces in a row stay alike"
    rng = random.Random(seed)
    for o in formulas:
        tokens = (canonical(o) or '').split()
        if not any(t in SPACES for t in tokens): continue
        runs = ((k, list(g)) for k,g in groupby(tokens, lambda t: t in SPACES))
        yield ' '.join(t for is_space,run in runs
            for t in (rng.choices([*SPACES], SPACES.values())*len(run) if is_space and rng.random()<.7 else run) if t)

def bold(formulas, seed):
    "Those of one line, with one to three of their letters in bold wherever these stand: vectors and parameters, as papers have them"
    rng,letters = random.Random(seed),{*string.ascii_letters, *GREEK, *CAPITAL_GREEK}
    for o in formulas:
        tokens = (canonical(o) or '').split()
        if len(tokens)>60 or any(t.startswith((r'\begin',r'\hspace')) for t in tokens): continue
        free,i = [],0
        while i<len(tokens):                                                 # letters in no font
            font = re.match(r'\\(math|text|bold|operator)', tokens[i]) and tokens[i+1:i+2]==['{']
            if tokens[i] in letters: free.append(i)
            i = closing_brace(tokens, i+1)+1 if font else i+1
        if not free: continue
        chosen = rng.sample(sorted({tokens[i] for i in free}), min(rng.choice([1,1,2,3]), len({tokens[i] for i in free})))
        upright = rng.random()<.35
        for i in free:
            if tokens[i] in chosen: tokens[i] = rf"\{'mathbf' if upright and len(tokens[i])==1 else 'boldsymbol'} {{ {tokens[i]} }}"
        yield ' '.join(tokens)

INTEGRALS = {r'\iint':['xy','uv','pq'], r'\iiint':['xyz','uvw','pqr'], r'\oint':['z','s','t'], r'\oiint':['xy','uv'], r'\int':['x','t']}
def small(seed):
    "Columns and rows of letters, integrals over a domain, sums and equations of letters, without end: a long formula's context is missing, bold ones are few"
    rng = random.Random(seed)
    any_of = lambda *weighted: rng.choices(weighted[::2], weighted[1::2])[0]
    latin = lambda: rng.choice(string.ascii_letters)
    def scripted(o): return o+any_of('', 3, f'^{rng.randint(2, 4)}', 2, f'_{rng.randint(0, 3)}', 1, f'_{latin()}', 1)
    while True:
        kind,font = any_of('column', 2, 'line', 1, 'integral', 2, 'sum', 2, 'equation', 3),any_of('', 30, r'\mathbf', 3, r'\mathrm', 2, r'\boldsymbol', 1)
        some = [f'{font}{{{latin()}}}' if font else rng.choice(LETTERS) for _ in range(rng.randint(2, 5))]
        if kind in ('column','line'):
            fence = rng.choice(['pmatrix','pmatrix','bmatrix','vmatrix','Vmatrix','Bmatrix','matrix'])
            between = r'\\ ' if kind=='column' else '&'
            yield rf'\begin{{{fence}}}{between.join(some)}\end{{{fence}}}'+any_of('', 3, f'={latin()}', 1, '^T', 1)
        elif kind=='integral':
            sign = rng.choice([*INTEGRALS]); by = rng.choice(INTEGRALS[sign]); f = any_of('f', 6, 'g', 2, 'h', 1, 'F', 1, 'u', 1, r'\phi ', 1, r'\rho ', 1)
            yield (rf'{sign}_{{{rng.choice(string.ascii_uppercase)}}}{f}'+any_of(f'({",".join(by)})', 4, '', 1)
                +any_of(r'\, d', 2, ' d', 1, r'\, \mathrm{d}', 1).join(['', *by]))
        elif kind=='sum': yield ''.join(o+rng.choice('+-=') for o in some[:-1])+some[-1]
        else: yield f'{latin()}='+any_of('', 3, '-', 1, str(rng.randint(2, 9)), 1)+''.join(scripted(latin()) for _ in range(rng.randint(1, 3)))

def is_long(c): return 130<=(c or '').count(' ')+1<=250

def long_written(seed):
    "Formulas of 130 to 250 tokens without end"
    w = new_writer(seed)
    while True:
        o = w.write(w.rng.choice(['longsum','longsum','rows','matrix','equation']))
        if is_long(canonical(o)): yield o

OWN_SHAPES = dict(mathbb=string.ascii_uppercase, mathcal=string.ascii_uppercase, mathscr=string.ascii_uppercase, mathfrak=string.ascii_letters)
LIKE_PLAIN = dict(mathbf=string.ascii_letters+string.digits, mathrm=string.ascii_letters, mathsf=string.ascii_letters,
    boldsymbol=[*string.ascii_letters, *sorted(GREEK)])    # one typeface's bold is as heavy as another's usual letter

def in_fonts(fonts): return [rf'\{f}{{{o}}}' for f,letters in fonts.items() for o in letters]

def symbols():
    "The alphabet, its letters in fonts that show, each symbol that can stand alone, and each letter with a neighbour"
    from latexocr.render import render
    alone = [o for o in sorted(alphabet()) if canonical(o)==o]
    alone = [o for o,r in zip(alone, render(alone)) if r.image]
    return list(dict.fromkeys([*LETTERS, *alone, *in_fonts(OWN_SHAPES), *(o.format(letter) for letter in LETTERS for o in AROUND)]))

def kinds(files):
    for f in files:
        for o in read_lines(f): yield o

def by_lot(files, seed):
    "All of their formulas, mixed"
    found = [*kinds(files)]; random.Random(seed).shuffle(found)
    return found

def drawn_in_tests():
    "Canonical forms of `FORMULAS` in tests/test_inputs.py, of which no more than the lists are read; a letter alone can't be held out"
    values = {}
    for o in ast.parse((Path(__file__).resolve().parents[3]/'tests'/'test_inputs.py').read_text(encoding='utf-8')).body:
        if isinstance(o, ast.Assign): exec(compile(ast.Module([o], []), 'test_inputs.py', 'exec'), values)
    return {c for o in values['FORMULAS'] if ' ' in (c := canonical(o))}

def options(argv=None):
    "What the command line says"
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument('--out', type=Path, required=True); ap.add_argument('--corpus', nargs='*', type=Path, default=[])
    ap.add_argument('--exclude', nargs='*', type=Path, default=[]); ap.add_argument('--formulas', type=int, default=60_000)
    ap.add_argument('--rare', type=int, help='formulas of rare tokens (default: as many as --formulas)')
    ap.add_argument('--goal', type=int, default=300)
    ap.add_argument('--pairs', type=int, default=8000, help='formulas that differ by a stroke, at the least (default: %(default)s)')
    ap.add_argument('--more-pairs', type=int, default=0, help='further ones that differ in a symbol of --of (default: %(default)s)')
    ap.add_argument('--of', nargs='*', default=[], help=r"such as '\iint' '\boldsymbol'")
    ap.add_argument('--spaces', type=int, default=0, help='formulas of --corpus with other spaces (default: %(default)s)')
    ap.add_argument('--bold', type=int, default=0, help='formulas of --corpus with letters in bold (default: %(default)s)')
    ap.add_argument('--tables', type=int, default=0, help='matrices, systems, cases and derivations beside those of the grammar (default: %(default)s)')
    ap.add_argument('--small', type=int, default=0, help='columns of letters, integrals over a domain, sums of letters (default: %(default)s)')
    ap.add_argument('--long', type=int, default=0, help='formulas of 130 to 250 tokens beside those of the grammar (default: %(default)s)')
    ap.add_argument('--every', type=int, default=4, help='count tokens in every n-th formula of --corpus')
    args = ap.parse_args(argv)
    if args.rare is None: args.rare = args.formulas
    return args

def tested_in(subjects):
    "Canonical forms that must never be trained on: of files of test formulas, and of pictures in the tests"
    return {canonical(o) for o in kinds(subjects)}-{None}|drawn_in_tests()

def run():
    args = options(); out,rng = args.out,random.Random(0)
    banned = {canonical(o) for f in args.exclude for o in read_lines(f)}-{None}
    subjects = [f for f in sorted((out/'test').glob('*.txt.xz')) if f.name.split('.')[0] not in ('pairs','rows','bold','long')]
    taken = banned|tested_in(subjects)
    pairs = [p for p in write_pairs(30_000, seed=101) if not any(canonical(o) in taken for o in p)]
    test,seen = [],set()
    for p in pairs:
        cs = [canonical(o) for o in p]
        if len(test)<1000 and not seen&set(cs) and lot(cs[0])%5==0 and min(c.count(' ') for c in cs)>3: test += p; seen |= set(cs)
    write_lines(out/'test'/'pairs.txt.xz', test); taken |= seen
    write_lines(out/'test'/'rows.txt.xz', distinct(rows(102), taken, 1000))
    write_lines(out/'test'/'bold.txt.xz', distinct(bold(by_lot(subjects, 104), 104), taken, 500))
    found = [o for o in kinds([*subjects, *args.corpus])
        if len(o)>180 and is_long(c := canonical(o)) and lot(c)%10==0 and c not in banned]
    found = list({canonical(o):o for o in rng.sample(found, min(len(found), 340))}.values()); taken |= {canonical(o) for o in found}
    write_lines(out/'test'/'long.txt.xz', found+distinct(long_written(103), taken, 500-len(found)))
    held = taken-banned
    write_lines(out/'letters.txt.xz', LETTERS)
    write_lines(out/'held_out.txt.xz', sorted(held))
    print('held out', len(held), 'pairs', len(test), 'long of the corpora', len(found), flush=True)
    counts,known,dropped = Counter(),set(),0
    for f in sorted((out/'train').glob('*.txt.xz')):
        if f.name.split('.')[0] in WRITTEN: continue
        kept = []
        for o in read_lines(f):
            c = canonical(o)
            if c in held: dropped += 1; continue
            kept.append(o)
            if c: counts.update(c.split()); known.add(c)
        write_lines(f, kept)
    short = {}
    for f in args.corpus:
        for i,o in enumerate(read_lines(f)):
            if len(o)>40 and i%args.every: continue
            c = canonical(o)
            if not c or c in taken: continue
            if c.count(' ')<7: short.setdefault(c, o)
            if i%args.every==0: counts.update({t:args.every*n for t,n in Counter(c.split()).items()})
    print('taken out of train', dropped, flush=True)
    before = Counter(counts)
    cs = sorted((c for c in short if c not in known), key=lambda c: (c.count(' '), lot(c)))[:15_000]
    write_lines(out/'train'/'inline_short.txt.xz', [short[c] for c in cs]); counts.update(t for c in cs for t in c.split())
    more = list({canonical(o):o for p in write_pairs(args.pairs, seed=1) for o in p if canonical(o) not in taken}.values())
    write_lines(out/'train'/'pairs.txt.xz', more); counts.update(t for o in more for t in canonical(o).split())
    seen = taken|{canonical(o) for o in more}
    again = list({canonical(o):o for p in write_pairs(args.more_pairs, seed=2, of=args.of) for o in p if canonical(o) not in seen}.values())
    write_lines(out/'train'/'more_pairs.txt.xz', again); counts.update(t for o in again for t in canonical(o).split())
    spaces = distinct(other_spaces(kinds(args.corpus), 79), set(taken), args.spaces) if args.spaces else []
    write_lines(out/'train'/'spaces.txt.xz', spaces); counts.update(t for o in spaces for t in canonical(o).split())
    heavy = distinct(bold(by_lot(args.corpus, 82), 82), set(taken), args.bold) if args.bold else []
    write_lines(out/'train'/'bold.txt.xz', heavy); counts.update(t for o in heavy for t in canonical(o).split())
    tables = distinct(rows(77), set(taken), args.tables) if args.tables else []
    write_lines(out/'train'/'tables.txt.xz', tables); counts.update(t for o in tables for t in canonical(o).split())
    little = distinct(small(80), set(taken), args.small) if args.small else []
    write_lines(out/'train'/'small.txt.xz', little); counts.update(t for o in little for t in canonical(o).split())
    long = distinct(long_written(78), set(taken), args.long) if args.long else []
    write_lines(out/'train'/'long.txt.xz', long); counts.update(t for o in long for t in canonical(o).split())
    made = write_formulas(args.formulas, seed=1, goal=0, exclude=taken)
    write_lines(out/'train'/'grammar.txt.xz', made); counts.update(t for o in made for t in canonical(o).split())
    rare = write_formulas(args.rare, seed=2, counts=counts, goal=args.goal, rare=1, exclude=taken|{canonical(o) for o in made})
    write_lines(out/'train'/'rare.txt.xz', rare); after = counts+Counter(t for o in rare for t in canonical(o).split())
    every = distinct(symbols(), set(taken), 10**6)
    write_lines(out/'train'/'symbols.txt.xz', every)
    styled = distinct(in_fonts(LIKE_PLAIN), set(taken), 10**6)
    write_lines(out/'train'/'styled.txt.xz', styled)
    tokens = alphabet()
    table = {t:(before[t], after[t]) for t in sorted(tokens, key=lambda t: before[t])}
    (out/'tokens.json').write_text(json.dumps(dict(goal=args.goal, tokens=table), indent=0))
    facts = json.loads((out/'manifest.json').read_text()) if (out/'manifest.json').is_file() else {}
    facts['written'] = dict(grammar=len(made), rare=len(rare), pairs=len(more), more_pairs=len(again), spaces=len(spaces), bold=len(heavy), tables=len(tables), small=len(little), long=len(long), inline_short=len(cs),
        symbols=len(every), styled=len(styled), held_out=len(held))
    facts['test'] = {f.name.split('.')[0]:len(read_lines(f)) for f in sorted((out/'test').glob('*.txt.xz'))}
    (out/'manifest.json').write_text(json.dumps(facts, indent=1))
    below = [sum(c[t]<args.goal for t in tokens) for c in (before, after)]
    print(f'inline_short {len(cs)}, pairs {len(more)}, grammar {len(made)}, rare {len(rare)}')
    print(f'of {len(tokens)} tokens {below[0]} were below {args.goal}, now {below[1]}')

if __name__=='__main__': run()
