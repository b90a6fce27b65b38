#!/bin/sh
# Of AsciiMath's sin(x)/2 asciimath-parser and py_asciimath make sin(x/2), without a bracket, and of sin(x)/cos(x) a fraction x/cos; of 10^-3 mathup and py_asciimath make 10 to the power of a bare minus, and a 3
# Guessed: converters of so small a language differ in blanks and in names, not in values; functions take their bracket before the slash does, and a minus belongs to its exponent.
# So: only asciimath2tex and asciimath-to-latex divide the sine; for the others sin is a sign like any other, and the slash takes, and all but mathup strip, the bracket beside it. But those two write (1/n)! for 1/n!
# and n·(!/k)! for n!/k!, which only asciimath-parser reads, and it alone divides a/b/c from the right. [[a,b],[c,d]] is no matrix for it and for mathup, which have signs of their own for those; .5/2 is a point and five halves for three.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m pip install -q --no-compile --disable-pip-version-check --target lib py-asciimath==0.3.0
echo '{"private": true, "type": "module"}' > package.json
npm install --no-audit --no-fund --no-package-lock --ignore-scripts --loglevel=error asciimath2tex@1.5.0 asciimath-to-latex@0.5.1 asciimath-parser@0.6.11 mathup@1.0.2 >/dev/null
cat > a.mjs <<'EOS'
import { readFileSync } from 'fs'
import { createRequire } from 'module'
import { AsciiMath } from 'asciimath-parser'
import mathup from 'mathup'
const load = createRequire(import.meta.url), pick = o => o.default ?? o
const [first, second, third] = [new (pick(load('asciimath2tex')))(), pick(load('asciimath-to-latex')), new AsciiMath({display: false})]
const bare = o => o.replace(/<\/?(math|mi|mn|mo|mrow)( [^>]*)?>/g, '')
console.log(JSON.stringify(JSON.parse(readFileSync(0)).map(o => [first.parse(o), second(o), third.toTex(o), bare(mathup(o).toString())])))
EOS
PYTHONPATH=lib python3 -W ignore - <<'EOS'
import json, subprocess, sys
from py_asciimath.translator.translator import ASCIIMath2Tex
names = 'asciimath2tex', 'asciimath-to-latex', 'asciimath-parser', 'mathup', 'py_asciimath'
want = {'sin(x)/2': (r'\frac{\sin{\left(x\right)}}{2}', r'\frac{{\sin{{\left({x}\right)}}}}{{2}}', r'\sin\frac{x}{2}', 'sin<mfrac>(x)2</mfrac>', r'\sin\frac{x}{2}'),
    'sin(x)/cos(x)': (None, None, r'\sin\frac{x}{\cos}\left(x\right)', 'sin<mfrac>(x)cos</mfrac>(x)', r'\sin\frac{x}{\cos}\left(x\right)'),
    'ln(x+1)/2': (None, None, r'\ln\frac{x+1}{2}', 'ln<mfrac>x+12</mfrac>', r'\ln\frac{x+1}{2}'),
    '10^-3': ('10^{-3}', '{10}^{{-{{3}}}}', '10^{{-3}}', '<msup>10−</msup>3', '{10}^{-}3'),
    '1/n!': (r'\frac{1}{n}!', r'\frac{{1}}{{n}}!', r'\frac{1}{{n!}}', '<mfrac>1n</mfrac>!', 'error'), 'n!/k!': (r'n\frac{!}{k}!', r'{n}\frac{!}{{k}}!', r'\frac{{n!}}{{k!}}', 'n<mfrac>!k</mfrac>!', 'error'),
    'a/b/c': (r'\frac{a}{b}/c', r'\frac{{a}}{{b}}/{c}', r'\frac{a}{\frac{b}{c}}', '<mfrac><mfrac>ab</mfrac>c</mfrac>', r'\frac{a}{b}/c'),
    '.5/2': (r'.\frac{5}{2}', r'\frac{{.5}}{{2}}', r'.\frac{5}{2}', '.<mfrac>52</mfrac>', r'\frac{.5}{2}'), '[[a,b],[c,d]]': (None, None, r'\left[\left[a,b\right],\left[c,d\right]\right]', '[[a,b],[c,d]]', None)}
found = json.loads(subprocess.run(['node', 'a.mjs'], input=json.dumps(list(want)), capture_output=True, text=True, check=True, timeout=60).stdout)
python = ASCIIMath2Tex(log=False, inplace=True)
same = True
for (text,hopes),got in zip(want.items(), found):
    try: got.append(python.translate(text).strip('$'))
    except Exception: got.append('error')
    got = [o.replace(' ', '') for o in got]
    print(text, *(f'    {name:20} {o}' for name,o in zip(names, got)), sep='\n')
    same &= all(hope in (None, o) for hope,o in zip(hopes, got))
sys.exit(not same)
EOS
