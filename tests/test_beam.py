"The beam against a plain one that lists everything, its figures against a second reading, and pictures alone against pictures in company"
import random, math
from itertools import product
import pytest, torch

from latexocr import beam_search as searches
from latexocr.beam_search import beam_steps, greedy_search, log_probs
from latexocr.data import collate
from latexocr.decoder import Decoder, Im2Latex, ModelConfig, make_decoder
from latexocr.decoding.diverse import sibling_penalty
from latexocr.decoding.reading import encode_views, read
from latexocr.decoding.speculative import speculative_search
from latexocr.vocab import END, PAD, START, Vocab

def beam_search(*args, div_gamma=1., div_prob=1., seed=42, **how):
    "The search, with the penalty for siblings that these options make"
    return searches.beam_search(*args, penalty=None if div_gamma==1 else sibling_penalty(div_gamma, div_prob, seed), **how)

kinds = {'fast':{}, 'gru':dict(cell='gru'), 'additive':dict(attention='additive'), 'classic':dict(decoder='classic'), 'classic gru':dict(decoder='classic', cell='gru')}

def make(seed, kind='fast', vocab_size=7, sure=4., end=0., pictures=2):
    "A decoder with random weights in double precision, so that rounding decides nothing, and pictures with 3 to 6 regions"
    torch.manual_seed(seed)
    decoder = make_decoder(ModelConfig(vocab_size=vocab_size, d_model=16, heads=2, **kinds[kind])).double().eval().requires_grad_(False)
    decoder.logits.weight.data *= sure
    if decoder.logits.bias is not None: decoder.logits.bias.data[END] += end
    return decoder, 3*torch.randn(pictures, 6, 16).double(), torch.arange(6)<torch.randint(3, 7, (pictures,1))

def token_log_probs(decoder, mem, mask, ids):
    "Of each token of one formula, read in one go as in training; written without anything from the module but START, PAD, END and UNK"
    logits = decoder(mem, mask, torch.tensor([[START,*ids[:-1]]]))[0]
    logits[:,[0,1,3]] = -math.inf
    return [logits.log_softmax(-1)[t,i].item() for t,i in enumerate(ids)]

def tree(decoder, mem, mask, max_len, written=(END,4,5,6)):
    "Log-probability of every beginning of at most `max_len` tokens"
    beginnings = [s for n in range(1, max_len+1) for s in product(written, repeat=n) if END not in s[:-1]]
    return {s:sum(token_log_probs(decoder, mem, mask, s)) for s in beginnings}

def plain_beam(lp, k, max_len, gamma=1.):
    "What a beam of `k` ends with: at each step the best `k` of the ended ones and of all children; those who choose see the penalty, `lp` does not"
    kept = [()]
    for _ in range(max_len):
        worth = {s:lp[s] for s in kept if s and s[-1]==END}
        for parent in kept:
            siblings = sorted((s for s in lp if s[:-1]==parent), key=lp.get, reverse=True)
            worth.update({s:lp[s] + rank*math.log(gamma) for rank,s in enumerate(siblings)})
        kept = sorted(worth, key=worth.get, reverse=True)[:k]
    return sorted(kept, key=lambda s: (s[-1]==END, lp[s]), reverse=True)

def ids(hyps): return [tuple(h.ids) for h in hyps]
def close(a, b, eps=1e-9): return len(a)==len(b) and all(abs(x-y)<eps for x,y in zip(a, b))

# --- against everything

@pytest.mark.parametrize('kind', kinds)
@pytest.mark.parametrize('seed', range(2))
def test_every_width_equals_the_plain_beam(seed, kind, max_len=3):
    decoder,mem,mask = make(seed, kind)
    trees = [tree(decoder, mem[i:i+1], mask[i:i+1], max_len) for i in range(2)]
    whole = sum(s[-1]==END or len(s)==max_len for s in trees[0])
    assert whole==40
    for k in range(1, whole+3):
        for lp,hyps in zip(trees, beam_search(decoder, mem, mask, k, max_len, length_penalty=0.)):
            assert ids(hyps)==plain_beam(lp, k, max_len)
            assert close([h.log_prob for h in hyps], [lp[s] for s in ids(hyps)])
            assert len(hyps)==min(k, whole) and [h.finished for h in hyps]==[s[-1]==END for s in ids(hyps)]

