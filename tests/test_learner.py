"fastai's habits, each by its name, on a tiny model and twelve formulas"
import random
from copy import deepcopy

import matplotlib
matplotlib.use('agg')
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import torch
from fastai.basics import Callback, CancelFitException, DataLoaders, Interpretation, Learner
from fastai.callback.progress import ProgressCallback
from torch.nn import functional as F

from latexocr.decoding.reading import read
from latexocr.data import DataConfig, FormulaDataset, collate, dataloaders, small_formulas
from latexocr.datasets.build import build_dataset
from latexocr.decoder import Im2Latex, ModelConfig
from latexocr.training.reading_scores import ReadingScores
from latexocr.evaluate import bleu4, edit_score, exact_match
from latexocr.scoring.run import read_split
from latexocr.training.loaders import Im2LatexDL, Row, Samples
from latexocr.normalize import detokenize
from latexocr.train import OPTIMISERS, TokenCrossEntropy, TrainConfig
from latexocr.training.run import im2latex_learner, train_model
from latexocr.vocab import PAD, VocabConfig

tiny = ModelConfig(channels=(8,16,24,32), d_model=32, heads=2, dropout=0.)
fast = TrainConfig(lr=4e-3, ema=0., precision='float32', threads=1)
pixels = DataConfig(batch_pixels=30_000)

@pytest.fixture(scope='module')
def data(tmp_path_factory):
    "Eight formulas to learn, six others"
    path = tmp_path_factory.mktemp('learner')/'data'
    formulas = {k: sorted(v, key=len) for k,v in small_formulas().items()}
    build_dataset(dict(train=formulas['train'][:8], val=formulas['train'][8:14]), path, vocab_config=VocabConfig(min_count=0), progress=False)
    return path

def quiet(learn):
    "No bars, no table"
    learn.create_mbar,learn.logger = False,lambda *args: None
    learn.remove_cb(ProgressCallback)
    return learn

@pytest.fixture
def learn(data, tmp_path):
    torch.manual_seed(42)
    return quiet(im2latex_learner(dataloaders(data, pixels), tiny, fast, path=tmp_path))

@pytest.fixture(autouse=True)
def no_figures():
    plt.close('all'); yield; plt.close('all')

def weights(learn): return torch.cat([p.detach().flatten() for p in learn.model.parameters()])
def drawn(): return [ax for n in plt.get_fignums() for ax in plt.figure(n).axes if ax.images]

def shows(ds, texts, n):
    "`n` pictures are drawn, each of the dataset, and under a title that starts with its formula after the word in `texts`"
    axes = drawn()
    assert len(axes)==n
    known = {ds.image(i).tobytes():t for i,t in enumerate(ds.tokens)}
    for ax in axes:
        formula = ' '.join(ds.vocab.decode(ds.vocab.encode(known[np.asarray(ax.images[0].get_array()).tobytes()])))
        title = ax.get_title(loc='left')
        for word in texts: assert f'{word}{formula[:80]}' in title
    return axes

# --- the loader

def test_same_batches_as_torchs_loader(data):
    plain,ours = dataloaders(data, pixels, passes=2),im2latex_learner(dataloaders(data, pixels, passes=2), tiny, fast).dls
    for _ in range(2):
        for a,b in zip(plain, ours):
            assert len(a)==len(b)
            for x,y in zip(a, b, strict=True): assert all(torch.equal(o,p) for o,p in zip(x, y, strict=True))
    assert ours.train.batch_sampler.epoch==2
    ours.train.batch_sampler.epoch = plain[0].batch_sampler.epoch = 7                      # as a checkpoint sets it
    for x,y in zip(plain[0], ours.train, strict=True): assert torch.equal(x[3], y[3])

def test_worker_processes(data):
    dls = im2latex_learner(dataloaders(data, pixels, workers=1), tiny, fast).dls
    assert dls.train.torch_dl.num_workers==1
    for x,y in zip(dataloaders(data, pixels)[0], dls.train, strict=True): assert torch.equal(x[0], y[0])

