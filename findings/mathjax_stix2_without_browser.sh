#!/bin/sh
# In Node, MathJax's STIX2 font alone can't load its double-struck letters: its own setting names the files meant for browsers
# Guessed: the five font packages of MathJax 4 are used alike (fontData, mathjax.asyncLoad), as the documentation of direct use shows.
# So: Termes says `@mathjax/mathjax-termes-font/js/svg/dynamic`, STIX2 4.1.0 `@mathjax/mathjax-stix2-font/svg/dynamic`, without `js/`. Those files want
# a global MathJax, so \mathbb{R} and an accented letter fail with "dynamic file ... failed to load" while x^2 is drawn. Cure: pass dynamicPrefix.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
echo '{"private": true, "type": "module"}' > package.json
npm install --no-audit --no-fund --no-package-lock --ignore-scripts --loglevel=error @mathjax/src@4.1.3 @mathjax/mathjax-stix2-font@4.1.0 \
    @mathjax/mathjax-termes-font@4.1.2 >/dev/null
cat > show.mjs <<'EOF'
import { mathjax } from '@mathjax/src/js/mathjax.js'
import { TeX } from '@mathjax/src/js/input/tex.js'
import '@mathjax/src/js/input/tex/base/BaseConfiguration.js'
import '@mathjax/src/js/input/tex/ams/AmsConfiguration.js'
import { SVG } from '@mathjax/src/js/output/svg.js'
import { liteAdaptor } from '@mathjax/src/js/adaptors/liteAdaptor.js'
import { RegisterHTMLHandler } from '@mathjax/src/js/handlers/html.js'
mathjax.asyncLoad = name => import(name.startsWith('/') ? name : import.meta.resolve(name))
RegisterHTMLHandler(liteAdaptor())
const seen = [], [font, cure] = process.argv.slice(2), options = cure ? {dynamicPrefix: `@mathjax/mathjax-${font}-font/js/svg/dynamic`} : {}
{
  const Font = Object.values(await import(`@mathjax/mathjax-${font}-font/js/svg.js`)).find(o => /^MathJax\w+Font$/.test(o.name))
  const html = mathjax.document('', {InputJax: new TeX({packages: ['base', 'ams']}), OutputJax: new SVG({fontData: new Font(options), fontCache: 'none'})})
  for (const latex of ['x^2', '\\mathbb{R}']) {
    let found = 'drawn'
    try { await html.convertPromise(latex, {}) } catch (e) { found = e.message }
    console.log(`${font}, prefix ${options.dynamicPrefix || Font.OPTIONS.dynamicPrefix}: ${latex} ${found}`)
    seen.push(found === 'drawn')
  }
}
process.exit(seen[0] && seen[1] ? 0 : 3)
EOF
node show.mjs termes 2>/dev/null
node show.mjs stix2 2>/dev/null && exit 1 || [ $? = 3 ]
node show.mjs stix2 cure 2>/dev/null
