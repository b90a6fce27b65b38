"Long runs: killed in the middle of an epoch and resumed, shared by two processes, kept as the best so far"
import csv, json, os, signal, subprocess, sys, time
from pathlib import Path
import pytest, torch
from latexocr.data import DataConfig, small_formulas
from latexocr.datasets.build import build_dataset
from latexocr.decoder import ModelConfig, load_pretrained
from latexocr.train import TrainConfig
from latexocr.training.run import train_model
from latexocr.vocab import VocabConfig

TINY = ModelConfig(channels=(8,8,16,16), d_model=32, layers=1, heads=2)
PIXELS = DataConfig(batch_pixels=12_000, augment=.5)
STEADY = dict(precision='float32', token_noise=.05, ema=.9)
OFTEN = dict(STEADY, save_minutes=.002)      # a checkpoint each tenth of a second takes as long as the training

@pytest.fixture(scope='module')
def data(tmp_path_factory):
    out = tmp_path_factory.mktemp('data')/'small'
    build_dataset(small_formulas(), out, vocab_config=VocabConfig(min_count=0), progress=False)
    return out

SCRIPT = """
import sys, json
from latexocr.train import TrainConfig
from latexocr.training.run import train_model
from latexocr.data import DataConfig
from latexocr.decoder import ModelConfig
if __name__=='__main__':
    data,out,resume,options = sys.argv[1:]
    train_model(data, out, DataConfig(batch_pixels=12_000, augment=.5), ModelConfig(channels=(8,8,16,16), d_model=32, layers=1, heads=2),
                TrainConfig(**json.loads(options)), resume=resume=='yes', progress=False)
"""

def table(path): return [{k:float(v or 'nan') for k,v in r.items() if k!='cpu_hours'} for r in csv.DictReader(open(path))]

def same(a, b):
    assert len(a)==len(b)
    for x,y in zip(a, b): assert x==pytest.approx(y, rel=1e-4, nan_ok=True)

@pytest.mark.parametrize('processes, optimizer', [(1,'adamw'), (2,'adamw'), (2,'muon')])
def test_killed_and_resumed_is_the_same_curve(data, tmp_path, processes, optimizer):
    "kill -9 between two checkpoints of one epoch: losses, log and weights end as in an undisturbed run"
    script = tmp_path/'run.py'; script.write_text(SCRIPT)
    options = json.dumps(dict(OFTEN, epochs=3, passes=3, processes=processes, threads=1, optimizer=optimizer))
    start = lambda out, resume: subprocess.Popen([sys.executable, script, data, tmp_path/out, resume, options], stderr=subprocess.PIPE, text=True)
    whole = start('whole', 'no'); assert whole.wait(300)==0, whole.stderr.read()
    kills = 0
    for resume in ('no','yes','yes'):                                           # killed three times, wherever it happens to be
        p = start('cut', resume)
        losses,deadline = tmp_path/'cut/losses.csv',time.time()+200
        n = len(losses.read_text().splitlines()) if losses.exists() else 1
        while time.time()<deadline and p.poll() is None and not (losses.exists() and len(losses.read_text().splitlines())>n): time.sleep(.02)
        if p.poll() is None: p.send_signal(signal.SIGKILL); p.wait(); kills += 1
    assert kills==3, p.stderr.read()
    step = torch.load(tmp_path/'cut/checkpoint.pt', weights_only=True)['step']
    total = table(tmp_path/'whole/log.csv')[-1]['step']
    assert 0<step<total, 'it ended before it could be killed'
    p = start('cut', 'yes'); assert p.wait(300)==0, p.stderr.read()
    for name in ('losses.csv','log.csv'): same(table(tmp_path/'whole'/name), table(tmp_path/'cut'/name))
    a,b = (load_pretrained(tmp_path/o)[0].state_dict() for o in ('whole','cut'))
    for k in a: assert torch.allclose(a[k].float(), b[k].float(), atol=1e-4), k

