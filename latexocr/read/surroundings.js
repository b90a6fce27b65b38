// A frame, a caret, a marker's stroke, a shadow: taken away where that helps; the same as latexocr.use.surroundings
import { resize, round, BOX, BICUBIC } from './picture.js'

const ALIKE = 6        // shades of one ground differ by no more

/** Connected pieces, numbered from 1 in the order in which the rows meet them. @param {Uint8Array} mask 0 or not
 * @param {boolean} corners do pixels touch at their corners? @returns {{at:Int32Array, n:number, area:Int32Array, box:(i:number) => Int32Array}} box: top, bottom, left, right */
export function pieces(mask, width, height, corners = true) {
  const at = new Int32Array(width*height), parent = [0]
  const root = i => { while (parent[i]!==i) i = parent[i] = parent[parent[i]]; return i }
  const join = (a, b) => { const p = root(a), q = root(b); if (p<q) parent[q] = p; else parent[p] = q }
  for (let y=0, i=0; y<height; y++) for (let x=0; x<width; x++, i++) if (mask[i]) {
    const left = x ? at[i-1] : 0, up = y ? at[i-width] : 0
    if (up) { at[i] = up; if (!corners && left && left!==up) join(left, up) }          // with corners, all others touch this one
    else if (!corners || !y) at[i] = left
    else {
      const before = x ? at[i-width-1] : 0, after = x<width-1 ? at[i-width+1] : 0, one = left || before
      at[i] = one || after
      if (one && after && one!==after) join(one, after)
    }
    if (!at[i]) { at[i] = parent.length; parent.push(parent.length) }
  }
  const number = new Int32Array(parent.length)
  let n = 0
  for (let o=1; o<parent.length; o++) if (root(o)===o) number[o] = ++n
  const edges = new Int32Array(4*n), area = new Int32Array(n)               // a photograph has a million pieces
  for (let i=0; i<n; i++) { edges[4*i] = height; edges[4*i+2] = width }
  for (let y=0, i=0; y<height; y++) for (let x=0; x<width; x++, i++) if (at[i]) {
    const o = at[i] = number[root(at[i])], e = 4*(o-1)
    area[o-1]++
    if (y<edges[e]) edges[e] = y
    edges[e+1] = y+1
    if (x<edges[e+2]) edges[e+2] = x
    if (x>=edges[e+3]) edges[e+3] = x+1
  }
  return {at, n, area, box: i => edges.subarray(4*i, 4*i+4)}
}

/** As numpy's, between the two nearest. @param {ArrayLike<number>} sorted @param {number} q percent */
function percentile(sorted, q) {
  const place = (sorted.length-1)*q/100, i = Math.floor(place), t = place-i, a = sorted[i], b = sorted[Math.min(i+1, sorted.length-1)]
  return t>=.5 ? b-(b-a)*(1-t) : a+(b-a)*t
}
const median = list => percentile([...list].sort((a, b) => a-b), 50)
const sum = list => list.reduce((a, b) => a+b, 0)

// --- the ground

/** The commonest shade near one */
function peak(counts, at) {
  const low = Math.max(at-ALIKE, 0)
  let best = low
  for (let i=low; i<=Math.min(at+ALIKE, 255); i++) if (counts[i]>counts[best]) best = i
  return best
}

/** Rectangles of one shade that is not the paper's. @param {import('./picture.js').Grey} image
 * @returns {{paper:number, plates:{box:number[], shade:number}[]}} none where the shades run into each other */
