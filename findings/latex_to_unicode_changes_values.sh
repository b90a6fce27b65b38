#!/bin/sh
# Converters from LaTeX to plain Unicode change the value of a formula and say nothing: brackets go, `\left` becomes `≤ft`, an arrow with a label nothing
# Guessed: a formula that can't be written in a line of Unicode stays LaTeX, or is an error; what is converted means the same.
# So: pylatexenc writes a+b/2 for `\frac{a+b}{2}`, x^a+b for `x^{a+b}`, 12 for `\dfrac12`, √(x) for a cube root, and nothing for `\xrightarrow{f}`;
# unicodeit replaces the beginnings of commands: `\left` begins with `\le`, `\operatorname` and `\overset` with `\o`;
# flatlatex puts an integral and its lower limit into brackets, and of a matrix leaves the letters of \begin and its name in one word.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m pip install -q --disable-pip-version-check --target packages pylatexenc==2.10 unicodeit==0.7.5 flatlatex==0.15
PYTHONPATH=packages python3 - <<'EOF'
from importlib.metadata import version
import flatlatex, unicodeit
from pylatexenc.latex2text import LatexNodes2Text
pylatexenc = lambda o: LatexNodes2Text(math_mode='text').latex_to_text(f'${o}$')
seen = {
    (pylatexenc, 'pylatexenc'): {r'\frac{a+b}{2}':'a+b/2', r'\frac{a}{b+c}':'a/b+c', r'x^{a+b}':'x^a+b', r'\dfrac12':'12', r'\frac12':'1/2', r'\sqrt[3]{x}':'√(x)',
        r'\sqrt{a+b}c':'√(a+b)c', r'\binom{n}{k}':'nk', r'\overline{z}':'z', r'\phantom{x}y':'xy', r'\xrightarrow{f}':''},
    (unicodeit.replace, 'unicodeit'): {r'\left|x\right|':'≤ft|x\\right|', r'\operatorname{sin}x':'øperatorname{sin}x', r'\overset{a}{=}':'øverset{a}{=}', r'\le':'≤'},
    (flatlatex.converter().convert, 'flatlatex'): {r'\frac{a+b}{2}':'ᵃ⁺ᵇ⁄₂', r'\int_0^1 x':'(∫₀)¹x', r'\begin{pmatrix}a&b\\c&d\end{pmatrix}':'\\beginpmatrixa&b\\c&d\\endpmatrix'}}
same = True
for (convert,name),formulas in seen.items():
    print(name, version(name))
    for latex,text in formulas.items():
        got = convert(latex)
        print(f'    {latex:42} {got!r}')
        same &= got==text
raise SystemExit(not same)
EOF
