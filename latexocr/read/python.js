// What Python means by its operators and built-in functions, for the code that latexocr.tex.javascript translates

const key = o => Array.isArray(o) ? JSON.stringify(o) : o

export class PyDict {
  constructor(pairs = []) { this.map = new Map(); for (const [k, v] of pairs) this.map.set(key(k), [k, v]) }
  get(k, other = null) { const o = this.map.get(key(k)); return o ? o[1] : other }
  item(k) {
    const o = this.map.get(key(k))
    if (o) return o[1]
    if (this.__missing__) return this.__missing__(k)
    throw new RangeError(`no ${k}`)
  }
  has(k) { return this.map.has(key(k)) }
  set(k, v) { this.map.set(key(k), [k, v]) }
  keys() { return [...this.map.values()].map(o => o[0]) }
  values() { return [...this.map.values()].map(o => o[1]) }
  items() { return [...this.map.values()] }
  get length() { return this.map.size }
  [Symbol.iterator]() { return this.keys()[Symbol.iterator]() }
}

export class PySet {
  constructor(items = []) { this.map = new Map(); for (const o of iter(items)) this.map.set(key(o), o) }
  has(o) { return this.map.has(key(o)) }
  add(o) { this.map.set(key(o), o) }
  issuperset(o) { return items(o).every(x => this.has(x)) }
  isdisjoint(o) { return !items(o).some(x => this.has(x)) }
  get length() { return this.map.size }
  [Symbol.iterator]() { return this.map.values() }
}

const unbox = o => o instanceof String ? String(o) : o          // text of a class of its own
const wide = s => /[\ud800-\udbff]/.test(s)                    // characters that JavaScript counts twice

/** Arguments with names, behind all others */
export class Named extends PyDict {}
export const named = args => args.at(-1) instanceof Named ? args.pop() : new PyDict()
export const bound = (o, name) => typeof o[name]==='function' ? o[name].bind(o) : o[name]
export const getattr = (o, name, other) => { const found = o[name]; return found===undefined ? other : typeof found==='function' ? found.bind(o) : found }
export const type = o => o.constructor
export const ord = c => c.codePointAt(0)
export const chr = n => String.fromCodePoint(n)
export const subset = (a, b) => b.issuperset(a)
export function splice(o, from, to, step, by) { o.splice(from ?? 0, (to ?? o.length)-(from ?? 0), ...by) }
export const unicodedata = {names: {}, normalize: (form, s) => s.normalize(form), name: c => unicodedata.names[c] ?? c,
  category: c => [['Mn', /\p{Mn}/u], ['Me', /\p{Me}/u], ['Mc', /\p{Mc}/u]].find(([, kind]) => kind.test(c))?.[0] ?? ''}      // of marks, which is all that is asked

export const iter = o => o
const items = o => Array.isArray(o) && o.constructor===Array ? o : [...o ?? []]
export const list = o => [...o ?? []]
export const tuple = o => Object.defineProperty([...o ?? []], 'tuple', {value: true})
export const set = o => new PySet(o ?? [])
export const dict = o => new PyDict(o instanceof PyDict ? o.items() : items(o))
export const bool = o => o===null || o===undefined || o===false || o===0 || o==='' ? false : typeof o==='object' && 'length' in o ? o.length>0 : true
export const and_ = (a, b) => bool(a) ? b() : a
export const or_ = (a, b) => bool(a) ? a : b()

export function eq(a, b) {
  [a, b] = [unbox(a), unbox(b)]
  if (a===b) return true
  if (Array.isArray(a) && Array.isArray(b)) return a.length===b.length && a.every((o, i) => eq(o, b[i]))
  if (a instanceof PySet && b instanceof PySet) return a.length===b.length && a.issuperset(b)
  return typeof a!==typeof b && [typeof a, typeof b].every(o => o==='number' || o==='boolean') && +a===+b
}
export const has = (o, x) => typeof o==='string' || o instanceof String ? o.includes(x) : Array.isArray(o) ? o.some(y => eq(x, y)) : o.has(x)

