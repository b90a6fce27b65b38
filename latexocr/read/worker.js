// Runs beside the page, so that it never stalls: fetches the reader, takes pictures, tells what they say
import { onWhite, PictureError } from './picture.js'
import { Engine } from './engine.js'
import { Reader, shareConfidence } from './reading.js'
import * as latex from './latex.js'

const MOST = {bytes: 50e6, pixels: 50e6}
const post = (kind, o = {}) => postMessage({kind, ...o})
let reader, pack, current = 0, picture = null

const capital = s => s[0].toUpperCase()+s.slice(1)

/** Something that the page is to say as it is */
class Trouble extends Error {}

/** Bytes as they were before they were packed; some servers unpack on the way. @param {Uint8Array} data */
async function unpack(data) {
  if (data[0]!==0x1f || data[1]!==0x8b) return data
  return new Uint8Array(await new Response(new Blob([data]).stream().pipeThrough(new DecompressionStream('gzip'))).arrayBuffer())
}

/** Every file of the reader, with word of how far it is; what has been fetched before is kept by the browser, see read-offline.js */
async function fetchAll(files, version) {
  const kept = await self.caches?.open(`latexocr-read-${version}`).catch(() => null), total = files.reduce((sum, o) => sum+o.bytes, 0)
  let done = 0, failed = false
  return Object.fromEntries(await Promise.all(files.map(async o => {
    const url = new URL(o.path, import.meta.url)
    let data, keep
    const damaged = async () => { await kept?.delete(url); return new Trouble(`${capital(o.what)} arrived damaged. Reload the page to fetch it again.`) }
    try {
      const known = await kept?.match(url), answer = known ?? await fetch(url)
      if (!answer.ok) throw new Trouble(`${capital(o.what)} could not be fetched (${answer.status}).`)
      const parts = [], stream = answer.body.getReader()
      for (let next = await stream.read(); !next.done; next = await stream.read()) {
        parts.push(next.value); done += next.value.length
        if (!failed) post('loading', {done: Math.min(done, total), total, what: o.what})
      }
      const whole = new Blob(parts)
      if (!known) keep = whole
      const sent = new Uint8Array(await whole.arrayBuffer()), packed = sent[0]===0x1f && sent[1]===0x8b
      if (packed && sent.length!==o.bytes) throw await damaged()            // cut off: not worth unpacking
      data = await unpack(sent).catch(() => { throw new Trouble('') })
    } catch (e) {
      failed = true                                       // the others' progress must not hide what is said now
      if (e instanceof Trouble) throw e.message ? e : await damaged()
      throw new Trouble(`${capital(o.what)} could not be fetched: is there a connection? Reload the page to try again.`)
    }
    const sum = crypto.subtle && [...new Uint8Array(await crypto.subtle.digest('SHA-256', data))].map(o => o.toString(16).padStart(2, '0')).join('')
    if (sum && sum!==o.sha256) throw await damaged()
    if (keep) await kept?.put(url, new Response(keep)).catch(() => {})        // no room: fetched again next time
    return [o.name, data]
  })))
}

async function open() {
  if (typeof WebAssembly==='undefined') throw new Trouble('This browser has no WebAssembly, or it is switched off. Any recent Firefox, Chrome, Edge or Safari will do.')
  if (typeof DecompressionStream==='undefined' || typeof OffscreenCanvas==='undefined') throw new Trouble('This browser is too old. Any recent Firefox, Chrome, Edge or Safari will do.')
  const began = performance.now(), answer = await fetch(new URL('pack/pack.json', import.meta.url)).catch(() => null)
  if (!answer?.ok) throw new Trouble('The reader could not be fetched: is there a connection? Reload the page to try again.')
  pack = await answer.json()
  const card = await hasCard(), wanted = card && new URLSearchParams(self.location.search).get('engine')==='webgpu' ? 'webgpu' : 'wasm'
  const got = await fetchEngine(wanted), fetched = performance.now()
  let engine = wanted
  try { reader = new Reader(await openEngine(wanted, got), latex) }
  catch (e) {
    if (wanted==='wasm') throw e
    engine = 'wasm'; reader = new Reader(await openEngine(engine, await fetchEngine(engine)), latex)
  }
  post('ready', {threads: threads(), fetched: fetched-began, opened: performance.now()-fetched, version: pack.version, engine, card: card && engine==='wasm'})
}

