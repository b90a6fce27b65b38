"Reading and evaluating on a Dask cluster: two workers, and the same results as one process"
import json, os
import pytest
from latexocr.cli import main
from latexocr.core import png_bytes
from latexocr.data import small_formulas
from latexocr.render import render
from latexocr.scoring.run import evaluate
from test_evaluate import made, lines, results            # a model that has learnt nothing, and its dataset

@pytest.fixture(scope='module')
def scheduler():
    distributed = pytest.importorskip('distributed')
    with distributed.LocalCluster(processes=True, n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster: yield cluster.scheduler_address

def test_a_folder_of_pictures(scheduler, tmp_path, monkeypatch, capsys):
    "In order, a broken one among them, by names that only this folder explains"
    formulas = small_formulas()['val'][:3]
    for i,o in enumerate(render(formulas*7)): (tmp_path/f'{i:02}.png').write_bytes(png_bytes(o.image))
    (tmp_path/'20.png').write_bytes(b'no picture')
    monkeypatch.chdir(tmp_path)
    def read(*words):
        code = main(['predict','.','--json','--views','1', *words]); out,err = capsys.readouterr()
        return code,[json.loads(o) for o in out.splitlines()],err
    alone,shared = read('--jobs','1'),read('--scheduler',scheduler)
    assert (alone[0],alone[2])==(shared[0],shared[2]) and alone[0]==1 and '20.png' in alone[2]
    for a,b in zip(alone[1], shared[1], strict=True):
        assert (a['file'],a['latex'],a['error'])==(b['file'],b['latex'],b['error']) and (a['error'] or a['confidence']==pytest.approx(b['confidence'], rel=1e-3))

def test_a_split(scheduler, results, made):
    from distributed import Client
    alone = evaluate(results, made/'data', images=False, progress=False)
    read = lines(results/'formulas_test/hyp_0.txt')
    with Client(scheduler) as client, client.get_executor() as ex:
        shared = evaluate(results, made/'data', images=False, progress=False, executor=ex)
        assert len(set(client.run(os.getpid).values()))==2
    assert read==lines(results/'formulas_test/hyp_0.txt')
    for k in 'formulas perplexity bleu4 edit exact unfinished'.split(): assert shared[k]==pytest.approx(alone[k]), k

def test_from_the_shell(scheduler, results, made, capsys):
    assert main(['evaluate','--results',str(results),'--data',str(made/'data'),'--text','--scheduler',scheduler])==0
    assert 'test' in capsys.readouterr().out

def test_nobody_there(tmp_path, capsys):
    (tmp_path/'x.png').write_bytes(png_bytes(render(['x'])[0].image))
    assert main(['predict',str(tmp_path/'x.png'),'--scheduler','tcp://127.0.0.1:9'])==2
    assert 'no Dask scheduler answers at tcp://127.0.0.1:9' in capsys.readouterr().err
