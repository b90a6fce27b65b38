#!/bin/sh
# pint reads 12 345 m, a number in the SI's groups of digits, as 4140 m, 5 000 m as 0 m and 5,3 m as 53 m; on Python 3.11 it also passes over the minus sign that TeX's PDFs have: −3 m is 3 m, 10^−3 m a kilometre
# Guessed: a number in the SI's own form is that number, and a sign that pint doesn't know is an error.
# So: a blank between numbers multiplies, thin or not, and commas go: groups of digits are factors. Of operators outside ASCII pint knows ×, · and raised digits. Python's tokenizer marks all others, U+2212 among them,
# as wrong up to Python 3.11, and pint drops what is so marked: 5 m − 3 m is 15 m². Python 3.12 makes names of them, and pint says that it has no such unit. A minus of ASCII, which TeX prints in no formula, is right in both.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m pip install -q --no-compile --no-deps --disable-pip-version-check --target lib pint==0.25.3 flexcache==0.3 flexparser==0.4 platformdirs==4.14.9 typing-extensions==4.16.0 pypdf==7.1.1
cat > a.tex <<'TEX'
\documentclass{article}\pagestyle{empty}\parindent0pt\begin{document}
$12\,345\,\mathrm{m}$

$5\,000\,\mathrm{m}$

$-3\,\mathrm{m}$

$5\,\mathrm{m}-3\,\mathrm{m}$
\end{document}
TEX
timeout 100 pdflatex -interaction=nonstopmode a.tex >said; head -1 said
PYTHONPATH=lib timeout 100 python3 - <<'EOF'
import platform, sys
from importlib.metadata import version
import pint, pypdf
print('pint', version('pint'), '· pypdf', version('pypdf'), '· Python', platform.python_version())
units = pint.UnitRegistry()
lines = [o.strip() for o in pypdf.PdfReader('a.pdf').pages[0].extract_text().split('\n') if o.strip()]
print('text of the PDF:', lines)
def read(text):
    try: return f'{units(text):~P}'
    except pint.UndefinedUnitError: return 'error: no such unit'
skips = sys.version_info<(3,12)
def unknown(value): return value if skips else 'error: no such unit'
good = True
for text,want in zip(lines+['12345 m','12\u2009345 m','5,3 m','10^−3 m','10^-3 m','10⁻³ m','kg m^−3','10 ÷ 2 m','5 ± 2 m','-3 m'],
                     ['4140 m','0 m',unknown('3 m'),unknown('15 m²'),'12345 m','4140 m','53 m',unknown('1000 m'),'0.001 m','0.001 m',unknown('kg·m³'),unknown('20 m'),unknown('10 m'),'-3 m'], strict=True):
    found = read(text)
    print(f'{text:12} {found}')
    good &= found.removeprefix('1 ')==want
sys.exit(not good)
EOF
