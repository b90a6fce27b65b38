"Readings checked by drawing them: in the package, from the shell, in an evaluation; and where there is no TeX"
import json, math, shutil
import numpy as np, pytest
from importlib.resources import files
from PIL import Image
from conftest import needs
from latexocr.decoding.rerank import READINGS, EXACT_FIT, rerank_by_rendering, ink_distance, rank
from latexocr.normalize import detokenize, normalize
from latexocr.predict import LatexOCR
from latexocr.render import add_margin, crop, render
from test_cli import latexocr
from test_evaluate import lines, made, results, run

real = files('latexocr')/'small'/'real_42.png'

@pytest.fixture(scope='module', autouse=True)
def tex(): needs('system')

def picture(latex): return render([latex])[0].image

@pytest.mark.parametrize('right, wrong', [('a~b', r'a\;b'), (r'\bar x', r'\tilde x'), (r'\left(x^2\right)', '(x^2)'), ('e^c', 'c^c'), (r'x_1\,y', 'x_1y'), (r'\hat{A}', r'\widehat{A}')])
def test_what_is_drawn_decides(right, wrong):
    "However sure the model is of the wrong one"
    pictures = [picture(right), picture(wrong)]
    orders = rerank_by_rendering(pictures, [[(wrong, -.01), (right, -9.)]]*2)
    assert [o[0] for o in orders]==[(1,0.), (0,0.)] and all(o[1][1]>=EXACT_FIT for o in orders)

def test_nothing_drawn_leaves_the_order():
    order, = rerank_by_rendering([picture('x')], [[(r'\frac', -.1), (r'\nothing', -.2), ('', -.3)]])
    assert [i for i,_ in order]==[0,1,2] and all(m>=.5 for _,m in order)

def test_a_likely_reading_outweighs_a_little_ink():
    assert rank([.11,.10], [-.5,-2.])==[0,1] and rank([.2,.10], [-.5,-2.])==[1,0]

def test_ink_that_fits_nowhere_drops_nothing():
    "In another typeface all readings fit badly; a few hundredths of ink don't make a reading right that is fifty times less likely, say one without a phi"
    assert rank([.319,.172], [-.34,-4.57])==[0,1] and rank([.221,.123], [-.12,-4.77])==[0,1]
    assert rank([.486,.203], [-1.05,-2.21])==[1,0] and rank([.373,.158], [-.30,-1.69])==[1,0]       # but much ink does

def readings(ocr, source, *hyps, check=False):
    "What the reader says of a picture if its model has found these: (LaTeX, probability)"
    from latexocr.beam_search import Hypothesis
    from latexocr.predict import Task
    from latexocr.vocab import END
    ids = [[*ocr.vocab.encode(normalize(latex)),END] for latex,_ in hyps]
    made = [Hypothesis(o, [math.log(p), *[0.]*(len(o)-1)], True) for o,(_,p) in zip(ids, hyps)]
    task = Task(source, [(1,0.)], hyps=made, image=source, box=(0,0,*source.size), scale=1)
    if check: ocr._check([task])
    return ocr._prediction(task, None)

def table(*rows): return r'\begin{pmatrix}'+r'\\'.join(rows)+r'\end{pmatrix}'
whole,lost = table('1&2','3&4','5&6'),table('1&2','5&6')

def test_a_lost_row_leaves_little_confidence():
    "Whatever the model says; with a drawing and without"
    ocr = LatexOCR.from_pretrained()
    assert readings(ocr, picture(whole), (whole, .97)).confidence>.9
    assert readings(ocr, picture(whole), (lost, .97)).confidence<=.2 and readings(ocr, picture(lost), (whole, .97)).confidence<=.2
    both = readings(ocr, picture(whole), (lost, .6), (whole, .35))
    assert normalize(both.latex)==normalize(whole) and both.confidence>.2 and both.alternatives[1][1]<=.2
    checked = readings(ocr, picture(whole), (lost, .97), check=True)
    assert checked.confidence<=.1 and not checked.misfit<EXACT_FIT
    assert readings(ocr, picture(whole), (lost, .6), (whole, .35), check=True).misfit<EXACT_FIT

@pytest.mark.parametrize('size', [(1,1), (3,200), (400,2)])
def test_odd_pictures(size):
    from PIL import Image
    for a,b in ((Image.new('L', size, 0), picture('x')), (picture('x'), Image.new('L', size, 0)), (Image.new('L', size, 255),)*2):
        assert 0<=ink_distance(a, b)<=1

def test_reader():
    ocr = LatexOCR.from_pretrained()
    plain,(checked,_) = ocr(real, beam_width=READINGS),ocr([real, b'no picture'], check=True, errors='return')
    assert plain.misfit is None and 0<checked.misfit<.3
    assert len(checked.alternatives)<=READINGS and checked.alternatives[0][0]==checked.latex and checked.misfit<.05
    assert (plain.typeface, checked.typeface)==(None, 'im2latex') and checked.misfit<.05           # drawn in black and white, as it is
    own = ocr(picture(normalize(r'E=mc^2')), check=True, n_best=2)
    assert own.misfit<EXACT_FIT and own.latex=='E=mc^2' and len(own.alternatives)==2 and own.typeface=='cm'

