// How wide the white between two letters is says which space stands there, where the reader wavers: the same as latexocr.decoding.gaps and
// latexocr.decoding.measured_spaces
import { END, PAD, START, UNK, logSoftmax, tokensOf } from './search.js'

/** A place between two atoms of a line, see `Gap` of latexocr.decoding.gaps.
 * @typedef {{left:[string, number][], right:[string, number][], glue:[number, number], spaces:string[], at:number}} Gap */
/** A gap, what ends and begins there, and how wide its white is, in pixels. @typedef {[Gap, string, string, number]} Measured */
/** Pixels that the letters of a typeface leave free.
 * @typedef {{left:Record<string, number>, right:Record<string, number>, spaces:Record<string, number>}} Sides */
/** Numbers and tables of the pack: `tables` by typeface, `widths` of spaces, `runs` of them.
 * @typedef {{tables:Record<string, Sides>, widths:Record<string, number>, runs:string[][], faint:number, enough:number,
 * again:number, odd:number, blur:number, sure:number, rounds:number}} About */
/** A token that went in, and what came of it: log-probabilities, where the reader looked (in pixels), its state.
 * @typedef {{token:number, lps:Float32Array, place:[number, number], state:any}} Step */

const sum = o => o.reduce((a, b) => a+b, 0)
const same = (a, b) => a.length===b.length && a.every((o, i) => o===b[i])
/** Where the largest is, the first of several. @param {ArrayLike<number>} o */
const peak = o => { let at = 0; for (let i=1; i<o.length; i++) if (o[i]>o[at]) at = i; return at }
/** @param {number[]} o */
const median = o => { const s = Float64Array.from(o).sort(), n = s.length; return (s[n-1>>1]+s[n>>1])/2 }

// --- what is seen on the way: `retrace` and `token_places`

/** Centre of what is near the largest of some numbers. @param {Float64Array} p @param {number} size pixels of each */
function centre(p, size) {
  const most = peak(p)
  let all = 0, moment = 0
  for (let i=Math.max(0, most-2); i<=Math.min(p.length-1, most+2); i++) { all += p[i]; moment += p[i]*i }
  return (moment/all+.5)*size
}

/** What a step of one reading at one look tells.
 * @param {{token:number, logits:Float32Array, weights:any, state:any}} found `token` went in; weights: (1, layers, heads, regions)
 * @param {{rows:number, columns:number}} seen @param {[number, number]} strides @returns {Step} */
export function noted({token, logits, weights, state}, {rows, columns}, [down, across]) {
  const lps = logits.slice(), x = new Float64Array(columns), y = new Float64Array(rows), n = rows*columns
  for (const i of [PAD, START, UNK]) lps[i] = -Infinity
  for (let at=0; at<weights.data.length; at += n)
    for (let r=0, i=at; r<rows; r++) for (let c=0; c<columns; c++, i++) { x[c] += weights.data[i]; y[r] += weights.data[i] }
  return {token, lps: logSoftmax(lps), place: [centre(x, across), centre(y, down)], state}
}

/** Goes the way of a reading again, from where it leaves the one that has been noted. @param {import('./engine.js').Engine} engine
 * @param {import('./search.js').Seen} seen one look; `trail`: the steps that were noted @param {number[]} ids @param {() => boolean} [stop]
 * @returns {Promise<Step[]|null>} null if it was stopped */
export async function retrace(engine, seen, ids, stop) {
  const before = [START, ...ids.slice(0, -1)], known = seen.trail ?? [], n = before.findIndex((o, i) => known[i]?.token!==o)
  const steps = known.slice(0, n<0 ? before.length : n)
  let state = steps.at(-1)?.state ?? await engine.start(seen.mem, seen.mask)
  for (const token of before.slice(steps.length)) {
    if (stop?.()) return null
    const found = await engine.step([token], state, true)
    state = found.state
    steps.push(noted({token, ...found}, seen, engine.pack.strides))
  }
  seen.trail = steps
  return steps
}

// --- how wide the gaps are: `white_gaps` and `measure_gaps`

/** Darkness, 0 to 1, in single precision as Python has it. @param {import('./picture.js').Grey} image */
const inked = ({width, height, data}) => ({width, height, data: Float32Array.from(data, o => 1-Math.fround(o/255))})

/** The darkest of each column, or of each row between two columns. @param {{width:number, height:number, data:Float32Array}} ink */
function darkest({width, height, data}, rows, from = 0, to = width) {
  const out = new Float32Array(rows ? height : width)
  for (let y=0; y<height; y++) for (let x=Math.max(from, 0); x<Math.min(to, width); x++) {
    const i = rows ? y : x, o = data[y*width+x]
    if (o>out[i]) out[i] = o
  }
  return out
}