export function findPlates({width, height, data}, least = .03) {
  const counts = new Array(256).fill(0), n = width*height, rim = []
  for (const o of data) counts[o]++
  const near = counts.map((_, i) => sum(counts.slice(Math.max(i-ALIKE, 0), i+ALIKE+1)))
  for (const y of [0, height-1]) for (let x=0; x<width; x++) rim.push(data[y*width+x])
  for (const x of [0, width-1]) for (let y=0; y<height; y++) rim.push(data[y*width+x])
  const first = list => list.indexOf(Math.max(...list)), grounds = near.flatMap((o, i) => o>.1*n ? [i] : [])
  const paper = peak(counts, grounds.length ? grounds[first(grounds.map(o => rim.filter(r => Math.abs(r-o)<=ALIKE).length))] : first(near))
  const found = []
  let flat = near[paper]
  near.fill(0, Math.max(paper-3*ALIKE, 0), paper+3*ALIKE+1)
  while (Math.max(...near)>least*n) {
    const at = first(near)
    near.fill(0, Math.max(at-2*ALIKE, 0), at+2*ALIKE+1)
    for (const {box, size} of rectangles(data.map(o => Math.abs(o-at)<=ALIKE ? 1 : 0), width, height, least*n))
      if (standsOut(data, width, height, box, at)) { found.push({box, shade: peak(counts, at)}); flat += size }
  }
  return {paper, plates: flat>.6*n ? found : []}
}

/** Is what lies around it of another shade? Bands of a slow change are no plates */
function standsOut(data, width, height, [t, b, l, r], shade) {
  let n = 0, other = 0
  const look = (y, x) => { n++; if (Math.abs(data[y*width+x]-shade)>2*ALIKE) other++ }
  for (const y of [t-2, b+1]) if (y>=0 && y<height) for (let x=l; x<r; x++) look(y, x)
  for (const x of [l-2, r+1]) if (x>=0 && x<width) for (let y=t; y<b; y++) look(y, x)
  return n>0 && other/n>.5
}

/** Boxes of the pieces that have straight sides, and their sizes */
function rectangles(mask, width, height, least) {
  const {at, n, box, area} = pieces(mask, width, height, false), found = []
  for (let i=0; i<n; i++) {
    if (area[i]<=least) continue
    const [top, bottom, left, right] = box(i)
    const w = right-left, h = bottom-top, is = (y, x) => at[(top+y)*width+left+x]===i+1
    const rows = new Array(h).fill(0), columns = new Array(w).fill(0)
    for (let y=0; y<h; y++) for (let x=0; x<w; x++) if (is(y, x)) { rows[y]++; columns[x]++ }
    const t = rows.findIndex(o => o/w>.1), b = rows.findLastIndex(o => o/w>.1)+1             // a letter's grey may stick out
    const l = columns.findIndex(o => o/h>.1), r = columns.findLastIndex(o => o/h>.1)+1
    if (t<0 || l<0) continue                                       // a slanting stroke
    let size = 0, side = 0
    for (let y=t; y<b; y++) for (let x=l; x<r; x++) if (is(y, x)) size++
    for (const y of [t, b-1]) for (let x=l; x<r; x++) side += is(y, x)
    for (const x of [l, r-1]) for (let y=t; y<b; y++) side += is(y, x)
    if (Math.min(b-t, r-l)>4 && size/((b-t)*(r-l))>.5 && side/(2*(b-t+r-l))>.8) found.push({box: [top+t, top+b, left+l, left+r], size})
  }
  return found
}

/** What counts as black */
function full(ink) {
  const dark = Float64Array.from(ink.filter(o => o>24)).sort()
  return dark.length ? Math.max(percentile(dark, 99), 1) : 255
}

