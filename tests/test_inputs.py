"Small pictures that the first weights could not read, each with what it shows: the shipped weights read them"
import io
import pytest
from PIL import Image
from latexocr.normalize import NormalizeError, normalize
from latexocr.predict import LatexOCR
from latexocr.render import render
from latexocr.tex.typefaces import available_typefaces
from conftest import missing

DIFFUSION = r'\frac{\partial u}{\partial t}=\alpha\frac{\partial^2 u}{\partial x^2}'
DRAWN = [        # typeface, formula; what the first weights made of some of them stands beside
    ('palatino', 'A'), ('palatino', 'E=mc^2'), ('cmbright', 'a^2+b^2=c^2'),
    ('times', r'v=3.0\times10^{8}\,\mathrm{m\,s^{-1}}'),                                  # everything bold
    ('times', r'\int_0^\infty e^{-x^2}\,dx=\frac{\sqrt{\pi}}{2}'),
    ('cm', r'\begin{bmatrix}1&2\\3&4\end{bmatrix}'),
    ('cm', r'\frac{1}{2}\div\frac{3}{4}=\frac{2}{3}'),                                    # a plus, .98
    ('cm', r'C=\$3.50'),                                                                  # an 8, .89
    ('cm', r'x^*=\min_{x}f(x)'),                                                          # \max
    ('cm', r'\begin{pmatrix}1&2&3&4\\5&6&7&8\\9&10&11&12\\13&14&15&16\end{pmatrix}'),     # a row lost
    ('cm', r'\begin{pmatrix}a\\b\\c\\d\end{pmatrix}'),                                    # a row lost
    ('cm', r'\begin{cases}x+y+z=6\\2x-y+z=3\\x+2y-3z=-4\end{cases}'),
    ('cm', r'A=\begin{bmatrix}a_{11}&\cdots&a_{1n}\\\vdots&\ddots&\vdots\\a_{m1}&\cdots&a_{mn}\end{bmatrix}'),    # \cdots in the middle
    ('cm', r'\left\lfloor\frac n2\right\rfloor+\left\lceil\frac n2\right\rceil=n'),       # bars and brackets
    ('cm', r'\iiint_V f(x,y,z)\,dx\,dy\,dz')]                                             # \iint
MATHTEXT = [('stix', DIFFUSION)]    # 3U, G and \chi
FAX = r'\int_0^\infty e^{-ax^2}\,dx=\frac12\sqrt{\frac{\pi}{a}}'
BRACKETS = r'-\frac{1}{r^3}\frac{d}{dr}\left(r^3\frac{dh}{dr}\right)+(\rho\mu)^2h=0.'
FORMULAS = [*dict(map(reversed, DRAWN+MATHTEXT)), FAX, BRACKETS]     # tools/data/corpus/write.py reads this list: no training has them

@pytest.fixture(scope='module')
def ocr(): return LatexOCR.from_pretrained()

def reads(ocr, picture, formula):
    try: return normalize(ocr(picture).latex)==normalize(formula)
    except NormalizeError: return False

@pytest.mark.parametrize('typeface,formula', DRAWN)
def test_drawn_by_tex(ocr, typeface, formula):
    "At 150 dpi, as a screenshot of a paper would be"
    if typeface not in available_typefaces(): missing(typeface)
    drawn, = render([normalize(formula)], typeface=typeface, dpi=150, downsample=1)
    assert reads(ocr, drawn.image, formula)

@pytest.mark.parametrize('times', (1,2))
def test_black_and_white(ocr, times):
    "As a fax would be, at its size and enlarged before"
    drawn = render([FAX], dpi=150, downsample=1)[0].image
    large = drawn.resize((times*drawn.width, times*drawn.height), Image.LANCZOS)
    assert reads(ocr, large.point(lambda p: 255*(p>=128)), FAX)

@pytest.mark.parametrize('typeface,formula', MATHTEXT)
def test_drawn_by_matplotlib(ocr, typeface, formula):
    "As slides and plots show it"
    from matplotlib import font_manager, mathtext
    file = io.BytesIO()
    mathtext.math_to_image(f'${formula}$', file, dpi=150, format='png', prop=font_manager.FontProperties(size=14, math_fontfamily=typeface))
    assert reads(ocr, Image.open(file).convert('RGB'), formula)

def test_brackets_are_no_rows(ocr):
    "Fractions in large brackets have three lines of ink, and no table: nothing to doubt"
    drawn, = render([normalize(BRACKETS)])
    p = ocr(drawn.image)
    assert r'\begin' not in p.latex and p.confidence>.5
