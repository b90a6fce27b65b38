"Several processes, here or on other machines, started by torchrun: what they learn is what one process learns from the same pictures"
import csv, json, os, shutil, signal, socket, subprocess, sys, time
from pathlib import Path
import pytest, torch
from fastai.basics import Callback
from latexocr.data import DataConfig, collate, dataloaders, small_formulas
from latexocr.datasets.build import build_dataset
from latexocr.decoder import ModelConfig, load_pretrained
from latexocr.train import TrainConfig
from latexocr.training.run import train_model
from latexocr.vocab import VocabConfig

root = Path(__file__).resolve().parent.parent
CONFIG = """
[data]
batch_pixels = 12000
augment = 0.5
[model]
encoder = "separable"
channels = [8, 8, 16, 16]
d_model = 32
layers = 1
heads = 2
[training]
epochs = EPOCHS
token_noise = 0.05
ema = 0.9
precision = "float32"
keep = "last"
save_minutes = 0.002
"""
MODEL = ModelConfig(encoder='separable', channels=(8,8,16,16), d_model=32, layers=1, heads=2)
PIXELS = DataConfig(batch_pixels=12_000, augment=.5)
STEADY = dict(token_noise=.05, ema=.9, precision='float32', keep='last')

@pytest.fixture(scope='module')
def data(tmp_path_factory):
    out = tmp_path_factory.mktemp('data')/'small'
    formulas = sorted(small_formulas()['train'], key=len)
    build_dataset(dict(train=formulas[:24], val=formulas[24:30]), out, vocab_config=VocabConfig(min_count=0), progress=False)
    return out

class BothHalves(Callback):
    "One process that goes through the batches of two, and takes the mean of their gradients"
    order,run_valid = 5,False
    def __init__(self, data): self.data = data
    def before_train(self):
        vocab = self.dls.train.dataset.vocab
        halves = [dataloaders(self.data, PIXELS, vocab, passes=self.passes, share=(i,2))[0] for i in (0,1)]
        for o in halves: o.batch_sampler.epoch = self.epoch
        self.batches = iter(list(zip(*halves)))
    def after_backward(self):
        for p in self.model.parameters(): p.grad = None
        for rank,(xb,sizes,tokens,yb) in enumerate(next(self.batches)):
            torch.manual_seed((42*1_000_003 + self.steps.count)*64 + rank)
            self.learn.xb = xb,sizes,tokens
            self.token_noise.before_batch()
            (self.loss_func(self.model(*self.learn.xb), yb)/2).backward()

def alone(data, out, epochs):
    "What two processes should come to, made by one"
    config = TrainConfig(epochs=epochs, passes=.5, **STEADY)           # half as many steps, each with two batches
    both = BothHalves(data); both.passes = 1
    torch.set_num_threads(1)                                           # as each of the two has: sums come out alike
    return train_model(data, out, PIXELS, MODEL, config, cbs=[both], progress=False)

def same(a, b, atol=1e-4):
    a,b = (load_pretrained(o)[0].named_parameters() for o in (a,b))    # running means of batches, which are no parameters, are the first process's
    for (k,x),(_,y) in zip(a, b): assert torch.allclose(x, y, atol=atol), (k, (x-y).abs().max())

def call(*words, ports=(), address=None, **env):
    "A torchrun in the background"
    path = os.pathsep.join([str(root), os.environ.get('PYTHONPATH', '')])
    env = {**os.environ, 'OMP_NUM_THREADS':'1', 'PYTHONPATH':path, **env}
    return subprocess.Popen([sys.executable, '-m', 'torch.distributed.run', *map(str, words)], env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True)

def end(p, seconds=300):
    "Its output, after it ended well"
    try: said = p.communicate(timeout=seconds)[0]
    finally:
        try: os.killpg(p.pid, signal.SIGKILL)
        except ProcessLookupError: pass
    assert p.returncode==0, said
    return said

def free_port():
    with socket.socket() as s: s.bind(('127.0.0.1', 0)); return s.getsockname()[1]

def train_words(config, data, out): return ['-m','latexocr','train','--config',config,'--data',data,'--out',out,'--quiet']

def losses(path): return [float(r['loss']) for r in csv.DictReader(open(path/'losses.csv'))]

