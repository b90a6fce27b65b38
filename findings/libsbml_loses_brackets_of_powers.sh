#!/bin/sh
# libSBML, by which biologists' models get from MathML into text and back, writes (2³)² as 2^3^2 and (−2)² as -2^2, and reads that as 512 and −4; MathML's -2 · (-3)² comes back as 18
# Guessed: formulaToL3String and parseL3Formula, one made to write what the other reads, agree on where brackets are needed; models are stored as MathML, so that these strings are what people see and edit.
# So: the writer leaves brackets out of a power to a power as if ^ were read from the left (and puts needless ones into 2^(3^2)), while the reader takes it from the right; and a negative number, <cn>-2</cn>, gets no brackets before ^,
# which binds more strongly than the minus. With the minus as an operator of its own, <minus/>, the brackets are there; of rational numbers, too. The older formulaToString writes pow(-2, 2) and is right for the same input.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m pip install -q --no-compile --disable-pip-version-check --no-deps --target lib python-libsbml==5.21.2
PYTHONPATH=lib timeout 100 python3 - <<'EOS'
import sys
from math import prod
import libsbml as L
print('libSBML', L.getLibSBMLDottedVersion())

def value(node):
    "What a tree of numbers, +, -, *, / and powers comes to"
    if node.isNumber(): return node.getValue()
    c = [value(node.getChild(i)) for i in range(node.getNumChildren())]
    kind = node.getType()
    if kind==L.AST_MINUS: return -c[0] if len(c)==1 else c[0]-c[1]
    if kind==L.AST_PLUS: return sum(c)
    if kind==L.AST_TIMES: return prod(c)
    if kind==L.AST_DIVIDE: return c[0]/c[1]
    assert kind in (L.AST_POWER, L.AST_FUNCTION_POWER), kind
    return c[0]**c[1]

def cn(number): return f'<cn>{number}</cn>'
def apply(name, *parts): return f'<apply><{name}/>{"".join(parts)}</apply>'
power = lambda a,b: apply('power', a, b)
half = '<cn type="rational">-1<sep/>2</cn>'
good = True
for name,body,text,was,back in (
    ('(2^3)^2',         power(power(cn(2), cn(3)), cn(2)),                                  '2^3^2',      64,   512),
    ('((2^2)^2)^2',     power(power(power(cn(2), cn(2)), cn(2)), cn(2)),                    '2^2^2^2',    256,  65536),
    ('2^(3^2)',         power(cn(2), power(cn(3), cn(2))),                                  '2^(3^2)',    512,  512),
    ('-2 squared',      power(cn(-2), cn(2)),                                               '-2^2',       4,    -4),
    ('-2.5 squared',    power(cn(-2.5), cn(2)),                                             '-2.5^2',     6.25, -6.25),
    ('-2 times -3 squared', apply('times', cn(-2), power(cn(-3), cn(2))),                   '-2 * -3^2',  -18,  18),
    ('minus(2) squared', power(apply('minus', cn(2)), cn(2)),                               '(-2)^2',     4,    4),
    ('-1/2 squared',    power(half, cn(2)),                                                 '(-1/2)^2',   .25,  .25),
    ('9/(3*3)',         apply('divide', cn(9), apply('times', cn(3), cn(3))),               '9 / (3 * 3)', 1,   1),
    ('9-(3-1)',         apply('minus', cn(9), apply('minus', cn(3), cn(1))),                '9 - (3 - 1)', 7,   7)):
    tree = L.readMathMLFromString(f'<math xmlns="http://www.w3.org/1998/Math/MathML">{body}</math>')
    written,older = L.formulaToL3String(tree),L.formulaToString(tree)
    first,again,by_older = value(tree),value(L.parseL3Formula(written)),value(L.parseFormula(older))
    print(name.ljust(20), f'{first:g}; written', written.ljust(12), f'read back {again:g}; by the older functions', older, f'{by_older:g}')
    good &= (written,first,again,by_older)==(text,was,back,was)
sys.exit(not good)
EOS
