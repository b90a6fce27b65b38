#!/bin/sh
# LibreOffice draws a backslash before each brace of an equation's normal text: Word's `{` in a run with m:nor becomes `\{`; without m:nor it is right
# Guessed: normal text is taken as it stands, so it is the safe place for signs that LibreOffice's own formula language knows as commands.
# So: the reader of Office Math first puts such a run between quotes, and then escapes braces; between quotes the escape is no escape, and is drawn.
set -e
command -v soffice >/dev/null || { echo 'needs soffice'; exit 1; }
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 - <<'EOF'
import zipfile
TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
RELS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>'
def run(how): return f'<m:r>{how}<m:t>{{a}}</m:t></m:r>'
for name,how in ('text','<m:rPr><m:nor/></m:rPr>'),('maths',''):
    body = f'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"><w:body><w:p><m:oMath>{run(how)}</m:oMath></w:p></w:body></w:document>'
    with zipfile.ZipFile(name+'.docx', 'w') as z:
        for path,text in ('[Content_Types].xml',TYPES),('_rels/.rels',RELS),('word/document.xml',body): z.writestr(path, '<?xml version="1.0" encoding="UTF-8"?>'+text)
EOF
soffice --version
timeout 200 soffice "-env:UserInstallation=file://$work/profile" --headless --convert-to odt text.docx maths.docx >/dev/null 2>&1
python3 - <<'EOF'
import html, re, sys, zipfile
def drawn(name):
    "What the equation's MathML draws, and LibreOffice's own code of it"
    with zipfile.ZipFile(name) as z: xml = next(z.read(o).decode() for o in z.namelist() if re.fullmatch(r'Object.*/content.xml', o))
    code = html.unescape(re.search(r'<annotation[^>]*>(.*?)</annotation>', xml, re.S)[1])
    return html.unescape(re.sub('<[^>]*>|\\s', '', re.sub(r'<annotation.*?</annotation>', '', xml, flags=re.S).split('?>')[-1])),code
found = {o:drawn(o+'.odt') for o in ('text','maths')}
for o,(text,code) in found.items(): print(f'{o:6} drawn as {text}, in LibreOffice\'s own language {code}')
sys.exit(not (found['text'][0]=='\\{a\\}' and found['maths'][0]=='{a}'))
EOF
