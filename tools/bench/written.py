"""Formulas of school, university, physics and statistics with values written by hand in Python: does the SymPy printer compute what is meant, or refuse?

    python tools/bench/written.py                 # counts for each list, and what is wrong
    python tools/bench/written.py --list          # what is refused, too
    python tools/bench/written.py --first fourth  # once: note what is made of the formulas of a list at first sight

written.json holds seven lists, each judged before the printer saw it, with what it made of the formula at first. A value is Python of its own (`binom(n,k)*p**k`), with `=` or `<=` between two
for a relation; `refuse` where paper has two readings or there is nothing to compute; `?` before a value where both refusing it and this value are right. Behind `@` stand values of letters; others are random.
Fourth and fifth were written together, after a reading of the printer's code, in the reader's spelling, and parted by lot; the fifth was first shown to the printer after it was mended by the fourth,
and the sixth was written after both.
`i and e` are letters that may be constants, judged before the rule of today. Changed afterwards: `\\sin^{-1}x` and `\\cos^{-1}(0.5)` were to be refused, and may be taken now. Two of the three that the fourth
list has as wrong at first were right: SymPy's numbers of an integral to infinity were, and this tool wanted the letter *a* of an integral from -a to a in a value that has none;
so was one of the fifth's two, a λ that its value lacks.
The rules that were fixed with the first list: a sum ends at the next `+`, letters behind `\\ln` belong to it, `\\div` goes from left to right."""
import argparse, ast, json, random, re, sys
from collections import Counter
from pathlib import Path
import mpmath as mp
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from latexocr.tex.compute import computable
from latexocr.tex.printers import PrinterError

KEPT = Path(__file__).parent/'written.json'
def sumof(f, a, b): return mp.fsum(f(k) for k in range(int(a), int(b)+1))
def smooth(name): return lambda *x: mp.sin(sum(map(ord, name))+sum((k+1.5)*v for k,v in enumerate(x)))+2
MATHS = {o:getattr(mp, o) for o in 'sqrt exp log sin cos tan asin acos atan sinh cosh tanh floor ceil erf re im pi inf'.split()}
MATHS |= dict(abs=abs, max=max, min=min, fact=mp.factorial, fact2=mp.fac2, binom=mp.binomial, Gamma=mp.gamma, quad=lambda f, *a: mp.quad(f, a), sumof=sumof, I=mp.j, mod=lambda a, b: a-b*mp.floor(a/b))

def names(code):
    "Names in Python code, and those of them that are functions"
    tree = ast.parse(code, mode='eval'); of = lambda kind: [n for n in ast.walk(tree) if isinstance(n, kind)]
    called = {n.func.id for n in of(ast.Call) if isinstance(n.func, ast.Name)}|{n.args[0].id for n in of(ast.Call) if n.args and n.func.id=='quad' and isinstance(n.args[0], ast.Name)}
    return {n.id for n in of(ast.Name)}-{a.arg for n in of(ast.Lambda) for a in n.args.args},called

def value(code, at):
    "What Python makes of a value written by hand"
    used,called = names(code)
    letters = {n:at[n.rstrip('_')] for n in used-called if n not in ('pi','I','inf')}
    return eval(code, MATHS|{n:smooth(n.rstrip('_')) for n in called-{*MATHS}}|letters)

def computed(e, at, exact=False):
    "What SymPy computes; `exact`: its integrals are done before numbers are put in"
    import sympy
    from sympy.core.function import AppliedUndef
    e = sympy.sympify(e)
    unknown = {s.name for s in e.free_symbols if s.name.rstrip('_') not in at}
    whole = exact or unknown or e.atoms(sympy.Limit, sympy.Sum, sympy.Product, sympy.Derivative, sympy.Subs) or any(len(o.limits)>1 for o in e.atoms(sympy.Integral))
    if whole and not e.atoms(AppliedUndef): e = e.doit()
    def wave(f): return sympy.sin(sum(map(ord, f.func.__name__.rstrip('_')))+sum((k+sympy.Rational(3, 2))*v for k,v in enumerate(f.args)))+2
    e = e.replace(lambda o: isinstance(o, AppliedUndef), wave)
    e = e.subs({s:at.get(s.name.rstrip('_'), 1.37) for s in e.free_symbols})         # a letter that the value lacks must make no difference
    return mp.mpmathify(complex((e.doit() if e.atoms(sympy.Limit, sympy.Derivative) else e).evalf()))

def near(a, b): return mp.re(a)==mp.re(b) if mp.isinf(b) else abs(mp.mpc(a)-mp.mpc(b))<=1e-7*max(1, abs(b))

