#!/bin/sh
# pandoc writes a formula with a closing square bracket into AsciiDoc as it is, and there it ends at the bracket: E[X]²+E[Y]² becomes E[X to the power of 2+E[Y], then a 2; a cube root is cut after `\sqrt[3`
# Guessed: a writer escapes the sign that ends its own macro, as AsciiDoc asks for: latexmath:[\sqrt[3\]{8}]. Brackets are ordinary in formulas: intervals, expected values, roots, \left[.
# So: pandoc writes latexmath:[\sqrt[3]{8}], for pandoc to read again as well, and both Asciidoctor and pandoc's own reader end the formula at the first ]. What is left is prose, whose ^ and _ are AsciiDoc's
# own: two powers become one, without an error. Of (0,1] the bracket is prose, which looks the same, and so the fault stays unseen. Displayed formulas, which are blocks, are right.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m pip install -q --no-compile --disable-pip-version-check --target lib pypandoc-binary==1.17
echo '{"private": true, "type": "module"}' > package.json
npm install --no-audit --no-fund --no-package-lock --ignore-scripts --loglevel=error @asciidoctor/core@4.1.0 >/dev/null
cat > show.mjs <<'EOF2'
import { convert } from '@asciidoctor/core'
import { execFileSync } from 'node:child_process'
const pandoc = (how, input) => execFileSync(process.env.PANDOC, how, { input, encoding: 'utf8', timeout: 60000 }).trim()
console.log(pandoc(['--version'], '').split('\n')[0])
const inner = html => html.replace(/<\/?(div|p)\b[^>]*>/g, '').trim()
let good = true
for (const [latex, wanted, again] of [
  ['$E[X]^2+E[Y]^2$', '\\(E[X\\)<sup>2+E[Y]</sup>2]', '\\(E[X\\)\\textsuperscript{2+E{[}Y{]}}2{]}'], ['$\\sqrt[3]{8}$', '\\(\\sqrt[3\\){8}]', null], ['$[0,1]^2$', '\\([0,1\\)^2]', null],
  ['$\\left[\\frac{1}{2}\\right]^{-1}$', '\\(\\left[\\frac{1}{2}\\right\\)^{-1}]', null], ['$(0,1]$', '\\((0,1\\)]', null], ['$E(X)^2+E(Y)^2$', '\\(E(X)^2+E(Y)^2\\)', null], ['\\[E[X]^2+E[Y]^2\\]', '\\[E[X]^2+E[Y]^2\\]', null]]) {
  const asciidoc = pandoc(['-f', 'latex', '-t', 'asciidoc'], latex)
  const html = inner(String(await convert(asciidoc))), back = pandoc(['-f', 'asciidoc', '-t', 'latex'], asciidoc)
  console.log(latex, '·', asciidoc.replace(/\n/g, ' '), '· Asciidoctor:', html, '· pandoc:', back.replace(/\n/g, ' '))
  good &&= html === wanted && (again === null || back === again)
}
const escaped = inner(String(await convert('latexmath:[\\sqrt[3\\]{8}]')))
console.log('latexmath:[\\sqrt[3\\]{8}] · Asciidoctor:', escaped)
process.exit(good && escaped === '\\(\\sqrt[3]{8}\\)' ? 0 : 1)
EOF2
PANDOC=$(PYTHONPATH=lib python3 -c 'import pypandoc; print(pypandoc.get_pandoc_path())') node show.mjs