/** The same writing on white paper. @param {import('./picture.js').Grey} image @returns {import('./picture.js').Grey} */
export function liftPlates({width, height, data}, paper, plates) {
  const out = Float64Array.from(data, o => Math.abs(o-paper)/255), rest = new Uint8Array(data.length).fill(1)
  for (const {box: [t, b, l, r], shade} of plates) {
    const ink = new Float64Array((b-t)*(r-l))
    for (let y=t, i=0; y<b; y++) for (let x=l; x<r; x++, i++) ink[i] = Math.abs(data[y*width+x]-shade)
    const black = full(ink)
    for (let y=t, i=0; y<b; y++) for (let x=l; x<r; x++, i++) { out[y*width+x] = ink[i]/black; rest[y*width+x] = 0 }
  }
  const black = 255/full(out.filter((_, i) => rest[i]).map(o => 255*o))
  for (let i=0; i<out.length; i++) if (rest[i]) out[i] *= black
  for (const {box: [t, b, l, r], shade} of plates) {
    for (let y=Math.max(t-1, 0); y<Math.min(b+1, height); y++) for (let x=Math.max(l-1, 0); x<Math.min(r+1, width); x++) {
      if (y>t && y<b-1 && x>l && x<r-1) continue
      const i = y*width+x
      if (data[i]>Math.min(paper, shade)-ALIKE && data[i]<Math.max(paper, shade)+ALIKE) out[i] = 0
    }
  }
  return {width, height, data: Uint8Array.from(out, o => round(255*(1-Math.min(Math.max(o, 0), 1))))}
}

/** Pillow's median filter: the edges go on beyond the picture. @param {import('./picture.js').Grey} image @param {number} size odd */
function medianFilter({width, height, data}, size) {
  const half = size>>1, rank = size*size>>1, out = new Uint8Array(width*height), inside = (o, n) => Math.min(Math.max(o, 0), n-1)
  for (let y=0; y<height; y++) {
    const counts = new Int32Array(256), rows = Array.from({length: size}, (_, i) => inside(y-half+i, height)*width)
    let middle = 0, below = 0                                    // how many are darker than the middle
    const change = (x, by) => { for (const row of rows) { const o = data[row+inside(x, width)]; counts[o] += by; if (o<middle) below += by } }
    for (let x=-half; x<half; x++) change(x, 1)
    for (let x=0; x<width; x++) {
      change(x+half, 1)
      while (below>rank) below -= counts[--middle]
      while (below+counts[middle]<=rank) below += counts[middle++]
      out[y*width+x] = middle
      change(x-half, -1)
    }
  }
  return {width, height, data: out}
}

/** Divides by the light that falls on the paper; the same object if the ground is even
 * @param {import('./picture.js').Grey} image @param {number} side pixels; the shorter side of a larger picture is brought down to it for the median */
export function liftLight(image, side = 100, least = 24) {
  const by = Math.max(Math.min(image.width, image.height)/side, 1)
  const small = by===1 ? image : resize(image, ...[image.width, image.height].map(o => Math.max(1, round(o/by))), null, BOX)
  const ground = medianFilter(small, Math.max(Math.floor(Math.min(small.width, small.height)/3), 15)|1)
  const sorted = Uint8Array.from(ground.data).sort()
  if (percentile(sorted, 95)-percentile(sorted, 5)<least) return image
  const under = (by===1 ? ground : resize(ground, image.width, image.height, null, BICUBIC)).data, {width, height, data} = image
  let lighter = 0, darker = 0
  for (let i=0; i<data.length; i++) { if (data[i]-under[i]>least) lighter++; if (under[i]-data[i]>least) darker++ }
  const turn = lighter>darker                                    // light on dark
  return {width, height, data: data.map((o, i) => {
    const [p, g] = turn ? [255-o, 255-under[i]] : [o, under[i]]
    return round(255*Math.min(p/Math.max(g, 1), 1))
  })}
}

/** The same writing on paper of one shade; the same object if there is nothing to do. @param {import('./picture.js').Grey} image */
export function evenGround(image) {
  const {paper, plates} = findPlates(image)
  return plates.length ? liftPlates(image, paper, plates) : liftLight(image)
}

// --- what stands around

/** Pieces of ink, and which of them have been taken away */
class Pieces {
  constructor({at, n, area, box}, width, height) {
    Object.assign(this, {at, n, area, width, height})
    this.box = Array.from({length: n}, (_, i) => [...box(i)]); this.gone = new Array(this.n).fill(false)
    this.high = this.box.map(([t, b]) => b-t); this.wide = this.box.map(([, , l, r]) => r-l)
  }