def test_looking_does_not_move_the_order_on(learn):
    train = learn.dls.train
    first = [b[3] for b in Im2LatexDL(train.dataset, deepcopy(train.batch_sampler))]
    train.one_batch(); train.get_idxs(); train.show_batch(); list(train.new()); list(train.new(shuffle=True)); learn.show_results(ds_idx=0); learn.get_preds(ds_idx=0)
    assert train.batch_sampler.epoch==0
    assert all(torch.equal(a, b[3]) for a,b in zip(first, train, strict=True))

def test_new(learn):
    dl = learn.dls.train
    flat = lambda d: [i for b in d.get_idxs().batches for i in b]
    assert flat(dl.new())==flat(dl) and sorted(flat(dl))==list(range(8))
    steady = dl.new(shuffle=False)
    assert flat(steady)==flat(steady.new()) and not steady.shuffle and dl.shuffle
    assert sorted(flat(dl.new(shuffle=True)))==list(range(8))
    assert [len(b) for b in dl.new(get_idxs=dl.get_idxs).get_idxs().batches]==[len(b) for b in dl.get_idxs().batches]
    val = dl.new(learn.dls.valid.dataset)
    assert sorted(flat(val))==list(range(6)) and val.vocab is learn.dls.valid.dataset.vocab

def test_one_batch_n_inp_vocab_dataset_to(learn, data):
    b = learn.dls.one_batch()
    assert len(b)==4 and learn.dls.n_inp==3 and b[0].dtype==torch.uint8
    assert isinstance(learn.dls.train.dataset, FormulaDataset) and learn.dls.vocab.itos==learn.dls.train.dataset.vocab.itos
    assert str(learn.dls.to('meta').train.one_batch()[0].device)=='meta'
    assert {str(b[0].device) for b in learn.dls.valid}=={'meta'}

def test_decode_batch(learn):
    dl = learn.dls.valid
    for (image,size,given,formula),i in zip(dl.decode_batch(dl.one_batch()), dl.get_idxs().batches[0], strict=True):
        assert image.tobytes()==dl.dataset.image(i).tobytes() and size==dl.dataset.sizes[i]
        assert given==formula==' '.join(dl.vocab.decode(dl.vocab.encode(dl.dataset.tokens[i])))
    assert len(dl.decode_batch(dl.decode(dl.one_batch()), max_n=1))==1

@pytest.mark.parametrize('kind', ['file','path','PIL','array','tensor','row','dataset'])
def test_test_dl(learn, tmp_path, kind):
    ds = learn.dls.valid.dataset
    ds.image(1).save(tmp_path/'1.png')
    item = dict(file=str(tmp_path/'1.png'), path=tmp_path/'1.png', PIL=ds.image(1), array=np.array(ds.image(1)), tensor=ds[1][0], row=Row(ds, 1))
    dl = learn.dls.test_dl(ds if kind=='dataset' else [item[kind]])
    b = next(iter(dl))
    assert len(b)==(4 if kind in ('row','dataset') else 3)
    if kind!='dataset': assert torch.equal(b[0][0], ds[1][0]) and b[1].tolist()==[list(ds.sizes[1])]
    else: assert len(list(dl))==len(list(learn.dls.valid))

def test_samples_keep_their_order_and_the_budget(learn):
    ds = learn.dls.train.dataset
    s = Samples([Row(ds, i) for i in (5,1,7,0,2)], ds.vocab, 20_000)
    assert sorted(i for b in s.batches() for i in b)==[i for b in s.batches() for i in b]==list(range(5))
    for b in s.batches():
        x = collate([s[i] for i in b])[0]
        assert len(b)==1 or x.numel()<=20_000

# --- the learner from whatever is at hand

@pytest.mark.parametrize('kind', ['pair','DataLoaders','path','str'])
def test_learner_takes(data, kind):
    pair = dataloaders(data)
    dls = dict(pair=pair, DataLoaders=DataLoaders(*pair, path=data), path=data, str=str(data))[kind]
    learn = im2latex_learner(dls, tiny, fast)
    assert isinstance(learn, Learner) and all(isinstance(o, Im2LatexDL) for o in learn.dls.loaders)
    if kind=='DataLoaders': assert learn.path==data
    again = im2latex_learner(learn.dls, tiny, fast)
    assert again.dls is learn.dls and learn.model.config.vocab_size==len(pair[0].dataset.vocab)
    own = Im2Latex(learn.model.config)
    assert im2latex_learner(dls, own, fast).model is own

