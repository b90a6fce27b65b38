#!/bin/sh
# pandoc writes `{x^2}^3` for Typst as `x^2^3`, and Typst sets that as x to the power of 2 to the power of 3, not as the sixth power of x
# Guessed: a converter with a tree in between keeps what stands on what; a place that it can't write is told on stderr.
# So: the braces are dropped without a word; in TeX both exponents have the size of an exponent, in pandoc's Typst the 3 is an exponent's exponent.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m pip install -q --disable-pip-version-check --target "$work" pypandoc-binary==1.17 typst==0.15.2 pdfminer.six==20260107
PYTHONPATH="$work" python3 - <<'EOF'
import io, subprocess, sys
import pypandoc, typst
from importlib.metadata import version
from pdfminer.high_level import extract_pages
from pdfminer.layout import LTChar, LTContainer
def letters(o):
    for c in o:
        if isinstance(c, LTChar): yield c.get_text(),round(c.size, 1)
        elif isinstance(c, LTContainer): yield from letters(c)
def sizes(code):
    pdf = typst.compile(('#set page(width: auto, height: auto)\n'+code).encode(), format='pdf')
    return {t:s for page in extract_pages(io.BytesIO(pdf)) for t,s in letters(page)}
done = subprocess.run([pypandoc.get_pandoc_path(),'-f','markdown','-t','typst'], input='$${x^2}^3$$\n', capture_output=True, text=True)
code = done.stdout.strip()
print('pandoc', pypandoc.get_pandoc_version(), 'writes', code, '; says', repr(done.stderr), '; exit code', done.returncode)
found,meant = sizes(code),sizes('$ attach(attach(x, t: 2), t: 3) $')
print('typst', version('typst'), 'size of 2 and of 3:', found['2'], found['3'], '; of a power of a power:', meant['2'], meant['3'])
sys.exit(not (code.replace(' ', '')=='$x^2^3$' and not done.stderr and found['3']<found['2'] and meant['3']==meant['2']))
EOF