const plain = o => Array.from(o)
export const add = (a, b) => Array.isArray(a) ? [...plain(a), ...plain(b)] : a+b
export const grow = (a, b) => { if (!Array.isArray(a)) return a+b; for (const o of items(b)) a.push(o); return a }
export const sub = (a, b) => a instanceof PySet ? new PySet(items(a).filter(o => !has(b, o))) : a-b
export const union = (a, b) => a instanceof PyDict ? new PyDict([...a.items(), ...b.items()]) : new PySet([...a, ...b])
export const both = (a, b) => new PySet(items(a).filter(o => has(b, o)))
export const mul = (a, b) => {
  if (typeof b==='object' || typeof b==='string') [a, b] = [b, a]
  if (typeof a==='string') return a.repeat(Math.max(+b, 0))
  return Array.isArray(a) ? Array.from({length: Math.max(+b, 0)}, () => a).flat(1) : a*b
}
export const div = (a, b) => a/b
export const floordiv = (a, b) => Math.floor(a/b)
export const mod = (a, b) => a-b*Math.floor(a/b)

/** An index or a key, as Python counts */
export function get(o, i) {
  if (o instanceof PyDict) return o.item(i)
  if (o.groups !== undefined || o.index !== undefined && o.input !== undefined) return o[i] ?? null     // a match
  if (typeof o==='string' && wide(o)) o = [...o]
  const at = i<0 ? o.length+ +i : +i
  if (!(at>=0 && at<o.length)) throw new RangeError('index out of range')
  return o[at]
}
export function put(o, i, x) { if (o instanceof PyDict) o.set(i, x); else o[i<0 ? o.length+i : i] = x }
export function slice(o, from, to, step) {
  if (typeof o==='string' && wide(o)) return slice([...o], from, to, step).join('')
  if (step===-1 && from===null && to===null) return typeof o==='string' ? [...o].reverse().join('') : plain(o).reverse()
  const part = typeof o==='string' ? o.slice(from ?? 0, to ?? undefined) : plain(o).slice(from ?? 0, to ?? undefined)
  return step===null ? part : part.filter((_, i) => i%step===0)
}
export function cut(o, from, to) { o.splice(from ?? 0, (to ?? o.length)-(from ?? 0)) }
export const make = (kind, args) => {
  if (kind.prototype instanceof Array) return kind.from(args[0] ?? [])
  if (kind.prototype instanceof String) return new kind(args[0] ?? '')
  const o = new kind()
  if (o.__init__) o.__init__(...args)
  return o
}

export const len = o => typeof o==='string' && wide(o) ? [...o].length : o.length
export const str = o => o===null ? 'None' : Array.isArray(o) ? (o.tuple ? `(${o.map(repr).join(', ')}${o.length===1 ? ',' : ''})` : `[${o.map(repr).join(', ')}]`) : o.__repr__ ? o.__repr__() : String(o)
export const repr = o => typeof o==='string' ? (o.includes("'") && !o.includes('"') ? `"${o.replaceAll('\\', '\\\\')}"` : `'${o.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`) : str(o)
export const int = o => Math.trunc(Number(o))
export const float = o => Number(o)
export const abs = Math.abs
export const round = (x, digits) => { if (digits) return Number(Number(x).toFixed(digits)); const low = Math.floor(x), rest = x-low; return rest<.5 || rest===.5 && low%2===0 ? low : low+1 }
export const range = (a, b, step = 1) => { if (b===undefined) [a, b] = [0, a]; const out = []; for (let i=a; step>0 ? i<b : i>b; i += step) out.push(i); return out }
export const enumerate = (o, start = 0) => items(o).map((x, i) => [i+start, x])
export const zip = (...all) => { const ls = all.map(list), n = Math.min(...ls.map(o => o.length)); return range(n).map(i => ls.map(o => o[i])) }
export const map = (f, ...all) => all.length===1 ? Array.from(items(all[0]), o => f(o)) : zip(...all).map(o => f(...o))
export const filter = (f, o) => items(o).filter(x => f===null ? bool(x) : bool(f(x)))
export const any = o => items(o).some(bool)
export const all = o => items(o).every(bool)
export const sum = o => items(o).reduce((a, b) => a+ +b, 0)
export const reversed = o => [...o].reverse()
export const isinstance = (o, kind) => kind===list ? Array.isArray(o) : kind===str ? typeof o==='string' : o instanceof kind
export function next(o, other) { const l = items(o); if (l.length) return l[0]; if (other===undefined) throw new RangeError('nothing left'); return other }

