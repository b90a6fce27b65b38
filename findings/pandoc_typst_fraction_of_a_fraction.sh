#!/bin/sh
# pandoc writes a/(b/c), a fraction below a fraction bar, for Typst as `a / b / c`, and Typst sets (a/b)/c; a square of a fraction becomes the square of its denominator, the root of one the root of its numerator
# Guessed: a fraction of single letters may be written `a / b`, with brackets (which Typst takes away again) where it is a part of something else; so pandoc does with sums, frac(a + b, c).
# So: a fraction of short terms gets neither brackets nor frac(), whatever stands around it. `\frac{a}{\frac{b}{c}}` and `\frac{\frac{a}{b}}{c}` come out as the same text; of 1, 2, 3 they are 3/2 and 1/6.
# `{\frac{a}{b}}^2` becomes a/b², and `\sqrt\frac{a}{b}`, which TeX draws as a root over all, `√ a / b`, a root over a. Exit code 0, nothing on stderr; Typst compiles all of it.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m pip install -q --no-compile --disable-pip-version-check --target lib pypandoc_binary==1.17 typst==0.15.2
PYTHONPATH=lib python3 - <<'EOF'
import json, re, subprocess, sys
from importlib.metadata import version
from pathlib import Path
import pypandoc, typst
def pandoc(latex):
    p = subprocess.run([pypandoc.get_pandoc_path(),'-f','latex','-t','typst'], input=f'${latex}$', capture_output=True, text=True, timeout=100)
    assert p.returncode==0 and p.stderr=='', p.stderr
    return p.stdout.strip().strip('$')
def trees(formulas):
    "What Typst makes of each formula"
    Path('a.typ').write_text('\n'.join(f'#metadata(repr(${o}$.body)) <tree>' for o in formulas))
    return [re.sub(r'\s+|,(?=\s*\))', '', o) for o in json.loads(typst.query('a.typ', '<tree>', field='value'))]
forms = {r'\frac{a}{\frac{b}{c}}': ('a / b / c', 'frac(frac(a, b), c)', 'frac(a, frac(b, c))'), r'\frac{\frac{a}{b}}{c}': ('a / b / c', 'frac(frac(a, b), c)', None),
    r'{\frac{a}{b}}^2': ('a / b^2', 'frac(a, b^2)', 'frac(a, b)^2'), r'\sqrt\frac{a}{b}': ('√ a / b', 'frac(√a, b)', 'sqrt(frac(a, b))'),
    r'\sqrt{\frac{a}{b}}': ('sqrt(a / b)', 'sqrt(frac(a, b))', None), r'\frac{a}{\frac{b+1}{c}}': ('a / frac(b + 1, c)', 'frac(a, frac(b + 1, c))', None)}
print('pandoc', pypandoc.get_pandoc_version(), '· typst', version('typst'))
good = True
for latex,(text,means,meant) in forms.items():
    found = pandoc(latex)
    tree,same,other = trees([found, means, meant or means])
    print(f'{latex:26} {found:20} is {means if tree==same else tree:24}' + (f' and not {meant}' if meant and tree!=other else ''))
    good &= found==text and tree==same and (meant is None or tree!=other)
sys.exit(not good)
EOF
