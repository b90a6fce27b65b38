#!/bin/sh
# math-expressions, made to compare answers in LaTeX, finds `2\cdot3` equal to 2, `1\times10^{3}` to 1 and `x\ne 3` to x; for evaluatex the cube root of 8 is 13.86 and the factorial of √4 is 4.9
# Guessed: a reader that can't read on raises an error, as evaluatex does at \div; digits end a command's name, as in TeX.
# So: math-expressions takes what stands before a sign that it can't place for the whole formula, and a digit right after \cdot, \times or \div is such a place; with a blank between them, 2\cdot 3 is 6.
# Relations, even =, and \pm, percent, modulus and a bar over decimals end a formula in the same way, so that x=3 and x≠3 are both x. evaluatex takes the [3] of `\sqrt[3]{8}` for what stands under the root, as √3·8.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
echo '{"private": true, "type": "module"}' > package.json
npm install --no-audit --no-fund --no-package-lock --ignore-scripts --loglevel=error math-expressions@1.8.1 evaluatex@2.2.0 >/dev/null
cat > a.mjs <<'EOF'
import { readFileSync } from 'fs'
import me from 'math-expressions'
import evaluatex from 'evaluatex'
console.log(...['math-expressions', 'evaluatex'].flatMap(o => [o, JSON.parse(readFileSync(`node_modules/${o}/package.json`)).version]))
let same = true
for (const [a, b, want] of [['2\\cdot3', '2', true], ['2\\cdot 3', '2', false], ['2\\cdot 3', '6', true], ['1\\times10^{3}', '1', true], ['1\\times 10^{3}', '1', false], ['x\\ne 3', 'x', true], ['a\\le b', 'a', true],
  ['x\\pm1', 'x', true], ['5\\%', '5', true], ['10\\bmod 3', '10', true], ['0.\\overline{3}', '0', true], ['x=3', 'x', true], ['x^{2}+1', 'x^2', false]]) {
  const equal = me.fromLatex(a).equals(me.fromLatex(b))
  console.log(`math-expressions: ${a.padEnd(16)} ${equal ? 'equals' : 'is not'} ${b}`)
  same &&= equal===want
}
for (const [latex, value] of [['\\sqrt[3]{8}', 8*Math.sqrt(3)], ['\\sqrt{4}!', Math.sqrt(24)], ['\\sqrt{9}', 3]]) {
  const found = evaluatex(latex, {}, {latex: true})()
  console.log(`evaluatex: ${latex.padEnd(16)} ${found}`)
  same &&= Math.abs(found-value)<1e-9
}
process.exit(same ? 0 : 1)
EOF
timeout 200 node a.mjs
