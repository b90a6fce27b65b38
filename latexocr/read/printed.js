// A photograph, a plot, a page of text; rows of a table: what a picture says by itself. The same as latexocr.use.printed and latexocr.scoring.rows
import { resize, round } from './picture.js'
import { pieces } from './surroundings.js'

export const PAGE = 13      // lines of text; fewer are a paragraph
const SHARP = 2             // times the size that the model knows; the edges of larger print are areas of grey, too
const AWAY = 60, NUMBER = 40 // rows of white between parts of a picture that are not one formula; how wide the number of a page is at most
const LINE = 16.7           // pixels from row to row: 12 pt in the model's pictures
/** @typedef {import('./picture.js').Grey} Grey */

const middle = list => { const o = [...list].sort((a, b) => a-b), n = o.length; return n ? (o[n-1>>1]+o[n>>1])/2 : NaN }
const mean = list => list.reduce((a, b) => a+ +b, 0)/list.length
const darker = ({data}, shade) => { let n = 0; for (const o of data) n += o<shade; return n/data.length }

/** Share of what is not paper that is grey and lies on no edge. @param {Grey} image */
function smoothGrey({width, height, data}) {
  let grey = 0, all = 0
  for (let y=0, i=0; y<height; y++) for (let x=0; x<width; x++, i++) {
    const o = data[i]
    if (o>=215) continue
    all++
    if (o>40 && y<height-1 && x<width-1 && Math.abs(data[i+width]-o)<24 && Math.abs(data[i+1]-o)<24) grey++
  }
  return grey/Math.max(all, 1)
}

/** Share of the ink that is the corner of a full square, `pen` pixels wide. @param {Grey} image */
function solidInk({width, height, data}, pen = 7) {
  let ink = 0, corners = 0
  const high = new Int32Array(width)                               // columns' run, down to here, of stretches that are full for `pen` pixels to the left
  for (let y=0; y<height; y++) for (let x=0, run=0, i=y*width; x<width; x++, i++) {
    if (data[i]<128) { ink++; run++ } else run = 0
    high[x] = run>=pen ? high[x]+1 : 0
    if (high[x]>=pen) corners++
  }
  return Math.min(width, height)<pen || !ink ? 0 : corners/ink
}

/** A part of a picture's columns, as rows: how much ink, the first and the last of it
 * @returns {{rows:{n:number, left:number, right:number}[], width:number}} */
function rowsOf({width, height, data}, from, to) {
  const rows = Array.from({length: height}, (_, y) => {
    const row = {n: 0, left: Infinity, right: -1}
    for (let x=from, i=y*width+from; x<to; x++, i++) if (data[i]<160) { row.n++; if (x<row.left) row.left = x; row.right = x }
    return row
  })
  return {rows, width: to-from}
}

/** Stripes of ink with white above and below, without dots and rules */
function linesOf({rows, width}) {
  const found = []
  for (let y=0; y<rows.length; y++) if (rows[y].n) {
    const line = {height: 0, ink: 0, left: Infinity, right: -1}
    for (; y<rows.length && rows[y].n; y++) {
      line.height++; line.ink += rows[y].n
      line.left = Math.min(line.left, rows[y].left); line.right = Math.max(line.right, rows[y].right)
    }
    if (line.height>=6) found.push({height: line.height, width: line.right-line.left+1, share: line.ink/(line.height*width), all: width})
  }
  return found
}
const even = lines => { const o = middle(lines.map(l => l.height)); return o>=8 && o<=20 }
const fullPage = lines => even(lines) && mean(lines.map(o => o.width>.85*o.all && o.share>.06))>=.5

/** Parts with white between them */
function columnsOf({width, height, data}, gutter = 8, least = 120) {
  const counts = new Int32Array(width), gaps = []
  for (let y=0, i=0; y<height; y++) for (let x=0; x<width; x++, i++) counts[x] += data[i]<160
  for (let x=0; x<width; x++) if (counts[x]/height<=.03) {
    const a = x
    while (x<width && counts[x]/height<=.03) x++
    if (x-a>=gutter && a>=least && width-x>=least) gaps.push([a, x])
  }
  const edges = [0, ...gaps.flat(), width], parts = []
  for (let i=0; i<edges.length; i += 2) parts.push([edges[i], edges[i+1]])
  return Math.min(...parts.map(([a, b]) => b-a))>=least ? parts : [[0, width]]
}

/** Lines of a paragraph, or of all columns of a page; 0 if they are no lines of text. @param {Grey} image at the size that the model knows */
export function textLines(image) {
  const sides = columnsOf(image).map(([a, b]) => linesOf(rowsOf(image, a, b)))
  if (sides.length>1 && Math.min(...sides.map(o => o.length))>=PAGE && sides.every(fullPage)) return sides.flat().length
  const lines = linesOf(rowsOf(image, 0, image.width))
  if (lines.length>=PAGE && fullPage(lines)) return lines.length
  if (lines.length<3 || darker(image, 128)<.09) return 0
  return even(lines) && middle(lines.map(o => o.width))>.7*image.width ? lines.length : 0
}

/** Parts of a picture that are far above each other; numbers of pages are left out. @param {Grey} image at the size that the model knows */
export function partsApart(image) {
  const parts = []
  let last = -Infinity
  rowsOf(image, 0, image.width).rows.forEach(({n, left, right}, y) => {
    if (!n) return
    if (y-last>AWAY) parts.push([left, right])
    const part = parts.at(-1)
    part[0] = Math.min(part[0], left); part[1] = Math.max(part[1], right)
    last = y
  })
  return parts.filter(([left, right]) => right-left+1>NUMBER).length
}

