// Any picture in, LaTeX out, with how sure the model is: the same as latexocr.predict
import { prepare, likelyScales } from './picture.js'
import { Writer, beam, greedy, logProb, START, END, PAD } from './search.js'

const HOPELESS = -40     // logarithm of a probability: less probable readings are given up, which saves minutes on photographs
const LIMIT = 'unfinished: it ran into the limit of tokens and was closed by force'

/** How sure to be of a reading. @param {number} lp log-probability @param {{temperature?:number, bias?:number}} calibration of the pack */
export function confidence(lp, {temperature = 1, bias = 0} = {}) {
  lp = Math.min(lp, -1e-15)
  return 1/(1+Math.exp(-bias-(lp-Math.log(-Math.expm1(lp)))/temperature))
}

/** A picture on its way
 * @typedef {{source:import('./picture.js').Grey, scales:[number, number][], best:number, hyps:import('./search.js').Hypothesis[], tree:any,
 *   image:import('./picture.js').Grey, box:import('./picture.js').Box, scale:number, seen:import('./search.js').Seen, one:import('./search.js').Seen}} Task */

export class Reader {
  /** @param {import('./engine.js').Engine} engine
   * @param {{canonical_or_same:(s:string) => string, detokenize:(t:string) => string, normalize:(s:string) => string}} latex from latexocr.normalize */
  constructor(engine, latex) { this.engine = engine; this.latex = latex; this.pack = engine.pack }

  /** @param {import('./picture.js').Grey} source grey on white; PictureError if there is nothing to read
   * @param {{width?:number, tell?:(about:{stage:string, latex?:string}) => void, stop?:() => boolean}} how `width`: of the beam, 1 is greedy */
  async read(source, {width = 1, tell, stop} = {}) {
    tell?.({stage: 'looking'})
    const scales = likelyScales(prepare(source, {side: 10**6, pixels: 10**9}).image, this.pack.scale)
    const task = {source, scales, best: -Infinity, hyps: []}
    await this.look(task, scales[0], width, tell, stop)
    const doubtful = () => logProb(task.hyps[0])<Math.log(this.pack.sure) && !stop?.()
    if (doubtful()) for (const s of scales.slice(1).filter(s => s[1]>task.best)) if (s[1]>task.best) await this.look(task, s, width, null, stop)
    await this.lookAround(task, scales, tell, stop)
    if (doubtful() && logProb(task.hyps[0])>HOPELESS) {
      task.best = -Infinity
      tell?.({stage: 'doubting'})
      await this.look(task, [task.scale, 0], width, null, stop, this.pack.looks)
    }
    return this.prediction(task)
  }

  /** Where even the best reading is improbable: neighbouring sizes */
  async lookAround(task, scales, tell, stop) {
    const {hopeless, improbable, prior, times, close} = this.pack.scale.beside, p = logProb(task.hyps[0]), size = task.scale
    if (!(p>hopeless && p<Math.log(improbable))) return
    const known = [size, ...scales.map(o => o[0])].map(Math.log), beside = task.best-p+Math.log(prior)
    tell?.({stage: 'doubting'})
    for (const o of times.map(t => size*t).filter(o => known.every(k => Math.abs(Math.log(o)-k)>close)))
      if (beside>task.best && !stop?.()) await this.look(task, [o, beside], 1, null, stop)
  }

  /** Reads a task at a scale, and notes the reading where it is the best so far */
  async look(task, [scale, prior], width, tell, stop, looks = 1) {
    const {image, box} = scale===task.scale ? task : prepare(task.source, {scale})
    const one = scale===task.scale ? task.one : await this.see([image])
    const seen = looks>1 ? await this.seeMore(image, one, looks) : one
    const writer = new Writer(this.engine, seen, this.pack.most), least = Math.max(task.best-prior, HOPELESS)
    const spell = ids => tell({stage: 'writing', latex: this.text(ids)})
    const {hyps, tree} = width>1 ? await beam(writer, width, {stop}) : {hyps: [await greedy(writer, {least, stop, tell: tell && spell})]}
    const p = logProb(hyps[0])+prior
    if (p>task.best || !task.hyps.length) Object.assign(task, {best: p, hyps, tree, image, box, scale, seen, one})
  }

  /** @returns {Promise<import('./search.js').Seen>} */
  async see(images) { return {looks: images.length, ...await this.engine.encode(images)} }

  /** The same picture with a few columns more of paper at the left, one look for each; the first has been taken already */
  async seeMore(image, one, looks) {
    const {stride} = this.pack, right = Array.from({length: looks}, (_, i) => Math.round(i*stride/looks))
    const moved = right.slice(1).map(d => {
      const width = image.width+d, data = new Uint8Array(width*image.height).fill(255)
      for (let y=0; y<image.height; y++) data.set(image.data.subarray(y*image.width, (y+1)*image.width), y*width+d)
      return {width, height: image.height, data}
    })
    const {mem, mask, rows, columns} = await this.engine.encode(moved), d = mem.dims[2], n = rows*columns, {Tensor} = this.engine.ort
    const all = new Float32Array(looks*n*d), there = new Uint8Array(looks*n)
    for (let y=0; y<one.rows; y++) {
      all.set(one.mem.data.subarray(y*one.columns*d, (y+1)*one.columns*d), y*columns*d)
      there.set(one.mask.data.subarray(y*one.columns, (y+1)*one.columns), y*columns)
    }
    all.set(mem.data, n*d); there.set(mask.data, n)
    return {looks, mem: new Tensor('float32', all, [looks, n, d]), mask: new Tensor('bool', there, [looks, n]), rows, columns}
  }

  tokens(ids) {
    const end = ids.indexOf(END)
    return (end<0 ? ids : ids.slice(0, end)).filter(i => i!==PAD && i!==START).map(i => this.pack.itos[i])
  }

  /** LaTeX as a person would write it; beginnings are not respelt */
  text(ids) { return this.latex.detokenize(this.tokens(ids).join(' ')) }

  flaw(latex, finished) {
    if (!finished) return LIMIT
    try { this.latex.normalize(latex) } catch (e) { return `not LaTeX: ${e.message}` }
    return null
  }

  /** What came of a task */
  prediction(task) {
    const options = new Map(), made = new Map()
    for (const h of task.hyps) {
      const latex = this.latex.detokenize(this.latex.canonical_or_same(this.tokens(h.ids).join(' ')))
      options.set(latex, (options.get(latex) ?? 0)+Math.exp(logProb(h)))
      if (!made.has(latex)) made.set(latex, h)
    }
    const ranked = [...options].sort((a, b) => b[1]-a[1]).map(([latex, p]) => {
      const flaw = this.flaw(latex, made.get(latex).finished)
      return {latex, flaw, confidence: Math.min(confidence(Math.log(Math.max(p, 1e-300)), this.pack.calibration), flaw ? .01 : 1)}
    })
    const [{latex, confidence: sure, flaw}] = ranked, best = made.get(latex), tokens = this.tokens(best.ids)
    return {latex, tokens, ids: best.ids, probs: best.lps.slice(0, tokens.length).map(Math.exp), confidence: sure, flaw,
            alternatives: ranked.map(o => [o.latex, o.confidence]), scale: task.scale, box: task.box, task}
  }

  /** Other readings of the same picture, as a beam finds them. @param {Awaited<ReturnType<Reader['read']>>} prediction */
  async others(prediction, width = 5, stop) {
    const task = {...prediction.task}
    const {hyps, tree} = await beam(new Writer(this.engine, task.seen, this.pack.most), width, {stop})
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
