#!/bin/sh
# nerdamer writes a matrix in LaTeX as its determinant, (-2)^n as -2^{n}, and 1e-10 as 1 - 10; Algebrite writes (-x)^n as -x^n
# Guessed: a computer algebra system knows the value that it writes down, so its LaTeX means the same as its own text form.
# So: nerdamer sets matrices, results of invert included, between \begin{vmatrix} and \end{vmatrix}, and gives a negative number no brackets below a power of n: 3·(-2)^n is `3 \cdot -2^{n}`, while a sum as a base has them.
# Its convertToLaTeX, for input that isn't to be worked out, drops the e of 1e-10 and sets the comma of mod(a,b) and nthroot(x,3) where the second argument belongs. Algebrite keeps the brackets of (-2)^n. No error.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
echo '{"private": true}' > package.json
npm install --no-audit --no-fund --no-package-lock --ignore-scripts --loglevel=error nerdamer@1.1.13 algebrite@1.4.0 >/dev/null
cat > a.cjs <<'EOF2'
const nerdamer = require('nerdamer/all.js'), algebrite = require('algebrite')
console.log('nerdamer', require('nerdamer/package.json').version, 'algebrite', require('algebrite/package.json').version)
let same = true
function check(library, formula, value, latex, want) {
  console.log(library.padEnd(15), formula.padEnd(28), `itself ${value}`.padEnd(36), latex)
  same &&= latex===want[0] && value===want[1]
}
for (const [formula, ...want] of [['(-2)^n', '-2^{n}', '16'], ['3*(-2)^n', '3 \\cdot -2^{n}', '48'], ['(n-6)^2', '\\left(n-6\\right)^{2}', '4'],
  ['matrix([1,2],[3,4])', '\\begin{vmatrix}1 & 2 \\cr 3 & 4\\end{vmatrix}', 'matrix([1,2],[3,4])'],
  ['invert(matrix([1,2],[3,4]))', '\\begin{vmatrix}-2 & 1 \\cr \\frac{3}{2} & -\\frac{1}{2}\\end{vmatrix}', 'matrix([-2,1],[3/2,-1/2])'], ['determinant(matrix([1,2],[3,4]))', '-2', '-2']])
  check('nerdamer, n=4', formula, nerdamer(formula, {n: 4}).text(), nerdamer(formula).toTeX(), want)
for (const [formula, ...want] of [['1e-10', '1 - 10', '1/10000000000'], ['mod(9,4)', '9 \\bmod ,', '1'], ['nthroot(27,3)', '\\sqrt[,]{27}', '3'], ['sqrt(9)', '\\sqrt{9}', '3']])
  check('convertToLaTeX', formula, nerdamer(formula).toString(), nerdamer.convertToLaTeX(formula), want)
for (const [formula, ...want] of [['(-x)^n', '-x^n', '81'], ['(-2)^n', '(-2)^n', '16']])
  check('algebrite, x=3', formula, algebrite.run(`subst(4,n,subst(3,x,${formula}))`), algebrite.run(`printlatex(${formula})`), want)
process.exit(same ? 0 : 1)
EOF2
timeout 100 node a.cjs
