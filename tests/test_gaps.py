import json, subprocess, sys
from pathlib import Path
import numpy as np
import pytest
import torch
from latexocr.data import small_formulas
from latexocr.datasets.build import build_dataset
from latexocr.beam_search import Hypothesis
from latexocr.decoding.gaps import line_gaps, token_places, white_gaps
from latexocr.decoding.measured_spaces import Sides, fit_sides, left_over, mend_all_gaps, mend_gaps, retrace, shipped_sides
from latexocr.decoding.reading import picture_batch
from latexocr.normalize import normalize
from latexocr.predict import LatexOCR
from latexocr.render import render
from latexocr.vocab import END, VocabConfig
from test_render import needs

root = Path(__file__).resolve().parent.parent

@pytest.fixture(scope='module')
def ocr(): return LatexOCR.from_pretrained()

def picture(latex, **how): return render([latex], **how)[0].image

HEADS = [r'a=b+c', r'E=mc^2', r'x_i+y_i=z', r'f(x)=2x', r'\alpha\beta=1', r'\frac{a}{b}=c', r'n>m+1', r'V(r)=kr^2']

@torch.no_grad()
def test_spaces_are_what_the_picture_shows(ocr):
    "Four endings, each taken for each: hardly a right one is spoiled, and nearly half of the wrong ones are mended (some of these pictures are too odd for the table)"
    needs('system')
    ends,right,wrong,model = ('', r'\,', r'\;', '~'),[],[],ocr.model
    for head in HEADS:
        for drawn,r in zip(ends, render([f'{head}{s}.' for s in ends])):
            xb,sizes = picture_batch([r.image])
            mem,mask,grid = model.encode(xb, sizes)
            for read in ends:
                ids = [*ocr.vocab.encode(normalize(f'{head}{read}.').split()),END]
                probs,_ = retrace(model.decoder, mem, mask, ids)
                hyp = Hypothesis(ids, [min(probs[i,o].item(), -.2) for i,o in enumerate(ids)], True)
                new = mend_all_gaps(model, ocr.vocab, xb, sizes, [[hyp]], mem, mask, grid)[0][0]
                (right if read==drawn else wrong).append(' '.join(ocr.vocab.decode(new.ids))==normalize(f'{head}{drawn}.'))
    assert np.mean(right)>.95 and np.mean(wrong)>.4, (np.mean(right), np.mean(wrong))

@torch.no_grad()
def test_another_typeface_has_spaces_of_its_own(ocr):
    r"Where `~` is narrower than `\;`, or `\,` only half as wide: the same picture would be read otherwise by the table of Computer Modern"
    needs('system')
    head,right,model = r'f(x,y)=2x+a\,b,\quad x\in V',{True:[], False:[]},ocr.model
    for image,s in [(picture(f'{head}{s}.', typeface=o),s) for o in ('newtx','fourier','kpfonts') for s in (r'\,',r'\;','~')]:
        xb,sizes = picture_batch([image])
        mem,mask,grid = model.encode(xb, sizes)
        for read in (r'\,',r'\;','~'):
            ids = [*ocr.vocab.encode(normalize(f'{head}{read}.').split()),END]
            probs,weights = retrace(model.decoder, mem, mask, ids)
            hyp,places = Hypothesis(ids, [-.2]*len(ids), True),token_places(weights, tuple(grid), model.encoder.stride)
            probs[len(normalize(head).split()):] = -1.                          # of the last gap the reader says nothing
            for every in (True,False):
                new = mend_gaps(hyp, probs, places, np.asarray(image), ocr.vocab, None if every else {'cm':shipped_sides()['pdftex cm']})
                right[every].append(' '.join(ocr.vocab.decode(new.ids)).endswith(normalize(f'V{s}.')))
    assert np.mean(right[True])>=.6>np.mean(right[False]), right

def test_pictures_without_gaps_are_read(ocr):
    ocr.gaps = True
    for o in (np.full((20,30), 255, np.uint8), np.zeros((12,12), np.uint8)):
        assert white_gaps(1-o/255).shape==(0,4)
    assert ocr(picture('x')).latex and line_gaps([]) == [] and line_gaps(['{']) == []

def test_levels_and_unknown_names():
    "A picture whose gaps are all half a pixel wider is as well known; a name that is not there has no say"
    gap = line_gaps(normalize(r'a\,b=c').split())
    assert [g.spaces for g in gap]==[(r'\,',),(),()]
    wide = [(g,g.left[0][0],g.right[0][0],g.glue[0]+2.+.5*i) for i in (0,1) for g in gap]
    sides = fit_sides([wide[:3]*5, wide[3:]*5])
    known = [left_over(o, sides) for o in wide]
    assert abs(abs(np.mean(known[3:])-np.mean(known[:3]))-.5)<.05
    assert Sides({}, {}).names(wide[0])==[None,None]

def test_the_tool_fits_sides(tmp_path):
    needs('system')
    formulas = small_formulas()
    build_dataset(dict(train=formulas['train'], val=formulas['val'], test=[]), tmp_path/'data', vocab_config=VocabConfig(min_count=1), progress=False)
    run = lambda data: subprocess.run([sys.executable, 'tools/release/fit_gaps.py', str(data), '--pictures', '60', '--loose', '1', '--out', str(tmp_path/'gaps.json')], cwd=root, capture_output=True, text=True, timeout=600)
    done = run(tmp_path/'data')
    assert done.returncode==0, done.stderr
    made,shipped = Sides(**json.loads((tmp_path/'gaps.json').read_text())['pdftex cm']),shipped_sides()['pdftex cm']
    both = [k for k in made.left if k in shipped.left and k in made.right and k in shipped.right]
    assert len(both)>=3 and all(abs((made.left[k]+made.right[k])-(shipped.left[k]+shipped.right[k]))<1.5 for k in both)
    assert 'no pictures of formulas in a known typeface' in run(tmp_path).stderr
