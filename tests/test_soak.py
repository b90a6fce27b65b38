"Memory stays flat; a killed command, a full disk and two processes on one folder end in the files of an undisturbed run"
import os, signal, subprocess, sys
from pathlib import Path
import pytest
from conftest import needs

root = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(root/'tools/bench'))
soak = pytest.importorskip('soak') if sys.platform=='linux' else pytest.skip('counts on Linux', allow_module_level=True)
N = int(os.environ.get('LATEXOCR_SOAK', 5000))          # pictures

@pytest.fixture(scope='module')
def whole(tmp_path_factory):
    needs('system')
    return soak.Whole(tmp_path_factory.mktemp('whole'))

def survived(rows):
    rows = list(rows)
    assert not [o for o in rows if o[1]], rows
    return len(rows)

def test_killed_once(whole, tmp_path):
    "A build, cut at a random moment"
    assert survived(soak.kills(1, whole, tmp_path, steps=('build',)))

@pytest.mark.slow
@pytest.mark.parametrize('step', list(soak.STEPS))
def test_killed(whole, tmp_path, step):
    "Fifty kills in all, over the four commands"
    assert survived(soak.kills(13, whole, tmp_path, steps=(step,)))

@pytest.mark.slow
def test_full_disk(whole):
    with soak.tiny_disk() as disk:
        if disk is None: pytest.skip('no leave to mount')
    assert survived(soak.full_disk(8, whole))==8

@pytest.mark.slow
def test_two_on_one_folder(whole, tmp_path): assert survived(soak.pairs(8, whole, tmp_path))==8

def flat(found): assert found['growth']<=.05, found

def test_memory_of_a_reader_that_has_learnt_nothing():
    "Two hundred small pictures"
    from test_fuzz import reader, saved, picture
    files = [saved(o, picture) for o in ('PNG','GIF','BMP')]+[b'no picture']
    ocr,used = reader(),[]
    for i in range(200):
        ocr([files[i%4]], errors='return', max_len=12)
        if i in (60,199): used.append(soak.resident(os.getpid()))
    assert used[1]<=1.05*used[0], used

@pytest.mark.slow
def test_memory_of_the_reader(): flat(soak.soak_reader(N))

@pytest.mark.slow
def test_memory_of_the_page():
    needs('chromium'); pytest.importorskip('playwright.sync_api')
    flat(soak.soak_page(N))

@pytest.mark.slow
def test_the_tests_of_the_app_end_where_ctrl_c_is_ignored():
    "As under `nohup make test &`; the quick twin is `test_ends` in test_app.py"
    run = 'import signal, sys, pytest; signal.signal(signal.SIGINT, signal.SIG_IGN); sys.exit(pytest.main(["-q","-p","no:cacheprovider","tests/test_app.py"]))'
    p = subprocess.Popen([sys.executable, '-c', run], cwd=root, stdout=subprocess.PIPE, text=True, start_new_session=True)
    try: out,_ = p.communicate(timeout=900)
    finally:
        if p.poll() is None: os.killpg(p.pid, signal.SIGKILL)
    assert p.returncode==0, out[-2000:]
