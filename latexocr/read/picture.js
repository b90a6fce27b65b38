// From any picture to what the model knows: the same steps, in the same order and with the same rounding, as latexocr.predict and latexocr.use.scale

/** A grey picture: `data` holds width × height bytes, white 255. @typedef {{width:number, height:number, data:Uint8Array}} Grey */
/** (left, top, right, bottom); it may reach beyond the picture. @typedef {[number, number, number, number]} Box */

/** A picture that can't be read; the message says why, after the name of the picture */
export class PictureError extends Error {}

/** Python's round: halves go to the even neighbour. @param {number} x */
export function round(x) {
  const low = Math.floor(x), rest = x-low
  return rest<.5 || rest===.5 && low%2===0 ? low : low+1
}

/** One colour channel set per pixel, on white paper; what is transparent is white, or black where it would vanish on white
 * @param {{width:number, height:number, data:Uint8ClampedArray|Uint8Array}} image RGBA, not premultiplied @returns {Grey} */
export function onWhite({width, height, data}) {
  const n = width*height, on = paper => {
    const out = new Uint8Array(n)
    for (let i=0, j=0; i<n; i++, j+=4) {
      const a = data[j+3]
      let r = data[j], g = data[j+1], b = data[j+2]
      if (a<255) [r, g, b] = [r, g, b].map(o => Math.round((o*a+paper*(255-a))/255))
      out[i] = (r*19595+g*38470+b*7471+0x8000)>>16
    }
    return out
  }
  const white = on(255)
  let clear = false, low = 255, high = 0
  for (let j=3; j<4*n && !clear; j+=4) clear = data[j]<255
  if (clear) for (const o of white) { if (o<low) low = o; if (o>high) high = o }
  return {width, height, data: clear && high-low<16 ? on(0) : white}
}

/** Dark mode turned round, contrast stretched: paper 255, the darkest ink 0. @param {Grey} image @returns {Grey} */
export function clean({width, height, data}) {
  let n = new Float64Array(256)
  for (const o of data) n[o]++
  const half = data.length/2, middle = () => { let sum = 0; return n.findIndex(o => (sum += o)>=half) }
  const median = middle(), dark = n.reduce((sum, o, shade) => sum+o*(shade-median), 0)>0
  if (dark) n = n.reverse()
  const paper = middle(), ink = n.findIndex(o => o>0)
  if (paper-ink<16) throw new PictureError('there is nothing on this picture')
  const table = Uint8Array.from({length: 256}, (_, p) => round(Math.min(Math.max((p-ink)/(paper-ink), 0), 1)*255))
  return {width, height, data: data.map(p => table[dark ? 255-p : p])}
}

/** Where the ink is, with a margin; all of a picture that has this margin already. @param {Grey} image @param {number} pad @returns {Box} */
export function inkBox({width, height, data}, pad) {
  let [left, top, right, bottom] = [width, height, 0, 0]
  for (let y=0, i=0; y<height; y++) for (let x=0; x<width; x++, i++) if (data[i]<224) {
    if (x<left) left = x
    if (x>=right) right = x+1
    if (y<top) top = y
    bottom = y+1
  }
  if (!right) throw new PictureError('there is nothing on this picture')
  const box = [left-pad, top-pad, right+pad, bottom+pad], all = [0, 0, width, height]
  return box.every((o, i) => Math.abs(o-all[i])<=1) ? all : box
}

/** A part of a picture, white where there is none. @param {Grey} image @param {Box} box @returns {Grey} */
export function cutOut({width, height, data}, [left, top, right, bottom]) {
  const out = {width: right-left, height: bottom-top, data: new Uint8Array((right-left)*(bottom-top)).fill(255)}
  const from = Math.max(left, 0), to = Math.min(right, width)
  for (let y=Math.max(top, 0); y<Math.min(bottom, height); y++)
    out.data.set(data.subarray(y*width+from, y*width+to), (y-top)*out.width+from-left)
  return out
}