/** Is there a graphics card that ONNX Runtime could use here? */
async function hasCard() {
  if (!pack.card || typeof WebAssembly.Suspending==='undefined') return false
  return !!await navigator.gpu?.requestAdapter().catch(() => null)
}

/** Threads wait by spinning: half of the cores are left to others */
function threads() {
  const asked = +new URLSearchParams(self.location.search).get('threads'), cores = navigator.hardwareConcurrency || 1
  return self.crossOriginIsolated ? Math.min(8, Math.max(1, asked || Math.min(4, cores>>1))) : 1
}

/** The graphs, and a runtime: WebAssembly alone, or one for the graphics card. @param {'wasm'|'webgpu'} kind */
const fetchEngine = kind => fetchAll(pack.files.map(o => o.name==='wasm' && kind==='webgpu' ? pack.card : o), pack.version)

/** @param {'wasm'|'webgpu'} kind @param {Record<string, Uint8Array>} got */
async function openEngine(kind, got) {
  const ort = await import(kind==='wasm' ? './ort/ort.wasm.min.mjs' : './ort/ort.jspi.min.mjs')
  ort.env.wasm.numThreads = threads()
  ort.env.wasm.wasmPaths = new URL('./ort/', import.meta.url).href
  ort.env.wasm.wasmBinary = got.wasm.buffer
  return Engine.open(ort, pack, got, {executionProviders: [kind], graphOptimizationLevel: 'all'})
}

/** Which engine is quicker here? Both read the same picture, twice to get going and then three times */
async function compare() {
  const image = picture ?? await decode(await (await fetch(new URL('./example.png', import.meta.url))).blob()), took = {}
  const other = new Reader(await openEngine('webgpu', await fetchEngine('webgpu')), latex)
  for (const [kind, o] of [['wasm', reader], ['webgpu', other]]) {
    const times = []
    for (let i=0; i<5; i++) { const began = performance.now(); await o.read(image); times.push(performance.now()-began) }
    took[kind] = Math.min(...times.slice(2))
  }
  const engine = took.webgpu<took.wasm ? 'webgpu' : 'wasm'
  if (engine==='webgpu') reader = other
  post('card', {...took, engine})
}

/** Width and height that a file says it has, or null. @param {DataView} d */
function promised(d) {
  const n = d.byteLength
  if (n>24 && d.getUint32(0)===0x89504e47) return [d.getUint32(16), d.getUint32(20)]                             // PNG
  if (n>10 && d.getUint32(0)===0x47494638) return [d.getUint16(6, true), d.getUint16(8, true)]                   // GIF
  if (n>26 && d.getUint16(0)===0x424d) return [Math.abs(d.getInt32(18, true)), Math.abs(d.getInt32(22, true))]   // BMP
  if (n>4 && d.getUint16(0)===0xffd8) for (let i=2; i+9<n && d.getUint8(i)===0xff; i += 2+d.getUint16(i+2)) {    // JPEG
    const mark = d.getUint8(i+1)
    if (mark>=0xc0 && mark<=0xcf && ![0xc4, 0xc8, 0xcc].includes(mark)) return [d.getUint16(i+7), d.getUint16(i+5)]
  }
  return null
}

