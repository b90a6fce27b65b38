// How a reading is written down: greedy and beam search, well-formed formulas, several looks; the same as latexocr.beam_search and latexocr.decoding.tta

export const [PAD, START, END, UNK] = [0, 1, 2, 3]

/** One reading: token numbers, the log-probability of each, and whether it came to its end. @typedef {{ids:number[], lps:number[], finished:boolean, attention?:Float32Array[]}} Hypothesis */
/** What one reading has written, as far as it matters for what may follow; of each open table how much was open with it, columns (null: any
 * number), cells in the row, rows; `preamble`: how much was open before the one that is being written.
 * @typedef {{open:string[], last:number[], runs:number[], n:number, tables:[number, number|null, number, number][], preamble:number|null}} Written */
/** What there is to see: `tensors` by name; a picture has `looks` rows in them; `trail`: what the last reading with one look met on its way, see gaps.js.
 * @typedef {{mem:any, mask:any, looks:number, rows:number, columns:number, trail?:import('./gaps.js').Step[]}} Seen */

/** Tokens of a reading, up to END. @param {number[]} ids @param {string[]} itos */
export function tokensOf(ids, itos) {
  const end = ids.indexOf(END)
  return (end<0 ? ids : ids.slice(0, end)).filter(i => i!==PAD && i!==START).map(i => itos[i])
}

/** @param {Hypothesis} h */
export const logProb = h => h.lps.reduce((a, b) => a+b, 0)

/** Formulas that close what they open, tables that keep to their columns and rows, no loops */
export class ConstrainedDecoder {
  /** @param {{itos:string[], opens:(string|null)[], opensAfterRoot:(string|null)[], closes:(string|null)[], takesArgument:boolean[], columns:(number|null)[],
   * loop:number, period:number}} pack
   * @param {number} most tokens, END included @param {number|null} rows that a table may have, or null: any number */
  constructor(pack, most, rows = null) {
    this.pack = pack; this.most = most; this.rows = rows; this.known = new Map()
    this.closers = new Set(pack.closes.filter(o => o))
    this.root = pack.itos.indexOf('\\sqrt')
  }

  /** @returns {Written} */
  begin() { return {open: [], last: [], runs: new Array(this.pack.period).fill(0), n: 0, tables: [], preamble: null} }

  /** With one token more. @param {Written} o @param {number} i @returns {Written} */
  then(o, i) {
    if (i===PAD || i===START || i===END) return o
    const {closes, period} = this.pack, root = o.last.at(-1)===this.root && this.root>=0, key = closes[i], opened = this.opens(i, root)
    const open = opened ? [...o.open, opened] : key && key===o.open.at(-1) ? o.open.slice(0, -1) : o.open
    const runs = o.runs.map((run, p) => p<o.last.length && o.last.at(-p-1)===i ? run+1 : 0)
    return {open, last: [...o.last, i].slice(-period), runs, n: o.n+1, ...this.table(o, i, opened, open.length)}
  }

  /** Tables and preamble after a token that leaves `depth` open. @param {Written} o @param {number} i */
  table({tables, preamble, last}, i, opened, depth) {
    const t = this.pack.itos[i], small = last.length>0 && this.pack.itos[last.at(-1)]==='\\substack'
    if (opened && (t.startsWith('\\begin') || small)) {
      const columns = small ? 1 : this.pack.columns[i]       // 0: its preamble says; null: as many as you like
      return {tables: [...tables, [depth, columns, 1, 1]], preamble: columns===0 ? depth : preamble}
    }
    if (!tables.length) return {tables, preamble}
    let [at, columns, used, rows] = tables.at(-1)
    if (depth<at) return {tables: tables.slice(0, -1), preamble: null}
    if (preamble!==null) {
      const inside = depth===at+1 && t!=='{'
      if (inside && ['l','c','r'].includes(t)) columns += 1
      else if (inside && /^\d+$/.test(t)) columns = 10*columns+2*Number(t)        // of alignedat, in pairs
      else if (depth===at) [columns, preamble] = [columns || null, null]          // it has ended, or there is none
    } else if (depth===at && t==='&') used += 1
    else if (depth===at && t.startsWith('\\\\')) [used, rows] = [1, rows+1]
    return {tables: [...tables.slice(0, -1), [at, columns, used, rows]], preamble}
  }

  opens(i, root) { return (root ? this.pack.opensAfterRoot : this.pack.opens)[i] }

