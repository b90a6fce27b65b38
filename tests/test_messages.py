"What goes wrong is said in one line that names it: no traceback, no lost name, no waiting for ever"
import base64, errno, io, json, os, shutil, subprocess, sys
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw, ImageFont

from latexocr.cli import main
from latexocr.decoder import Im2Latex, ModelConfig
from latexocr.predict import LatexOCR, PictureError, Prediction
from latexocr.use import text_commands
from latexocr.vocab import SPECIALS, Vocab
from conftest import needs
sys.path.insert(0, str(Path(__file__).resolve().parent.parent/'tools/bench'))

@pytest.fixture(scope='module')
def ocr():
    torch.manual_seed(42)
    vocab = Vocab([*SPECIALS,'a','b','+'])
    return LatexOCR(Im2Latex(ModelConfig(vocab_size=len(vocab), channels=(8,8,8,8), d_model=16, heads=2)), vocab)

def said(capsys, *words):
    "Exit code and what stands on stderr, which is one line"
    code,err = main([*map(str, words)]),capsys.readouterr().err
    assert len(err.splitlines())==1 and 'not a known kind' not in err
    return code,err

@pytest.mark.parametrize('text', ['[data]\nlimit = '+'9'*5000, '[data]\nlimit = '+'['*50_000])
def test_configs_of_great_depth(capsys, tmp_path, text):
    (tmp_path/'a.toml').write_text(text)
    code,err = said(capsys, 'build', '--config', tmp_path/'a.toml')
    assert code==2 and 'is not TOML' in err

@pytest.mark.parametrize('text', ['', '{', '[]', '{"counts": {"train": '+'9'*5000+'}}', '{"counts": {"train": 1}, "shards": null}'])
def test_broken_manifest(capsys, tmp_path, text):
    (tmp_path/'manifest.json').write_text(text)
    code,err = said(capsys, 'train', '--config', 'small', '--data', tmp_path, '--out', tmp_path/'out')
    assert code==2 and 'manifest.json is damaged' in err and 'build again' in err

def test_a_split_without_pictures(capsys, tmp_path, monkeypatch):
    "All formulas to train on are held out: said when the dataset is built, and by what would use it; nothing is left behind"
    monkeypatch.chdir(tmp_path)
    for o in ('f.txt','g.txt'): (tmp_path/o).write_text('x^2\ny+z\n')
    (tmp_path/'a.toml').write_text('[data]\ntrain = "f.txt"\nval = "g.txt"\n')
    line = 'latexocr: d has no pictures for {0}: name files for it in the [data] of its config, ' \
        'or write {0} behind lines of the list it was imported from, with formulas that no other split has\n'
    assert said(capsys, 'build', '--config', 'a.toml', '--out', 'd', '--quiet')==(1, line.format('train'))
    assert said(capsys, 'train', '--config', 'a.toml', '--data', 'd', '--out', 'r')==(2, line.format('train')) and not (tmp_path/'r').exists()
    assert said(capsys, 'evaluate', '--results', 'r', '--data', 'd')==(2, line.format('test'))
    from latexocr.training.run import train_model
    with pytest.raises(ValueError, match='^d has no pictures to train on$'): train_model('d', 'r', progress=False)

def test_closed_stdin(capsys, monkeypatch):
    monkeypatch.setattr(sys, 'stdin', None)
    assert said(capsys, 'normalize')[1].endswith('standard input is closed: name a file, or feed a pipe\n')

def test_full_disk(capsys, monkeypatch):
    monkeypatch.setattr(text_commands, 'open_lines', lambda path: (_ for _ in ()).throw(OSError(errno.ENOSPC, 'No space left on device')))
    code,err = said(capsys, 'normalize', 'x')
    assert code==2 and 'No space left on device; make room' in err

@pytest.mark.parametrize('where,words', [('latexocr.use.browser.build_page', ['app','--out']), ('latexocr.tex.word.to_docx', ['predict','x.png','--to','docx','--out']),
    ('pathlib.Path.mkdir', ['visualize','x.png','--out'])])
