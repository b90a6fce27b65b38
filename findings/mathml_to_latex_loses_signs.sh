#!/bin/sh
# mathml-to-latex gives nothing for `\overset{a}{=}`, drops mod, makes ε of both epsilons and letters of `\sin`: as a source of labels from web pages it is no inverse of KaTeX
# Guessed: formulas of a web page that KaTeX has set can be had back as LaTeX from its MathML, up to spelling; what a converter doesn't know it says.
# So: an empty string for \overset, \underset and \stackrel over a relation; `a\bmod b` becomes a and b; `\sin x` is sin x, `\max_x` \left(max \right)_{x};
# `\varepsilon` and `\epsilon` are one; `\overline{AB}` becomes \overset{\overline}{A B}, and `\cdots` \hdots, which LaTeX and amsmath don't know. No error.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
npm install --silent --no-audit --no-fund --prefix . mathml-to-latex@1.8.0 katex@0.19.1 >/dev/null
cat > a.cjs <<'EOF'
const {MathMLToLaTeX} = require('mathml-to-latex'),katex = require('katex');
console.log('katex', katex.version, 'mathml-to-latex', require('mathml-to-latex/package.json').version);
const back = latex => MathMLToLaTeX.convert(katex.renderToString(latex, {output:'mathml'}).replace(/<annotation.*<\/annotation>/s, '').match(/<math.*<\/math>/s)[0]);
const seen = {'\\frac{a+b}{c}':'\\frac{a + b}{c}', '\\overset{a}{=}':'', '\\underset{a}{=}':'', '\\stackrel{a}{b}':'', 'a\\bmod b':'a \\textrm{ } \\textrm{ } b', '\\sin x':'sin x',
    '\\max_x f':'\\left(max \\right)_{x} f', '\\varepsilon\\epsilon':'\\epsilon \\epsilon', '\\overline{AB}':'\\overset{\\overline}{A B}', '\\cdots':'\\hdots', '\\mathrm{d}x':'d x'};
let same = true;
for (const [latex,expected] of Object.entries(seen)) {
    const got = back(latex).replace(/\u00a0/g, ' ');
    console.log(latex.padEnd(22), '|', got);
    same &&= got==expected;
}
process.exit(same ? 0 : 1);
EOF
timeout 100 node a.cjs