@pytest.mark.slow
@pytest.mark.parametrize('seed', range(20))
def test_every_width_four_steps_long(seed, max_len=4):
    decoder,mem,mask = make(seed, end=-1.)
    trees = [tree(decoder, mem[i:i+1], mask[i:i+1], max_len) for i in range(2)]
    for k in range(1, 122):
        for lp,hyps in zip(trees, beam_search(decoder, mem, mask, k, max_len, length_penalty=0.)): assert ids(hyps)==plain_beam(lp, k, max_len)
    assert len(hyps)==121

@pytest.mark.parametrize('seed', range(3))
def test_a_diverse_beam_equals_the_plain_one(seed, max_len=3):
    decoder,mem,mask = make(seed, sure=3., pictures=1)
    lp,differ = tree(decoder, mem, mask, max_len),0
    for k,gamma in product(range(1, 41), (.7,.3)):
        hyps = beam_search(decoder, mem, mask, k, max_len, length_penalty=0., div_gamma=gamma)[0]
        assert ids(hyps)==plain_beam(lp, k, max_len, gamma)
        assert close([h.log_prob for h in hyps], [lp[s] for s in ids(hyps)])        # the penalty is not in what is reported
        differ += ids(hyps)!=plain_beam(lp, k, max_len)
    assert differ

def test_the_ranking():
    decoder,mem,mask = make(1, end=1.)
    for penalty in (0.,1.,.5):
        for hyps in beam_search(decoder, mem, mask, 8, 4, length_penalty=penalty):
            keys = [(h.finished, h.log_prob/len(h.ids)**penalty) for h in hyps]
            assert keys==sorted(keys, reverse=True) and {h.finished for h in hyps}=={True,False}

def test_a_beam_wider_than_the_tree_stops_when_all_have_ended():
    class Short:
        "END after any token"
        def start(self, mem, mask): return dict(t=torch.zeros(len(mem)))
        def select(self, state, rows): return {k:o[rows] for k,o in state.items()}
        def step(self, tokens, state, need_weights=False):
            logits = torch.zeros(len(tokens), 7)
            logits[tokens!=START] = torch.tensor([0.,0,0,0]+[-math.inf]*3)
            return logits, dict(t=state['t']+1), None
    picture = torch.zeros(2,1,1),torch.ones(2,1).bool()
    for k in range(4, 31):
        assert len(beam_steps(Short(), *picture, k, 50))==2
        assert [set(ids(o)) for o in beam_search(Short(), *picture, k, 50)]==[{(END,),(4,END),(5,END),(6,END)}]*2

def test_refusals():
    world = make(0)
    for wrong in (dict(beam_width=0), dict(max_len=0), dict(n_best=0), dict(div_gamma=0.), dict(div_gamma=1.5), dict(div_gamma=.5, div_prob=2.)):
        with pytest.raises(ValueError): beam_search(*world, **wrong)

# --- what is reported

@pytest.mark.parametrize('kind', kinds)
@pytest.mark.parametrize('options', [{}, dict(div_gamma=.4), dict(div_gamma=.4, div_prob=.5)], ids=str)
def test_every_token_is_worth_what_a_second_reading_says(kind, options):
    decoder,mem,mask = make(3, kind, vocab_size=20, end=-1., pictures=6)
    found = beam_search(decoder, mem, mask, 5, 15, attention=True, **options)
    for i,hyps in enumerate(found):
        m = mem[i:i+1],mask[i:i+1]
        for h in hyps:
            assert close(h.log_probs, token_log_probs(decoder, *m, h.ids))
            state,looks = decoder.start(*m),[]
            for token in [START]+h.ids[:-1]:
                _,state,weights = decoder.step(torch.tensor([token]), state, need_weights=True)
                looks.append(weights[0])
            assert h.attention.shape[0]==len(h.ids) and torch.allclose(h.attention, torch.stack(looks), atol=1e-9)
    assert 'classic' in kind or len({len(h.ids) for hyps in found for h in hyps})>1    # some ended early, some late

def test_greedy_is_worth_what_a_second_reading_says():
    decoder,mem,mask = make(3, vocab_size=20, end=-1., pictures=6)
    for i,h in enumerate(greedy_search(decoder, mem, mask, 15)):
        assert close(h.log_probs, token_log_probs(decoder, mem[i:i+1], mask[i:i+1], h.ids))
        assert ids([h])==ids(beam_search(decoder, mem[i:i+1], mask[i:i+1], 1, 15)[0])

def test_precision_is_kept_or_raised():
    for given,got in ((torch.float64,)*2, (torch.float32,)*2, (torch.bfloat16,torch.float32), (torch.float16,torch.float32)):
        logits = torch.randn(2, 9, dtype=given)
        lp = log_probs(logits)
        assert lp.dtype==got and not torch.isinf(logits).any() and torch.isinf(lp[:,[0,1,3]]).all()

