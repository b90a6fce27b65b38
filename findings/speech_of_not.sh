#!/bin/sh
# `x\not\in A` is read aloud as "x is a member of A": KaTeX and Temml write the stroke as a character of its own, and Speech Rule Engine's ClearSpeak leaves it out
# Guessed: ∈ with a stroke after it, U+2208 U+0338, is by Unicode the same text as ∉, so it is spoken as \notin is, by all.
# So: the speech engine looks the characters up as they come. In ClearSpeak membership and `a\not\mid b` ("a divides b") lose their not; other relations, and MathSpeak, pass the
# bare combining stroke on to the voice ("x equals ̸ y"). Put into Unicode's form NFC first, all relations that have a stroked sign of their own are right.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
echo '{"private": true, "type": "module"}' > package.json
npm install --no-audit --no-fund --no-package-lock --ignore-scripts --loglevel=error speech-rule-engine@4.1.5 temml@0.13.5 katex@0.19.1 >/dev/null
cat > a.mjs <<'EOF2'
import sre from 'speech-rule-engine'
import temml from 'temml'
import katex from 'katex'
const versions = ['speech-rule-engine '+sre.version, 'temml '+temml.version, 'katex '+katex.version]
console.log(versions.join(' · '))
await sre.setupEngine({locale: 'en', domain: 'clearspeak', modality: 'speech'}); await sre.engineReady()
const writers = {temml: o => temml.renderToString(o, {xml: true}), katex: o => katex.renderToString(o, {output: 'mathml'}).match(/<math.*<\/math>/s)[0].replace(/<annotation.*<\/annotation>/s, '')}
const want = [['x\\not\\in A', 'x is a member of A', 'x is not a member of A'], ['x\\not= y', 'x equals \u0338 y', 'x is not equal to y'], ['a\\not\\mid b', 'a divides b', null], ['x\\notin A', 'x is not a member of A', 'x is not a member of A']]
let same = true
for (const [name,write] of Object.entries(writers)) for (const [latex,words,composed] of want) {
  const mathml = write(latex),said = sre.toSpeech(mathml),nfc = sre.toSpeech(mathml.normalize('NFC'))
  console.log(name, latex, '|', said, '| composed:', nfc)
  same &&= said===words && (composed===null || nfc===composed)
}
await sre.setupEngine({locale: 'en', domain: 'mathspeak', modality: 'speech'}); await sre.engineReady()
const aloud = sre.toSpeech(writers.temml('x\\not\\in A'))
console.log('MathSpeak:', aloud)
process.exit(same && aloud==='x element of \u0338 upper A' ? 0 : 1)
EOF2
timeout 200 node a.mjs
