"Whatever hypothesis thinks of: normalize, detokenize, render and the picture opener keep their promises, and what it found once is tried each time"
import functools, io, time
import numpy as np
import pytest
import torch
from PIL import Image
pytest.importorskip('hypothesis')
from hypothesis import HealthCheck, Phase, example, given, settings, strategies as st
from hypothesis.extra import numpy as hnp
from conftest import needs
from latexocr.decoder import Im2Latex, ModelConfig
from latexocr.normalize import COMMANDS, NormalizeError, detokenize, normalize, tokenize
from latexocr.predict import LatexOCR, PictureError, open_picture, prepare
from latexocr.render import render
from latexocr.vocab import SPECIALS, Vocab

PROFILES = dict(quick=60, long=3000)       # examples; of dear properties a part of them

def fuzz(*strategies, examples=(), part=1.):
    "A property as two tests: a quick one, and one that is marked slow; `examples` were found by it, or by us, and are tried first"
    def make(prop):
        @pytest.mark.parametrize('how', ['quick', pytest.param('long', marks=pytest.mark.slow)])
        def test(how):
            wrapped = given(*strategies)(prop)
            for o in examples: wrapped = example(o)(wrapped)
            settings(max_examples=max(1, int(PROFILES[how]*part)), derandomize=how=='quick', deadline=None, database=None,
                     phases=[Phase.explicit, Phase.generate, Phase.shrink], suppress_health_check=list(HealthCheck), print_blob=False)(wrapped)()
        test.__doc__ = prop.__doc__
        return test
    return make

# --- formulas

names = st.sampled_from(sorted(COMMANDS))
pieces = names | st.sampled_from(list('{}^_&[]()|+-=,.;:!?\'"~#$% \\<>/*@0123456789abcxyzABC')+['\\\\','\\left(','\\right)','\\left.','\\right.','\\begin{array}{cc}','\\end{array}',
    '\\begin{cases}','\\end{cases}','\\begin{aligned}','\\end{aligned}','\\begin{pmatrix}','\\end{pmatrix}','\\text{','\\mbox{ a ','\\hspace{1em}','\\kern-3pt','\\over','\\cal','\\bf ',
    '\\\\[2pt]','\\root 3\\of','\\buildrel','\\ce{H2O}','\\SI{3}{m}','\\dv{x}','\\bra{a}','\\middle|','\\limits','\\prime','\\not','\\mathop','é','∫','𝕏','\u0301','\x00','\t','\n'])
soups = st.lists(pieces, max_size=14).flatmap(lambda o: st.sampled_from(['',' ']).map(lambda s: s.join(o)))

def grow(inner):
    "Larger formulas out of smaller ones, most of them sound"
    pair = st.tuples(inner, inner)
    return st.one_of(pair.map(lambda o: r'\frac{%s}{%s}' % o), pair.map(lambda o: '{%s \\over %s}' % o), pair.map(lambda o: '{%s}_{%s}' % o), pair.map(''.join),
        pair.map(lambda o: '%s^{%s}' % o), inner.map(r'\sqrt{{{0}}}'.format), inner.map(r'\left({0}\right)'.format), inner.map('{{{0}}}'.format),
        pair.map(lambda o: r'\begin{array}{cc}%s&%s\\&\end{array}' % o), pair.map(lambda o: r'\begin{cases}%s\\%s\end{cases}' % o), inner.map(r'\mathrm{{{0}}}'.format),
        inner.map(r'\overline{{{0}}}'.format), inner.map(r'{{\bf {0}}}'.format), pair.map(lambda o: r'\stackrel{%s}{%s}' % o), pair.map(lambda o: r'\sum_{%s}^{%s}' % o),
        inner.map(r'\raisebox{{2pt}}{{${0}$}}'.format), inner.map(r'\text{{a ${0}$}}'.format), pair.map(lambda o: r'\genfrac(){0pt}{}{%s}{%s}' % o))
sound = st.recursive(st.sampled_from(sorted(o for o in COMMANDS if o.isascii())) .map(lambda o: o+' ') | st.sampled_from(list('abxyz019+-=,<>')), grow, max_leaves=12)
formulas = soups | sound | st.text(max_size=40)

def seconds(f, *args):
    "Result or NormalizeError, and CPU seconds"
    start = time.process_time()
    try: out = f(*args)
    except NormalizeError as e: out = e
    return out,time.process_time()-start

@fuzz(formulas, examples=['\x00','\ud800','{'*5000, r'\sqrt{\mathrm{\raisebox{2pt}{$0$}}}', r'\raisebox{2pt}{${z \over z}$}', r'\text{a \raisebox{2pt}{$\raisebox{1pt}{$b$} c$} d}', r'\tt \nwarrow \arg \dotsb \cancel \cancel ́ \nwarrow @ 1'])
def test_canonical_form_is_a_fixed_point(f):
    "Refused by its own error with a place in the formula, or written so that writing it again, from tokens or as people write, changes nothing"
    n,took = seconds(normalize, f)
    assert took<2
    if isinstance(n, NormalizeError): assert 0<=n.position<=len(f); return
    assert normalize(n)==n and tokenize(n)==n.split() and '\n' not in n
    written = detokenize(n)
    assert normalize(written)==n and detokenize(normalize(written))==written

@fuzz(formulas)
def test_published_tokens_are_a_fixed_point(f):
    "The same of the tokens of im2latex-100k"
    n,_ = seconds(lambda o: normalize(o, style='im2latex'), f)
    if not isinstance(n, NormalizeError): assert normalize(n, style='im2latex')==n

