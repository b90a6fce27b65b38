#!/bin/sh
# The blanks that pix2tex and RapidLaTeXOCR take out of what they read part commands from letters: p≠q in \mathrm becomes `p\neq`, that is p≠, sin h over h becomes sinh over h, μm an unknown `\mum`; Pix2Text makes 14 C of ¹⁴C
# Guessed: the last step after the model only tidies; it takes blanks that TeX ignores anyway, and leaves the formula as it was.
# So: within \mathrm, \mathbf, \text and \operatorname every blank goes, the one that ends a command too, and the words of a \text grow together. Outside of them it stays.
# Pix2Text takes a superscript or subscript at the start of a formula for one without a base and sets it on the line, so that the n of `_{n}C_{r}` is a factor; after an empty group {} it stays.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m pip install -q --no-compile --no-deps --disable-pip-version-check --target lib pix2tex==0.1.4 rapid-latex-ocr==0.0.9 pix2text==1.1.7 latex2mathml==3.81.1
PYTHONPATH=lib timeout 200 python3 - <<'EOF'
import html, importlib, re, sys, types, warnings
from importlib.metadata import version
from unittest.mock import MagicMock
warnings.simplefilter('ignore')                                  # of the patterns' backslashes
from latex2mathml.converter import convert
# the models and what they need are left out: the last step is a function of text
for o in 'torch tqdm optimum optimum.onnxruntime transformers transformers.generation PIL cnocr cnocr.utils cv2 munch numpy yaml onnxruntime'.split(): sys.modules[o] = MagicMock()
def part(package, name, *hidden):
    "One module of a package, without its others"
    sys.modules[package] = types.ModuleType(package)
    sys.modules[package].__path__ = [f'lib/{package}']
    for o in hidden: sys.modules[f'{package}.{o}'] = MagicMock()
    return importlib.import_module(f'{package}.{name}')
pix2tex = part('pix2tex', 'utils.utils').post_process
rapid = part('rapid_latex_ocr', 'main', 'models', 'utils', 'utils_load').LaTeXOCR.post_process
ocr = part('pix2text', 'latex_ocr', 'consts', 'utils').LatexOCR
both,third = {'pix2tex': pix2tex, 'RapidLaTeXOCR': rapid},{'Pix2Text': lambda o: ocr.post_process(None, o)}
print(*(f'{o} {version(o)}' for o in ('pix2tex','rapid-latex-ocr','pix2text','latex2mathml')), sep=' · ')
def signs(latex):
    "What a reader of LaTeX makes of it, each letter, sign and name by itself, ^ and _ for scripts"
    o = re.sub('<(msu[bp]|msubsup)>', lambda m: {'msup':'^ ','msub':'_ ','msubsup':'_^ '}[m[1]], convert(latex))
    return ' '.join(html.unescape(re.sub('<[^>]*>', ' ', o)).split())
good = True
for read,want,tools in ((r'\mathrm { p \ne q }',r'\mathrm{p\neq}',both), (r'\frac { \mathrm { \sin h } } { h }',r'\frac{\mathrm{\sinh}}{h}',both), (r'5 \mathrm { \mu m }',r'5\mathrm{\mum}',both),
                        (r'\mathbf { \nabla f }',r'\mathbf{\nablaf}',both), (r'\text { for all } x',r'\text{forall}x',both), (r'p \ne q',r'p\ne q',both),
                        ('^ { 1 4 } C','1 4 C',third), ('_ { n } C _ { r }','n C_{r}',third), ('{ } ^ { 1 4 } C','{}^{1 4} C',third)):
    found = {f(read) for f in tools.values()}
    print(f'{" and ".join(tools)}: {read} becomes {" or ".join(found)}, and “{signs(read)}”', 'stays' if signs(read)==signs(want) else f'becomes “{signs(want)}”')
    good &= found=={want}
good &= signs(r'\mathrm { p \ne q }')=='p ≠ q' and signs(r'\mathrm{p\neq}')=='p ≠' and signs('^ { 1 4 } C')=='^ 1 4 C' and signs('1 4 C')=='1 4 C'
sys.exit(not good)
EOF