# --- loss and metrics

def test_loss_of_each_formula():
    torch.manual_seed(42)
    logits,y = torch.randn(3,5,7),torch.tensor([[4,5,6,2,0],[2,0,0,0,0],[3,4,5,6,2]])
    each = TokenCrossEntropy(reduction='none')(logits, y)
    by_hand = torch.stack([-l.log_softmax(-1)[range(n),t[:n]].mean() for l,t,n in zip(logits, y, (4,1,5))])
    assert torch.allclose(each, by_hand)
    assert torch.allclose(TokenCrossEntropy()(logits, y), (by_hand*torch.tensor([4,1,5])).sum()/10)
    assert torch.allclose(TokenCrossEntropy(reduction='sum')(logits, y), (by_hand*torch.tensor([4,1,5])).sum())
    smooth = TokenCrossEntropy(.1)
    assert torch.allclose(smooth(logits, y), F.cross_entropy(logits.flatten(0,1), y.flatten(), ignore_index=PAD, label_smoothing=.1))
    assert torch.equal(smooth.decodes(smooth.activation(logits)), logits.argmax(-1))

def test_metrics(learn):
    loss,ppl,accuracy = learn.validate()
    with torch.no_grad(): batches = [(learn.model(*b[:3]),b[3]) for b in learn.dls.valid]
    n = sum((y!=PAD).sum().item() for _,y in batches)
    total = sum(TokenCrossEntropy(reduction='sum')(p, y).item() for p,y in batches)
    assert abs(ppl-np.exp(total/n))<1e-3*ppl
    assert abs(accuracy-sum(((p.argmax(-1)==y)&(y!=PAD)).sum().item() for p,y in batches)/n)<1e-6

# --- training

def test_fit(learn):
    before = weights(learn)
    learn.fit(3)
    assert not torch.equal(before, weights(learn))
    losses = [float(o) for o in learn.recorder.losses]
    assert len(losses)==3*len(learn.dls.train) and losses[-1]<losses[0]
    assert learn.recorder.metric_names==['epoch','train_loss','valid_loss','perplexity','accuracy','time'] and len(learn.recorder.values)==3

@pytest.mark.parametrize('name', OPTIMISERS)
def test_fit_one_cycle(data, tmp_path, name):
    learn = quiet(im2latex_learner(dataloaders(data, pixels), tiny, TrainConfig(optimizer=name, ema=.9, threads=1), path=tmp_path))
    learn.fit_one_cycle(2, 1e-3)
    lrs = learn.recorder.lrs
    assert max(lrs)<=1e-3 and lrs[0]<max(lrs)>lrs[-1] and all(np.isfinite(float(o)) for o in learn.recorder.losses)
    assert set(learn.recorder.hps)=={'lr','mom'}

@pytest.mark.parametrize('name,lr', dict(adam=3e-3, adamw=3e-3, adagrad=1e-2, sgd=1e-1, rmsprop=1e-3, muon=5e-3).items())
def test_optimiser(data, tmp_path, name, lr):
    "Every optimiser steps, and lowers the loss on a tiny batch"
    learn = quiet(im2latex_learner(dataloaders(data, pixels), tiny, TrainConfig(optimizer=name, lr=lr, ema=0., precision='float32'), path=tmp_path))
    assert set(OPTIMISERS)=={'adam','adamw','adagrad','sgd','rmsprop','muon'}
    learn.create_opt()
    cls = dict(adam='Adam', adamw='AdamW', adagrad='Adagrad', sgd='SGD', rmsprop='RMSprop', muon='Muon')[name]
    assert type(learn.opt.opt).__name__==cls
    *x,y = collate([learn.dls.train.dataset[i] for i in (0,1)])
    learn.model.train(); losses = []
    for _ in range(12):
        loss = learn.loss_func(learn.model(*x), y); loss.backward(); learn.opt.step(); learn.opt.zero_grad()
        losses.append(loss.item())
    assert losses[-1]<.9*losses[0], losses

def test_optimizer_option():
    assert TrainConfig().optimizer=='adamw'
    for wrong in ('Adam', '', None, ['adam']):
        with pytest.raises(ValueError, match='optimizer'): TrainConfig(optimizer=wrong)

