// A wide picture is cut where it has no ink and read in pieces: the same as latexocr.decoding.pieces
import { END } from './search.js'

const ROOM = ['\\,', '\\:', '\\;', '~', '\\ ', '\\!']      // spaces that stand for what a cut has taken away

/** Where the pieces begin and end; none if it is not wide enough, or has no gap in reach. @param {import('./picture.js').Grey} image as the model reads it */
export function pieceCuts({width, height, data}, {narrow, wide}, gap = 3, cut = 200) {
  const ink = new Uint8Array(width), gaps = [], cuts = [0]
  for (let y=0; y<height; y++) for (let x=0; x<width; x++) if (data[y*width+x]<cut) ink[x] = 1
  for (let x=0; x<width; x++) if (!ink[x]) {
    const a = x
    while (x<width && !ink[x]) x++
    if (x-a>=gap) gaps.push([x-a, a+x>>1])
  }
  while (width-cuts.at(-1)>wide) {
    const near = gaps.filter(([, x]) => x>=cuts.at(-1)+narrow && x<=cuts.at(-1)+wide).sort((a, b) => a[0]-b[0] || a[1]-b[1])
    if (!near.length) return []
    cuts.push(near.at(-1)[1])
  }
  return cuts.length>1 ? [...cuts, width] : []
}

/** Where the bracket at `i` is closed, or opened: -1 if nowhere */
function partner(row, i, step, {opens, closes}) {
  for (let depth = 0; i>=0 && i<row.length; i += step) {
    depth += step*(Number(opens[row[i].id]==='\\right')-Number(closes[row[i].id]==='\\right'))
    if (depth===0) return i
  }
  return -1
}

/** Takes away room, and brackets that are none, from the right or left end of a piece, and behind an operator there */
function bare(row, right, pack) {
  const at = k => right ? row.length-1-k : k, t = k => row[at(k)]?.t, [here, there] = right ? ['\\right.', '\\left.'] : ['\\left.', '\\right.']
  for (const k of [0, 1]) {
    while (row.length>k && ROOM.includes(t(k))) row.splice(at(k), 1)
    if (row.length>k && t(k)===here) {
      const i = at(k), j = partner(row, i, right ? -1 : 1, pack)
      if (j>=0 && row[j].t===there) { row.splice(Math.max(i, j), 1); row.splice(Math.min(i, j), 1) }
    }
    if (!row.length || !pack.binary[row[at(0)].id]) return
  }
}

/** One reading of several. @param {import('./search.js').Hypothesis[]} pieces from left to right @returns {import('./search.js').Hypothesis} */
export function joinPieces(pieces, pack) {
  const rows = pieces.map(h => h.ids.map((id, i) => ({id, t: pack.itos[id], lp: h.lps[i]})).filter(o => o.id!==END))
  rows.slice(1).forEach((b, i) => {
    const a = rows[i]
    bare(a, true, pack); bare(b, false, pack)
    if (a.at(-1)?.t==='\\right.' && b[0]?.t==='\\left.') { a.pop(); b.shift() }
  })
  const all = rows.flat(), sum = list => list.reduce((a, b) => a+b, 0), lost = sum(pieces.flatMap(h => h.lps))-sum(all.map(o => o.lp))
  return {ids: [...all.map(o => o.id), END], lps: [...all.map(o => o.lp), lost], finished: pieces.every(h => h.finished)}
}
