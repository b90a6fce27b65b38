// Any picture in, LaTeX out, with how sure the model is: the same as latexocr.predict
import { clean, prepare, likelyScales, PictureError } from './picture.js'
import { evenGround, hasEdgeLines, withoutSurroundings } from './surroundings.js'
import { rowWindows, rowsDisagree, whyNotPrinted } from './printed.js'
import { LEFT_OUT, joinRows, leavesOut, rowsApart, seemSeveral } from './apart.js'
import { bestAlone, sizesAlone, standsAlone } from './alone.js'
import { joinPieces, pieceCuts } from './pieces.js'
import { mendAllGaps, noted } from './gaps.js'
import { line_gaps } from './lines.js'
import { RowWriter, Writer, beam, greedy, logProb, tokensOf, START } from './search.js'

const GIVEN_UP = -40     // logarithm of a probability: readings of photographs that are less probable are given up, which saves minutes
const GLANCE = 100_000   // pixels that a photograph is brought down to
const LIMIT = 'unfinished: it ran into the limit of tokens and was closed by force'

/** How sure to be of a reading. @param {number} lp log-probability @param {{temperature?:number, bias?:number}} calibration of the pack */
export function confidence(lp, {temperature = 1, bias = 0} = {}) {
  lp = Math.min(lp, -1e-15)
  return 1/(1+Math.exp(-bias-(lp-Math.log(-Math.expm1(lp)))/temperature))
}

/** Confidences of readings that exclude each other: the first as it is, together 1 at most, as `share_confidence` of latexocr.scoring.calibration. @param {number[]} sure */
export function shareConfidence([first, ...others]) {
  const rest = others.reduce((a, b) => a+b, 0), part = rest ? Math.min(1, (1-first)/rest) : 1
  return [first, ...others.map(o => o*part)]
}

/** A picture on its way; `unlike`: what makes it unlike print; `alone`: is it one symbol only? `lines`: were lines around the formula taken away?
 * @typedef {{source:import('./picture.js').Grey, scales:[number, number][], unlike:string, alone:boolean, lines:boolean, best:number, hyps:import('./search.js').Hypothesis[],
 *   tree:any, image:import('./picture.js').Grey, box:import('./picture.js').Box, scale:number, seen:import('./search.js').Seen, one:import('./search.js').Seen}} Task */

/** A task, with the scales in question; PictureError if there is no ink. @param {import('./picture.js').Grey} source @returns {Task} */
function measured(source, pack) {
  const whole = prepare(source, {side: 10**6, pixels: 10**9}).image, scales = likelyScales(whole, pack.scale)
  return {source, scales, unlike: whyNotPrinted(whole, scales[0][0]), alone: standsAlone(whole, pack.alone), lines: false, best: -Infinity, hyps: []}
}

export class Reader {
  /** @param {import('./engine.js').Engine} engine
   * @param {{canonical_or_same:(s:string) => string, detokenize:(t:string) => string, normalize:(s:string) => string}} latex from latexocr.normalize */
  constructor(engine, latex) { this.engine = engine; this.latex = latex; this.pack = engine.pack }

  /** @param {import('./picture.js').Grey} source grey on white; PictureError if there is nothing to read
   * @param {{width?:number, tell?:(about:{stage:string, latex?:string}) => void, stop?:() => boolean}} how `width`: of the beam, 1 is greedy */
  async read(source, {width = 1, tell, stop} = {}) {
    tell?.({stage: 'looking'})
    let task = measured(source, this.pack)
    if (task.unlike.startsWith('it is a page')) throw new PictureError(`${task.unlike.slice(3)}, not one formula: drag over the one you want`)
    if (task.alone) return this.prediction(await this.readAlone(task, width, stop))
    if (task.unlike) task = await this.inside(task, width, stop) ?? task
    if (!task.hyps.length) {
      await this.lookAtScales(task, width, tell, stop)
      if (!task.unlike) task = await this.inside(task, width, stop) ?? task
    }
    await this.lookAround(task, tell, stop)
    if (!stop?.() && (this.doubtful(task) || this.otherRows(task, task.hyps[0]) || this.leavesOut(task, task.hyps[0])) && !(task.unlike && logProb(task.hyps[0])<GIVEN_UP)) {
      task.best = -Infinity
      tell?.({stage: 'doubting'})
      await this.look(task, [task.scale, 0], width, null, stop, this.pack.looks)
      const all = !stop?.() && await this.lookApart(task, stop)
      if (!all && !stop?.()) await this.lookByRows(task, stop)
      if (!all && !stop?.()) await this.lookAtPieces(task, stop)
    }
    return this.prediction(task)
  }

