#!/bin/sh
# mathjs writes multiply(2+3, 4), which is 20, in LaTeX as (2+3·4), pytexit 5-(3+1) as 5-3+1, and latexify gives 5*(7%4) and (5*7)%4 the same formula and 2*(1/2) that of two and a half
# Guessed: a writer of LaTeX that works on the parsed program sets brackets wherever the value needs them.
# So: mathjs fills its templates of functions (multiply, subtract, mod, dot, and) without a look at the arguments, and parenthesis: 'all' changes nothing; with operators it is right. pytexit leaves
# brackets out on the right of a minus, around a negative base and in x*(-y), which becomes x - y. latexify sets a number beside a fraction, as a mixed number, and writes 1e-7 as `1e-07`, in TeX e minus 07.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
echo '{"private": true, "type": "module"}' > package.json
npm install --no-audit --no-fund --no-package-lock --ignore-scripts --loglevel=error mathjs@15.2.0 >/dev/null
python3 -m pip install -q --no-compile --disable-pip-version-check --no-deps --target lib latexify-py==0.4.4 dill==0.4.1 pytexit==0.4.0 six==1.17.0
cat > a.mjs <<'EOF2'
import { version, parse, evaluate } from 'mathjs'
let same = true
for (const [program, value, want] of [['multiply(2+3,4)', 20, '\\left(2+3\\cdot4\\right)'], ['subtract(7,4-2)', 5, '\\left(7-4-2\\right)'], ['mod(2+5,3)', 1, '\\left(2+5\\mod3\\right)'],
  ['pow(2+3,2)', 25, '\\left(2+3\\right)^{2}'], ['(2+3)*4', 20, '\\left(2+3\\right)\\cdot4']]) {
  const latex = parse(program).toTex({parenthesis: 'all'})
  console.log('mathjs', version, program.padEnd(16), 'is', String(evaluate(program)).padEnd(6), latex)
  same &&= evaluate(program)===value && latex===want && parse(program).toTex()===latex
}
process.exit(same ? 0 : 1)
EOF2
timeout 100 node a.mjs
cat > program.py <<'EOF2'
def half(): return 2*(1/2)
def inner(): return 5*(7%4)
def outer(): return (5*7)%4
def tiny(): return 1e-7
def power(): return (2+3)**2
EOF2
PYTHONPATH=lib timeout 100 python3 - <<'EOF2'
import sys
from importlib.metadata import version
import latexify, program
from pytexit import py2tex
good = True
for name,value,want in (('half',1,r'2 \frac{1}{2}'), ('inner',15,r'5 \cdot 7 \mathbin{\%} 4'), ('outer',3,r'5 \cdot 7 \mathbin{\%} 4'), ('tiny',1e-7,'1e-07'), ('power',25,r'\mathopen{}\left( 2 + 3 \mathclose{}\right)^{2}')):
    function = getattr(program,name)
    latex = latexify.get_latex(function).split(' = ',1)[1].strip()
    print('latexify', version('latexify-py'), f'{name:14} is {function():<6} {latex}')
    good &= latex==want and function()==value
x,y = 6,2
for name,value,want in (('5-(3+1)',1,'5-3+1'), ('7-(4-2)',5,'7-4-2'), ('12/(6-(3-1))',3,r'\frac{12}{6-3-1}'), ('(-2)**4',16,'{-2}^4'), ('x*(-y)',-12,'x -y'), ('(5-3)*2',4,r'2\left(5-3\right)')):
    latex = py2tex(name, print_latex=False, print_formula=False).strip('$')
    print('pytexit', version('pytexit'), f'{name:15} is {eval(name):<6} {latex}')
    good &= latex==want and eval(name)==value
sys.exit(not good)
EOF2
