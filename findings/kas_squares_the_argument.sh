#!/bin/sh
# KAS, by which Khan Academy compares answers, reads \sin(x)^2 as sin(x²) and \ln(x)^2 as ln(x²), so that \cos(x)^2+\sin(x)^2 isn't 1; numbers are equal to it within 10^-9, the charges of the electron and of the proton too
# Guessed: the brackets after a function's name hold its argument, as they do in KAS for \sin(x)y, \sin(x)/2, |x|^2 and f(x)^2; numbers in powers of ten are compared by their digits.
# So: a power behind the bracket belongs to what the function is of, with all that is divided by after it: \sin(x)^2/2 is the sine of x²/2. \sqrt{x}^2 and \left(\sin(x)\right)^2 are read as they stand, and \sin^2(x) as the square.
# Two sides are equal if they differ by less than 10^-9, however small they are themselves: Planck's constant is equal to the electron's mass, 5·10^-10 to nothing, 1.6·10^-19 to its negative. Large numbers need their digits.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
echo '{"private": true, "type": "module"}' > package.json
npm install --no-audit --no-fund --no-package-lock --ignore-scripts --loglevel=error @khanacademy/kas@2.2.3 underscore@1.13.7 >/dev/null
cat > a.mjs <<'EOS'
import { readFileSync } from 'node:fs'
import { compare, parse } from '@khanacademy/kas'
const read = latex => {
  const got = parse(latex, {functions: ['f']})
  if (!got.parsed) throw new Error('not read: ' + latex)
  return got.expr
}
console.log('kas', JSON.parse(readFileSync('node_modules/@khanacademy/kas/package.json')).version)
let good = true
for (const [latex, want] of [['\\sin(x)^2', 'sin(x^(2))'], ['\\ln(x)^{2}', 'ln(x^(2))'], ['\\log_2(x)^3', 'log_(2) (x^(3))'], ['\\tan(x)^2/3', 'tan(x^(2)*1/3)'], ['\\sin(x)/2', 'sin(x)*1/2'], ['\\sin(x)y', 'sin(x)*y'],
  ['\\sin^2(x)', 'sin(x)^(2)'], ['\\left(\\sin(x)\\right)^2', 'sin(x)^(2)'], ['|x|^2', 'abs(x)^(2)'], ['f(x)^2', 'f(x)^(2)']]) {
  const got = read(latex).print()
  console.log(latex.padEnd(26), 'is read as', got)
  good &&= got===want
}
for (const [one, other, want] of [['\\sin(x)^2', '\\sin(x^2)', true], ['\\sin(x)^2', '\\sin^2(x)', false], ['\\ln(x)^2', '(\\ln(x))^2', false], ['\\cos(x)^2+\\sin(x)^2', '1', false], ['\\cos^2(x)+\\sin^2(x)', '1', true],
  ['1.6\\cdot10^{-19}', '-1.6\\cdot10^{-19}', true], ['6.6\\cdot10^{-34}', '9.1\\cdot10^{-31}', true], ['5\\cdot10^{-10}', '0', true], ['x+6.7\\cdot10^{-11}', 'x', true], ['2\\cdot10^{-9}', '0', false],
  ['6.02\\cdot10^{23}', '6.03\\cdot10^{23}', false]]) {
  const equal = compare(read(one), read(other)).equal
  console.log(one.padEnd(26), equal ? 'equals' : 'is not', other)
  good &&= equal===want
}
process.exit(good ? 0 : 1)
EOS
timeout 60 node a.mjs
