"How large is it written? Odd sizes, odd pictures, and the tool that fits the filters"
import json, math, subprocess, sys
from pathlib import Path
import numpy as np
import pytest
from PIL import Image
from conftest import needs
from latexocr.data import small_formulas
from latexocr.vocab import VocabConfig
from latexocr.datasets.build import build_dataset
from latexocr.predict import LatexOCR
from latexocr.render import render
from latexocr.use.scale import ROUND, SHIFTS, STEP, likely_scales, peaks, shipped

root = Path(__file__).resolve().parent.parent

@pytest.fixture(scope='module')
def drawn():
    needs('system')
    return [o.image for o in render(small_formulas()['test'][:30]) if o.image]

def larger(image, by): return image.resize([max(1, round(o*by)) for o in image.size], Image.LANCZOS)

@pytest.mark.parametrize('by', [.75,1,1.5,2,3,4,8,15])
def test_round_sizes_are_found(drawn, by):
    "By the first guess, for nine of ten"
    assert np.mean([abs(math.log(likely_scales(larger(o, by))[0][0]/by))<.01 for o in drawn])>=(.9 if by<5 else .75)

@pytest.mark.parametrize('by', [1.1,1.35,1.75,2.7,4.4,9])
def test_other_sizes_are_among_the_guesses(drawn, by):
    "To within a tenth, for nine of ten; the first guess is right for six of ten"
    guesses = [[abs(math.log(s/by))<.1 for s,_ in likely_scales(larger(o, by))] for o in drawn]
    assert np.mean([any(o) for o in guesses])>=.9 and np.mean([o[0] for o in guesses])>=.6

def test_what_has_its_size_is_left_alone(drawn):
    assert np.mean([likely_scales(o)[0][0]==1 for o in drawn])>=.9

def test_guesses_are_probabilities(drawn):
    for o in drawn:
        found = likely_scales(o, most=6, least=-50.)
        assert found==sorted(found, key=lambda o: -o[1]) and .5 < sum(math.exp(lp) for _,lp in found) < 1+1e-5

def test_peaks_can_be_told():
    "Two summits put there by hand"
    import torch
    row = torch.full((len(SHIFTS),), -20.)
    for s,height in ((2,3.),(1.37,1.)): row[round(math.log(s)/STEP)-SHIFTS[0]] = height
    (a,p),(b,q) = peaks(row, most=2)
    assert a==2 and abs(math.log(b/1.37))<STEP and b not in ROUND and abs(p-q-2)<.05
    assert peaks(row, coarse=3., most=1)[0][0]==6

@pytest.mark.parametrize('size', [(1,1),(1,300),(300,1),(7,7),(2000,3)])
def test_odd_pictures_break_nothing(size):
    for shade in (0, 255): assert all(s>0 and lp<=1e-6 for s,lp in likely_scales(Image.new('L', size, shade)))

def test_shipped_filters_are_usable():
    assert shipped().shape==(8,120) and shipped().isfinite().all() and shipped().abs().max()<50

def test_an_odd_size_is_read_alike(drawn):
    "Of thirty formulas at a size that is not round, two thirds are read as the plain picture is"
    ocr = LatexOCR.from_pretrained()
    a,b = ocr(drawn),ocr([larger(o, 1.75) for o in drawn])
    assert np.mean([x.latex==y.latex for x,y in zip(a,b)])>=.66

def test_doubt_looks_further(drawn, monkeypatch):
    "Where every guess is wrong, a neighbouring size is found and told; where the reading is probable, none is tried"
    from latexocr.use import doubt
    ocr,plain = LatexOCR.from_pretrained(),drawn[:12]
    sure = [o for o in plain if (p := ocr(o)).confidence>.8 and p.scale==1][:4]
    want = [p.latex for p in ocr(sure)]
    monkeypatch.setattr(doubt, 'likely_scales', lambda image: [(1.33,0.)])
    found = ocr(sure)
    assert [p.latex for p in found]==want and any(p.scale<1.2 for p in found) and len(sure)>=2
    monkeypatch.setattr(doubt, 'likely_scales', lambda image: [(1.,0.)])
    monkeypatch.setattr(doubt, 'neighbouring_scales', lambda *o: 1/0)
    assert [p.latex for p in ocr(sure)]==want

def test_the_tool_fits_filters(tmp_path):
    needs('system')
    formulas = small_formulas()
    build_dataset(dict(train=formulas['train'], val=formulas['val'], test=[]), tmp_path/'data', vocab_config=VocabConfig(min_count=1), progress=False)
    run = lambda data: subprocess.run([sys.executable, 'tools/release/fit_scale.py', str(data), '--formulas', '60', '--typefaces', 'cm', '--out', str(tmp_path/'scale.json')], cwd=root, capture_output=True, text=True, timeout=600)
    done = run(tmp_path/'data')
    assert done.returncode==0, done.stderr
    made = json.loads((tmp_path/'scale.json').read_text(encoding='utf-8'))
    fine,coarse = (float(o.split('%')[0]) for o in done.stdout.split('right for ')[1].split(', by the coarse measure for '))
    assert np.shape(made['filters'])==(8,120) and made['pictures']>=100 and fine>coarse
    assert 'no train formulas' in run(tmp_path).stderr
