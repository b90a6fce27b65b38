#!/bin/sh
# tylax, a converter between LaTeX and Typst, makes `x^{n}!` x to the power of (n)!, puts the prime of `x_1'` behind a bracketed index, and reads Typst's column vector as a letter under an arrow
# Guessed: LaTeX's braces become brackets that Typst takes away, as in x^(n); what has no counterpart is named by latex_to_typst_diagnostics and typst_to_latex_diagnostics.
# So: in Typst brackets vanish only if nothing sticks to them. An exponent written x^(n)! ends after the factorial, and the brackets are drawn, too; so with x_(1)'. A comma under a root brings
# drawn braces along, bold letters stars, \mathscr nothing, \& an alignment mark. Back, vec(1, 2) is `\vec{1}{2}`, the brackets of mat() and the place of underbrace's text are lost,
# accent(a, arrow) is a hat, and the up tack, tack.t, is \top. The lists of warnings are empty.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m pip install -q --no-compile --disable-pip-version-check --target lib tylax==0.3.8 typst==0.15.2
PYTHONPATH=lib python3 - <<'EOF'
import json, re, sys
from importlib.metadata import version
from pathlib import Path
import tylax, typst
def trees(formulas):
    "What Typst makes of each formula"
    Path('a.typ').write_text('\n'.join(f'#metadata(repr($ {o} $.body)) <tree>' for o in formulas))
    return [re.sub(r',(?=\))|\[\],', '', re.sub(r'\s+', '', o)) for o in json.loads(typst.query('a.typ', '<tree>', field='value'))]
# LaTeX, what tylax makes of it, what it should have been
there = {'x^{n}!': ('x^(n)!', 'x^n !'), "x_1'": ("x_(1)'", "x'_1"), r'\sqrt{a,b}': ('sqrt({a,b})', 'sqrt(a\\,b)'), r'{\bf x}y': ('*x*y', 'upright(bold(x))y'),
    r'\mathscr{L}': ('L', 'scr(L)'), r'a\&b': ('a &b', 'a \\& b'), 'x^{n}+1': ('x^(n)+ 1', 'x^n + 1')}
back = {'vec(1, 2)': r'\vec{1}{2}', 'mat(1, 2; 3, 4)': r'\begin{matrix} 1 & 2 \\ 3 & 4 \end{matrix}', 'underbrace(a, b)': r'\underbrace{a}{b}', 'accent(a, arrow)': r'\hat{a}', 'tack.t': r'\top', 'arrow(a)': r'\overrightarrow{a}'}
print('tylax', version('tylax'), '· typst', version('typst'))
good = True
for latex,(want,meant) in there.items():
    result = tylax.latex_to_typst_diagnostics(f'${latex}$')
    found = result.output.strip().strip('$').strip()
    tree,right = trees([found, meant])
    print(f'{latex:18} {found:16}', 'right' if tree==right else f'is not {meant}', *result.warnings)
    good &= found==want and not result.warnings and (tree==right)==(latex=='x^{n}+1')
for typ,want in back.items():
    result = tylax.typst_to_latex_diagnostics(f'$ {typ} $')
    found = ' '.join(result.output.strip().strip('$').split())
    print(f'{typ:18} {found}')
    good &= found==want and not result.warnings
exponent,up = trees(['x^(n)!', 'tack.t'])
print('Typst of x^(n)!:', exponent, '; tack.t:', up)
sys.exit(not (good and exponent.startswith('attach(base:[x],t:sequence(lr(') and up=='[⊥]'))
EOF