const sinc = x => x===0 ? 1 : Math.sin(Math.PI*x)/(Math.PI*x)
/** How far a kernel reaches, and its weight at a distance. @typedef {{reach:number, at:(x:number) => number}} Kernel */
export const LANCZOS = {reach: 3, at: x => -3<=x && x<3 ? sinc(x)*sinc(x/3) : 0}
export const BOX = {reach: .5, at: x => -.5<x && x<=.5 ? 1 : 0}
export const BICUBIC = {reach: 2, at: x => { x = Math.abs(x); return x<1 ? (1.5*x-2.5)*x*x+1 : x<2 ? (((x-5)*x+8)*x-4)*-.5 : 0 }}
const BITS = 22    // of the whole numbers that Pillow multiplies by

/** For each place of a line that is made: where its sources begin, and their weights. @param {number} size @param {number} end @param {number} out @param {Kernel} kernel */
function weights(size, end, out, kernel) {
  const scale = end/out, wide = Math.max(scale, 1), support = kernel.reach*wide
  return Array.from({length: out}, (_, i) => {
    const center = (i+.5)*scale, first = Math.max(Math.trunc(center-support+.5), 0), last = Math.min(Math.trunc(center+support+.5), size)
    const k = Array.from({length: last-first}, (_, x) => kernel.at((x+first-center+.5)*(1/wide)))
    let sum = 0
    for (const o of k) sum += o
    return {first, k: Int32Array.from(k, o => { const w = sum ? o/sum : o; return Math.trunc(w*2**BITS+(w<0 ? -.5 : .5)) })}
  })
}

/** Whole blocks of pixels as their means, as Pillow's reduce. @param {Grey} image @param {number} fx @param {number} fy @returns {Grey} */
function reduce({width, height, data}, fx, fy) {
  const w = Math.ceil(width/fx), h = Math.ceil(height/fy), out = new Uint8Array(w*h)
  for (let y=0; y<h; y++) for (let x=0; x<w; x++) {
    const right = Math.min((x+1)*fx, width), bottom = Math.min((y+1)*fy, height), n = (right-x*fx)*(bottom-y*fy)
    let sum = n>>1
    for (let b=y*fy; b<bottom; b++) for (let a=x*fx; a<right; a++) sum += data[b*width+a]
    out[y*w+x] = Math.floor(sum*Math.floor(2**32/(256*n))/2**24)
  }
  return {width: w, height: h, data: out}
}

/** Resampling, with whole numbers as Pillow does it. @param {Grey} image @param {number} width @param {number} height
 * @param {number|null} gap very large pictures are first brought down by whole blocks to so many times what is wanted
 * @param {Kernel} kernel @returns {Grey} */
export function resize(image, width, height, gap, kernel = LANCZOS) {
  let [endX, endY] = [image.width, image.height]
  const fx = gap && Math.trunc(endX/width/gap) || 1, fy = gap && Math.trunc(endY/height/gap) || 1
  if (fx>1 || fy>1) { image = reduce(image, fx, fy); endX /= fx; endY /= fy }
  const clip = o => o<0 ? 0 : o>255 ? 255 : o
  if (width!==image.width || endX!==image.width) {
    const ways = weights(image.width, endX, width, kernel), out = new Uint8Array(width*image.height)
    for (let y=0; y<image.height; y++) for (let x=0; x<width; x++) {
      const {first, k} = ways[x], at = y*image.width+first
      let sum = 1<<(BITS-1)
      for (let i=0; i<k.length; i++) sum += image.data[at+i]*k[i]
      out[y*width+x] = clip(sum>>BITS)
    }
    image = {width, height: image.height, data: out}
  }
  if (height!==image.height || endY!==image.height) {
    const ways = weights(image.height, endY, height, kernel), out = new Uint8Array(width*height), sums = new Int32Array(width)
    for (let y=0; y<height; y++) {
      const {first, k} = ways[y]
      sums.fill(1<<(BITS-1))
      for (let i=0; i<k.length; i++) for (let x=0, at=(first+i)*width; x<width; x++) sums[x] += image.data[at+x]*k[i]
      for (let x=0; x<width; x++) out[y*width+x] = clip(sums[x]>>BITS)
    }
    image = {width, height, data: out}
  }
  return image
}

/** Clean, cropped to the ink, and scaled. @param {Grey} image @param {{pad?:number, side?:number, pixels?:number, scale?:number}} how
 * @returns {{image:Grey, box:Box}} as the model knows it, and the box of the source that it shows */
