#!/bin/sh
# pybtex makes of a title with `$\frac{1}{2}x$` a reference with `$\frac {12}x$`, twelve by x, and of `$a_{i}$` one with `$a\_{i}$`, an a beside an i; in plain text `$10^{-3}$` is `$10^-3$` and {1,2} is `$\1,2\$`
# Guessed: pybtex, in place of BibTeX, copies the formulas of a title into the \bibitem as BibTeX does; where text has no place for TeX, as in HTML or Markdown, the formula at least stays what it was.
# So: its richtext takes every brace for BibTeX's protection of capitals, inside dollars as outside. Braces that follow one another are joined, and of a brace behind a backslash only the backslash stays. The writer for
# LaTeX sets braces around what was protected and escapes each underscore, for its signs are text; the others leave the braces out, so that `x^{a+b}` is `$x^a+b$`: for TeX, MathJax or a reader x to the power of a, and b.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m pip install -q --no-compile --disable-pip-version-check --no-deps --target lib pybtex==0.26.1 latexcodec==3.0.1 pyyaml==6.0.4
PYTHONPATH=lib timeout 100 python3 - <<'EOS'
import re, sys
from importlib.metadata import version
from pybtex import PybtexEngine
want = {r'$\frac{1}{2}x$':   (r'$\frac {12}x$',    r'$\frac 12x$'),
        r'$\binom{n}{k}$':   (r'$\binom {nk}$',    r'$\binom nk$'),
        r'$a_{i}$':          (r'$a\_{i}$',         r'$a_i$'),
        r'$a_1-b_1$':        (r'$a\_1-b\_1$',      r'$a_1-b_1$'),
        r'$10^{-3}$':        (r'$10^{-3}$',        r'$10^-3$'),
        r'$x^{a+b}$':        (r'$x^{a+b}$',        r'$x^a+b$'),
        r'$\sqrt{x+1}y$':    (r'$\sqrt {x+1}y$',   r'$\sqrt x+1y$'),
        r'$\{1,2\}$':        (r'$\{1,2\}$',        r'$\1,2\$'),
        r'$x\in a$':         (r'$x\in a$',         r'$x\in a$')}
good = True
print('pybtex', version('pybtex'), '· style plain, output for LaTeX and for plain text')
for title,hope in want.items():
    book = '@book{a, author = {Ann Bee}, title = {On %s here}, publisher = {C}, year = 2020}' % title
    got = []
    for backend in ('latex', 'plaintext'):
        text = PybtexEngine().format_from_string(book, 'plain', output_backend=backend)
        got.append(re.search(r'On (\$.*\$) here', text)[1])
    print(title.ljust(18), *(g.ljust(18) for g in got))
    good &= tuple(got)==hope
sys.exit(not good)
EOS
