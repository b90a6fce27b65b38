// What the visitor sees. Pictures go to the worker, its answers are set as text, canvases and MathML: never as markup

const $ = id => document.getElementById(id)
const make = (tag, props = {}, ...children) => { const o = Object.assign(document.createElement(tag), props); o.append(...children); return o }
const percent = p => p>.995 && p<1 ? '> 99 %' : p<.005 ? '< 1 %' : `${Math.round(100*p)} %`
const megabytes = n => (n/1e6).toFixed(1)

let id = 0, worker = null, ready = false, waiting = null, bitmap = null, region = null, last = null, name = '', steps = null, paper = null
// for measuring, and for tests: when what happened, in milliseconds since the page was opened; if `brief` is set, only the reading itself is wanted
const times = globalThis.latexocr = {log: []}
const note = (what, more = {}) => times.log.push({what, at: performance.now(), ...more})

/** What the visitor chose last time; some browsers keep nothing */
function remembered(what) { try { return localStorage.getItem(`latexocr-${what}`) } catch { return null } }
function remember(what, value) { try { localStorage.setItem(`latexocr-${what}`, value) } catch {} }

function say(text, kind = '') { $('status').textContent = text; $('status').className = `status ${kind}` }

/** Draws LaTeX into an element; false and the reason where it can't be drawn */
function draw(latex, at, display = true) {
  const o = make('span')
  try { temml.render(latex, o, {displayMode: display, throwOnError: true, trust: false, maxSize: [20, 20], maxExpand: 1000}) }
  catch (e) { return String(e?.message ?? e) }
  at.replaceChildren(o)
  return ''
}

// --- the reader

function open() {
  if (typeof Worker==='undefined' || typeof WebAssembly==='undefined') return broken('This browser has no WebAssembly, or it is switched off. Any recent Firefox, Chrome, Edge or Safari will do.')
  const url = new URL('./worker.js', import.meta.url)
  const how = new URLSearchParams(location.search)                           // ?threads=4&engine=webgpu
  if (!how.has('engine') && remembered('engine')==='webgpu') how.set('engine', 'webgpu')
  url.search = how
  try { worker = new Worker(url, {type: 'module'}) }
  catch { return broken('This browser does not let the page start its reader. Any recent Firefox, Chrome, Edge or Safari will do.') }
  worker.onmessage = ({data}) => heard[data.kind](data)
  worker.onerror = e => { e.preventDefault(); broken('The reader could not be started. Reload the page to try again.') }
}

function broken(message) {
  say(message, 'bad'); $('progress').hidden = true; waiting = null
  for (const o of document.querySelectorAll('#intake button, #intake input')) o.disabled = true
}

const heard = {
  loading({done, total, what}) {
    $('progress').value = done/total
    if (!waiting && !last) say(done<total ? `Fetching ${what}: ${megabytes(done)} of ${megabytes(total)} MB. Next time it is here already.` : 'Starting the reader…')
  },
  ready({threads, fetched, opened, version, engine, card}) {
    ready = true; note('ready', {threads, fetched, opened, engine})
    $('progress').hidden = true; say('Ready.')
    $('about').textContent = `Read on this computer, by ${engine==='webgpu' ? 'its graphics card' : threads===1 ? 'one thread' : `${threads} threads`}. Weights ${version}.`
    $('card').hidden = !card
    getPrinters()
    document.documentElement.dataset.ready = threads
    if (waiting) { const o = waiting; waiting = null; send(o) }
    keep()
  },
  broken({message}) { broken(message) },
  picture(o) {                                                               // decoded; what was read comes later
    if (o.id!==id) return o.bitmap.close()
    bitmap?.close(); bitmap = o.bitmap
    show(false)
  },
  trouble(o) { if (o.id===id) { note('trouble'); say(o.message, 'bad'); show(false) } },
  card(o) {
    if (!o.message) remember('engine', o.engine)
    $('card').disabled = false
    $('card-says').textContent = o.message ?? `${(o.webgpu/1000).toFixed(2)} s on the graphics card, ${(o.wasm/1000).toFixed(2)} s without: ${o.engine==='webgpu' ? 'it reads from now on.' : 'it stays as it is.'}`
    note('card', o)
  },
  stage(o) {
    if (o.id!==id) return
    if (o.stage==='looking') say('Looking…')
    if (o.stage==='writing') say(o.latex, 'writing')
    if (o.stage==='doubting') say('Not sure yet: looking again…')
  },
  reading(o) {
    if (o.id!==id) return
    last = o; note('reading', {took: o.took})
    say(remark(o), remark(o)==='Done.' ? '' : 'bad')
    write(o.latex)
    $('meter').value = o.confidence; $('sure').textContent = `${percent(o.confidence)} sure`
    for (const k of ['others', 'steps', 'beams']) $(k).hidden = true
    show(true)
    times.last = o
  },
  watched(o) {
    if (o.id!==id) return
    note('watched')
    steps = o; $('slider').max = o.steps.length-1; $('slider').value = 0
    $('tokens').replaceChildren(...o.steps.flatMap((s, i) => [make('span', {textContent: s.token==='_END' ? '■' : s.token, className: s.chosen<.8 ? 'doubt' : '', onclick: () => { $('slider').value = i; step() }}), ' ']))
    $('steps').hidden = false
    step()
  },
  others(o) {
    if (o.id!==id) return
    note('others')
    times.others = o
    const rest = o.rest.slice(0, 4)
    $('list').replaceChildren(...rest.map(([latex, p]) => {
      const small = make('span', {className: 'small'})
      draw(latex, small, false)
      return make('li', {}, make('button', {className: 'other', type: 'button', title: 'Take this one', onclick: () => { write(latex); $('latex').focus() }},
        make('span', {className: 'percent', textContent: percent(p)}), small, make('code', {textContent: latex})))
    }))
    $('others').hidden = !rest.length
    tree(o.tree)
    $('beams').hidden = false
    note('done')
  },
}