  /** Sets what may not follow to -∞. @param {Float32Array} logits of one row @param {Written} o */
  forbid(logits, o) {
    const room = this.most-o.n-o.open.length, how = room<=1 ? 'close' : room<=2 ? 'no more' : 'any'
    const [depth, columns, used, rows] = o.tables.at(-1) ?? [-1, null, 0, 0], row = depth===o.open.length && o.preamble===null   // in a cell, not in braces within
    const last = o.last.at(-1) ?? PAD
    const may = this.may(o.open.at(-1) ?? null, last===this.root, this.pack.takesArgument[last], how, row && (this.rows===null || rows<this.rows), row && (columns===null || used<columns))
    for (let i=0; i<logits.length; i++) if (!may[i]) logits[i] = -Infinity
    if (how!=='close') {
      const again = o.runs.flatMap((run, p) => run>=this.pack.loop ? [o.last.at(-p-1)] : [])
      if (again.length && again[0]!==END) for (const i of again) logits[i] = -Infinity
    }
  }

  /** @param {string|null} inner @param {boolean} root @param {boolean} bare does the last command lack its argument? @param {string} how
   * @param {boolean} row may it end? @param {boolean} cell may another follow? */
  may(inner, root, bare, how, row, cell) {
    const name = `${how} ${root} ${bare} ${row} ${cell} ${inner}`
    if (!this.known.has(name)) this.known.set(name, this.pack.itos.map((t, i) => {
      const opened = this.opens(i, root), key = this.pack.closes[i]
      if (bare && (i===END || ['^', '_', '&'].includes(t) || key && key!==']' || t.startsWith('\\\\'))) return false
      if (i===END) return inner===null
      if (key && (key!==']' || inner===']' || how==='close')) return key===inner
      if (how==='close' || how==='no more' && (opened || this.pack.takesArgument[i]) || opened && !this.closers.has(opened)) return false
      return t==='&' ? cell : t.startsWith('\\\\') && ['', '['].includes(t.slice(2, 3)) ? row : true
    }))
    return this.known.get(name)
  }
}

/** Log-softmax in place, in single precision as torch's. @param {Float32Array} row */
export function logSoftmax(row) {
  let top = -Infinity, sum = 0
  for (const o of row) if (o>top) top = o
  for (const o of row) sum += Math.exp(o-top)
  const all = top+Math.log(sum)
  for (let i=0; i<row.length; i++) row[i] -= all
  return row
}

/** A decoder for one picture that is seen in `looks` ways, with `wide` readings on their way */
export class Writer {
  /** @param {import('./engine.js').Engine} engine @param {Seen} seen @param {number} most tokens */
  constructor(engine, seen, most) {
    this.engine = engine; this.seen = seen; this.rules = new ConstrainedDecoder(engine.pack, most); this.most = most
  }

  async start() {
    const {mem, mask, looks} = this.seen
    this.state = await this.engine.start(mem, mask)
    this.written = [this.rules.begin()]
  }

  /** One token further. @param {number[]} tokens of each reading @returns {Promise<{lps:Float32Array[], logits:Float32Array, weights:any}>} log-probabilities of what may follow each, and what the engine says itself */
  async step(tokens, needWeights = false) {
    const looks = this.seen.looks, wide = tokens.length, size = this.engine.pack.itos.length
    this.written = this.written.map((o, i) => this.rules.then(o, tokens[i]))
    const all = Array.from({length: looks}, () => tokens).flat()
    const {logits, weights, state} = await this.engine.step(all, this.innerState(), needWeights)
    this.state = state
    const lps = tokens.map((_, row) => {
      const views = Array.from({length: looks}, (_, look) => logits.slice((look*wide+row)*size, (look*wide+row+1)*size))
      let mean = views[0]
      if (looks>1) {
        views.forEach(logSoftmax)
        mean = mean.map((_, i) => { let sum = 0; for (const o of views) sum = Math.fround(sum+o[i]); return sum/looks })
      }
      this.rules.forbid(mean, this.written[row])
      for (const i of [PAD, START, UNK]) mean[i] = -Infinity
      return logSoftmax(mean)
    })
    return {lps, logits, weights}
  }

  /** The engine's state before a step */
  innerState() { return this.state }

  /** Goes on with these readings, in this order. @param {number[]} rows */
  select(rows) {
    const wide = this.written.length
    this.written = rows.map(i => this.written[i])
    this.state = this.engine.select(this.state, Array.from({length: this.seen.looks}, (_, look) => rows.map(i => look*wide+i)).flat())
  }
}

const SLACK = 3      // pixels that are seen beyond the window of a row

/** A `RowDecoder` of latexocr.decoding.row_by_row for one reading: its rules let a table end with its last row, and not before */
class RowRules extends ConstrainedDecoder {
  forbid(logits, o) {
    super.forbid(logits, o)
    if (o.tables.length===1 && o.tables[0][3]<this.rows && this.most-o.n-o.open.length>2)
      for (let i=0; i<logits.length; i++) if (this.pack.itos[i].startsWith('\\end{')) logits[i] = -Infinity
  }
}

