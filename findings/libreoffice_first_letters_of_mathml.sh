#!/bin/sh
# LibreOffice keeps only the first character of a MathML operator: `a mod b` becomes amb, gcd g, and ∉, written as ∈ with a stroke after it, becomes ∈; of a binomial it makes a fraction, of z̄ z
# Guessed: what LibreOffice can't read in MathML it leaves out as a whole or shows as an error, as it does with the bracket of [0,1).
# So: <mo>mod</mo>, as Temml writes it, comes out as the letter m; <mi>mod</mi> and <mtext>mod</mtext> are whole. The combining stroke that KaTeX and Temml put after ∈ and = is a second character, too.
# linethickness="0" is not looked at, (a/b)² loses its brackets and is a/(b²), an accent ¯ vanishes, a caret between two letters makes an exponent. Exit code 0, no message.
set -e
command -v soffice >/dev/null || { echo 'needs soffice'; exit 1; }
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
cat > forms.py <<'EOF'
# MathML, LibreOffice's own code of it, what is drawn
forms = [('<mi>a</mi><mo>mod</mo><mi>b</mi>', '{ a nitalic m b }', 'amb'), ('<mi>a</mi><mi>mod</mi><mi>b</mi>', '{ a nitalic mod b }', 'amodb'),
    ('<mo>gcd</mo><mi>x</mi>', '{ nitalic g x }', 'gx'), ('<mi>x</mi><mo>\u2208\u0338</mo><mi>A</mi>', '{ x in A }', 'x∈A'), ('<mi>x</mi><mo>\u2209</mo><mi>A</mi>', '{ x notin A }', 'x∉A'),
    ('<mo>(</mo><mfrac linethickness="0"><mi>n</mi><mi>k</mi></mfrac><mo>)</mo>', '{ ( frac { n } { k } ) }', '(nk)'), ('<msup><mfrac><mi>a</mi><mi>b</mi></mfrac><mn>2</mn></msup>', 'frac { a } { b } ^ 2', 'ab2'),
    ('<mover accent="true"><mi>z</mi><mo>¯</mo></mover>', 'z', 'z'), ('<mi>a</mi><mo>^</mo><mi>b</mi>', '{ a ^ b }', 'ab')]
EOF
python3 - <<'EOF'
from pathlib import Path
from forms import forms
for i,(mathml,_,_) in enumerate(forms): Path(f'{i}.mml').write_text(f'<?xml version="1.0" encoding="UTF-8"?><math xmlns="http://www.w3.org/1998/Math/MathML"><mrow>{mathml}</mrow></math>')
EOF
soffice --version
timeout 200 soffice "-env:UserInstallation=file://$work/profile" --headless --convert-to odf ?.mml >/dev/null 2>&1
python3 - <<'EOF'
import html, re, sys, zipfile
from forms import forms
good = True
for i,(mathml,*want) in enumerate(forms):
    with zipfile.ZipFile(f'{i}.odf') as z: xml = z.read('content.xml').decode()
    code = html.unescape(re.search(r'<annotation[^>]*>(.*?)</annotation>', xml, re.S)[1])
    drawn = html.unescape(re.sub('<[^>]*>|\\s', '', re.sub(r'<annotation.*?</annotation>', '', xml, flags=re.S).split('?>')[-1]))
    print(f'{mathml:76} {code:28} {drawn}')
    good &= [code,drawn]==want
sys.exit(not good)
EOF