function remark(o) {
  if (o.unlike) return `This does not look like one printed formula: ${o.unlike}. A sharp, upright picture of one typeset formula is read best; drag over the part that matters.`
  if (o.flaw?.startsWith('unfinished') && o.confidence>1e-6) return 'This went on and on and was cut off. Is it one formula, and is the picture upright?'
  if (o.confidence<.05 && !o.remark) return 'I can make little of this. Is it a photograph, or more than one formula? A sharp, upright picture of one typeset formula is read best; drag over the part that matters.'
  if (o.flaw) return 'This is not quite LaTeX: please check it.'
  return o.remark ? `${o.remark[0].toUpperCase()}${o.remark.slice(1)}.` : 'Done.'
}

function send(o) {
  say('Looking…')
  worker.postMessage({id, name, brief: times.brief, ...o})
}

/** Something new to read. @param {Blob|null} file */
async function take(file, called = '') {
  if (!file) return say('There is no picture in what you gave: it holds only text. Copy the picture itself, or take a screenshot.', 'bad')
  id++; region = null; last = null; steps = null; name = called || file.name || 'This'; times.log = []; note('taken')
  paper?.destroy(); paper = null; bitmap?.close(); bitmap = null
  $('frame').hidden = $('result').hidden = $('whole').hidden = $('pages').hidden = true
  if (file.size>50e6) return say(`${name} is too large: ${Math.round(file.size/1e6)} MB, and 50 are the most.`, 'bad')
  if (!worker) return
  say('Looking…')
  const mine = id, isPDF = (await file.slice(0, 1024).text().catch(() => '')).trimStart().startsWith('%PDF-')
  if (mine!==id) return
  if (isPDF) return takePDF(file, mine)
  if (ready) send({file}); else { waiting = {file}; say('The picture is read as soon as the reader is here…') }
}

/** A PDF is drawn page by page, by a library that is fetched when the first one comes */
async function takePDF(file, mine) {
  say('Opening the PDF…')
  try {
    const found = await (await import('./pdf.js')).open(await file.arrayBuffer())
    if (mine!==id) return found.destroy()
    paper = found
  } catch (e) { if (mine===id) { note('trouble'); say(`${name} ${e.message}`, 'bad') } return }
  $('page').max = $('page-count').textContent = paper.pages
  $('pages').hidden = paper.pages===1
  turnTo(1)
}

