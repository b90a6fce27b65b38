#!/bin/sh
# A semicolon right after code in Typst's matrices ends the code, not the row: two rows become one without an error
# Guessed: `;` separates the rows of mat() wherever it stands between them, whether a cell ends with a letter, with `quad` or with `#h(1em)`.
# So: in mathematics, `#h(1em);` is a whole expression of code with its own end, and the next row goes on in the same cell. A blank before the semicolon is enough;
# what prints LaTeX as Typst must put it there, since every matrix compiles and only its height tells.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m pip install -q --no-compile --disable-pip-version-check --target "$work" typst==0.15.2
cat > "$work/rows.typ" <<'EOF'
#let height(m) = measure(m).height.pt()
#context [#metadata((
  letter: height($ mat(a; b; c) $), word: height($ mat(a quad; b; c) $), code: height($ mat(a #h(1em); b; c) $),
  blank: height($ mat(a #h(1em) ; b; c) $), two: height($ mat(a b; c) $))) <heights>]
EOF
PYTHONPATH="$work" python3 -W error - "$work/rows.typ" <<'EOF'
import json, sys
from importlib.metadata import version
import typst
pt = json.loads(typst.query(sys.argv[1], '<heights>', field='value', one=True))
print('typst', version('typst'))
for name,what in dict(letter='mat(a; b; c)', word='mat(a quad; b; c)', blank='mat(a #h(1em) ; b; c)', code='mat(a #h(1em); b; c)', two='mat(a b; c)').items(): print(f'{what:24} {pt[name]:5.1f} pt high')
sys.exit(not (pt['letter']==pt['word']==pt['blank']>pt['code']==pt['two']))
EOF
