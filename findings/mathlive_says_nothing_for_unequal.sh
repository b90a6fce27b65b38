#!/bin/sh
# MathLive, the editor of formulas for web pages, reads x ≠ y aloud with the words of x y, x ∉ A (\not\in) as "x A", both ⌊x⌋ and ⌈x⌉ as "of x", a binomial as "n over k", and a function by cases, an x with a line above or in a box as nothing
# Guessed: an editor that advertises accessibility says "not equal", and of what it has no words for it says the command's name, as it does for A ⊂ B ("subset"), or the letters within.
# So: what it makes of \ne, \neq and \not are a group of its own kind, for which nothing is said; in what stands below or above something, boxes and cases, the letters go as well, so that "\overline{z}w" is "w". \notin, written
# as one command, is said. (a+b)/2 has a beginning and an end, a binomial neither, and no other word than a fraction: C(n, k) is n/k. 1{,}000 is "1.000". No message appears. It is the speech by MathLive's own rules, its default.
# Outside a browser MathLive has no element to take its settings from; the script gives it an object with the two defaults.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
echo '{"private": true, "type": "module"}' > package.json
npm install --no-audit --no-fund --no-package-lock --ignore-scripts --loglevel=error mathlive@0.111.1 >/dev/null
cat > a.mjs <<'EOS'
import { readFileSync } from 'node:fs'
globalThis.MathfieldElement = { textToSpeechMarkup: '', textToSpeechRules: 'mathlive' }
const said = []
for (const level of ['warn', 'error']) console[level] = (...a) => said.push(a.join(' '))
const { convertLatexToSpeakableText } = await import('mathlive/ssr')
console.log('mathlive', JSON.parse(readFileSync('node_modules/mathlive/package.json')).version)
let good = true
const speak = latex => convertLatexToSpeakableText(latex).replace(/'/g, '').replace(/\s+/g, ' ').trim()
const check = (latex, want) => { const words = speak(latex); console.log(latex.padEnd(34), JSON.stringify(words)); good &&= words===want }
check('x=y', 'X equals Y')
check('x\\le y', 'X is less than or equal to Y')
check('xy', 'X Y')
for (const unequal of ['\\ne', '\\neq', '\\not=']) check(`x${unequal} y`, 'X Y')
check('b^2-4ac\\ne0', 'B squared minus 4 A C0')
check('x\\in A', 'X element of capital A')
check('x\\not\\in A', 'X capital A')
check('x\\notin A', 'X notin capital A')
check('\\lfloor x\\rfloor=\\lceil x\\rceil', 'of X equals of X')
check('\\frac{n}{k}', 'N over K')
check('\\binom{n}{k}', 'N over K')
for (const gone of ['\\overline{z}', '\\underline{z}', '\\boxed{z}', '\\overset{a}{=}', '\\begin{cases}x&x>0\\\\-x&x<0\\end{cases}']) check(gone, '')
check('\\overline{z}w', 'W')
check('\\bar{z}w', 'Z bar W')
check('1{,}000', '1.000')
console.log('messages:', said.length)
process.exit(good && !said.length ? 0 : 1)
EOS
timeout 100 node a.mjs