@fuzz(soups, soups, part=.1)
def test_time_is_linear(piece, frame):
    "Twenty thousand characters, whatever repeats in them, and inside of what"
    for f in ((piece or 'x')*(19_900//max(len(piece), 1)), frame+(piece or 'x')*(15_000//max(len(piece), 1))+frame):
        assert seconds(normalize, f[:19_990])[1]<2.5

# --- drawing

NEIGHBOURS = [r'\alpha+1', r'\frac{a}{b}', 'x']
@fuzz(st.lists(formulas | st.sampled_from([r'\csname', r'\end', r'\loop\iftrue\repeat', r'\catcode`\{=12', '}'*9, r'\global\let\par\undefined', r'\vskip 1000000pt x', '%', '^^M', r'\hbox to 99999pt{}']),
               min_size=1, max_size=8), part=.05)
def test_neighbours_are_unharmed(odd):
    "Whatever is drawn beside them, three formulas look as they always do; what can't be drawn has a reason, and nothing is raised"
    needs('system')
    if not (want := test_neighbours_are_unharmed.__dict__.get('want')): want = test_neighbours_are_unharmed.want = [r.image.tobytes() for r in render(NEIGHBOURS, engine='system')]
    mixed = [NEIGHBOURS[0], *odd, NEIGHBOURS[1], *odd[::-1], NEIGHBOURS[2]]
    found = render(mixed, engine='system')
    assert [found[i].image.tobytes() for i in (0, len(odd)+1, -1)]==want
    assert all((o.image is None)==bool(o.error) for o in found) and all('\n' not in o.error for o in found if o.error)

# --- pictures

def saved(kind, image):
    f = io.BytesIO(); image.save(f, kind)
    return f.getvalue()
picture = Image.fromarray(np.tile(np.arange(60, dtype=np.uint8)*4, (20,1)))
files = [saved(o, picture if o!='PNG' else picture.convert('RGBA')) for o in ('PNG','JPEG','GIF','BMP','TIFF','WEBP','PPM','PDF')]

@st.composite
def damaged(draw):
    "A file in which bytes were changed, left out, put in, or repeated"
    data = bytearray(draw(st.sampled_from(files)))
    for _ in range(draw(st.integers(1, 6))):
        at,what = draw(st.integers(0, max(len(data)-1, 0))),draw(st.integers(0, 4))
        if what==0 and data: data[at] ^= 1<<draw(st.integers(0, 7))
        elif what==1: del data[at:at+draw(st.integers(1, 40))]
        elif what==2: data[at:at] = draw(st.binary(max_size=20))
        elif what==3: data[at:at+4] = draw(st.sampled_from([b'\xff\xff\xff\xff', b'\0\0\0\0', b'\x7f\xff\xff\xff']))
        else: data[at:at] = data[at:at+30]
    return bytes(data)

def opened(o):
    "A picture that can be read, or PictureError with a line; nothing else"
    start = time.process_time()
    try:
        image = open_picture(o); assert image.mode=='L' and image.width*image.height>0
        image,box = prepare(image); assert image.mode=='L' and image.width*image.height<=510_000
    except PictureError as e: assert str(e) and '\n' not in str(e)
    assert time.process_time()-start<10

@fuzz(st.binary(max_size=200) | damaged(), examples=[b'', b'%PDF-', b'II*\0', b'P5 9 9 255'], part=3.)
def test_opener(data):
    "Damaged files, and what never was one"
    opened(data)

shapes = hnp.array_shapes(min_dims=1, max_dims=4, max_side=9)
kinds = st.sampled_from([np.uint8, np.int8, np.uint16, np.int16, np.int32, np.uint32, np.int64, np.uint64, np.float16, np.float32, np.float64, np.bool_, np.complex64, 'O', 'U1', 'M8[s]'])
@fuzz(st.tuples(kinds, shapes).flatmap(lambda o: hnp.arrays(*o) if o[0]!='O' else hnp.arrays(o[0], o[1], elements=st.none() | st.text(max_size=2))))
def test_arrays(a):
    "Numbers of any kind in any shape"
    opened(a)

@fuzz(st.sampled_from(['1','L','P','LA','RGB','RGBA','CMYK','YCbCr','LAB','HSV','I','F','I;16','PA','RGBX']), st.integers(1, 12), st.integers(1, 12), st.binary(min_size=1, max_size=30))
def test_modes(mode, w, h, ink):
    "Pictures of every mode of Pillow"
    n = len(Image.new(mode, (w,h)).tobytes())
    opened(Image.frombytes(mode, (w,h), (ink*n)[:n]))

@fuzz(st.lists(st.binary(max_size=60) | damaged(), min_size=1, max_size=4), part=.1)
def test_neighbours_are_read(odd):
    "A good picture among odd ones is read as it is alone"
    want = reader()(picture, max_len=8).latex
    found = reader()([*odd, picture, *odd], errors='return', max_len=8)
    assert found[len(odd)].latex==want and all(hasattr(o, 'latex') or isinstance(o, PictureError) for o in found)

@functools.cache
def reader():
    "One that has learnt nothing"
    torch.manual_seed(42)
    vocab = Vocab([*SPECIALS,'a','b','+'])
    return LatexOCR(Im2Latex(ModelConfig(vocab_size=len(vocab), channels=(8,8,8,8), d_model=16, heads=2)), vocab)