def same(e, code, rng):
    "Has a SymPy expression the value written by hand?"
    import sympy
    code,_,fixed = code.partition(' @ ')
    if m := re.fullmatch(r'antiderivative\((.*), (\w+)\)', code): return same(sympy.diff(e.doit(), sympy.Symbol(m[2])), m[1], rng)
    sides = re.split(r' (=|<|>|<=|>=) ', code)
    at = {n.rstrip('_'):rng.uniform(.3, .9) if n in 'pr' else rng.uniform(1.2, 2.7) for s in sides[::2] for n in sorted(names(s)[0])}
    at |= {k.strip():float(v) if '.' in v else int(v) for k,v in (o.split('=') for o in fixed.split(',') if o)}
    if isinstance(e, sympy.MatrixBase) or hasattr(e, 'shape'):
        rows = [[value(o, at) for o in re.findall(r'[^,\[\]]+', r)] for r in re.findall(r'\[([^\[\]]*)\]', code)]; e = e.doit()
        return list(e.shape)==[len(rows),len(rows[0])] and all(near(computed(x, at), y) for x,y in zip(e, sum(rows, [])))
    ordered = {'=':near, '<':lambda a, b: a<b, '>':lambda a, b: a>b, '<=':lambda a, b: a<=b, '>=':lambda a, b: a>=b}
    if isinstance(e, sympy.logic.boolalg.BooleanAtom): return len(sides)==3 and bool(e)==ordered[sides[1]](*(value(s, at) for s in sides[::2]))
    if isinstance(e, sympy.core.relational.Relational)!=(len(sides)==3): return False
    if len(sides)==3 and {'=':'==', '<':'<', '>':'>', '<=':'<=', '>=':'>='}[sides[1]]!=e.rel_op: return False
    def is_value(a, code):
        made,meant = computed(a, at),value(code, at)                     # SymPy's numbers of an integral to infinity may be far off
        return near(made, meant) or bool(a.atoms(sympy.Integral)) and near(computed(a, at, exact=True), meant)
    return all(is_value(a, s) for a,s in zip(e.args if len(sides)==3 else [e], sides[::2]))

def judged(latex, code, rng):
    "'right', 'wrong', 'refused' or 'taken', and why"
    import sympy
    try: e = computable(latex)
    except PrinterError as error: return 'refused',str(error)
    except TypeError as error: return 'wrong',str(error)
    if code.lstrip('? ')=='refuse': return ('refused' if code[0]=='?' else 'taken'),str(e)
    try: return ('right' if same(e, code.lstrip('? '), rng) else 'wrong'),str(e)
    except (KeyError, TypeError, ValueError) as error: return 'wrong',f'{e} ({error})'

def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--list', action='store_true', help='what is refused, too')
    parser.add_argument('--first', metavar='PART', help='note what is made of a list that was not seen before'); args = parser.parse_args()
    kept = json.loads(KEPT.read_text(encoding='utf-8'))
    if args.first:
        if any('at first' in o for o in kept[args.first].values()): parser.error(f'{args.first} was seen before')
        rng = random.Random(0)
        for latex,o in kept[args.first].items(): o['at first'] = judged(latex, o['value'], rng)[0]
        KEPT.write_text(json.dumps(kept, indent=0, ensure_ascii=False)+'\n', encoding='utf-8')
    for part,formulas in kept.items():
        if not all('at first' in o for o in formulas.values()): print(f'{part}: {len(formulas)} formulas, not seen yet'); continue
        rng,counts,notes = random.Random(0),Counter(),[]
        for latex,o in formulas.items():
            found,why = judged(latex, o['value'], rng)
            can = o['value'][:6]!='refuse' and not (o['value'][0]=='?' and found=='refused'); counts[can,found] += 1
            counts[o['value'][:6]!='refuse' and not (o['value'][0]=='?' and o['at first']=='refused'),'first',o['at first']] += 1
            if found in ('wrong','taken') or args.list and can and found!='right': notes.append(f'   {found}: {latex}   {why}')
        n,no = (sum(v for k,v in counts.items() if len(k)==2 and k[0]==o) for o in (True,False))
        print(f"{part}: {len(formulas)} formulas, {n} can be computed: {counts[True,'right']} right ({counts[True,'right']/n:.1%}), {counts[True,'wrong']} wrong; {no} others: {counts[False,'taken']} taken all the same; "
              f"at first {counts[True,'first','right']} of {sum(v for k,v in counts.items() if k[:2]==(True,'first'))} right, {counts[True,'first','wrong']} wrong, {counts[False,'first','taken']} taken", *notes, sep='\n')

if __name__=='__main__': main()
