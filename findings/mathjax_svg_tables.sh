#!/bin/sh
# A table of MathJax's SVG with lines is a black box outside a browser, unless MathJax's style sheet comes with it
# Guessed: an SVG of MathJax stands for itself; \boxed and \cancel do, in resvg too.
# So: the lines and the frame of an `array` are <line> and <rect> without a fill of their own; `fill: none` is in the sheet of output.styleSheet(html),
# and the <rect> inherits the formula's ink. resvg 0.x takes the sheet as style_sheet=; without it the table is filled.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
echo '{"private": true, "type": "module"}' > package.json
npm install --no-audit --no-fund --no-package-lock --ignore-scripts --loglevel=error @mathjax/src@4.1.3 @mathjax/mathjax-newcm-font@4.1.3 >/dev/null
python3 -m pip install -q --disable-pip-version-check --target "$work/py" resvg-py==0.5.0 pillow==12.0.0
cat > draw.mjs <<'EOF'
import { mathjax } from '@mathjax/src/js/mathjax.js'
import { TeX } from '@mathjax/src/js/input/tex.js'
import '@mathjax/src/js/input/tex/base/BaseConfiguration.js'
import '@mathjax/src/js/input/tex/ams/AmsConfiguration.js'
import { SVG } from '@mathjax/src/js/output/svg.js'
import { liteAdaptor } from '@mathjax/src/js/adaptors/liteAdaptor.js'
import { RegisterHTMLHandler } from '@mathjax/src/js/handlers/html.js'
import { MathJaxNewcmFont } from '@mathjax/mathjax-newcm-font/js/svg.js'
mathjax.asyncLoad = name => import(name.startsWith('/') ? name : import.meta.resolve(name))
const adaptor = liteAdaptor()
RegisterHTMLHandler(adaptor)
const output = new SVG({fontData: new MathJaxNewcmFont(), fontCache: 'none'})
const html = mathjax.document('', {InputJax: new TeX({packages: ['base', 'ams']}), OutputJax: output})
const svgs = []
for (const latex of ['\\boxed{x}', '\\begin{array}{|c|}\\hline a\\\\\\hline\\end{array}'])
  svgs.push(adaptor.serializeXML(adaptor.tags(await html.convertPromise(latex, {}), 'svg')[0]))
console.log(JSON.stringify({svgs, sheet: adaptor.textContent(output.styleSheet(html))}))
EOF
node draw.mjs > drawn.json
PYTHONPATH="$work/py" python3 - <<'EOF'
import io, json, sys
import resvg_py
from PIL import Image, ImageStat
from importlib.metadata import version
made = json.load(open('drawn.json'))
print('resvg-py', version('resvg-py'), ', share of ink in the picture with and without the style sheet:')
def ink(svg, sheet):
    data = bytes(resvg_py.svg_to_bytes(svg_string=svg.replace('currentColor', '#000'), background='#fff', skip_system_fonts=True, zoom=4, style_sheet=sheet))
    return 1-ImageStat.Stat(Image.open(io.BytesIO(data)).convert('L')).mean[0]/255
shares = [[ink(svg, sheet) for sheet in (made['sheet'],None)] for svg in made['svgs']]
for name,(a,b) in zip(('boxed','array'), shares): print(f'{name}: {a:.2f} {b:.2f}')
(a,b),(c,d) = shares
sys.exit(0 if abs(a-b)<.01 and c<.4 and d>.9 else 1)
EOF