/** <0, 0 or >0, as Python orders values and lists of them */
function order(a, b) {
  if (Array.isArray(a)) {
    for (let i=0; i<Math.min(a.length, b.length); i++) { const o = order(a[i], b[i]); if (o) return o }
    return a.length-b.length
  }
  return a<b ? -1 : a>b ? 1 : 0
}
const by = f => f ? (a, b) => order(f(a), f(b)) : order
export const sorted = (o, {key: f} = {}) => [...o].sort(by(f))
const best = sign => (...args) => {
  const how = args.length>1 && args.at(-1)!==null && typeof args.at(-1)==='object' && !Array.isArray(args.at(-1)) && !(args.at(-1) instanceof PySet) ? args.pop() : {}
  const l = args.length===1 ? items(args[0]) : args
  if (!l.length && 'default' in how) return how.default
  return l.reduce((a, b) => sign*by(how.key)(b, a)>0 ? b : a)
}
export const max = best(1), min = best(-1)
export const dict_fromkeys = (keys, value = null) => new PyDict(items(keys).map(k => [k, value]))

export function format(o, spec, how) {
  if (how==='r') return repr(o)
  if (spec==='+') return (o<0 ? '' : '+')+str(o)
  if (spec==='.4g') return format(Number(Number(o).toPrecision(4)), 'g')
  if (spec==='g') {
    if (o===0) return Object.is(o, -0) ? '-0' : '0'
    const e = Number(o.toExponential(5).split('e')[1])
    if (e<-4 || e>=6) return o.toExponential(5).replace(/\.?0+e/, 'e').replace(/e([-+])(\d)$/, 'e$10$2')
    const s = o.toFixed(5-e)
    return s.includes('.') ? s.replace(/\.?0+$/, '') : s
  }
  if (/^\.\df$/.test(spec)) return o.toFixed(+spec[1])
  return str(o)
}