# --- shortcuts change nothing

@pytest.mark.parametrize('seed', range(4))
@pytest.mark.parametrize('limit', [6,40])
def test_drafts_change_nothing(seed, limit):
    "Whatever is guessed, right, wrong, or nearly right, for some pictures or all: the same tokens with the same probabilities"
    from latexocr.beam_search import Hypothesis
    from latexocr.models.inference import inference_decoder
    decoder,mem,mask = make(seed, vocab_size=20, end=-1., pictures=6)
    decoder,rng = inference_decoder(decoder),random.Random(seed)
    plain = greedy_search(decoder, mem, mask, limit)
    def spoilt(ids):
        ids = list(ids)
        for _ in range(rng.randrange(4)):
            at = rng.randrange(len(ids)+1)
            ids[at:at+rng.randrange(3)] = [rng.randrange(4, 20) for _ in range(rng.randrange(3))]
        return Hypothesis(ids, [-3*rng.random()**4 for _ in ids], True)
    for _ in range(8):
        drafts = [spoilt(h.ids) if rng.random()<.8 else None for h in plain]
        found = speculative_search(decoder, mem, mask, drafts, limit)
        assert [h.ids for h in found]==[h.ids for h in plain] and [h.finished for h in found]==[h.finished for h in plain]
        assert all(close(a.log_probs, b.log_probs) for a,b in zip(found, plain))

def test_known_looks_are_not_taken_again():
    "Four looks of which the first is known: the same memory, in batches of unlike pictures"
    from latexocr.decoder import Im2Latex, ModelConfig
    torch.manual_seed(0)
    model = Im2Latex(ModelConfig(vocab_size=20, channels=(8,8,8), d_model=16, heads=2, stride=4)).eval()
    sizes = torch.tensor([[32,40],[16,80],[24,23]])
    xb = torch.full((3,1,32,80), 255.)
    for x,(h,w) in zip(xb, sizes): x[:,:h,:w] = torch.randint(0, 256, (h,w))
    with torch.no_grad():
        mem,mask,grid = encode_views(model, xb, sizes)
        known = [m[:k.any(1).sum(),:k.any(0).sum()] for m,k in zip(mem.unflatten(1, tuple(grid)), mask.unflatten(1, tuple(grid)))]
        (a,m,g),(b,n,h) = encode_views(model, xb, sizes, 4),encode_views(model, xb, sizes, 4, known)
    assert g==h and torch.equal(m, n) and torch.allclose(a[m], b[n], atol=1e-5)

class Restless(Decoder):
    "The same decoder, whose steps hand on a copy of everything, so that everything is moved at every step"
    def step(self, *args, **kwargs):
        logits,state,weights = super().step(*args, **kwargs)
        return logits, {k:[t.clone() for t in o] if isinstance(o, list) else o.clone() for k,o in state.items()}, weights

class Late(Decoder):
    "What the second token was is written down once, and decides about all later ones: not the picture's, though untouched ever after"
    def start(self, mem, mask): return {**super().start(mem, mask), 'second':torch.zeros(len(mem), dtype=torch.long), 't':torch.zeros(len(mem))}
    def step(self, tokens, state, need_weights=False):
        logits,state,weights = super().step(tokens, state, need_weights)
        state = {**state, 't':state['t']+1}
        if state['t'][0]==2: state['second'] = tokens
        return logits + (torch.arange(logits.shape[-1])==state['second'][:,None]), state, weights

def spied(cls, world):
    "The decoder of `world` as a `cls` that notes which parts of its state are moved"
    decoder,mem,mask = world
    spy = type('Spy', (cls,), dict(moved=None, select=lambda self, state, rows: (self.moved.append((set(state),len(rows))), cls.select(self, state, rows))[1]))
    decoder.__class__ = spy
    decoder.moved = []
    return decoder, mem, mask

def test_only_what_has_changed_is_moved():
    world = make(5, vocab_size=20, sure=3., end=2., pictures=12)
    plain = beam_search(*world, 5, 20)
    decoder,mem,mask = spied(Decoder, world)
    assert [ids(o) for o in beam_search(decoder, mem, mask, 5, 20)]==[ids(o) for o in plain]
    shared = {'mask','keys','values'}
    rows,pictures = ([n for parts,n in decoder.moved if parts==o] for o in ({'h','c'}, shared))
    assert len(rows)+len(pictures)==len(decoder.moved) and rows[0]==60 and sorted(rows, reverse=True)==rows
    assert pictures and [5*n for n in pictures]==sorted({*rows}-{60}, reverse=True)    # they move when pictures leave, and only then
    world[0].__class__ = Restless
    assert [ids(o) for o in beam_search(*world, 5, 20)]==[ids(o) for o in plain]