async function turnTo(number) {
  id++; region = null; last = null; times.log = []; note('taken')
  const mine = id
  $('page').value = number
  $('page-back').disabled = number<=1; $('page-forth').disabled = number>=paper.pages
  $('frame').hidden = $('whole').hidden = true
  say(`Drawing page ${number}…`)
  try {
    const file = await paper.draw(number)
    if (mine!==id) return
    if (ready) send({file}); else { waiting = {file}; say('The page is read as soon as the reader is here…') }
  } catch (e) { if (mine===id) { note('trouble'); say(`${name} ${e.message}`, 'bad') } }
}
for (const [k, by] of [['page-back', -1], ['page-forth', 1]]) $(k).addEventListener('click', () => turnTo(+$('page').value+by))
$('page').addEventListener('change', () => turnTo(Math.min(Math.max(Math.round(+$('page').value) || 1, 1), paper.pages)))

// --- the picture

function fit(canvas, w, h) { canvas.width = w; canvas.height = h; canvas.style.width = `${Math.max(Math.min(w, 1400), Math.min(2.5*w, 340))}px` }

/** The picture, with what was read or without */
function show(read) {
  $('result').hidden = !bitmap
  $('shown').hidden = $('answer').hidden = !read
  if (!bitmap) return
  const o = $('picture')
  fit(o, bitmap.width, bitmap.height)
  o.getContext('2d').drawImage(bitmap, 0, 0)
}

/** The place of a pointer, in pixels of the picture */
function place(e) {
  const o = $('picture').getBoundingClientRect(), at = (p, from, size, n) => Math.round(Math.min(Math.max((p-from)/size, 0), 1)*n)
  return [at(e.clientX, o.left, o.width, bitmap.width), at(e.clientY, o.top, o.height, bitmap.height)]
}

let from = null
function dragged(e) {
  const [a, b] = [from, place(e)]
  return [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[0], b[0]), Math.max(a[1], b[1])]
}
function frame(box) {
  const o = $('picture').getBoundingClientRect(), s = $('stage').getBoundingClientRect(), k = o.width/bitmap.width
  Object.assign($('frame').style, {left: `${o.left-s.left+box[0]*k}px`, top: `${o.top-s.top+box[1]*k}px`, width: `${(box[2]-box[0])*k}px`, height: `${(box[3]-box[1])*k}px`})
  $('frame').hidden = false
}
$('picture').addEventListener('pointerdown', e => { if (bitmap && e.button===0) { e.preventDefault(); e.target.focus(); from = place(e); $('picture').setPointerCapture(e.pointerId) } })
$('picture').addEventListener('pointermove', e => { if (from) frame(dragged(e)) })
$('picture').addEventListener('pointercancel', () => { from = null; $('frame').hidden = !region })
$('picture').addEventListener('pointerup', e => {
  if (!from) return
  const box = dragged(e)
  from = null
  if (box[2]-box[0]<8 || box[3]-box[1]<8) { if (region) frame(region); else $('frame').hidden = true; return }
  again(box)
})
function again(box) {
  region = box; id++; times.log = []; note('taken')
  $('whole').hidden = !box
  if (box) frame(box); else $('frame').hidden = true
  send({region: box})
}
$('whole').addEventListener('click', () => again(null))

// the same by keyboard
let marked = null
const moves = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]}
$('picture').addEventListener('keydown', e => {
  if (!bitmap) return
  const {width: w, height: h} = bitmap, move = moves[e.key]
  if (move) {
    e.preventDefault()
    if (!marked) marked = region ? [...region] : [w/4, h/4, 3*w/4, 3*h/4].map(Math.round)
    else {
      const [dx, dy] = [move[0]*Math.max(1, Math.round(w/40)), move[1]*Math.max(1, Math.round(h/40))], [l, t, r, b] = marked
      marked = e.shiftKey ? [l, t, Math.min(Math.max(r+dx, l+8), w), Math.min(Math.max(b+dy, t+8), h)]
        : [Math.max(-l, Math.min(dx, w-r)), Math.max(-t, Math.min(dy, h-b))].flatMap((d, i, both) => i ? [] : [l+both[0], t+both[1], r+both[0], b+both[1]])
    }
    frame(marked)
  } else if (e.key==='Enter' && marked) { e.preventDefault(); again(marked); marked = null }
  else if (e.key==='Escape') { marked = null; if (region) frame(region); else $('frame').hidden = true }
})

// --- LaTeX

function write(latex) {
  $('latex').value = latex
  $('latex').rows = Math.min(8, Math.max(2, Math.ceil(latex.length/70)))
  redraw(); preview()
}
function redraw() {
  const why = draw($('latex').value, $('drawn'))
  $('drawn').classList.toggle('stale', !!why)
  $('refused').textContent = why ? `Your browser cannot draw this: ${why.split('\n')[0]}` : ''
}
$('latex').addEventListener('input', redraw)

