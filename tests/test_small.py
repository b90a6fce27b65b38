"`make small`, whole: the fifty training formulas are learned by heart"
import json, subprocess, sys
from pathlib import Path

run = 'import sys; from latexocr.cli import main; sys.exit(main(sys.argv[1:]))'      # what the command `latexocr` runs

def test_make_small(tmp_path):
    out = tmp_path/'small'
    p = subprocess.run([sys.executable, '-c', run, 'demo', '--data', tmp_path/'data', '--out', out], capture_output=True, text=True, cwd=tmp_path, timeout=900)
    assert p.returncode==0 and 'Traceback' not in p.stderr, p.stderr[-2000:]
    scores = json.loads((out/'scores.json').read_text())
    assert {k:v['formulas'] for k,v in scores.items()}==dict(train=50, val=30, test=30)
    assert scores['train']['exact']>=80                                # 40 of 50; 45 and more are usual
    assert scores['val']['exact']<50                                   # never seen, so not known: were it otherwise, the splits would overlap
    for name in ('vis/attention.png','vis/attention.gif','formulas_test/hyp_0.txt','images_test/hyp_0','log.csv'): assert (out/name).exists(), name
    assert '| train | 50 |' in p.stdout

def test_a_step_that_fails_stops_the_course(tmp_path):
    "One line on stderr that names the step, exit code 2; a config that isn't there is said before any step"
    def demo(config):
        p = subprocess.run([sys.executable, '-c', run, 'demo', '--config', config, '--data', tmp_path/'data', '--out', tmp_path/'out'],
                           capture_output=True, text=True, cwd=tmp_path, timeout=100)
        assert p.returncode==2 and 'Traceback' not in p.stderr
        return p.stderr.splitlines()
    (tmp_path/'lacks.toml').write_text('[data]\ntrain = "missing.txt"\n')
    last = demo('lacks.toml')[-1]
    assert 'latexocr build --config lacks.toml' in last and last.endswith('ended with exit code 2')
    first, = demo('nowhere.toml')
    assert first.startswith("latexocr: no config 'nowhere.toml'")