def test_two_processes_are_one_larger_batch(data, tmp_path):
    "Two processes learn as fast per epoch as they should, and their gradients really are shared: neither alone sees everything"
    runs = {n:train_model(data, tmp_path/str(n), PIXELS, TINY, TrainConfig(epochs=2, processes=n, keep='last', **STEADY), progress=False) for n in (1,2)}
    logs = {n:table(tmp_path/str(n)/'log.csv') for n in runs}
    assert logs[2][-1]['step']==-(-logs[1][-1]['step']//2)//1 or abs(logs[2][-1]['step']-logs[1][-1]['step']/2)<=2
    assert logs[2][-1]['perplexity'] < logs[2][0]['perplexity']

def test_a_dead_helper_is_reported(data, tmp_path, monkeypatch):
    "Not a hang, and not a traceback about sockets"
    from fastai.basics import Callback
    import multiprocessing
    class Murder(Callback):
        def after_step(self):
            for p in multiprocessing.active_children(): p.kill(); p.join()
    with pytest.raises(ChildProcessError, match='resume'):
        train_model(data, tmp_path/'run', PIXELS, TINY, TrainConfig(epochs=2, processes=2, **OFTEN), cbs=[Murder()], progress=False)

class Sent:
    "Becomes, in the process that it is sent to, what a function returns"
    def __init__(self, *call): self.call = call
    def __reduce__(self): return self.call[0],self.call[1:]

def test_a_helper_that_never_comes():
    "One that ends while it starts is noticed, and Ctrl-C is heard while another one takes long"
    import threading, multiprocessing
    from latexocr.training.run import _wait_for, worker_processes
    with pytest.raises(ChildProcessError, match='resume'):
        with worker_processes(3, Sent(os._exit, 1)): pass
    before = signal.signal(signal.SIGINT, signal.default_int_handler)          # a process of pytest-xdist ignores it
    threading.Timer(1, os.kill, (os.getpid(), signal.SIGINT)).start()
    try:
        with pytest.raises(KeyboardInterrupt):
            with worker_processes(2, Sent(time.sleep, 100)): pass
    finally: signal.signal(signal.SIGINT, before)
    with pytest.raises(ChildProcessError): _wait_for([threading.current_thread()], 'nowhere', .1)      # it is there, and never says so
    for p in multiprocessing.active_children(): p.join(10)
    assert not multiprocessing.active_children()

def test_another_model_than_that_of_the_run(data, tmp_path, capsys):
    "A run goes on with its own model, and says what the config asks for in vain"
    from dataclasses import replace
    once = lambda model, resume: train_model(data, tmp_path, PIXELS, model, TrainConfig(epochs=1+resume, **STEADY), resume=resume, progress=False)
    once(TINY, False); capsys.readouterr()
    assert once(replace(TINY, d_model=64, dropout=.3), True).model.config.d_model==32
    assert capsys.readouterr().err=='latexocr: the run goes on with the model it was begun with: d_model = 32 and not 64\n'

def test_best_or_last(data, tmp_path):
    "keep = 'best' leaves the weights of the epoch with the least perplexity, 'last' those of the end"
    from latexocr.evaluate import perplexity
    from latexocr.data import dataloaders
    for keep in ('best','last'):
        learn = train_model(data, tmp_path/keep, PIXELS, TINY, TrainConfig(epochs=6, passes=4, lr=8e-3, keep=keep, **STEADY), progress=False)
        values = [r['perplexity'] for r in table(tmp_path/keep/'log.csv')]
        model,vocab,_ = load_pretrained(tmp_path/keep)
        got = perplexity(model, dataloaders(data, PIXELS, vocab)[1])
        assert got==pytest.approx(min(values) if keep=='best' else values[-1], rel=2e-3)
        assert all(torch.equal(a.float(), b.float()) for a,b in zip(model.state_dict().values(), learn.model.state_dict().values()))

def test_deeper(data, tmp_path):
    "A config with more blocks than the weights it starts from makes a deeper model, which begins where they were"
    from dataclasses import replace
    from latexocr.evaluate import perplexity
    from latexocr.data import dataloaders
    options = TrainConfig(epochs=2, passes=4, lr=8e-3, keep='last', **STEADY)
    train_model(data, tmp_path/'flat', PIXELS, TINY, options, progress=False)
    deep,seen = replace(TINY, channels=(8,8,16,16,16)),[]
    ready = lambda learn: seen.append(perplexity(learn.model, dataloaders(data, PIXELS, learn.dls.train.dataset.vocab)[1]))
    train_model(data, tmp_path/'deep', PIXELS, deep, replace(options, lr=1e-3), pretrained=tmp_path/'flat', ready=ready, progress=False)
    flat,vocab,_ = load_pretrained(tmp_path/'flat')
    assert seen[0]==pytest.approx(perplexity(flat, dataloaders(data, PIXELS, vocab)[1]), rel=1e-3)
    assert load_pretrained(tmp_path/'deep')[0].encoder.blocks[-1].conv2.norm.weight.abs().min()>0       # it was all zeros
    again = train_model(data, tmp_path/'again', PIXELS, TINY, replace(options, epochs=1), pretrained=tmp_path/'deep', progress=False)
    assert again.model.config.channels==deep.channels      # a config with fewer takes none away
    with pytest.raises(ValueError, match='repeated'):
        train_model(data, tmp_path/'odd', PIXELS, replace(TINY, channels=(8,8,8,16,16)), options, pretrained=tmp_path/'flat', progress=False)

def test_patience(data, tmp_path):
    "With patience the training ends some epochs after the best"
    learn = train_model(data, tmp_path/'run', PIXELS, TINY, TrainConfig(epochs=60, passes=4, lr=1e-2, patience=2, **STEADY), progress=False)
    values = [r['perplexity'] for r in table(tmp_path/'run/log.csv')]
    assert len(values)<60 and len(values)-1-values.index(min(values))==2

def test_tensorboard(data, tmp_path):
    "Scalars, pictures with readings, encoder maps"
    pytest.importorskip('tensorboard')
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    from latexocr.training.callbacks import TensorBoard
    train_model(data, tmp_path/'run', PIXELS, TINY, TrainConfig(epochs=1, **STEADY), cbs=[TensorBoard(tmp_path/'tb', pictures=2)], progress=False)
    events = EventAccumulator(str(tmp_path/'tb')); events.Reload(); tags = events.Tags()
    assert {'train/loss','train/learning rate','valid/perplexity','valid/accuracy'} <= set(tags['scalars'])
    assert {'picture 0','picture 1'} <= set(tags['images']) and any(t.startswith('encoder') for t in tags['images'])
    assert any(t.startswith('picture 0') for t in tags['tensors'])

def test_resumed_with_other_processes(data, tmp_path):
    "Half way is half way, however many processes go on"
    from fastai.basics import Callback
    class Stop(Callback):
        order = 90
        def after_epoch(self):
            if self.epoch==1: raise KeyboardInterrupt
    run = lambda n, **kwargs: train_model(data, tmp_path/'run', PIXELS, TINY, TrainConfig(epochs=4, processes=n, **STEADY), progress=False, **kwargs)
    with pytest.raises(KeyboardInterrupt): run(2, cbs=[Stop()])
    learn = run(1, resume=True)
    assert [r['epoch'] for r in table(tmp_path/'run/log.csv')]==[1,2,3,4] and learn.steps.count==learn.steps.total

def test_patience_stays_at_its_word(data, tmp_path):
    "Resuming a run that had ended early trains no more"
    run = lambda **kwargs: train_model(data, tmp_path/'run', PIXELS, TINY, TrainConfig(epochs=60, passes=4, lr=1e-2, patience=1, **STEADY), progress=False, **kwargs)
    run(); n = len(table(tmp_path/'run/log.csv'))
    run(resume=True)
    assert len(table(tmp_path/'run/log.csv'))==n<60

@pytest.mark.parametrize('processes', [1,2])
def test_minutes_end_a_run(data, tmp_path, processes):
    "The clock ends it in all processes at once, with weights, a row of the log and the rate down; resumed, there is nothing left to do"
    run = lambda resume: train_model(data, tmp_path, PIXELS, TINY, TrainConfig(epochs=1000, passes=50, minutes=.05, processes=processes,
        schedule='trapezoid', hold=.5, floor=.01, **STEADY), resume=resume, progress=False)
    learn = run(False)
    assert 0<learn.steps.count<learn.steps.total and learn.opt.hypers[-1]['lr']<.9*learn.lr
    rows = table(tmp_path/'log.csv')
    assert len(rows)==1 and rows[0]['step']==learn.steps.count and load_pretrained(tmp_path)
    again = run(True)
    assert again.steps.count==learn.steps.count and table(tmp_path/'log.csv')==rows

# --- what ends a run, and what is left

@pytest.fixture(scope='module')
def few(tmp_path_factory):
    "Six short formulas"
    out = tmp_path_factory.mktemp('few')/'data'
    short = sorted(small_formulas()['train'], key=len)
    build_dataset(dict(train=short[:6], val=short[6:8]), out, vocab_config=VocabConfig(min_count=0), progress=False)
    return out

def test_the_first_loss_that_is_no_number(few, tmp_path, capsys):
    "The training stops with its last good checkpoint, and the line says what to change; changed so, it goes on. The shell sees exit code 2"
    from dataclasses import replace
    from latexocr.training.callbacks import TrainingError
    from latexocr.training.checkpoints import finite, read_checkpoint
    wild = TrainConfig(epochs=6, passes=15, **dict(STEADY, save_minutes=1e-6), optimizer='sgd', lr=10., clip=1e30, schedule='trapezoid', warm=.9, hold=.95)
    with pytest.raises(TrainingError, match=r'at step \d+.*lr = .*clip = 1e\+30.*is kept'): train_model(few, tmp_path, PIXELS, TINY, wild, progress=False)
    kept = read_checkpoint(tmp_path)
    assert finite(kept) and kept['step']>0
    learn = train_model(few, tmp_path, PIXELS, TINY, replace(wild, lr=1e-3, clip=1.), resume=True, progress=False)
    assert learn.steps.count==learn.steps.total and load_pretrained(tmp_path)

def test_nothing_damaged_is_taken(few, tmp_path):
    "Bit flips, weights that are not numbers, no running mean, a vocabulary in another order: refused; and the checkpoint before goes on as the line says"
    import random, shlex, shutil
    from latexocr.decoder import WeightsError
    from latexocr.training.checkpoints import read_checkpoint
    options = TrainConfig(epochs=3, passes=2, **OFTEN)
    train_model(few, tmp_path, PIXELS, TINY, options, progress=False)
    file = tmp_path/'checkpoint.pt'
    whole,rng = file.read_bytes(),random.Random(42)
    state = torch.load(file, weights_only=True)
    def refused(match='the one before it, of step'):
        with pytest.raises(WeightsError, match=match) as e: train_model(few, tmp_path, PIXELS, TINY, options, resume=True, progress=False)
        return str(e.value)
    for at in rng.sample(range(len(whole)), 60):                              # anywhere: weights, names, the archive's own tables, the seal
        file.write_bytes(whole[:at]+bytes([whole[at]^(1<<rng.randrange(8))])+whole[at+1:])
        with pytest.raises(WeightsError): read_checkpoint(tmp_path)
    for end in (0, 100, len(whole)-1): file.write_bytes(whole[:end]); refused()
    name = next(iter(state['model']))
    lost = {k:v.clone() for k,v in state['model'].items()}; lost[name].view(-1)[0] = float('nan')
    v = state['vocab']
    for change in (dict(model=lost), dict(ema=None), dict(vocab=v[:4]+v[:3:-1]), dict(step=0)): torch.save(state|change, file); refused()
    old = {k:o for k,o in state.items() if k!='version'}                      # of a version that had no seals
    for change,why in ((dict(model=lost), 'not numbers'), (dict(ema=None), 'no running mean'), (dict(vocab=v[:-1]), 'damaged')): torch.save(old|change, file); refused(why)
    file.write_bytes(whole[:100]); words = shlex.split(refused().partition('go on from there: ')[2])
    assert words[0]=='mv'; shutil.move(*words[1:])
    step = read_checkpoint(tmp_path)['step']
    assert step<state['step'] and train_model(few, tmp_path, PIXELS, TINY, options, resume=True, progress=False).steps.count==state['step']

def test_another_dataset_is_refused(few, tmp_path):
    "A run goes on with the tokens that it began with"
    from latexocr.decoder import WeightsError
    options = TrainConfig(epochs=1, **STEADY)
    train_model(few, tmp_path/'run', PIXELS, TINY, options, progress=False)
    build_dataset(dict(train=[r'\aleph_0+\wp']*3+small_formulas()['train'][:5], val=['x']), tmp_path/'other', vocab_config=VocabConfig(min_count=0), progress=False)
    with pytest.raises(WeightsError, match='another one'): train_model(tmp_path/'other', tmp_path/'run', PIXELS, TINY, options, resume=True, progress=False)

def test_weights_bring_their_architecture(few, tmp_path, capsys):
    "A config that asks for another one is told so, in a line"
    from dataclasses import replace
    options = TrainConfig(epochs=1, **STEADY)
    train_model(few, tmp_path/'a', PIXELS, TINY, options, progress=False)
    assert capsys.readouterr().err==''
    for model,said in ((replace(TINY, dropout=.3), ''), (replace(TINY, encoder='separable', layers=3), "layers = 1 and not 3, encoder = 'resnet' and not 'separable'")):
        learn = train_model(few, tmp_path/f'b{len(said)}', PIXELS, model, options, pretrained=tmp_path/'a', progress=False)
        err = capsys.readouterr().err
        assert learn.model.config.encoder=='resnet' and (err.count('\n')==1 and 'is trained on as it is' in err and all(o in err for o in said.split(', ')) if said else not err)