def test_a_full_disk_is_named_with_what_helps(capsys, tmp_path, monkeypatch, ocr, where, words):
    "By what the user calls it, wherever the disk has filled up"
    monkeypatch.chdir(tmp_path)
    Image.effect_noise((40,20), 99).save('x.png')
    monkeypatch.setattr(LatexOCR, 'from_pretrained', lambda *_: ocr)
    monkeypatch.setattr(ocr.__class__, '__call__', lambda self, pictures, *_, **__: [Prediction(None, 'a', ['a'], [1.], 1., [], True)])
    def full(*_, **__): raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    monkeypatch.setattr(where, full)
    code,err = said(capsys, *words, 'new')
    assert code==2 and 'new: No space left on device; make room, and call it again' in err

@pytest.mark.parametrize('before', [None,'x+1\n'])
def test_mine_on_a_full_disk(capsys, tmp_path, monkeypatch, before):
    "Half of the formulas were left, and nothing said what helps; now there are none, or those of the last call"
    monkeypatch.chdir(tmp_path)
    Path('a.tex').write_text('$x^2$ and $y^2$')
    if before: Path('q').write_text(before)
    real = Path.write_text
    def full(self, text, *_, **__): real(self, text[:3]); raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    monkeypatch.setattr(Path, 'write_text', full)
    assert said(capsys, 'mine', 'a.tex', '--out', 'q')==(2, 'latexocr: cannot write q: No space left on device; make room, and call it again\n')
    assert sorted(os.listdir())==['a.tex','q'][:1+bool(before)] and (not before or Path('q').read_text()==before)

@pytest.mark.skipif(not hasattr(os, 'mkfifo'), reason='no pipes with names here')
def test_mine_into_a_pipe(tmp_path):
    "A pipe and a link stay what they are"
    (tmp_path/'a.tex').write_text('$x^2$'); os.mkfifo(tmp_path/'pipe')
    with subprocess.Popen(['cat', tmp_path/'pipe'], stdout=subprocess.PIPE) as cat:
        assert main(['mine', str(tmp_path/'a.tex'), '--out', str(tmp_path/'pipe')])==0 and cat.communicate(timeout=20)[0]==b'x^2\n'
    os.symlink('there', tmp_path/'link')
    assert main(['mine', str(tmp_path/'a.tex'), '--out', str(tmp_path/'link')])==0 and (tmp_path/'link').is_symlink() and (tmp_path/'there').read_text()=='x^2\n'