/** How far behind the border of a white run the ink is half as dark as near there. @param {Float32Array} p leads into the ink @param {number} before */
function edge(p, before) {
  const half = Math.max(...p.slice(0, 3))/2, i = p.findIndex(o => o>=half), last = i ? p[i-1] : before
  return i+.5-(p[i]-half)/Math.max(p[i]-last, 1e-6)
}

/** Where the paper shows from top to bottom, between ink at both sides: the first white column, the first behind them, where ink ends and begins again
 * @returns {[number, number, number, number][]} */
export function whiteGaps(ink, faint) {
  const p = darkest(ink, false), found = []
  for (let b=p.findIndex(o => o>=faint), a=0; b>=0 && b<p.length; ) {
    for (a=b; a<p.length && p[a]>=faint; ) a++
    for (b=a; b<p.length && p[b]<faint; ) b++
    if (b<p.length) found.push([a, b, a-edge(p.slice(0, a).reverse(), p[a]), b+edge(p.slice(b), p[b-1])])
  }
  return found
}

/** Whose edge the ink in columns `from` to `to` is; fences come in several heights. @param {[string, number][]} ends @param {[number, number][]} places */
function nameOf(ends, ink, from, to, places) {
  const dark = darkest(ink, true, from, to)
  let [name] = ends[0]
  if (ends.length>1) {
    const y = sum(dark.map((o, i) => o*i))/Math.max(sum(dark), 1e-6), off = ends.map(([, k]) => -Math.abs(places[k][1]-y))
    name = ends[peak(off)][0]
  }
  if (!/^\\(left|right|big|Big)/.test(name)) return name
  const first = dark.findIndex(o => o>.3)
  return `${name} ${first<0 ? 0 : Math.floor((dark.findLastIndex(o => o>.3)-first+1)/6)}`
}

/** How wide the white of each gap is. @param {import('./picture.js').Grey} image @param {Gap[]} gaps @param {[number, number][]} places of each token
 * @param {number} faint @returns {Measured[]} those that are found */
export function measureGaps(image, gaps, places, faint) {
  const ink = inked(image), whites = whiteGaps(ink, faint), out = []
  for (const gap of gaps) {
    const l = Math.max(...gap.left.map(o => places[o[1]][0])), r = Math.min(...gap.right.map(o => places[o[1]][0]))
    const near = whites.filter(([a, b]) => (a+b)/2>Math.min(l, r)-1.5 && (a+b)/2<Math.max(l, r)+1.5)
    if (!near.length) continue
    const [a, b, ends, begins] = near[peak(near.map(([a, b]) => b-a))]
    out.push([gap, nameOf(gap.left, ink, a-4, a, places), nameOf(gap.right, ink, b, b+4, places), begins-ends])
  }
  return out
}

// --- what the reader says: `said_of`

/** How likely the reader finds each run of spaces in each gap.
 * @param {Measured[]} measured @param {string[][]} runs @param {Step[]} steps @param {string[]} tokens
 * @param {Map<string, number>} number of a token @param {About} about @returns {number[][]} (gaps, runs) */
export function saidOf(measured, runs, steps, tokens, number, {again}) {
  const said = (k, t) => steps[k].lps[number.get(t)]
  return measured.map(([{at, spaces}]) => {
    const after = at+spaces.length, behind = spaces.length ? said(after, tokens[after]) : 0
    const row = runs.map(run => !run.length ? said(at, tokens[after]) : same(run, spaces) ? sum(run.map((t, k) => said(at+k, t)))+behind
                                : said(at, run[0])+Math.log(again)*(run.length-1)+behind)
    const most = Math.max(...row), p = row.map(o => Math.exp(o-most)), all = sum(p)
    return p.map(o => o/all)
  })
}

// --- what the ruler says: `Sides` and `too_wide`

const all = name => name.includes(' ') ? `${name.split(' ')[0]} *` : name
/** What a side leaves free under the first name that is known; NaN if none is. @param {Record<string, number>} known @param {string} name */
const free = (known, name) => known[name] ?? known[all(name)] ?? NaN

/** How much wider each gap is than it should be in each typeface with each run of spaces.
 * @param {Measured[]} measured @param {string[][]} runs @param {Sides[]} tables @param {About} about
 * @returns {number[][][]} (tables, gaps, runs) pixels; NaN where a table can't say */
export function tooWide(measured, runs, tables, {enough, widths}) {
  return tables.map(({left, right, spaces}) => {
    const rest = measured.map(([, l, r, px]) => px-free(left, l)-free(right, r))
    const bare = measured.flatMap(([gap], i) => gap.spaces.length || Number.isNaN(rest[i]) ? [] : [rest[i]-gap.glue[0]])
    const level = bare.length<enough ? NaN : median(bare), wide = runs.map(run => sum(run.map(o => spaces[o] ?? widths[o])))
    return measured.map(([gap], i) => runs.map((run, j) => rest[i]-level-gap.glue[+run.includes('~')]-wide[j]))
  })
}