  /** One of them, cut to its box: is there ink at a row and a column? @param {number} i */
  piece(i) {
    const [t, , l] = this.box[i]
    return (y, x) => this.at[(t+y)*this.width+l+x]===i+1
  }

  /** Numbers of those that are still there, but for one. @param {number} [but] */
  rest(but) { return this.gone.flatMap((o, i) => o || i===but ? [] : [i]) }

  /** How high most are, dots left out. @param {number[]} keep */
  letter(keep) {
    const high = keep.map(i => this.high[i]).filter(o => o>=2)
    return Math.max(high.length ? median(high) : 1, 3)
  }

  /** @param {number[]} keep */
  bounds(keep) { return [Math.min, Math.max, Math.min, Math.max].map((f, k) => keep.reduce((best, i) => f(best, this.box[i][k]), this.box[keep[0]][k])) }
}

/** Does all of it lie along two sides of its box or more, from end to end? @param {number} pen how thick it may be */
function isFrame(o, i, pen) {
  const is = o.piece(i), h = o.high[i], w = o.wide[i], rest = Array.from({length: h}, (_, y) => Array.from({length: w}, (_, x) => is(y, x)))
  const all = o.area[i], [low, right] = [Math.max(h-pen, 0), Math.max(w-pen, 0)], top = Math.min(pen, h), left = Math.min(pen, w)
  let sides = 0
  for (const [y0, y1, x0, x1, down] of [[0, top, 0, w, true], [low, h, 0, w, true], [0, h, 0, left, false], [0, h, right, w, false]]) {
    const met = new Set()
    for (let y=y0; y<y1; y++) for (let x=x0; x<x1; x++) if (is(y, x)) met.add(down ? x : y)
    if (met.size/(down ? w : h)<=.85) continue
    for (let y=y0; y<y1; y++) rest[y].fill(false, x0, x1)
    sides++
  }
  return sides>=2 && sum(rest.map(row => row.filter(Boolean).length))<=.02*all
}

/** Is this a frame, a line or a caret, and no part of the formula? */
function isAround(o, i) {
  const keep = o.rest(i)
  if (!keep.length) return false
  const [T, B, L, R] = o.box[i], [t, b, l, r] = o.bounds(keep), u = .7*o.letter(keep), h = o.high[i], w = o.wide[i]
  if (T<=t && B>=b && L<=l && R>=r) return isFrame(o, i, Math.max(2, round(.8*u)))
  if (h>=Math.max(.75*(b-t), 1.2*u, 6*w) && w<=Math.max(1.5*u, 3) && fullestColumn(o, i)>=.8*h && Math.max(l-R, L-r)>=.6*u) return isUpright(o, i, u)
  if (w>=Math.max(.75*(r-l), 8*h) && h<=Math.max(.6*u, 3)) return Math.max(t-B, T-b)>=.5*u
  const cut = l>1 && r<o.width-1 && (T===0 || B===o.height)
  return cut && Math.max(t-B, T-b)>=.4*u
}

function fullestColumn(o, i) {
  const is = o.piece(i)
  let most = 0
  for (let x=0; x<o.wide[i]; x++) { let n = 0; for (let y=0; y<o.high[i]; y++) n += is(y, x); most = Math.max(most, n) }
  return most
}

/** A caret, and not one of two bars; or the side of a cell */
function isUpright(o, i, u) {
  const [T, B, L, R] = o.box[i], keep = o.rest(i)
  const twin = new Set(keep.filter(j => Math.max(Math.abs(o.box[j][0]-T), Math.abs(o.box[j][1]-B))<=2 && o.wide[j]<=o.wide[i]+2))
  if (!twin.size) return true
  const others = keep.filter(j => !twin.has(j))
  if (!others.length) return false
  const [t, b, l, r] = o.bounds(others)
  return (L<=1 || R>=o.width-1) && T<=1 && B>=o.height-1 && Math.min(t-T, B-b, Math.max(l-R, L-r))>=u
}

