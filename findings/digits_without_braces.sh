#!/bin/sh
# How many digits `x^10` and `\sqrt23` take without braces depends on the converter: TeX takes one, pandoc and tex2typst all after ^ or _, latex2mathml all after \sqrt
# Guessed: each of them knows that an argument without braces is one token; models do leave such braces out, and a converter then says what TeX draws.
# So: pandoc reads x^10 as the tenth power, but \sqrt23 as √2·3; latex2mathml the other way round, and with a blank before the digits (`x^ 10`) it is the tenth power, too;
# tex2typst writes x^10, which is the tenth power in Typst, \sqrt23 as sqrt(2) 3 and \sqrt[3]27 as root(3, 27). Nobody warns. TeX makes of each the same box as of its one-digit form, and not of the other.
set -e
command -v pdflatex >/dev/null || { echo 'needs pdflatex'; exit 1; }
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m pip install -q --no-compile --disable-pip-version-check --target lib pypandoc-binary==1.17 latex2mathml==3.81.1 tex2typst==0.1.7
PYTHONPATH=lib python3 - <<'EOF'
import re, subprocess, sys
from importlib.metadata import version
from pathlib import Path
import pypandoc, tex2typst
from latex2mathml.converter import convert
def bare(mathml): return re.sub(r'.*?<math[^>]*>|</math>.*|</?(?:semantics|mrow)>|<annotation.*?</annotation>|\s', '', mathml, flags=re.S)
def pandoc(latex): return bare(subprocess.run([pypandoc.get_pandoc_path(),'-f','latex','-t','html','--mathml'], input=f'${latex}$', capture_output=True, text=True, check=True).stdout)
# LaTeX, how TeX takes it, how it could be taken; then, by converter, whether it takes one digit
forms = {'x^10': ('x^{1}0', 'x^{10}', (False, True, False)), 'x^ 10': ('x^{1}0', 'x^{10}', (False, False, False)), r'\sqrt23': (r'\sqrt{2}3', r'\sqrt{23}', (True, False, True)),
    r'\sqrt[3]27': (r'\sqrt[3]{2}7', r'\sqrt[3]{27}', (True, False, False)), r'\frac{1}23': (r'\frac{1}{2}3', r'\frac{1}{23}', (True, False, False))}
def typst(o): return tex2typst.tex2typst(o).strip()
writers = pandoc,lambda o: bare(convert(o)),typst
print('pandoc', pypandoc.get_pandoc_version(), '· latex2mathml', version('latex2mathml'), '· tex2typst', version('tex2typst'))
boxes = ''.join(rf'\setbox0\hbox{{${o}$}}\showbox0 ' for latex,(one,more,_) in forms.items() for o in (latex,one,more))
Path('a.tex').write_text(r'\documentclass{article}\begin{document}\showboxbreadth=99\showboxdepth=99 ' + boxes + r'\end{document}')
subprocess.run(['pdflatex','-interaction=batchmode','a.tex'], capture_output=True)                  # it stops at every \showbox, with exit code 1
drawn = [o.split('\n\n')[0] for o in Path('a.log').read_text(encoding='latin-1').split('> \\box0=')[1:]]
good = True
for (latex,(one,more,want)),tex in zip(forms.items(), zip(*[iter(drawn)]*3), strict=True):
    found = []
    for write in writers:
        a,b,c = write(latex),write(one),write(more)
        found.append({b:True, c:False}.get(a))
    said = {True: "one digit", False: "all", None: "neither"}
    print(f"{latex:12} TeX one digit,", ", ".join(f"{n} {said[o]}" for n,o in zip(("pandoc","latex2mathml","tex2typst"), found)))
    good &= tex[0]==tex[1]!=tex[2] and tuple(found)==want
sys.exit(not good)
EOF
