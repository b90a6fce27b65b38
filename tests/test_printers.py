"A formula for other programs: nothing vanishes, nothing is guessed, and what is computed is right"
from collections import Counter
import json, random, re, unicodedata, xml.etree.ElementTree as ET, zipfile
from pathlib import Path

import pytest

from latexocr.cli import main
from latexocr.normalize import KIND, detokenize, normalize, tokenize
from latexocr.data import small_formulas
from latexocr.tex.compute import computable, to_sympy
from latexocr.tex.mathml import to_mathml
from latexocr.tex.printers import PrinterError, print_formula
from latexocr.tex.typst import to_typst
from latexocr.tex.spoken import to_speech
from latexocr.tex.unicode import to_text
from latexocr.tex.word import to_docx, to_omml

root = Path(__file__).resolve().parent.parent
minimal = (root/'tools/bench/minimal_formulas.txt').read_text(encoding='utf-8').split('\n')[:-1]
formulas = minimal + [detokenize(normalize(o)) for some in small_formulas().values() for o in some]

@pytest.mark.parametrize('printer', [to_mathml, to_typst, to_text, to_speech], ids=lambda o: o.target)
def test_every_formula_is_printed(printer): assert all(printer(o).strip() for o in formulas)

# What the vocabulary has and no formula can show: the normaliser writes \\mathinner{a} as a with its spaces, and \\hbox stands within \\raisebox alone
no_formula = {'\\mathinner'}

def test_minimal_formulas_cover_the_vocabulary():
    seen = {t for o in minimal for t in [*tokenize(o), *normalize(o).split()]}
    known = {o for o in (root/'latexocr/pretrained/vocab.txt').read_text(encoding='utf-8').split() if re.fullmatch(r'\\[A-Za-z]+', o)}
    assert known-seen==no_formula

def test_mathml_and_omml_are_well_formed():
    for o in formulas:
        ET.fromstring(to_mathml(o))
        try: ET.fromstring(f'<x xmlns:m="m">{to_omml(o)}</x>')
        except PrinterError as e: assert 'lines in a table' in str(e) or '\\raisebox' in str(e)

@pytest.mark.parametrize('printer', [to_mathml, to_omml], ids=lambda o: o.target)
def test_no_letter_vanishes(printer):
    "Each Latin and Greek letter of the formula is on the page, as often as it was written, whatever its font"
    fold = lambda s: sorted(c for c in unicodedata.normalize('NFKD', s) if unicodedata.category(c) in ('Ll','Lu'))
    for o,letters in {'a+b':'ab', r'\mathbf{x}_i^{y}':'xiy', r'\frac{\alpha}{\sqrt[n]{b}}':'αnb', r'\left(\begin{matrix}p&q\\r&s\end{matrix}\right)':'pqrs',
                      r'\overbrace{u}^{v}\xrightarrow{w}':'uvw', r'\hat{H}\psi=E\psi':'HψEψ', r'\sum_{\substack{i\\j}}\binom{n}{k}':'ijnk', r'\begin{cases}a\\b\end{cases}\stackrel{c}{=}\mathrm{de}':'abcde'}.items():
        printed = re.sub('<[^>]*>', '', printer(o))
        assert [*Counter(fold(printed)).items()]==[*Counter(fold(letters)).items()], o

def test_unknown_constructs_are_named():
    rule = r'a\rule{1cm}{1cm}b'
    for f in (to_mathml, to_typst, to_text, to_speech, to_omml):
        with pytest.raises(PrinterError, match=re.escape(f.target)+r' cannot hold \\rule'): f(rule)
    with pytest.raises(PrinterError, match='SymPy'): to_sympy(rule)
    with pytest.raises(ValueError, match='one of'): print_formula('x', 'postscript')

