"Every score against a computation that shares no code with it, on more than 200 pairs each"
import math, random
from fractions import Fraction

import numpy as np
import pytest, torch
from nltk.translate.bleu_score import corpus_bleu
from PIL import Image

from latexocr.data import collate, small_formulas
from latexocr.decoder import Im2Latex, ModelConfig
from latexocr.scoring.run import IMAGES, TEXT, all_scores
from latexocr.evaluate import bleu4, compare_images, deng_match, edit_score, exact_match, image_scores, ink_columns, perplexity
from latexocr.normalize import normalize
from latexocr.render import render
from latexocr.scoring.calibration import calibrate_confidence, calibration_error, fit_calibration, risk_coverage
from latexocr.scoring.intervals import count_pair, text_intervals
from latexocr.vocab import END, START

def table(a, b):
    "Levenshtein distances of all beginnings, cell by cell (Wagner & Fischer 1974)"
    d = {(i,0):i for i in range(len(a)+1)} | {(0,j):j for j in range(len(b)+1)}
    for i in range(1, len(a)+1):
        for j in range(1, len(b)+1): d[i,j] = min(d[i-1,j]+1, d[i,j-1]+1, d[i-1,j-1]+(a[i-1]!=b[j-1]))
    return d

# --- text

def spoilt(tokens, rng):
    "A reading with slips: tokens dropped, doubled or taken for others, sometimes none at all, sometimes the rest missing"
    p = rng.choice((0,0,.03,.1,.3))
    found = [o for t in tokens for o in rng.choices(([t],[],[t,t],[rng.choice(tokens)]), (1-p,p/3,p/3,p/3))[0]]
    return [] if rng.random()<.02 else found[:rng.randrange(1, len(found)+2)] if rng.random()<.1 else found

@pytest.fixture(scope='module')
def texts():
    rng = random.Random(42)
    refs = [normalize(o).split() for split in small_formulas().values() for o in split]*2
    return refs, [spoilt(o, rng) for o in refs]

def bleu_by_hand(refs, hyps):
    "Papineni et al. 2002, section 2, in whole numbers: clipped counts by crossing off, not by counting"
    share = []
    for n in (1,2,3,4):
        found = written = 0
        for r,h in zip(refs, hyps):
            left = [r[i:i+n] for i in range(len(r)-n+1)]
            for g in (h[i:i+n] for i in range(len(h)-n+1)):
                if g in left: left.remove(g); found += 1
            written += max(len(h)-n+1, 1)
        share.append(Fraction(found, written))
    r,h = sum(map(len, refs)),sum(map(len, hyps))
    return 100*math.exp(min(0, 1-r/h) + sum(math.log(o) for o in share)/4)

def test_text_scores(texts):
    refs,hyps = texts
    assert len(refs)==220 and {True,False}=={r==h for r,h in zip(refs, hyps)} and [] in hyps
    changes = [table(r, h)[len(r),len(h)] for r,h in zip(refs, hyps)]
    edit,exact = 100*(1-sum(changes)/sum(max(len(r), len(h)) for r,h in zip(refs, hyps))),100*changes.count(0)/220
    assert bleu4(refs, hyps)==pytest.approx(bleu_by_hand(refs, hyps), abs=1e-9)
    assert (edit_score(refs, hyps),exact_match(refs, hyps))==pytest.approx((edit,exact), abs=1e-9)
    counts = np.array([(1,*count_pair(r, h),1,1) for r,h in zip(refs, hyps)])
    scores = all_scores(counts.sum(0), ['n',*TEXT])
    assert [scores[k] for k in ('bleu4','edit','exact')]==pytest.approx([bleu4(refs, hyps),edit,exact], abs=1e-9)

def test_each_formula_alone(texts):
    "Sums can hide errors that cancel"
    for r,h in zip(*texts):
        d = table(r, h)[len(r),len(h)]
        assert edit_score([r], [h])==pytest.approx(100*(1-d/max(len(r), len(h))), abs=1e-9)
        assert exact_match([r], [h])==100*(d==0)

