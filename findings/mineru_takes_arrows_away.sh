#!/bin/sh
# MinerU, which makes Markdown of papers, "repairs" what its formula model UniMERNet read: `\rightarrow` goes, so that x→0 is x0, the brackets of ⟨x,y⟩ go, `\,` becomes a comma, `\!` a factorial, and of `\right)^{2}` the exponent goes
# Guessed: a repair of LaTeX leaves alone what was right; it balances braces and takes out commands that KaTeX and MathJax don't know.
# So: \left and \right are looked for without asking whether the command ends there: of \rightarrow it makes `\right.`, one \right too many, and all of them are taken out. Delimiters count up to the next blank,
# and \langle, \lVert and `)^{2}` are none on its list. A backslash before anything but two letters or one of a few signs gets a blank behind it: `\,` is then a blank and a comma. \sideset becomes "et".
# MinerU runs this (fix_unimernet_latex) on each formula that UniMERNet reads for it; the other model's, PP-FormulaNet's, repair leaves these alone but for \sideset and \upharpoonright. The function is run here as it is in the package, its file needs nothing else.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m pip install -q --no-compile --disable-pip-version-check --no-deps --target lib mineru==4.0.12
python3 - <<'PY'
import importlib.util, sys
spec = importlib.util.spec_from_file_location('repair', 'lib/mineru/model/mfr/utils.py')
repair = importlib.util.module_from_spec(spec); spec.loader.exec_module(repair)
from importlib.metadata import distributions
print('mineru', next(d.version for d in distributions(path=['lib']) if d.metadata['Name']=='mineru'))
good = True
for read,wanted,other in [(r'\lim _ { x \rightarrow 0 } x = 0', r'\lim _ { x  0 } x = 0', None), (r'f : A \rightarrow B', r'f : A  B', None), (r'a \leftrightarrow b', r'a  b', None), (r'a \Rightarrow b', r'a \Rightarrow b', None),
        (r'\left\langle x , y \right\rangle = 0', r'\left. x , y \right. = 0', None), (r'\left\lVert x \right\rVert', r'\left. x \right.', None), (r'\left\vert - 3 \right\vert', r'\left. - 3 \right.', None),
        (r'\left( x + 1 \right)^{2}', r'\left( x + 1 \right.', None), (r'\left( x + 1 \right) ^ { 2 }', r'\left( x + 1 \right) ^ { 2 }', None), (r'\int _ { 0 } ^ { 1 } f \, d x', r'\int _ { 0 } ^ { 1 } f \ , d x', None), (r'n \! + 1', r'n \ ! + 1', None),
        (r'\sideset { } { ^ \prime } \sum', r'et { } { ^ \prime } \sum', r'et { } { ^ \prime } \sum'), (r'f \upharpoonright A', r'f \harpoonright A', r'f \harpoonright A')]:
    got,plus = repair.fix_unimernet_latex(read), repair.fix_pp_formulanet_latex(read)
    print(read.ljust(40), 'UniMERNet:', got.ljust(36), '' if plus==read else f'PP-FormulaNet: {plus}')
    good &= got==wanted and plus==(other or read)
sys.exit(not good)
PY
