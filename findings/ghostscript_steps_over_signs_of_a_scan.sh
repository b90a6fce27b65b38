#!/bin/sh
# Ghostscript steps over rows of a scan, anti-aliased or not: at 100 dpi half of the minus signs are gone; with TeX's bitmap fonts `+`, `=` and `-` are the same picture at 96 dpi
# Guessed: a scan drawn smaller is averaged, at least with -dGraphicsAlphaBits=4, and a sign of a font never vanishes, however coarse the picture.
# So: of a picture Ghostscript takes the nearest row, and a minus sign at 600 dpi is three rows high where every sixth is taken; Poppler, PDFium and MuPDF average, and none is lost. -dGraphicsAlphaBits changes nothing;
# -dInterpolateControl=-1 or -dDownScaleFactor helps. Old papers have bitmap fonts, which are such pictures: without -dTextAlphaBits at 100 dpi `=` leaves no ink, at 72 dpi x̄ is x; the same page with outlines keeps all.
set -e
for o in pdflatex mktexpk pdftoppm gs; do command -v $o >/dev/null || { echo "needs $o"; exit 1; }; done
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
export TEXMFVAR="$work/var" VARTEXFONTS="$work/fonts"
python3 -m pip install -q --no-compile --no-deps --disable-pip-version-check --target lib pypdfium2==5.15.2 pymupdf==2.0 numpy==2.4.6 pillow==13.0.0
PYTHONPATH=lib python3 - <<'EOF'
import io, re, subprocess, sys
from pathlib import Path
import numpy as np, pymupdf, pypdfium2
from PIL import Image
def run(*o): return subprocess.run(o, capture_output=True, check=True, timeout=200).stdout
def ink(o): return 255-np.array(o.convert('L'), float)
def typeset(name, body, *, first=''):
    Path(name+'.tex').write_text(first+r'\documentclass{article}\pagestyle{empty}\pdfpagewidth=100bp\pdfpageheight=600bp\hoffset=-1in\voffset=-1in\topmargin0pt\headheight0pt\headsep0pt\oddsidemargin0pt\textheight600bp\parindent0pt\begin{document}%s\end{document}' % body)
    run('pdflatex', '-interaction=batchmode', name+'.tex')
    return name+'.pdf'
def poppler(f, dpi): return Image.open(io.BytesIO(run('pdftoppm','-r',str(dpi),f)))
def pdfium(f, dpi): return pypdfium2.PdfDocument(f)[0].render(scale=dpi/72).to_pil()
def mupdf(f, dpi): return Image.open(io.BytesIO(pymupdf.open(f)[0].get_pixmap(dpi=dpi).tobytes('png')))
def gs(f, dpi, *o):
    run('gs', '-q', '-sDEVICE=pnggray', f'-r{dpi}', *o, '-o', 'o%03d.png', f)
    return [Image.open(p) for p in sorted(Path().glob('o*.png'))]
def smooth(f, dpi): return gs(f, dpi, '-dGraphicsAlphaBits=4', '-dTextAlphaBits=4')[0]
def interpolated(f, dpi): return gs(f, dpi, '-dInterpolateControl=-1')[0]
print('Ghostscript', run('gs','--version').decode().strip(), '· PDFium', pypdfium2.version.PDFIUM_INFO, '· MuPDF', pymupdf.mupdf_version, '·', subprocess.run(['pdftoppm','-v'], capture_output=True, text=True).stderr.split('\n')[0])
# a scan: 28 minus signs below one another, 600 dpi, black and white
Image.open(io.BytesIO(run('pdftoppm', '-mono', '-r', '600', typeset('signs', r'\kern50bp'+r'\hbox to100bp{\hfil$-$\hfil}\kern7.37bp'*28)))).convert('1').save('scan.pdf', resolution=600)
def signs(o):
    dark = np.r_[0, ink(o).max(1)>25]
    return int((np.diff(dark.astype(int))==1).sum())
found = {(draw.__name__,dpi): signs(draw('scan.pdf', dpi)) for dpi in (72,100,150) for draw in (poppler,pdfium,mupdf,smooth,interpolated)}
for dpi in 72,100,150: print(f'{dpi} dpi, signs seen of 28:', ', '.join(f'{draw} {n}' for (draw,d),n in found.items() if d==dpi).replace('smooth','Ghostscript with AlphaBits').replace('interpolated','Ghostscript with InterpolateControl'))
good = all(n==28 for (draw,_),n in found.items() if draw!='smooth') and found['smooth',72]<14 and found['smooth',100]<20 and found['smooth',150]<28
# bitmap fonts, as in old papers, and the same page with outlines
forms = ['-', '+', '=', 'x', r'\bar x']
pages = r'\newpage'.join(r'\noindent\kern50bp\raise-30bp\hbox{$%s$}' % o for o in forms)
Path('none.map').write_text('')
typeset('bitmaps', pages, first=r'\pdfpkresolution=600\pdfmapfile{none.map}')
typeset('outlines', pages)
def told(f, dpi, *o):
    "What of the signs leaves no ink, and which are the same picture"
    boxes = []
    for a in map(ink, gs(f, dpi, *o)):
        rows,columns = a.any(1).nonzero()[0],a.any(0).nonzero()[0]
        boxes.append(a[rows[0]:rows[-1]+1, columns[0]:columns[-1]+1] if len(rows) else None)
    return ' '.join([f'no {s}' for s,o in zip(forms, boxes) if o is None]+[f'{forms[i]}is{forms[j]}' for i in range(5) for j in range(i) if boxes[i] is not None and np.array_equal(boxes[i], boxes[j])])
want = {72: r'+is- \bar xisx', 96: '+is- =is- =is+', 100: r'no = \bar xisx'}
for dpi,w in want.items():
    bitmaps,smoothed,outlines = told('bitmaps.pdf', dpi),told('bitmaps.pdf', dpi, '-dTextAlphaBits=4'),told('outlines.pdf', dpi)
    print(f'{dpi} dpi, bitmap fonts: {bitmaps}; with TextAlphaBits: {smoothed or "all apart"}; outlines: {outlines or "all apart"}')
    good &= bitmaps==w and not smoothed and not outlines
sys.exit(not good)
EOF
