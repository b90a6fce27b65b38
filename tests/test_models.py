"Every encoder with every decoder: the promises that training, search and files rely on"
import json
from functools import cache
from itertools import product

import pytest, torch
from torch.nn import functional as F

from latexocr.beam_search import read
from latexocr.decoder import Im2Latex, ModelConfig, load_pretrained, save_pretrained
from latexocr.vocab import START, Vocab

encoders = dict(vanilla={}, cnn={}, row={}, resnet={}, resnet4=dict(stride=4))
decoders = {f'{c}-{a}': dict(cell=c, attention=a) for c,a in product(('lstm','gru'), ('multihead','additive'))}
decoders |= {f'classic-{cell}': dict(decoder='classic', cell=cell) for cell in ('lstm','gru')}
vocab = Vocab.from_formulas([' '.join(f't{i}' for i in range(20))], min_count=0)

def build(encoder, decoder):
    "A tiny model, the same for the same names"
    torch.manual_seed(42)
    options = dict(encoder=encoder.rstrip('4'), **encoders[encoder], **decoders[decoder])
    return Im2Latex(ModelConfig(vocab_size=len(vocab), channels=(4,8,8), d_model=16, heads=2, **options))

def strokes(h, w):
    "White paper with a few black strokes"
    xb = torch.full((1,h,w), 255, dtype=torch.uint8)
    for _ in range(6):
        y,x = torch.randint(0, h-3, ()),torch.randint(0, w-6, ())
        xb[:,y:y+torch.randint(2, h//2, ()),x:x+torch.randint(2, 9, ())] = 0
    return xb

def batch(pictures, size=None):
    "Pictures padded to one size, with what is not theirs filled with noise"
    sizes = torch.tensor([p.shape[1:] for p in pictures])
    h,w = size or sizes.amax(0).tolist()
    xb = torch.randint(0, 256, (len(pictures),1,h,w), dtype=torch.uint8)
    for o,p in zip(xb, pictures): o[:,:p.shape[1],:p.shape[2]] = p
    return xb,sizes

def some(n):
    torch.manual_seed(1)
    return [strokes(*o) for o in torch.stack([torch.randint(17, 33, (n,)), torch.randint(20, 73, (n,))], 1).tolist()]

every = pytest.mark.parametrize('encoder,decoder', list(product(encoders, decoders)))

@every
@torch.no_grad()
def test_at_once_is_one_by_one(encoder, decoder):
    model = build(encoder, decoder).eval()
    mem,mask,(h,w) = model.encode(*batch(some(3)))
    tokens = torch.randint(4, len(vocab), (3,9))
    at_once,state = model.decoder(mem, mask, tokens),model.decoder.start(mem, mask)
    for t in range(9):
        logits,state,weights = model.decoder.step(tokens[:,t], state, need_weights=True)
        torch.testing.assert_close(logits, at_once[:,t], atol=1e-5, rtol=1e-4)
        assert weights.shape[0]==3 and weights.shape[-1]==h*w and weights.ndim==4
        assert (weights*~mask[:,None,None]).sum()==0
        torch.testing.assert_close(weights.sum(-1), torch.ones(weights.shape[:-1]), atol=1e-5, rtol=0)

class Known(torch.nn.Module):
    "An encoder that keeps what it has seen, since all decoders get to see the same; features shifted and stretched until pictures differ"
    def __init__(self, encoder):
        super().__init__()
        self.encoder,self.known,self.stretch = encoder,{},None

    def forward(self, xb, sizes):
        key = xb.numpy().tobytes(),sizes.numpy().tobytes()
        if key not in self.known:
            mem,mask,grid = self.encoder(xb, sizes)
            if self.stretch is None:
                mean = (mem*mask[...,None]).sum(1)/mask.sum(1, keepdim=True)                    # of each picture
                self.stretch = mean.mean(0),mean.std(0).clamp(min=.02)
            self.known[key] = (mem-self.stretch[0])/self.stretch[1],mask,grid
        return self.known[key]

@cache
def known(encoder): return Known(build(encoder, 'lstm-multihead').eval().encoder)

@every
@torch.no_grad()
def test_alone_in_company_in_any_order(encoder, decoder):
    "Weights twice as large as at birth: the pictures read as different formulas, and no choice is a close call"
    model = build(encoder, decoder).eval()
    model.encoder,pictures = known(encoder),some(40)
    for p in model.decoder.parameters(): p *= 2
    order = torch.randperm(40).tolist()
    batches = batch(pictures),batch([pictures[i] for i in order], (36,80)),[batch(pictures[i:i+1]) for i in order[:6]]
    for width in (1,3):
        tokens = lambda xb, sizes: [hs[0].ids for hs in read(model, xb, sizes, beam_width=width, max_len=8)]
        together = tokens(*batches[0])
        assert len({tuple(o) for o in together})>2
        assert tokens(*batches[1])==[together[i] for i in order]
        for i,one in zip(order, batches[2]): assert tokens(*one)==[together[i]]

@every
def test_gradients_reach_everything(encoder, decoder):
    model = build(encoder, decoder)
    tokens = torch.randint(4, len(vocab), (4,7)); tokens[:,0] = START
    F.cross_entropy(model(*batch(some(4)), tokens).flatten(0,1), tokens.flatten()).backward()
    assert not [k for k,p in model.named_parameters() if p.grad is None or not p.grad.isfinite().all() or not p.grad.any()]

@every
def test_saved_and_loaded(encoder, decoder, tmp_path):
    model,xb,tokens = build(encoder, decoder).eval(),batch(some(2)),torch.randint(4, len(vocab), (2,5))
    save_pretrained(model, tmp_path, vocab)
    again,_,_ = load_pretrained(tmp_path)
    assert again.config==model.config
    assert torch.equal(again(*xb, tokens), model(*xb, tokens))

@every
@torch.no_grad()
def test_any_device(encoder, decoder):
    "torch's meta device holds no numbers, but refuses to be mixed with the CPU"
    model,tokens = build(encoder, decoder).eval().to('meta'),torch.zeros(2, 5, dtype=torch.long, device='meta')
    xb,sizes = (o.to('meta') for o in batch(some(2)))
    assert model(xb, sizes, tokens).device.type=='meta'
    state = model.decoder.start(*model.encode(xb, sizes)[:2])
    assert model.decoder.step(tokens[:,0], model.decoder.select(state, tokens[:,0]), need_weights=True)[2].device.type=='meta'

def test_a_config_from_before_the_choices_still_loads(tmp_path):
    model = build('resnet', 'lstm-multihead').eval()
    save_pretrained(model, tmp_path, vocab)
    config = json.loads((tmp_path/'config.json').read_text())
    for k in ('encoder','stride','decoder','cell','attention'): del config['model'][k]
    (tmp_path/'config.json').write_text(json.dumps(config))
    again,_,_ = load_pretrained(tmp_path)
    assert again.config==model.config
    assert 'layers.0.lstm.weight_ih_l0' in again.decoder.state_dict()
