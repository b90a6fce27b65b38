"What the model card tells of the runs behind the weights"
import json, sys
from pathlib import Path
import pytest
root = Path(__file__).resolve().parent.parent

@pytest.fixture
def ship(monkeypatch):
    monkeypatch.syspath_prepend(root/'tools/release')
    import ship
    return ship

def run(folder, data, before=None, epochs=2, passes=.5):
    "A folder as a training run leaves it"
    folder.mkdir(); data.mkdir(exist_ok=True)
    (data/'manifest.json').write_text(json.dumps(dict(counts=dict(train=100))))
    (folder/'run.json').write_text(json.dumps(dict(data=str(data), from_pretrained=before and str(before))))
    (folder/'config.json').write_text(json.dumps(dict(training=dict(passes=passes))))
    (folder/'log.csv').write_text('epoch,cpu_hours\n'+''.join(f'{i+1},{(i+1)/4}\n' for i in range(epochs)))
    return folder

def test_a_run_that_started_from_another(ship, tmp_path):
    first = run(tmp_path/'first', tmp_path/'corpus')
    runs,log = ship.history(run(tmp_path/'second', tmp_path/'papers', first, epochs=3), ['quarter','papers'])
    assert runs==[dict(config='quarter', data='corpus', pictures=100, cpu_hours=.5), dict(config='papers', data='papers', pictures=150, cpu_hours=.75)]
    assert [(o['run'],o['epoch']) for o in log]==[('quarter','1'),('quarter','2'),('papers','1'),('papers','2'),('papers','3')]
    for names in (['papers'], ['early','quarter','papers']):
        with pytest.raises(SystemExit, match='name the config'): ship.history(tmp_path/'second', names)
    said = ship.commands(runs)
    assert [o.split('--config ')[1].split()[0] for o in said.split('\n') if 'build' in o]==['corpus','papers']
    assert said.count('--from-pretrained')==1 and '--from-pretrained results/quarter' in said

def test_a_run_that_started_from_shipped_weights(ship, tmp_path):
    "Shipped twice, it is still told once"
    shipped = tmp_path/'pretrained'; shipped.mkdir()
    after = run(tmp_path/'papers', tmp_path/'data', shipped)
    def write(runs, log):
        (shipped/'runs.json').write_text(json.dumps(runs))
        (shipped/'log.csv').write_text('run,epoch,cpu_hours\n'+''.join(f"{o['run']},{o['epoch']},{o['cpu_hours']}\n" for o in log))
    write([dict(config='corpus', data='corpus', pictures=5, cpu_hours=1.)], [dict(run='corpus', epoch=1, cpu_hours=1.)])
    runs,log = ship.history(after, ['papers'])
    assert [o['config'] for o in runs]==['corpus','papers'] and [o['run'] for o in log]==['corpus','papers','papers']
    write(runs, log)
    assert ship.history(after, ['papers'])==(runs,log)
    last = run(tmp_path/'last', tmp_path/'data', after)          # two runs later than what was shipped
    for _ in range(2):
        runs,log = ship.history(last, ['papers','last'])
        assert [o['config'] for o in runs]==['corpus','papers','last'] and [o['run'] for o in log]==['corpus']+2*['papers']+2*['last']
        write(runs, log)

def test_what_is_shipped(ship):
    "The card's commands and sums come from runs.json"
    shipped = root/'latexocr/pretrained'
    runs,card = json.loads((shipped/'runs.json').read_text()),(shipped/'README.md').read_text()
    assert ship.commands(runs) in card and f"{sum(o['pictures'] for o in runs):,} pictures" in card and f"{sum(o['cpu_hours'] for o in runs):.2f} CPU hours" in card

def test_newer_scores_of_the_same_weights(ship, tmp_path):
    "The card changes with them, and other weights are refused"
    out,again = tmp_path/'out',tmp_path/'again'
    for o,exact in ((out,50.), (again,60.)):
        o.mkdir()
        (o/'model.safetensors').write_bytes(b'weights')
        (o/'scores.json').write_text(json.dumps(dict(test=dict(formulas=9, beam_width=1, exact=exact), test_views_3=dict(formulas=9, beam_width=1, views=3, exact=exact+1))))
    (out/'README.md').write_text('before\n'+ship.table(json.loads((out/'scores.json').read_text()))+'\nafter')
    ship.rescore(again, out)
    card = (out/'README.md').read_text()
    assert card.startswith('before\n|  | test, greedy | test, greedy, 3 looks |') and '60.0 | 61.0' in card and '50.0' not in card and card.endswith('\nafter')
    assert json.loads((out/'scores.json').read_text())==json.loads((again/'scores.json').read_text())
    (again/'model.safetensors').write_bytes(b'others')
    with pytest.raises(SystemExit, match='other weights'): ship.rescore(again, out)

def test_what_the_last_run_was_shown(ship):
    "Parts of a table are counted together, letters too, and sizes of a typeface"
    files = [dict(split='train', file='a.txt.xz', read=4, pictures=3), dict(split='train', file='web-00000.parquet', read=9, pictures=9),
        dict(split='train', file='web-00001.parquet', read=1, pictures=1), dict(split='train', file='times.parquet', read=2, pictures=2), dict(split='val', file='v.txt.xz', read=5, pictures=5)]
    drawn = [dict(renderer='TeX', typeface='times 183', train=2), dict(renderer='pdftex', typeface='times', train=3, refused=1, val=5), dict(renderer='katex', typeface='katex', train=10)]
    found = ship.data_counts(dict(counts=dict(train=15, val=5), dropped={'train: repeated':1, 'val: empty':3}, files=files, typefaces=drawn))
    assert found['files']=={'web (pictures)':10, 'a':3, 'letters alone':2} and found['dropped']=={'repeated':1} and found['train']==15
    assert {k: o['train'] for k,o in found['drawn'].items()}=={'katex: katex':10, 'pdftex: times':5} and found['drawn']['pdftex: times']['refused']==1

def test_a_run_is_measured_as_it_would_be_shipped(monkeypatch, tmp_path):
    "In half precision, with the shipped confidence until it is learnt anew"
    monkeypatch.syspath_prepend(root/'tools/release')
    import measure, torch
    from safetensors.torch import load_file, save_file
    r = run(tmp_path/'run', tmp_path/'data')
    (r/'vocab.txt').write_text('x\n')
    save_file(dict(w=torch.tensor([1+2**-12, 3.]), n=torch.tensor([5])), r/'model.safetensors')
    measure.halve(r, tmp_path/'half')
    w = load_file(tmp_path/'half/model.safetensors')
    assert w['w'].dtype==torch.float16 and w['w'].tolist()==[1,3] and w['n'].tolist()==[5]
    config = json.loads((tmp_path/'half/config.json').read_text())
    assert config['training']==dict(passes=.5) and 'temperature' in config['calibration']