export function prepare(image, {pad = 4, side = 2000, pixels = 500_000, scale = 1} = {}) {
  image = clean(image)
  const box = inkBox(image, Math.max(1, round(pad*scale))), out = cutOut(image, box)
  scale = Math.max(scale, Math.max(out.width, out.height)/side, Math.sqrt(out.width*out.height/pixels))
  const [w, h] = [out.width, out.height].map(o => Math.max(1, round(o/scale)))
  return {image: scale===1 ? out : resize(out, w, h, 4), box}
}

/** Along the rows: from where a stroke begins to where the next does, the gaps between strokes, the strokes
 * @param {Grey} image @param {boolean} down along the columns instead @returns {number[][]} */
function distances({width, height, data}, down) {
  const [lines, n, across, along] = down ? [width, height, 1, width] : [height, width, width, 1], beats = [], gaps = [], strokes = []
  for (let l=0; l<lines; l++) {
    let begin = -1, end = -1
    for (let i=0; i<=n; i++) {
      const ink = i<n && data[l*across+i*along]<204, before = i>0 && data[l*across+(i-1)*along]<204
      if (ink && !before) {
        if (begin>=0) { beats.push(i-begin); gaps.push(i-end) }
        begin = i
      } else if (!ink && before) { end = i; strokes.push(end-begin) }
    }
  }
  return [beats, gaps, strokes]
}

/** @param {Grey} image */
const measure = image => [...distances(image, false), ...distances(image, true), [image.height], [image.width]]

/** How large it is written, roughly; 2 if it should be halved. @param {number[][]} measured */
function roughScale([beats, , , beatsDown, , , [height]]) {
  const short = [beats, beatsDown].filter(o => o.length>=4).map(o => {
    const least = Float64Array.from(o).sort().subarray(0, o.length>>1)
    return least.reduce((sum, d) => sum+Math.log(d), 0)/least.length
  })
  return Math.exp(1.06*(short.length ? short.reduce((a, b) => a+b)/short.length : Math.log(height/4))-1.38)
}

/** @param {number[]} row */
function logSoftmax(row) {
  const top = Math.max(...row), sum = Math.log(row.reduce((s, o) => s+Math.exp(o-top), 0))+top
  return row.map(o => o-sum)
}

/** How large a picture may be written. @param {Grey} image clean and cropped to the ink
 * @param {{filters:number[][], step:number, first:number, longest:number, shifts:[number, number], round:number[]}} scale of the pack
 * @returns {[number, number][]} (scale, log-probability), likeliest first */
export function likelyScales(image, scale, most = 3, least = -4) {
  let measured = measure(image)
  const rough = roughScale(measured), coarse = rough>6 ? rough/3 : 1
  if (coarse>1) measured = measure(resize(image, ...[image.width, image.height].map(o => Math.max(1, round(o/coarse))), 2))
  const [low, high] = scale.shifts, row = new Array(high-low+1).fill(0), bins = scale.filters[0].length
  measured.forEach((found, kind) => {
    const counts = new Float64Array(bins)
    let n = 0
    for (const d of found) if (d<=scale.longest) { counts[Math.floor(Math.log(d/scale.first)/scale.step)]++; n++ }
    const weight = Math.sqrt(n/30)/Math.max(n, 1), filter = scale.filters[kind]
    for (let b=0; b<bins; b++) if (counts[b]) for (let s=low; s<=high; s++) if (b-s>=0 && b-s<bins) row[s-low] += counts[b]*weight*filter[b-s]
  })
  const lp = logSoftmax(row), found = []
  for (let n=0; n<most; n++) {
    const i = lp.indexOf(Math.max(...lp)), from = Math.max(i-2, 0), top = lp.slice(from, i+3), soft = logSoftmax(top)
    const size = coarse*Math.exp(soft.reduce((sum, o, j) => sum+(o===-Infinity ? 0 : Math.exp(o)*scale.step*(from+j+low)), 0))
    const off = o => Math.abs(Math.log(o/size)), whole = scale.round.reduce((a, b) => off(b)<off(a) ? b : a), peak = Math.max(...top)
    found.push([off(whole)<.04 ? whole : size, peak+Math.log(top.reduce((sum, o) => sum+Math.exp(o-peak), 0))])
    lp.fill(-Infinity, from, i+3)
  }
  found.sort((a, b) => b[1]-a[1])
  return [found[0], ...found.slice(1).filter(o => o[1]>least)]
}