def test_intervals_are_those_of_redrawing_with_nltk(texts):
    refs,hyps = texts
    draw,redrawn = np.random.default_rng(7),[]
    for _ in range(80):
        rows = draw.integers(0, len(refs), len(refs))
        redrawn.append(100*corpus_bleu([[refs[i]] for i in rows], [hyps[i] for i in rows]))
    v,low,high = text_intervals(refs, hyps)['bleu4']
    assert low<v<high and np.percentile(redrawn, [2.5,97.5])==pytest.approx([low,high], abs=.25*(high-low))
    exact,low,high = text_intervals(refs, hyps)['exact']
    half = 196*math.sqrt(exact/100*(1-exact/100)/len(refs))                       # the textbook's formula
    assert (low,high)==pytest.approx((exact-half,exact+half), abs=1.2)

def test_perplexity():
    "Formula by formula, no batch, no padding, one token after the other"
    torch.manual_seed(42)
    rng,model = random.Random(42),Im2Latex(ModelConfig(vocab_size=20, channels=(8,8,8,8), d_model=16, heads=2)).eval()
    samples = [(torch.randint(0, 256, (1,rng.choice((16,24)),rng.choice((16,32))), dtype=torch.uint8), torch.tensor(rng.choices(range(4,20), k=rng.randrange(1,8)))) for _ in range(208)]
    nats = n = 0
    with torch.no_grad():
        for x,y in samples:
            sizes,ids = torch.tensor([x.shape[1:]]),[START,*y.tolist()]
            for i,target in enumerate([*y.tolist(),END]):
                p = model(x[None], sizes, torch.tensor([ids[:i+1]]))[0,-1].double().exp()
                nats,n = nats-math.log(p[target]/p.sum()),n+1
    assert perplexity(model, [collate(samples[i:i+16]) for i in range(0, 208, 16)])==pytest.approx(math.exp(nats/n), rel=1e-4)

# --- pictures

def blocks(a, b):
    "Opcodes as python-Levenshtein 0.12 makes them, by its own description: back from the end, on in the same direction if possible"
    d,i,j,op,steps = table(a, b),len(a),len(b),None,[]
    while i or j:
        if op=='insert' and j and d[i,j]==d[i,j-1]+1: pass
        elif op=='delete' and i and d[i,j]==d[i-1,j]+1: pass
        elif i and j and a[i-1]==b[j-1] and d[i,j]==d[i-1,j-1]: op = 'equal'
        elif i and j and d[i,j]==d[i-1,j-1]+1: op = 'replace'
        elif j and d[i,j]==d[i,j-1]+1: op = 'insert'
        else: op = 'delete'
        steps.append(op)
        i,j = i-(op!='insert'),j-(op!='delete')
    widths,last = [],None                                                        # columns of the reference in each run of one kind
    for op in steps[::-1]:
        if op!=last: widths.append([op,0])
        widths[-1][1] += op!='insert'; last = op
    return [n for op,n in widths if op!='equal']

def deng_by_hand(a, b):
    "The rule, sentence by sentence: columns are strings of 0 and 1, letters are numbers"
    if not a or not b: return a==b
    first,letters = [],[]
    for c in a+b:
        like = [k for k,o in enumerate(first) if sum(x!=y for x,y in zip(c, o))<5]
        if not like: first.append(c)
        letters.append(like[0] if like else len(first)-1)
    return all(n<5 for n in blocks(letters[:len(a)], letters[len(a):]))

def columns(picture, h, cut):
    "Strings of 0 and 1, white below"
    if picture is None: return []
    return [''.join('1' if y<picture.height and picture.getpixel((x,y))<=cut else '0' for y in range(h)) for x in range(picture.width)]

def by_hand(ref, hyp):
    h = max(o.height for o in (ref,hyp) if o is not None)
    a,b = (columns(o, h, 224) for o in (ref,hyp))
    c,d = (columns(o, h, 128) for o in (ref,hyp))
    inked = lambda o: [x for x in o if '1' in x]
    there = ref is not None and hyp is not None
    return dict(distance=table(a, b)[len(a),len(b)], columns=max(len(a), len(b)), exact=there and a==b, exact_ws=there and inked(a)==inked(b),
                deng=there and deng_by_hand(c, d), deng_ws=there and deng_by_hand(inked(c), inked(d)))

