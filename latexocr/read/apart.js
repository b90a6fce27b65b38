// Rows that stand apart are more than one formula: the same as latexocr.decoding.apart, and remark_rows of latexocr.use.doubt
import { END } from './search.js'
/** @typedef {import('./picture.js').Grey} Grey */

export const LEFT_OUT = 'a part of the picture, above or below, is not in this reading: cut out one formula'

/** Rows of ink with more white between them than one formula has: where each begins and ends. @param {Grey} image as the model reads it
 * @param {{apart:number, close:number, low:number, high:number, wide:number}} limits of the pack @returns {[number, number][]} */
export function rowsApart({width, height, data}, {apart, close, low, high, wide}, cut = 200) {
  const bands = [], rows = []
  for (let y=0, open=false; y<height; y++) {
    let left = width, right = -1
    for (let x=0, i=y*width; x<width; x++, i++) if (data[i]<cut) { if (x<left) left = x; right = x }
    if (right>=0 && !open) bands.push({top: y, bottom: y+1, left, right})
    else if (right>=0) { const o = bands.at(-1); o.bottom = y+1; o.left = Math.min(o.left, left); o.right = Math.max(o.right, right) }
    open = right>=0
  }
  const tall = o => o.bottom-o.top, broad = o => o.right-o.left+1
  const parted = (a, b) => {
    const gap = b.top-a.bottom, least = Math.min(tall(a), tall(b))
    return gap>=apart+(least<low ? 2 : 0) || gap>=close && least>=high && Math.min(broad(a), broad(b))>=wide
  }
  bands.forEach((o, i) => { if (i && !parted(bands[i-1], o)) rows.at(-1).push(o); else rows.push([o]) })
  return rows.filter(row => row.some(o => Math.min(tall(o), broad(o))>=low)).map(row => [row[0].top, row.at(-1).bottom])
}

/** Are there more rows apart than a reading has rows? @param {Grey} image @param {string[]} tokens canonical */
export const leavesOut = (image, tokens, limits) => rowsApart(image, limits).length>1+tokens.filter(t => t==='\\\\' || t==='\\atop' || t.startsWith('\\\\[')).length

/** One reading of several that stand below each other; null if a row has rows itself, is empty or has no end.
 * @param {import('./search.js').Hypothesis[]} rows @returns {import('./search.js').Hypothesis|null} */
export function joinRows(rows, {itos}) {
  const [begin, line, end] = ['\\begin{gathered}', '\\\\', '\\end{gathered}'].map(o => itos.indexOf(o)), ids = [begin], lps = [0]
  if (Math.min(begin, line, end)<0) return null
  for (const h of rows) {
    const own = h.ids.map((id, i) => [id, h.lps[i]]).filter(([id]) => id!==END), sum = list => list.reduce((a, b) => a+b, 0)
    if (!own.length || !h.finished || own.some(([id]) => itos[id].startsWith('\\begin{'))) return null
    ids.push(...own.map(o => o[0]), line)
    lps.push(...own.map(o => o[1]), sum(h.lps)-sum(own.map(o => o[1])))
  }
  return {ids: [...ids.slice(0, -1), end, END], lps: [...lps, 0], finished: true}
}

const SYSTEMS = ['gathered', 'aligned', 'array', 'matrix', 'split']

/** Rows that are not aligned, each of them a formula by itself, and nothing else: how many? 0 if it seems to be one formula.
 * @param {string[]} tokens canonical @param {(t:string) => string|null} kind of a token */
export function seemSeveral(tokens, kind) {
  const name = SYSTEMS.find(o => tokens[0]===`\\begin{${o}}` && tokens.at(-1)===`\\end{${o}}`)
  if (!name) return 0
  const cells = [[[]]]
  let depth = 0
  for (const t of tokens.slice(name==='array' ? tokens.indexOf('}')+1 : 1, -1)) {
    const k = kind(t)
    if (k==='end' || t==='}') depth--
    if (!depth && t==='&') cells.at(-1).push([])
    else if (!depth && (t==='\\\\' || t.startsWith('\\\\['))) cells.push([[]])
    else cells.at(-1).at(-1).push(t)
    if (k==='begin' || t==='{') depth++
  }
  const rows = cells.map(row => row.filter(o => o.length)).filter(o => o.length)
  const goesOn = row => [',', ';'].includes(row.findLast(t => kind(t)!=='space'))
  const whole = rows.length>1 && rows.every(o => o.length===1 && saysSomething(o[0].map(kind))) && !rows.slice(0, -1).some(o => goesOn(o[0]))
  return whole ? rows.length : 0
}

/** A relation with something on both sides, and no operator at the ends */
function saysSomething(all) {
  const kinds = []
  let depth = 0
  for (const k of all) {
    if (['}', 'right', 'end'].includes(k)) depth--
    if (!depth && k!=='space') kinds.push(k)
    if (['{', 'left', 'begin'].includes(k)) depth++
  }
  return kinds.slice(1, -1).includes('rel') && ![kinds[0], kinds.at(-1)].some(k => k==='rel' || k==='bin')
}
