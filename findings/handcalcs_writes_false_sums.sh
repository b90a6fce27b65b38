#!/bin/sh
# handcalcs, which writes calculations in Python out for reports, has "d = a - b = 2 - 5 = 3" for `d = a - b if a > b else b - a`, and "2 + 1 = 6" in a function that doubles the sum in its next line
# Guessed: values are put into the branch that Python took; a line it can't write is an error, as `(a if a < b else 7)*2` is; what it writes down is what was calculated.
# So: it cuts the line into signs and stops at `if`, so that the first branch stands there whichever was taken, and inside max() only the name max; results are looked up after the last line, those of all lines alike.
# Brackets, signs and the order of operations it keeps, up to -a**2 and a**b**c. Its own conditionals, `if a > b: d = …`, are another matter: they take a line of their own.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m pip install -q --no-compile --disable-pip-version-check --target lib handcalcs==1.11.0 innerscope==0.8.0 more-itertools==11.2.1 pyparsing==3.3.3
PYTHONPATH=lib python3 -W ignore - <<'EOS'
import importlib, re, sys
from importlib.metadata import version
from handcalcs.decorator import handcalc
want = {('d = a - b if a > b else b - a',): ('d=a-b=2-5=3', 3), ('d = max(a, b if b > a else 7)',): (r'd=\mathrm{max}=max=5', 5), ('d = a + 1', 'd = d*2'): (r'd=a+1=2+1=6\\d=d\cdot2=6\cdot2=6', 6),
    ('d = not a == b',): (r'd=\mathrm{not}=not=True', True), ('d = (-a)**2*b',): (r'd=\left(\left(-a\right)\right)^{2}\cdotb=\left(\left(-2\right)\right)^{2}\cdot5=20', 20),
    ('d = b - (a - b)*2',): (r'd=b-\left(a-b\right)\cdot2=5-\left(2-5\right)\cdot2=11', 11)}
print('handcalcs', version('handcalcs'), '· a is 2, b is 5')
sys.path.insert(0, '.')
same = True
for i,(lines,(hope,value)) in enumerate(want.items()):
    with open(f'calculation{i}.py', 'w') as out: print('def go(a, b):', *lines, 'return locals()', sep='\n    ', file=out)
    go = importlib.import_module(f'calculation{i}').go
    latex,values = handcalc()(go)(2, 5)
    latex = re.sub(r'\s|&|\$|\\(begin|end)\{aligned\}', '', latex)
    print(f"{'; '.join(lines):32} Python {values['d']!s:5} handcalcs {latex}")
    same &= latex==hope and values['d']==value==go(2, 5)['d']
sys.exit(not same)
EOS
