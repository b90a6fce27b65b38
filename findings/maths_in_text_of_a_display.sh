#!/bin/sh
# A sum within \text of a displayed formula is a large one for amsmath, MathJax and Temml, and a small one for KaTeX
# Guessed: \text{$\sum_i^n$} is text, so the sum within is set as in a paragraph, limits beside it, by all of them; \text and \mbox differ in fonts alone.
# So: amsmath's \text takes over the style around it (it redefines \everymath while it lasts), and MathJax and Temml follow; KaTeX begins anew in text style, as \mbox does in TeX.
# The same LaTeX is a picture of twice the height, and the limits stand elsewhere: pictures of web pages and of papers want two spellings for what is typed alike.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund katex@0.19.1 temml@0.13.5 mathjax@4.1.3 >/dev/null 2>&1
cat > heights.tex <<'EOF'
\documentclass{article}\usepackage{amsmath}\begin{document}
\newcommand\tall[2]{\setbox0\hbox{$\displaystyle#2$}\typeout{amsmath #1 \the\ht0}}
\tall{display}{\sum_i^n}\tall{text}{\text{$\sum_i^n$}}\tall{mbox}{\mbox{$\sum_i^n$}}
\end{document}
EOF
pdflatex -interaction=nonstopmode heights.tex | grep -E '^This is|^amsmath' | tee heights
[ "$(grep display heights | cut -d' ' -f3)" = "$(grep 'amsmath text' heights | cut -d' ' -f3)" ] && [ "$(grep display heights | cut -d' ' -f3)" != "$(grep mbox heights | cut -d' ' -f3)" ]
cat > limits.cjs <<'EOF'
const katex = require('katex'), temml = require('temml'), tex = String.raw`\text{$\sum_i^n$}`, over = o => /<munderover/.test(o) && !/displaystyle="false"/.test(o)
require('mathjax').init({loader: {load: ['input/tex']}}).then(async mathjax => {
  const found = {katex: over(katex.renderToString(tex, {displayMode: true, output: 'mathml'})), temml: over(temml.renderToString(tex, {displayMode: true})),
                 mathjax: over(await mathjax.tex2mmlPromise(tex, {display: true}))}
  for (const o in found) console.log(o, require(o+'/package.json').version, found[o] ? 'limits above and below, as displayed' : 'limits beside the sum, as in text')
  process.exit(!found.katex && found.temml && found.mathjax ? 0 : 1)
})
EOF
node limits.cjs