@pytest.mark.parametrize('kind', kinds)
def test_a_shared_picture_is_as_good_as_copies(kind):
    decoder,mem,mask = make(5, kind, vocab_size=20, sure=3., end=2., pictures=12)
    search = lambda: [h for hs in beam_search(decoder, mem, mask, 5, 20, attention=True) for h in hs]
    shared = search()
    assert decoder.shared
    decoder.shared = ()
    for a,b in zip(shared, search(), strict=True):
        assert a.ids==b.ids and close(a.log_probs, b.log_probs) and torch.allclose(a.attention, b.attention, atol=1e-9)

@pytest.mark.parametrize('cls', [Decoder, Restless, Late], ids=lambda o: o.__name__)
@pytest.mark.parametrize('options', [{}, dict(div_gamma=.4, div_prob=.5)], ids=['plain','diverse'])
def test_alone_or_in_company(cls, options):
    "A picture alone never leaves a batch: whether its neighbours do must not matter"
    decoder,mem,mask = make(7, vocab_size=20, sure=3., end=2., pictures=12)
    decoder.__class__ = cls
    steps = beam_steps(decoder, mem, mask, 4, 25)
    assert len(steps[-1][0])<12
    for order in (torch.arange(12), torch.randperm(12)):
        for i,hyps in zip(order.tolist(), beam_search(decoder, mem[order], mask[order], 4, 25, **options)):
            alone = beam_search(decoder, mem[i:i+1], mask[i:i+1], 4, 25, **options)[0]
            assert ids(alone)==ids(hyps) and all(close(a.log_probs, b.log_probs) for a,b in zip(alone, hyps))

@pytest.mark.parametrize('penalty', [0.,.5,1.,2.,-1.])
def test_the_best_few_are_the_same_ones_sooner(penalty):
    rows = []
    for seed,options in product(range(2), ({}, dict(div_gamma=.4, div_prob=.5))):
        world = make(seed, vocab_size=20, sure=4., end=2., pictures=6)
        every = beam_search(*world, 6, 15, penalty, **options)
        for n in (1,2,4,7):
            few = beam_search(*world, 6, 15, penalty, n_best=n, **options)
            assert [ids(o) for o in few]==[ids(o)[:n] for o in every]
            assert all(close(a.log_probs, b.log_probs) for o,p in zip(few, every) for a,b in zip(o, p))
        rows.append([sum(len(o[0]) for o in beam_steps(*world, 6, 15, n_best=n, length_penalty=penalty)) for n in (1,3,6)])
    assert all(a<=b<=c for a,b,c in rows)
    if penalty in (0,.5): assert sum(a for a,_,_ in rows)<sum(c for *_,c in rows)

def test_the_same_call_gives_the_same_answer():
    world = make(7, vocab_size=20, end=-1., pictures=6)
    found = [[ids(o) for o in beam_search(*world, 4, 12, div_gamma=.3, div_prob=.5, seed=seed)] for seed in (1,1,2)]
    assert found[0]==found[1]!=found[2]
    state = torch.get_rng_state()
    beam_search(*world, 4, 12, div_gamma=.3, div_prob=.5)
    assert torch.equal(state, torch.get_rng_state())                                 # and nobody else's draws are disturbed
    plain = [ids(o) for o in beam_search(*world, 4, 12)]
    assert [ids(o) for o in beam_search(*world, 4, 12, div_gamma=.3, div_prob=0.)]==plain==[ids(o) for o in beam_search(*world, 4, 12, div_gamma=1.)]

# --- five hundred pictures

vocab = Vocab('_PAD _START _END _UNK'.split() + [f'x_{i}' for i in range(40)])

def ink(n, seed=42):
    "Pictures of random ink in `n` different sizes"
    g = torch.Generator().manual_seed(seed)
    sizes = torch.cartesian_prod(torch.arange(9, 41), torch.arange(9, 161))
    return [torch.randint(0, 256, (1,h,w), generator=g, dtype=torch.uint8) for h,w in sizes[torch.randperm(len(sizes), generator=g)[:n]].tolist()]

