// A letter alone has no neighbours that tell how large it is. The same as latexocr.use.alone
import { pieces } from './surroundings.js'
import { logProb } from './search.js'
/** @typedef {import('./picture.js').Grey} Grey */

/** Smaller by a whole number: the mean of each square. @param {Grey} image */
function reduce({width, height, data}, k) {
  if (k===1) return {width, height, data}
  const w = Math.ceil(width/k), h = Math.ceil(height/k), out = new Uint8Array(w*h)
  for (let y=0; y<h; y++) for (let x=0; x<w; x++) {
    const right = Math.min(width, x*k+k), low = Math.min(height, y*k+k)
    let sum = 0
    for (let v=y*k; v<low; v++) for (let u=x*k; u<right; u++) sum += data[v*width+u]
    out[y*w+x] = Math.round(sum/((right-x*k)*(low-y*k)))
  }
  return {width: w, height: h, data: out}
}

/** Runs of ink in a row. @param {boolean[]} row */
const runs = row => row.filter((o, i) => o && !row[i-1]).length

/** Is there one symbol only? @param {Grey} image dark on white @param {{tallest:number, widest:number}} about of the pack */
export function standsAlone(image, {tallest, widest}) {
  if (image.height>tallest || image.width>widest*image.height) return false
  const {width, height, data} = reduce(image, Math.max(1, Math.floor(Math.max(image.width, image.height)/48)))
  const across = Array(width).fill(false), down = Array(height).fill(false)
  data.forEach((o, i) => { if (o<200) across[i%width] = down[Math.floor(i/width)] = true })
  return runs(across)===1 && runs(down)>=1 && runs(down)<=2 && pieces(Uint8Array.from(data, o => +(o<220)), width, height).n<=2
}

/** Sizes that a symbol alone may have. @param {Grey} image @param {{lowest:number, usual:number, highest:number, step:number}} about of the pack
 * @returns {[number, number][]} (scale, log-probability but for a constant) */
export function sizesAlone({width, data}, {lowest, usual, highest, step}) {
  const first = data.findIndex(o => o<128), last = data.findLastIndex(o => o<128)
  const height = Math.floor(last/width)-Math.floor(first/width)+1, n = Math.trunc(Math.log(highest/lowest)/Math.log(step))+1
  return Array.from({length: n}, (_, k) => highest/step**k).map(high => [height/high, -(Math.log(high/usual)**2)])
}

/** Logarithm of how usual it is that this stands alone. @param {string} tokens @param {[string, number][]} rules */
const logUsual = (tokens, rules) => rules.reduce((sum, [rule, factor]) => sum+(new RegExp(rule).test(tokens) ? Math.log(factor) : 0), 0)

/** One hypothesis for each reading, likeliest first. @param {{prior:number, hyps:import('./search.js').Hypothesis[]}[]} found
 * @param {(h:import('./search.js').Hypothesis) => string} spell */
export function bestAlone(found, spell, {sharpness, rules}) {
  const most = new Map()
  for (const from of found) for (const h of from.hyps) {
    const tokens = spell(h), product = logProb(h)+from.prior+logUsual(tokens, rules)
    if (!(most.get(tokens)?.product>=product)) most.set(tokens, {product, h, from})
  }
  const order = [...most.values()].sort((a, b) => b.product-a.product)
  const whole = Math.log(order.reduce((sum, o) => sum+Math.exp(sharpness*o.product), 0) || 1e-300)
  return order.map(({product, h, from}) => ({h, p: sharpness*product-whole, from}))
}