def test_spaces_are_mended():
    "Five wrong gaps, which no beam would hold; a vocabulary without the right space keeps what was read; published tokens stand as they are"
    from latexocr.beam_search import Hypothesis
    from latexocr.decoding.looks import check_hypotheses, check_readings
    from latexocr.vocab import END, Vocab
    right,wrong = (normalize(o) for o in (r'a\;=\;b\;+\;c\;+\;d', 'a~=~b~+~c~+~d'))
    ocr = LatexOCR.from_pretrained()
    mended = readings(ocr, picture(right), (wrong, .9), check=True)
    assert normalize(mended.latex)==right and mended.misfit<EXACT_FIT and mended.alternatives[1][0]==detokenize(wrong)
    assert len(mended.tokens)==len(mended.probs)==13 and abs(math.prod(mended.probs)-.45)<1e-6
    vocab = Vocab.from_formulas([wrong], min_count=1)
    read = Hypothesis(vocab.encode(wrong.split())+[END], [-.01]*14, True)
    (kept,_), = check_hypotheses([picture(right)], [[read]], lambda h: ' '.join(vocab.decode(h.ids)), vocab)
    assert [h for h,_ in kept]==[read]
    order,_ = check_readings([picture(right)], [[(wrong, -.1)]], mend=False)[0]
    assert [o.latex for o in order]==[wrong]

def test_other_typefaces_are_checked_in_their_own():
    ocr = LatexOCR.from_pretrained()
    times = render([normalize(r'\frac{a}{b}~+c^2')], typeface='times')[0].image
    checked = readings(ocr, times, (r'\frac{a}{b}\,+c^2', .6), (r'\frac{a}{b}~+e^2', .3), check=True)
    assert (checked.latex, checked.typeface)==(r'\frac{a}{b}~+c^2', 'times') and checked.misfit<EXACT_FIT

def test_what_is_drawn_otherwise_is_left_alone():
    "Letters that all stand a little elsewhere, as on a web page, are no reason for other spaces or letters"
    ocr = LatexOCR.from_pretrained()
    for latex in (r'hk=h_1k_1', r'x\notin\mathrm{FV}(M)'):
        drawn = picture(normalize(latex))
        other = add_margin(crop(np.asarray(drawn.resize((round(drawn.width*1.05),drawn.height), Image.LANCZOS))))
        other = Image.fromarray(np.asarray(other))
        assert readings(ocr, other, (latex, .6), check=True).latex==readings(ocr, other, (latex, .6)).latex

def test_shell(tmp_path):
    code,out,err = latexocr('predict', real, '--check', '--json')
    told = json.loads(out)
    assert code==0 and 0<told['misfit']<.3 and told['typeface']=='im2latex' and not err
    told = json.loads(latexocr('predict', real, '--json')[1])
    assert told['misfit'] is None and told['typeface'] is None
    without = "import shutil; shutil.which = lambda *_, **__: None\nimport latexocr.render as r; r._wheel = lambda: None\n"
    code,out,err = latexocr('predict', real, '--check', before=without)
    assert code==2 and not out and len(err.strip().split('\n'))==1 and 'TeX' in err

def test_evaluation(results, made):
    greedy,checked = run(results, made),run(results, made, check=True)
    known = json.loads((results/'scores.json').read_text())
    assert list(known)==['test',f'test_beam_{READINGS}_checked'] and known['test']==greedy
    assert checked['checked'] and 'checked' not in greedy and checked['beam_width']==READINGS
    assert checked['image_edit']>=greedy['image_edit']
    assert sorted(p.name for p in (results/f'formulas_test_beam_{READINGS}_checked').iterdir())==['hyp_0.txt','ref.txt']
    assert 'checked by drawing' in (results/f'report_test_beam_{READINGS}_checked.html').read_text(encoding='utf-8')

def test_the_tool_of_what_is_wrong_and_sure(monkeypatch):
    "Kinds of pairs, shares, and readings without an end"
    import importlib.util, sys
    from pathlib import Path
    path = Path(__file__).resolve().parent.parent/'tools/bench/sure.py'
    monkeypatch.syspath_prepend(path.parent); sys.modules.pop('sources', None)          # another drawer of tools has one of that name
    spec = importlib.util.spec_from_file_location('sure', path)
    tool = importlib.util.module_from_spec(spec); spec.loader.exec_module(tool); sys.modules.pop('sources')
    assert tool.pair_kind(normalize(r'3\div4'), [normalize('3+4'), normalize('x^2')])==r'\div +' and tool.pair_kind('x', ['y'])=='others'
    told = lambda shown, sure, **how: dict(dict(latex=shown, tokens=normalize(shown).split(), sure=sure, finished=True, flaw=None, seconds=1.), **how)
    refs = [normalize(o) for o in ('x', 'y', 'a~b', whole)]
    f = tool.figures(refs, [told('x', .9), told('z', .8), told(r'a\;b', .7), told(lost, .3)])
    assert (f['exact'], f['wrong_sure'], f['drawn_otherwise'], f['rows_lost'])==(25, 50, 25 if ink_distance(picture('a~b'), picture(r'a\;b'))<EXACT_FIT else 50, 100/3)
    ends = tool.endings([told('x', .9), told('x', .9, finished=False), told('x', .01, finished=False, flaw='unfinished'), told('x', .5, latex=r'x_a_b'), told('x', .9, latex='')])
    assert ends==dict(no_end=2, refused=2, complete=3)