/** A writer of one reading that within a row of the table sees no other */
export class RowWriter extends Writer {
  /** @param {import('./engine.js').Engine} engine @param {Seen} seen @param {number} most tokens @param {[number, number][]} windows of the rows, in pixels */
  constructor(engine, seen, most, windows) {
    super(engine, seen, most)
    this.rules = new RowRules(engine.pack, most, windows.length)
    const {looks, rows, columns, mask} = seen, down = engine.pack.strides[0]
    this.masks = windows.map(([top, bottom]) => {
      const there = Uint8Array.from(mask.data)
      for (let y=0; y<rows; y++) if ((y+.5)*down<top-SLACK || (y+.5)*down>bottom+SLACK)
        for (let look=0; look<looks; look++) there.fill(0, (look*rows+y)*columns, (look*rows+y+1)*columns)
      return new engine.ort.Tensor('bool', there, mask.dims)
    })
  }

  innerState() {
    const [o] = this.written, row = o.tables.length && o.preamble===null ? o.tables[0][3]-1 : -1
    return {...this.state, mask: this.masks[row] ?? this.seen.mask}
  }
}

/** The likeliest token at every step. @param {Writer} writer
 * @param {{least?:number, tell?:(ids:number[]) => void, note?:(step:{token:number, logits:Float32Array, weights:any, state:any}) => void, stop?:() => boolean}} how
 * a reading less probable than `least` is given up; `tell` hears of every token, `note` of what was seen before it @returns {Promise<Hypothesis>} */
export async function greedy(writer, {least = -Infinity, tell, note, stop} = {}) {
  const h = {ids: [], lps: [], finished: false}
  let token = START, sum = 0
  await writer.start()
  while (h.ids.length<writer.most) {
    const {lps: [row], ...found} = await writer.step([token], !!note)
    note?.({token, state: writer.state, ...found})
    token = row.reduce((best, o, i) => o>row[best] ? i : best, 0)
    h.ids.push(token); h.lps.push(row[token]); sum += row[token]
    if (tell) tell(h.ids)
    if (token===END) { h.finished = h.ids.length<writer.most; break }        // at the limit it was closed by force
    if (sum<least || stop?.()) break
  }
  return h
}

/** The best `wide` beginnings at every step. @param {Writer} writer @param {number} wide
 * @param {{tell?:(step:number) => void, stop?:() => boolean}} how
 * @returns {Promise<{hyps:Hypothesis[], tree:{parent:number, token:number, lp:number, score:number}[][]}>} best first, and what was alive at each step */
export async function beam(writer, wide, {tell, stop} = {}) {
  const steps = []
  let alive = [{score: 0, token: START, ended: false, length: 0}]
  await writer.start()
  for (let t=0; t<writer.most; t++) {
    const running = alive.map((o, i) => ({...o, i})).filter(o => !o.ended), options = []
    const {lps} = await writer.step(running.map(o => o.token))
    running.forEach((o, r) => { for (let i=0; i<lps[r].length; i++) if (lps[r][i]>-Infinity) options.push({parent: o.i, row: r, token: i, lp: lps[r][i], score: Math.fround(o.score+lps[r][i]), length: o.length+1, ended: i===END}) })
    alive.forEach((o, i) => { if (o.ended) options.push({parent: i, row: -1, token: PAD, lp: 0, score: o.score, length: o.length, ended: true}) })
    options.sort((a, b) => b.score-a.score)
    const best = options.slice(0, wide)
    steps.push(best.map(({parent, token, lp, score}) => ({parent, token, lp, score})))
    alive = best
    tell?.(t)
    const dead = alive.filter(o => o.ended), open = alive.filter(o => !o.ended), ahead = Math.max(-Infinity, ...open.map(o => o.score))
    if (!open.length || dead.length>=wide && Math.min(...dead.map(o => o.score))>ahead || stop?.()) break
    writer.select(open.map(o => o.row))
    open.forEach((o, i) => { o.row = i })
  }
  const hyps = alive.map((last, slot) => {
    const h = {ids: [], lps: [], finished: false}
    for (let t=steps.length-1; t>=0; t--) {
      const o = steps[t][slot]
      if (o.token!==PAD) { h.ids.unshift(o.token); h.lps.unshift(o.lp) }
      slot = o.parent
    }
    h.finished = h.ids.at(-1)===END && h.ids.length<writer.most
    return h
  })
  const ended = h => h.ids.at(-1)===END
  return {hyps: hyps.sort((a, b) => ended(b)-ended(a) || logProb(b)-logProb(a)), tree: steps}
}
