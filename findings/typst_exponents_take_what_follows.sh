#!/bin/sh
# In Typst an exponent or index that is a letter takes the bracket and the factorial behind it: e^x(1+x) is e to the power of x(1+x), x_n! is x with the index n!; a minus it takes alone, f^-1(x) is f⁻1(x)
# Guessed: ^ and _ take the next letter, number or bracket, as in TeX and AsciiMath, or all that belongs to it; then x^2(y+1) and x^n(y+1) are alike.
# So: after a letter a bracket makes a function of it, even in an exponent, after a number not; a factorial always goes up with it, 2^n! and x^2!; after a minus the exponent ends, so 10^-3 is 10 with a raised minus, and then 3.
# All of this is drawn without a warning. A writer of Typst has to put every exponent into brackets, those of one sign, too, if a bracket or ! follows.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m pip install -q --disable-pip-version-check --target packages typst==0.15.2
PYTHONPATH=packages python3 - <<'PY'
import json, sys
from importlib.metadata import version
import typst
pairs = {'e^x(1+x)':('e^(x(1+x))','e^(x) (1+x)'), '2^n(n+1)':('2^(n(n+1))','2^(n) (n+1)'), 'x_1(y+1)':('x_(1) (y+1)','x_(1(y+1))'), 'x^2(y+1)':('x^(2) (y+1)','x^(2(y+1))'),
         '2^n!':('2^(n!)','2^(n) !'), 'x_n!':('x_(n!)','x_(n) !'), '1/x_1!':('1/x_(1!)','1/(x_(1) !)'), '10^-3':('10^(-) 3','10^(-3)'), 'f^-1(x)':('f^(-) 1(x)','f^(-1)(x)')}
pages = [o for k,v in pairs.items() for o in (k,*v)]
pngs = typst.compile(('#set page(width: 90pt, height: 40pt)\n' + '\n#pagebreak()\n'.join(f'$ {o} $' for o in pages)).encode(), format='png', ppi=200)
print('typst', version('typst'))
good = True
for k,(o,v) in enumerate(pairs.items()):
    drawn,as_said,as_not = pngs[3*k:3*k+3]
    print(o, 'is drawn as', v[0] if drawn==as_said else '?', 'and not as', v[1] if drawn!=as_not else '?')
    good &= drawn==as_said and drawn!=as_not
sys.exit(not good)
PY