def test_text_cannot_leave_its_place():
    "What is special in a language is escaped: no formula writes markup or code"
    assert '<b' not in to_mathml('a<b') and '&lt;' in to_mathml('a<b') and to_typst(r'\#a\$\_"') == r'\# a \$ \_ \"'
    assert re.fullmatch(r'[\w ,()*/+=-]*', to_sympy(r'\mathrm{import}+\lambda+E'))

@pytest.mark.parametrize('latex,value', [(r'\frac{d}{dx}\sin x', 'cos(x)'), (r'\sum_{k=0}^{3} k^2', '14'), (r'\prod_{k=1}^{4}k', '24'), (r'\lim_{n\rightarrow\infty}\frac{1}{n}', '0'),
    (r'\int_0^1\int_0^1 xy\,dx\,dy', '1/4'), (r'\left(\begin{array}{cc}1&2\\3&4\end{array}\right)', 'Matrix([[1, 2], [3, 4]])'), (r'2^{-1}', '1/2'), (r'\frac{\partial^2}{\partial x\partial y}x^2y', '2*x'),
    (r'\left|-3\right|+|{-4}|', '7'), (r'e^{\mathrm{i}\pi}', '-1'), (r'\log_2 8', '3'), (r'\cos^2 x+\sin^2 x-1', '0'), (r'-a-b+c', '-a - b + c'), (r'1/2', '1/2'), (r'\sqrt[3]{27}', '3')])
def test_what_is_computed_is_right(latex, value):
    import sympy
    assert sympy.simplify(computable(latex).doit())==sympy.sympify(value)

def test_values_at_random_points():
    "The code of a formula against Python of the same formula, written by hand"
    import sympy
    from math import cos, exp, pi, sin, sqrt
    pairs = {r'\frac{a+b}{c}-\frac{a}{b}c':lambda a,b,c: (a+b)/c-a/b*c, r'a^{b}c':lambda a,b,c: a**b*c, r'\sqrt{a^2+b^2}\,e^{-c/2}':lambda a,b,c: sqrt(a*a+b*b)*exp(-c/2), r'\sin 2a\cos b':lambda a,b,c: sin(2*a)*cos(b),
             r'-a^2b':lambda a,b,c: -a*a*b, r'a(b+c)':lambda a,b,c: a*(b+c), r'2\pi\left(a-\frac{1}{2}\right)':lambda a,b,c: 2*pi*(a-.5), r'\frac{1}{a}\frac{b}{c}':lambda a,b,c: b/a/c, r'a-b-c':lambda a,b,c: a-b-c, r'a\cdot b/c':lambda a,b,c: a*b/c}
    for latex,f in pairs.items():
        at = {o:random.Random(latex+o).uniform(.5, 2) for o in 'abc'}
        assert abs(float(computable(latex).subs({sympy.Symbol(k):v for k,v in at.items()}))-f(**at))<1e-9, latex

@pytest.mark.parametrize('latex', ['E=2=1+1', r'a\rightarrow b', 'a,b', 'x(t)', '1/2x', r'\Delta x', r'\operatorname{Tr}A', 'f\'', r'x^\dagger', r'A^T', r'\sin^{-1}x', r'\int f', r'a\pm b', r'\sum_i a_i', r'd x', r'\sin(x)^2', r'\bar{z}', r'\nabla f', r'a+\cdots+b', 'ds^2=dt^2', r'x^\mu y_\mu', r'\sum_{i=1}^n x_i', 'V(p^2)', r'\frac{dx}{dt}', r'\sigma^{(0)}', 'L(X(i,j))', r'\cosh\rho\,d\tau^2', 'P^{ab}', 'F_{mn}^a', 'G(1+x)'])
def test_what_has_two_readings_is_refused(latex):
    with pytest.raises(PrinterError, match='SymPy: this cannot be computed: '): to_sympy(latex)

