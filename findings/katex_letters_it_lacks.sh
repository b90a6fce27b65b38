#!/bin/sh
# KaTeX draws `\mathcal{x}`, `\mathbb{x}`, `\mathfrak{\Gamma}` and `\boldsymbol{\mathcal{L}}` as if the command weren't there, even with strict mode's reports on
# Guessed: a letter that the asked-for font lacks is an error or a strict-mode report, as unknown Unicode is.
# So: throwOnError and a strict function that records each report see nothing; the letter comes in the font outside (x italic, Γ upright, L not bold).
# `\not{D}` puts its stroke on a zero-width box left of the D. A picture labelled with such LaTeX shows something else.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
echo '{"private": true, "type": "module"}' > package.json
npm install --no-audit --no-fund --no-package-lock --ignore-scripts --loglevel=error katex@0.19.1 >/dev/null
cat > show.mjs <<'EOF'
import katex from 'katex'
console.log('KaTeX', katex.version)
const reports = []
const draw = latex => katex.renderToString(latex, {output: 'html', throwOnError: true, strict: code => { reports.push(code); return 'ignore' }})
let same = true
for (const [latex, plain] of [['\\mathcal{x}', 'x'], ['\\mathbb{x}', 'x'], ['\\mathfrak{\\Gamma}', '\\Gamma'], ['\\boldsymbol{\\mathcal{L}}', '{{\\mathcal{L}}}']]) {
  const equal = draw(latex) === draw(plain)
  console.log(latex, equal ? `is the HTML of ${plain}` : draw(latex))
  same &&= equal
}
const differ = draw('\\mathcal{X}') !== draw('X') && draw('\\mathbb{k}') !== draw('k')
console.log('reports:', reports.length)
process.exit(same && differ && !reports.length ? 0 : 1)
EOF
node show.mjs
