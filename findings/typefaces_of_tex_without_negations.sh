#!/bin/sh
# Typefaces of TeX Live draw other formulas without an error: in Arev p∤q is pq and A⊈B is AB, in Arev and MathDesign "normal subgroup or equal", ⊴, is ◁, in Iwona and Kurier ‖x‖ is x, in CM Bright the bold 0 is the plain one
# Guessed: a package that takes over the signs of LaTeX and amssymb has them all; where it lacks one, the old font's stays, as in Computer Modern, or it is an error.
# So: Arev takes the negated relations from a font in which their places are empty, Iwona's and Kurier's have nothing in the place of \|, and MathDesign and Arev let \unlhd be \vartriangleleft.
# The exit code is 0. Only the log says "Missing character", and of \unlhd and \boldsymbol{0} not even that: pictures in many typefaces need a look at what is drawn, not at the log.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m pip install -q --disable-pip-version-check --target packages pillow==13.0.0
pdflatex --version | head -1
cat > a.py <<'PY'
import subprocess, sys
from PIL import Image
ams = r'\usepackage{amsmath,amssymb}'
faces = {'Computer Modern':ams, 'Arev':ams+r'\usepackage{arev}', 'MathDesign':r'\usepackage[adobe-utopia]{mathdesign}\usepackage{amsmath}',
         'Iwona':r'\usepackage[math]{iwona}'+ams, 'Kurier':r'\usepackage[math]{kurier}'+ams, 'CM Bright':ams+r'\usepackage{cmbright}'}
signs = [r'\|',r'\nmid',r'\nsubseteq',r'\nparallel',r'\subsetneq',r'\lhd',r'\unlhd','0',r'\boldsymbol{0}']
expected = {'Computer Modern':([],[],0), 'Arev':([r'\nmid',r'\nsubseteq',r'\nparallel',r'\subsetneq'],[r'\unlhd'],4), 'MathDesign':([],[r'\unlhd'],0),
            'Iwona':([r'\|'],[],1), 'Kurier':([r'\|'],[],1), 'CM Bright':([],[r'\boldsymbol{0}'],0)}
good = True
for name,packages in faces.items():
    pages = r'\newpage'.join(r'\null\kern9pt\hbox{$%s$}' % o for o in signs)
    open('a.tex','w').write(r'\documentclass{article}%s\pagestyle{empty}\parindent0pt\begin{document}%s\end{document}' % (packages,pages))
    code = subprocess.run(['pdflatex','-interaction=nonstopmode','a.tex'], capture_output=True).returncode
    subprocess.run(['pdftoppm','-r','120','-gray','a.pdf','p'], check=True)
    def ink(k):
        o = Image.open(f'p-{k+1}.pgm').point(lambda v: 255-v)
        return o.crop(o.getbbox()).tobytes() if o.getbbox() else None
    inks = [ink(k) for k in range(len(signs))]
    missing = open('a.log', errors='replace').read().count('Missing character')
    found = ([s for s,i in zip(signs,inks) if i is None], [signs[k+1] for k in (5,7) if inks[k]==inks[k+1]], missing)
    print(f'{name}: exit code {code}; nothing is drawn of', *(found[0] or ['none']), '| as the sign before it:', *(found[1] or ['none']), f'| {missing} times "Missing character" in the log')
    good &= code==0 and found==expected[name]
sys.exit(not good)
PY
PYTHONPATH=packages python3 a.py