def reader(dtype, pictures, **options):
    """A small model with random weights that reads each picture differently: its statistics come from the pictures, its regions have
    mean 0 and deviation 3, its attention is sharp. In double precision from the first pixel on, if asked for"""
    torch.manual_seed(42)
    model = Im2Latex(ModelConfig(vocab_size=len(vocab), channels=(8,8,16), d_model=32, heads=2, **options)).double()
    for m in model.modules():
        if isinstance(m, torch.nn.BatchNorm2d): m.momentum = 1.
    for name,p in model.decoder.named_parameters():
        if name.endswith('query.weight') or name=='logits.weight': p.data *= 4
        if name=='logits.bias': p.data[END] += 2                                     # formulas of all lengths
    model = model.to(dtype).requires_grad_(False)
    xb,sizes = batch(pictures)
    model.train().encode(xb, sizes)
    mem,mask,_ = model.eval().encode(xb, sizes)
    mean,deviation = mem[mask].mean(0),mem[mask].std(0)
    model.encoder.register_forward_hook(lambda m, args, o: (3*(o[0]-mean)/deviation, *o[1:]))
    return model

def batch(pictures): return collate([(p, torch.zeros(0, dtype=torch.long)) for p in pictures])[:2]

def latex(model, pictures, order, bs, **options):
    "LaTeX and log-probability of each picture, read in batches of `bs` in the given order, and told in the pictures' own"
    found = {}
    for rows in order.split(bs):
        hyps = [hs[0] for hs in read(model, *batch([pictures[i] for i in rows]), max_len=12, **options)]
        found.update((i, (' '.join(vocab.decode(h.ids)), h.log_prob)) for i,h in zip(rows.tolist(), hyps))
    return [found[i] for i in range(len(pictures))]

def ways(n): return [(torch.arange(n), 8), (torch.arange(n).flip(0), 50), (torch.randperm(n, generator=torch.Generator().manual_seed(1)), 33)]

def compare(model, pictures, distinct=.5, **options):
    "For several orders and batch sizes: how many pictures have the LaTeX they have alone; and how far the log-probabilities are apart"
    n = len(pictures)
    alone = latex(model, pictures, torch.arange(n), 1, **options)
    texts = [o for o,_ in alone]
    assert len(set(texts))>n*distinct                                                # a model that says the same of all would pass anything
    many = [latex(model, pictures, *way, **options) for way in ways(n)]
    return [sum(a==b for a,(b,_) in zip(texts, o)) for o in many], max(abs(a-b) for o in many for (_,a),(_,b) in zip(alone, o))

def test_500_pictures_alone_batched_and_reordered():
    pictures = ink(500)
    model = reader(torch.float64, pictures[:100])
    same,apart = compare(model, pictures)
    assert same==[500]*3 and apart<1e-9

@pytest.mark.parametrize('beam', [dict(), dict(div_gamma=.5, div_prob=.5)], ids=['plain','diverse'])
def test_60_pictures_with_a_beam(beam):
    pictures = ink(60, seed=1)
    same,apart = compare(reader(torch.float64, pictures), pictures, beam_width=3, **beam)
    assert same==[60]*3 and apart<1e-9

def test_single_precision_is_nearly_as_good():
    "Where two tokens are as good as equally likely, rounding may choose: one picture in a hundred is forgiven (none is known)"
    pictures = ink(100, seed=2)
    same,apart = compare(reader(torch.float32, pictures), pictures)
    assert min(same)>=99 and apart<1e-3

@pytest.mark.slow
@pytest.mark.parametrize('options', [*kinds.values(), dict(stride=4), dict(positions=False)], ids=str)
@pytest.mark.parametrize('beam_width,n', [(1,500),(5,150)])
def test_pictures_with_every_decoder(options, beam_width, n):
    pictures = ink(n, seed=3)
    same,apart = compare(reader(torch.float64, pictures[:100], **options), pictures, .1, beam_width=beam_width)
    assert same==[n]*3 and apart<1e-9

def test_old_names_lead_to_the_new_ones():
    "For one release, each with a warning"
    import importlib
    old = dict(sibling_penalty='diverse.sibling_penalty', Draft='speculative.Draft', opens='constrained.closer_of', closes='constrained.closed_by',
        WellFormed='constrained.ConstrainedDecoder', Written='constrained.Prefix', balanced='constrained.balanced', look_at='reading.encode_views',
        write_down='reading.decode_memory', doubtful='reading.doubtful', look_again='reading.reread_uncertain', SURE='reading.TTA_THRESHOLD', LOOKS='reading.TTA_VIEWS')
    for name,place in old.items():
        module,new = place.split('.')
        with pytest.warns(DeprecationWarning, match=new): found = getattr(searches, name)
        assert found is getattr(importlib.import_module(f'latexocr.decoding.{module}'), new)
    from latexocr.decoding import tta
    with pytest.warns(DeprecationWarning): assert tta.Views is tta.TTADecoder
