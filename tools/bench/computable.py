"""How many of the formulas that can be computed does the SymPy printer take, and is what it writes right?

    python tools/bench/computable.py --formulas im2latex_val.txt.xz exams.txt.xz analysis.txt.xz statistics.txt.xz

computable.json holds the verdict on 700 formulas, found again by the hash of their canonical spelling: `yes` with the expression, written by hand in SymPy's words, or `no`. 300 validation formulas
(`tuned`) were looked at while the printer was mended; 200 others (`first`) and 200 of school exams, analysis, statistics and papers, 50 each with eight tokens at least (`third`), were judged before it
had seen them; what it made of these then is kept beside the verdict. The rule of the verdict knows nothing of the printer:

1. One statement: an expression, or one of = < > <= >= between two. No chain, list, condition, arrow, about or identical sign, no sign of either kind (plus or minus), nothing left out by dots.
2. A letter is a number, whatever stands in its index or on its head as a hat or tilde. It is none if the formula says so: primes, daggers, bars, upper labels, an index that is summed because it
   stands twice, factors in both orders, a factor and its inverse around another, differential and difference operators (\\partial, \\nabla, D, \\Delta, \\delta before a letter), wedge and tensor products.
3. Sums, products, integrals and limits have their variable and bounds (an integral may have none). A derivative is by a letter that occurs in what is derived.
4. What stands before a bracket is a function if there is a comma inside, if `name(letters) =` defines it, or if it is a known one; a factor if that is the only reading; else the verdict is no.
5. e with a digit as exponent may be a charge, O(...) is an order of magnitude, words are no factors.

What is taken is compared with the expression: at random points, undefined functions replaced by smooth ones; parts that are left to be computed (integrals, products) argument by argument."""
import argparse, hashlib, json, lzma, random, re, sys
from collections import Counter
from pathlib import Path
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from latexocr.normalize import NormalizeError, detokenize, normalize
from latexocr.tex.compute import SympyCalculus, to_sympy
from latexocr.tex.printers import PrinterError, tree

KEPT = Path(__file__).parent/'computable.json'
def key(formula): return hashlib.sha256(formula.encode()).hexdigest()[:16]

def expression(code, names, functions):
    "SymPy of code whose names are symbols and functions; a trailing _ only keeps a name apart from SymPy's own"
    import sympy
    space = {k:getattr(sympy, k) for k in re.findall(r'[A-Za-z]\w*', code) if hasattr(sympy, k)}
    space |= {k:sympy.Symbol(k.rstrip('_')) for k in names} | {k:sympy.Function(k.rstrip('_')) for k in functions}
    return eval(code, {'__builtins__':{}}, space)

def same(a, b, rng):
    "Do two expressions have the same value, part by part where one is left to be computed?"
    import sympy
    from sympy.core.function import AppliedUndef
    if isinstance(a, sympy.core.relational.Relational): return type(a)==type(b) and same(a.lhs, b.lhs, rng) and same(a.rhs, b.rhs, rng)
    if isinstance(a, sympy.MatrixBase): return a.shape==b.shape and all(same(x, y, rng) for x,y in zip(a, b))
    a,b = (e.subs({sympy.Symbol(t):sympy.I for t in 'ij'}) for e in (a,b))       # the verdicts write a letter for the imaginary unit
    if a==b: return True
    whole = lambda e: e.atoms(sympy.Integral, sympy.Product, sympy.Sum, sympy.Limit, sympy.Derivative, sympy.MatMul)
    if whole(a) or whole(b): return sympy.simplify(a-b)==0
    called = {f for e in (a,b) for f in e.atoms(AppliedUndef)}
    smooth = {f: sympy.sin(sum(map(ord, f.func.__name__))+sum((k+1.5)*x for k,x in enumerate(f.args)))+2 for f in sorted(called, key=lambda f: -sympy.count_ops(f))}
    a,b = a.subs(smooth),b.subs(smooth)
    for _ in range(3):
        at = {s:rng.uniform(.3, 1.7) for s in a.free_symbols|b.free_symbols}
        x,y = (complex(e.subs(at).evalf()) for e in (a,b))
        if not abs(x-y)<=1e-9*max(1, abs(x)): return False
    return True

def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--formulas', required=True, nargs='+', help='files of formulas, .xz or not'); parser.add_argument('--list', action='store_true', help='what is refused or wrong, one by one')
    args = parser.parse_args()
    kept,rng = json.loads(KEPT.read_text(encoding='utf-8')),random.Random(0)
    found = {}
    for file in args.formulas:
        for o in (lzma.open if file.endswith('.xz') else open)(file, 'rt', encoding='utf-8').read().split('\n'):
            try: found.setdefault(key(f := detokenize(normalize(o))), f)
            except NormalizeError: pass
    for part,verdicts in kept.items():
        counts,notes = Counter(),[]
        for k,o in verdicts.items():
            if k not in found: counts['not in the file'] += 1; continue
            counts[o['can']] += 1
            try: code = to_sympy(found[k])
            except PrinterError as e: counts[o['can'],'refused'] += 1; notes += [(k,found[k],str(e))]*(o['can']=='yes'); continue
            counts[o['can'],'taken'] += 1
            if o['can']=='no': notes.append((k,found[k],code)); continue
            p = SympyCalculus(); p.relation(tree(found[k]))
            theirs = set(re.findall(r'[A-Za-z]\w*', o['value']))
            functions = {n for n in theirs if any(n==f.rstrip('_') for f in p.functions)}
            import sympy
            right = same(expression(code, p.names, p.functions), expression(o['value'], {n for n in theirs-functions if not hasattr(sympy, n) or {n,n+'_'} & p.names}, functions), rng)
            counts['right' if right else 'wrong'] += 1
            if not right: notes.append((k,found[k],code))
        at_first = Counter((o['can'],o['at first']) for o in verdicts.values() if 'at first' in o)
        n,taken = counts['yes'],counts['yes','taken']
        print(f"{part}: {sum(counts[o] for o in ('yes','no','not in the file'))} formulas, {n} can be computed: {taken} taken ({taken/max(n, 1):.0%}), {counts['right']} of them with the value written by hand; "
              f"{counts['no']} cannot: {counts['no','taken']} taken all the same"+(f"; {counts['not in the file']} not in the file" if counts['not in the file'] else '')
              +(f"; before it was mended {at_first['yes','taken']+at_first['yes','wrong']} taken, {at_first['yes','wrong']} of them with a wrong value, {at_first['no','taken']} all the same" if at_first else ''))
        if args.list:
            for o in notes: print('  ', *o, sep='  ')

if __name__=='__main__': main()