  /** A single symbol, read at all its sizes. @param {Task} task */
  async readAlone(task, width, stop) {
    const {alone, most} = this.pack, whole = prepare(task.source, {side: 10**6, pixels: 10**9}).image, found = []
    for (const [scale, prior] of sizesAlone(whole, alone)) {
      if (found.length && stop?.()) break
      const {image, box} = prepare(task.source, {scale}), seen = await this.see(image)
      const {hyps, tree} = await this.write(seen, seen, image, width, {most: Math.min(most, 20), stop})
      found.push({prior, hyps, tree, image, box, scale, seen, one: seen})
    }
    const order = bestAlone(found, h => this.tokens(h.ids).join(' '), alone), {from: {prior: _, ...from}, p} = order[0]
    const hyps = order.map(({h, p}) => ({...h, lps: h.ids.map((_, i) => i ? 0 : p)}))
    return Object.assign(task, from, {best: p, hyps})
  }

  doubtful(task) { return logProb(task.hyps[0])<Math.log(this.pack.sure) }

  /** The likeliest scale, and where that leaves doubt the others that can still win; what is unlike print is not worth it */
  async lookAtScales(task, width, tell, stop) {
    await this.look(task, task.scales[0], width, tell, stop)
    if (this.doubtful(task) && !task.unlike) for (const s of task.scales.slice(1)) if (s[1]>task.best && !stop?.()) await this.look(task, s, width, null, stop)
  }

  /** The same picture without its surroundings, read, if these may be why a reading is in doubt and if that is the more probable reading; else null.
   * What is unlike print has not been read before. @param {Task} task @returns {Promise<Task|null>} */
  async inside(task, width, stop) {
    const doubt = task.unlike || this.doubtful(task), {printLike, clearer} = this.pack.inside
    if (stop?.() || !doubt && !hasEdgeLines(task.image) && !(task.scale>2 && hasEdgeLines(task.source))) return null
    let bare
    try {
      const even = doubt ? evenGround(task.source) : task.source, found = withoutSurroundings(clean(even))
      if (!found && even===task.source) return null
      bare = measured(found ?? even, this.pack); bare.lines = !!found
    } catch (e) { if (e instanceof PictureError) return null; throw e }
    if (bare.unlike) return null
    await this.lookAtScales(bare, width, null, stop)
    const old = task.unlike ? null : logProb(task.hyps[0]), least = task.unlike ? Math.log(printLike) : bare.lines ? old : old+Math.log(clearer)
    return logProb(bare.hyps[0])>least ? bare : null
  }

  /** Where even the best reading is improbable: neighbouring sizes */
  async lookAround(task, tell, stop) {
    const {hopeless, improbable, unlikely, far, prior, times, close} = this.pack.scale.beside, p = logProb(task.hyps[0]), size = task.scale
    if (!(p>hopeless && p<Math.log(improbable)) || task.unlike || size===1) return
    const known = [size, ...task.scales.map(o => o[0])].map(Math.log), beside = task.best-p+Math.log(prior)
    tell?.({stage: 'doubting'})
    const near = times.map(t => size*t).filter(o => known.every(k => Math.abs(Math.log(o)-k)>close))
    let ways = [near.filter(o => o<size), near.filter(o => o>=size)].filter(o => o.length)
    if (p<Math.log(unlikely)) ways.push(...[...near.filter(o => far.some(k => Math.abs(o-size*k)<1e-9)), ...task.scales.filter(o => o[1]<=task.best).map(o => o[0])].map(o => [o]))
    while (ways.length) {                                      // farther only the way that got better
      for (const [o] of ways) if (beside>task.best && !stop?.()) await this.look(task, [o, beside], 1, null, stop)
      ways = ways.filter(o => o.length>1 && task.scale===o[0]).map(o => o.slice(1))
    }
  }

  /** Reads a task at a scale, and notes the reading where it is the best so far */
  async look(task, [scale, prior], width, tell, stop, looks = 1) {
    const {image, box} = scale===task.scale ? task : prepare(task.source, {scale, ...(task.unlike ? {pixels: GLANCE} : {})})
    const one = scale===task.scale ? task.one : await this.see(image)
    const seen = looks>1 ? await this.seeMore(image, one, looks) : one
    const least = Math.max(task.best-prior, task.unlike ? GIVEN_UP : -Infinity), spell = ids => tell({stage: 'writing', latex: this.text(ids)})
    const {hyps, tree} = await this.write(seen, one, image, width, {least, stop, tell: tell && spell})
    const p = logProb(hyps[0])+prior
    if (p>task.best || !task.hyps.length) Object.assign(task, {best: p, hyps, tree, image, box, scale, seen, one})
  }

