// What KaTeX, Temml and MathJax make of formulas: JSON {program: {version, refused: [[index, why], …]}} to standard output
//   npm install katex@0.19.1 temml@0.13.5 @mathjax/src@4.1.3 && node consumers.mjs FILE NODE_MODULES
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { resolve } from 'node:path'
const [file, modules] = process.argv.slice(2), require = createRequire(resolve(modules, 'x.js'))
const formulas = JSON.parse(readFileSync(file, 'utf8')), out = {}
async function attempt(name, version, f) {
  const refused = []
  for (const [i, o] of formulas.entries()) try { await f(o) } catch (e) { refused.push([i, String(e.message || e).slice(0, 200)]) }
  out[name] = {version, refused}
}
const version = name => JSON.parse(readFileSync(resolve(modules, name, 'package.json'))).version
const katex = require('katex'), temml = require('temml')
await attempt('KaTeX', version('katex'), o => (katex.default || katex).renderToString(o, {displayMode: true, strict: 'ignore'}))
await attempt('Temml', version('temml'), o => (temml.default || temml).renderToString(o, {displayMode: true, throwOnError: true}))
const MathJax = require('@mathjax/src')
await MathJax.init({loader: {load: ['input/tex', 'adaptors/liteDOM']}, tex: {packages: {'[-]': ['noundefined']}, formatError: (jax, e) => { throw e }}})
await attempt('MathJax', version('@mathjax/src'), o => MathJax.tex2mmlPromise(o, {display: true}))
console.log(JSON.stringify(out))
