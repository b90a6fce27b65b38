#!/bin/sh
# mathpix-markdown-it, Mathpix' own converter, writes what \phantom hides into its AsciiMath and its linear text: a matrix that aligns its 1 with `\phantom{-}1` has −1 there, `\ce{H2O}` is HA₂O; a binomial is a fraction, 3½ is 31/2
# Guessed: what is there for its width alone is left out of a form that has no widths; the MathML, from which both forms are made, says <mphantom>.
# So: the writers of AsciiMath and "linearmath" take the content of mphantom and mpadded like any other. \phantom{-} is how matrices line up their signs, so a positive entry becomes a negative one; mhchem,
# which is one of its packages, puts a phantom A before each index, so that each molecule gets letters A. A fraction without a bar is written with one, {x²}³ as x²³, which is x to the power of 23.
# Whoever asks for these forms, for search, for a language model or to grade an answer, gets another value without an error; the picture of the same formula is right.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
echo '{"private": true}' > package.json
npm install --no-audit --no-fund --no-package-lock --ignore-scripts --loglevel=error mathpix-markdown-it@2.0.40 >/dev/null
cat > show.cjs <<'EOF2'
const { MathpixMarkdownModel } = require('mathpix-markdown-it')
console.log('mathpix-markdown-it', require('mathpix-markdown-it/package.json').version)
const forms = latex => {
  const html = MathpixMarkdownModel.markdownToHTML(`$${latex}$`, { outMath: { include_asciimath: true, include_linearmath: true, include_mathml: true, include_svg: false } })
  return ['asciimath', 'linearmath', 'mathml'].map(name => (html.match(new RegExp(`<${name}\\b[^>]*>([^]*?)</${name}>`)) || [, ''])[1])
}
let good = true
for (const [latex, asciimath, linear] of [
  ['\\begin{pmatrix}\\phantom{-}1&-2\\\\-3&\\phantom{-}4\\end{pmatrix}', '([-1,-2],[-3,-4])', '([−1,−2],[−3,−4])'], ['x=\\phantom{-}3', 'x=-3', 'x=−3'], ['\\sqrt{\\vphantom{b}a}', 'sqrt("b"a)', '√(ba)'],
  ['\\ce{H2O}', 'H"A"_("2")O', 'HA₂O'], ['\\ce{2H2 + O2 -> 2H2O}', '2H"A"_("2")+O"A"_("2")longrightarrow2H"A"_("2")O', '2HA₂+OA₂⟶2HA₂O'], ['\\mathrm{H_2O}', 'H_(2)O', 'H₂O'],
  ['\\binom{5}{2}=10', '((5)/(2))=10', '(5/2)=10'], ['3\\tfrac{1}{2}', '3(1)/(2)', '31/2'], ['{x^2}^3', 'x^(2)^(3)', 'x²³'], ['x^{23}', 'x^(23)', 'x²³']]) {
  const [a, l, m] = forms(latex)
  console.log(latex.padEnd(66), 'AsciiMath', a.padEnd(30), 'linear', l.padEnd(20), m.includes('<mphantom>') ? 'MathML: mphantom' : '')
  good &&= a === asciimath && l === linear && (!/phantom|ce{/.test(latex) || m.includes('<mphantom>'))
}
process.exit(good ? 0 : 1)
EOF2
timeout 120 node show.cjs
