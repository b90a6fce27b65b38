#!/bin/sh
# MathLive's MathML leaves out mod, ⇔ and struck-out relations, makes 1.000 of `1{,}000`, and gives f' a superscript with three parts, which MathML doesn't have
# Guessed: convertLatexToMathMl writes what the same library draws on the screen; for what it can't write there is <merror>, as it uses for unknown commands.
# So: a\bmod b is ab, x\not\in A is xA, p\iff q is pq, and \overline{z} is nothing; its own decimal comma `{,}` becomes a point, a thousand times less; \widehat's mark is the word
# "undefined"; a prime comes behind an invisible operator inside <msup>, so a reader that takes two children takes the invisible one for the exponent. As a source of labels or of speech it is another formula.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
echo '{"private": true, "type": "module"}' > package.json
npm install --no-audit --no-fund --no-package-lock --ignore-scripts --loglevel=error mathlive@0.111.1 >/dev/null
cat > show.mjs <<'EOF'
import {readFileSync} from 'node:fs'
import {convertLatexToMathMl} from 'mathlive/ssr'
console.log('MathLive', JSON.parse(readFileSync('node_modules/mathlive/package.json')).version)
const reports = [],say = console.log
for (const o of ['log','info','warn','error']) console[o] = (...words) => reports.push(words[0])
const want = {'a\\bmod b': '<mrow><mi>a</mi><mi>b</mi></mrow>', 'x\\not\\in A': '<mrow><mi>x</mi><mi>A</mi></mrow>', 'p\\iff q': '<mrow><mi>p</mi><mi>q</mi></mrow>', '\\overline{z}w': '<mi>w</mi>',
  '1{,}000': '<mn>1.000</mn>', '\\widehat{x}': '<mover accent="true"><mi>x</mi><mo>undefined</mo></mover>', "f'": '<msup><mi>f</mi><mo>&#x2061;</mo><mi>′</mi></msup>', 'x\\in A': '<mrow><mi>x</mi><mo>∈</mo><mi>A</mi></mrow>'}
let same = true
for (const [latex,mathml] of Object.entries(want)) {
  const before = reports.length,found = convertLatexToMathMl(latex)
  say(latex.padEnd(14), found, reports.length>before ? '(and a line on the console)' : '')
  same &&= found===mathml
}
process.exit(same ? 0 : 1)
EOF
node show.mjs
