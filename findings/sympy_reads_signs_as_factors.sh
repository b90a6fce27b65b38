#!/bin/sh
# SymPy's parse_latex makes factors of relations that it does not know (`x\in A` is A·in·x), an unknown of π, and 1 of `1{,}000`
# Guessed: what the grammar lacks raises LaTeXParsingError, as `\|x\|` does; and \pi is the number, as \infty is infinity.
# So: \in, \equiv and \mod become symbols of that name in a product; \pi is a Symbol, so \sin(\pi) is not 0; of 1{,}000 all but the 1 is dropped. No error, no warning.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m pip install -q --disable-pip-version-check --target "$work" sympy==1.14.0 antlr4-python3-runtime==4.11.0
PYTHONPATH="$work" python3 -W error - <<'EOF'
import sys
import sympy
from sympy.parsing.latex import parse_latex
from sympy.parsing.latex.errors import LaTeXParsingError
S = sympy.Symbol
want = {r'x\in A': S('x')*S('A')*S('in'), r'a\equiv b': S('a')*S('b')*S('equiv'), r'a\mod b': S('a')*S('b')*S('mod'), r'\pi': S('pi'), r'\infty': sympy.oo, r'1{,}000': sympy.Integer(1)}
print('sympy', sympy.__version__)
good = True
for latex,value in want.items():
    found = parse_latex(latex, backend='antlr').doit()
    print(f'{latex:10}', sympy.srepr(found))
    good &= found==value
sine = parse_latex(r'\sin(\pi)', backend='antlr').doit()
print(r'\sin(\pi) ', sine, '=', sine.evalf())
try: parse_latex(r'\|x\|', backend='antlr'); good = False
except LaTeXParsingError: print(r'\|x\| raises LaTeXParsingError')
sys.exit(not (good and sine!=0))
EOF
