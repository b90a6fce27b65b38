#!/bin/sh
# Temml makes a superscript of `\overset{a}{b}`, and `\not{1}` loses its stroke
# Guessed: \overset is <mover>, as \stackrel is, and a stroke that can't be set is an error.
# So: a letter below \overset gives <msup> (b to the power a, also in display mode), a relation gives <mover>; \not before a digit gives the digit alone.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
echo '{"private": true, "type": "module"}' > package.json
npm install --no-audit --no-fund --no-package-lock --ignore-scripts --loglevel=error temml@0.13.5 >/dev/null
cat > show.mjs <<'EOF'
import temml from 'temml'
const draw = latex => temml.renderToString(latex, {displayMode: true, throwOnError: true})
const made = Object.fromEntries(['\\overset{a}{b}', '\\overset{a}{=}', '\\stackrel{a}{b}', '\\not{1}'].map(o => [o, draw(o)]))
console.log('Temml', temml.version)
for (const [latex, html] of Object.entries(made)) console.log(latex, html)
const good = /<msup/.test(made['\\overset{a}{b}']) && /<mover/.test(made['\\overset{a}{=}']) && /<mi>1<\/mi>/.test(made['\\not{1}']) && !/\u0338/.test(made['\\not{1}'])
process.exit(good ? 0 : 1)
EOF
node show.mjs
