#!/bin/sh
# SymPy's MathML of 10·2^x is drawn as 102^x, of a double sum it has the first sum alone, limits from the left and from the right are the same, and the derivative of a sum is that of its first term
# Guessed: mathml(e, printer='presentation') shows what latex(e) shows: `10 \cdot 2^{x}`, both sums, `x \to 0^-` and brackets after d/dx.
# So: between two numbers stands &InvisibleTimes;, which Chromium gives no width; a Sum's second and further limits, a Limit's direction and the brackets of what is derived or taken to a limit
# are left out. A conjugate's bar is <menclose notation="top">, which MathML Core has not, and in Chromium x̄ is x. No warning. Pairs of LaTeX and MathML made by SymPy aren't pairs of the same formula.
set -e
chromium=$(command -v chromium || command -v chromium-browser || command -v google-chrome)
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m pip install -q --no-compile --disable-pip-version-check --target lib sympy==1.14.0
PYTHONPATH=lib python3 -W error - <<'EOF'
import re, sys
from pathlib import Path
import sympy
from sympy import Derivative, Function, Limit, Sum, conjugate, latex, symbols
from sympy.printing.mathml import mathml
x,y,n = symbols('x y n')
f = Function('f')(x)
def math(e): return mathml(e, printer='presentation')
pairs = {'10·2^x': (10*2**x, 102**x), 'double sum': (Sum(x*y, (x, 1, n), (y, 1, n)), Sum(x*y, (x, 1, n))), 'limits': (Limit(1/x, x, 0, '-'), Limit(1/x, x, 0, '+')),
    'derivative': (Derivative(f+x**2, x), Derivative(f, x)+x**2), 'conjugate': (conjugate(x), x)}
print('sympy', sympy.__version__)
for name,(a,b) in pairs.items(): print(f'{name:10} LaTeX {latex(a)}', 'MathML', re.sub(r'<(/?)m', r'<\1', math(a)), sep='; ')
(l,r),(s,one),(d,term) = (pairs[o] for o in ('limits','double sum','derivative'))
assert math(l)==math(r) and latex(l)!=latex(r) and l.doit()==-r.doit()
assert math(s)==math(one) and latex(s)!=latex(one) and s.doit()!=one.doit()
assert math(d).count('<mo>(</mo>')==math(term).count('<mo>(</mo>')==1 and latex(d).count('(')==2 and d.doit()!=term.doit()
Path('page.html').write_text('<!doctype html><meta charset="utf-8"><body>' + ''.join(f'<p><math>{math(o)}</math>' for name in ('10·2^x','conjugate') for o in pairs[name]) + """<script>
document.title = 'FOUND ' + [...document.querySelectorAll('math > *')].map(o => [o.getBoundingClientRect().width, o.getBoundingClientRect().height].map(Math.round).join('x')).join(' ')
</script>""")
EOF
"$chromium" --version 2>/dev/null | tail -1
found=$(timeout 100 "$chromium" --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync \
    --user-data-dir="$work/profile" --dump-dom "file://$work/page.html" 2>/dev/null | sed -n 's/.*FOUND \([^<]*\)<.*/\1/p' | head -1)
echo "width and height of 10·2^x, 102^x, a conjugate and its letter: $found"
set -- $found
[ $# = 4 ] && [ "$1" = "$2" ] && [ "$3" = "$4" ]
