#!/bin/sh
# With unicode-math and its own font, Latin Modern Math, LuaLaTeX draws A∖B as A and B with a gap, of \mathbf{\Gamma}x only the x, and ends with exit code 0
# Guessed: Latin Modern Math has what LaTeX's own fonts have, \setminus above all; a character that a font lacks is an error, or a box, as in a browser.
# So: \setminus is U+29F5, which that font hasn't (U+2216, \smallsetminus, it has); ⫋, ★ and the digamma aren't there, either. Greek letters in \mathbf, \mathsf and \mathrm are looked up in the fonts
# of the text, as italic letters of Unicode's mathematical block, which those haven't; pdfLaTeX draws a bold Γ. The log says "Missing character", no error. With \symbf the letters are there, in New Computer Modern Math the signs.
set -e
for o in lualatex pdflatex pdftotext; do command -v $o >/dev/null || { echo "needs $o"; exit 1; }; done
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 - <<'EOF'
import re, subprocess, sys
from pathlib import Path
forms = {r'A\setminus B': 2, r'A\smallsetminus B': 3, r'A\subsetneqq B': 2, r'\mathbf{\Gamma}x': 1, r'\mathrm{\alpha}x': 1, r'A\cup B': 3, r'\symbf{\Gamma}x': 2}
def drawn(engine, package, formulas):
    "What is drawn of each formula, one on a page, with the log"
    Path('a.tex').write_text(r'\documentclass{article}\usepackage{amsmath,%s}\pagestyle{empty}\begin{document}%s\end{document}' % (package, r'\newpage'.join(f'\n${o}$\n' for o in formulas)))
    subprocess.run([engine,'-interaction=nonstopmode','-halt-on-error','a.tex'], capture_output=True, check=True, timeout=250)
    text = subprocess.run(['pdftotext','a.pdf','-'], capture_output=True, text=True, check=True).stdout
    return [''.join(o.split()) for o in text.split('\f')[:len(formulas)]],Path('a.log').read_text(errors='replace')
unicode,log = drawn('lualatex', 'unicode-math', forms)
plain = [o for o in forms if 'symbf' not in o]
old = dict(zip(plain, drawn('pdflatex', 'amssymb', plain)[0]))
print(re.search(r'This is (.*?\))', log)[1], '·', *re.findall(r'Package: (unicode-math \S+ \S+)', log))
for o,found in zip(forms, unicode): print(f'{o:20} LuaLaTeX draws {found:8}', f'pdfLaTeX {old[o]}' if o in old else '')
print(*sorted(set(re.findall(r'Missing character: There is no \S+ \(\S+\)', log))), sep='\n')
sys.exit(not ([len(o) for o in unicode]==[*forms.values()] and [len(o) for o in old.values()]==[3, 3, 3, 2, 2, 3] and 'U+29F5' in log and '\n! ' not in log))
EOF
