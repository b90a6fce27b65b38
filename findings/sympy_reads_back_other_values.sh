#!/bin/sh
# SymPy reads its own LaTeX back as something else: y times the modulus of x comes back as y, (log x)² as log(x²), (x!)² as x! and the rising factorial as a power, without an error
# Guessed: parse_latex(latex(e)) is e, or a LaTeXParsingError where the reader lacks a sign that the printer uses, as it does for |x| alone.
# So: where the reader of `\left|{x}\right|`, `x!^{2}` or `f{\left(x,y \right)}` meets what its grammar has no place for, it stops there and gives the beginning as the whole;
# and `\log{\left(x \right)}^{2}`, the printer's square of a logarithm, is the reader's logarithm of a square. To grade by printing and reading again is to grade another answer.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m pip install -q --no-compile --disable-pip-version-check --target "$work" sympy==1.14.0 antlr4-python3-runtime==4.11.0
PYTHONPATH="$work" python3 -W error - <<'EOF'
import sys
import sympy
from sympy import Abs, Function, RisingFactorial, factorial, latex, log, sin, symbols
from sympy.parsing.latex import parse_latex
from sympy.parsing.latex.errors import LaTeXParsingError
x,y = symbols('x y')
f,at = Function('f'),{x:-3, y:2}
changed = {y*Abs(x): y, log(x)**2: log(x**2), factorial(x)**2: factorial(x), RisingFactorial(x, y): x**y, f(x, y): sympy.Symbol('f')}
print('sympy', sympy.__version__)
good = True
for e,want in changed.items():
    found = parse_latex(latex(e), backend='antlr').doit()
    print(f'{str(e):22} {latex(e):28} comes back as {found}')
    good &= sympy.simplify(found-want)==0 and found!=e
print('at x=-3 and y=2:', (y*Abs(x)).subs(at), 'and', parse_latex(latex(y*Abs(x)), backend='antlr').subs(at))
try: parse_latex(latex(Abs(x)), backend='antlr'); good = False
except LaTeXParsingError: print(latex(Abs(x)), 'raises LaTeXParsingError')
good &= all(parse_latex(latex(e), backend='antlr').doit()==e for e in (sin(x)**2, x/y, (x+1)**2))
sys.exit(not good)
