"Whatever the picture comes as, the model sees the same; whatever the model says, it closes"
import copy, importlib.util, io, math, os, pickle, subprocess, sys, threading
from pathlib import Path
import numpy as np
import pytest
import torch
from PIL import Image, ImageOps
from latexocr.data import small_formulas
from latexocr.decoder import Im2Latex, ModelConfig
from latexocr.normalize import normalize
from latexocr.decoding.constrained import ConstrainedDecoder, Prefix, balanced
from latexocr.predict import LatexOCR, PictureError, like_sized, open_picture, prepare
from latexocr.use.pictures import clean
from latexocr.use.scale import likely_scales
from latexocr.use.surroundings import even_ground, without_surroundings
from latexocr.render import render
from latexocr.vocab import Vocab

sys.path.insert(0, str(Path(__file__).resolve().parent.parent/'tools/bench'))
spec = importlib.util.spec_from_file_location('variants', Path(__file__).resolve().parent.parent/'tools/bench/variants.py')
tool = importlib.util.module_from_spec(spec); spec.loader.exec_module(tool)
every = tool.variants()
formulas = small_formulas()['test'][:3]

@pytest.fixture(scope='module')
def plain(): return [o.image for o in render(formulas)]

@pytest.fixture(scope='module')
def ocr():
    "A reader that has learnt nothing: it is unsure of everything"
    torch.manual_seed(1)
    vocab = Vocab.from_formulas([r'\left( \frac { a } { b } \right) \begin{array} { c } x & y \\ z \end{array} \sqrt [ 3 ] { c }'], min_count=0)
    model = Im2Latex(ModelConfig(vocab_size=len(vocab), channels=(8,8,16,16), d_model=32, layers=1, heads=2))
    model.decoder.logits.weight.data *= 8
    return LatexOCR(model, vocab)

def seen(picture, scale=1): return np.array(prepare(open_picture(picture), scale=scale)[0]).astype(int)

def test_enough_variants(): assert len(every)>=60 and {g for g,_ in every.values()}=={'same','size','lossy'}

@pytest.mark.parametrize('name', [k for k,(g,_) in every.items() if g=='same'])
def test_the_same_to_the_pixel(plain, name):
    "What changes no ink changes nothing that the model sees; colours and rounding to a shade or two"
    for o in plain:
        a,b = seen(o),seen(every[name][1](o))
        if 'tight' in name or 'wide' in name:                              # the margin is cut anew: at most a pixel, and the ink is the same
            assert max(abs(x-y) for x,y in zip(a.shape, b.shape))<=2 and abs((255-a).sum()-(255-b).sum())<=.002*(255-a).sum()
        else: assert a.shape==b.shape and abs(a-b).max()<=(8 if 'grey on' in name or 'on cream' in name or 'on black' in name else 3)

@pytest.mark.parametrize('name', [k for k,(g,_) in every.items() if g!='same'])
def test_the_scale_is_found(plain, name):
    "The true scale is among those in question, and brings the picture to its natural size"
    by = float(next((o[:-1] for o in name.split() if o[:-1].replace('.', '').isdigit() and o[-1]=='x'), 1))
    found = []
    for o in plain:
        picture = every[name][1](o)
        scales = [s for s,_ in likely_scales(prepare(open_picture(picture), max_side=10**6)[0])]
        found.append(any(abs(math.log(by/s))<.3 for s in scales))
        a,b = seen(o),seen(picture, by)
        assert max(abs(x-y) for x,y in zip(a.shape, b.shape))<=5
    assert all(found)

def test_drawn_at_another_density(plain):
    "In grey, and in black and white"
    every = tool.drawn(formulas, (300,400,600))
    assert list(every)==['drawn at 1.5x', 'drawn at 2x', '1 bit, drawn at 2x', 'drawn at 3x', '1 bit, drawn at 3x']
    for name,(_,images) in every.items():
        by = float(name.split()[-1][:-1])
        for o in images: assert any(abs(math.log(by/s))<.25 for s,_ in likely_scales(prepare(open_picture(o), max_side=10**6)[0]))

