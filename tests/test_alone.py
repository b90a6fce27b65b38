"A symbol alone is read at all sizes it may have"
import pytest
@pytest.fixture(scope='module')
def ocr():
    from latexocr.predict import LatexOCR
    return LatexOCR.from_pretrained()

@pytest.mark.parametrize('dpi', (150,200,300,600))
def test_letters_alone(ocr, dpi):
    from latexocr.render import render
    marks = [*'xn7AR']
    assert [p.latex for p in ocr([o.image for o in render(marks, dpi=dpi)])]==marks

def test_alternatives_of_a_letter(ocr):
    "Sizes that were tried are readings that can be asked for; a batch with other formulas reads as one alone"
    from latexocr.render import render
    letter,other = (o.image for o in render(['s', 'a+b=c']))
    p,q = ocr([letter,other], n_best=3)
    assert len(p.alternatives)==3 and p.alternatives[0][0]==p.latex and q.latex=='a+b=c'
    assert ocr(letter).latex==p.latex and sum(c for _,c in p.alternatives)<=1.01
    assert len(p.tokens)==len(p.probs)

@pytest.mark.parametrize('calibration', (None, dict(temperature=.5, bias=4.), dict(temperature=2., bias=1.)))
def test_alternatives_share_one_at_most(ocr, calibration):
    "Whatever the calibration believes of each reading, and in the order in which they are given"
    from latexocr.predict import LatexOCR
    from latexocr.render import render
    told = LatexOCR(ocr.model, ocr.vocab, dict(calibration=calibration))
    for p in told([o.image for o in render(['s','o','a+b=c',r'\hat X'])], n_best=5):
        sure = [c for _,c in p.alternatives]
        assert len(sure)>1 and sum(sure)<=1+1e-9 and sure==sorted(sure, reverse=True) and sure[0]==p.confidence