def test_a_blank_picture_keeps_its_name(ocr, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Image.new('L', (40,20), 255).save('is', 'PNG')
    with pytest.raises(PictureError, match='^is: there is nothing on this picture$'): ocr('is')

@pytest.mark.parametrize('kind', ['TIFF','PDF','GIF'])
def test_a_blank_first_page_is_not_all(capsys, ink, run, kind):
    "It said that nothing was on this picture; a blank picture alone is just that, and so is an array"
    blank,file = Image.new('L', (60,20), 255),run.parent/f'a.{kind.lower()}'
    def read(*more):
        blank.save(file, kind, save_all=True, append_images=more)
        return said(capsys, 'predict', file, '--weights', run)
    assert read()==(1, f'latexocr: {file}: there is nothing on this picture\n')
    line = 'there is nothing on this picture, the first of 3 pages, and the others are not read: save the page with the formula by itself\n'
    assert read(Image.open(ink), Image.new('L', (60,20), 254))==(1, f'latexocr: {file}: {line}')

def test_a_home_and_addresses_that_hold_the_picture(capsys, monkeypatch, ocr, run, ink, tmp_path):
    "As pasted from a shell or a web page: they were files that are not there, the second with its whole text"
    from latexocr.use.many import _absolute
    for o in ('HOME','USERPROFILE'): monkeypatch.setenv(o, str(tmp_path))
    address = 'data:image/png;base64,'+base64.b64encode(ink.read_bytes()).decode()
    assert ocr('~/ink.png').latex==ocr(Path('~/ink.png')).latex==ocr(address).latex==ocr(ink).latex
    with pytest.raises(PictureError, match='^~/none.png cannot be read: No such file'): ocr('~/none.png')
    assert _absolute('~/ink.png')==str(ink) and _absolute(address)==address
    read = lambda *words: (main(['predict', *words, '--json', '--weights', '~/run']), capsys.readouterr())
    code,(out,err) = read('~/ink.png', address)
    assert code==0 and [json.loads(o)['file'] for o in out.splitlines()]==[str(ink),'data:image/png;base64,…']
    code,(out,err) = read(address[:-9])
    assert code==1 and err=='latexocr: data:image/png;base64,… is cut off or damaged: copy it again, to its end\n'

def test_a_page_is_named_as_one(ocr):
    "Twenty lines of words: refused before they are read"
    import matplotlib
    font = ImageFont.truetype(f'{matplotlib.get_data_path()}/fonts/ttf/DejaVuSans.ttf', 12)
    page = Image.new('L', (440,440), 255)
    words = 'We suppose that the field is small near the boundary of all states'
    ImageDraw.Draw(page).multiline_text((20,20), '\n'.join([words]*20), font=font, fill=0, spacing=6)
    with pytest.raises(PictureError, match='a page of 20 lines, not one formula'): ocr(page)

@pytest.mark.skipif(not hasattr(os, 'fork'), reason='no fork')
def test_a_forked_child_says_what_to_do(ocr):
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        if not (pid := os.fork()):
            try: ocr(np.full((20,20), 255, np.uint8)); os._exit(1)
            except RuntimeError as e: os._exit(0 if 'spawn' in str(e) else 2)
            except BaseException: os._exit(3)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])==0
    finally: torch.set_num_threads(before)

# --- what a second look found, see the rows 16 to 20 of tools/bench/what_if.py

@pytest.fixture
def run(ocr, tmp_path):
    "A folder of weights that read"
    from latexocr.decoder import save_pretrained
    save_pretrained(ocr.model, tmp_path/'run', ocr.vocab)
    Image.new('L', (40,20), 255).save(tmp_path/'a.png')
    return tmp_path/'run'

def changed(run, name, f):
    (run/name).write_bytes(f((run/name).read_bytes()))
    return run

def test_pdf_files_say_what_is_wrong(capsys, run):
    pdf = pytest.importorskip('what_if').pdf
    lock = '/Encrypt << /Filter /Standard /V 1 /R 2 /O (abcdefghijklmnopqrstuvwxyzabcdef) /U (abcdefghijklmnopqrstuvwxyzabcdef) /P -4 >> /ID [<01> <01>]'
    for data,why in ((b'%PDF-1.4\n', 'it is damaged'), (pdf(0), 'it has no pages'), (pdf(1, trailer=lock), 'locked with a password'), (pdf(0), 'it has no pages')):
        (run/'a.pdf').write_bytes(data)
        code,err = said(capsys, 'predict', run/'a.pdf', '--weights', run)
        assert code==1 and 'a.pdf cannot be read: ' in err and why in err

def test_weights_of_whole_numbers(capsys, run):
    from safetensors.torch import load_file, save_file
    save_file({k:v.int() for k,v in load_file(run/'model.safetensors').items()}, run/'model.safetensors')
    code,err = said(capsys, 'predict', run.parent/'a.png', '--weights', run)
    assert code==2 and "doesn't fit config.json" in err

def test_weights_that_overflow(capsys, run):
    from safetensors.torch import load_file, save_file
    weights = load_file(run/'model.safetensors')
    save_file({k: v.clone().fill_(3e38) if v.ndim>1 else v for k,v in weights.items()}, run/'model.safetensors')
    Image.fromarray(np.tile(np.arange(60, dtype=np.uint8)*4, (20,1))).save(run/'a.png')
    code,err = said(capsys, 'predict', run/'a.png', '--weights', run)
    assert code==1 and 'not a number: they are damaged' in err