# --- what stands around a formula

around = tool.edges()
LIGHT = ('light from the left','dark corners','shadow','photograph')
PLATES = ('left half selected','right half selected, pale','selected','highlighter','highlighter in the middle')

def bare(picture):
    "As `LatexOCR` does it where a reading is in doubt"
    source = even_ground(open_picture(picture))
    return without_surroundings(clean(source)) or clean(source)

def inked(picture):
    "What the model sees of it, cut to its ink"
    a = seen(picture)
    y,x = (np.flatnonzero((a<224).any(k)) for k in (1,0))
    return a[y[0]:y[-1]+1,x[0]:x[-1]+1]

def test_thirty_surroundings(): assert len(around)==30 and {g for g,_ in around.values()}=={'edges'}

@pytest.mark.parametrize('name', [k for k in around if k!='arrow' and k not in PLATES+LIGHT])
def test_lines_are_taken_away(plain, name):
    "All of them, and nothing of the formula"
    for o in plain:
        a,b = inked(o),inked(bare(around[name][1](o)))
        assert a.shape==b.shape and abs(a-b).max()<=40 and abs(a-b).mean()<.5

@pytest.mark.parametrize('name', PLATES[1:]+LIGHT)
def test_the_ground_is_made_even(plain, name):
    for o in plain:
        a,b = inked(o),inked(bare(around[name][1](o)))
        assert max(abs(x-y) for x,y in zip(a.shape, b.shape))<=1
        h,w = (min(o)-1 for o in zip(a.shape, b.shape))
        part = lambda o, y, x: o[y:y+h-1,x:x+w-1].ravel()
        alike = [np.corrcoef(part(a, y, x), part(b, v, u))[0,1] for y in (0,1) for x in (0,1) for v in (0,1) for u in (0,1)]
        assert max(alike)>.9

def test_formulas_are_left_alone(plain):
    "Bars, roots, braces and rules belong to them; an even ground stays the same object"
    some = [r'|x|', r'\overline{a+b}', r'\underline{x}', r'\left|\begin{array}{cc}a&b\\c&d\end{array}\right|', r'\left\{\begin{array}{l}x\\y\\z\end{array}\right.', r'f(x)\Big|_{x=0}',
            r'\sqrt{1+\frac{1}{x}}', r'\frac{a}{b}', '-', 'i', r'\underbrace{a+b}_{n}', r'\sum_{i=1}^n i', r'\int\!\!\int f', r'\begin{array}{c|c}a&b\\c&d\end{array}', r'\widehat{abc}', r'[a,b]', r'\ldots']
    for o in [*plain, *(r.image for r in render(some + small_formulas()['test']) if r.image)]:
        tight = o.crop(ImageOps.invert(o).getbbox())
        for picture in (o, tight, ImageOps.expand(o, 40, 255), o.resize([2*i for i in o.size])):
            assert without_surroundings(clean(open_picture(picture))) is None
    for o in plain: assert even_ground(o) is o

def test_odd_pictures_have_no_surroundings():
    for size in ((1,1), (1,300), (300,1), (7,7), (2000,3)):
        for shade in (0, 255): assert without_surroundings(Image.new('L', size, shade)) is None and even_ground(Image.new('L', size, shade)).size==size
    noise = Image.effect_noise((300,200), 90)
    assert even_ground(noise).size==noise.size

def test_what_is_read_without_doubt_is_read_as_it_is(monkeypatch):
    "No surroundings are looked for where a reading is probable and no line runs along a side; with a frame, the formula in it is read"
    import latexocr.use.surroundings as s
    reader,picture = LatexOCR.from_pretrained(),render(['E=mc^2'])[0].image
    p = reader(picture)
    framed = reader(around['frame'][1](picture))
    assert framed.latex==p.latex and framed.confidence>.5 and framed.image.size!=picture.size
    for o in ('even_ground','without_surroundings'): monkeypatch.setattr(s, o, lambda *_: 1/0)
    assert reader(picture).confidence==p.confidence>.5