def test_torchrun_is_one_process_with_both_batches(data, tmp_path):
    "And so are the two processes that a config asks for"
    (tmp_path/'c.toml').write_text(CONFIG.replace('EPOCHS', '2'))
    p = call('--standalone','--nproc-per-node',2, *train_words(tmp_path/'c.toml', data, tmp_path/'torchrun'))
    alone(data, tmp_path/'alone', 2)
    assert end(p).count('trained')==1                                           # the first one speaks for both
    assert json.loads((tmp_path/'torchrun/run.json').read_text())['data']==str(data)
    same(tmp_path/'alone', tmp_path/'torchrun')

@pytest.mark.slow
def test_two_processes_of_a_config_are_the_same(data, tmp_path):
    train_model(data, tmp_path/'two', PIXELS, MODEL, TrainConfig(epochs=2, processes=2, **STEADY), progress=False)
    alone(data, tmp_path/'alone', 2)
    same(tmp_path/'alone', tmp_path/'two')

@pytest.mark.slow
def test_by_hand_as_by_the_library(data, tmp_path, monkeypatch):
    "The lesson's callback, between the same two processes"
    code = """
import sys
import latexocr.training.run as run
from latexocr.training.together import ShareGradients, meet
run.Together = ShareGradients
sys.path.insert(0, sys.argv[1])
from test_together import *
train_model(sys.argv[2], sys.argv[3], PIXELS, MODEL, TrainConfig(epochs=2, **STEADY), progress=False)
"""
    (tmp_path/'by_hand.py').write_text(code)
    end(call('--standalone','--nproc-per-node',2, tmp_path/'by_hand.py', root/'tests', data, tmp_path/'hand'))
    alone(data, tmp_path/'alone', 2)
    same(tmp_path/'alone', tmp_path/'hand')

def test_after_a_restart_nobody_asks_for_the_old_addresses(tmp_path):
    "One of two processes ends itself; of the two that torchrun starts then, the second comes late"
    (tmp_path/'late.py').write_text("""
import os, signal, time, torch, torch.distributed as dist
from latexocr.training.together import launched, meet, started_again
rank,_ = launched()
if started_again() and rank: time.sleep(4)
meet()
dist.all_reduce(total := torch.ones(1))
if started_again(): os.write(1, b'sum %.1f\\n' % total.item()); dist.destroy_process_group()     # in one piece: two write here
elif rank: os.kill(os.getpid(), signal.SIGKILL)
else: time.sleep(600)
""")
    assert end(call('--standalone','--nproc-per-node',2,'--max-restarts',1, tmp_path/'late.py')).count('sum 2.0')==2

@pytest.mark.slow
def test_a_lost_process_and_what_was_begun_goes_on(data, tmp_path):
    "kill -9 on one of two; torchrun starts both again, and the curve ends as that of an undisturbed run"
    (tmp_path/'c.toml').write_text(CONFIG.replace('EPOCHS', '12'))
    words = lambda out: ['--standalone','--nproc-per-node',2,'--max-restarts',3, *train_words(tmp_path/'c.toml', data, tmp_path/out)]
    end(call(*words('whole')))
    p = call(*words('cut'))
    log,deadline = tmp_path/'cut/log.csv',time.time()+200
    while time.time()<deadline and p.poll() is None and not (log.exists() and len(log.read_text().splitlines())>3): time.sleep(.05)
    kids = [int(o) for o in Path(f'/proc/{p.pid}/task/{p.pid}/children').read_text().split()]
    workers = [o for o in kids if b'latexocr' in Path(f'/proc/{o}/cmdline').read_bytes()]
    assert len(workers)==2 and len(log.read_text().splitlines())<12, 'it ended before it could be killed'
    os.kill(workers[-1], signal.SIGKILL)
    end(p)
    assert losses(tmp_path/'cut')==pytest.approx(losses(tmp_path/'whole'), rel=1e-4)
    same(tmp_path/'whole', tmp_path/'cut')

