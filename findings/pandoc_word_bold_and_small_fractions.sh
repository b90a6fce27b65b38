#!/bin/sh
# For Word, pandoc makes the upright `\mathbf{x}` a bold italic, `\tfrac12` a fraction on one line, and drops the lines of an array and a \tag, all without a word
# Guessed: what pandoc can't put into Word's equations it leaves as TeX, with a warning, as it does with \cfrac; what it converts looks as in TeX.
# So: letters in \mathbf have the style of \boldsymbol (bi, bold italic; digits and capital Greek get b); \tfrac has the type `lin`, which Word draws
# as 1/2 beside each other, where \frac and \dfrac have a bar; `l|r`, \hline and \tag{1} leave no trace. Exit code 0, nothing on stderr.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m pip install -q --disable-pip-version-check --target packages pypandoc_binary==1.17
PYTHONPATH=packages python3 - <<'EOF'
import re, subprocess, zipfile, pypandoc
print('pandoc', pypandoc.get_pandoc_version())
def omml(formula):
    "What stands in Word's file, and what pandoc says"
    p = subprocess.run([pypandoc.get_pandoc_path(), '-f', 'markdown', '-o', 'a.docx'], input=f'$${formula}$$', capture_output=True, text=True, timeout=100)
    assert p.returncode==0, p.stderr
    return re.search('<m:oMath>(.*?)</m:oMath>|$', zipfile.ZipFile('a.docx').read('word/document.xml').decode(), re.S)[1], p.stderr
def style(formula): return re.findall('<m:sty m:val="(.*?)"', omml(formula)[0])
def fraction(formula): return re.findall('<m:type m:val="(.*?)"', omml(formula)[0])
for o in (r'\mathbf{x}', r'\boldsymbol{x}', r'\mathbf{1}', r'\mathbf{\Gamma}', r'\mathrm{x}'): print(o, *style(o))
for o in (r'\frac12', r'\dfrac12', r'\tfrac12'): print(o, *fraction(o))
plain,ruled,tagged = omml(r'\begin{array}{lr}a&b\\c&d\end{array}'),omml(r'\begin{array}{l|r}a&b\\\hline c&d\end{array}'),omml(r'\tag{1}x')
print('an array with lines is the same as without:', plain==ruled, '; \\tag{1}x:', *tagged)
refused = omml(r'\cfrac{1}{x}')
print(r'\cfrac is left alone:', refused[0] is None, '; said:', refused[1].split('\n')[0])
assert style(r'\mathbf{x}')==style(r'\boldsymbol{x}')==['bi'] and style(r'\mathbf{1}')==style(r'\mathbf{\Gamma}')==['b']
assert fraction(r'\tfrac12')==['lin'] and fraction(r'\frac12')==fraction(r'\dfrac12')==['bar']
assert plain==ruled and plain[1]=='' and tagged==(omml('x')[0], '') and refused[0] is None and 'Could not convert' in refused[1]
EOF