def test_control_codes_in_a_vocabulary(capsys, run):
    code,err = said(capsys, 'predict', run.parent/'a.png', '--weights', changed(run, 'vocab.txt', lambda o: o.replace(b'a\n', b'\x1b[31m\n')))
    assert code==2 and 'vocab.txt' in err

@pytest.mark.parametrize('value', ['[]', '[1, 2]', '"x"', '{}', '-1', '0', 'NaN', '1e30'])
def test_a_calibration_of_anything(capsys, run, value):
    code,err = said(capsys, 'predict', run.parent/'a.png', '--weights', changed(run, 'config.json', lambda o: o.rstrip()[:-1]+b', "calibration": {"temperature": %s}}' % value.encode()))
    assert code==2 and 'calibration' in err

@pytest.mark.parametrize('text', ['', '[]', 'null', '\x80'])
def test_damaged_notes_of_a_run(text, tmp_path):
    from latexocr.use.model_commands import UsageError, run_notes, trained_on
    from latexocr.scoring.run import read_scores
    for name in ('run.json','scores.json'): (tmp_path/name).write_text(text, encoding='latin1')
    with pytest.raises(UsageError, match='run.json is damaged'): run_notes(tmp_path)
    with pytest.raises(ValueError, match='scores.json is damaged'): read_scores(tmp_path)
    (tmp_path/'run.json').write_text('{"data": 5}')
    with pytest.raises(UsageError, match='name the dataset'): trained_on(tmp_path)

def test_a_narrow_encoding(capsys, monkeypatch):
    from argparse import Namespace
    from latexocr.use import picture_commands
    monkeypatch.setattr(sys, 'stdout', io.TextIOWrapper(io.BytesIO(), encoding='ascii'))
    args = Namespace(n_best=None, to='text', json=False, or_latex=False, wrap=None)
    (_,form,refused), = picture_commands.read_forms('a.png', Namespace(latex=r'\alpha+1'), args)
    assert form is None and refused and capsys.readouterr().err.endswith("'\\u03b1' cannot be written in ascii: set PYTHONIOENCODING=utf-8\n")

def test_a_folder_that_is_gone(capsys, tmp_path, monkeypatch):
    (tmp_path/'gone').mkdir(); monkeypatch.chdir(tmp_path/'gone')
    if os.name!='posix': pytest.skip('it cannot be removed')
    (tmp_path/'gone').rmdir()
    assert said(capsys, 'completion', 'bash')==(2, 'latexocr: this folder has been removed: change to another one\n')

def test_no_home(monkeypatch):
    from latexocr.use.browser import PageError, kept_page
    with pytest.raises(PageError, match='set HOME'): kept_page(cache='~/.cache/latexocr')

def test_ctrl_c_while_it_is_loaded(capsys, monkeypatch):
    import builtins
    from latexocr import __main__
    real = builtins.__import__
    monkeypatch.setattr(builtins, '__import__', lambda name, *o: (_ for _ in ()).throw(KeyboardInterrupt) if name=='latexocr.cli' else real(name, *o))
    assert __main__.main()==2 and capsys.readouterr().err=='latexocr: stopped\n'

LATE = """
import signal, sys, time, latexocr.cli
from latexocr import __main__
signal.signal(signal.SIGINT, signal.default_int_handler)
class Late:
    def __del__(self): signal.raise_signal(signal.SIGINT); time.sleep(0)
def command(late=Late):
    try: late = late(); del late; time.sleep(30)
    except KeyboardInterrupt: print('latexocr: stopped', file=sys.stderr); return 2
latexocr.cli.main = command
sys.exit(__main__.main())
"""
def test_ctrl_c_where_python_ignores_it():
    done = subprocess.run([sys.executable, '-c', LATE], capture_output=True, text=True, timeout=25)
    assert (done.returncode,done.stderr)==(2,'latexocr: stopped\n')

