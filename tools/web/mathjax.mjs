// Formulas to SVG by MathJax, without a browser. A line of standard input is {typeface, items: [{latex, ink, pixels}, ...]}, pixels an em;
// the line that answers it is {styles, drawn: [{svg} or {error}, ...]}.
import { mathjax } from '@mathjax/src/js/mathjax.js'
import { TeX } from '@mathjax/src/js/input/tex.js'
import { SVG } from '@mathjax/src/js/output/svg.js'
import { liteAdaptor } from '@mathjax/src/js/adaptors/liteAdaptor.js'
import { RegisterHTMLHandler } from '@mathjax/src/js/handlers/html.js'
import { createInterface } from 'node:readline'

const packages = 'Base Ams Boldsymbol Braket Cancel Cases Centernot Color Enclose Extpfeil Gensymb Mathtools Mhchem Newcommand Textcomp TextMacros Units Upgreek'.split(' ')
const folder = name => name.toLowerCase()
for (const o of packages) await import(`@mathjax/src/js/input/tex/${folder(o)}/${o}Configuration.js`)
const AROUND = 600                  // thousandths of an em around the box: accents and italics may reach beyond it

mathjax.asyncLoad = name => import(name.startsWith('/') ? name : import.meta.resolve(name))
const chemistry = await import('@mathjax/mathjax-mhchem-font-extension/mjs/svg.js').then(o => o.MathJaxMhchemFontExtension, () => null)   // its arrows
const adaptor = liteAdaptor()
RegisterHTMLHandler(adaptor)
const documents = new Map()

async function open(typeface) {
  if (!documents.has(typeface)) {
    const found = Object.values(await import(`@mathjax/${typeface}-font/mjs/svg.js`)).find(o => /^MathJax\w+Font$/.test(o.name))
    const fontData = new found({dynamicPrefix: `@mathjax/${typeface}-font/mjs/svg/dynamic`})     // STIX2's own setting names the browser's files
    if (chemistry) fontData.addExtension(chemistry)
    const output = new SVG({fontData, fontCache: 'none', displayOverflow: 'overflow', linebreaks: {inline: false}})
    const input = new TeX({packages: packages.map(folder), formatError: (jax, error) => { throw error }})
    const html = mathjax.document('', {InputJax: input, OutputJax: output})
    documents.set(typeface, {html, output})
  }
  return documents.get(typeface)
}

function picture(node, {ink, pixels}) {
  const [x, y, width, height] = adaptor.getAttribute(node, 'viewBox').split(' ').map(Number)
  const box = [x - AROUND, y - AROUND, width + 2 * AROUND, height + 2 * AROUND]
  adaptor.setAttribute(node, 'viewBox', box.join(' '))
  adaptor.setAttribute(node, 'width', `${Math.ceil(box[2] * pixels / 1000)}px`)
  adaptor.setAttribute(node, 'height', `${Math.ceil(box[3] * pixels / 1000)}px`)
  const svg = adaptor.serializeXML(node)
  if (/data-mjx-error|<g data-mml-node="merror"/.test(svg)) throw new Error(adaptor.textContent(node) || 'merror')
  if (/<text[ >]/.test(svg)) throw new Error('the font has no glyph for ' + [...svg.matchAll(/<text[^>]*>([^<]*)/g)].map(o => o[1]).join(''))
  return svg.replaceAll('currentColor', ink)
}

for await (const line of createInterface({input: process.stdin})) {
  let answer
  try {
    const job = JSON.parse(line), {html, output} = await open(job.typeface), drawn = []
    for (const o of job.items) {
      try {
        const made = await html.convertPromise(o.latex, {display: true, em: 16, ex: 8, containerWidth: 1600})
        drawn.push({svg: picture(adaptor.tags(made, 'svg')[0], o)})
      } catch (e) { drawn.push({error: String(e.message || e).split('\n')[0]}) }
    }
    answer = {styles: adaptor.textContent(output.styleSheet(html)), drawn}
  } catch (e) { answer = {error: String(e.message || e).split('\n')[0]} }
  process.stdout.write(JSON.stringify(answer) + '\n')
}