def test_optimiser_state_survives_a_checkpoint(data, tmp_path):
    for name in OPTIMISERS:
        config = TrainConfig(epochs=2, optimizer=name, precision='float32')
        train_model(data, tmp_path/name, pixels, tiny, config, progress=False)
        learn = train_model(data, tmp_path/name, pixels, tiny, TrainConfig(epochs=3, optimizer=name, precision='float32'), resume=True, progress=False)
        assert len(learn.opt.opt.state)==len(list(learn.model.parameters())) or name=='sgd'

def test_lr_find(learn):
    before = weights(learn)
    found = learn.lr_find(num_it=12)
    assert 1e-7<found.valley<10 and torch.equal(before, weights(learn))
    assert plt.get_fignums()
    learn.fit(1)

def test_plot_loss(learn):
    learn.fit(8)
    learn.get_preds(); learn.validate(); learn.get_preds(ds_idx=0, with_loss=True)                 # fastai's own wipe the curves out
    ax = learn.recorder.plot_loss(show_epochs=False)
    train,valid = (l.get_ydata() for l in ax.lines)
    assert len(train)==len(learn.recorder.losses)-5>0 and len(valid)>0 and np.isfinite(train).all()

# --- looking

def longest(ds): return max(len(t.split()) for t in ds.tokens)+1

@pytest.mark.parametrize('ds_idx', [0,1])
def test_get_preds(learn, ds_idx):
    "In the dataset's order, padded alike, equal to one formula after another"
    ds = learn.dls[ds_idx].dataset
    inputs,probs,targets,decoded,losses = learn.get_preds(ds_idx=ds_idx, with_input=True, with_decoded=True, with_loss=True)
    assert learn.dls[ds_idx].new(shuffle=False).get_idxs()!=list(range(len(ds)))                  # else the test would prove nothing
    assert probs.shape==(len(ds), longest(ds), len(ds.vocab)) and decoded.shape==targets.shape==probs.shape[:2]
    assert torch.allclose(probs.sum(-1), torch.ones(probs.shape[:2]))
    for i in range(len(ds)):
        *x,y = collate([ds[i]])
        with torch.no_grad(): logits = learn.model.eval()(*x)
        t = y.shape[1]
        assert torch.equal(targets[i,:t], y[0]) and (targets[i,t:]==PAD).all()
        assert torch.allclose(probs[i,:t], logits[0].softmax(-1), atol=1e-4) and torch.equal(decoded[i], probs[i].argmax(-1))
        assert abs(losses[i]-TokenCrossEntropy()(logits, y))<1e-4
        h,w = ds.sizes[i]
        assert torch.equal(inputs[0][i,:,:h,:w], ds[i][0]) and inputs[1][i].tolist()==[h,w] and torch.equal(inputs[2][i,:t], x[2][0])

def test_get_preds_of_a_given_loader(learn):
    ds = learn.dls.valid.dataset
    _,whole = learn.get_preds()
    probs,targets = learn.get_preds(dl=learn.dls.test_dl([Row(ds, i) for i in (3,0,4)]))
    for y,i in zip(targets, (3,0,4)): assert torch.equal(y, whole[i,:len(y)])

def test_get_preds_with_passes(data):
    "Two passes: every row twice"
    learn = quiet(im2latex_learner(dataloaders(data, pixels, passes=2), tiny, fast))
    once = learn.get_preds(ds_idx=0)[1]
    _,targets = learn.get_preds(dl=learn.dls.train)
    assert torch.equal(targets, once.repeat_interleave(2, 0)) and learn.dls.train.batch_sampler.epoch==0

def test_get_preds_of_pictures_reads_them(learn):
    "Without formulas there is no right beginning to tell"
    learn.fit(12)
    ds = learn.dls.train.dataset
    probs,none,decoded = learn.get_preds(dl=learn.dls.test_dl([ds.image(i) for i in range(8)]), with_decoded=True)
    assert probs.shape[0]==8 and none is None
    for i,ids in enumerate(decoded): assert ds.vocab.decode(ids)==ds.vocab.decode(read(learn.model.eval(), ds[i][0][None], torch.tensor([ds.sizes[i]]))[0][0].ids)