HURRIED = """
import signal, sys, time, latexocr.cli
from latexocr import __main__
def command():
    try: signal.raise_signal(signal.SIGTERM); time.sleep(30)
    except KeyboardInterrupt:
        for o in (signal.SIGTERM,signal.SIGHUP): signal.raise_signal(o)             # while the first is being obeyed
        print('latexocr: stopped', file=sys.stderr); return 2
latexocr.cli.main = command
sys.exit(__main__.main())
"""
FORKED = """
import time
from latexocr import __main__
from latexocr.core import process_pool
__main__._listen()
with process_pool(2, method='fork') as pool: pool.submit(time.sleep, 60); time.sleep(.5); raise SystemExit(2)
"""
@pytest.mark.skipif(os.name=='nt', reason='Windows has no such signals')
@pytest.mark.parametrize('code,said', [(HURRIED,'latexocr: stopped\n'), (FORKED,'')])
def test_a_system_that_shuts_down(code, said):
    "SIGTERM ends a command as Ctrl-C does, a second signal breaks nothing off, and helper processes end at once"
    before = 'import signal; signal.signal(signal.SIGHUP, signal.SIG_DFL)\n'          # nohup may have started these tests
    done = subprocess.run([sys.executable, '-c', before+code], capture_output=True, text=True, timeout=25)
    assert (done.returncode,done.stderr)==(2,said)

@pytest.mark.parametrize('package', ['pypdfium2','torch'])
def test_a_package_is_missing(package, tmp_path):
    Image.new('L', (40,20), 255).save(tmp_path/'a.png')
    code = f"import sys; sys.modules[{package!r}] = None\nfrom latexocr.__main__ import main; sys.exit(main())"
    done = subprocess.run([sys.executable, '-c', code, 'predict', 'a.png'], cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode==2 and done.stderr.startswith(f'latexocr: predict needs the package {package}, which cannot be imported (') and done.stderr.count('\n')==1

def test_numbers_that_another_program_has_left(monkeypatch):
    from latexocr.training.together import launched, started_again
    monkeypatch.setenv('TORCHELASTIC_RUN_ID', 'x')
    for o in ('RANK','WORLD_SIZE'): monkeypatch.delenv(o, raising=False)
    assert launched()==(0,1) and not started_again()
    monkeypatch.delenv('TORCHELASTIC_RUN_ID'); monkeypatch.setenv('RANK', '3'); monkeypatch.setenv('WORLD_SIZE', '5')
    assert launched()==(0,1)

# --- conditions of the machine: closed streams, limits, full disks

@pytest.fixture
def small_files():
    "Files of 20 kB at most, as under `ulimit -f 20`"
    resource,_ = pytest.importorskip('resource'),needs('system')
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)

def test_tex_without_room(small_files):
    "The formulas are not to blame, and none is lost: it said that TeX made no page of them"
    from latexocr.render import render
    with pytest.raises(OSError, match='File too large') as e: render(['x+1'])
    assert 'latexocr-' in e.value.filename

def test_no_room_for_a_probe(monkeypatch):
    "A full TMPDIR is not a missing TeX"
    from latexocr import render
    def full(*_, **__): raise OSError(errno.ENOSPC, 'No space left on device', '/tmp/latexocr-x')
    monkeypatch.setattr(render, 'run_tex', full); render._probe.cache_clear()
    try:
        with pytest.raises(OSError, match='No space left'): render.find_engine()
    finally: render._probe.cache_clear()

def test_a_file_too_large_is_named(small_files, ocr, tmp_path):
    from latexocr.decoder import save_pretrained
    with pytest.raises(OSError) as e: save_pretrained(ocr.model, tmp_path/'run', ocr.vocab)
    assert e.value.filename.endswith('model.safetensors')