@pytest.fixture
def two_machines():
    "Two network namespaces with a cable between them"
    names,run = [f'lo{os.getpid()}{o}' for o in 'ab'],lambda *o: subprocess.run(o, check=True, capture_output=True, timeout=600)
    try:
        for o in names: run('ip','netns','add',o)
        run('ip','link','add',f'v{os.getpid()}a','netns',names[0],'type','veth','peer','name',f'v{os.getpid()}b','netns',names[1])
        for n,name in enumerate(names):
            for words in (['addr','add',f'10.77.0.{n+1}/24','dev',f'v{os.getpid()}{"ab"[n]}'], ['link','set',f'v{os.getpid()}{"ab"[n]}','up'], ['link','set','lo','up']): run('ip','-n',name,*words)
        yield [(f'/run/netns/{name}', f'10.77.0.{n+1}', f'v{os.getpid()}{"ab"[n]}') for n,name in enumerate(names)]
    except (OSError, subprocess.CalledProcessError): pytest.skip('network namespaces need root and iproute2')
    finally:
        for o in names: switch_off((o,))
        for o in names: subprocess.run(['ip','netns','del',o], capture_output=True, timeout=600)

def on(machine, *words):
    "A torchrun on one of the two"
    namespace,address,cable = machine
    env = {**os.environ, 'OMP_NUM_THREADS':'1', 'GLOO_SOCKET_IFNAME':cable, 'PYTHONPATH':os.pathsep.join([str(root), os.environ.get('PYTHONPATH', '')])}
    return subprocess.Popen(['nsenter','--net='+namespace, sys.executable,'-m','torch.distributed.run', *map(str, words)], env=env,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True)

def switch_off(machine):
    "All that runs there ends at once: torchrun's workers are no children of its process group"
    pids = subprocess.run(['ip','netns','pids',Path(machine[0]).name], capture_output=True, text=True, timeout=60).stdout.split()
    for o in pids: os.kill(int(o), signal.SIGKILL)

@pytest.mark.slow
def test_two_machines(data, tmp_path, two_machines):
    "Each with a network of its own and a folder of its own: equal to one process; only the first has results"
    (tmp_path/'c.toml').write_text(CONFIG.replace('EPOCHS', '2'))
    common = ['--nnodes',2,'--master-addr',two_machines[0][1],'--master-port',29511,'--nproc-per-node',1]
    team = [on(o, *common,'--node-rank',n, *train_words(tmp_path/'c.toml', data, tmp_path/f'node{n}')) for n,o in enumerate(two_machines)]
    alone(data, tmp_path/'alone', 2)
    for p in team: end(p)
    same(tmp_path/'alone', tmp_path/'node0')
    assert not (tmp_path/'node1/model.safetensors').exists()

@pytest.mark.slow
def test_a_machine_is_lost_and_the_other_goes_on(data, tmp_path, two_machines):
    "The one with the meeting place stays; the run ends with all its epochs"
    (tmp_path/'c.toml').write_text(CONFIG.replace('EPOCHS', '30'))
    common = ['--nnodes','1:2','--max-restarts',3,'--rdzv-backend','c10d','--rdzv-endpoint',f'{two_machines[0][1]}:29512','--rdzv-id','lost','--nproc-per-node',1]
    conf = 'last_call_timeout=5,join_timeout=100,keep_alive_interval=1,keep_alive_max_attempt=3,is_host='       # a network namespace doesn't know its name's address
    words = train_words(tmp_path/'c.toml', data, tmp_path/'shared')
    team = [on(two_machines[0], *common,'--rdzv-conf',conf+'1','--local-addr',two_machines[0][1], *words)]
    time.sleep(1)
    team.append(on(two_machines[1], *common,'--rdzv-conf',conf+'0','--local-addr',two_machines[1][1], *words))
    log,deadline = tmp_path/'shared/log.csv',time.time()+200
    while time.time()<deadline and team[0].poll() is None and not (log.exists() and len(log.read_text().splitlines())>3): time.sleep(.05)
    assert log.exists() and len(log.read_text().splitlines())<25, team[0].communicate(timeout=5)[0] if team[0].poll() is not None else 'too late'
    switch_off(two_machines[1])
    end(team[0], 500)                                                    # torchrun itself waits up to five minutes for the lost one at the end
    assert len(log.read_text().splitlines())==31 and load_pretrained(tmp_path/'shared')
