"The command line as a user meets it: exit codes, one clear line, never a traceback"
import csv, io, json, os, re, shutil, signal, struct, subprocess, sys, time, zlib
import pytest
from PIL import Image
from conftest import TINY_MODEL

TINY = """
[data]
batch_pixels = 60_000
"""+TINY_MODEL+"""epochs = 2
"""

def latexocr(*args, stdin=b'', cwd=None, before=''):
    "Run the command in a process of its own, after the Python code `before`"
    p = subprocess.run([sys.executable, '-c', before+'import sys; from latexocr.cli import main; sys.exit(main())', *map(str, args)],
                       input=stdin, capture_output=True, cwd=cwd, timeout=300)
    out,err = p.stdout.decode(),p.stderr.decode()
    assert 'Traceback' not in err+out and 'not a known kind' not in err and '\r' not in err.replace('\r\n', '\n'), err    # no bar either
    return p.returncode,out,err

@pytest.fixture(scope='module')
def run(tmp_path_factory):
    "A tiny model trained from the shell: folder with tiny.toml, data/tiny, results/tiny"
    root = tmp_path_factory.mktemp('run')
    (root/'tiny.toml').write_text(TINY)
    code,out,err = latexocr('build', '--config', 'tiny.toml', cwd=root)
    assert code==0 and '50 train, 30 val, 30 test' in out and not err, err
    code,out,err = latexocr('train', '--config', 'tiny.toml', '--out', 'results/tiny', cwd=root)
    assert code==0 and not err, err
    return root

@pytest.fixture(scope='module')
def picture(run):
    "One picture of the small set"
    from latexocr.data import FormulaDataset
    FormulaDataset(run/'data/tiny', 'train').image(3).save(run/'picture.png')
    return run/'picture.png'

def test_help():
    for args in ([], *([c] for c in ('normalize','mine','render','download','build','train','evaluate','predict','visualize','app','export','completion','label','demo','im2latex'))):
        code,out,err = latexocr(*args, '--help')
        assert code==0 and 'usage: latexocr' in out and not err and out.isascii()        # LANG=C shows it, too
    assert latexocr('--version')[1].startswith('latexocr 0.')

@pytest.mark.parametrize('terminal,quiet,bar', [(True,False,True), (True,True,False), (False,False,False)])
def test_bars_are_for_terminals(tmp_path, monkeypatch, terminal, quiet, bar):
    "A log file of `latexocr build` was full of them"
    from latexocr.cli import main
    monkeypatch.chdir(tmp_path)
    err = io.StringIO(); err.isatty = lambda: terminal
    for o in ('f.txt','g.txt'): (tmp_path/o).write_text(f'x^{o[0]}\n')
    (tmp_path/'a.toml').write_text('[data]\ntrain = "f.txt"\nval = "g.txt"\n')
    monkeypatch.setattr(sys, 'stderr', err)
    assert main(['build', '--config', 'a.toml', '--out', 'd', *['--quiet']*quiet])==0 and ('draw: ' in err.getvalue())==bar==bool(err.getvalue())

def test_unusable_calls(run, picture):
    "Exit code 2, nothing on stdout, one line on stderr that names the problem"
    (run/'bad.toml').write_text('[training]\nepochz = 3\n')
    (run/'vocabless').mkdir(exist_ok=True)
    for args,word in ((['predict', picture, '--weights', 'nowhere'], 'nowhere'),
        (['predict', picture, '--weights', 'vocabless'], 'config.json'), (['train','--config','bad.toml','--out','x'], "did you mean 'epochs'"),
        (['train','--config','tiny.toml','--out','x','--data','nowhere'], 'no dataset'), (['evaluate','--results','nowhere','--data','data/tiny'], 'nowhere'),
        (['train','--config','tiny.toml','--out','results/tiny'], '--resume'), (['train','--config','tiny.toml','--out','y','--resume'], 'nothing to resume'),
        (['render','nowhere.txt','--out','z'], 'nowhere.txt'), (['build','--config','tiny'], 'no config')):
        code,out,err = latexocr(*args, cwd=run)
        assert code==2 and out=='' and word in err and len(err.strip().split('\n'))==1, (args, code, err)