CLOSED = """import os, sys
for fd in {fds}: os.close(fd)
for fd,name in enumerate(('stdin','stdout','stderr')):
    if fd in {fds}: setattr(sys, name, None)
from latexocr.cli import main
code = main(['predict', 'a.tiff', 'b.png', *sys.argv[1:]])
os.write(int(os.environ['SAY']), f'{{code}} {{[os.path.sameopenfile(o, o) for o in range(3)]}}'.encode())"""
@pytest.mark.parametrize('fds', [(0,2), (0,1,2), (1,)])
def test_closed_streams(fds, run, tmp_path):
    "`<&- 2>&-`: a TIFF could not be read, and a file of ours could become the terminal"
    image = Image.fromarray(np.tile(np.arange(60, dtype=np.uint8)*4, (20,1)))
    image.save(tmp_path/'a.tiff'); image.save(tmp_path/'b.png')
    with open(tmp_path/'said', 'wb') as f:
        subprocess.run([sys.executable, '-c', CLOSED.format(fds=fds), '--weights', str(run)], cwd=tmp_path, timeout=120, pass_fds=[f.fileno()],
                       capture_output=True, env=os.environ|dict(SAY=str(f.fileno())))
    assert (tmp_path/'said').read_text()=='0 [True, True, True]'

def test_a_closed_stdin_among_pictures(capsys, monkeypatch, run):
    "The others are read"
    monkeypatch.setattr(sys, 'stdin', None)
    code = main(['predict', str(run.parent/'a.png'), '-', str(run.parent/'none.png'), '--json', '--weights', str(run)])
    out,err = capsys.readouterr()
    assert code==1 and len(out.splitlines())==3 and len(err.splitlines())==3 and '-: standard input is closed' in err
    (run/'a.tex').write_text('$x+1$')
    assert main(['mine', str(run/'a.tex'), '-', '--out', str(run/'q')])==1 and (run/'q').read_text()=='x+1\n'

@pytest.mark.skipif(not os.path.exists('/dev/full'), reason='Linux has one')
def test_a_full_stderr(capsys, monkeypatch, run):
    "Complaints are lost, readings are not"
    full = open('/dev/full', 'w')
    monkeypatch.setattr(sys, 'stderr', full)
    code = main(['predict', str(run.parent/'none.png'), str(run.parent/'a.png'), '--json', '--weights', str(run)])
    monkeypatch.undo()
    with suppress(OSError): full.close()
    assert code==1 and len(capsys.readouterr().out.splitlines())==2

def test_matplotlib_without_a_home(tmp_path):
    "It wrote three lines about its cache into a training's"
    code = "from latexocr.cli import main; main(['completion', 'bash']); import matplotlib; print(matplotlib.get_configdir())"
    env = {k:v for k,v in os.environ.items() if k not in ('MPLCONFIGDIR','XDG_CONFIG_HOME','XDG_CACHE_HOME')}
    done = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, timeout=120, env=env|dict(HOME='/proc/none', TMPDIR=str(tmp_path)))
    assert done.returncode==0 and not done.stderr and str(tmp_path) in done.stdout

def test_a_document_with_the_longest_name(tmp_path):
    "The name it had for a moment was longer than names may be"
    from latexocr.tex.word import to_docx
    longest = tmp_path/('x'*250+'.docx')
    try: longest.touch()
    except OSError: pytest.skip('names are shorter here')
    assert to_docx(['x'], longest).stat().st_size>0

@pytest.fixture
def ink(tmp_path):
    "A picture with something on it"
    Image.fromarray(np.tile(np.arange(60, dtype=np.uint8)*4, (20,1))).save(tmp_path/'ink.png')
    return tmp_path/'ink.png'

@pytest.mark.skipif(sys.platform!='linux', reason='elsewhere names are UTF-8')
def test_names_that_are_not_utf8(monkeypatch, ink, run, tmp_path):
    "As under LANG=C with Greek in a name: pyarrow, safetensors and torch's exporter open none of them, and it was called a damaged file"
    import pyarrow as pa
    from latexocr.core import write_parquet
    from latexocr.data import read_table, table_about
    odd = Path(os.fsdecode(os.fsencode(tmp_path)+b'/\xff')); odd.mkdir()
    table = pa.table(dict(latex=['x'])).replace_schema_metadata({'latexocr':'{"a": 1}'})
    write_parquet(table, odd/'a.parquet')
    assert read_table(odd/'a.parquet')==table and table_about(odd/'a.parquet')=={'a':1} and os.listdir(odd)==['a.parquet']
    said = io.TextIOWrapper(io.BytesIO(), encoding='utf-8'); monkeypatch.setattr(sys, 'stdout', said)
    assert main(['export', '--weights', str(run), '--out', str(odd/'graphs')])==0
    shutil.copytree(run, odd/'run')
    for o in ('run','graphs'): assert main(['predict', str(ink), '--json', '--weights', str(odd/o)])==0
    said.flush(); line,a,b = said.buffer.getvalue().splitlines(); monkeypatch.undo()
    assert b'\xff' in line and json.loads(a)['latex']==json.loads(b)['latex']

