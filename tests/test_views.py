"Several looks at a picture: alone or in company, greedy or with a beam, from the shell and in an evaluation"
import json, math
import numpy as np
import pytest
import torch
from importlib.resources import files
from PIL import Image
from latexocr.decoding.reading import read
from latexocr.data import collate
from latexocr.predict import LatexOCR
from test_cli import latexocr
from test_evaluate import made, results, run

real = files('latexocr')/'small'/'real_42.png'

@pytest.fixture(scope='module')
def ocr(): return LatexOCR.from_pretrained()

@pytest.fixture(scope='module')
def pictures():
    "The real picture, and parts of it, that the model can't be sure of"
    image = Image.open(real).convert('L')
    return [image] + [image.crop((0,0,w,image.height)) for w in (image.width//2, image.width//3, 40)]

def batch(pictures):
    xb,sizes,*_ = collate([(torch.from_numpy(np.array(o))[None], torch.zeros(0, dtype=torch.long)) for o in pictures])
    return xb,sizes

@pytest.mark.parametrize('views', [2,3,4])
@pytest.mark.parametrize('width', [1,5])
def test_by_hand(ocr, pictures, views, width):
    "Each look encoded by itself, their log-probabilities averaged: that is what the reading claims of every token"
    xb,sizes = batch(pictures)
    for i,hs in enumerate(read(ocr.model, xb, sizes, width, views=views)):
        h,w = sizes[i]
        right = [round(k*4/views) for k in range(views)]
        assert len(set(right))==views
        for hyp in hs:
            tokens = torch.tensor([[1,*hyp.ids[:-1]]])
            each = []
            for d in right:
                x = torch.full((1,1,h,w+d), 255, dtype=torch.uint8); x[0,0,:,d:] = xb[i,0,:h,:w]
                with torch.no_grad(): each.append(ocr.model(x, torch.tensor([[h,w+d]]), tokens)[0].log_softmax(-1))
            together = torch.stack(each).mean(0); together[:,[0,1,3]] = -torch.inf
            want = together.log_softmax(-1).gather(1, torch.tensor(hyp.ids)[:,None])[:,0]
            assert torch.allclose(want, torch.tensor(hyp.log_probs), atol=2e-3)
            if width==1: assert together.argmax(-1).tolist()==hyp.ids

def test_company_changes_nothing(ocr, pictures):
    for width in (1,5):
        together = ocr(pictures, beam_width=width, views=3)
        assert [p.alternatives[0][0] for p in together]==[ocr(p, beam_width=width, views=3).latex for p in pictures]

def test_several_looks_only_in_doubt(ocr, pictures):
    "By default what is sure is read at one look, and everything else as four looks read it"
    pictures = [*pictures, *(real.with_name(f'real_{o}.png') for o in (49,44))]          # a long one, and one in some doubt
    all_of = {n: ocr(pictures, views=n) for n in (None,1,4)}
    found = {n: [(p.latex, p.probs) for p in all_of[n]] for n in all_of}
    same = lambda a, b: a[0]==b[0] and a[1]==pytest.approx(b[1], abs=1e-5)           # batches of other company differ in the last bits
    doubt = [math.prod(probs)<.5 for _,probs in found[1]]                            # the end's probability not counted: surely in doubt
    sure = [p.confidence>.7 for p in all_of[1]]
    alike = [len({o.scale for o in three})==1 for three in zip(*all_of.values())]    # four looks may prefer another size, and doubt a neighbouring one
    assert any(o and a for o,a in zip(doubt, alike)) and any(sure)
    for d,certain,a,default,one,four in zip(doubt, sure, alike, found[None], found[1], found[4]):
        if certain: assert same(default, one)
        if d and a: assert same(default, four)
    assert [latex for latex,_ in found[None]]==[ocr(p).latex for p in pictures]

@pytest.mark.parametrize('views', [0,-1,5])
def test_too_many(ocr, views):
    with pytest.raises(ValueError, match=f'views: {views} is no whole number from 1 to 4'): ocr(real, views=views)
    code,out,err = latexocr('predict', real, '--views', views)
    assert code==2 and not out and f"--views: '{views}' is no whole number from 1 to 4" in err.strip().split('\n')[-1]

def test_not_noted(ocr, pictures):
    with pytest.raises(ValueError, match='one view'): read(ocr.model, *batch(pictures), attention=True, views=2)

def test_attention_of_what_was_read(ocr):
    p = ocr(real, views=3)
    assert p.attention.shape==(len(p.tokens), p.image.height, p.image.width)

def test_shell(ocr):
    code,out,err = latexocr('predict', real, '--views', 3, '--beam', 5, '--json')
    assert code==0 and not err and json.loads(out)['latex']==ocr(real, 5, views=3).latex

def test_evaluation(results, made):
    one,three,auto = run(results, made, views=1),run(results, made, views=3),run(results, made)
    known = json.loads((results/'scores.json').read_text())
    assert known==dict(test_views_1=one, test_views_3=three, test=auto) and auto['views']=='1 or 4'
    assert three['views']==3 and one['views']==1 and three['perplexity']==one['perplexity']
    assert ', 3 looks' in (results/'report_test_views_3.html').read_text(encoding='utf-8')