def drawn(rng):
    "A picture of strokes, and what might be read: the same, or strokes moved, added or removed, or columns cut out or put in"
    h,w = rng.integers(8, 24),rng.integers(12, 44)
    def strokes(a, n):
        for _ in range(n):
            y,x = rng.integers(0, h),rng.integers(0, w)
            a[y:y+rng.integers(1, 9), x:x+rng.integers(1, 9)] = rng.choice((0,90,150,220))
        return a
    ref = strokes(np.full((h,w), 255, np.uint8), 8)
    x,n = rng.integers(0, w-8),rng.integers(1, 8)
    hyp = [ref.copy(), strokes(ref.copy(), 1), strokes(ref.copy(), 3), np.delete(ref, slice(x, x+n), 1), np.insert(ref, [x]*n, 255, 1), np.insert(ref, [x]*n, 0, 1),
           np.pad(ref, ((0,3),(0,0)), constant_values=255), np.roll(ref, 1, 0), strokes(np.full((h+2,w-3), 255, np.uint8), 8)][rng.integers(0, 9)]
    return Image.fromarray(ref), Image.fromarray(hyp)

def test_picture_scores():
    rng = np.random.default_rng(42)
    pairs = [drawn(rng) for _ in range(210)]
    pairs += [(a,None) for a,_ in pairs[:3]] + [(None,b) for _,b in pairs[:3]]
    want = [by_hand(*o) for o in pairs]
    for o,w in zip(pairs, want): assert compare_images(*o)==w
    for k in ('exact','exact_ws','deng','deng_ws'): assert 10<sum(o[k] for o in want)<206                       # both verdicts occur often
    assert sum(o['deng']!=o['exact'] for o in want)>20
    total = {k:sum(o[k] for o in want) for k in want[0]}
    scores = dict(edit=100*(1-total['distance']/total['columns'])) | {k:100*total[k]/216 for k in ('exact','exact_ws','deng','deng_ws')}
    assert image_scores(*zip(*pairs))==pytest.approx(scores, abs=1e-9)
    sums = np.array([[1]+[o[k] for k in IMAGES] for o in want]).sum(0)
    assert all_scores(sums, ['n',*(f'image_{k}' for k in IMAGES)])==pytest.approx({f'image_{k}':v for k,v in scores.items()}, abs=1e-9)

def test_deng_on_drawn_formulas():
    "At full size, where the rule is applied; these formulas differ in a letter, a sign or a space"
    letters = 'abcdefghijklmn'
    formulas = [f'{a}={b}^2' for a,b in zip(letters, letters[1:])] + [fr'\frac{{{a}}}{{{b}}}\,x' for a,b in zip(letters, letters[1:])]
    pictures = [r.image for r in render(formulas, downsample=1)]
    pairs = list(zip(pictures, pictures[1:]))
    verdicts = [deng_match(*ink_columns(*o, cut=128)) for o in pairs]
    assert verdicts==[by_hand_at(o) for o in pairs] and len(set(verdicts))==2

def by_hand_at(pair):
    h = max(o.height for o in pair)
    return deng_by_hand(*(columns(o, h, 128) for o in pair))

# --- confidence

def test_calibration():
    rng = np.random.default_rng(42)
    logs = -rng.exponential(2., 400); right = rng.uniform(0, 1, 400)<np.exp(logs/3)
    c = fit_calibration(logs, right)
    def loss(t, b):
        "What was learned is where this is least, the pinch of doubt included"
        total = ((1/t-1)**2+b**2)/2
        for lp,r in zip(logs, right):
            z = b + (lp-math.log(1-math.exp(lp)))/t
            total += math.log(1+math.exp(-z if r else z))
        return total
    best = loss(c['temperature'], c['bias'])
    for dt in (-.02,0,.02):
        for db in (-.02,0,.02): assert loss(c['temperature']+dt, c['bias']+db)>=best-1e-9
    sure = sorted((calibrate_confidence(lp, c),r) for lp,r in zip(logs, right))
    by_bin = [sure[i:i+40] for i in range(0, 400, 40)]
    error = sum(abs(sum(p for p,_ in o)-sum(r for _,r in o)) for o in by_bin)/400
    assert calibration_error([p for p,_ in sure], [r for _,r in sure])==pytest.approx(error, abs=1e-12) and error<.06
    kept,risk = risk_coverage([p for p,_ in sure], [r for _,r in sure])
    for n in (1,40,400): assert risk[n-1]==pytest.approx(sum(not r for _,r in sure[-n:])/n) and kept[n-1]==n/400
