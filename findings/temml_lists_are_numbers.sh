#!/bin/sh
# Temml makes one number of `\{1,2,3\}` and of `(0,1]`, unless a blank stands after the comma, which TeX ignores; KaTeX makes numbers and commas
# Guessed: in TeX's mathematics a comma between digits is punctuation, and only braces, `1{,}5`, make a decimal comma; blanks change nothing.
# So: Temml takes any comma between two digits for a decimal one: `\{1,2,3\}` has the one member <mn>1,2,3</mn>, and the room after a comma is gone.
# With a blank, `1, 2`, there are two numbers. What reads MathML further (speech, Word, algebra) gets another formula.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
npm install --silent --no-audit --no-fund --prefix . temml@0.13.5 katex@0.19.1 >/dev/null
cat > a.cjs <<'EOF'
const temml = require('temml'),katex = require('katex');
console.log('temml', temml.version, 'katex', katex.version);
const numbers = mathml => mathml.replace(/<annotation.*/s, '').match(/<mn>[^<]*/g).map(o => o.slice(4));
let same = true;
for (const [latex,ofTemml,ofKatex] of [['\\{1,2,3\\}', 1, 3], ['\\{1, 2, 3\\}', 3, 3], ['(0,1]', 1, 2], ['a_{1,2}', 1, 2], ['f(1,x)', 1, 1], ['1{,}5', 1, 1]]) {
    const t = numbers(temml.renderToString(latex)),k = numbers(katex.renderToString(latex, {output:'mathml'}));
    console.log(latex, '| temml', t.join(' and '), '| katex', k.join(' and '));
    same &&= t.length==ofTemml && k.length==ofKatex;
}
process.exit(same ? 0 : 1);
EOF
timeout 100 node a.cjs
