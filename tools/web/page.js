// In the browser: formulas become cells of a page, and cells are shown a screenful at a time.
// page.html?engine=katex, page.html?engine=mathjax-stix2&output=chtml (or svg), page.html?engine=mathml-fira&output=mathml&font=file:///...
const query = new URLSearchParams(location.search), engine = query.get('engine'), output = query.get('output')
const packages = 'node_modules/@mathjax'

function load(src) {
  return new Promise((done, failed) => {
    const o = document.head.appendChild(document.createElement('script'))
    o.onload = done
    o.onerror = () => failed(new Error(`${src} can't be loaded`))
    o.src = src
  })
}

function style(href) {
  return new Promise((done, failed) => {
    const o = document.head.appendChild(document.createElement('link'))
    o.rel = 'stylesheet'
    o.onload = done
    o.onerror = () => failed(new Error(`${href} can't be loaded`))
    o.href = href
  })
}

async function loadKatex() {
  await Promise.all([style('node_modules/katex/dist/katex.min.css'), load('node_modules/katex/dist/katex.min.js')])
  await load('node_modules/katex/dist/contrib/mhchem.min.js')
  return async (latex, node) => katex.render(latex, node, {displayMode: true, throwOnError: true, strict: 'ignore', trust: false, output: 'html'})
}

async function loadMathjax() {
  const here = new URL(packages, location.href).href
  const off = {enableMenu: false, enableExplorer: false, enableSpeech: false, enableBraille: false, enableComplexity: false,
    enableEnrichment: false, enableAssistiveMml: false}
  window.MathJax = {
    loader: {load: ['[tex]/mathtools', '[tex]/mhchem'], paths: {fonts: here, mathjax: `${here}/src/bundle`, [engine]: `${here}/${engine}-font`}},
    startup: {typeset: false},
    tex: {packages: {'[-]': ['noundefined', 'noerrors'], '[+]': ['mathtools', 'mhchem']}, formatError: (jax, error) => { throw error }},
    output: {font: engine, displayOverflow: 'overflow', linebreaks: {inline: false}},
    options: {...off, menuOptions: {settings: {enrich: false, speech: false, braille: false, assistiveMml: false, collapsible: false}}},
  }
  await load(`${packages}/${engine}-font/tex-mml-${output}-${engine}.js`)
  await MathJax.startup.promise
  return async (latex, node, size) => {
    const made = await MathJax[`tex2${output}Promise`](latex, {display: true, em: size, ex: size / 2, containerWidth: 100 * size})
    if (made.querySelector('merror, mjx-merror, [data-mjx-error]')) throw new Error(made.textContent || 'merror')
    if (made.querySelector('text, mjx-utext')) throw new Error(`the font has no glyph for ${made.querySelector('text, mjx-utext').textContent}`)
    node.append(made)
    MathJax.startup.document.clear()
    MathJax.startup.document.updateDocument()
  }
}

// The browser's own MathML, written by Temml, in one OpenType font
async function loadTemml() {
  const face = new FontFace('formula', `url("${query.get('font')}")`)
  await Promise.all([style('node_modules/temml/dist/Temml-Local.css'), load('node_modules/temml/dist/temml.min.js'), face.load()])
  document.fonts.add(face)
  return async (latex, node) => temml.render(latex, node, {displayMode: true, throwOnError: true, trust: false, annotate: false})
}

let cells = []
const ready = engine === 'katex' ? loadKatex() : output === 'mathml' ? loadTemml() : loadMathjax()

async function draw(items) {
  const render = await ready
  cells.forEach(o => o.remove())
  const errors = items.map(() => null)
  cells = items.map(() => document.createElement('div'))
  for (const [i, o] of items.entries()) {
    const cell = cells[i]
    cell.className = 'cell'
    cell.style.cssText = `font-size: ${o.size}px; color: ${o.ink}; background: ${o.paper}`
    document.body.append(cell)
    try { await render(o.latex, cell, o.size) } catch (e) { errors[i] = String(e.message || e).split('\n')[0]; cell.remove() }
  }
  await document.fonts.ready
  const lost = [...document.fonts].filter(o => o.status === 'error').map(o => `${o.family} ${o.style} ${o.weight}`)
  if (lost.length) throw new Error(`fonts can't be loaded: ${lost.join(', ')}`)
  return {errors, letters: output === 'mathml' ? cells.map(written) : []}
}

// The characters of a formula as its font must have them: a lone letter of an <mi> is slanted by the browser
function written(cell) {
  const lone = [...cell.querySelectorAll('mi')].filter(o => o.getAttribute('mathvariant') !== 'normal').map(o => o.textContent)
  return cell.textContent + lone.filter(o => /^[a-zA-Z]$/.test(o))
    .map(o => o === 'h' ? '\u210e' : String.fromCodePoint(o.codePointAt(0) + (o < 'a' ? 0x1d434 - 65 : 0x1d44e - 97))).join('')
}

// The cells from `start` on whose page is at most `most` CSS pixels high: their numbers and boxes
async function show(start, most) {
  cells.forEach((o, i) => { o.style.display = i < start ? 'none' : '' })
  const bottom = o => o.getBoundingClientRect().bottom + window.scrollY
  let stop = start + 1
  while (stop < cells.length && (!cells[stop].isConnected || bottom(cells[stop]) <= most)) stop++
  cells.forEach((o, i) => { if (i >= stop) o.style.display = 'none' })
  await document.fonts.ready
  const boxes = cells.slice(start, stop).map((o, i) => [o, start + i]).filter(([o]) => o.isConnected)
    .map(([o, i]) => { const r = o.getBoundingClientRect(); return [i, r.left + window.scrollX, r.top + window.scrollY, r.right + window.scrollX, r.bottom + window.scrollY] })
  return {stop, boxes, width: Math.max(0, ...boxes.map(o => o[3])), height: Math.max(0, ...boxes.map(o => o[4]))}
}
