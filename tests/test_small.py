"`make small`, whole: the fifty training formulas are learned by heart"
import csv, json, subprocess, sys
from importlib.resources import files
import pytest

run = 'import sys; from latexocr.cli import main; sys.exit(main(sys.argv[1:]))'      # what the command `latexocr` runs

def demo(config, tmp_path):
    "(scores, results folder) of the whole course with `config`"
    out = tmp_path/'small'
    words = 'demo','--config',config,'--data',tmp_path/'data','--out',out
    p = subprocess.run([sys.executable, '-c', run, *words], capture_output=True, text=True, cwd=tmp_path, timeout=900)
    assert p.returncode==0 and 'Traceback' not in p.stderr, p.stderr[-2000:]
    scores = json.loads((out/'scores.json').read_text())
    assert {k:v['formulas'] for k,v in scores.items()}==dict(train=50, val=30, test=30)
    for name in ('vis/attention.png','vis/attention.gif','formulas_test/hyp_0.txt','images_test/hyp_0','log.csv'): assert (out/name).exists(), name
    assert '| train | 50 |' in p.stdout
    return scores, out

@pytest.mark.slow
def test_make_small(tmp_path):
    scores,_ = demo('small', tmp_path)
    assert scores['train']['exact']>=80                                # 40 of 50; 45 and more are usual
    assert scores['val']['exact']<50                                   # never seen, so not known: were it otherwise, the splits would overlap

def test_make_small_in_short(tmp_path):
    "The same steps with a fifth of the training: it goes down, and nothing is known by heart yet"
    text = (files('latexocr')/'configs'/'small.toml').read_text(encoding='utf-8')
    for old,new in (('epochs = 10','epochs = 2'), ('[32, 48, 64, 128]','[16, 16, 32, 64]'), ('d_model = 192','d_model = 64')):
        assert old in text
        text = text.replace(old, new)
    (tmp_path/'short.toml').write_text(text)
    scores,out = demo(tmp_path/'short.toml', tmp_path)
    losses = [float(o['train_loss']) for o in csv.DictReader((out/'log.csv').open())]
    assert len(losses)==2 and losses[1]<losses[0]
    assert scores['val']['exact']<50

def test_a_step_that_fails_stops_the_course(tmp_path):
    "One line on stderr that names the step, exit code 2; a config that isn't there is said before any step"
    def said(config):
        p = subprocess.run([sys.executable, '-c', run, 'demo', '--config', config, '--data', tmp_path/'data', '--out', tmp_path/'out'],
                           capture_output=True, text=True, cwd=tmp_path, timeout=100)
        assert p.returncode==2 and 'Traceback' not in p.stderr
        return p.stderr.splitlines()
    (tmp_path/'lacks.toml').write_text('[data]\ntrain = "missing.txt"\n')
    last = said('lacks.toml')[-1]
    assert 'latexocr build --config lacks.toml' in last and last.endswith('ended with exit code 2')
    first, = said('nowhere.toml')
    assert first.startswith("latexocr: no config 'nowhere.toml'")
