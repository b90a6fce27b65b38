#!/bin/sh
# DOMPurify, by which web pages clean what others wrote, takes <none/> out of MathML but not the places it holds: the tensor g with two upper indices gets i below and j above, Temml's \prescript{14}{}{C} loses its partner
# Guessed: a cleaner whose list has <mmultiscripts> and <mprescripts> keeps the empty place that these two can't do without, or drops the whole formula; what it takes away is harmless to what is left.
# So: in <mmultiscripts> a child's place says whether it is an index or an exponent. Without <none/> those behind it move up: the upper i of g^{ij} is a lower one, R_i with a later upper j is R with both at one place, and
# one script is left without its pair, which is no valid MathML. Written with <mrow></mrow> for the empty place, as MathML Core has it, nothing happens; with ADD_TAGS: ['none'] neither. DOMPurify lists <none/> in removed.
# In the same way <semantics> goes, so that the LaTeX in the <annotation> of KaTeX's output is text within the formula, which was reported before.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
echo '{"private": true, "type": "module"}' > package.json
npm install --no-audit --no-fund --no-package-lock --ignore-scripts --loglevel=error dompurify@3.5.0 jsdom@29.1.1 temml@0.13.5 speech-rule-engine@4.1.5 >/dev/null
cat > a.mjs <<'EOS'
import createDOMPurify from 'dompurify'
import { JSDOM } from 'jsdom'
import sre from 'speech-rule-engine'
import temml from 'temml'
const purify = createDOMPurify(new JSDOM('').window)
await sre.setupEngine({locale: 'en', domain: 'mathspeak', modality: 'speech'})
await sre.engineReady()
const scripts = (base, ...places) => `<math><mmultiscripts><mi>${base}</mi>${places.map(p => p==='-' ? '<none></none>' : p==='=' ? '<mrow></mrow>' : `<mi>${p}</mi>`).join('')}</mmultiscripts></math>`
console.log('dompurify', purify.version, 'temml', temml.version, 'speech-rule-engine', sre.version)
let good = true
const show = (name, mathml, want, options = {}) => {
  const clean = purify.sanitize(mathml, options), removed = purify.removed.map(r => r.element?.nodeName).join(' ')
  console.log(name.padEnd(34), clean.replace(/<\/?math>/g, ''), '; removed:', removed || 'nothing')
  good &&= clean===want
  return clean
}
const tensor = scripts('g', '-', 'i', '-', 'j'), cleaned = show('g, above i, above j', tensor, scripts('g', 'i', 'j'))
const words = [tensor, cleaned].map(m => sre.toSpeech(m))
console.log('read aloud:', words[0], '| after cleaning:', words[1])
good &&= words[0]!==words[1] && /sub/i.test(words[1]) && !/sub/i.test(words[0])
show('R, below i, above j further on', scripts('R', 'i', '-', '-', 'j'), scripts('R', 'i', 'j'))
show('T, above j', scripts('T', '-', 'j'), scripts('T', 'j'))
show('Temml, \\prescript{14}{}{C}', temml.renderToString('\\prescript{14}{}{C}'), '<math><mmultiscripts><mi>C</mi><mprescripts></mprescripts><mn>14</mn></mmultiscripts></math>')
show('the same with ADD_TAGS', tensor, tensor, {ADD_TAGS: ['none']})
const empty = scripts('g', '=', 'i', '=', 'j')
show('the same with empty mrow', empty, empty)
const full = scripts('g', 'a', 'i', 'b', 'j')
show('all places taken', full, full)
process.exit(good ? 0 : 1)
EOS
timeout 60 node a.mjs
