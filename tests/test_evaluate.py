"Evaluation on disk: what a run leaves in the results folder, and what it refuses"
import json, shutil
import pytest, torch

from latexocr import evaluate as module
from latexocr.beam_search import Hypothesis
from latexocr.data import FormulaDataset, build_dataset
from latexocr.decoder import Im2Latex, ModelConfig, WeightsError, save_pretrained
from latexocr.evaluate import evaluate, image_scores, scores_table
from latexocr.render import EngineError
from latexocr.vocab import Vocab, VocabConfig

@pytest.fixture(scope='module')
def made(tmp_path_factory):
    "A tiny dataset and an untrained model"
    path = tmp_path_factory.mktemp('evaluate')
    splits = dict(train=['a+b=c', r'x^{2}_{i}', 'ab', 'c-b', 'bca'], val=['a=b', r'\frac{b}{c}+x'], test=[r'a+b+c+x^2=b', 'x', r'\frac{a}{b}', 'b-a'])
    build_dataset(splits, path/'data', vocab_config=VocabConfig(min_count=1), progress=False)
    torch.manual_seed(42)
    vocab = Vocab.load(path/'data/vocab.txt')
    save_pretrained(Im2Latex(ModelConfig(vocab_size=len(vocab), channels=(8,8,8,8), d_model=16, heads=2)), path/'model', vocab)
    return path

@pytest.fixture
def results(made, tmp_path): return shutil.copytree(made/'model', tmp_path/'results')

def run(results, made, **kwargs): return evaluate(results, made/'data', progress=False, **kwargs)

def lines(path): return path.read_text(encoding='utf-8').split('\n')[:-1]

def test_what_a_run_leaves(results, made):
    scores = run(results, made, beam_width=2, n_best=2)
    assert list(scores)=='''formulas tokens beam_width perplexity bleu4 edit exact image_edit image_exact image_exact_ws image_deng image_deng_ws
        unrendered'''.split()
    assert (scores['formulas'],scores['tokens'],scores['beam_width'])==(4,'canonical',2)
    assert lines(results/'formulas_test/ref.txt')==FormulaDataset(made/'data', 'test').tokens
    assert [len(lines(results/f'formulas_test/hyp_{k}.txt')) for k in (0,1)]==[4,4]
    assert [p.name for p in sorted((results/'images_test/ref').iterdir())]==[f'{i:06}.png' for i in range(4)]
    failures = [json.loads(o) for o in lines(results/'images_test/failures.jsonl')]
    assert len(failures)==scores['unrendered'] and all(o['side']=='hyp_0' and o['error'] for o in failures)
    assert len(list((results/'images_test/hyp_0').iterdir()))==4-len(failures)

def test_a_second_run_replaces_the_first(results, made):
    first = run(results, made, beam_width=3)
    stale = results/'images_test/hyp_0/000099.png'
    stale.write_bytes(b'')
    again = run(results, made, limit=2)
    assert again['formulas']==2!=first['formulas'] and not stale.exists()
    assert sorted(p.name for p in (results/'formulas_test').iterdir())==['hyp_0.txt','ref.txt']
    assert len(list((results/'images_test/ref').iterdir()))==2
    text = run(results, made, images=False)
    assert 'image_edit' not in text and not list((results/'images_test').rglob('*.png'))
    assert run(results, made, text=False).keys().isdisjoint({'bleu4','perplexity'})

def test_splits_stand_side_by_side(results, made):
    both = {split: run(results, made, split=split, images=split=='val') for split in ('val','test')}
    assert json.loads((results/'scores.json').read_text())==both
    table = scores_table(both).split('\n')
    assert [o.split()[0] for o in table[2:]]==['val','test'] and '–' in table[3] and max(map(len, table))<120

def test_only_the_best(results, made):
    "By default the best readings alone are kept, and they are the best of those that a beam would find"
    every = run(results, made, beam_width=3, n_best=9)
    best = {k:(results/f'formulas_test/{k}.txt').read_text() for k in ('ref','hyp_0')}
    assert sorted(p.name for p in (results/'formulas_test').iterdir())==['hyp_0.txt','hyp_1.txt','hyp_2.txt','ref.txt']      # no more than the beam is wide
    assert run(results, made, beam_width=3)==every
    assert sorted(p.name for p in (results/'formulas_test').iterdir())==['hyp_0.txt','ref.txt']
    assert best=={k:(results/f'formulas_test/{k}.txt').read_text() for k in best}

def test_device(results, made, monkeypatch):
    "Model and batches go where fastai says, which is a graphics card if there is one, unless told otherwise"
    seen = []
    def read(model, *batch, **kwargs):
        seen.append({o.device.type for o in (*batch[:2], *model.parameters())})
        return [[Hypothesis([2], [0.], True)] for _ in batch[0]]
    monkeypatch.setattr(module, 'read', read)
    monkeypatch.setattr(module, 'default_device', lambda: torch.device('meta'))
    run(results, made, text=False, images=False)
    run(results, made, text=False, images=False, device='cpu')
    assert seen==[{'meta'},{'cpu'}]

def test_the_same_again(results, made): assert run(results, made, beam_width=2)==run(results, made, beam_width=2)

def test_nothing_read_is_an_empty_line_and_wrong(results, made, monkeypatch):
    monkeypatch.setattr(module, 'read', lambda model, xb, *args, **kwargs: [[Hypothesis([2], [0.], True)] for _ in xb])
    scores = run(results, made)
    assert lines(results/'formulas_test/hyp_0.txt')==['']*4
    assert scores['unrendered']==4 and {scores[k] for k in ('bleu4','edit','exact','image_edit','image_exact_ws','image_deng')}=={0}

def test_refusals(results, made, tmp_path, monkeypatch):
    with pytest.raises(WeightsError): run(tmp_path/'nowhere', made)
    with pytest.raises(FileNotFoundError, match='nosuch'): run(results, made, split='nosuch')
    with pytest.raises(ValueError, match='nothing to read'): run(results, made, limit=0)
    with pytest.raises(ValueError, match='0 references'): image_scores([], [])
    data = shutil.copytree(made/'data', tmp_path/'data')
    manifest = json.loads((data/'manifest.json').read_text())
    (data/'manifest.json').write_text(json.dumps(manifest | dict(normalize='0')))
    with pytest.raises(ValueError, match='build it again'): evaluate(results, data, progress=False)
    (data/'manifest.json').write_text(json.dumps(manifest | dict(engine='system')))
    monkeypatch.setattr('latexocr.render.shutil.which', lambda *args, **kwargs: None)
    with pytest.raises(EngineError): evaluate(results, data, progress=False)
    assert 'perplexity' in evaluate(results, data, images=False, progress=False)      # text needs no TeX
