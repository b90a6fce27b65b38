#!/bin/sh
# SymPy's parse_mathematica multiplies a number by its precision: 2.5`10, which is 2.5 to ten digits, is 25, and 3.14159`20. is 62.8; f@x, which is f of x, is f times x
# Guessed: a parser for another program's notation reads the numbers as that program prints them, or refuses them, as it refuses 6.02*^23; what it doesn't know as an operator is an error.
# So: Mathematica's InputForm puts a backtick behind each number that isn't exact, and behind that how many digits are sure: N[Pi,20] is printed as 3.1415926535897932385`20. . SymPy drops the backtick, and what stood
# on its two sides are two factors. A backtick with nothing behind it (machine precision) is harmless, so it is the numbers of high precision that are wrong. 0.5`2. is 1, Sqrt[2.`20.] is the root of 40.
# The signs @ and ~ are dropped in the same way: Sqrt@4 is 4 times an unknown named Sqrt, and a~f~b, which is f of a and b, a product of three. Names in brackets, Sqrt[4] and Mod[7, 4], are read as they should be.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m pip install -q --no-compile --disable-pip-version-check --no-deps --target lib sympy==1.14.0 mpmath==1.3.0
PYTHONPATH=lib timeout 200 python3 - <<'EOS'
import sys
import sympy
from sympy.parsing.mathematica import parse_mathematica
good = True
print('sympy', sympy.__version__)
for text,meant,got in (('2.5`10', 2.5, 25), ('3.1415926535897932385`20.', 3.14159265358979, 62.8318530717959), ('0.5`2.', 0.5, 1), ('-2.5`3.', -2.5, -7.5), ('2.5``10', 2.5, 25), ('Sqrt[2.`20.]', 1.4142135623731, 6.32455532033676),
                       ('1.5`20.+1', 2.5, 31), ('2.5`', 2.5, 2.5), ('0.3333333333333333`', 1/3, 1/3), ('2.5', 2.5, 2.5), ('2.5 10', 25, 25), ('2.5*10^3', 2500, 2500)):
    read = parse_mathematica(text)
    right = abs(read-meant)<1e-9*abs(meant)
    print(text.ljust(26), 'is read as', str(read).ljust(22), 'right' if right else f'means {meant}')
    good &= bool(abs(read-got)<1e-9*abs(got)) and bool(right)==(meant==got)
a,b,f,x = sympy.symbols('a b f x')
root = sympy.Symbol('Sqrt')
for text,want in (('f@x', f*x), ('Sqrt@4', 4*root), ('a~f~b', a*b*f), ('f[x]', sympy.Function('f')(x)), ('Sqrt[4]', 2), ('Mod[7, 4]', 3)):
    read = parse_mathematica(text)
    print(text.ljust(26), 'is read as', read)
    good &= read==want
try: good,said = False,parse_mathematica('6.02*^23')
except Exception as e: said = type(e).__name__
print('6.02*^23'.ljust(26), 'is read as', said)
sys.exit(not good)
EOS
