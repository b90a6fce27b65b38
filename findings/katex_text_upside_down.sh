#!/bin/sh
# The text of KaTeX's HTML has a fraction upside down, ½ as 21, a matrix transposed and k before n in a binomial: that is what tools that make text of web pages take, two or three times over
# Guessed: a formula's text on a page is what stands there to be read, from left to right and from above to below; what is marked as hidden for readers (aria-hidden) is left out.
# So: KaTeX writes what lies lower first, and tables column by column; CSS puts it in its place. Beautiful Soup, html2text, markdownify, inscriptis and turndown take it without the CSS, after the letters
# of the hidden MathML and the LaTeX beside it: x₁² is x12x_1^2x12 and a fraction −a/b −ab-\frac{a}{b}−ba. Where KaTeX writes HTML alone (output: 'html') 21 is all that is left of ½.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m pip install -q --no-compile --disable-pip-version-check --target lib beautifulsoup4==4.14.3 html2text==2025.4.15 markdownify==1.2.3 inscriptis==2.7.6
echo '{"private": true, "type": "module"}' > package.json
npm install --no-audit --no-fund --no-package-lock --ignore-scripts --loglevel=error katex@0.19.1 turndown@7.2.5 >/dev/null
cat > a.mjs <<'EOS'
import { readFileSync } from 'fs'
import katex from 'katex'
import turndown from 'turndown'
const page = (latex, output) => `<html><body><p>The value is ${katex.renderToString(latex, {output})} exactly.</p></body></html>`
console.log(JSON.stringify(JSON.parse(readFileSync(0)).map(o => ['html', 'htmlAndMathml'].map(p => [page(o, p), new turndown().turndown(page(o, p))]))))
EOS
PYTHONPATH=lib python3 -W ignore - <<'EOS'
import json, re, subprocess, sys
from importlib.metadata import version
import bs4, html2text, inscriptis, markdownify
ways = {'beautifulsoup4': lambda o: bs4.BeautifulSoup(o, 'html.parser').get_text(), 'html2text': html2text.html2text, 'markdownify': markdownify.markdownify, 'inscriptis': inscriptis.get_text}
def cut(text): return re.sub(r'[\s\u200b\\]', '', text.split('value is')[1].split('exactly')[0])
want = {r'\frac{1}{2}': '21', r'-\frac{a}{b}': '−ba', r'\begin{pmatrix}a&b\\c&d\end{pmatrix}': '(acbd)', r'\binom{n}{k}': '(kn)', 'x_1^2': 'x12', r'\sqrt[3]{x}': '3x'}
pages = json.loads(subprocess.run(['node', 'a.mjs'], input=json.dumps(list(want)), capture_output=True, text=True, check=True, timeout=60).stdout)
print(*(f'{o} {version(o)}' for o in ways))
same = True
for (latex,hope),((html,a),(both,b)) in zip(want.items(), pages):
    print(latex)
    for name,way in {**ways, 'turndown': {html: a, both: b}.get}.items():
        alone,twice = cut(way(html)),cut(way(both))
        print(f'    {name:15} of HTML {alone:8} of HTML with MathML {twice}')
        same &= alone==hope and latex.replace('\\', '')+hope in twice
sys.exit(not same)
EOS