def test_show_batch(learn):
    learn.dls.show_batch(max_n=2)
    shows(learn.dls.train.dataset, [''], min(2, len(learn.dls.one_batch()[0])))
    plt.close('all')
    learn.dls.valid.show_batch(ctxs=plt.subplots(2,1)[1])
    assert len(drawn())==min(2, len(learn.dls.valid.one_batch()[0]))

@pytest.mark.parametrize('ds_idx', [0,1])
def test_show_results(learn, ds_idx):
    learn.show_results(ds_idx=ds_idx, shuffle=False, max_n=4)
    dl = learn.dls[ds_idx].new(shuffle=False)
    axes = shows(dl.dataset, ['right '], min(4, len(dl.one_batch()[0])))
    for ax,i in zip(axes, dl.get_idxs().batches[0]):
        ids = read(learn.model.eval(), dl.dataset[i][0][None], torch.tensor([dl.dataset.sizes[i]]))[0][0].ids
        assert 'read  '+' '.join(dl.vocab.decode(ids))[:80] in ax.get_title(loc='left')

def test_predict(learn, tmp_path):
    "Reads freely: what greedy search finds, not what the right beginning would suggest"
    learn.fit(4)
    ds = learn.dls.train.dataset
    was = weights(learn)
    for i in range(3):
        ds.image(i).save(tmp_path/'x.png')
        for item in (ds.image(i), ds[i][0], tmp_path/'x.png'):
            latex,ids,probs = learn.predict(item)
            h = read(learn.model.eval(), ds[i][0][None], torch.tensor([ds.sizes[i]]))[0][0]
            assert ids.tolist()==h.ids and latex==detokenize(ds.vocab.decode(h.ids))
            assert torch.allclose(probs, torch.tensor(h.log_probs).exp())
    picture,*_ = learn.predict(ds.image(0), with_input=True)
    assert picture.tobytes()==ds.image(0).tobytes() and torch.equal(was, weights(learn))

def test_predict_reads_what_was_learned(data, tmp_path):
    learn = quiet(im2latex_learner(dataloaders(data, pixels, passes=15), ModelConfig(channels=(16,24,32,64), d_model=64, dropout=0.), fast, path=tmp_path))
    learn.fit_one_cycle(4, 5e-3)
    ds = learn.dls.train.dataset
    right = [learn.predict(ds.image(i))[0]==detokenize(ds.tokens[i]) for i in range(8)]
    assert sum(right)>=5

# --- Interpretation

@pytest.mark.parametrize('ds_idx', [0,1])
def test_interpretation(learn, ds_idx):
    ds = learn.dls[ds_idx].dataset
    interp = Interpretation.from_learner(learn, ds_idx=ds_idx)
    assert interp.losses.shape==(len(ds),)
    losses,rows,items = interp.top_losses(3, items=True)
    assert losses.tolist()==sorted(interp.losses.tolist(), reverse=True)[:3]
    for loss,i,item in zip(losses, rows.tolist(), items):
        *x,y = collate([ds[i]])
        with torch.no_grad(): assert abs(loss-TokenCrossEntropy()(learn.model.eval()(*x), y))<1e-4
        assert item.latex==ds.formulas[i] and str(i) in repr(item)

@pytest.mark.parametrize('ds_idx', [0,1])
def test_plot_top_losses(learn, ds_idx):
    "Pictures, formulas and losses are drawn, and belong to one another"
    ds = learn.dls[ds_idx].dataset
    interp = Interpretation.from_learner(learn, ds_idx=ds_idx)
    interp.plot_top_losses(4)
    axes = shows(ds, ['right '], 4)
    losses,rows = interp.top_losses(4)
    for ax,loss,i in zip(axes, losses, rows.tolist()):
        assert ax.get_title(loc='left').startswith(f'{loss:.2f}  right') and 'guess' in ax.get_title(loc='left')
        assert np.asarray(ax.images[0].get_array()).tobytes()==ds.image(i).tobytes()
    plt.close('all')
    interp.plot_top_losses(2, largest=False)
    assert len(shows(ds, ['right '], 2))==2
    plt.close('all')
    interp.plot_top_losses([1,2])
    assert len(shows(ds, ['right '], 2))==2