/** What makes this unlike one printed formula; '' if it may be one. @param {Grey} image clean and cropped to the ink
 * @param {number} scale how many times larger it is written than what the model knows */
export function whyNotPrinted(image, scale = 1) {
  const smaller = by => by===1 ? image : resize(image, ...[image.width, image.height].map(o => Math.max(1, round(o/by))), 2)
  if (smoothGrey(smaller(Math.max(scale/SHARP, 1)))>.25) return 'it has areas of grey, as photographs do'
  const small = smaller(scale)
  if (solidInk(small)>.02) return 'it has areas of ink that no pen makes'
  const n = textLines(small)
  if (n) return `it is ${n>=PAGE ? 'a page' : 'a text'} of ${n} lines`
  const parts = partsApart(small)
  if (parts>1) return `it is in ${parts} parts, far above each other`
  return darker(small, 128)>.2 ? 'there is too much ink on it' : ''
}

// --- rows

/** Rows of the tables in a formula, in the order in which they begin; a last row without anything in it is none. @param {string[]} tokens @returns {number[]} */
export function tableRows(tokens) {
  const found = [], open = []
  let depth = 0
  for (const t of tokens) {
    depth += t==='{' ? 1 : t==='}' ? -1 : 0
    const inner = open.at(-1)
    let mine = 1                                                    // of the open ones, how many don't get the token
    if (t.startsWith('\\begin{') || t==='\\substack') { const table = [[]]; found.push(table); open.push([table, t==='\\substack' ? depth : null]) }
    else if (inner && (t.startsWith('\\end{') || t==='}' && depth===inner[1])) {
      const [table] = open.pop()
      if (table.length>1 && !table.at(-1).some(o => o!=='\\hline')) table.pop()
    } else if (inner && (t==='\\\\' || t.startsWith('\\\\['))) inner[0].push([])
    else if (inner && t!=='&') mine = 0
    for (const [table] of open.slice(0, mine ? -1 : undefined)) table.at(-1).push(t)
  }
  return found.map(o => o.length)
}

/** Rows of ink that stand above each other, at the place where there are most. @param {Grey} image as the model reads it @returns {[number, number][]} */
export function rowBands({width, height, data}, line = LINE, cut = 160) {
  const ink = data.map(o => o<cut ? 1 : 0), bars = new Uint8Array(ink.length)
  const mark = (cut, which, act) => {
    const {at, n, box} = pieces(data.map(o => o<cut ? 1 : 0), width, height), chosen = Array.from({length: n}, (_, i) => which(...box(i)))
    at.forEach((n, i) => { if (n && chosen[n-1]) act(i) })
  }
  mark(cut, (t, b) => b-t>2.2*line, i => { ink[i] = 0 })
  mark(cut+40, (t, b, l, r) => b-t<=.3*line && r-l>=.35*line, i => { bars[i] = 1 })       // the stem of a 7 is thin, and its top is no bar
  const wide = Math.max(round(.6*line), 1), step = Math.max(wide>>1, 1)
  let most = []
  for (let x=0; x<Math.max(width-wide+1, 1); x += step) {
    const any = from => Array.from({length: height}, (_, y) => from.subarray(y*width+x, y*width+Math.min(x+wide, width)).includes(1))
    const here = bands(any(ink), any(bars), line)
    if (here.length>most.length) most = here
  }
  return most
}

/** How many they are. @param {Grey} image */
export const inkRows = (image, line = LINE, cut = 160) => Math.max(rowBands(image, line, cut).length, 1)

/** What may be seen while a row is read: from the cut above it to the cut below it, where there is least ink. @param {Grey} image @returns {[number, number][]} */
export function rowWindows(image, line = LINE) {
  const {width, height, data} = image, found = rowBands(image, line), ink = Array.from({length: height}, (_, y) => data.subarray(y*width, (y+1)*width).reduce((n, o) => n+(o<160), 0))
  const cuts = found.slice(1).map(([c], i) => {
    const b = found[i][1], far = y => Math.abs(y-(b+c)/2)
    let best = b
    for (let y=b+1; y<c; y++) if (ink[y]<ink[best] || ink[y]===ink[best] && far(y)<far(best)) best = y
    return best
  })
  return [0, ...cuts].map((top, i) => [top, cuts[i] ?? height])
}

/** Rows of ink in a strip: a gap of .3 lines parts them, unless a bar lies at it; what is lower than a quarter of a line is none */
function bands(ink, bars, line) {
  const found = []
  let end = -line, bar = false
  for (let y=0; y<ink.length; y++) if (ink[y]) {
    const top = y
    while (y<ink.length && ink[y]) y++
    const here = bars.slice(top, y).some(Boolean)
    if (found.length && (top-end<.3*line || bar || here)) found.at(-1)[1] = y
    else found.push([top, y])
    end = y; bar = here
  }
  return found.filter(([top, bottom]) => bottom-top>=.25*line)
}

/** Does the picture have another number of rows than the table that was read? Without a table it says nothing. @param {Grey} image @param {string[]} tokens */
export function rowsDisagree(image, tokens) {
  if (!tokens.some(o => o.startsWith('\\begin{')) || tokens.includes('\\substack')) return false
  const read = Math.max(...tableRows(tokens)), seen = inkRows(image)
  return Math.max(read, seen)>2 && Math.abs(read-seen)>tokens.filter(o => o==='\\hline').length
}