def test_wrong_weights(run, picture, capsys):
    "Corrupt or foreign weights are refused with a word, not a traceback"
    from latexocr.cli import main
    def weights(name, change):
        d = run/name; shutil.copytree(run/'results/tiny', d, dirs_exist_ok=True); change(d); return d
    config = lambda d,**kw: (d/'config.json').write_text(json.dumps({**json.loads((d/'config.json').read_text()), **kw}))
    for d in (weights('w1', lambda d: (d/'model.safetensors').write_bytes(b'\x80\x04pickle')),
              weights('w2', lambda d: (d/'model.safetensors').write_bytes((d/'model.safetensors').read_bytes()[:5000])),
              weights('w3', lambda d: (d/'config.json').write_text('{')),
              weights('w4', lambda d: config(d, normalize='99')),
              weights('w5', lambda d: config(d, model=dict(vocab_size=10**9))), weights('w8', lambda d: config(d, temperature=float('nan'))),
              weights('w9', lambda d: config(d, model=dict(vocab_size=161, channels=[2000]*4))), weights('w10', lambda d: config(d, model=dict(heads=-4))),
              weights('w6', lambda d: (d/'vocab.txt').write_text('_PAD\n_START\n_END\n_UNK\nx\n')),
              weights('w7', lambda d: (d/'vocab.txt').unlink()), weights('w11', lambda d: config(d, calibration='high')),
              weights('w12', lambda d: config(d, calibration=dict(temperature=0))), weights('w13', lambda d: (d/'model.safetensors').write_bytes(b'')),
              weights('w14', lambda d: (d/'model.safetensors').unlink()), weights('w15', lambda d: (d/'config.json').write_text('[]')),
              weights('w16', lambda d: (d/'vocab.txt').write_bytes(b'\xff\xfe'))):
        code,(out,err) = main(['predict', str(picture), '--weights', str(d)]),capsys.readouterr()
        assert code==2 and not out and len(err.strip().split('\n'))==1 and d.name in err and 'not a known kind' not in err, err

def flaws(err):
    "What a reader that has learnt next to nothing may say of its own readings"
    return all(o.startswith('latexocr: ') and (': unfinished: ' in o or ': not LaTeX: ' in o or re.search(r': only [0-5] % confident that every token is right$', o)) for o in err.splitlines())

def test_predict(run, picture):
    code,out,err = latexocr('predict', picture, '--weights', 'results/tiny', cwd=run)
    assert code==0 and len(out.split('\n'))==2 and flaws(err)
    code,again,_ = latexocr('predict', '-', '--weights', 'results/tiny', stdin=picture.read_bytes(), cwd=run)
    assert again==out                                                            # standard input, and the same answer every time
    code,many,_ = latexocr('predict', picture, picture, '--weights', 'results/tiny', cwd=run)
    assert many==f'{picture}\t{out}'*2
    code,nbest,_ = latexocr('predict', picture, '--n-best', 3, '--weights', 'results/tiny', cwd=run)
    assert len(nbest.strip().split('\n'))==3

def test_many_pictures(run, picture):
    "A folder, a pattern, and the same lines as one by one"
    folder = run/'some [pictures]'; folder.mkdir(exist_ok=True)
    for n in ('b.png','a.png'): shutil.copy(picture, folder/n)
    (folder/'notes.txt').write_text('no picture')
    _,one,_ = latexocr('predict', picture, '--weights', 'results/tiny', cwd=run)
    code,out,err = latexocr('predict', folder, 'pict*.png', '--weights', 'results/tiny', cwd=run)
    assert code==0 and flaws(err) and out==''.join(f'{n}\t{one}' for n in (folder/'a.png', folder/'b.png', 'picture.png'))

def test_clipboard(run, picture, monkeypatch, capsys):
    from PIL import ImageGrab
    from latexocr.cli import main
    args = ['predict','--clipboard','--weights',str(run/'results/tiny')]
    def read(held):
        if isinstance(held, Exception): monkeypatch.setattr(ImageGrab, 'grabclipboard', lambda: (_ for _ in ()).throw(held))
        else: monkeypatch.setattr(ImageGrab, 'grabclipboard', lambda: held)
        return main(args), *capsys.readouterr()
    code,out,err = read(Image.open(picture))
    assert code==0 and flaws(err) and read([str(picture)])[:2]==(code,out)           # a picture, or files that were copied
    assert read(None)==(1, '', 'latexocr: clipboard: the picture is empty\n')
    assert read(NotImplementedError('wl-paste or xclip is required'))[::2]==(2, 'latexocr: the clipboard cannot be read: wl-paste or xclip is required\n')