def test_a_document(tmp_path):
    with zipfile.ZipFile(to_docx(['a<b', r'\frac{1}{2}'], tmp_path/'a.docx')) as z: assert z.testzip() is None and z.read('word/document.xml').count(b'<m:oMath>')==2
    assert to_docx(['x'], tmp_path/'1.docx').read_bytes()==to_docx(['x'], tmp_path/'2.docx').read_bytes()
    with pytest.raises(PrinterError): to_docx(['x', r'\rule{1cm}{1cm}'], tmp_path/'none.docx')
    assert not (tmp_path/'none.docx').exists()

@pytest.fixture
def reading(monkeypatch):
    "`latexocr predict` with a reader that has read this already"
    import latexocr.use.picture_commands as commands
    from PIL import Image
    from latexocr.predict import Prediction
    def read(latex, *args):
        p = Prediction(Image.new('L', (9,9), 255), latex, [], [], 1., [(latex,1.)], True)
        monkeypatch.setattr(commands, 'reader', lambda args: None); monkeypatch.setattr(commands, 'read_pictures', lambda ocr, pictures, args: [p]*len(pictures))
        return main(['predict', str(root/'latexocr/small/real_42.png'), *args])
    return read

def test_command_line(reading, capsys, tmp_path):
    said = lambda: tuple(o.strip() for o in capsys.readouterr())
    assert reading(r'\frac{a}{b}', '--to', 'typst')==0 and said()==('frac(a, b)','')
    assert reading(r'\frac{a}{b}', '--wrap', '$$')==0 and said()==(r'$$\frac{a}{b}$$','')
    assert reading('a=b=c', '--to', 'sympy')==1
    out,err = said(); assert out=='' and len(err.splitlines())==1 and 'SymPy' in err and 'a chain of 2 relations' in err
    assert reading('a=b=c', '--to', 'sympy', '--or-latex')==1 and said()[0]=='a=b=c'
    assert reading('a', '--to', 'docx')==2 and '--out' in said()[1]
    assert reading('a', '--to', 'docx', '--out', str(tmp_path/'a.docx'))==0 and said()[0].endswith('1 equation') and (tmp_path/'a.docx').exists()
    assert reading('a', '--to', 'docx', '--out', str(tmp_path/'no/a.docx'))==2 and 'cannot write' in said()[1]
    assert reading('a', '--to', 'mathml', '--json')==0 and '<mi>a</mi>' in json.loads(said()[0])['mathml']

def test_every_reading_that_is_asked_for(monkeypatch, capsys, tmp_path):
    "--n-best with --to: each reading in the target's words, and one that it can't hold is one line and exit code 1"
    import latexocr.use.picture_commands as cli
    from PIL import Image
    from latexocr.predict import Prediction
    p = Prediction(Image.new('L', (9,9), 255), 'a^2', [], [], .7, [('a^2',.7),(r'\rule{1cm}{1cm}',.2),('a_2',.1)], True)
    monkeypatch.setattr(cli, 'reader', lambda args: None); monkeypatch.setattr(cli, 'read_pictures', lambda ocr, pictures, args: [p]*len(pictures))
    picture = str(root/'latexocr/small/real_42.png')
    assert main(['predict', picture, '--to', 'typst', '--n-best', '3'])==1
    out,err = capsys.readouterr()
    assert out.split('\n')[:-1]==['0.7000\ta^2','0.1000\ta_2'] and len(err.splitlines())==1 and '\\rule' in err
    assert main(['predict', picture, '--to', 'typst', '--n-best', '3', '--json'])==1
    assert json.loads(capsys.readouterr().out)['alternatives']==[['a^2',.7,'a^2'],[r'\rule{1cm}{1cm}',.2,None],['a_2',.1,'a_2']]
    assert main(['predict', picture, '--to', 'docx', '--n-best', '3', '--out', str(tmp_path/'a.docx')])==1 and capsys.readouterr().out.strip().endswith('2 equations')

def test_what_word_cannot_raise():
    "Named, and no fault of Python's"
    with pytest.raises(PrinterError, match='raisebox'): to_omml(r'x\raisebox{2pt}{$y$}')
