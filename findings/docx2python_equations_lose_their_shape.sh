#!/bin/sh
# docx2python, which promises Word's equations and marks them as <latex>, gives −1/2 as −12, 2¹⁰ as 210 and |−3| as −3; docxlatex leaves out what bears a label above or below, and makes a matrix of cases
# Guessed: what stands between <latex> and </latex> is LaTeX, or at least Word's linear form, -1/2 and 2^10; what a reader can't read is told.
# So: docx2python strings together the texts of an equation's elements; a fraction's bar, a root, an exponent, a bracket that grows, a bar above and an operator like ∑ are elements
# or attributes without text. docxlatex reads those, but of m:limUpp and m:groupChr nothing, and cases, a bracket open to the right, become [ ] closed on both sides. pandoc reads all of them.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m pip install -q --no-compile --disable-pip-version-check --target lib docx2python==3.7.1 docxlatex==1.2.3 pypandoc-binary==1.17
PYTHONPATH=lib python3 - <<'PY'
import subprocess, sys
from importlib.metadata import version
import docxlatex, pypandoc
from docx2python import docx2python
def pandoc(*how, text=''): return subprocess.run([pypandoc.get_pandoc_path(),*how], input=text, capture_output=True, text=True, check=True, timeout=60).stdout.strip()
def bare(text): return text.strip().removeprefix('Here ').removesuffix(' it is.').removeprefix('$').removesuffix('$').strip()
print('docx2python', version('docx2python'), '· docxlatex', version('docxlatex'), '· pandoc', pypandoc.get_pandoc_version())
good = True
for latex,first,second in [(r'-\frac{1}{2}', '−12', r'−\frac{1}{2}'), ('2^{10}', '210', '{2}^{10}'), (r'\left|-3\right|', '−3', r'\left| −3 \right|'), (r'\sqrt{2}', '2', r'\sqrt{2}'), (r'\overline{AB}', 'AB', r'\overline{AB}'),
        (r'\sum_{i=1}^{3}i', 'i=13i', r'\sum_{i=1}^{3}{i}'), (r'\left\lceil x\right]', 'x', None), (r'x\overset{!}{=}y', 'x=!y', 'xy'), (r'\underbrace{a+b}_{n}+c', 'a+b⏟n+c', '+c'),
        (r'\begin{cases}1&x>0\\0&x<0\end{cases}', '1x>00x<0', r'\begin{bmatrix} 1 & x\gt 0 \\ 0 & x\lt 0 \end{bmatrix}')]:
    pandoc('-f', 'latex', '-o', 'a.docx', text=f'Here ${latex}$ it is.')
    got = bare(docx2python('a.docx').text).removeprefix('<latex>').removesuffix('</latex>'), bare(docxlatex.Document('a.docx').get_text())
    print(f'{latex:39} docx2python <latex>{got[0]}</latex>'.ljust(78), 'docxlatex', got[1].ljust(45), 'pandoc', ' '.join(bare(pandoc('-f', 'docx', '-t', 'markdown', 'a.docx')).split()))
    good &= got[0]==first and second in (None, got[1])
sys.exit(not good)
PY
