#!/bin/sh
# Of MathJax's SVG, MuPDF draws the bars of an overbrace through the letters and leaves gaps in tall brackets; svglib leaves out the strokes of \cancel and the frames of \boxed
# Guessed: MathJax's SVG is paths, rectangles and lines, simple enough for every reader of SVG; what one can't draw it reports.
# So: tall and wide signs are put together of pieces, and the piece that repeats is an svg within the svg: MuPDF ignores its x and y and draws it at the beginning of its group, svglib draws it at three quarters of its size. The strokes of \cancel
# and the frame of \boxed have stroke="currentColor", which for svglib is no stroke. Of an equation with \tag, whose width is 100%, neither draws anything but specks. MuPDF says nothing, svglib only something about the per cent. resvg draws all of it right.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
echo '{"private": true, "type": "module"}' > package.json
npm install --no-audit --no-fund --no-package-lock --ignore-scripts --loglevel=error @mathjax/src@4.1.3 @mathjax/mathjax-newcm-font@4.1.3 >/dev/null
python3 -m pip install -q --no-compile --disable-pip-version-check --target lib resvg_py==0.5.0 pymupdf==2.0 svglib==2.3.2 reportlab==5.1.0 pypdfium2==5.15.2 numpy==2.4.6 pillow==13.0.0
cat > draw.mjs <<'EOF'
import fs from 'fs'
import { mathjax } from '@mathjax/src/js/mathjax.js'
import { TeX } from '@mathjax/src/js/input/tex.js'
import '@mathjax/src/js/input/tex/base/BaseConfiguration.js'
import '@mathjax/src/js/input/tex/ams/AmsConfiguration.js'
import '@mathjax/src/js/input/tex/cancel/CancelConfiguration.js'
import { SVG } from '@mathjax/src/js/output/svg.js'
import { MathJaxNewcmFont } from '@mathjax/mathjax-newcm-font/mjs/svg.js'
import { liteAdaptor } from '@mathjax/src/js/adaptors/liteAdaptor.js'
import { RegisterHTMLHandler } from '@mathjax/src/js/handlers/html.js'
mathjax.asyncLoad = name => import(name.startsWith('/') ? name : import.meta.resolve(name))
const adaptor = liteAdaptor()
RegisterHTMLHandler(adaptor)
const output = new SVG({fontData: new MathJaxNewcmFont({dynamicPrefix: '@mathjax/mathjax-newcm-font/mjs/svg/dynamic'}), fontCache: 'none'})
const html = mathjax.document('', {InputJax: new TeX({packages: ['base', 'ams', 'cancel']}), OutputJax: output})
const found = {}
for (const latex of JSON.parse(fs.readFileSync('forms.json'))) {
  const s = adaptor.innerHTML(await html.convertPromise(latex, {display: true}))
  found[latex] = s.slice(s.indexOf('<svg'), s.lastIndexOf('</svg>')+6)
}
fs.writeFileSync('svg.json', JSON.stringify(found))
EOF
PYTHONPATH=lib python3 - <<'EOF'
import importlib.metadata, io, json, re, subprocess, sys
from pathlib import Path
import numpy as np, pymupdf, pypdfium2, resvg_py
from PIL import Image
from reportlab.graphics import renderPDF
from svglib.svglib import svg2rlg
def png(b): return Image.open(io.BytesIO(bytes(b)))
def resvg(s): return png(resvg_py.svg_to_bytes(svg_string=s))
def MuPDF(s): return png(pymupdf.open('svg', s.encode())[0].get_pixmap(dpi=96).tobytes('png'))
def svglib(s): return pypdfium2.PdfDocument(renderPDF.drawToString(svg2rlg(io.StringIO(s))))[0].render(scale=96/72).to_pil()
def dark(draw, latex):
    "Where the drawing is dark, cut to its ink"
    o = draw(re.sub(r'(width|height)="([\d.]+)ex"', lambda m: f'{m[1]}="{float(m[2])*20:.1f}"', svgs[latex], count=2)).convert('RGBA')
    paper = Image.new('RGBA', o.size, 'white')
    paper.alpha_composite(o)
    a = np.array(paper.convert('L'))<128
    rows,columns = a.any(1).nonzero()[0],a.any(0).nonzero()[0]
    return a[rows[0]:rows[-1]+1, columns[0]:columns[-1]+1] if len(rows) else a[:0]
def longest(a):
    "The longest unbroken line in the lower half, by the whole width"
    return max(len(run) for row in a[len(a)//2:] for run in ''.join('01'[int(x)] for x in row).split('0'))/a.shape[1]
def side(a): return a[:, :round(a.shape[1]*.3)].any(1).mean()      # how much of the height the sign on the left reaches
def number(draw): return len(dark(draw, r'a=b\tag{1}'))>20          # specks don't count
brace,bracket = r'\overbrace{a+b+c+d+e+f+g}',r'\begin{bmatrix}1\\2\\3\\4\\5\\6\end{bmatrix}'
Path('forms.json').write_text(json.dumps([brace, bracket, r'\cancel{5}', '5', r'\boxed{x}', 'x', r'a=b\tag{1}']))
subprocess.run(['node', 'draw.mjs'], check=True, timeout=200)
svgs = json.loads(Path('svg.json').read_text())
print(', '.join(f'{o} {importlib.metadata.version(o)}' for o in ('resvg_py','pymupdf','svglib','reportlab')), 'MathJax 4.1.3')
found = {}
for draw in resvg,MuPDF,svglib:
    cancelled,boxed = (dark(draw, p).sum()/dark(draw, q).sum() for p,q in ((r'\cancel{5}','5'), (r'\boxed{x}','x')))
    found[draw.__name__] = longest(dark(draw, brace))>.2, bool(side(dark(draw, bracket))<.97), bool(cancelled<1.1), bool(boxed<1.1), number(draw)
    print(f'{draw.__name__:8} longest line through the letters under the brace {longest(dark(draw, brace)):.2f} of the width; the left bracket has ink in {side(dark(draw, bracket)):.2f} of its height; ink of a cancelled 5 by that of a 5: {cancelled:.2f}; of a boxed x by that of an x: {boxed:.2f}; equation with a number drawn: {number(draw)}')
sys.exit(found!=dict(resvg=(False,False,False,False,True), MuPDF=(True,True,False,False,False), svglib=(False,False,True,True,False)))
EOF
