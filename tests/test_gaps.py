import json, shutil, subprocess, sys
from pathlib import Path
import numpy as np
import pytest
import torch
from latexocr.data import small_formulas
from latexocr.datasets.build import build_dataset
from latexocr.beam_search import Hypothesis
from latexocr.decoding.gaps import line_gaps, measure_gaps, token_places, white_gaps
from latexocr.decoding.measured_spaces import (RUNS, Sides, fit_sides, left_over, mend_all_gaps, mend_gaps, retrace, said_of, shipped_sides,
                                                space_shares, too_wide)
from latexocr.decoding.reading import picture_batch
from latexocr.normalize import normalize
from latexocr.predict import LatexOCR
from latexocr.render import render
from latexocr.use.browser import describe_reader
from latexocr.use.copying import page_modules
from latexocr.vocab import END, VocabConfig
from conftest import missing, needs

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

# --- the page without Python has a ruler, too

ASK = """import { readFileSync } from 'fs'
import { measureGaps, mendGaps, noted, retrace, saidOf, spaceShares, tooWide } from './gaps.js'
import { line_gaps } from './lines.js'
import { tokensOf } from './search.js'
const {pack, cases, seen} = JSON.parse(readFileSync(0, 'utf8')), {gaps: about, itos} = pack, number = new Map(itos.map((t, i) => [t, i]))
const made = cases.map(({ids, lps, probs, places, image}) => {
  const steps = probs.map((lps, i) => ({lps, place: places[i]})), tokens = tokensOf(ids, itos)
  const measured = measureGaps(image, line_gaps(tokens), places, about.faint)
  const said = saidOf(measured, about.runs, steps, tokens, number, about), wide = tooWide(measured, about.runs, Object.values(about.tables), about)
  const new_ = mendGaps({ids, lps, finished: true}, steps, image, pack, line_gaps)
  return {measured: measured.map(([, ...o]) => o), said, wide, shares: spaceShares(said, wide, about), ...new_}
})
const one = {rows: seen.rows, columns: seen.columns}, logits = new Float32Array(itos.length)
const place = data => noted({token: 5, logits, weights: {data}, state: 0}, one, pack.strides).place
let n = 0
const step = () => { n++; return {logits, weights: {data: seen.weights[0]}, state: {}} }, engine = {pack, start: () => ({}), step}, walked = []
for (const ids of [[5, 6, 7, 2], [5, 6, 7, 2], [5, 8, 7, 2], [5, 8]]) walked.push([(await retrace(engine, one, ids)).length, n])
console.log(JSON.stringify({made, places: seen.weights.map(place), walked}))
"""

def in_javascript(ocr, tmp, **given):
    "What the page's own modules make of some readings, by node"
    if not shutil.which('node'): missing('node')
    for name,text in page_modules(ocr.vocab.itos).items(): (tmp/name).write_text(text)
    for o in ('gaps.js','search.js','python.js'): shutil.copy(root/'latexocr/read'/o, tmp)
    (tmp/'package.json').write_text('{"type":"module"}'); (tmp/'ask.js').write_text(ASK)
    given['pack'] = describe_reader(ocr.config, ocr.vocab.itos)
    done = subprocess.run(['node','ask.js'], cwd=tmp, input=json.dumps(given), capture_output=True, text=True, timeout=120)
    assert done.returncode==0, done.stderr
    return json.loads(done.stdout)

def in_python(ocr, image, formula):
    "A reading that may be wrong, for JavaScript, what Python makes of it step by step, and its attention with the grid"
    mem,mask,grid = ocr.model.encode(*picture_batch([image]))
    ids = [*ocr.vocab.encode(normalize(formula).split()),END]
    probs,weights = retrace(ocr.model.decoder, mem, mask, ids)
    lps,places = [min(probs[i,o].item(), -.2) for i,o in enumerate(ids)],token_places(weights, tuple(grid), ocr.model.encoder.stride)
    tokens,pixels = ocr.vocab.decode(ids),np.asarray(image)
    measured = measure_gaps(1-pixels.astype(np.float32)/255, line_gaps(tokens), places)
    said,wide = said_of(measured, RUNS, probs, tokens, ocr.vocab),too_wide(measured, RUNS, [*shipped_sides().values()])
    made = dict(measured=measured, said=said, wide=wide, shares=space_shares(said, wide)[0])
    new = mend_gaps(Hypothesis(ids, lps, True), probs, places, pixels, ocr.vocab)
    case = dict(ids=ids, lps=lps, probs=probs.clamp(min=-1e4).tolist(), places=places.tolist())
    return case|dict(image=dict(width=image.width, height=image.height, data=[*image.tobytes()])), made|dict(new=new), (weights, grid)

@torch.no_grad()
def test_the_page_measures_as_python_does(ocr, tmp_path):
    "Each step of the way, for right and wrong readings of some pictures; and what was gone once is not gone again"
    needs('system')
    some = [*((o, ('',r'\;','~')) for o in HEADS[::3]), (r'\left(\frac{a}{b}\right)\,x_i^2+\big(y\big)=\int_0^1 f', (r'\,',r'\; \;'))]
    drawn = [(f'{head}{read}.', r.image) for head,ends in some for r in render([f'{head}{s}.' for s in ends]) for read in ends]
    cases,wanted,looked = zip(*(in_python(ocr, image, formula) for formula,image in drawn))
    weights,grid = looked[-1]
    found = in_javascript(ocr, tmp_path, cases=cases, seen=dict(rows=grid[0], columns=grid[1], weights=[w.flatten().tolist() for w in weights]))
    numbers = lambda rows: np.nan_to_num(np.array([[np.nan]*len(RUNS) if o is None else o for o in rows], float), nan=-99)   # unknown is equal, too
    for o,want in zip(found['made'], wanted, strict=True):
        assert [a[:2] for a in o['measured']]==[[*m[1:3]] for m in want['measured']]
        assert np.allclose([a[2] for a in o['measured']], [m[3] for m in want['measured']], atol=1e-5)
        for k in ('said','wide','shares'): assert np.allclose(numbers(o[k]), numbers(want[k]), atol=1e-5), k
        assert o['ids']==want['new'].ids and np.allclose(o['lps'], want['new'].log_probs, atol=1e-4)
    assert 5<=sum(c['ids']!=w['new'].ids for c,w in zip(cases, wanted))<len(cases)
    assert np.allclose(found['places'], cases[-1]['places'], atol=1e-3)
    assert found['walked']==[[4,4],[4,4],[4,6],[2,6]]
