#!/bin/sh
# docx-preview, which shows Word files in a web page, shows nothing for x₁², x̂, a boxed result or a brace with a label; {x | x > 0} is {xx > 0}, a binomial the fraction n/k, and ℝ an R
# Guessed: what a viewer that turns Word's equations into MathML can't do it shows as plain text, as browsers do with unknown elements, or as a gap with a warning; or it does the whole of a list of two dozen constructions.
# So: it has a name for index with exponent, accents, boxes and labels above, but nothing that draws them, and drops them with the letters inside, in the middle of a formula too: x₁² + x̂ = 1 is "+= 1". m:sepChr, noBar, and the
# alphabets (m:scr) aren't read. Every letter and number is an <ms>, MathML's string, and numbers are not <mn>. A bar above is CSS's text-decoration. With debug: true it reports the alphabet as unknown, and nothing else.
# jsdom knows no style for MathML's elements, which docx-preview writes to; the script gives them one, as browsers do.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
echo '{"private": true, "type": "module"}' > package.json
npm install --no-audit --no-fund --no-package-lock --ignore-scripts --loglevel=error docx-preview@0.4.1 jsdom@29.1.1 jszip@3.10.1 >/dev/null
cat > a.mjs <<'EOS'
import { readFileSync } from 'node:fs'
import { JSDOM } from 'jsdom'
import JSZip from 'jszip'
const { window } = new JSDOM('')
const styles = new WeakMap()
Object.defineProperty(window.Element.prototype, 'style', { get() { if (!styles.has(this)) styles.set(this, {}); return styles.get(this) } })
Object.assign(globalThis, { window, document: window.document, DOMParser: window.DOMParser, XMLSerializer: window.XMLSerializer, Node: window.Node })
const { renderAsync } = await import('docx-preview')
console.log('docx-preview', JSON.parse(readFileSync('node_modules/docx-preview/package.json')).version)
const said = []
for (const level of ['warn', 'error', 'debug']) console[level] = (...a) => said.push(a.join(' '))

const r = (t, pr = '') => `<m:r><m:rPr>${pr}</m:rPr><m:t>${t}</m:t></m:r>`
const tag = (name, ...inner) => `<m:${name}>${inner.join('')}</m:${name}>`
const d = (open, sep, close, ...parts) => tag('d', `<m:dPr><m:begChr m:val="${open}"/><m:sepChr m:val="${sep}"/><m:endChr m:val="${close}"/></m:dPr>`, ...parts.map(p => tag('e', p)))
const f = (kind, a, b) => tag('f', `<m:fPr><m:type m:val="${kind}"/></m:fPr>`, tag('num', a), tag('den', b))
const x = tag('e', r('x')), both = tag('sSubSup', x, tag('sub', r('1')), tag('sup', r('2')))
const hat = tag('acc', '<m:accPr><m:chr m:val="\u0302"/></m:accPr>', x)
const tests = [   // a name, Word's formula, its text as shown, and how many fractions are shown
  ['x squared', tag('sSup', x, tag('sup', r('2'))), 'x2', 0],
  ['x with index 1, squared', both, '', 0],
  ['x with a hat', hat, '', 0],
  ['both in a sum', both + r('+') + hat + r('=1'), '+=1', 0],
  ['x in a box', tag('borderBox', x), '', 0],
  ['a above =', tag('limUpp', tag('e', r('=')), tag('lim', r('a'))), '', 0],
  ['{x | x > 0}', d('{', '|', '}', r('x'), r('x&gt;0')), '{xx>0}', 0],
  ['a/b', f('bar', r('a'), r('b')), 'ab', 1],
  ['n over k, a binomial', d('(', '', ')', f('noBar', r('n'), r('k'))), '(nk)', 1],
  ['double-struck R', r('R', '<m:scr m:val="double-struck"/>'), 'R', 0]]
const zip = new JSZip(), office = 'http://schemas.openxmlformats.org'
zip.file('[Content_Types].xml', `<Types xmlns="${office}/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
  <Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`)
zip.file('_rels/.rels', `<Relationships xmlns="${office}/package/2006/relationships"><Relationship Id="r1" Type="${office}/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`)
zip.file('word/document.xml', `<w:document xmlns:w="${office}/wordprocessingml/2006/main" xmlns:m="${office}/officeDocument/2006/math"><w:body>
  ${tests.map(t => `<w:p><m:oMath>${t[1]}</m:oMath></w:p>`).join('')}</w:body></w:document>`)
const page = document.createElement('div')
await renderAsync(await zip.generateAsync({ type: 'uint8array' }), page, page, { debug: true, ignoreFonts: true })
const shown = [...page.querySelectorAll('math')]
let good = shown.length===tests.length && said.length===1 && said[0].includes('rPr.scr')
tests.forEach(([name, , text, fractions], i) => {
  console.log(name.padEnd(24), JSON.stringify(shown[i].textContent), shown[i].innerHTML.replace(/ xmlns="[^"]*"/g, ''))
  good &&= shown[i].textContent===text && shown[i].querySelectorAll('mfrac').length===fractions
})
console.log('warnings:', said.join('; '))
process.exit(good ? 0 : 1)
EOS
timeout 100 node a.mjs
