#!/bin/sh
# mathml2omml, by which formulas of KaTeX and Temml get into Word, makes the fraction n/k of the binomial `\binom{n}{k}`, and of KaTeX's underlined x an x with a bar above, of ℝ an upright R
# Guessed: MathML and Word's Office Math have the same elements, so the formula in Word is the one on the page; what can't be written is told.
# So: KaTeX and Temml write linethickness="0px", and only "0" alone counts as no bar. An accent below becomes one above; every mathvariant but bold and italic becomes m:sty="undefined", which Office Math doesn't have.
# The word mod of `a\bmod b` gets lost or runs into its neighbours, and Temml's box too. No message. The fork @hungknguyen/mathml2omml does the same; what pandoc writes from LaTeX comes back right.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
echo '{"private": true, "type": "module"}' > package.json
npm install --no-audit --no-fund --no-package-lock --ignore-scripts --loglevel=error mathml2omml@0.5.0 @hungknguyen/mathml2omml@0.4.6 katex@0.19.1 temml@0.13.5 >/dev/null
python3 -m pip install -q --no-compile --disable-pip-version-check --no-deps --target lib pypandoc-binary==1.17
cat > a.mjs <<'EOF2'
import { readFileSync, writeFileSync } from 'fs'
import katex from 'katex'
import temml from 'temml'
import { mml2omml } from 'mathml2omml'
import fork from '@hungknguyen/mathml2omml'
console.log(...['mathml2omml', '@hungknguyen/mathml2omml', 'katex', 'temml'].flatMap(o => [o, JSON.parse(readFileSync(`node_modules/${o}/package.json`)).version]))
const writers = {katex: o => katex.renderToString(o, {output: 'mathml'}).match(/<math.*<\/math>/s)[0].replace(/<annotation.*<\/annotation>/s, ''), temml: o => temml.renderToString(o, {xml: true})}
const converters = {mathml2omml: mml2omml, fork: fork.mml2omml}
const words = []
for (const o of ['log', 'warn', 'error']) console[o] = said => words.push(said)
const found = []
for (const latex of ['\\binom{n}{k}', '\\underline{x}', '\\mathbb{R}', '\\mathfrak{g}', '\\text{if }x', 'a\\bmod b', '\\boxed{x}', '\\frac{n}{k}', '\\sqrt[3]{x}'])
  for (const [writer, write] of Object.entries(writers)) for (const [converter, convert] of Object.entries(converters)) found.push({latex, writer, converter, omml: convert(write(latex))})
writeFileSync('found.json', JSON.stringify(found))
process.exitCode = words.length ? 1 : 0
EOF2
timeout 100 node a.mjs
PYTHONPATH=lib timeout 400 python3 - <<'EOF2'
import json, re, subprocess, sys, zipfile
import pypandoc
print('pandoc', pypandoc.get_pandoc_version(), '(reads the Word files)')
def pandoc(*how, text=None): return subprocess.run([pypandoc.get_pandoc_path(),*how], input=text, capture_output=True, text=True, timeout=60, check=True).stdout.strip()
found = json.load(open('found.json'))
def read(formulas):       # LaTeX of these Office Math formulas, one paragraph each, as pandoc reads them out of a Word file
    pandoc('-f', 'latex', '-o', 'a.docx', text='\n\n'.join(['$x$']*len(formulas)))
    left = iter(formulas)
    with zipfile.ZipFile('a.docx') as old, zipfile.ZipFile('b.docx', 'w') as new:
        for o in old.namelist():
            data = old.read(o)
            if o=='word/document.xml': data = re.sub(r'<m:oMath>.*?</m:oMath>', lambda _: next(left), data.decode(), flags=re.S).encode()
            new.writestr(o, data)
    return [' '.join(o.strip().strip('$').split()) for o in pandoc('-f', 'docx', '-t', 'markdown', 'b.docx').split('\n\n')]
got = dict(zip([(o['latex'],o['writer'],o['converter']) for o in found], read([o['omml'] for o in found])))
latexes = list(dict.fromkeys(o['latex'] for o in found))
pandoc('-f', 'latex', '-o', 'c.docx', text='\n\n'.join(f'${o}$' for o in latexes))
right = dict(zip(latexes, [' '.join(o.strip().strip('$').split()) for o in pandoc('-f', 'docx', '-t', 'markdown', 'c.docx').split('\n\n')]))
want = {r'\binom{n}{k}': (r'(\frac{n}{k})', r'(\frac{n}{k})'), r'\underline{x}': (r'\bar{x}', None), r'\mathbb{R}': (r'\text{R}', r'\mathbb{R}'), r'\mathfrak{g}': (r'\text{g}', r'\mathfrak{g}'),
    r'\text{if }x': (r'\text{if}x', r'\text{if}x'), r'a\bmod b': ('ab', 'amodb'), r'\boxed{x}': (r'\boxed{x}', 'x'), r'\frac{n}{k}': (r'\frac{n}{k}', r'\frac{n}{k}'), r'\sqrt[3]{x}': (r'\sqrt[3]{x}', r'\sqrt[3]{x\ }')}
good = right[r'\binom{n}{k}']==r'\binom{n}{k}' and right[r'\underline{x}']==r'\underline{x}' and right[r'\mathbb{R}']==r'\mathbb{R}'
for latex,(katex,temml) in want.items():
    print(f'{latex:16} pandoc {right[latex]:16} katex {got[latex,"katex","mathml2omml"]:16} temml {got[latex,"temml","mathml2omml"] if temml else "a box of which only the lower side is seen"}')
    good &= all(got[latex,'katex',o]==katex and temml in (None,got[latex,'temml',o]) for o in ('mathml2omml','fork'))
letter = next(o['omml'] for o in found if o['latex']==r'\mathbb{R}' and o['writer']=='katex')
print(re.sub(r' xmlns:\w+="[^"]*"', '', letter))
sys.exit(not (good and 'm:val="undefined"' in letter))
EOF2