def test_odd_arrays(plain):
    a = np.array(plain[0])
    for o in (a.astype(np.int64), a>127, a[...,None], a.astype(np.uint16)*257, np.dstack([a]*3+[np.full_like(a, 255)]), a.astype(np.float64)):
        assert seen(o).shape==seen(plain[0]).shape
    for o in (0, None, open, iter([a]), a[0], np.zeros((3,0)), np.zeros((2,2,2,2)), np.array(['x']), np.zeros((4,4), complex), np.array(5), np.full((9,9), np.nan)):
        with pytest.raises(PictureError): prepare(open_picture(o))

def test_first_page_first_frame(plain):
    "Of several pages or frames the first is read"
    two = [plain[0].convert('RGB'), ImageOps.flip(plain[0]).convert('RGB')]
    for kind in ('GIF','TIFF','WEBP','PNG'):
        f = io.BytesIO(); two[0].save(f, kind, save_all=True, append_images=two[1:], **(dict(lossless=True) if kind=='WEBP' else {}))
        assert abs(seen(f.getvalue())-seen(plain[0])).max()<=3
    f = io.BytesIO(); two[0].save(f, 'PDF', save_all=True, append_images=two[1:], resolution=100)
    assert open_picture(f.getvalue()).size==tuple(2*o for o in two[0].size)

def test_same_answer_alone_in_a_batch_and_again(ocr, plain):
    pictures = [*plain, ImageOps.expand(plain[0], 30, 255)]
    together = ocr(pictures, beam_width=3, max_len=20)
    for o,p in zip(pictures, together):
        q = ocr(o, beam_width=3, max_len=20)
        assert (p.latex,p.scale)==(q.latex,q.scale) and math.isclose(p.confidence, q.confidence, rel_tol=1e-3)
    assert [p.latex for p in ocr(pictures[::-1], beam_width=3, max_len=20)]==[p.latex for p in together[::-1]]

def test_bad_ones_in_a_list(ocr, plain):
    found = ocr([plain[0], b'', 'nowhere.png', plain[1]], max_len=10, errors='return')
    assert [isinstance(o, PictureError) for o in found]==[False,True,True,False]
    with pytest.raises(PictureError, match='nowhere.png') as e: ocr([plain[0], 'nowhere.png'], max_len=10)
    assert e.value.predictions[0].latex==found[0].latex and e.value.predictions[1] is e.value      # what was read is not lost
    assert ocr([])==[]

@pytest.mark.parametrize('max_len', [1,2,3,8,25,60])
@pytest.mark.parametrize('beam', [1,4])
def test_always_closed(ocr, plain, max_len, beam):
    "A model that has learnt nothing still writes nothing that doesn't close, whatever the length it is given"
    for p in ocr(plain, beam_width=beam, max_len=max_len):
        assert balanced(p.tokens) and len(p.tokens)<max_len and len(p.probs)==len(p.tokens)
        assert 1<=len(p.alternatives)<=beam and p.alternatives[0]==(p.latex, p.confidence)
        assert [c for _,c in p.alternatives]==sorted((c for _,c in p.alternatives), reverse=True) and len(dict(p.alternatives))==len(p.alternatives)

def test_a_vocabulary_without_closers(plain):
    "What could never be closed is never opened"
    vocab = Vocab(['_PAD','_START','_END','_UNK','\\left(','{','\\begin{array}','x'])
    closed = ConstrainedDecoder(None, vocab)
    assert [t for t,no in zip(vocab.itos, closed.may_not_follow(Prefix()).tolist()) if not no]==['_PAD','_START','_END','_UNK','x']

def test_loops_are_left():
    "After forty tokens that only repeat, the next of them is forbidden"
    vocab = Vocab(['_PAD','_START','_END','_UNK','a','b','c','{','}'])
    for piece in (['a'], ['a','b'], ['a','b','c'], ['{','a','}']):
        o,n,decoder = Prefix(),0,ConstrainedDecoder(None, vocab)
        while not decoder.may_not_follow(o)[vocab.stoi[piece[n%len(piece)]]]: o,n = o.then(vocab.stoi[piece[n%len(piece)]], vocab.itos, decoder.memory),n+1
        assert 40<=n<=40+2*len(piece)

