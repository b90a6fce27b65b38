#!/bin/sh
# MathJax 4 with its STIX2 font draws `\emptyset` as `\varnothing` and the other way round
# Guessed: TeX's \emptyset is a narrow slashed zero and \varnothing a slashed circle, in each of MathJax's fonts; only the drawing differs.
# So: in New Computer Modern, Latin Modern, Termes and the TeX font \emptyset is higher than wide and \varnothing is round; in STIX2 the two are
# exchanged (U+2205 there is the circle, its variant the zero). Who draws training pictures with it teaches the wrong label.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
echo '{"private": true, "type": "module"}' > package.json
npm install --no-audit --no-fund --no-package-lock --ignore-scripts --loglevel=error @mathjax/src@4.1.3 @mathjax/mathjax-newcm-font@4.1.3 \
    @mathjax/mathjax-stix2-font@4.1.0 @mathjax/mathjax-termes-font@4.1.2 @mathjax/mathjax-modern-font@4.1.3 @mathjax/mathjax-tex-font@4.1.1 >/dev/null
cat > show.mjs <<'EOF'
import { mathjax } from '@mathjax/src/js/mathjax.js'
import { TeX } from '@mathjax/src/js/input/tex.js'
import '@mathjax/src/js/input/tex/base/BaseConfiguration.js'
import '@mathjax/src/js/input/tex/ams/AmsConfiguration.js'
import { SVG } from '@mathjax/src/js/output/svg.js'
import { liteAdaptor } from '@mathjax/src/js/adaptors/liteAdaptor.js'
import { RegisterHTMLHandler } from '@mathjax/src/js/handlers/html.js'
mathjax.asyncLoad = name => import(name.startsWith('/') ? name : import.meta.resolve(name))
const adaptor = liteAdaptor()
RegisterHTMLHandler(adaptor)
let same = true
for (const font of ['newcm', 'modern', 'termes', 'tex', 'stix2']) {
  const Font = Object.values(await import(`@mathjax/mathjax-${font}-font/mjs/svg.js`)).find(o => /^MathJax\w+Font$/.test(o.name))
  const output = new SVG({fontData: new Font({dynamicPrefix: `@mathjax/mathjax-${font}-font/mjs/svg/dynamic`}), fontCache: 'none'})
  const html = mathjax.document('', {InputJax: new TeX({packages: ['base', 'ams']}), OutputJax: output})
  const size = async latex => adaptor.outerHTML(await html.convertPromise(latex, {})).match(/viewBox="([^"]*)"/)[1].split(' ').slice(2).map(Number)
  const [empty, nothing] = [await size('\\emptyset'), await size('\\varnothing')]
  console.log(`${font}: \\emptyset ${empty.join(' x ')}, \\varnothing ${nothing.join(' x ')} (width x height, thousandths of an em)`)
  const narrow = empty[1] / empty[0] > nothing[1] / nothing[0]
  same &&= narrow === (font !== 'stix2')
}
process.exit(same ? 0 : 1)
EOF
node show.mjs