/** The printers of MathML, Typst, text and speech, fetched beside everything else */
let printers = null
function getPrinters() { printers ??= import('./printers.js').then(o => { printers = o; preview() }, () => { printers = null }) }

const WRAPS = {latex: o => o, $: o => `$${o}$`, $$: o => `$$${o}$$`, '\\[': o => `\\[${o}\\]`, equation: o => `\\begin{equation}\n${o}\n\\end{equation}`, markdown: o => `\n$$\n${o}\n$$\n`}
const refusal = e => e.construct ? e.message : 'this is not LaTeX'

/** The LaTeX as it is copied. @returns {{text?:string, why?:string}} */
function copyAs(as) {
  const latex = $('latex').value
  if (as in WRAPS) return {text: WRAPS[as](latex)}
  if (!printers?.[as]) return {why: 'The printers are not here yet.'}
  try { return {text: String(printers[as].__call__(latex))} } catch (e) { return {why: `It cannot be copied so: ${refusal(e)}.`} }
}

function preview() {
  const as = $('as').value, {text, why} = copyAs(as)
  $('preview').hidden = as==='latex'
  $('preview').textContent = why ?? text.trim()
  $('preview').classList.toggle('bad', !!why)
  $('copy').disabled = !!why
}
if ([...$('as').options].some(o => o.value===remembered('copy'))) $('as').value = remembered('copy')
$('as').addEventListener('change', () => { remember('copy', $('as').value); preview() })
$('latex').addEventListener('input', preview)

/** Puts text on the clipboard, and beside LaTeX and MathML the formula itself: Word takes the one, an editor the other */
async function put(text, html) {
  const kinds = {'text/plain': text, ...(html ? {'text/html': html} : {})}
  try {
    await navigator.clipboard.write([new ClipboardItem(Object.fromEntries(Object.entries(kinds).map(([k, o]) => [k, new Blob([o], {type: k})])))])
    return true
  } catch {                                                                // an older browser, or a page without https
    let done = false
    const give = e => { e.preventDefault(); for (const [k, o] of Object.entries(kinds)) e.clipboardData.setData(k, o); done = true }
    document.addEventListener('copy', give, {once: true})
    document.execCommand('copy')
    document.removeEventListener('copy', give)
    return done
  }
}
$('copy').addEventListener('click', async () => {
  const as = $('as').value, {text, why} = copyAs(as)
  if (why) return
  const formula = as in WRAPS || as==='mathml' ? copyAs('mathml').text : null
  if (await put(text, formula)) $('copied').textContent = 'Copied.'
  else { $('latex').select(); $('copied').textContent = 'Copying is not allowed here: press Ctrl+C.' }
  setTimeout(() => { $('copied').textContent = '' }, 2500)
})

// --- how it was read

function step() {
  if (!steps) return
  const i = +$('slider').value, {token, chosen, choices, weights} = steps.steps[i], canvas = $('heat'), {rows, columns, size: [w, h], stride: [down, across]} = steps
  const [left, top, right, bottom] = last.box, kx = (right-left)/w, ky = (bottom-top)/h
  fit(canvas, bitmap.width, bitmap.height)
  const context = canvas.getContext('2d'), grid = new ImageData(columns, rows), most = Math.max(...weights)
  context.drawImage(bitmap, 0, 0)
  for (let j=0; j<weights.length; j++) grid.data.set([235, 98, 0, 235*Math.sqrt(weights[j]/most)], 4*j)
  const small = new OffscreenCanvas(columns, rows)
  small.getContext('2d').putImageData(grid, 0, 0)
  context.globalCompositeOperation = 'source-over'; context.globalAlpha = .75; context.imageSmoothingEnabled = true; context.imageSmoothingQuality = 'high'
  context.drawImage(small, left, top, columns*across*kx, rows*down*ky)
  context.globalAlpha = 1
  const word = o => o==='_END' ? 'the end' : o
  $('said').textContent = `${i+1} of ${steps.steps.length}: ${word(token)} (${percent(chosen)})`
  canvas.setAttribute('aria-label', `Where the model looked for ${word(token)}`)
  $('choices').replaceChildren(...choices.map(([t, p]) => make('tr', {className: t===token ? 'taken' : ''}, make('td', {textContent: word(t)}),
    make('td', {}, make('progress', {max: 1, value: p})), make('td', {textContent: percent(p)}))));
  [...$('tokens').children].forEach((o, j) => { o.classList.toggle('now', j===i) })
  $('back').disabled = i===0; $('forth').disabled = i===steps.steps.length-1
}
$('slider').addEventListener('input', step)
$('back').addEventListener('click', () => { $('slider').stepDown(); step() })
$('forth').addEventListener('click', () => { $('slider').stepUp(); step() })