// --- what both say together: `space_shares`

/** What the reader and the ruler say together. @param {number[][]} said (gaps, runs) @param {number[][][]} wide (tables, gaps, runs) @param {About} about
 * @returns {(number[]|null)[]} how likely each run is in each gap; null where few tables can say */
export function spaceShares(said, wide, {odd, blur}) {
  const both = wide.map(table => table.map((row, g) => row.map((o, r) => said[g][r]*((1-odd)*Math.exp(-((o/blur)**2)/2)/blur+odd))))
  const whole = both.map(table => table.map(sum)), known = o => !Number.isNaN(o)
  const likely = whole.map(o => o.some(known) ? sum(o.filter(known).map(Math.log)) : -Infinity), most = Math.max(...likely)
  if (most===-Infinity) return said.map(() => null)
  const odds = likely.map(o => Math.exp(o-most)), weights = odds.map(o => o/sum(odds))
  return said.map((row, g) => {
    const able = [...weights.keys()].filter(k => known(whole[k][g])), have = sum(able.map(k => weights[k]))
    return have>.5 ? row.map((_, r) => sum(able.map(k => weights[k]*both[k][g][r]/whole[k][g]))/have) : null
  })
}

// --- a reading with them: `mend_gaps` and `mend_all_gaps`

/** A reading with the spaces that the picture shows. @param {import('./search.js').Hypothesis} h @param {Step[]} steps of each of its tokens
 * @param {import('./picture.js').Grey} image @param {{itos:string[], gaps:About}} pack @param {(tokens:string[]) => Gap[]} lineGaps
 * @returns {import('./search.js').Hypothesis} */
export function mendGaps(h, steps, image, {itos, gaps: about}, lineGaps) {
  const tokens = tokensOf(h.ids, itos), places = steps.map(o => o.place), number = new Map(itos.map((t, i) => [t, i]))
  const measured = measureGaps(image, lineGaps(tokens), places, about.faint).filter(([o]) => o.at+o.spaces.length<tokens.length)
  if (!measured.length) return h
  const every = [...about.runs, ...measured.map(([o]) => o.spaces)].filter(run => run.every(t => number.has(t)))
  const runs = every.filter((run, i) => every.findIndex(o => same(o, run))===i)
  const shares = spaceShares(saidOf(measured, runs, steps, tokens, number, about), tooWide(measured, runs, Object.values(about.tables), about), about)
  const ids = [...h.ids], lps = [...h.lps]
  for (let k=measured.length-1; k>=0; k--) {
    const share = shares[k], [{at, spaces}] = measured[k]
    if (!share) continue
    const best = peak(share), run = runs[best], behind = spaces.length ? lps[at+spaces.length] : 0
    const firsts = new Set([...runs.filter(o => o.length).map(o => o[0]), tokens[at+spaces.length]])
    const mass = Math.min(sum([...firsts].map(t => Math.exp(steps[at].lps[number.get(t)]))), 1), p = Math.log(Math.max(share[best]*mass, 1e-9))
    ids.splice(at, spaces.length, ...run.map(t => number.get(t)))
    lps.splice(at, spaces.length+1, p, ...(run.length ? [...run.slice(1).map(() => 0), behind] : []))
  }
  return {...h, ids, lps}
}

/** Hypotheses of a picture, best first: the best one mended, where the reader wavered; what it was is an alternative where there is room for one.
 * @param {import('./engine.js').Engine} engine @param {import('./search.js').Hypothesis[]} hyps
 * @param {import('./search.js').Seen} seen the picture as it is, one look @param {import('./picture.js').Grey} image
 * @param {(tokens:string[]) => Gap[]} lineGaps @param {{stop?:() => boolean}} how @returns {Promise<import('./search.js').Hypothesis[]>} */
export async function mendAllGaps(engine, hyps, seen, image, lineGaps, {stop} = {}) {
  const {pack} = engine, {sure, rounds} = pack.gaps
  let [h] = hyps
  const doubt = h.finished && lineGaps(tokensOf(h.ids, pack.itos)).some(o => h.lps.slice(o.at, o.at+o.spaces.length+1).some(p => p<sure))
  for (let round=0; doubt && round<rounds; round++) {
    const old = h, steps = await retrace(engine, seen, h.ids, stop)
    if (!steps) break
    h = mendGaps(h, steps, image, pack, lineGaps)
    if (same(h.ids, old.ids)) break
  }
  return [h, ...hyps.filter(o => !same(o.ids, h.ids))].slice(0, hyps.length)
}
