#!/bin/sh
# pandoc's Markdown of a formula that ends with `\ ` ends with an escaped dollar: Word's functions by cases come out as `\right.\$`, which pandoc itself reads as prose
# Guessed: what pandoc writes as Markdown it reads as the same formulas, spaces at their ends aside.
# So: from Word each bracket without a partner (m:endChr empty, as for cases) gets `\right.\ `. Within a line the writer drops the last blank, not the
# backslash before it, and `\$` closes nothing: of the formula nothing is left, and the dollar after it opens the next piece of prose. In a display, $$…$$, the blank stays.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m pip install -q --disable-pip-version-check --target "$work/lib" pypandoc-binary==1.17
PYTHONPATH="$work/lib" python3 - <<'EOF'
import json, subprocess, sys, zipfile
import pypandoc
OFFICE = 'http://schemas.openxmlformats.org'
def m(o): return f'<m:r><m:t>{o}</m:t></m:r>'
cases = f'<m:d><m:dPr><m:begChr m:val="{{"/><m:endChr m:val=""/></m:dPr><m:e><m:eqArr><m:e>{m("1")}</m:e><m:e>{m("2")}</m:e></m:eqArr></m:e></m:d>'
parts = {'[Content_Types].xml': f'<Types xmlns="{OFFICE}/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
    '_rels/.rels': f'<Relationships xmlns="{OFFICE}/package/2006/relationships"><Relationship Id="a" Type="{OFFICE}/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>',
    'word/document.xml': f'<w:document xmlns:w="{OFFICE}/wordprocessingml/2006/main" xmlns:m="{OFFICE}/officeDocument/2006/math"><w:body><w:p><m:oMath>{m("f=")}{cases}</m:oMath><w:r><w:t xml:space="preserve"> and </w:t></w:r><m:oMath>{m("y")}</m:oMath></w:p></w:body></w:document>'}
with zipfile.ZipFile('word.docx', 'w') as z:
    for path,o in parts.items(): z.writestr(path, '<?xml version="1.0" encoding="UTF-8"?>'+o)
def pandoc(text, *how): return subprocess.run([pypandoc.get_pandoc_path(),*how], input=text, capture_output=True, text=True, check=True).stdout
def formulas(o):
    "The LaTeX of each formula in pandoc's own tree"
    if isinstance(o, dict): return [o['c'][1]] if o.get('t')=='Math' else formulas(list(o.values()))
    return [f for p in o for f in formulas(p)] if isinstance(o, list) else []
def both(text, *how):
    markdown = pandoc(text, *how, '-t', 'markdown')
    there,back = formulas(json.loads(pandoc(text, *how, '-t', 'json'))),formulas(json.loads(pandoc(markdown, '-f', 'markdown', '-t', 'json')))
    print(repr(markdown), f'has {len(there)} formulas, read back:', back)
    return len(there),back,markdown
print('pandoc', pypandoc.get_pandoc_version())
word = both('', '-f', 'docx', 'word.docx')
line = both(r'$x\ $ and $y$', '-f', 'latex')
display = both(r'$$x\ $$ and $y$', '-f', 'latex')
thin = both(r'$x\,$ and $y$', '-f', 'latex')
lost = all(n==2 and back==['y'] and r'\$' in said for n,back,said in (word,line))
sys.exit(not (lost and len(display[1])==len(thin[1])==2))