  /** Hypotheses, best first, with spaces measured where they are in doubt. @param {import('./search.js').Seen} seen @param {import('./search.js').Seen} one of its looks, the picture as it is */
  async write(seen, one, image, width, {most = this.pack.most, stop, ...how} = {}) {
    const writer = new Writer(this.engine, seen, most), step = o => one.trail.push(noted(o, one, this.pack.strides)), note = seen===one ? step : null
    if (width===1 && note) one.trail = []
    const {hyps, tree} = width>1 ? await beam(writer, width, {stop}) : {hyps: [await greedy(writer, {stop, note, ...how})]}
    return {hyps: await mendAllGaps(this.engine, hyps, one, image, line_gaps, {stop}), tree}
  }

  /** Reads a table in doubt once more, with as many rows as its picture has and the others covered; the likelier reading stands. @param {Task} task */
  async lookByRows(task, stop) {
    const windows = rowWindows(task.image)
    if (this.tables(task)!==1 || windows.length<2) return
    const h = await greedy(new RowWriter(this.engine, task.seen, this.pack.most, windows), {stop})
    this.prefer(task, h)
  }

  /** Reads a wide picture in doubt once more, cut into pieces, if there is no table on it. @param {Task} task */
  async lookAtPieces(task, stop) {
    const {image} = task, cuts = this.tables(task) ? [] : pieceCuts(image, this.pack.pieces), found = []
    for (let i=0; i+1<cuts.length; i++) {
      const [a, b] = cuts.slice(i), width = b-a, data = new Uint8Array(width*image.height)
      for (let y=0; y<image.height; y++) data.set(image.data.subarray(y*image.width+a, y*image.width+b), y*width)
      found.push(await this.lookAtPart({width, height: image.height, data}, stop))
      if (stop?.()) return
    }
    if (found.length) this.prefer(task, joinPieces(found, this.pack), this.pack.inside.clearer)
  }

  /** Reads rows that stand apart one by one, if the reading leaves one out. @param {Task} task @returns {Promise<boolean>} were they all read? */
  async lookApart(task, stop) {
    if (!this.leavesOut(task, task.hyps[0])) return false
    const {width, height, data} = task.image, rows = rowsApart(task.image, this.pack.rows), found = []
    const edges = [0, ...rows.slice(1).map(([top], i) => rows[i][1]+top>>1), height]
    for (let i=0; i<rows.length; i++) {
      const [a, b] = edges.slice(i)
      found.push(await this.lookAtPart({width, height: b-a, data: data.subarray(a*width, b*width)}, stop))
      if (stop?.()) return false
    }
    const all = joinRows(found, this.pack)
    if (all) Object.assign(task, {best: logProb(all), hyps: [all, ...task.hyps].slice(0, Math.max(task.hyps.length, 2))})
    return !!all
  }

  /** The likeliest reading of a part of a prepared picture */
  async lookAtPart(part, stop) {
    const {image} = prepare(part, {scale: 1})
    return greedy(new Writer(this.engine, await this.seeMore(image, await this.see(image), this.pack.looks), this.pack.most), {stop})
  }

  /** Lets another reading stand, if it has come to an end and is likelier, `clearer` times at least, or the first has none. @param {Task} task */
  prefer(task, h, clearer = 1) {
    const [old] = task.hyps
    if (h.finished && (logProb(h)-Math.log(clearer)>logProb(old) || !old.finished)) Object.assign(task, {best: logProb(h), hyps: [h]})
  }

  /** How many tables were read? @param {Task} task */
  tables(task) { return this.written(task.hyps[0]).split(' ').filter(o => o.startsWith('\\begin{')).length }

  /** @returns {Promise<import('./search.js').Seen>} */
  async see(image) { return {looks: 1, ...await this.engine.encode([image])} }

  /** The same picture with a few columns more of paper at the left, one look for each; the first has been taken already */
  async seeMore(image, one, looks) {
    const {stride} = this.pack, seen = [one], {Tensor} = this.engine.ort, d = one.mem.dims[2]
    for (let i=1; i<looks; i++) {                                  // one by one: memory that an engine has taken is not given back
      const by = Math.round(i*stride/looks), width = image.width+by, data = new Uint8Array(width*image.height).fill(255)
      for (let y=0; y<image.height; y++) data.set(image.data.subarray(y*image.width, (y+1)*image.width), y*width+by)
      seen.push(await this.engine.encode([{width, height: image.height, data}]))
    }
    const [rows, columns] = ['rows', 'columns'].map(k => Math.max(...seen.map(o => o[k]))), n = rows*columns
    const all = new Float32Array(looks*n*d), there = new Uint8Array(looks*n)
    seen.forEach((o, i) => {
      for (let y=0; y<o.rows; y++) {
        all.set(o.mem.data.subarray(y*o.columns*d, (y+1)*o.columns*d), (i*n+y*columns)*d)
        there.set(o.mask.data.subarray(y*o.columns, (y+1)*o.columns), i*n+y*columns)
      }
    })
    return {looks, mem: new Tensor('float32', all, [looks, n, d]), mask: new Tensor('bool', there, [looks, n]), rows, columns}
  }

