"Evaluation on disk: what a run leaves in the results folder, and what it refuses"
import importlib.util, json, shutil, sys
from pathlib import Path
import pytest, torch

from latexocr.scoring import run as module
from latexocr.beam_search import Hypothesis
from latexocr.data import DataConfig, FormulaDataset
from latexocr.datasets.build import build_dataset
from latexocr.decoder import Im2Latex, ModelConfig, WeightsError, load_pretrained, save_pretrained
from latexocr.scoring.report import scores_table
from latexocr.scoring.run import evaluate
from latexocr.evaluate import image_scores
from latexocr.scoring.lab import metric_lab, verdict, verdict_html
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
    assert list(scores)=='''formulas tokens beam_width views perplexity bleu4 edit exact image_edit image_exact image_exact_ws image_deng image_deng_ws
        intervals groups short unread unfinished unrendered calibration weights data'''.split()
    assert (scores['formulas'],scores['tokens'],scores['beam_width'])==(4,'canonical',2)
    assert lines(results/'formulas_test/ref.txt')==FormulaDataset(made/'data', 'test').tokens
    assert [len(lines(results/f'formulas_test/hyp_{k}.txt')) for k in (0,1)]==[4,4]
    assert [p.name for p in sorted((results/'images_test/ref').iterdir())]==[f'{i:06}.png' for i in range(4)]
    failures = [json.loads(o) for o in lines(results/'images_test/failures.jsonl')]
    assert len(failures)==scores['unrendered'] and all(o['side']=='hyp_0' and o['error'] for o in failures)
    assert len(list((results/'images_test/hyp_0').iterdir()))==4-len(failures)
    for k in 'perplexity bleu4 edit exact image_edit image_exact image_exact_ws image_deng image_deng_ws'.split():
        low,high = scores['intervals'][k]
        assert low<=scores[k]<=high
    assert sum(o['n'] for o in scores['groups']['length'].values())==4==sum(o['n'] for o in scores['groups']['size'].values())
    assert scores['groups']['symbols']['fraction']['n']==1
    assert '<h1>What was read of “test”</h1>' in (results/'report.html').read_text(encoding='utf-8')

def test_a_second_run_replaces_the_first(results, made):
    run(results, made, beam_width=3, n_best=3)
    stale = results/'images_test/hyp_0/000099.png'
    stale.write_bytes(b'')
    assert (results/'formulas_test/hyp_2.txt').exists()
    again = run(results, made, beam_width=3)
    assert not stale.exists()
    assert sorted(p.name for p in (results/'formulas_test').iterdir())==['hyp_0.txt','ref.txt']
    assert json.loads((results/'scores.json').read_text())==dict(test=again)

def test_another_beam_stands_beside(results, made):
    wide = run(results, made, beam_width=3); greedy = run(results, made)
    assert json.loads((results/'scores.json').read_text())==dict(test=wide, test_beam_1=greedy)
    assert (wide['beam_width'],greedy['beam_width'])==(3,1) and (results/'report_test_beam_1.html').exists()

def test_a_smaller_run_leaves_a_fuller_one_alone(results, made):
    whole = run(results, made)
    files = lambda: {p.relative_to(results):p.read_bytes() for k in ('formulas_test','images_test') for p in (results/k).rglob('*') if p.is_file()}
    before = files()
    less = {'test_first_2': run(results, made, limit=2), 'test_text': run(results, made, images=False), 'test_images': run(results, made, text=False),
            'test_first_3_text': run(results, made, limit=3, images=False)}
    assert json.loads((results/'scores.json').read_text())==dict(test=whole)|less and files()==before
    assert len(list((results/'images_test_first_2/ref').iterdir()))==2 and len(lines(results/'formulas_test_first_3_text/ref.txt'))==3
    assert 'image_edit' not in less['test_text'] and less['test_images'].keys().isdisjoint({'bleu4','perplexity'})
    assert not (results/'images_test_text').exists()

def test_a_smaller_run_grows(results, made):
    "What was first read in part makes room for the whole, and what other weights have left, for anything"
    run(results, made, limit=2, images=False); whole = run(results, made)
    assert json.loads((results/'scores.json').read_text())==dict(test=whole)
    model,vocab,_ = load_pretrained(results)
    with torch.no_grad(): next(model.parameters()).add_(1)
    save_pretrained(model, results, vocab)
    part = run(results, made, limit=2, images=False)
    assert json.loads((results/'scores.json').read_text())==dict(test=part) and part['weights']!=whole['weights']

def test_other_pictures_stand_beside(results, made, tmp_path):
    "The same split of another dataset has an entry of its own, and its own files"
    real = shutil.copytree(made/'data', tmp_path/'real')
    ours = run(results, made, images=False)
    theirs = [evaluate(results, real, images=False, progress=False) for _ in range(2)][-1]
    assert json.loads((results/'scores.json').read_text())==dict(test=ours, test_real=theirs) and (ours['data'],theirs['data'])==('data','real')
    assert sorted(p.name for p in results.glob('*.html'))==['report.html','report_test_real.html']
    assert (results/'formulas_test_real/hyp_0.txt').read_text()==(results/'formulas_test/hyp_0.txt').read_text()

def test_splits_stand_side_by_side(results, made):
    both = {split: run(results, made, split=split, images=split=='val') for split in ('val','test')}
    assert json.loads((results/'scores.json').read_text())==both
    table = scores_table(both).split('\n')
    assert [o.split()[0] for o in table[2:]]==['val','test'] and '-' in table[3].split() and table[3].isascii() and max(map(len, table))<120

