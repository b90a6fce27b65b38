// The three graphs of a reader, run by ONNX Runtime's WebAssembly build: what latexocr.models.onnx does, in a browser

/** Token numbers, rules, filters, calibration: everything that belongs to the weights. @typedef {Record<string, any>} Pack */

export class Engine {
  /** @param {any} ort the runtime @param {Pack} pack @param {Record<string, any>} graphs sessions: encode, start, step */
  constructor(ort, pack, graphs) { Object.assign(this, {ort, pack, graphs, rested: performance.now()}) }

  /** Lets messages in, now and then */
  async rest() {
    if (performance.now()-this.rested<50) return
    await new Promise(go => { const {port1, port2} = new MessageChannel(); port1.onmessage = () => { port1.close(); go() }; port2.postMessage(0) })
    this.rested = performance.now()
  }

  /** @param {any} ort @param {Pack} pack @param {Record<string, Uint8Array>} files the graphs @returns {Promise<Engine>} */
  static async open(ort, pack, files, options = {executionProviders: ['wasm'], graphOptimizationLevel: 'all'}) {
    const graphs = {}
    for (const name of ['encode', 'start', 'step']) graphs[name] = await ort.InferenceSession.create(files[name], options)
    return new Engine(ort, pack, graphs)
  }

  /** Several pictures, padded to one size. @param {import('./picture.js').Grey[]} images
   * @returns {Promise<{mem:any, mask:any, rows:number, columns:number}>} (pictures, regions, d) and (pictures, rows, columns) */
  async encode(images) {
    const {Tensor} = this.ort, [w, h] = ['width', 'height'].map(k => Math.max(...images.map(o => o[k])))
    const data = new Uint8Array(images.length*w*h).fill(255)
    images.forEach((o, i) => { for (let y=0; y<o.height; y++) data.set(o.data.subarray(y*o.width, (y+1)*o.width), (i*h+y)*w) })
    const sizes = new Tensor('int64', BigInt64Array.from(images.flatMap(o => [BigInt(o.height), BigInt(o.width)])), [images.length, 2])
    const {mem, mask} = await this.graphs.encode.run({picture: new Tensor('uint8', data, [images.length, 1, h, w]), sizes})
    return {mem, mask: new Tensor('bool', mask.data, [images.length, mask.dims[1]*mask.dims[2]]), rows: mask.dims[1], columns: mask.dims[2]}
  }

  /** @param {any} mem @param {any} mask @returns {Promise<Record<string, any>>} */
  async start(mem, mask) { return {mask, ...await this.graphs.start.run({mem, mask})} }

  /** One token further for each row. @param {number[]} tokens @param {Record<string, any>} state */
  async step(tokens, state, needWeights = false) {
    await this.rest()
    const token = new this.ort.Tensor('int64', BigInt64Array.from(tokens, BigInt), [tokens.length])
    const {logits, weights, ...found} = await this.graphs.step.run({token, ...state})
    const changed = Object.fromEntries(Object.entries(found).map(([k, o]) => [k.replace(/_new$/, ''), o]))
    return {logits: logits.data, weights: needWeights ? weights : null, state: {...state, ...changed}}
  }

  /** Rows of what belongs to a reading; what belongs to the picture stays. @param {Record<string, any>} state @param {number[]} rows */
  select(state, rows) {
    const pick = ([name, o]) => {
      if (!/^[hc]\d+$/.test(name)) return [name, o]
      const d = o.dims[1], data = new Float32Array(rows.length*d)
      rows.forEach((r, i) => data.set(o.data.subarray(r*d, (r+1)*d), i*d))
      return [name, new this.ort.Tensor('float32', data, [rows.length, d])]
    }
    return Object.fromEntries(Object.entries(state).map(pick))
  }
}
