"Character detection matching and rows, on what a notebook has no room for"
import numpy as np, pytest

from latexocr.render import find_engine
from latexocr.scoring.cdm import character_f1, cdm_scores, locate_characters, look_alike, moved_alike
from latexocr.scoring.rows import count_rows, ink_rows, table_shapes

same = [r'\left(\frac{a}{b}\right)^{2}', r'\begin{cases}x&y\\z&w\end{cases}', r'\sqrt[3]{\underbrace{a+b}_{n}}', r'\hat{\mathbf{x}}\not=\text{if }y', r'\sum_{i=1}^{n}\overline{x_i}',
        r'\begin{array}{c|c}\hline a&b\\\hline c&d\end{array}', r'\xrightarrow[b]{a}\boxed{x}\operatorname{cosh}x\binom{n}{k}\pmod{n}', r'\big(x\big)\int\limits_0^1\cdots']

def test_a_formula_matches_itself_and_every_token_is_seen():
    for formula,o in zip(same, locate_characters(same, find_engine())):
        assert not isinstance(o, str), (formula, o)
        assert character_f1(o, o)==character_f1(o, o, strict=True)==1 and len(o)==len(o.boxes)
        w,h = o.picture.size
        assert (o.boxes[:,:2]>=8).all() and (o.boxes[:,2:]<=[w-8,h-8]).all()

def test_one_bad_formula_spoils_no_other():
    "An error, a hang and a blank one between good ones; a chunk smaller than the list"
    found = locate_characters(['x', r'\frac{', r'\left(y\right)', r'\mathcal{', 'z+1', ''], chunk=2)
    assert [not isinstance(o, str) for o in found]==[True,False,True,False,True,False]
    assert found[4].tokens==['z','+','1']

def test_more_characters_wrong_is_a_lower_score():
    refs = ['a+b+c+d+e']*4
    scores = [cdm_scores([r], [h])['cdm'] for r,h in zip(refs, ['a+b+c+d+e','a+b+c+d+x','a+b+c+x+y','x'])]
    assert scores==sorted(scores, reverse=True) and len(set(scores))==4 and scores[0]==100

def test_alike_is_not_everything():
    assert look_alike(r'\varnothing')!=look_alike(r'\phi') and look_alike('a')!=look_alike('b')
    assert look_alike(r'\leftarrow')==r'\leftarrow' and look_alike(r'\rightarrow')==r'\rightarrow'

def test_a_character_that_moved_alone_is_out_of_place():
    src = np.array([[40*i,0] for i in range(9)])
    dst = src.copy(); dst[4] = [160,300]
    assert moved_alike(src, dst).tolist()==[True]*4+[False]+[True]*4

@pytest.mark.parametrize('formula', [r'\begin{matrix} a & b \\', r'\end{matrix} & \\', r'\substack {', '} }', ''])
def test_shapes_of_what_is_broken(formula):
    table_shapes(formula); count_rows(formula, None); count_rows(None, formula)

def test_no_ink_is_one_row():
    from PIL import Image
    assert ink_rows(Image.new('L', (5,5), 255))==1 and ink_rows(Image.new('L', (200,200), 0))==1