def test_only_the_best(results, made):
    "By default the best readings alone are kept, and they are the best of those that a beam would find"
    every = run(results, made, beam_width=3, n_best=9)
    best = {k:(results/f'formulas_test/{k}.txt').read_text() for k in ('ref','hyp_0')}
    assert sorted(p.name for p in (results/'formulas_test').iterdir())==['hyp_0.txt','hyp_1.txt','hyp_2.txt','ref.txt']      # no more than the beam is wide
    assert run(results, made, beam_width=3)==every
    assert sorted(p.name for p in (results/'formulas_test').iterdir())==['hyp_0.txt','ref.txt']
    assert best=={k:(results/f'formulas_test/{k}.txt').read_text() for k in best}

def test_seen(results, made, monkeypatch, tmp_path, capsys):
    "The table of what was read, in words, as a page, and with pictures beside"
    run(results, made)
    spec = importlib.util.spec_from_file_location('seen', Path(__file__).resolve().parent.parent/'tools/bench/seen.py')
    tool = importlib.util.module_from_spec(spec); spec.loader.exec_module(tool)
    def seen(*words): monkeypatch.setattr(sys, 'argv', ['seen', *map(str, (results, made/'data', *words))]); tool.main()
    seen('-n', 3); told = capsys.readouterr().out
    assert len(told.splitlines())==5 and 'should be' in told
    seen('--out', tmp_path/'a.html'); assert (tmp_path/'a.html').read_text(encoding='utf-8').count('data:image/png')==4
    seen('--out', tmp_path/'b.md', '-n', 2); assert len(list((tmp_path/'b').iterdir()))==2
    assert tool.code(r'\|a|')==r'`` \\|a\| ``' and tool.verdict('a', 'a', ())=='right'
    with pytest.raises(SystemExit, match='was not read from'): seen('--split', 'val', '--name', 'test')

def test_published_tokens(results, tmp_path):
    "A dataset in the published spelling is scored in it, and scores and report say so"
    (tmp_path/'data').mkdir(); shutil.copy(results/'vocab.txt', tmp_path/'data')
    build_dataset(dict(test=[r'x_i^2', 'a+b']), tmp_path/'data', DataConfig(style='im2latex'), progress=False)
    scores = evaluate(results, tmp_path/'data', images=False, progress=False)
    assert scores['tokens']=='im2latex' and 'im2latex tokens' in (page := (results/'report.html').read_text(encoding='utf-8')) and '<b>canonical</b>' not in page

def test_device(results, made, monkeypatch):
    "Model and batches go where fastai says, which is a graphics card if there is one, unless told otherwise"
    seen = []
    def read(model, *batch, **kwargs):
        seen.append({o.device.type for o in (*batch[:2], *model.parameters())})
        return [[Hypothesis([2], [0.], True)] for _ in batch[0]]
    def reread(model, vocab, xb, sizes, found, **kwargs):    # it looks at pictures, and "meta" has none
        seen.append({o.device.type for o in (xb, sizes)})
        return found
    monkeypatch.setattr(module, 'read', read)
    monkeypatch.setattr(module, 'reread_otherwise', reread)
    monkeypatch.setattr(module, 'default_device', lambda: torch.device('meta'))
    run(results, made, text=False, images=False)
    run(results, made, text=False, images=False, device='cpu')
    assert seen==[{'meta'},{'meta'},{'cpu'},{'cpu'}]

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

@pytest.mark.parametrize('latex', ['', '{', r'\nonsense', '</table><script>alert(1)</script>', '\x00', 'x'*3000])
def test_the_lab_bears_anything(latex):
    lab = metric_lab(r'x^2+y')
    right = lab.shown.value
    lab.hyp.value = latex
    assert lab.shown.value!=right and '<script' not in lab.shown.value
    lab.hyp.value = r'x^2+y'
    assert lab.shown.value==right
    lab.ref.value = lab.hyp.value = latex

def test_the_lab_says_what_evaluate_says():
    ref,hyp = r'\frac{a}{b}+x', r'\frac{a}{c}+x'
    found = verdict(ref, hyp)
    assert found['scores']['tokens, canonical']['exact']==0 and 0<found['scores']['tokens, canonical']['edit']<100
    assert found['scores']['pictures'].keys()=={'edit','exact','exact_ws','deng','deng_ws'}
    a,b,both = found['pictures']
    assert image_scores([a], [b])['edit']==pytest.approx(found['scores']['pictures']['edit']) and both.mode=='RGB'
    assert verdict_html(found).count('<img')==3

def test_one_source_does_not_overrule_a_mixture(tmp_path):
    "What `tools/bench/sources.py --calibrate` has learnt stays when validation is read"
    from types import SimpleNamespace
    from latexocr.scoring.run import calibrate
    hyps,right = [SimpleNamespace(log_prob=-.1*(i%7)) for i in range(400)],[i%3>0 for i in range(400)]
    for learnt,stays in ((dict(temperature=2., bias=.5, formulas=80, sources=3), True), (dict(temperature=2., bias=.5, formulas=80), False)):
        (tmp_path/'config.json').write_text(json.dumps(dict(calibration=learnt)))
        calibrate(tmp_path, 'val', hyps, right)
        assert (json.loads((tmp_path/'config.json').read_text())['calibration']==learnt) is stays
