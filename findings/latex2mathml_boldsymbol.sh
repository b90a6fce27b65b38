#!/bin/sh
# latex2mathml writes `\mathbf{w}` as the bold letter of Unicode, but `\boldsymbol{w}` and bold Greek by mathvariant, so that Chromium draws them as if they weren't bold
# Guessed: a converter that turns `\mathbf{w}` into U+1D430 and `\mathcal{x}` into U+1D4CD does the same for `\boldsymbol{w}`, `\mathbf{\sigma}` and `\boldsymbol{\sigma}`.
# So: those are <mi mathvariant="bold…">, and of mathvariant MathML Core, and Chromium with it, has kept "normal" alone; nothing is reported. `a\!b`
# becomes an <mspace> whose width is a name of MathML 3, negativethinmathspace, and has none in Chromium. A vector and its length look alike.
set -e
chromium=$(command -v chromium || command -v chromium-browser || command -v google-chrome)
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m pip install -q --disable-pip-version-check --target packages latex2mathml==3.81.1
PYTHONPATH=packages python3 - <<'EOF'
from importlib.metadata import version
from pathlib import Path
from latex2mathml.converter import convert
print('latex2mathml', version('latex2mathml'))
formulas = dict(w='w', mathbf=r'\mathbf{w}', boldsymbol=r'\boldsymbol{w}', sigma=r'\sigma', mathbfsigma=r'\mathbf{\sigma}', ab='ab', pulled=r'a\!b')
made = {k: convert(o) for k,o in formulas.items()}
for k in ('mathbf','boldsymbol','mathbfsigma','pulled'): print(formulas[k], made[k].partition('<mrow>')[2].removesuffix('</mrow></math>'))
made |= dict(bold='<math><mi>\U0001D430</mi></math>', boldsigma='<math><mi>\U0001D6D4</mi></math>')
script = "document.title = 'FOUND ' + [...document.querySelectorAll('math')].map(o => o.parentNode.id + '=' + Math.round(100*o.getBoundingClientRect().width)).join(' ')"
page = ''.join(f'<p><span id="{k}">{o}</span></p>' for k,o in made.items())
Path('page.html').write_text(f'<!doctype html><meta charset="utf-8"><style>math {{font-size: 40px}}</style>{page}<script>{script}</script>', encoding='utf-8')
EOF
"$chromium" --version 2>/dev/null | tail -1
found=$(timeout 100 "$chromium" --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync \
    --user-data-dir="$work/profile" --dump-dom "file://$work/page.html" 2>/dev/null | sed -n 's/.*<title>FOUND \([^<]*\)<.*/\1/p' | head -1)
echo "widths in hundredths of a pixel: $found"
width() { echo "$found" | tr ' ' '\n' | sed -n "s/^$1=//p"; }
[ -n "$found" ] && [ "$(width mathbf)" = "$(width bold)" ] && [ "$(width w)" != "$(width bold)" ] && [ "$(width boldsymbol)" = "$(width w)" ] &&
    [ "$(width sigma)" != "$(width boldsigma)" ] && [ "$(width mathbfsigma)" = "$(width sigma)" ] && [ "$(width pulled)" = "$(width ab)" ]