def test_batches_keep_to_their_budget():
    sizes = [(np.random.default_rng(i).integers(10, 900), np.random.default_rng(-i%99).integers(10, 200)) for i in range(200)]
    batches = like_sized(sizes)
    assert sorted(i for b in batches for i in b)==list(range(200))
    assert all(len(b)<=32 and (len(b)==1 or len(b)*max(sizes[i][0] for i in b)*max(sizes[i][1] for i in b)<=100_000) for b in batches)

def test_the_table_of_variants():
    "Every picture is read, however many looks are asked for; a reader that always says the same reads all alike"
    from types import SimpleNamespace
    asked = []
    def same(pictures, errors='raise', **how): asked.append(how); return [SimpleNamespace(latex='x') for _ in pictures]
    rows = tool.table(same, ['x','y'], ['PNG 1x','GIF 2x'], (300,), beam_width=5, views=3)
    assert [(g,n) for g,n,_ in rows]==[('same','PNG 1x'),('size','GIF 2x'),('size','drawn at 1.5x')] and all(o==[True,True] for *_,o in rows)
    assert len(asked)>=4 and all(o==dict(beam_width=5, views=3) for o in asked)

def test_numbers_of_any_range(plain):
    "Colours as fractions, bytes or 16 bits, whole or not; what is no number is paper, on a light ground and on a dark one"
    a = np.array(plain[0]).astype(float)
    for top in (1, 255, 4080, 65535):
        for kind in (float, np.float32, *([np.uint16, np.int64] if top>1 else [])):
            assert abs(seen((a/255*top).astype(kind)[...,None].repeat(3, 2))-seen(plain[0])).max()<=1
            assert abs(seen((a/255*top).astype(kind))-seen(plain[0])).max()<=1
    for ground in (a, 255-a):
        for value in (np.inf, -np.inf, np.nan):
            for colours in (False, True):
                holes = ground/255; holes[0,0] = value
                if not colours: assert seen(holes).shape==seen(plain[0]).shape
                elif ground is a: assert abs(seen(holes[...,None].repeat(3, 2))-seen(plain[0])).max()<=1

def test_pages_carry_no_more_ink(plain):
    "A page of a PDF file is drawn in grey, as our own formulas are: in colour its strokes are heavier"
    import pypdfium2
    from latexocr.render import find_engine, render
    f = io.BytesIO(); plain[0].resize([4*o for o in plain[0].size]).save(f, 'PDF', resolution=400)
    ink = lambda o: (255-np.array(o).astype(float)).sum()
    grey = pypdfium2.PdfDocument(f.getvalue())[0].render(scale=200/72, grayscale=True).to_pil()
    assert ink(open_picture(f.getvalue()))==ink(grey)

@pytest.mark.skipif(not hasattr(os, 'mkfifo'), reason='no pipes with names here')
def test_only_files_that_end(tmp_path):
    os.mkfifo(tmp_path/'pipe.png')
    for o in (tmp_path/'pipe.png', '/dev/zero', '/dev/null'):
        with pytest.raises(PictureError, match='not a regular file'): open_picture(o)
    with pytest.raises(PictureError, match='is a folder'): open_picture(tmp_path)
    with open(tmp_path/'large.png', 'wb') as f: f.truncate(50_000_001)
    with pytest.raises(PictureError, match='more than 50 MB'): open_picture(tmp_path/'large.png')

def test_always_a_reason(monkeypatch):
    "Whatever goes wrong inside, the line says something"
    for e in (OSError(), ValueError(''), MemoryError()):
        monkeypatch.setattr(Image, 'open', lambda *a, e=e, **k: (_ for _ in ()).throw(e))
        with pytest.raises(PictureError, match='cannot be read: [^ ]'): open_picture(b'x')

def test_libraries_keep_quiet(plain, capfd):
    "libtiff complains on the process's stderr, Python's own stderr is left alone"
    f = io.BytesIO(); plain[0].save(f, 'TIFF', compression='tiff_lzw')
    data = bytearray(f.getvalue()); data[8:200] = os.urandom(1)*192
    with pytest.raises(PictureError): open_picture(bytes(data))
    print('heard', file=sys.stderr)
    assert capfd.readouterr().err=='heard\n'