def test_interpretation_show_results(learn):
    interp = Interpretation.from_learner(learn)
    interp.show_results([3,0])
    axes = shows(learn.dls.valid.dataset, ['right '], 2)
    assert np.asarray(axes[0].images[0].get_array()).tobytes()==learn.dls.valid.dataset.image(3).tobytes()

# --- reading while training

scores = ['bleu4','edit','exact']

class StopAfter(Callback):
    order = 80
    def __init__(self, n): self.n = n
    def after_epoch(self):
        if self.epoch+1==self.n: raise CancelFitException

def test_reading_scores_are_those_of_the_averaged_weights(data, tmp_path):
    config = TrainConfig(lr=5e-3, ema=.9, precision='float32')
    learn = quiet(im2latex_learner(dataloaders(data, pixels, passes=4), tiny, config, cbs=ReadingScores(n=4), path=tmp_path))
    learn.fit(2)
    assert learn.recorder.metric_names[1:-1]==['train_loss','valid_loss','perplexity','accuracy',*scores]
    ds,last = learn.dls.valid.dataset,learn.recorder.values[-1]
    rows = sorted(random.Random(42).sample(range(len(ds)), 4))
    hyps = [h[0] for h in read_split(learn.model.eval(), torch.utils.data.DataLoader(ds, batch_sampler=[[i] for i in rows], collate_fn=collate))]
    refs = [ds.tokens[i] for i in rows]                                                  # after the fit the mean is what is left
    assert np.allclose(last[-3:], [f(refs, hyps) for f in (bleu4, edit_score, exact_match)])
    assert np.allclose(learn.validate()[-3:], last[-3:])
    assert [m.name for m in learn.metrics]==['perplexity','accuracy']

def test_reading_scores_change_nothing_else(data, tmp_path):
    runs = []
    for cbs in ([], [ReadingScores(n=3)]):
        learn = quiet(im2latex_learner(dataloaders(data, pixels), ModelConfig(channels=(8,16,24,32), d_model=32, heads=2, dropout=.2), fast, cbs, path=tmp_path))
        learn.fit(3); runs.append(learn)
    assert torch.equal(*map(weights, runs))
    assert [list(v)[:4] for v in runs[1].recorder.values]==[list(v) for v in runs[0].recorder.values]

def test_reading_scores_are_silent_while_looking(learn):
    learn.add_cb(ReadingScores())
    learn.reading_scores.read = lambda: pytest.fail('nothing was to be read')
    learn.lr_find(num_it=6, show_plot=False); learn.get_preds(); Interpretation.from_learner(learn)
    assert [m.name for m in learn.metrics]==['perplexity','accuracy']

def test_reading_scores_in_the_log(data, tmp_path):
    "Columns of log.csv, where they belong; a resumed run has the same"
    config = TrainConfig(epochs=4, precision='float32', ema=.9)
    run = lambda out, *cbs, **kwargs: train_model(data, tmp_path/out, pixels, tiny, config, cbs=[ReadingScores(every=2), *cbs], progress=False, **kwargs)
    learn = run('whole')
    log = pd.read_csv(tmp_path/'whole/log.csv')
    assert list(log)==['epoch','step','train_loss','valid_loss','perplexity','accuracy',*scores,'cpu_hours'] and list(log.epoch)==[1,2,3,4]
    assert list(log.exact.isna())==[True,False,True,False] and log.edit.dropna().between(0, 100).all()
    assert np.allclose(log.perplexity, np.exp(log.valid_loss), rtol=.5)                  # in the right column
    run('cut', StopAfter(3))
    run('cut', resume=True)
    logged = lambda out: pd.read_csv(tmp_path/out/'log.csv').drop(columns='cpu_hours').round(4)
    assert logged('cut').equals(logged('whole'))

def test_more_metrics_and_callbacks(data, tmp_path):
    "One or several, as fastai takes them; and what is set may be set otherwise"
    def tokens(logits, y): return float(y.shape[1])
    learn = quiet(im2latex_learner(dataloaders(data, pixels), tiny, fast, cbs=ReadingScores(n=2), metrics=tokens, lr=.5, path=tmp_path))
    assert learn.lr==.5 and learn.wd==fast.weight_decay
    learn.fit(1, 1e-3)
    assert learn.recorder.metric_names[3:-1]==['perplexity','accuracy','tokens',*scores]