def png_header(w, h):
    "A PNG file that claims to be large"
    chunk = lambda kind,data: struct.pack('>I', len(data))+kind+data+struct.pack('>I', zlib.crc32(kind+data))
    return b'\x89PNG\r\n\x1a\n'+chunk(b'IHDR', struct.pack('>IIBBBBB', w, h, 8, 0, 0, 0, 0))+chunk(b'IDAT', zlib.compress(b'\0'*99))+chunk(b'IEND', b'')

def bad_pictures(good):
    "Name -> bytes of a file that can't be read as a formula"
    def saved(kind, image=Image.open(io.BytesIO(good)), **options):
        f = io.BytesIO(); image.save(f, kind, **options)
        return f.getvalue()
    bad = {f'cut.{kind}': saved(kind, Image.open(io.BytesIO(good)).convert('RGB'))[:120] for kind in ('png','jpeg','gif','bmp','tiff','webp','jpeg2000','pdf')}
    for n in (1,8,16,33,50,len(good)//2): bad[f'first {n} bytes.png'] = good[:n]
    damaged = bytearray(good); damaged[len(good)//2] ^= 255
    bad |= {'damaged.png':bytes(damaged), 'empty.png':b'', 'empty.pdf':b'', 'text.png':b'hello', 'page.html':b'<html><body>404</body></html>', 'zeros.png':bytes(999),
            'loop.png':b'%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 99 99\n{ } loop\n',                     # a program, never to be run
            'vector.svg':b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', 'archive.zip':b'PK\x03\x04'+bytes(60), 'sound.wav':b'RIFF\0\0\0\0WAVEfmt '+bytes(20),
            'wide.png':png_header(2**31-1, 1), 'huge.png':png_header(60_000, 60_000), 'none.png':png_header(0, 5), 'short of rows.png':png_header(3000, 3000),
            'bomb.png':saved('PNG', Image.new('1', (9000,9000))), 'bomb.gif':saved('GIF', Image.new('P', (8000,8000))), 'weights.png':b'\x80\x04pickle',
            'page.pdf':b'%PDF-1.4 and nothing else', 'large.pdf':saved('PDF', Image.new('1', (300,300)), resolution=.1)}
    for name,shade in dict(white=255, black=0, grey=128).items(): bad[f'{name}.png'] = saved('PNG', Image.new('L', (60,40), shade))
    bad |= {'clear.png':saved('PNG', Image.new('RGBA', (60,40), (0,0,0,0))), 'one.png':saved('PNG', Image.new('L', (1,1), 0)), 'faint.png':saved('PNG', Image.linear_gradient('L').point(lambda p: 250+p//64))}
    return bad

def test_bad_pictures(run, picture, capsys):
    "Each bad picture is one line on stderr; the good ones are still read; exit code 1"
    from latexocr.cli import main
    from latexocr.use.picture_commands import ROW
    folder = run/'bad'; (folder/'a folder').mkdir(parents=True, exist_ok=True)
    bad = bad_pictures(picture.read_bytes())
    for name,data in bad.items(): (folder/name).write_bytes(data)
    os.symlink('round', folder/'round')                                        # a link to itself
    names = [*(str(folder/o) for o in (*bad,'a folder','round','missing.png')), 'x'*5000, 'nul\0.png']
    assert len(names)>=40
    every = [str(picture), *names[:20], str(picture), *names[20:], str(picture)]
    code = main(['predict', *every, '--json', '--weights', str(run/'results/tiny')])
    out,err = capsys.readouterr()
    rows,lines = [json.loads(o) for o in out.strip().split('\n')],[o for o in err.strip().split('\n') if not flaws(o)]
    assert code==1 and [o['file'] for o in rows]==every
    assert [o['file'] for o in rows if o['error'] is None]==[str(picture)]*3, err
    assert len(lines)==len(names) and all(' '.join(n.split()).replace('\0', '\\x00') in o and 'Error' not in o for n,o in zip(names, lines)), err
    assert {'file','latex','tokens','probs','confidence','alternatives','error'} <= set(rows[0]) and 0<=rows[0]['confidence']<=1
    assert all(list(o)==ROW for o in rows)                                 # those of pictures that could not be read, too
    assert f'latexocr: no pictures in {folder/"a folder"} (.png .apng ' in err
    code,out,err = latexocr('predict', *every[:4], '--weights', 'results/tiny', cwd=run)   # and in a process of its own
    assert code==1 and len(out.split('\n'))==2 and len([o for o in err.strip().split('\n') if not flaws(o)])==3

NO_POWERS = ('import ctypes; libc = ctypes.CDLL(None, use_errno=True); '                # Linux: root without its powers minds modes too
             'assert not libc.capset((ctypes.c_uint32*2)(0x20080522, 0), (ctypes.c_uint32*6)()), ctypes.get_errno(); ')

@pytest.mark.skipif(os.name=='nt' or (os.geteuid()==0 and sys.platform!='linux'), reason='nothing is unreadable here')
def test_unreadable(run, picture):
    "A file that may not be read is one line, and the next one is read"
    secret = run/'secret.png'; shutil.copy(picture, secret); secret.chmod(0)
    code,out,err = latexocr('predict', secret, picture, '--json', '--weights', 'results/tiny', cwd=run, before=NO_POWERS if os.geteuid()==0 else '')
    assert code==1 and [o for o in err.strip().split('\n') if not flaws(o)]==[f'latexocr: {secret} cannot be read: Permission denied'], err
    assert [json.loads(o)['error'] is None for o in out.strip().split('\n')]==[False,True]

@pytest.mark.skipif(not hasattr(os, 'mkfifo'), reason='names and pipes of Unix')
def test_odd_names(run, picture, tmp_path):
    "Names that no terminal can show, and pipes: one line each, the others are read, TSV and JSON stay valid"
    names = [b'a\tb.png', b'a\nb.png', b'\x1b[31mred.png', b'\xff\xfe.png', '∫𝕏.png'.encode(), b'plain.png']
    for o in names: shutil.copy(picture, os.path.join(os.fsencode(tmp_path), o))
    os.mkfifo(tmp_path/'pipe.png')
    for code in ('cp1252','utf-8'):
        env = f"import os, sys; [o.reconfigure(encoding={code!r}, errors='strict') for o in (sys.stdout, sys.stderr)]; "
        call = lambda *args: subprocess.run([sys.executable, '-c', env+'from latexocr.cli import main; sys.exit(main(sys.argv[1:]))', 'predict', tmp_path, '--weights', run/'results/tiny', *args], capture_output=True, timeout=300)
        p = call()
        lines = p.stdout.decode(code).splitlines()
        assert p.returncode==1 and len(lines)==len(names) and all(o.count('\t')==1 for o in lines) and b'\x1b' not in p.stdout+p.stderr
        assert len([o for o in p.stderr.decode(code).splitlines() if not flaws(o)])==1 and b'pipe.png is not a regular file' in p.stderr
        rows = [json.loads(o) for o in call('--json').stdout.decode(code).splitlines()]
        assert {os.path.basename(os.fsencode(o['file'])) for o in rows}=={*names, b'pipe.png'}
    p = subprocess.run([sys.executable, '-c', 'from latexocr.cli import main; import sys; sys.exit(main(sys.argv[1:]))', 'predict', '/dev/zero', '--weights', run/'results/tiny'], capture_output=True, timeout=100)
    assert p.returncode==1 and p.stderr==b'latexocr: /dev/zero is not a regular file\n'

def test_jobs(run, picture, tmp_path):
    "Several processes read what one reads, in the same order, bad pictures included; bad weights are one line"
    for i in range(40): shutil.copy(picture, tmp_path/f'{i:02}.png')
    (tmp_path/'07.png').write_bytes(b'no picture')
    one,two = (latexocr('predict', tmp_path, '--json', '--jobs', n, '--weights', 'results/tiny', cwd=run) for n in (1,2))
    assert one[0]==two[0]==1 and one[2]==two[2]
    a,b = ([json.loads(o) for o in r[1].splitlines()] for r in (one,two))
    assert [(o['file'],o['latex'],o['error']) for o in a]==[(o['file'],o['latex'],o['error']) for o in b] and len(a)==40
    code,out,err = latexocr('predict', tmp_path, '--jobs', 2, '--weights', 'nowhere', cwd=run)
    assert code==2 and len(err.splitlines())==1

def test_helpers_end_with_a_killed_call(run, picture, tmp_path):
    "kill -9 of a call that shares its pictures leaves no process behind"
    if not os.path.exists('/proc/self/task'): pytest.skip('needs /proc')
    for i in range(400): os.link(picture, tmp_path/f'{i:03}.png')
    p = subprocess.Popen([sys.executable, '-c', 'import sys; from latexocr.cli import main; sys.exit(main())', 'predict', tmp_path, '--jobs', '2',
                          '--weights', 'results/tiny'], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=run)
    def read(path):
        try: return open(path, 'rb').read()
        except OSError: return b''
    children = lambda: [o.decode() for o in read(f'/proc/{p.pid}/task/{p.pid}/children').split()]
    alive = lambda o: b'spawn_main' in read(f'/proc/{o}/cmdline')
    def wait(until):
        end = time.time()+60
        while not until(): assert time.time()<end; time.sleep(.05)
    try: wait(lambda: any(map(alive, children()))); helpers = [o for o in children() if alive(o)]
    finally: p.kill(); p.wait(20)
    assert p.returncode==-signal.SIGKILL                                # it was not done before
    wait(lambda: not any(map(alive, helpers)))

def test_little_confidence_is_said(capsys):
    "What is no formula is read, too; who asks for the number has it already"
    from argparse import Namespace
    from types import SimpleNamespace
    from latexocr.cli import show_reading
    def said(confidence, **how):
        p = SimpleNamespace(latex='x', tokens=['x'], probs=[.5], confidence=confidence, alternatives=[('x',confidence)], finished=True, flaw=None, scale=1., misfit=None, typeface=None, remark=None)
        assert show_reading('plot.png', p, Namespace(**dict(to='latex', wrap=None, json=False, n_best=None)|how), False)==0
        return capsys.readouterr()
    assert said(.012)==('x\n', 'latexocr: plot.png: only 1 % confident that every token is right\n')
    assert [said(.06).err, said(.01, n_best=2).err, said(.01, json=True).err]==['']*3
    assert json.loads(said(.01, json=True).out)['flaw'] is None

def test_two_formulas_below_each_other(tmp_path, capsys):
    "Both are read, and it is said: on stderr, in JSON, in Python and in a notebook"
    from PIL import Image
    import latexocr
    from latexocr.cli import main
    from latexocr.render import render
    one,other = (o.image for o in render(['E=mc^2', r'\int_0^\infty e^{-ax^2}\,dx=\frac12\sqrt{\frac{\pi}{a}}']))
    both = Image.new('L', (other.width,80), 255)
    both.paste(one, ((other.width-one.width)//2,4)); both.paste(other, (0,26)); both.save(tmp_path/'both.png')
    assert main(['predict', str(tmp_path/'both.png')])==0
    out,err = capsys.readouterr()
    assert 'E=mc^2' in out and r'\sqrt' in out and 'these seem to be 2 formulas' in err, (out,err)
    assert main(['predict', '--json', str(tmp_path/'both.png')])==0
    assert 'these seem to be 2 formulas' in json.loads(capsys.readouterr().out)['remark']
    p = latexocr.LatexOCR.from_pretrained()(both, views=1)                # told to look once, it can only say what is missing
    assert 'is not in this reading' in p.remark and p.confidence<=.05 and p.finished and p.remark in p._repr_html_()

def test_import_of_own_pictures(tmp_path, capsys):
    "A folder with a list becomes a dataset; a bad list is named with its line, and leaves nothing behind"
    from latexocr.cli import main
    from latexocr.render import render
    for i,o in enumerate(render(['x+y','a^2'])): o.image.save(tmp_path/f'{i}.png')
    labels,out = tmp_path/'labels.txt',tmp_path/'set'
    for text,why in (('0.png x\n','line 1'), ('',' no label'), ('0.png\tx\tdev\n',"'dev'"), ('0.png\tx\n0.png\ty\n','line 2: 0.png has another label on line 1')):
        labels.write_text(text)
        assert main(['import', str(tmp_path), '--out', str(out)])==2 and why in capsys.readouterr().err and not out.exists()
    assert main(['import', str(tmp_path/'nope'), '--out', str(out)])==2 and 'No such file' in capsys.readouterr().err
    labels.write_text('0.png\tx+y\n1.png\ta^2\n2.png\tz\n')
    assert main(['import', str(tmp_path), '--out', str(out), '--split', 'test'])==1
    said = capsys.readouterr()
    assert '2 test pictures, 1 no picture' in said.out and said.err==f'latexocr: {tmp_path/"2.png"} cannot be read: No such file or directory\n'

def test_nothing_read():
    "A picture of ink that reads as no formula is a failure, not an empty line"
    import argparse, contextlib
    from types import SimpleNamespace
    from latexocr.cli import show_reading
    out,err = io.StringIO(),io.StringIO()
    p = SimpleNamespace(to='latex', wrap=None, or_latex=False, formulas=[], latex='', tokens=[], probs=[], confidence=.2, alternatives=[('',.2)], finished=True, flaw=None, scale=1., misfit=None, typeface=None, remark=None)
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        assert show_reading('strip.png', p, argparse.Namespace(to='latex', wrap=None, or_latex=False, formulas=[], json=False, n_best=None), True)==1
    assert out.getvalue()=='' and err.getvalue()=='latexocr: strip.png: nothing on it reads as a formula\n'

def test_app_without_its_extra(monkeypatch, capsys):
    from latexocr.cli import main
    monkeypatch.setitem(sys.modules, 'anywidget', None)
    assert main(['app'])==2 and capsys.readouterr().err.endswith("pip install 'latexocr[app]'\n")

def test_evaluate(run):
    code,out,err = latexocr('evaluate', '--results', 'results/tiny', '--split', 'val', '--limit', 5, cwd=run)       # the run knows its dataset
    assert code==0, err
    scores = json.loads((run/'results/tiny/scores.json').read_text())['val']
    assert scores['formulas']==5 and scores['perplexity']>1 and 'image_exact' in scores
    for name in ('formulas_val/ref.txt','formulas_val/hyp_0.txt'): assert len((run/'results/tiny'/name).read_text().split('\n'))==6
    assert len(list((run/'results/tiny/images_val/ref').glob('*.png')))==5

def test_visualize(run, picture):
    code,out,err = latexocr('visualize', picture, '--weights', 'results/tiny', '--out', 'vis', '--png', '--html', cwd=run)
    assert code==0, err
    assert sorted(p.name for p in (run/'vis').iterdir())==['attention.html','attention.png']
    assert latexocr('visualize', 'missing.png', '--weights', 'results/tiny', '--out', 'none', cwd=run)[0]==1 and not (run/'none').exists()

def test_results_folder(run):
    "What a run leaves behind"
    names = {p.name for p in (run/'results/tiny').iterdir()}
    assert {'config.toml','model.safetensors','config.json','vocab.txt','log.csv','losses.csv','checkpoint.pt'} <= names
    log = list(csv.DictReader((run/'results/tiny/log.csv').open()))
    assert [o['epoch'] for o in log]==['1','2'] and all(0<=float(o[k])<=100 for o in log for k in ('bleu4','edit','exact'))    # thirty pictures were read

def test_kill_and_resume(run):
    "kill -9 in the middle, --resume, and the log ends like an undisturbed run's"
    (run/'long.toml').write_text(TINY.replace('epochs = 2', 'epochs = 6\nprecision = "float32"'))
    args = ['train','--config','long.toml','--data','data/tiny','--quiet','--out']
    assert latexocr(*args, 'results/whole', cwd=run)[0]==0
    p = subprocess.Popen([sys.executable, '-c', 'import sys; from latexocr.cli import main; sys.exit(main())', *args, 'results/cut'], cwd=run)
    log = run/'results/cut/log.csv'
    deadline = time.time()+200
    while time.time()<deadline and not (log.exists() and len(log.read_text().split('\n'))>3): time.sleep(.05)
    p.send_signal(signal.SIGKILL); p.wait()
    assert p.returncode==-signal.SIGKILL and len(log.read_text().strip().split('\n')) < 7, 'it ended before it could be killed'
    code,out,err = latexocr(*args, 'results/cut', '--resume', cwd=run)
    assert code==0, err
    read = lambda p: [{k:float(v) for k,v in o.items() if k!='cpu_hours'} for o in csv.DictReader(p.open())]
    whole,cut = read(run/'results/whole/log.csv'),read(log)
    assert len(whole)==len(cut)==6
    for a,b in zip(whole, cut): assert a==pytest.approx(b, rel=1e-4)

def test_stopped_by_hand(run):
    "Ctrl-C, or SIGTERM where Ctrl-C is ignored, as in the background: one line that says how to go on, which is true"
    (run/'ages.toml').write_text(TINY.replace('epochs = 2', 'epochs = 500'))
    args = ['train','--config','ages.toml','--data','data/tiny','--quiet','--out','results/stopped']
    heard = 'import signal; signal.signal(signal.SIGINT, signal.default_int_handler); '      # these tests may run in the background, too
    for resume,end,before in (([], signal.SIGINT, heard), (['--resume'], signal.SIGTERM, 'import signal; signal.signal(signal.SIGINT, signal.SIG_IGN); ')):
        call = before+'import sys; from latexocr.cli import main; sys.exit(main())'
        p = subprocess.Popen([sys.executable, '-c', call, *args, *resume], cwd=run, stderr=subprocess.PIPE, text=True)
        log,deadline = run/'results/stopped/log.csv',time.time()+200
        n = len(log.read_text().split('\n')) if log.exists() else 0
        while time.time()<deadline and not (log.exists() and len(log.read_text().split('\n'))>n): time.sleep(.05)
        p.send_signal(end)
        try: err = p.communicate(timeout=60)[1]
        finally: p.kill()
        assert p.returncode==2 and err=='latexocr: stopped; the same command with --resume goes on from the last checkpoint\n', err

def train_here(run, monkeypatch, capsys, *args, **names):
    "`latexocr train` in this process, with parts of `latexocr.training.run` exchanged: exit code and stderr"
    import latexocr.training.run
    from latexocr.cli import main
    monkeypatch.chdir(run)
    for k,v in names.items(): monkeypatch.setattr(latexocr.training.run, k, v)
    data = [] if '--data' in args else ['--data', 'data/tiny']
    return main(['train', '--config', 'tiny.toml', *data, '--quiet', *args]), capsys.readouterr().err

def raises(e):
    def f(*args, **kwargs): raise e
    return f

def test_ends_of_training(run, monkeypatch, capsys):
    "A helper that dies, a Ctrl-C before anything was saved"
    for e,line in ((ChildProcessError('whatever'), 'latexocr: a process that shared the work has ended (out of memory?); the same command starts again, perhaps with fewer `processes`\n'),
                   (KeyboardInterrupt(), 'latexocr: stopped; the same command starts again\n')):
        assert train_here(run, monkeypatch, capsys, '--out', 'results/ended', train_model=raises(e))==(2, line)

def test_who_looks_on(run, monkeypatch, capsys):
    "200 validation pictures are read if there are twenty at least; TensorBoard on request"
    seen = []
    def train_model(*args, **kwargs): seen.append([type(o).__name__ for o in args[8]])
    look = lambda *args: train_here(run, monkeypatch, capsys, *args, train_model=train_model)
    assert look('--out', 'results/l1')==(0, '') and seen.pop()==['ReadingScores']
    manifest = json.loads((run/'data/tiny/manifest.json').read_text())
    few = run/'data/few'; few.mkdir(exist_ok=True)
    (few/'manifest.json').write_text(json.dumps(manifest|dict(counts=dict(train=50, val=19))))
    assert look('--out', 'results/l2', '--data', 'data/few')==(0, '') and seen.pop()==[]
    monkeypatch.setitem(sys.modules, 'torch.utils.tensorboard', None)                           # as if it weren't installed
    code,err = look('--out', 'results/l3', '--tensorboard')
    assert code==2 and err=='latexocr: TensorBoard is not installed: pip install "latexocr[tensorboard]"\n' and not seen

def test_tensorboard(run):
    pytest.importorskip('tensorboard')
    code,out,err = latexocr('train', '--config', 'tiny.toml', '--out', 'results/board', '--quiet', '--tensorboard', cwd=run)
    assert code==0 and list((run/'results/board/tensorboard').glob('events.out.*')), err

def test_from_pretrained(run):
    "Training can start from a folder of weights; their vocabulary grows by what the dataset adds, here nothing"
    code,out,err = latexocr('train', '--config', 'tiny.toml', '--out', 'results/more', '--from-pretrained', 'results/tiny', '--quiet', cwd=run)
    assert code==0, err
    assert (run/'results/more/vocab.txt').read_text()==(run/'results/tiny/vocab.txt').read_text()
    for o,options in (('results/more',['--resume']), ('results/none',['--from-pretrained','nowhere'])):
        code,out,err = latexocr('train', '--config', 'tiny.toml', '--out', o, *options, '--quiet', cwd=run)
        assert code==(0 if '--resume' in options else 2), err
    assert json.loads((run/'results/more/run.json').read_text())['from_pretrained']=='results/tiny'      # also after going on
    assert not (run/'results/none/config.toml').exists()                 # nothing is noted about a run that never began
    (run/'results/more/checkpoint.pt').write_bytes(b'nonsense')
    code,out,err = latexocr('train', '--config', 'tiny.toml', '--out', 'results/more', '--resume', '--quiet', cwd=run)
    assert code==2 and 'damaged' in err and 'weights_only' not in err

def test_light_imports():
    "Reading needs neither fastai nor matplotlib, IPython, nbdev or pyarrow"
    code = 'import sys; from latexocr.predict import LatexOCR; print(sorted({m.split(".")[0] for m in sys.modules} & {"fastai","matplotlib","IPython","nbdev","pyarrow"}))'
    assert subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, timeout=600).stdout.strip()=='[]'

def test_lazy_package():
    "`import latexocr` is quick and offers three names; two of them are modules too, whichever is asked for first"
    first = 'import sys, latexocr; assert {"LatexOCR","normalize","render"} < set(dir(latexocr)) and "torch" not in sys.modules; assert callable(latexocr.LatexOCR); '
    for before in (first, 'import latexocr.normalize, latexocr.render, latexocr; '):
        code = before + 'from latexocr import normalize, render; print(normalize("x^2_i"), normalize.tokenize("ab"), render(["a"])[0].error)'
        p = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, timeout=600)
        assert p.stdout.strip()=="x _ { i } ^ { 2 } ['a', 'b'] None", p.stderr

def test_mine(tmp_path):
    "Formulas of a folder of .tex files, each once; a bad file is named, the others are read"
    (tmp_path/'papers/deep').mkdir(parents=True)
    (tmp_path/'papers/a.tex').write_text(r'\newcommand{\R}{\mathbb{R}} Let $x\in\R$ and \[ E=mc^2 \label{e} \] and $E = m c^{2}$ % $y$')
    (tmp_path/'papers/deep/b.tex').write_bytes(b'\xff $' + b'$ and $'.join(f'a_{{{i}}}+b'.encode() for i in range(30)) + b'$ $\\unknowncommand{x}$')
    code,out,err = latexocr('mine', 'papers', '--out', 'found.txt', '--val', 'val.txt', cwd=tmp_path)
    assert code==0 and 'found.txt: 29 formulas of 2 files, val.txt: 3; 1 could not be parsed' in out, (out, err)
    found = (tmp_path/'found.txt').read_text().split('\n')
    assert found[:2]==[r'x\in\mathbb{R}', 'E=mc^2'] and not set(found) & set((tmp_path/'val.txt').read_text().split('\n')[:-1])
    code,out,err = latexocr('mine', 'papers/a.tex', 'nowhere.tex', '--out', 'found.txt', cwd=tmp_path)
    assert code==1 and 'found.txt: 2 formulas of 1 files' in out and 'nowhere.tex' in err
    code,out,err = latexocr('mine', '-', '--out', 'piped.txt', stdin=b'$z^3$', cwd=tmp_path)
    assert code==0 and (tmp_path/'piped.txt').read_text()=='z^3\n'
    for args,word in ((['nowhere'], 'no .tex file'), (['empty.tex'], 'no formulas'), (['papers','--out','no/such/f.txt'], 'no/such/f.txt')):
        (tmp_path/'empty.tex').write_text('words')
        code,out,err = latexocr('mine', *args, *(['--out','x.txt'] if '--out' not in args else []), cwd=tmp_path)
        assert code==2 and word in err.replace('\\', '/'), (args, err)

def test_shipped_weights(run):
    "Without --weights the model in the package reads, also from another folder"
    from latexocr.data import files
    real = files('latexocr')/'small'/'real_42.png'
    if not (files('latexocr')/'pretrained').is_dir():
        code,out,err = latexocr('predict', real, cwd=run)
        assert code==2 and 'no weights are shipped' in err
    else:
        code,out,err = latexocr('predict', real, cwd=run)
        assert code==0 and len(out)>20 and not err

def test_export(run, picture, tmp_path):
    "The exported reader reads what the model reads, from the shell too"
    code,out,err = latexocr('export', '--weights', 'results/tiny', '--out', tmp_path/'onnx', cwd=run)
    assert code==0 and 'step.onnx' in out, err
    both = [latexocr('predict', picture, '--weights', o, '--json', cwd=run) for o in ('results/tiny', tmp_path/'onnx')]
    assert [o[0] for o in both]==[0,0] and json.loads(both[0][1])['tokens']==json.loads(both[1][1])['tokens']
    for call in (['evaluate','--results'], ['evaluate','--data','data/tiny','--results'], ['export','--out',tmp_path/'again','--weights']):
        code,out,err = latexocr(*call, tmp_path/'onnx', cwd=run)
        assert code==2 and err==f'latexocr: {tmp_path}/onnx holds an exported reader: give the model it was made from\n'
    (tmp_path/'onnx/step.onnx').write_bytes(b'nothing')
    code,out,err = latexocr('predict', picture, '--weights', tmp_path/'onnx', cwd=run)
    assert code==2 and 'ONNX' in err and len(err.strip().split('\n'))==1