def test_no_helper_can_be_started(capsys, monkeypatch, ink, run):
    "`ulimit -n 16`: none of sixty pictures was read"
    from contextlib import contextmanager
    from latexocr.use import many
    class Full:
        def submit(self, *_): raise OSError(errno.EMFILE, 'Too many open files')
    @contextmanager
    def helpers(jobs, args): yield Full(),1
    monkeypatch.setattr(many, '_helpers', helpers)
    assert main(['predict', *[str(ink)]*20, '--jobs', '2', '--weights', str(run), '--json'])==0
    out,err = capsys.readouterr()
    assert len(out.splitlines())==20 and 'no other process can help: Too many open files; allow more' in err and 'one process reads' in err

def test_packages_that_do_not_fit_into_memory():
    "`ulimit -v 300000` said that the package _C is needed"
    from latexocr.cli import _explain
    said = _explain(ImportError('libtorch_cpu.so: failed to map segment from shared object', name='_C'), 'predict')
    assert said.startswith('predict: out of memory while packages are loaded, see `ulimit -v`')

NPM = """npm error code ENOTFOUND
npm error syscall getaddrinfo
npm error errno ENOTFOUND
npm error network request to https://registry.npmjs.org/temml failed, reason: getaddrinfo ENOTFOUND registry.npmjs.org
npm error A complete log of this run can be found in: /nowhere
"""
def test_npm_without_a_network(monkeypatch, tmp_path):
    "It gave no reason, or was waited for until nobody knew this kind of error"
    from latexocr.use import browser
    monkeypatch.setattr(browser.shutil, 'which', lambda _: 'npm')
    def late(*_, **how): raise subprocess.TimeoutExpired('npm', how['timeout'])
    for answer,words in ((late,'npm had no answer for 60 seconds'), (lambda *_, **__: subprocess.CompletedProcess([], 1, '', NPM),'network request to https')):
        monkeypatch.setattr(browser.subprocess, 'run', answer)
        with pytest.raises(browser.PageError, match=words): browser.fetch_package('temml', tmp_path)

def test_a_report_names_any_folder(tmp_path, monkeypatch):
    from latexocr.scoring import report
    monkeypatch.setattr(report, 'report_html', lambda name: name)
    report.write_report(tmp_path/'a.html', '\udcce')
    assert (tmp_path/'a.html').read_text(encoding='utf-8')=='\\udcce'

@pytest.mark.parametrize('command', ['render f.txt --out','import pics --out','build --config small --out','train --config small --out','visualize x.png --out',
    'export --out','app --static --out','download im2latex-100k --out','evaluate --results','demo --out','demo --data','im2latex --out','label t.parquet --out'])
def test_a_folder_that_cannot_be_written_into(command, capsys, tmp_path, monkeypatch):
    "It is said before the work, whatever is wrong with the rest of the call"
    (tmp_path/'file').write_text('mine')
    (tmp_path/'locked').mkdir()
    real = os.access
    monkeypatch.setattr(os, 'access', lambda path,*o,**k: 'locked' not in str(path) and real(path, *o, **k))    # root may write anywhere
    for name,why in (('file','is a file, name a folder'), ('file/x','is a file, name a folder'), ('locked','it is read-only'), ('locked/a/b','locked is read-only')):
        assert main([*command.split(), str(tmp_path/name)])==2
        err = capsys.readouterr().err
        assert err.startswith(f'latexocr: cannot write into {tmp_path/name}: ') and why in err and err.count('\n')==1
    assert (tmp_path/'file').read_text()=='mine' and not any((tmp_path/'locked').iterdir())