/** Grey on white; the page is given the picture to show. @param {Blob} file @param {number} [id] of what is to be read */
async function decode(file, id) {
  if (!file.size) throw new PictureError('is empty')
  if (file.size>MOST.bytes) throw new PictureError(`is too large: ${Math.round(file.size/1e6)} MB, and 50 are the most`)
  const check = (w, h) => { if (w*h>MOST.pixels) throw new PictureError(`is too large: ${w}×${h} pixels`) }
  const head = new Uint8Array(await file.slice(0, 65536).arrayBuffer()), size = promised(new DataView(head.buffer))
  if (String.fromCharCode(...head.slice(0, 5))==='%PDF-') throw new PictureError('is a PDF that cannot be read here: take a screenshot of the formula and paste that')
  if (size) check(...size)
  let bitmap
  try { bitmap = await createImageBitmap(file, {premultiplyAlpha: 'none', colorSpaceConversion: 'none'}) }
  catch { throw new PictureError('is not a picture that this browser can read') }
  const {width, height} = bitmap
  check(width, height)
  const context = new OffscreenCanvas(width, height).getContext('2d', {willReadFrequently: true})
  context.drawImage(bitmap, 0, 0)
  bitmap.close()
  const image = onWhite(context.getImageData(0, 0, width, height))
  if (id!==undefined) { const shown = context.canvas.transferToImageBitmap(); postMessage({kind: 'picture', id, bitmap: shown}, [shown]) }
  return image
}

function cut({width, data}, [left, top, right, bottom]) {
  const out = new Uint8Array((right-left)*(bottom-top))
  for (let y=top; y<bottom; y++) out.set(data.subarray(y*width+left, y*width+right), (y-top)*(right-left))
  return {width: right-left, height: bottom-top, data: out}
}

async function read({id, file, region, brief}) {
  const stop = () => current!==id, began = performance.now()
  if (file) {
    picture = null
    picture = await decode(file, id)
  }
  if (stop()) return
  const found = await reader.read(region ? cut(picture, region) : picture, {stop, tell: o => { if (!stop()) post('stage', {id, ...o}) }})
  if (stop()) return
  const {task, ...told} = found
  const corner = region ?? [0, 0], box = found.box.map((o, i) => o+corner[i%2])
  post('reading', {id, ...told, box, looks: task.seen.looks, size: [task.image.width, task.image.height], took: performance.now()-began})
  if (brief) return
  const watched = await reader.watch(found, stop)
  if (stop()) return
  post('watched', {id, ...watched, size: [task.image.width, task.image.height], stride: reader.pack.strides})
  const more = await reader.others(found, 5, stop)
  if (stop()) return
  const rest = more.alternatives.filter(([latex]) => latex!==found.latex), [, ...shares] = shareConfidence([found.confidence, ...rest.map(o => o[1])])
  post('others', {id, alternatives: more.alternatives, rest: rest.map(([latex], i) => [latex, shares[i]]), ids: more.ids, tree: more.tree.map(step => step.map(o => ({...o, token: reader.pack.itos[o.token]})))})
}

/** What to say when something has gone wrong. @param {any} e @param {string} name */
function sentence(e, name) {
  const of = name || 'This'
  if (e instanceof Trouble) return e.message
  if (e instanceof PictureError) return e.message.startsWith('there is') ? `T${e.message.slice(1)}.` : `${of} ${e.message}.`
  if (e instanceof RangeError || typeof e==='number' || /memory|alloc/i.test(String(e?.message ?? e)))      // a bare number is what C++ throws
    return name ? `There is too little memory to read ${name}. Close other tabs, or cut out the formula.` : 'There is too little memory for the reader. Close other tabs, and reload the page.'
  return `That should not happen: ${e?.message ?? e}`
}

const opened = open().then(() => true, e => { post('broken', {message: sentence(e, '')}); return false })
let queue = opened
onmessage = ({data}) => {
  if (data.kind==='card') {
    queue = queue.then(() => compare().catch(e => post('card', {message: `The graphics card cannot be used: ${e?.message ?? e}`})))
    return
  }
  current = data.id
  queue = queue.then(async () => {
    if (!reader || current!==data.id) return
    try { await read(data) } catch (e) { if (current===data.id) post('trouble', {id: data.id, message: sentence(e, data.name)}) }
  })
}
