#!/bin/sh
# markitdown, which makes Markdown for language models, keeps of Word's set of x with a condition, a bar between them, only the condition, reads a boxed formula as an empty one, and escapes subscripts, `x\_{1}`
# Guessed: it goes through Office Math element by element, as pandoc does; what it doesn't know stays as text or is told, and between dollars nothing is escaped.
# So: of a bracket with several parts (m:d with more than one m:e) only the last comes through, of m:borderBox and of ℝ's m:scr nothing; and the LaTeX is put into
# HTML that a Markdown writer then escapes as prose, so that TeX draws an underline sign beside a 1 for each subscript. pandoc reads all of them from the same files.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m pip install -q --no-compile --disable-pip-version-check --no-deps --target lib markitdown==0.1.9 mammoth==1.13.0 markdownify==1.2.3 pypandoc-binary==1.17 \
    beautifulsoup4 soupsieve cobble six requests charset-normalizer urllib3 idna certifi defusedxml lxml magika onnxruntime numpy flatbuffers protobuf packaging python-dotenv typing-extensions click
PYTHONPATH=lib python3 -W ignore - <<'EOF' 2>/dev/null
import subprocess, sys
import pypandoc
from importlib.metadata import version
from markitdown import MarkItDown
def pandoc(*how, text=''): return subprocess.run([pypandoc.get_pandoc_path(),*how], input=text, capture_output=True, text=True, check=True).stdout.strip()
want = {r'\left\{x\middle|y\right\}': r'$\left\{y\right\}$', r'x_1': r'$x\_{1}$', r'a^{*}b^{*}': r'$a^{\*}b^{\*}$', r'\boxed{x}': '$$', r'\mathbb{R}': '$R$', r'\frac{x}{y}': r'$\frac{x}{y}$'}
kept = {r'\left\{x\middle|y\right\}': r'\middle|', r'x_1': 'x_{1}', r'a^{*}b^{*}': 'a^{*}b^{*}', r'\boxed{x}': r'\boxed{x}', r'\mathbb{R}': r'\mathbb{R}', r'\frac{x}{y}': r'\frac{x}{y}'}
print('markitdown', version('markitdown'), '· pandoc', pypandoc.get_pandoc_version())
good = True
for latex,o in want.items():
    pandoc('-f', 'latex', '-o', 'a.docx', text=f'Here ${latex}$ it is.')
    found = MarkItDown().convert('a.docx').text_content.strip().removeprefix('Here ').removesuffix(' it is.')
    back = pandoc('-f', 'docx', '-t', 'markdown', 'a.docx').removeprefix('Here ').removesuffix(' it is.')
    print(f'{latex:28} markitdown {found:20} pandoc {back}')
    good &= found==o and kept[latex] in back
sys.exit(not good)