function tree(columns) {
  const svg = (tag, attributes, text) => {
    const o = document.createElementNS('http://www.w3.org/2000/svg', tag)
    for (const [k, v] of Object.entries(attributes)) o.setAttribute(k, v)
    if (text!==undefined) o.textContent = text
    return o
  }
  const W = 84, H = 30, slots = Math.max(...columns.map(o => o.length)), on = columns.map(() => new Set()), all = svg('svg', {width: W*columns.length+16, height: H*slots+16})
  for (let t=columns.length-1, slot=0; t>=0; t--) { on[t].add(slot); slot = columns[t][slot].parent }
  const lines = [], boxes = []
  columns.forEach((step, t) => step.forEach((o, i) => {
    if (o.token==='_PAD') return
    const x = 8+W*t, y = 8+H*i, best = on[t].has(i) ? 'best' : ''
    if (t) lines.push(svg('line', {x1: x-W+70, y1: 8+H*o.parent+11, x2: x, y2: y+11, class: best}))
    const word = o.token==='_END' ? '■' : o.token
    const group = svg('g', {'fill-opacity': Math.max(.35, Math.exp(o.lp)).toFixed(2)})
    group.append(svg('title', {}, `${word}: ${percent(Math.exp(o.lp))}, the beginning so far ${percent(Math.exp(o.score))}`), svg('rect', {x, y, width: 70, height: 22, rx: 4, class: best}),
      svg('text', {x: x+35, y: y+15, 'text-anchor': 'middle'}, word.length>9 ? `${word.slice(0, 8)}…` : word))
    boxes.push(group)
  }))
  all.append(...lines, ...boxes)
  $('tree').replaceChildren(all)
}

/** From now on the page works without a connection. All that it needs has been fetched once, so this costs no more than a look */
function keep() {
  if (!('serviceWorker' in navigator) || !isSecureContext) return
  const at = o => new URL(o, import.meta.url)
  navigator.serviceWorker.register(at('../read-offline.js'), {scope: at('../read').pathname}).catch(() => {})
}

// --- ways to give a picture

const picture = files => [...files].find(o => o.type.startsWith('image/') || o.type==='application/pdf') ?? files[0] ?? null
document.addEventListener('paste', e => {
  const files = e.clipboardData?.files ?? []
  if (!files.length && ['TEXTAREA', 'INPUT'].includes(document.activeElement?.tagName)) return
  e.preventDefault()
  take(picture(files))
})
for (const kind of ['dragover', 'dragleave', 'drop']) document.addEventListener(kind, e => {
  e.preventDefault()
  document.body.classList.toggle('over', kind==='dragover')
  if (kind==='drop') take(picture(e.dataTransfer?.files ?? []))
})
for (const k of ['file', 'camera']) $(k).addEventListener('change', e => { if (e.target.files.length) take(e.target.files[0]); e.target.value = '' })
$('example').addEventListener('click', async () => {
  const answer = await fetch(new URL('./example.png', import.meta.url)).catch(() => null)
  if (answer?.ok) take(await answer.blob(), 'The example'); else say('The example could not be fetched.', 'bad')
})
if (navigator.clipboard?.read) {
  $('clipboard').hidden = false
  $('clipboard').addEventListener('click', async () => {
    try {
      for (const o of await navigator.clipboard.read()) {
        const kind = o.types.find(t => t.startsWith('image/'))
        if (kind) return take(await o.getType(kind), 'The picture')
      }
      take(null)
    } catch { say('This browser does not let the page look at the clipboard: press Ctrl+V, or choose a file.', 'bad') }
  })
}

$('card').addEventListener('click', () => {
  $('card').disabled = true; $('card-says').textContent = 'Trying: this fetches 4 MB once…'
  worker.postMessage({kind: 'card'})
})

open()
