"`make small`, whole: the fifty training formulas are learned by heart"
import json, subprocess, sys
from pathlib import Path

root = Path(__file__).parent.parent

def test_make_small(tmp_path):
    out = tmp_path/'small'
    p = subprocess.run([sys.executable, root/'tools/small.py', '--data', tmp_path/'data', '--out', out], capture_output=True, text=True, cwd=tmp_path, timeout=900)
    assert p.returncode==0 and 'Traceback' not in p.stderr, p.stderr[-2000:]
    scores = json.loads((out/'scores.json').read_text())
    assert {k:v['formulas'] for k,v in scores.items()}==dict(train=50, val=30, test=30)
    assert scores['train']['exact']>=80                                # 40 of 50; 45 and more are usual
    assert scores['val']['exact']<50                                   # never seen, so not known: were it otherwise, the splits would overlap
    for name in ('vis/attention.png','vis/attention.gif','formulas_test/hyp_0.txt','images_test/hyp_0','log.csv'): assert (out/name).exists(), name
    assert '| train | 50 |' in p.stdout
