"Every encoder with every decoder: the promises that training, search and files rely on"
import json, subprocess, sys
from pathlib import Path
from functools import cache
from itertools import product

import pytest, torch
from torch.nn import functional as F

from latexocr.decoding.reading import read
from latexocr.decoder import Im2Latex, ModelConfig, WeightsError, load_pretrained, save_pretrained
from latexocr.normalize import VERSION
from latexocr.use.prediction import attention_maps
from latexocr.visualize import feature_maps
from latexocr.vocab import START, Vocab

encoders = dict(vanilla={}, cnn={}, row={}, resnet={}, resnet4=dict(stride=4), separable={}, separable4=dict(stride=4))
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

@pytest.mark.parametrize('size', [(21,60), (40,75), (3,5)], ids=str)
@pytest.mark.parametrize('encoder', encoders)
def test_a_look_lands_where_its_region_stands(encoder, size):
    "A decoder that looks at one region after the other; the picture was cut out of a larger one"
    model,(h,w) = build(encoder, 'lstm-multihead').eval(),size
    xb,sizes = torch.randint(0, 256, (1,1,h,w), dtype=torch.uint8),torch.tensor([[h,w]])
    rows,columns = model.encode(xb, sizes)[2]
    n,(down,across),margin = rows*columns,model.encoder.stride,model.encoder.margin
    class Pointer:
        def start(self, mem, mask): return 0
        def step(self, tokens, i, need_weights): return None,i+1,torch.eye(n)[i].expand(1,2,2,-1)
    model.decoder = None
    model.__dict__['decoder'] = Pointer()
    maps = attention_maps(model, xb, sizes, [5]*n, (10,4,10+w,4+h), (w+30,h+9))
    assert maps.shape==(n,h+9,w+30)
    torch.testing.assert_close(maps.sum((1,2)), torch.ones(n), atol=1e-4, rtol=0)
    assert maps[:,:4].sum()==maps[:,4+h:].sum()==maps[...,:10].sum()==maps[...,10+w:].sum()==0
    for i,m in enumerate(maps):
        y,x = int(down*(i//columns+margin+.5)),int(across*(i%columns+margin+.5))      # the region's middle
        assert m[4+min(y,h-1),10+min(x,w-1)]>.7*m.max()
        if n>1 and not margin: assert m[4:4+h,10:10+w][max(y-2*down,0):y+2*down,max(x-2*across,0):x+2*across].sum()>.999

@pytest.mark.parametrize('encoder', encoders)
def test_feature_maps_of_every_encoder(encoder):
    model = build(encoder, 'lstm-multihead')
    image = feature_maps(model, *batch([strokes(40, 75)]), n=3, cell=50)
    assert image.width==3*60+10 and image.height==len(model.encoder.stages())*(27+18+10)+10
    assert model.training and not [m for m in model.modules() if m._forward_hooks]

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
    other,_,_ = load_pretrained(tmp_path, dropout=.5)
    assert other.config.dropout==.5 and {m.p for m in other.modules() if hasattr(m, 'p')}=={.5} and torch.equal(other(*xb, tokens), model(*xb, tokens))

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

def test_weights_of_an_older_normaliser_load_and_of_a_newer_one_do_not(tmp_path):
    save_pretrained(build('resnet', 'lstm-multihead'), tmp_path, vocab)
    config = json.loads((tmp_path/'config.json').read_text())
    for version,fits in ((1,True), (int(VERSION),True), (int(VERSION)+1,False)):
        (tmp_path/'config.json').write_text(json.dumps(config|dict(normalize=str(version))))
        if fits: assert load_pretrained(tmp_path)[2]['normalize']==str(version)
        else:
            with pytest.raises(WeightsError, match='newer'): load_pretrained(tmp_path)

def test_a_sure_reading_waits_for_no_scipy():
    "What takes surroundings away needs it, a fifth of a second; a picture without doubt doesn't"
    code = 'import sys; from latexocr.predict import LatexOCR; p = LatexOCR.from_pretrained()("latexocr/small/real_42.png"); print(p.confidence>.8, "scipy" in sys.modules)'
    root = Path(__file__).resolve().parent.parent
    assert subprocess.run([sys.executable, '-c', code], cwd=root, capture_output=True, text=True, check=True, timeout=600).stdout.strip()=='True False'

def test_weights_are_loaded_without_torch_compile():
    "A model without numbers must not draw any: torch would import its compiler for it, and every start would take two seconds longer"
    code = 'import sys; from latexocr.predict import LatexOCR; LatexOCR.from_pretrained(); print([o for o in ("sympy","torch._dynamo","fastai") if o in sys.modules])'
    assert subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, check=True, timeout=600).stdout.strip()=='[]'
