"`make full`, whole, on a small copy of the published files: killed while it trains, it goes on; done, it does nothing twice"
import csv, json, os, signal, subprocess, sys, time
from pathlib import Path
import pytest
import torch
from latexocr.decoding.reading import read
from latexocr.data import small_formulas
from latexocr.decoder import Im2Latex, ModelConfig
from latexocr.datasets.download import DATASETS
from latexocr.use.demo import scored_splits
from conftest import TINY_MODEL
from test_download import NAME, replica, server, stand_in


TINY = """
[data]
formulas = "im2latex_formulas.lst"
train = "im2latex_train.lst"
val = "im2latex_validate.lst"
test = "im2latex_test.lst"
batch_pixels = 30_000
max_tokens = 60
"""+TINY_MODEL+"""epochs = 4
threads = 1
"""

# The command, told other md5 sums than the published ones
RUN = '''
import sys
from latexocr.cli import main
from latexocr.datasets import download
if __name__=='__main__':
    download.DATASETS[{name!r}] = {published!r}
    sys.exit(main(['im2latex', *sys.argv[1:]]))
'''

def rows(path): return list(csv.DictReader(path.open()))

@pytest.fixture
def full(server, monkeypatch, tmp_path):
    "Start the command on formulas of the small set, published by the server; the first of them can't be drawn"
    small = {k: sorted(v, key=len) for k,v in small_formulas().items()}
    parts = dict(train=[r'\undefinedcommand x', *small['train'][:23]], validate=small['val'][:20], test=small['test'][:6])
    lines = [o for part in parts.values() for o in part]
    server.files['im2latex_formulas.lst'] = ''.join(o+'\n' for o in lines).encode()
    for name,part in parts.items(): server.files[f'im2latex_{name}.lst'] = ''.join(f'{lines.index(o)} x{i} basic\n' for i,o in enumerate(part)).encode()
    stand_in(monkeypatch, server)
    (tmp_path/'tiny.toml').write_text(TINY)
    (tmp_path/'run.py').write_text(RUN.format(name=NAME, published=DATASETS[NAME]))
    words = ['--config', 'tiny.toml', '--files', 'the files', '--data', 'data', '--out', 'results', '--url', f'{server.url}/mirror']
    return lambda: subprocess.Popen([sys.executable, tmp_path/'run.py', *words], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

def finish(p):
    out,err = p.communicate(timeout=500)
    assert p.returncode==0 and 'Traceback' not in err, err
    return out,err

def test_make_full(full, server, tmp_path):
    p,log = full(),tmp_path/'results/log.csv'
    deadline = time.time()+300
    while time.time()<deadline and p.poll() is None and not (log.exists() and len(rows(log))>1): time.sleep(.02)
    p.send_signal(signal.SIGKILL); err = p.communicate()[1]
    assert p.returncode==-signal.SIGKILL, err
    before = rows(log)
    assert 1<len(before)<4 and not (tmp_path/'results/scores.json').exists(), 'it ended before it could be killed'
    drawn,asked = {f:f.stat().st_mtime_ns for f in (tmp_path/'data').glob('*.parquet')},len(server.asked)

    out,err = finish(full())
    assert '--resume' in out and rows(log)[:len(before)]==before and len(rows(log))==4                    # it went on
    assert drawn=={f:f.stat().st_mtime_ns for f in (tmp_path/'data').glob('*.parquet')} and len(drawn)==3  # with what was there
    assert len(server.asked)==asked==4 and sorted(p.name for p in (tmp_path/'the files').iterdir())==sorted(o for o in server.files if o.endswith('.lst'))
    assert 'undefinedcommand' in err and 'The model runs on' in out                                       # one that fails doesn't stop the others
    assert json.loads((tmp_path/'data/manifest.json').read_text())['counts']==dict(train=23, val=20, test=6)
    scores = json.loads((tmp_path/'results/scores.json').read_text())
    assert {k:v['formulas'] for k,v in scores.items()}==dict(val=20, test=6)
    assert all(0<=v[k]<=100 for v in scores.values() for k in ('bleu4','edit','exact','image_edit','image_exact'))
    for split,n in dict(val=20, test=6).items():
        assert len((tmp_path/f'results/formulas_{split}/hyp_0.txt').read_text().splitlines())==n==len(list((tmp_path/f'results/images_{split}/ref').iterdir()))
        assert f'| {split} | {n} |' in out
    for name in ('config.toml','model.safetensors','config.json','vocab.txt','losses.csv','checkpoint.pt'): assert (tmp_path/'results'/name).exists(), name
    assert {'bleu4','edit','exact'}<=rows(log)[0].keys()

    made = lambda: {f:f.stat().st_mtime_ns for f in [*(tmp_path/'results').rglob('*'), *(tmp_path/'data').glob('*.parquet')] if f.is_file() and f.name not in ('config.toml','run.json')}
    was = made()
    again,_ = finish(full())
    assert was==made() and 'latexocr evaluate' not in again and again.partition('| split')[2].splitlines()[:4]==out.partition('| split')[2].splitlines()[:4]

@pytest.mark.parametrize('options', [dict(), dict(cell='gru'), dict(attention='additive'), dict(stride=4), dict(decoder='classic'), dict(encoder='vanilla'),
    dict(encoder='cnn'), dict(encoder='row')], ids=lambda o: ' '.join(o.values() if 'stride' not in o else ['stride 4']) or 'default')
def test_all_is_where_the_model_is(options):
    "What a GPU would refuse, shown without one: whatever the model makes without saying where lands on the device without memory, and fails"
    torch.manual_seed(42)
    model = Im2Latex(ModelConfig(vocab_size=20, channels=(8,8,16,16), d_model=32, heads=2, **options))
    xb,sizes,tokens = torch.randint(0, 255, (3,1,40,96), dtype=torch.uint8),torch.tensor([[40,96],[32,80],[24,50]]),torch.randint(4, 20, (3,7))
    ids = lambda **kwargs: [[h.ids for h in o] for o in read(model.eval(), xb, sizes, max_len=12, **kwargs)]
    ways = [dict(beam_width=k, attention=a) for k in (1,3) for a in (False,True)]
    at_home = [ids(**o) for o in ways]
    with torch.device('meta'):
        with pytest.raises((RuntimeError,NotImplementedError)): (tokens+torch.arange(7)).tolist()          # this is how it fails
        assert at_home==[ids(**o) for o in ways]
        loss = model.train()(xb, sizes, tokens).sum()
    assert loss.isfinite(); loss.backward()

def test_what_counts_as_scored(tmp_path):
    "Scores of all formulas, text and pictures, by the weights that are there"
    (tmp_path/'manifest.json').write_text(json.dumps(dict(counts=dict(val=9, test=8))))
    (tmp_path/'checkpoint.pt').write_text('')
    assert scored_splits(tmp_path, tmp_path)==[]
    whole = dict(formulas=8, exact=0., image_exact=0.)
    path = tmp_path/'scores.json'
    for scores,found in ((dict(val=whole|dict(formulas=9), test=whole), ['val','test']), (dict(val=whole, test=whole), ['test']),
        (dict(test=dict(formulas=8, exact=0.)), []), (dict(test=dict(formulas=8, image_exact=0.)), [])):
        path.write_text(json.dumps(scores)); assert scored_splits(tmp_path, tmp_path)==found
    path.write_text(json.dumps(dict(test=whole))); os.utime(path, (1,1))
    assert scored_splits(tmp_path, tmp_path)==[] and not path.exists()              # trained on since
