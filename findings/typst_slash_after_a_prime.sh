#!/bin/sh
# The slash that makes fractions takes f(x) whole, but of f'(x)/2 only (x)/2, and of x²/2 the mere ²/2, in Typst as in AsciiMath
# Guessed: what stands before the slash without a blank is the numerator, as in f(x)/2, or at least the last thing that can be read by itself.
# So: Typst takes a letter with its brackets, or a letter with its scripts, not both, so of f^2(x)/2 too; a bar in |x|/2, and the character ² after x, are things of their own, and become numerators.
# AsciiMath, by two converters to LaTeX, takes f^2(x) and |x|, but n!/k! is n, a fraction of ! and k, and !. An exponent takes as little: Typst's x^-1 is x⁻ and a 1
# beside it, and x_1' a subscript with a prime. All compile; what prints formulas in these languages needs brackets in places where LaTeX needs none.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m pip install -q --no-compile --disable-pip-version-check --target lib typst==0.15.2
echo '{"private": true, "type": "module"}' > package.json
npm install --no-audit --no-fund --no-package-lock --ignore-scripts --loglevel=error asciimath2tex@1.5.0 asciimath-to-latex@0.5.1 >/dev/null
cat > a.mjs <<'EOF'
import AsciiMathParser from 'asciimath2tex'
import toLatex from 'asciimath-to-latex'
const forms = ['f(x)/2', "f'(x)/2", 'f^2(x)/2', '|x|/2', 'x²/2', 'n!/k!'],parser = new AsciiMathParser()
const second = toLatex.asciimathToLatex || toLatex.asciiMathToLatex || toLatex.default || toLatex
console.log(JSON.stringify(Object.fromEntries(forms.map(o => [o, [parser.parse(o), second(o)]]))))
EOF
node a.mjs > a.json
PYTHONPATH=lib python3 - <<'EOF'
import json, re, sys
from importlib.metadata import version
from pathlib import Path
import typst
def trees(formulas):
    Path('a.typ').write_text('\n'.join(f'#metadata(repr(${o}$.body)) <tree>' for o in formulas))
    return [re.sub(r'\s+|,(?=\s*\))', '', o) for o in json.loads(typst.query('a.typ', '<tree>', field='value'))]
# what is written, what Typst makes of it, whether all of it is AsciiMath's fraction
forms = {'f(x)/2': ('frac(f(x),2)', True), "f'(x)/2": ("f'frac(x,2)", False), 'f^2(x)/2': ('f^2frac(x,2)', True), '|x|/2': ('|x frac(|,2)', True), 'x²/2': ('x frac(²,2)', False),
    'n!/k!': ('frac(n!,k!)', False), 'x^-1': ('x^(-)1', None), "x_1'": ("x_(1')", None)}
ascii = json.loads(Path('a.json').read_text())
print('typst', version('typst'), '·', *(f'{o} {json.loads(Path(f"node_modules/{o}/package.json").read_text())["version"]}' for o in ('asciimath2tex','asciimath-to-latex')))
good = True
for text,(means,fraction) in forms.items():
    tree,same = [re.sub(r'\[\],?', '', o) for o in trees([text, means])]
    latex = ascii.get(text, [])
    print(f'{text:10} Typst: {means if tree==same else tree:16}', *latex and ['AsciiMath: '+latex[0]])
    good &= tree==same and all(o.startswith('\\frac')==fraction for o in latex)
sys.exit(not good)
EOF