def test_a_page_needs_no_more_than_a_formula():
    "What the encoder gets to see of a page has an upper limit, whatever the page's shape"
    for size in ((4000,4000), (8000,500), (700,7000)):
        page = Image.effect_noise(size, 90).point(lambda p: 255*(p>90))
        out,_ = prepare(page)
        assert out.width*out.height<=505_000 and max(out.size)<=2000
        assert abs(math.log(out.width/out.height*size[1]/size[0]))<.05
    assert prepare(Image.effect_noise((1000,400), 90).point(lambda p: 255*(p>90)))[0].size[0]>=1000     # what was trained on stays as it is

def test_copies_and_pickles(ocr, plain):
    "A reader and a prediction can be sent to another process; the attention only if it was asked for"
    p = ocr(plain[0], max_len=10)
    with_attention = ocr(plain[0], max_len=10); with_attention.attention
    for again in (pickle.loads(pickle.dumps(ocr)), copy.deepcopy(ocr)): assert again(plain[0], max_len=10).latex==p.latex
    for again in (pickle.loads(pickle.dumps(p)), copy.deepcopy(p)):
        assert (again.latex, again.confidence, again.alternatives)==(p.latex, p.confidence, p.alternatives)
        with pytest.raises(ValueError, match='before'): again.attention
    assert torch.equal(pickle.loads(pickle.dumps(with_attention)).attention, with_attention.attention)
    assert len(pickle.dumps(p))<10**6

def test_honest_endings(ocr, plain):
    "What ran into the limit says so, everywhere"
    for p in ocr(plain, max_len=8):
        if len(p.tokens)>=6: assert not p.finished and p.flaw.startswith('unfinished') and p.confidence<=.01 and p.flaw in p._repr_html_()

def test_what_is_no_latex_says_so():
    from latexocr.use.doubt import find_flaw
    assert find_flaw('x^{2}', True) is None and find_flaw('x^{2}', False).startswith('unfinished')
    assert find_flaw('x_a_b', True).startswith('not LaTeX') and find_flaw(r'\frac{1}', True).startswith('not LaTeX')

def test_rows_are_kept():
    "A long column, which is read row by row, has as many rows as there are"
    numbers = '2493 895 4077 82 6077 721 6 617 1 2468 7376 83553'.split()
    read = LatexOCR.from_pretrained()(render([r'\begin{array}{r}'+r'\\'.join(numbers)+r'\end{array}'])[0].image)
    assert read.finished and read.latex.count(r'\\')==11

def test_long_lines_are_read_in_pieces():
    "A polynomial of 24 terms on one line"
    terms = '+'.join(f'a_{{{i}}}x^{{{i}}}' for i in range(24)).replace('{0}','0')
    read = LatexOCR.from_pretrained()(render([terms])[0].image)
    assert read.finished and read.tokens==normalize(terms).split()

def test_as_long_as_what_it_was_trained_on():
    "The limit of tokens leaves room for the longest formula of the training, and for END"
    import inspect
    from latexocr.use.options import CONFIGS, load_config
    longest = max(load_config(o, ('data',))['data'].max_tokens for o in CONFIGS)
    assert inspect.signature(LatexOCR.__call__).parameters['max_len'].default>longest

def test_short_numbers_change_no_answer():
    "Where the first look is taken with bfloat16 numbers, the shipped reader reads what it reads without"
    from importlib.resources import files
    pictures = sorted((files('latexocr')/'small').glob('real_*.png'))
    exact,short = LatexOCR.from_pretrained(),LatexOCR.from_pretrained()
    exact.short,short.short = False,True
    a,b = exact(pictures),short(pictures)
    assert [p.latex for p in a]==[p.latex for p in b] and [p.scale for p in a]==[p.scale for p in b]
    assert max(abs(p.confidence-q.confidence) for p,q in zip(a, b))<.02
