#!/bin/sh
# SymPy calls true equations of integrals, sums and products False as they are written, before anything is evaluated
# Guessed: Eq with an unevaluated Integral or Product on one side stays an equation until doit(), as Eq(Integral(x, (x, 0, 1)), y) does, or becomes what it is worth.
# So: where assumptions about the form seem to tell the sides apart (an integrand that is never 0, an infinite product), Eq is False at once, although SymPy finds the very value
# when asked for it; the same integrand spelt with cos and sin stays an equation. A checker that builds Eq from what was read refuses a right formula, with nothing left to evaluate.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m pip install -q --no-compile --disable-pip-version-check --target "$work" sympy==1.14.0
PYTHONPATH="$work" python3 -W error - <<'EOF'
import sys
import sympy
from sympy import Eq, I, Integral, Product, Rational, S, cos, exp, false, limit, oo, pi, simplify, sin, symbols
t,n,k,y = symbols('t n k y')
good = True
print('sympy', sympy.__version__)
circle,infinite = Integral(exp(I*t), (t, 0, 2*pi)),Product(1-1/n**2, (n, 2, oo))
worth = {circle: circle.doit(), infinite: limit(infinite.func(infinite.function, (n, 2, k)).doit(), k, oo)}
for side,value in ((circle, S.Zero), (infinite, Rational(1, 2))):
    print(f'Eq({side}, {value}) is {Eq(side, value)}; SymPy itself finds {simplify(worth[side])} for the left side')
    good &= Eq(side, value)==false and simplify(worth[side])==value
for stays in (Eq(Integral(cos(t)+I*sin(t), (t, 0, 2*pi)), 0), Eq(Integral(t, (t, 0, 1)), y)):
    print('but', stays, 'stays an equation')
    good &= isinstance(stays, Eq)
sys.exit(not good)
EOF
