#!/bin/sh
# Speech Rule Engine, which is MathJax's, reads 1/13 in Norwegian as "en tredje", a third, and so each fraction from 1/13 to 1/19 as that with a denominator ten less; φ it reads as pi; in Swedish A ⊃ B has the words of A ⊂ B, f∘g those of f∧g
# Guessed: a language that has words for 13 and for a 13th says them in fractions; two signs of which the meaning is the other's reverse have different words, as in English.
# So: of 13 to 19 only the last digit is made an ordinal, in both kinds of Norwegian (bokmål nb, nynorsk nn); 1/12, 1/20 and 1/23 are right, and so are Danish, Swedish, German, French and Italian. No word tells that a ten is missing.
# \varphi and \Phi are pi and a capital Pi in both, \phi in nynorsk too, so that sin φ is heard as the sine of π. Swedish takes ⊃ and ⊇ for ⊂ and ⊆, and its word for ∘ is "och", and. All are heard as whole, right formulas.
# Fractions are so in MathSpeak; ClearSpeak has no ordinals above ten and says "1 delt på 13". The letters and signs are so in both.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . speech-rule-engine@4.1.5 >/dev/null
cat > a.cjs <<'EOS'
const sre = require('speech-rule-engine')
const [mi, mn, mo] = ['mi', 'mn', 'mo'].map(tag => x => `<${tag}>${x}</${tag}>`)
const fraction = (n, m) => `<mfrac>${mn(n)}${mn(m)}</mfrac>`
const sine = x => mi('sin')+mo('\u2061')+mi(x)
const pair = (a, sign, b) => mi(a)+mo(sign)+mi(b)
const teens = [13, 14, 15, 16, 17, 18, 19]
let good = true
const speaks = async (locale, domain) => {
  await sre.setupEngine({locale, domain, modality: 'speech'})
  await sre.engineReady()
  return x => sre.toSpeech(`<math>${x}</math>`)
}
const show = (locale, domain, name, other, same, words) => {
  console.log(locale, domain.padEnd(10), name.padEnd(6), same ? 'has the words of' : 'has other words than', other.padEnd(6), '|', words)
}
const check = async (locale, domain, cases) => {
  const say = await speaks(locale, domain)
  for (const [name, one, other, its, want] of cases) {
    const words = say(one), same = words===say(its)
    show(locale, domain, name, other, same, words)
    good &&= same===want && words.length>1
  }
}
const fractions = (which, want) => which.flatMap(m => [1, 3].map(n => [n+'/'+m, fraction(n, m), n+'/'+(m-10), fraction(n, m-10), want]))
;(async () => {
  console.log('speech-rule-engine', sre.version)
  for (const locale of ['nb', 'nn']) {
    await check(locale, 'mathspeak', [...fractions(teens, true), ...fractions([12, 20, 23], false)])
    await check(locale, 'clearspeak', fractions([13], false))
  }
  for (const locale of ['en', 'da', 'sv', 'de', 'fr', 'it']) await check(locale, 'mathspeak', fractions([13, 17], false))
  for (const domain of ['mathspeak', 'clearspeak']) {
    for (const [locale, phi] of [['nb', false], ['nn', true], ['en', false], ['da', false]]) {
      const norwegian = locale[0]==='n'
      await check(locale, domain, [['sin φ', sine('φ'), 'sin π', sine('π'), norwegian], ['sin ϕ', sine('ϕ'), 'sin π', sine('π'), phi], ['Φ', mi('Φ'), 'Π', mi('Π'), norwegian]])
    }
    for (const locale of ['sv', 'en', 'da']) {
      await check(locale, domain, [['A⊃B', pair('A', '⊃', 'B'), 'A⊂B', pair('A', '⊂', 'B'), locale==='sv'], ['A⊇B', pair('A', '⊇', 'B'), 'A⊆B', pair('A', '⊆', 'B'), locale==='sv'],
        ['f∘g', pair('f', '∘', 'g'), 'f∧g', pair('f', '∧', 'g'), locale==='sv'], ['x∈A', pair('x', '∈', 'A'), 'x∉A', pair('x', '∉', 'A'), false]])
    }
  }
  process.exit(good ? 0 : 1)
})()
EOS
timeout 200 node a.cjs