const trim = (s, chars, where) => {
  const inside = c => chars===undefined ? /\s/.test(c) : chars.includes(c)
  let [i, j] = [0, s.length]
  if (where!=='right') while (i<j && inside(s[i])) i++
  if (where!=='left') while (i<j && inside(s[j-1])) j--
  return s.slice(i, j)
}
const TEXT = {
  join: (s, o) => items(o).join(s), split: (s, at) => at===undefined ? s.split(/\s+/).filter(o => o) : s.split(at),
  strip: trim, lstrip: (s, c) => trim(s, c, 'left'), rstrip: (s, c) => trim(s, c, 'right'),
  replace: (s, a, b, n) => n===1 ? s.replace(a, () => b) : s.replaceAll(a, () => b), startswith: (s, a) => s.startsWith(a), endswith: (s, a) => s.endsWith(a),
  find: (s, a) => s.indexOf(a), index: (s, a) => { const i = s.indexOf(a); if (i<0) throw new RangeError('not there'); return i },
  isdigit: s => /^\p{Nd}+$/u.test(s), isspace: s => /^\s+$/.test(s), isalpha: s => /^\p{L}+$/u.test(s), isalnum: s => /^[\p{L}\p{N}]+$/u.test(s),
  isupper: s => s!==s.toLowerCase() && s===s.toUpperCase(), islower: s => s!==s.toUpperCase() && s===s.toLowerCase(),
  removeprefix: (s, a) => s.startsWith(a) ? s.slice(a.length) : s, capitalize: s => s.slice(0, 1).toUpperCase()+s.slice(1).toLowerCase(),
  format: (s, ...args) => { let i = 0; return s.replace(/\{\{|\}\}|\{\}/g, o => o==='{}' ? str(args[i++]) : o[0]) },
  isascii: s => /^[\0-\x7f]*$/.test(s), lower: s => s.toLowerCase(), upper: s => s.toUpperCase(), count: (s, a) => s.split(a).length-1,
}
const LIST = {
  append: (o, x) => { o.push(x) }, extend: (o, x) => { for (const y of items(x)) o.push(y) }, insert: (o, i, x) => { o.splice(i, 0, x) },
  pop: (o, i) => i===undefined ? o.pop() : o.splice(i, 1)[0], count: (o, x) => o.filter(y => eq(x, y)).length,
  index: (o, x) => { const i = o.findIndex(y => eq(x, y)); if (i<0) throw new RangeError('not there'); return i },
}
const PATTERN = {
  finditer: (p, s) => [...s.matchAll(p)], findall: (p, s) => [...s.matchAll(p)].map(m => m[1] ?? m[0]), sub: (p, by, s) => re.sub(p, by, s),
  match: (p, s, from = 0) => re.match(p, s.slice(from)), fullmatch: (p, s) => re.fullmatch(p, s), search: (p, s) => re.search(p, s),
}
const MATCH = { start: m => m.index, end: m => m.index+m[0].length, groups: m => [...m].slice(1).map(o => o ?? null) }

/** A method of an object, of a built-in kind or not */
export function call(o, name, args, how) {
  o = unbox(o)
  if (typeof o==='string') return TEXT[name](o, ...args)
  if (Array.isArray(o) && o.index!==undefined && o.input!==undefined && name in MATCH) return MATCH[name](o)
  if (Array.isArray(o) && name in LIST) return LIST[name](o, ...args)
  if (o instanceof RegExp) return PATTERN[name](o, ...args)
  return o[name](...args, ...(how ? [how] : []))
}

const found = m => {
  if (m) m.lastgroup = Object.entries(m.groups ?? {}).find(o => o[1]!==undefined)?.[0] ?? null
  return m
}
const like = (p, before, after) => new RegExp(`${before}(?:${p.source})${after}`, p.flags.replace('g', ''))
export const re = {
  findall: (p, s) => PATTERN.findall(p, s), finditer: (p, s) => PATTERN.finditer(p, s),
  search: (p, s) => found(new RegExp(p.source, p.flags.replace('g', '')).exec(s)),
  match: (p, s) => found(like(typeof p==='string' ? new RegExp(p) : p, '^', '').exec(s)),
  fullmatch: (p, s) => found(like(typeof p==='string' ? new RegExp(p) : p, '^', '$').exec(s)),
  split: (p, s) => s.split(new RegExp(p.source, p.flags)),
  sub: (p, by, s) => s.replace(p, (...m) => typeof by==='string' ? by.replace(/\\(\d)/g, (_, i) => m[i] ?? '') : by([...m].filter(o => typeof o==='string' || o===undefined).map(o => o ?? null))),
}
PATTERN.finditer = (p, s) => [...s.matchAll(p)].map(found)
export const math = {nan: NaN, inf: Infinity, isnan: Number.isNaN, floor: Math.floor, ceil: Math.ceil}

export function combinations_with_replacement(pool, n) {
  if (n===0) return [[]]
  return pool.flatMap((o, i) => combinations_with_replacement(pool.slice(i), n-1).map(rest => [o, ...rest]))
}

export function cache(f) {
  const known = new Map()
  return (...args) => { const k = JSON.stringify(args); if (!known.has(k)) known.set(k, f(...args)); return known.get(k) }
}

export class ValueError extends Error { init(message) { this.message = message } __init__(message) { this.message = message } }