/** The pieces of a dotted line, or of a dashed frame. @param {Pieces} o @returns {Set<number>} */
function findDashes(o) {
  const there = o.rest(), none = new Set()
  if (!there.length) return none
  const sides = o.bounds(there), [t, b] = sides, most = Math.max(.15*Math.max(b-t, 40), 4), small = there.filter(i => Math.max(o.high[i], o.wide[i])<=most)
  const along = sides.map((at, k) => small.filter(i => Math.abs(o.box[i][k]-at)<=3)), full = along.map((s, k) => s.length>=[8, 8, 3, 3][k])
  for (const found of full.every(Boolean) ? [new Set(along.flat())] : along.slice(0, 2).filter((_, k) => full[k]).map(s => new Set(s))) {
    const keep = there.filter(i => !found.has(i))
    if (!keep.length) continue
    const [T, B, L, R] = o.bounds(keep), least = .28*o.letter(keep), lefts = [...found].map(i => o.box[i][2])
    const away = [...found].every(i => { const [top, bottom, left, right] = o.box[i]; return Math.max(T-bottom, top-B, L-right, left-R)>=least })
    if (away && Math.max(...lefts)-Math.min(...lefts)>.6*(R-L)) return found
  }
  return none
}

/** A picture without the frames, lines and carets around its formula, or null if nothing was found. @param {import('./picture.js').Grey} image dark on white
 * @param {number} most pieces; a picture of more is no formula */
export function withoutSurroundings({width, height, data}, most = 2000) {
  const found = pieces(data.map(p => p<176 ? 1 : 0), width, height)
  if (!(found.n>=2 && found.n<most)) return null
  const o = new Pieces(found, width, height)
  const size = o.high.map((h, i) => h*o.wide[i]), order = [...size.keys()].sort((a, b) => size[b]-size[a] || a-b)
  for (let more = true; more;) {
    more = false
    for (const i of order) if (!o.gone[i] && isAround(o, i)) o.gone[i] = more = true
  }
  for (const i of findDashes(o)) o.gone[i] = true
  if (!o.gone.some(Boolean)) return null
  const out = Uint8Array.from(data)                              // and the grey of its edges
  for (let y=0, i=0; y<height; y++) for (let x=0; x<width; x++, i++) if (o.at[i] && o.gone[o.at[i]-1])
    for (let v=Math.max(y-2, 0); v<=Math.min(y+2, height-1); v++) out.fill(255, v*width+Math.max(x-2, 0), v*width+Math.min(x+3, width))
  return {width, height, data: out}
}

/** Is there a line along one side of all ink? @param {import('./picture.js').Grey} image dark on white
 * @param {number} level share of the lower or upper side that is covered, at the least @param {number} upright share of the left or right side */
export function hasEdgeLines({width, height, data}, level = .6, upright = .8) {
  let [t, b, l, r] = [height, 0, width, 0]
  const ink = (y, x) => data[y*width+x]<176
  for (let y=0; y<height; y++) for (let x=0; x<width; x++) if (ink(y, x)) { if (y<t) t = y; b = y+1; if (x<l) l = x; if (x>=r) r = x+1 }
  if (b<=t) return false
  const share = (y0, y1, x0, x1, down) => {
    let n = 0
    for (let i=down ? x0 : y0; i<(down ? x1 : y1); i++) {
      let met = false
      for (let j=down ? y0 : x0; j<(down ? y1 : x1); j++) met ||= down ? ink(j, i) : ink(i, j)
      n += met
    }
    return n/(down ? x1-x0 : y1-y0)
  }
  return Math.max(share(t, Math.min(t+2, b), l, r, true), share(Math.max(b-2, t), b, l, r, true))>=level
    || Math.max(share(t, b, l, Math.min(l+2, r), false), share(t, b, Math.max(r-2, l), r, false))>=upright
}
