#!/bin/sh
# pymupdf4llm, which makes Markdown of PDFs for language models, drops the bars of De Morgan's law and of 1.36 recurring, strikes out the sign of a root, and makes a power of each numerator
# Guessed: of a formula it keeps plain letters; <sup>, <u> and ~~ stand only where the page has a power, an underline, a line through letters.
# So: thin lines are styles of the letters near them. The bar of a root strikes out its sign, ~~√~~, that of a fraction underlines the numerator, and this, small and above the line, is a <sup> as in a power.
# A bar above letters is gone, so that P(not (A or B)) = P(not A and not B) is P(A∪B) = P(A∩B); or it lies near the line before and underlines x < x.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m pip install -q --disable-pip-version-check --no-deps --target packages pymupdf==2.0 pymupdf4llm==2.0 tabulate==0.10.0 numpy==2.4.6 psutil==7.2.2
cat > a.tex <<'TEX'
\documentclass{article}\usepackage{amsmath}\pagestyle{empty}\parindent0pt\parskip20pt\begin{document}
We find $y=\frac{3}{4}$

Take $r=\sqrt{2}$ as the radius.

Here $P(\overline{A\cup B})=P(\overline{A}\cap\overline{B})$ is a law.

Let $\overline{x}<x$ be given.

Now $1.\overline{36}$ is recurring.

The power $y=4^3$
\end{document}
TEX
pdflatex -interaction=nonstopmode a.tex >said; head -1 said
PYTHONPATH=packages python3 - <<'PY'
import re, sys
from importlib.metadata import version
from unittest.mock import MagicMock
sys.modules['onnxruntime'] = MagicMock()      # it is for scans and page layouts; the text of the formulas comes out alike with it
import pymupdf4llm
pymupdf4llm.use_layout(False)
print('pymupdf', version('pymupdf'), 'pymupdf4llm', version('pymupdf4llm'))
lines = [re.sub(r'[_\s]', '', o) for o in pymupdf4llm.to_markdown('a.pdf').split('\n') if o.strip()]
print(*lines, sep='\n')
text = '\n'.join(lines)
wanted = ['y=<sup><u>3</u></sup>4', '~~√~~', 'P(A∪B)=P(A∩B)', '<u>x<x</u>', 'Now1.36is', 'y=4<sup>3</sup>']
sys.exit(not all(o in text for o in wanted))
PY
