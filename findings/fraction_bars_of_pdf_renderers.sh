#!/bin/sh
# The same fraction bar has two and a half times its ink in Poppler and PDFium at 72 dpi, twice in Ghostscript, and just its own in MuPDF
# Guessed: all of them smooth edges by how much of a pixel is covered, so a bar of 0.4 pt, less than a pixel, is grey, and its ink in sum right within a fifth.
# So: three of the four widen what is thinner than a pixel to a whole one, whether stroked, as pdfTeX draws its rules, or filled; PDFium spreads it over two rows. Only MuPDF draws 40 % grey.
# At 300 dpi Poppler still has a fifth too much, PDFium only for filled bars. Pictures for training from two of them differ most in the bars of fractions, roots and overlines.
set -e
command -v pdflatex >/dev/null && command -v pdftoppm >/dev/null && command -v gs >/dev/null || { echo 'needs pdflatex, pdftoppm and gs'; exit 1; }
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m pip install -q --no-compile --no-deps --disable-pip-version-check --target lib pypdfium2==5.15.2 pymupdf==2.0 numpy==2.4.6 pillow==13.0.0
PYTHONPATH=lib python3 - <<'EOF'
import io, subprocess, sys
from pathlib import Path
import numpy as np, pymupdf, pypdfium2
from PIL import Image
page = r'\documentclass{article}\pagestyle{empty}\pdfcompresslevel=0\pdfpagewidth=200bp\pdfpageheight=100bp\hoffset=-1in\voffset=-1in\topmargin0pt\headheight0pt\headsep0pt\oddsidemargin0pt\parindent0pt\begin{document}\noindent\kern20bp\raise-50.3bp\hbox{%s}\end{document}'
bars = {'stroke': r'$\displaystyle\frac{\hbox to100bp{}}{}$', 'filled': r'\pdfliteral{1.2 0 100 .3985 re f}'}
def run(*o): return subprocess.run(o, capture_output=True, check=True).stdout
def ink(o): return (255-np.array(o.convert('L'), float)).sum()/255
def poppler(f, dpi): return Image.open(io.BytesIO(run('pdftoppm','-r',str(dpi),f)))
def pdfium(f, dpi): return pypdfium2.PdfDocument(f)[0].render(scale=dpi/72).to_pil()
def mupdf(f, dpi): return Image.open(io.BytesIO(pymupdf.open(f)[0].get_pixmap(dpi=dpi).tobytes('png')))
def ghostscript(f, dpi): return Image.open(io.BytesIO(run('gs','-q','-sDEVICE=pnggray','-dGraphicsAlphaBits=4',f'-r{dpi}','-o','-',f)))
print('PDFium', pypdfium2.version.PDFIUM_INFO, '· MuPDF', pymupdf.mupdf_version, '·', subprocess.run(['pdftoppm','-v'], capture_output=True, text=True).stderr.split('\n')[0], '· Ghostscript', run('gs','--version').decode().strip())
found = {}
for name,latex in bars.items():
    Path(name+'.tex').write_text(page % latex)
    run('pdflatex','-interaction=batchmode',name+'.tex')
    for dpi in 72,300:
        size = 100*.3985*(dpi/72)**2
        for draw in poppler,pdfium,ghostscript,mupdf: found[name,dpi,draw.__name__] = ink(draw(name+'.pdf', dpi))/size
        print(f'{name:7} {dpi:3} dpi, ink by area:', ', '.join(f'{o} {found[name,dpi,o]:.2f}' for o in ('poppler','pdfium','ghostscript','mupdf')))
def near(wants, name, dpi): return all(abs(found[name,dpi,o]-w)<.06 for o,w in wants.items())
low = dict(poppler=2.51, pdfium=2.52, ghostscript=2.01, mupdf=1)
sys.exit(not (near(low, 'stroke', 72) and near(low, 'filled', 72) and near(dict(poppler=1.21, pdfium=1, mupdf=1), 'stroke', 300) and near(dict(poppler=1.21, pdfium=1.21, mupdf=1), 'filled', 300)))
EOF
