#!/bin/sh
# Cortex' compute-engine, which reads MathLive's formulas, takes \log_2 8\cdot\log_2 4 for log₂(8·log₂ 4), which is 4 and not 6, and \ln 8/\ln 2 for ln(8/ln 2); it writes (3!)!, which is 720, as 3!!, and reads that as 3
# Guessed: the argument of a function without brackets ends at the next function, as in \sin x\cos y, or at the latest at a \cdot, \times or slash; and what the engine writes it reads back as the same value.
# So: an argument ends before a trigonometric or hyperbolic function only. Before \ln, \log, \lg, \exp, \max, \gcd or a root it goes on, through \cdot, \times and /: ln 2·ln 3 is ln(2 ln 3), sin 2·ln 3 is sin(2 ln 3), ln 2·3 is ln 6.
# A change of base, ln 8 through ln 2 on one line, is 2.446 instead of 3; with \frac or brackets it is right. n!! is a double factorial for it, as it should be, but a factorial of a factorial gets no brackets. Nothing is reported: isValid is true.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
echo '{"private": true, "type": "module"}' > package.json
npm install --no-audit --no-fund --no-package-lock --ignore-scripts --loglevel=error @cortex-js/compute-engine@0.140.0 >/dev/null
cat > a.mjs <<'EOS'
import { ComputeEngine, version } from '@cortex-js/compute-engine'
console.log('compute-engine', version)
const ce = new ComputeEngine()
const { log, log2, log10, sin, cos, exp, atan } = Math
let good = true
const check = (latex, want, right) => {
  const e = ce.parse(latex), value = e.N().re
  const said = Math.abs(value-right)<1e-9 ? 'right' : `instead of ${right.toFixed(4)}`
  console.log(latex.padEnd(26), 'is', e.latex.padEnd(24), value.toFixed(4), said)
  good &&= e.isValid && Math.abs(value-want)<1e-9
}
check('\\log_2 8\\cdot\\log_2 4', log2(8*log2(4)), 6)
check('\\log 100\\cdot\\log 100', log10(100*2), 4)
check('\\ln 8/\\ln 2', log(8/log(2)), 3)
check('\\ln 2\\times\\ln 3', log(2*log(3)), log(2)*log(3))
check('\\sin 2\\ln 3', sin(2*log(3)), sin(2)*log(3))
check('\\sin 2\\exp(3)', sin(2*exp(3)), sin(2)*exp(3))
check('\\ln 2\\cdot 3', log(6), log(2)*3)
check('\\ln 2\\sin 3 + 1', log(2*sin(3))+1, log(2)*sin(3)+1)
console.log('and rightly:')
check('\\sin 2\\cos 3', sin(2)*cos(3), sin(2)*cos(3))
check('\\sin 2\\arctan 3', sin(2)*atan(3), sin(2)*atan(3))
check('\\ln(2)\\ln(3)', log(2)*log(3), log(2)*log(3))
check('\\frac{\\ln 8}{\\ln 2}', 3, 3)
check('\\ln 2+\\ln 3', log(6), log(6))
const twice = ce.parse('(3!)!'), again = ce.parse(twice.latex)
console.log('(3!)! is', twice.N().re, 'and written as', twice.latex, 'which is', again.N().re)
good &&= twice.latex==='3!!' && twice.N().re===720 && again.N().re===3
process.exit(good ? 0 : 1)
EOS
timeout 100 node a.mjs