  tokens(ids) { return tokensOf(ids, this.pack.itos) }

  /** LaTeX as a person would write it; beginnings are not respelt */
  text(ids) { return this.latex.detokenize(this.tokens(ids).join(' ')) }

  /** Canonical tokens of a hypothesis */
  written(h) { return this.latex.canonical_or_same(this.tokens(h.ids).join(' ')) }

  /** Does a table that was read have other rows than its picture? */
  otherRows(task, h) { return rowsDisagree(task.image, this.written(h).split(' ')) }

  /** Does a reading leave out a row that stands apart? */
  leavesOut(task, h) { return leavesOut(task.image, this.written(h).split(' '), this.pack.rows) }

  /** What to say of the rows of a picture and its reading, or null. @param {Task} task */
  remark(task, h) {
    if (task.alone) return null
    if (this.leavesOut(task, h)) return LEFT_OUT
    const {itos, rows} = this.pack, n = seemSeveral(this.written(h).split(' '), t => rows.kinds[itos.indexOf(t)] ?? null)
    return n ? `these seem to be ${n} formulas, one below the other; they are read as one` : null
  }

  flaw(latex, finished) {
    if (!finished) return LIMIT
    if (!latex.trim()) return 'nothing on it reads as a formula'
    try { this.latex.normalize(latex) } catch (e) { return `not LaTeX: ${e.message}` }
    return null
  }

  /** The confidence in a reading of probability p. @param {Task} task */
  sure(task, h, p, flaw, left = false) {
    const most = this.pack.atMost, sure = confidence(Math.log(Math.max(p, 1e-300)), this.pack.calibration)
    return Math.min(sure, flaw ? most.flaw : task.unlike ? most.unlike : left ? most.left : sure>most.rows && this.otherRows(task, h) ? most.rows : 1)
  }

  /** What came of a task */
  prediction(task) {
    const made = new Map()
    for (const h of task.hyps) {
      const latex = this.latex.detokenize(this.written(h))
      if (!made.has(latex)) made.set(latex, {latex, h, p: 0})
      made.get(latex).p += Math.exp(logProb(h))
    }
    const ranked = [...made.values()].map(o => {
      const flaw = this.flaw(o.latex, o.h.finished), remark = this.remark(task, o.h)
      return {...o, flaw, remark, confidence: this.sure(task, o.h, o.p, flaw, remark===LEFT_OUT)}
    }).sort((a, b) => b.confidence-a.confidence || b.p-a.p)
    const shares = shareConfidence(ranked.map(o => o.confidence)), [{latex, confidence: sure, flaw, remark, h: best}] = ranked, tokens = this.tokens(best.ids)
    return {latex, tokens, ids: best.ids, probs: best.lps.slice(0, tokens.length).map(Math.exp), confidence: sure, flaw, remark, unlike: task.unlike,
            alternatives: ranked.map((o, i) => [o.latex, shares[i]]), scale: task.scale, box: task.box, task}
  }

  /** Other readings of the same picture, as a beam finds them. @param {Awaited<ReturnType<Reader['read']>>} prediction */
  async others(prediction, width = 5, stop) {
    const task = {...prediction.task}
    if (task.alone) { await this.readAlone(task, width, stop); return {...this.prediction(task), tree: task.tree} }
    const {hyps, tree} = await this.write(task.seen, task.one, task.image, width, {stop})
    return {...this.prediction({...task, hyps}), tree}
  }

  /** What the model saw and considered at each token of a reading, with one look
   * @returns {Promise<{rows:number, columns:number, steps:{token:string, chosen:number, choices:[string, number][], weights:Float32Array}[]}>} weights: rows × columns, the mean of the last layer's heads */
  async watch(prediction, stop) {
    const {one} = prediction.task, writer = new Writer(this.engine, one, this.pack.most), steps = []
    await writer.start()
    let token = START
    for (const id of prediction.ids) {
      if (stop?.()) break
      const {lps: [row], weights} = await writer.step([token], true), [, layers, heads, n] = weights.dims
      const mean = new Float32Array(n), from = (layers-1)*heads*n
      for (let h=0; h<heads; h++) for (let i=0; i<n; i++) mean[i] += weights.data[from+h*n+i]/heads
      const choices = [...row.keys()].filter(i => row[i]>-12).sort((a, b) => row[b]-row[a]).slice(0, 5).map(i => [this.pack.itos[i], Math.exp(row[i])])
      steps.push({token: this.pack.itos[id], chosen: Math.exp(row[id]), choices, weights: mean})
      token = id
    }
    return {rows: one.rows, columns: one.columns, steps}
  }
}
