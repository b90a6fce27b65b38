"The published-token run: drawn although TeX wouldn't take the tokens, scored against the lines as they were published"
import json, math, subprocess, sys
from pathlib import Path
import pytest, torch
from conftest import needs
from latexocr.data import DataConfig, FormulaDataset
from latexocr.datasets.build import build_dataset
from latexocr.decoder import Im2Latex, ModelConfig, save_pretrained
from latexocr.evaluate import bleu4, edit_score
from latexocr.scoring.run import evaluate
from latexocr.vocab import Vocab, VocabConfig

root = Path(__file__).resolve().parent.parent
tool = root/'tools/release/published.py'
published = [r'\operatorname { c o s } x', r"a ^ { ' } + b", r'\sqrt 3 \hspace { 1 c m } b', r'x \fbox { y }']     # the last one has no picture

@pytest.fixture(scope='module')
def made(tmp_path_factory):
    needs('system')
    path = tmp_path_factory.mktemp('published')
    splits = dict(train=[r'\cos x', "a'+b", r'\sqrt{3}\hspace{1cm}b'], val=['a'], test=published)
    build_dataset(splits, path/'data', DataConfig(style='im2latex'), VocabConfig(min_count=1), progress=False)
    torch.manual_seed(42)
    vocab = Vocab.load(path/'data/vocab.txt')
    run = path/'run'
    save_pretrained(Im2Latex(ModelConfig(vocab_size=len(vocab), channels=(8,8,8,8), d_model=16, heads=2)), run, vocab)
    evaluate(run, path/'data', images=False, progress=False)
    (run/'log.csv').write_text('epoch,cpu_hours\n1,0.25\n2,0.5\n')
    (run/'run.json').write_text(json.dumps(dict(data=str(path/'data'), from_pretrained=None)))
    return path

def score(made, *args): return subprocess.run([sys.executable, tool, made/'run', made/'data', *args], capture_output=True, text=True, timeout=600)

def test_all_but_the_unparsed_have_pictures(made):
    ds = FormulaDataset(made/'data', 'test')
    assert ds.formulas==published[:3] and ds.tokens[0]==published[0] and r'\hspace { 1 c m }' in ds.tokens[2]
    assert all(w>8 and h>8 for h,w in ds.sizes)

def test_scores_are_those_of_the_published_lines(made):
    "Right readings are right only if they are what was published, byte for byte; what was not drawn counts as wrong"
    run = made/'run'
    wanted = [published[0], r"a ^ { \prime } + b", r'\sqrt 3 \hspace { 1 c m } b']                      # the second: how we would spell it
    (run/'formulas_test/hyp_0.txt').write_text('\n'.join(wanted)+'\n')
    said = score(made)
    assert said.returncode==0, said.stderr
    found = json.loads(said.stdout)
    assert json.loads((run/'published.json').read_text())==found
    refs,hyps = [o.split() for o in published],[*(o.split() for o in wanted),[]]
    assert (found['formulas'],found['without_picture'],found['exact'],found['cpu_hours'],found['started_from'])==(4,1,50.,.5,None)
    assert math.isclose(found['bleu4'], bleu4(refs, hyps), abs_tol=1e-3) and math.isclose(found['edit'], edit_score(refs, hyps), abs_tol=1e-3)
    assert found['perplexity']>1 and all(found['intervals'][k][0]<=found[k]<=found['intervals'][k][1] for k in ('edit','exact'))

def test_refuses_what_it_cannot_score(made, tmp_path):
    hyps = made/'run/formulas_test/hyp_0.txt'
    was = hyps.read_text(); hyps.write_text('x\n')
    said = score(made)
    assert said.returncode and '1 readings of 3 formulas' in said.stderr and 'Traceback' not in said.stderr
    hyps.write_text(was)
    said = subprocess.run([sys.executable, tool, tmp_path, made/'data'], capture_output=True, text=True, timeout=600)
    assert said.returncode and 'published: ' in said.stderr and 'Traceback' not in said.stderr
