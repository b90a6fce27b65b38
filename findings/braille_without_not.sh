#!/bin/sh
# In braille by Speech Rule Engine, which is MathJax's, p∧¬q is the same as p∧q and E=ħω the same as E=ω: of signs that it has no Nemeth code for nothing is written
# Guessed: a sign without braille is passed on as it is, as ♭ is, or spelled; at least ¬, a sign of every textbook of logic, has its code.
# So: the engine's table for Nemeth has an empty entry for ¬, ħ, ℘, ⊢, ⊨, ⋆, ⊔ and others, all of which it can speak. A relation leaves its blanks, ¬ and ħ not even them; ẍ, x̆ and x̊ are the same
# braille, a letter under an empty sign, and the bold x is the Fraktur x. Nothing is said.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
echo '{"private": true, "type": "module"}' > package.json
npm install --no-audit --no-fund --no-package-lock --ignore-scripts --loglevel=error speech-rule-engine@4.1.5 katex@0.19.1 >/dev/null
cat > a.mjs <<'EOF'
import sre from 'speech-rule-engine'
import katex from 'katex'
console.log('speech-rule-engine', sre.version, '· katex', katex.version)
const pairs = [['p\\wedge\\neg q', 'p\\wedge q'], ['E=\\hbar\\omega', 'E=\\omega'], ['a\\star b', 'ab'], ['A\\vdash B', 'A\\models B'],
  ['\\ddot{x}', '\\breve{x}'], ['\\ddot{x}', '\\mathring{x}'], ['\\mathbf{x}', '\\mathfrak{x}']]
const apart = [['a\\in b', 'a\\notin b'], ['\\dot{x}', '\\ddot{x}'], ['\\mathbf{x}', 'x']]
const mathml = o => katex.renderToString(o, {output: 'mathml'}).match(/<math.*<\/math>/s)[0].replace(/<annotation.*<\/annotation>/s, '')
const all = [...new Set([...pairs, ...apart].flat())]
const read = async how => { await sre.setupEngine(how); await sre.engineReady(); return Object.fromEntries(all.map(o => [o, sre.toSpeech(mathml(o))])) }
const braille = await read({locale: 'nemeth', modality: 'braille', domain: 'default'})
const speech = await read({locale: 'en', modality: 'speech', domain: 'clearspeak'})
for (const o of all) console.log(o.padEnd(16), (braille[o]+' ').padEnd(14, '·'), speech[o])
const same = pairs.every(([a, b]) => braille[a]===braille[b] && speech[a]!==speech[b]) && apart.every(([a, b]) => braille[a]!==braille[b])
process.exit(same ? 0 : 1)
EOF
timeout 200 node a.mjs
