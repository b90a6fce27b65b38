"""What happens if …: twenty-three kinds of trouble, each tried at the shell as a user would meet it, and what became of it.

    python tools/bench/what_if.py                 # all of them, some fifteen minutes
    python tools/bench/what_if.py 1 7 9           # some
    python tools/bench/what_if.py --out nbs/what_if.json

A line for each: tried, survived, lost, and what was seen. With --out the rows are written into a JSON file, from which the page `pages/what_if` is made;
rows that were not asked for stay as they are. Linux only."""
import argparse, contextlib, copy, functools, io, json, os, random, re, resource, shutil, signal, struct, subprocess, sys, tempfile, time, urllib.error, urllib.request, zlib
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
root = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(root))
import numpy as np
from PIL import Image, ImageDraw, ImageFont

TRIALS = {}
def trial(number, what, command, before):
    "A row: its function yields (what was tried, did it survive, what was seen)"
    def add(f): TRIALS[number] = SimpleNamespace(number=number, what=what, command=command, before=before, run=f); return f
    return add

# --- calling the program

RUN = 'from latexocr.__main__ import main; sys.exit(main())'
@dataclass
class Call:
    code:int; out:str; err:str; seconds:float; mb:int; late:bool
    @property
    def lines(self): return self.err.splitlines()
    def one_line(self, *words, code=None):
        "Nothing but a line on stderr, with these words"
        return not self.late and len(self.lines)==1 and all(o in self.err for o in words) and clean(self.err) and code in (None, self.code)

def clean(err): return 'Traceback' not in err and 'not a known kind' not in err

def call(*words, stdin=b'', before='', limit=180, program=RUN, **how):
    "`latexocr` in a process of its own: exit code, output, CPU seconds and memory of it and its children"
    env = os.environ|dict(PYTHONPATH=str(root))|how.pop('env', {})
    start = f'import sys, resource; resource.setrlimit(resource.RLIMIT_AS, (12<<30, 12<<30)); {before}{program}'
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        given.write(stdin); given.seek(0)
        stdin_file = how.pop('stdin_file', given)
        p = subprocess.Popen([sys.executable, '-c', start, *map(str, words)], stdin=stdin_file, stdout=out, stderr=err, env=env, start_new_session=True, **how)
        end,late = time.monotonic()+limit,False
        while True:
            pid,status,used = os.wait4(p.pid, os.WNOHANG)
            if pid: break
            if time.monotonic()>end and not late: late = True; os.killpg(p.pid, signal.SIGKILL)
            time.sleep(.02)
        p.returncode = os.waitstatus_to_exitcode(status)
        text = lambda f: (f.seek(0), f.read().decode('utf-8', 'replace'))[1]
        return Call(p.returncode, text(out), text(err), used.ru_utime+used.ru_stime, used.ru_maxrss//1024, late)

def here(*words, cwd=None):
    "`latexocr` in this process"
    from latexocr.cli import main
    out,err,before = io.StringIO(),io.StringIO(),os.getcwd()
    if cwd: os.chdir(cwd)
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try: code = main([*map(str, words)])
            except SystemExit as e: code = e.code
    except Exception as e: code = -1; err.write(f'Traceback of a {type(e).__name__}: {e}')
    finally: os.chdir(before)
    return Call(code, out.getvalue(), err.getvalue(), 0., 0, False)

TINY = """[data]
batch_pixels = 60_000
limit = 12
shard_rows = 6
[vocab]
min_count = 0
[model]
channels = [8, 8, 16, 16]
d_model = 32
layers = 1
heads = 2
[training]
epochs = 3
processes = 1
precision = "float32"
"""
@functools.cache
def home():
    "A folder with a config, a dataset and a trained run, all tiny"
    path = Path(tempfile.mkdtemp(prefix='what-if-'))
    (path/'tiny.toml').write_text(TINY)
    for words in (['build','--config','tiny.toml','--quiet'], ['train','--config','tiny.toml','--out','results/tiny','--quiet']):
        done = call(*words, cwd=path)
        assert not done.code, done.err
    return path

@contextlib.contextmanager
def folder(*copies):
    "An empty folder, or one with copies of what is in `home()`"
    with tempfile.TemporaryDirectory(prefix='what-if-') as tmp:
        for o in copies:
            if (home()/o).is_dir(): shutil.copytree(home()/o, Path(tmp)/o)
            else: shutil.copy(home()/o, Path(tmp)/o)
        yield Path(tmp)

def good(): return root/'latexocr/small/real_42.png'

# --- the rows

@trial(1, 'a length is absurd', r"printf 'x\\hspace{99999999em}y\n' | latexocr normalize",
       '81 s, 4.2 GB, 350 MB of output; two digits more end the call, and later lines are lost')
def lengths():
    odd = [rf'x{o.replace("#", n)}y' for n in ('99999999em','9999999999em','99999999999999cm','-9999999999pt') for o in
           (r'\hspace{#}', r'\kern#\relax ', r'\hskip #\relax ', r'\mspace{99999999999mu}', r'\raisebox{#}{a}', r'\rule{#}{1pt}', r'\begin{array}{c}a\\[#]b\end{array}')]
    for o in odd[:1]+odd[7:8]:
        done = call('normalize', stdin=f'{o}\nx+1\n'.encode())
        yield o, not done.late and done.mb<600 and len(done.out)<10_000 and done.out.splitlines()[-1:]==['x + 1'] and clean(done.err), f'{done.seconds:.1f} s, {done.mb} MB, {len(done.out)} bytes'
    done = call('normalize', stdin=('\n'.join(f'{o}\nx+1' for o in odd)+'\n').encode())
    lines = done.out.splitlines()
    ok = len(lines)==2*len(odd) and lines[1::2]==['x + 1']*len(odd) and done.mb<600 and clean(done.err)
    for o in odd: yield o, ok, f'{len(odd)} lengths and as many neighbours {done.seconds:.1f} s, {done.mb} MB'

def children(pid):
    "Processes that this one has started, theirs too"
    parent = {}
    for o in Path('/proc').glob('[0-9]*/stat'):
        with contextlib.suppress(OSError, ValueError):
            state,above = o.read_text().rpartition(')')[2].split()[:2]
            if state!='Z': parent.setdefault(int(above), []).append(int(o.parent.name))
    todo,found = [pid],[]
    while todo: some = parent.get(todo.pop(), []); todo += some; found += some
    return found

@contextlib.contextmanager
def app(temp, settings='', ignore=False):
    "`latexocr app` and its address"
    start = f'import signal; signal.signal(signal.SIGINT, signal.SIG_{"IGN" if ignore else "DFL"}); ' if ignore else ''
    program = f'import sys, latexocr.use.serve as serve; {start}{settings}{RUN}'
    env = os.environ|dict(PYTHONPATH=str(root), TMPDIR=str(temp))
    p = subprocess.Popen([sys.executable, '-c', program, 'app', '--port', '0', '--no-browser'], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env)
    try:
        said = p.stdout.readline()
        yield p, re.search(r'http://127\.0\.0\.1:\d+/\?token=[\w-]+', said)[0]
    finally:
        every = children(p.pid)
        if p.poll() is None: p.terminate()
        try: p.wait(60)
        except subprocess.TimeoutExpired: p.kill(); p.wait(30)
        for o in every:
            with contextlib.suppress(ProcessLookupError): os.kill(o, signal.SIGKILL)
        p.stdout.close(); p.stderr.close()

def ask(url, **headers):
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(urllib.request.Request(url, headers={k.replace('_', '-'):v for k,v in headers.items()}), timeout=120) as f: return f.status,f.read().decode()
    except urllib.error.HTTPError as e: return e.code,e.read().decode()

def until(seen, seconds):
    "Seconds until `seen()`, or None"
    start = time.monotonic()
    while time.monotonic()-start<seconds:
        if seen(): return time.monotonic()-start
        time.sleep(.5)

@trial(2, 'another page asks for the page, or tabs are left', 'latexocr app', 'any page starts kernels of 195 MB, 30 of them 6 GB, for an hour; no cap')
def foreign_pages():
    from latexocr.use.serve import IDLE
    with folder() as tmp, app(tmp, 'serve.PAGES = 2; ') as (p,url):
        home_url,none = url.split('?')[0],len(children(p.pid))
        foreign = [dict(Origin='https://evil.example'), dict(Origin='null'), dict(Sec_Fetch_Site='cross-site'), dict(Sec_Fetch_Site='same-site'), dict(Host='evil.example')]
        for headers in foreign:
            for address in (url, home_url, home_url+'api/kernels'):
                status,said = ask(address, **headers)
                yield f'{headers} {address.split("?")[0]}', status==403 and 'Traceback' not in said, 'foreign requests: 403'
        for _ in range(30): status,_ = ask(home_url)
        yield '30 requests without the token', status==403 and len(children(p.pid))==none, '30 without the token: 0 kernels'
        answers = [ask(url) for _ in range(5)]
        yield '5 pages where 2 are allowed', [o for o,_ in answers]==[200,200,503,503,503] and all('pages are open already' in o for _,o in answers[2:]), 'the third page of two: 503 in a sentence'
        running = len(children(p.pid))-none
        gone = until(lambda: len(children(p.pid))==none, IDLE*2)
        yield 'pages that were closed', running>=2 and gone is not None, f'{running} kernels of pages gone ended after {gone and round(gone)} s'
        status,_ = ask(url)
        yield 'a page after that', status==200, 'and there is room for another'

@trial(3, 'a byte of a dataset is flipped', 'latexocr build --config tiny.toml; latexocr train …', 'build says all is well, train ends in an unknown error')
def damaged_shard():
    with folder('data','tiny.toml') as tmp:
        file,rng = tmp/'data/tiny/train-00000.parquet',random.Random(42)
        whole,every = file.read_bytes(),{o.name:o.read_bytes() for o in (tmp/'data/tiny').iterdir()}
        for i,at in enumerate(rng.sample(range(len(whole)), 12)):
            file.write_bytes(whole[:at]+bytes([whole[at]^1<<rng.randrange(8)])+whole[at+1:])
            done = here('train', '--config', 'tiny.toml', '--data', 'data/tiny', '--out', f'results/{i}', '--quiet', cwd=tmp)
            yield f'train, bit of byte {at}', done.one_line('train-00000.parquet is damaged', code=2), 'train: one line that names the file'
            if i<3:
                done = call('build', '--config', 'tiny.toml', '--quiet', cwd=tmp)
                same = {o.name:o.read_bytes() for o in (tmp/'data/tiny').iterdir()}==every
                yield f'build, bit of byte {at}', done.code==0 and same, 'build again: the same bytes'

@trial(4, 'a checkpoint is damaged', 'latexocr train … --resume', '6 of 28 go on with other weights, exit code 0')
def damaged_checkpoint():
    import torch
    with folder('data','tiny.toml','results') as tmp:
        file,rng = tmp/'results/tiny/checkpoint.pt',random.Random(42)
        whole,state = file.read_bytes(),torch.load(file, weights_only=True)
        name,v = next(iter(state['model'])),state['vocab']
        lost = {k:o.clone() for k,o in state['model'].items()}; lost[name].view(-1)[0] = float('nan')
        cases = {f'bit of byte {at}': whole[:at]+bytes([whole[at]^(1<<rng.randrange(8))])+whole[at+1:] for at in rng.sample(range(len(whole)), 20)}
        cases |= {f'cut at {end}': whole[:end] for end in (0, 100, len(whole)//2, len(whole)-1)}
        def saved(**change): f = io.BytesIO(); torch.save(state|change, f); return f.getvalue()
        cases |= {'a weight that is no number':saved(model=lost), 'no running mean':saved(ema=None), 'vocabulary reordered':saved(vocab=v[:4]+v[:3:-1]), 'another step':saved(step=0)}
        for what,data in cases.items():
            file.write_bytes(data)
            done = here('train', '--config', 'tiny.toml', '--data', 'data/tiny', '--out', 'results/tiny', '--resume', '--quiet', cwd=tmp)
            yield what, done.one_line('checkpoint.pt', code=2), 'refused by name; the one before is offered'

@trial(5, 'the loss becomes NaN', 'latexocr train, optimizer = "sgd", lr = 10.0, clip = 1e30', '"trained"; weights that predict refuses, and the checkpoint is gone')
def not_a_number():
    import torch
    with folder('data') as tmp:
        wild = TINY.replace('epochs = 3', 'epochs = 6\npasses = 15\noptimizer = "sgd"\nlr = 10.0\nclip = 1e30\nsave_minutes = 0.0001\nschedule = "trapezoid"\nwarm = 0.9\nhold = 0.95')
        (tmp/'wild.toml').write_text(wild)
        done = call('train', '--config', 'wild.toml', '--data', 'data/tiny', '--out', 'wild', '--quiet', cwd=tmp)
        yield 'it stops', done.one_line('lr = ', 'clip = ', code=2), done.err.strip()[:160]
        kept = torch.load(tmp/'wild/checkpoint.pt', weights_only=True) if (tmp/'wild/checkpoint.pt').exists() else None
        yield 'the last good checkpoint is there', bool(kept) and all(o.isfinite().all() for o in kept['model'].values() if o.is_floating_point()), 'the last good checkpoint is kept'
        (tmp/'wild.toml').write_text(wild.replace('lr = 10.0', 'lr = 0.001').replace('clip = 1e30', 'clip = 1.0').replace('passes = 15', 'passes = 2'))
        done = call('train', '--config', 'wild.toml', '--data', 'data/tiny', '--out', 'wild', '--resume', '--quiet', cwd=tmp)
        yield 'with other values it goes on', done.code==0, 'with lr = 0.001 it goes on'

@trial(6, 'an option makes no sense', 'latexocr build, shard_rows = -1', 'exit code 0 and an empty dataset; 0: unknown error')
def senseless():
    from latexocr.data import RANGES
    lines = {f'{k} = {v}':'data' for k,(low,high) in RANGES.items() for v in (low-1, high+1, '"seven"', 'nan')}
    lines |= {o:'training' for o in ('epochs = -1','lr = -1.0','lr = nan','clip = -1.0','ema = 2.0','warm = 7.0','passes = -1','minutes = -1.0','optimizer = "magic"','schedule = "none"','token_noise = 3.0','processes = -2','workers = -1','seed = -1','cycles = 0','valid = -3','precision = "half a bit"','save_minutes = -1.0','patience = -1','keep = "all"','label_smoothing = 2.0','weight_decay = -1.0')}
    lines |= {o:'model' for o in ('heads = -4','heads = 0','d_model = 0','layers = -1','dropout = 1.5','channels = []','channels = [0, 8, 8, 8]','cell = "transistor"','encoder = "eye"','stride = 0','attention = "none"')}
    lines |= {o:'vocab' for o in ('min_count = -1','max_size = -5')}
    with folder('data') as tmp:
        for line,part in lines.items():
            (tmp/'odd.toml').write_text(f'[{part}]\n{line}\n')
            words = ['build','--config','odd.toml','--out','out'] if part in ('data','vocab') else ['train','--config','odd.toml','--data','data/tiny','--out','out']
            done = here(*words, '--quiet', cwd=tmp)
            yield f'[{part}] {line}', done.one_line(line.split(' ')[0], code=2) and not (tmp/'out').exists(), 'one line with the option, exit code 2'

@trial(7, 'a picture is a pipe', "mkfifo x.png; latexocr predict '*.png'", 'waits for ever')
def pipes():
    import socket
    with folder() as tmp:
        shutil.copy(good(), tmp/'a.png'); shutil.copy(good(), tmp/'z.png'); os.mkfifo(tmp/'x.png')
        with socket.socket(socket.AF_UNIX) as s:
            s.bind(str(tmp/'s.png'))
            done = call('predict', '*.png', cwd=tmp)
        yield 'a pipe among pictures', not done.late and done.code==1 and len(done.out.splitlines())==2 and 'x.png is not a regular file' in done.err, 'a line each, the other two are read'
        yield 'a socket', len(done.lines)==2 and 's.png' in done.err, 'a line each, the other two are read'
        yield 'a list of pipes', call('predict', 'x.png', 'x.png', cwd=tmp).code==1, 'a line each, the other two are read'

@trial(8, 'a name cannot be shown', 'PYTHONIOENCODING=cp1252 latexocr predict ∫.png', 'the call ends, others are not read')
def names():
    every = [b'a\tb.png', b'a\nb.png', b'\x1b[31mred.png', b'\xff\xfe.png', '∫𝕏.png'.encode(), b'plain.png']
    with folder() as tmp:
        for o in every: shutil.copy(good(), os.path.join(os.fsencode(tmp), o))
        for code in ('cp1252','ascii','utf-8'):
            done = call('predict', '.', cwd=tmp, env=dict(PYTHONIOENCODING=code))
            rows = done.out.splitlines()
            yield f'TSV in {code}', done.code==0 and len(rows)==len(every) and all(o.count('\t')==1 for o in rows) and '\x1b' not in done.out+done.err, '6 of 6 names, TSV and JSON valid'
            done = call('predict', '.', '--json', cwd=tmp, env=dict(PYTHONIOENCODING=code))
            yield f'JSON in {code}', {os.path.basename(os.fsencode(json.loads(o)['file'])) for o in done.out.splitlines()}==set(every), '6 of 6 names, TSV and JSON valid'

@trial(9, 'a file has no end', 'latexocr predict /dev/zero', 'grows until memory ends')
def endless():
    with folder() as tmp:
        with open(tmp/'large.png', 'wb') as f: f.truncate(10**10)
        for what,how in {'/dev/zero':{}, '/dev/urandom':{}, 'large.png':{}, '-':dict(stdin_file=open('/dev/zero', 'rb'))}.items():
            done = call('predict', what, cwd=tmp, **how)
            yield f'predict {what}', done.one_line(code=1) and done.mb<1000, f'one line, at most {done.mb} MB'

WORDS = ('We suppose that the field is small near the boundary. Then the sum over all states gives a finite value, and the limit may be taken. '
         'A reader in a hurry can skip this part, since nothing later depends on it. The second method is slower but more general. ').split()
def font(size):
    import matplotlib
    return ImageFont.truetype(f'{matplotlib.get_data_path()}/fonts/ttf/DejaVuSerif.ttf', size)

def page_of_text(side, size, columns=1):
    "A square page full of words"
    page,rng = Image.new('L', (side, side), 255),random.Random(42)
    pen,face,wide = ImageDraw.Draw(page),font(size),side//columns-4*size
    for c in range(columns):
        y = 2*size
        while y<side-3*size:
            line = rng.choice(WORDS)
            while pen.textlength(line, font=face)<wide-6*size: line += ' '+rng.choice(WORDS)
            pen.text((c*side//columns+2*size, y), line, font=face, fill=0); y += round(1.5*size)
    return page

ARTICLE = r"""\documentclass[10pt,a4paper%s]{article}\usepackage{amsmath}\begin{document}\section{A section}%s\end{document}"""
PARAGRAPH = ' '.join(WORDS)+r' We write $a_n=\sqrt{n+1}$ for it, and with $b\to\infty$ find \[\int_0^\infty e^{-ax^2}\,dx=\frac12\sqrt{\frac{\pi}{a}}.\] '
def article(tmp, options=''):
    "A page of a paper as PDF, or None where there is no TeX"
    if not shutil.which('pdflatex'): return None
    (tmp/'article.tex').write_text(ARTICLE % (options, (PARAGRAPH+'\n\n')*(14 if options else 8)))
    subprocess.run(['pdflatex','-interaction=batchmode','article.tex'], cwd=tmp, stdout=subprocess.DEVNULL, timeout=120)
    return tmp/'article.pdf'

@trial(10, 'a picture is a page', 'latexocr predict page.png', '4000×4000: 3.9 GB and 41 s; an A4 PDF page: 2.2 GB; read as a formula')
def pages():
    with folder() as tmp:
        plain = call('predict', good())
        cases = {'4000×4000, one column':page_of_text(4000, 40), '4000×4000, two columns':page_of_text(4000, 40, 2), '4000×4000, small print':page_of_text(4000, 24)}
        for what,image in cases.items():
            image.save(tmp/'page.png'); done = call('predict', 'page.png', cwd=tmp)
            yield what, done.one_line('a page of', 'not one formula', code=1) and done.mb<1500, f'{what} {done.seconds-plain.seconds:.1f} s and {done.mb-plain.mb} MB more than a formula'
        for what,options in {'A4 PDF, a paper':'', 'A4 PDF, a paper in two columns':',twocolumn'}.items():
            if (file := article(tmp, options)) is None: continue
            done = call('predict', file, cwd=tmp)
            yield what, done.one_line('a page of', 'not one formula', code=1) and done.mb<1500, f'{what} {done.seconds-plain.seconds:.1f} s and {done.mb-plain.mb} MB more than a formula'

@trial(11, 'the disk is full, files are broken, nothing is fed', 'latexocr … > /dev/full, a broken manifest.json, stdin closed, …', '"not a known kind of error"; names and reasons missing; libtiff\'s own lines')
def messages():
    with folder('data','tiny.toml','results') as tmp:
        with open('/dev/full', 'wb') as full:
            p = subprocess.run([sys.executable, '-c', f'import sys; {RUN}', 'predict', good()], stdout=full, stderr=subprocess.PIPE, text=True, timeout=180, env=os.environ|dict(PYTHONPATH=str(root)))
            yield 'predict > /dev/full', p.returncode in (1,2) and len(p.stderr.splitlines())==1 and clean(p.stderr) and 'No space' in p.stderr, 'one line with the cause'
        for text in ('', '{', '[]', 'null', '{"counts": {"train": '+'9'*5000+'}}'):
            (tmp/'data/tiny/manifest.json').write_text(text)
            yield f'manifest {text[:10]!r}', here('train', '--config', 'tiny.toml', '--data', 'data/tiny', '--out', 'x', cwd=tmp).one_line('manifest.json', code=2), 'one line with the cause'
        for text in ('[data]\nlimit = '+'9'*5000, '[data]\nlimit = '+'['*50_000, '\0', '[data'):
            (tmp/'a.toml').write_text(text)
            yield f'config {text[:20]!r}', here('build', '--config', 'a.toml', cwd=tmp).one_line('a.toml', code=2), 'one line with the cause'
        p = subprocess.run(f'exec {sys.executable} -c "import sys; {RUN}" normalize <&-', shell=True, capture_output=True, text=True, timeout=180, env=os.environ|dict(PYTHONPATH=str(root)))
        yield 'normalize <&-', p.returncode==2 and 'standard input is closed' in p.stderr and len(p.stderr.splitlines())==1, 'one line with the cause'
        Image.new('L', (40,20), 255).save(tmp/'is', 'PNG')
        yield 'a blank picture named is', here('predict', 'is', '--weights', 'results/tiny', cwd=tmp).err=='latexocr: is: there is nothing on this picture\n', 'one line with the cause'
        f = io.BytesIO(); Image.open(good()).save(f, 'TIFF', compression='tiff_lzw')
        for cut in (40, len(f.getvalue())//2, len(f.getvalue())-30):
            (tmp/'cut.tiff').write_bytes(f.getvalue()[:cut]); done = call('predict', 'cut.tiff', '--weights', 'results/tiny', cwd=tmp)
            yield f'a TIFF cut at {cut}', done.one_line('cut.tiff', code=1), 'one line with the cause'
        for name in ('checkpoint.pt','config.json','vocab.txt','model.safetensors'):
            kept = (tmp/'results/tiny'/name).read_bytes()
            for data in (b'', b'\x80\x04pickle', kept[:len(kept)//2]):
                (tmp/'results/tiny'/name).write_bytes(data)
                words = ['train','--config','tiny.toml','--data','data/tiny','--out','results/tiny','--resume'] if name=='checkpoint.pt' else ['predict',good(),'--weights','results/tiny']
                if name=='checkpoint.pt': shutil.rmtree(tmp/'data'); shutil.copytree(home()/'data', tmp/'data')
                yield f'{name} {data[:8]!r}', here(*words, cwd=tmp).one_line(code=2), 'one line with the cause'
            (tmp/'results/tiny'/name).write_bytes(kept)

@trial(12, 'there is nothing to read, or one of many is bad', 'latexocr predict strip.png; LatexOCR()([good, bad])', 'an empty reading with .19 and exit code 0; one inf reads as \\cdot; the good readings are lost')
def strips():
    from latexocr.predict import LatexOCR, PictureError, open_picture
    ocr = LatexOCR.from_pretrained()
    def strip(w, h): a = np.full((60,400), 255, np.uint8); a[:h,:w] = 0; return a
    with folder() as tmp:
        for w,h in ((400,2), (2,60), (400,20), (1,1), (399,59), (200,60)):
            Image.fromarray(strip(w, h)).save(tmp/'strip.png')
            done = here('predict', 'strip.png', '--json', cwd=tmp)
            row = json.loads(done.out) if done.out else {}
            silent = done.code==0 and not row.get('latex')
            yield f'{w}×{h} of ink', clean(done.err) and not silent and not (not row.get('latex') and (row.get('confidence') or 0)>.1), 'never an empty reading with exit code 0'
    want = ocr(good()).latex
    for value in (np.inf, -np.inf, np.nan):
        a = np.asarray(open_picture(good())).astype(float)/255; a[0,0] = value
        yield f'a float picture with {value}', ocr(a).latex==want, 'inf and nan do not change the reading'
    try: ocr([good(), b'no picture', good()]); yield 'a list with a bad one', False, ''
    except PictureError as e: yield 'a list with a bad one', [getattr(o, 'latex', None) for o in e.predictions]==[want, None, want], 'the error carries the good readings'

@trial(13, 'the app is killed', 'kill -9 of latexocr app; then again', 'its folder stays, and a jupyter-clean-cfg-* for each run')
def left_behind():
    with folder() as tmp:
        for _ in range(2):
            with app(tmp) as (p,url): ask(url); every = children(p.pid); p.kill(); p.wait(30)
            for o in every:
                with contextlib.suppress(ProcessLookupError): os.kill(o, signal.SIGKILL)
        yield 'killed twice', len(list(tmp.iterdir()))==1, 'at most the last folder after two kills'
        with app(tmp) as (p,url): ask(url); p.terminate(); p.wait(60)
        yield 'ended gently after that', not list(tmp.iterdir()), 'nothing after a gentle end'

FORKED = """import os, torch
from latexocr.predict import LatexOCR
torch.set_num_threads(2)
ocr = LatexOCR.from_pretrained(); ocr(sys.argv[1])
if not (pid := os.fork()):
    try: ocr(sys.argv[1]); os._exit(3)
    except RuntimeError as e: print(e, flush=True); os._exit(0)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))"""
@trial(14, 'a reader is used after a fork', 'os.fork(); ocr(picture)', 'hangs inside torch')
def forks():
    done = call(good(), program='\n'+FORKED)
    yield 'in a forked child', done.code==0 and 'spawn' in done.out and not done.late, done.out.strip()[:90]+' …'
    done = call(good(), program='\n'+FORKED.replace('set_num_threads(2)', 'set_num_threads(1)'))
    yield 'with one thread it reads', done.code==3 and not done.late, 'with one thread it reads'

@trial(15, 'it runs in the background, where Ctrl-C is ignored', 'nohup make test &', "waits for ever: 12 minutes seen, then ended by hand")
def background():
    ignore = 'import signal; signal.signal(signal.SIGINT, signal.SIG_IGN); '
    with folder() as tmp:
        with app(tmp, ignore=True) as (p,url):
            p.send_signal(signal.SIGINT); time.sleep(1); ignored = p.poll() is None
            start = time.monotonic(); p.terminate()
            try: code = p.wait(60)
            except subprocess.TimeoutExpired: code = None
            yield 'SIGTERM to the app', ignored and code==0 and not list(tmp.iterdir()), f'SIGTERM ends the app in {time.monotonic()-start:.0f} s, exit code {code}'
    with folder('data') as tmp:
        (tmp/'long.toml').write_text(TINY.replace('epochs = 3', 'epochs = 900'))
        p = subprocess.Popen([sys.executable, '-c', f'import sys; {ignore}{RUN}', 'train', '--config', 'long.toml', '--data', 'data/tiny', '--out', 'long', '--quiet'],
                             cwd=tmp, stderr=subprocess.PIPE, text=True, env=os.environ|dict(PYTHONPATH=str(root)))
        until(lambda: (tmp/'long/log.csv').exists() or p.poll() is not None, 120)
        p.send_signal(signal.SIGINT); p.send_signal(signal.SIGTERM)
        try: err = p.communicate(timeout=60)[1]
        except subprocess.TimeoutExpired: p.kill(); err = p.communicate()[1]+' and waited'
        yield 'SIGTERM to a training', p.returncode==2 and err=='latexocr: stopped; the same command with --resume goes on from the last checkpoint\n', 'and a training with one line'
    run = f'{ignore}import pytest; sys.exit(pytest.main(["-q","-p","no:cacheprovider","tests/test_app.py","-k","other_pages or ends"]))'
    done = call(program=run, cwd=root, limit=400)
    yield 'the tests of the app', done.code==0 and not done.late, "the app's tests end: "+(done.out.strip().splitlines() or ['nothing'])[-1].split(' in ')[0]

# --- what a second look found: rows with `before` as this program was then

def encoded(kind, image=None, **how):
    "A picture as a file of this kind"
    f = io.BytesIO(); (image or Image.open(good()).convert('L')).save(f, kind, **how)
    return f.getvalue()

def png(width, height, data=b'', extra=b''):
    "A PNG file that says of itself what we like"
    def chunk(name, o): return struct.pack('>I', len(o))+name+o+struct.pack('>I', zlib.crc32(name+o))
    return b'\x89PNG\r\n\x1a\n'+chunk(b'IHDR', struct.pack('>IIBBBBB', width, height, 8, 0, 0, 0, 0))+extra+chunk(b'IDAT', zlib.compress(data))+chunk(b'IEND', b'')

def pdf(pages, box='0 0 200 100', extra='', trailer=''):
    "A PDF file of empty pages"
    every = ['<< /Type /Catalog /Pages 2 0 R >>', f'<< /Type /Pages /Kids [{" ".join(f"{3+i} 0 R" for i in range(pages))}] /Count {pages} /MediaBox [{box}] {extra} >>', *['<< /Type /Page /Parent 2 0 R >>']*pages]
    out,places = b'%PDF-1.4\n',[]
    for i,o in enumerate(every, 1): places.append(len(out)); out += f'{i} 0 obj\n{o}\nendobj\n'.encode()
    table = ''.join(f'{o:010} 00000 n \n' for o in places)
    return out+f'xref\n0 {len(every)+1}\n0000000000 65535 f \n{table}trailer << /Size {len(every)+1} /Root 1 0 R {trailer} >>\nstartxref\n{len(out)}\n%%EOF'.encode()

def rare():
    "Files that hold the formula of `good()`"
    g = Image.open(good()).convert('L'); a = np.asarray(g); clear = g.convert('RGBA'); clear.putalpha(Image.fromarray(255-a)); turned,odd = Image.Exif(),Image.Exif()
    turned[0x112],odd[0x112] = 6,99
    return {'several pictures.gif':encoded('GIF', g.convert('P'), save_all=True, append_images=[g.convert('P')]*5), 'several pictures.png':encoded('PNG', g, save_all=True, append_images=[g]*3),
            'several pictures.webp':encoded('WEBP', g.convert('RGB'), save_all=True, append_images=[g.convert('RGB')]*3), 'several pages.tiff':encoded('TIFF', g, save_all=True, append_images=[g]*3),
            'turned by EXIF.jpg':encoded('JPEG', g.rotate(90, expand=True), exif=turned.tobytes()), 'turned oddly.jpg':encoded('JPEG', g, exif=odd.tobytes()), 'CMYK.jpg':encoded('JPEG', g.convert('CMYK')),
            'CMYK.tiff':encoded('TIFF', g.convert('CMYK')), '16 bits.png':encoded('PNG', Image.fromarray(a.astype(np.uint16)*257)), 'grey and clear.png':encoded('PNG', clear.convert('LA')),
            'palette and clear.png':encoded('PNG', clear.quantize(8)), '1 bit.png':encoded('PNG', g.convert('1')), 'fax.tiff':encoded('TIFF', g.convert('1'), compression='group4'),
            'float.tiff':encoded('TIFF', Image.fromarray(a.astype(np.float32)/255)), '32 bits.tiff':encoded('TIFF', Image.fromarray(a.astype(np.int32)*1000)), 'Lab.tiff':encoded('TIFF', Image.merge('LAB', [g,g,g]))}

def unreadable():
    "Files that hold nothing to read, or lie about themselves"
    header = b'BM'+struct.pack('<IHHI', 100, 0, 0, 54)
    files = {f'a.{o.lower()}':encoded(o) for o in ('ICO','TGA','PCX','EPS')} | {'a.svg':b'<svg xmlns="http://www.w3.org/2000/svg"/>', 'a.avif':b'\0\0\0\x20ftypavif'+b'\0'*40, 'zip.png':b'PK\3\4'+b'\0'*50, 'text.png':b'hello', 'zeros.png':b'\0'*1000,
        'huge.png':png(2**31-1, 2**31-1), 'wide.png':png(60000, 800, b'\0'*60001*800), 'thin.png':png(1, 40_000_000), 'none.png':png(0, 0),
        'screen.gif':b'GIF89a'+struct.pack('<HH', 65535, 65535)+b'\0\0\0,\0\0\0\0\1\0\1\0\0\2\2L\1\0;', 'less than nothing.bmp':header+struct.pack('<IiiHHIIiiII', 40, -5, -5, 1, 24, *[0]*6)+b'\0'*100,
        'large.bmp':header+struct.pack('<IiiHHIIiiII', 40, 2**30, 2**30, 1, 24, *[0]*6), 'large.ppm':b'P6 99999999999999999999 1 255\n', 'remarks.pgm':b'P5\n#'+b'c'*3_000_000}
    locked = '/Encrypt << /Filter /Standard /V 1 /R 2 /O (abcdefghijklmnopqrstuvwxyzabcdef) /U (abcdefghijklmnopqrstuvwxyzabcdef) /P -4 >> /ID [<01> <01>]'
    pages = dict(none=pdf(0), one=pdf(1), inverted=pdf(1, '100 100 -100 -50'), huge=pdf(1, '0 0 1e9 1e9'), tiny=pdf(1, '0 0 .001 .001'), nan=pdf(1, '0 0 nan nan'), flat=pdf(1, '0 0 200 0'), turned=pdf(1, extra='/Rotate 37'),
        outside=pdf(1, extra='/CropBox [500 500 600 600]'), unit=pdf(1, extra='/UserUnit 100000'), locked=pdf(1, trailer=locked), cut=pdf(1)[:200], head=b'%PDF-1.4\n', many=pdf(3000),
        liar=pdf(1).replace(b'/Count 1', b'/Count 99999999'), circle=pdf(1).replace(b'[3 0 R]', b'[2 0 R]'))
    return files | {f'{k}.pdf':v for k,v in pages.items()}

@trial(16, 'a picture is of a rare kind, or lies about itself', 'latexocr predict CMYK.tiff circle.pdf …', 'the same, but a PDF without pages said "PDFium: Success", and a locked one not what to do')
def rare_pictures():
    with folder('results') as tmp:
        shutil.copy(good(), tmp/'good.png'); want = here('predict', 'good.png', '--weights', 'results/tiny', cwd=tmp).out
        for name,data in rare().items():
            (tmp/name).write_bytes(data); done = here('predict', name, '--weights', 'results/tiny', cwd=tmp)
            alike = done.out==want or name in ('1 bit.png','fax.tiff','turned by EXIF.jpg','turned oddly.jpg','CMYK.jpg','palette and clear.png','several pictures.webp','several pictures.gif')
            yield name, done.code==0 and bool(done.out.strip()) and alike and clean(done.err), '16 kinds are read'
        for name,data in unreadable().items():
            (tmp/name).write_bytes(data); done = here('predict', name, '--weights', 'results/tiny', cwd=tmp)
            yield name, done.one_line(name, code=1) and 'Success' not in done.err, 'the others: one line with the name'

@contextlib.contextmanager
def as_nobody():
    "Without the rights of root"
    if os.geteuid(): yield; return
    os.setegid(65534); os.seteuid(65534)
    try: yield
    finally: os.seteuid(0); os.setegid(0)

@trial(17, 'a name leads nowhere, to itself, to a folder, or where one may not go', 'latexocr predict loop.png; latexocr build --out /proc/x …', 'the same, but export printed a page of warnings')
def places():
    with folder('data','tiny.toml','results') as tmp:
        shutil.copy(good(), tmp/'a.png'); (tmp/'f.txt').write_text('x+1\n'); (tmp/'f.tex').write_text('$x+1$\n')
        for a,b in (('a.png','link.png'), ('nowhere','dangling.png'), ('loop.png','loop.png')): os.symlink(a, tmp/b)
        (tmp/'dir.png').mkdir(); weights = ['--weights','results/tiny']
        yield 'predict link.png', (done := here('predict', 'link.png', *weights, cwd=tmp)).code==0 and bool(done.out), 'a link is followed'
        sources = dict(normalize=['IN'], mine=['IN','--out','q'], render=['IN','--out','q'], label=['IN',*weights,'--out','q'], build=['--config','IN','--out','q'], evaluate=['--results','IN','--data','data/tiny','--text'],
            predict=['a.png','--weights','IN'], export=['--weights','IN','--out','q'], train=['--config','tiny.toml','--data','IN','--out','q'])
        for name in ('dangling.png','loop.png','/nowhere/x','x'*300):
            yield f'predict {name[:12]}', here('predict', name, *weights, cwd=tmp).one_line(name, code=1), 'one line with the name'
            for word,rest in sources.items():
                done = here(word, *(name if o=='IN' else o for o in rest), cwd=tmp)
                yield f'{word} from {name[:12]}', done.code==(1 if word=='label' else 2) and name in done.err and len(done.err)>len(name)+20 and clean(done.err) and len(done.lines)<=2, 'one line with the name and the reason'
        targets = dict(visualize=['a.png',*weights,'--png'], export=weights, build=['--config','tiny.toml','--quiet'], train=['--config','tiny.toml','--data','data/tiny','--quiet'], render=['f.txt'], mine=['f.tex'],
            label=['data/tiny/val-00000.parquet',*weights], predict=['a.png','--to','docx'])
        for word,rest in targets.items():
            for name in ('a.png/x','/proc/x'):
                done = here(word, *rest, '--out', name, cwd=tmp)
                yield f'{word} into {name}', done.one_line(name.split('/x')[0], code=2), 'one line with the name'
        done = here('export', *weights, '--out', 'graphs', cwd=tmp)
        yield 'export', done.code==0 and not done.err, 'export says nothing but its line'
        if not os.geteuid():
            (tmp/'mine').mkdir(mode=0o700); shutil.copy(good(), tmp/'secret.png'); os.chmod(tmp/'secret.png', 0o600); os.chmod(tmp, 0o755)
            with as_nobody():
                done = here('predict', 'secret.png', *weights, cwd=tmp)
                yield 'a picture of another user', done.one_line('secret.png', 'ermission', code=1), 'another user: one line with the name'
                for word,rest in targets.items():
                    done = here(word, *rest, '--out', 'mine/x', cwd=tmp)
                    yield f'{word} into a folder of another user', done.one_line('mine', 'ermission', code=2), 'another user: one line with the name'

@trial(18, 'the files of a run are damaged', "latexocr predict a.png --weights …; latexocr evaluate", 'whole-number weights, lists in a calibration, run.json, scores.json: unknown error; control codes of a vocabulary are printed')
def damaged_run():
    from safetensors.torch import load_file, save_file
    import torch
    odd = [None, -1, 'x', [], {}, 10**30, float('nan'), [[]], [-1], '9'*10000]
    with folder('data','tiny.toml','results') as tmp:
        shutil.copy(good(), tmp/'a.png'); run = tmp/'results/tiny'
        predict = ['predict','a.png','--weights','results/tiny']
        config = json.loads((run/'config.json').read_text()); kept = (run/'config.json').read_bytes()
        def refused(what, done, *words): return what, done.one_line(*words, code=2), 'one line with the name, exit code 2'
        for k in ('vocab_size','channels','d_model','layers','heads','encoder','cell'):
            for o in odd:
                changed = copy.deepcopy(config); changed['model'][k] = o; (run/'config.json').write_text(json.dumps(changed))
                yield refused(f'config {k} = {str(o)[:9]!r}', here(*predict, cwd=tmp), 'results/tiny')
        for k in ('temperature','bias','fits'):
            for o in [o for o in odd if o not in (-1, 10**30) or k=='temperature' and o==-1]:
                (run/'config.json').write_text(json.dumps(config|dict(calibration=dict(temperature=1., bias=0., fits=.5)|{k:o})))
                yield refused(f'calibration {k} = {str(o)[:9]!r}', here(*predict, cwd=tmp), 'results/tiny')
        (run/'config.json').write_bytes(kept); kept = (run/'vocab.txt').read_bytes()
        for what,o in {'twice':kept*2, 'cut':kept[:30], 'not text':b'\xff\xfe'*100, 'with control codes':kept.replace(b'a', b'\x1b[31m')}.items():
            (run/'vocab.txt').write_bytes(o); yield refused(f'vocabulary {what}', here(*predict, cwd=tmp), 'results/tiny')
        (run/'vocab.txt').write_bytes(kept); kept,weights = (run/'model.safetensors').read_bytes(),load_file(run/'model.safetensors')
        name = next(k for k,v in weights.items() if v.ndim>1)
        for what,o in {'nan':torch.full_like(weights[name], float('nan')), 'whole numbers':weights[name].int(), 'another shape':weights[name][:1].contiguous(), 'too large':weights[name].clone().fill_(3e38)}.items():
            save_file(weights|{name:o}, run/'model.safetensors'); done = here(*predict, cwd=tmp)
            yield f'weights {what}', done.one_line('results/tiny', code=2) if what!='too large' else done.one_line('WeightsError', 'damaged', code=1), 'one line with the name, exit code 2'
        for what,o in {'cut':kept[:-5], 'longer':kept+b'x'*100, 'header':b'\xff'*8+kept[8:], 'deep':(10**6).to_bytes(8, 'little')+b'['*10**6}.items():
            (run/'model.safetensors').write_bytes(o); yield refused(f'safetensors {what}', here(*predict, cwd=tmp), 'results/tiny')
        (run/'model.safetensors').write_bytes(kept)
        evaluate,train = ['evaluate','--results','results/tiny','--split','val','--text'],['train','--config','tiny.toml','--data','data/tiny','--out','results/tiny','--resume','--quiet']
        for text in ('', '[]', 'null', '\xff', '{"data": 5}'):
            (run/'run.json').write_text(text, encoding='latin1')
            yield refused(f'run.json {text!r}, evaluate', here(*evaluate, cwd=tmp))
            if text[:1]!='{': yield refused(f'run.json {text!r}, train', here(*train, cwd=tmp), 'run.json is damaged')
        (run/'run.json').unlink()
        for text in ('', '[]', 'null', '{"val": 5}', '{"val": {"formulas": "x"}}', 'a,b\n', '\xff'):
            (run/'scores.json').write_text(text, encoding='latin1')
            yield refused(f'scores.json {text!r}', here(*evaluate, '--data', 'data/tiny', cwd=tmp), 'scores.json is damaged')

@trial(19, 'the shell is odd: a narrow encoding, closed streams, no home, a folder that is gone', "PYTHONIOENCODING=ascii latexocr predict --to text …; latexocr … | head -1", 'unknown error with an encoding; a library ends the call where the folder is gone')
def odd_shells():
    ask = lambda words, cwd, **env: subprocess.run(['/bin/bash','-c', f'latexocr() {{ {sys.executable} -c "import sys; {RUN}" "$@"; }}; {words}'], cwd=cwd, capture_output=True, text=True, timeout=300,
        env={k:v for k,v in (os.environ|dict(PYTHONPATH=str(root))|env).items() if v is not None})
    with folder('results') as tmp:
        shutil.copy(good(), tmp/'a.png'); (tmp/'f.txt').write_text('x+1\n'*3000); (tmp/'greek.txt').write_text('\\alpha\n')
        for code,to in (('ascii','text'), ('latin1','mathml')):
            done = ask(f'latexocr predict a.png --to {to}', tmp, PYTHONIOENCODING=code)
            yield f'{to} in {code}', done.returncode==1 and 'PYTHONIOENCODING=utf-8' in done.stderr and len(done.stderr.splitlines())==1, 'one line says which encoding helps'
        for words in ('--help','completion bash','normalize f.txt','render --typefaces'):
            done = ask(f'latexocr {words} | head -1; exit ${{PIPESTATUS[0]}}', tmp)
            yield f'{words} | head -1', not done.stderr and done.returncode in (0,120) and len(done.stdout.splitlines())==1, 'a pipe that is closed early: silence'
        for words,code in (('mine - --out q <&-',2), ('render - --out q <&-',2), ('normalize f.txt >/dev/full',2), ('completion bash >/dev/full',2)):
            done = ask(f'latexocr {words}', tmp)
            yield words, done.returncode==code and len(done.stderr.splitlines())==1 and clean(done.stderr), 'closed and full streams: one line'
        done = ask('mkdir gone; cd gone; rmdir ../gone; latexocr predict ../a.png', tmp)
        yield 'the folder is gone', done.returncode==2 and done.stderr=='latexocr: this folder has been removed: change to another one\n', 'a folder that is gone: one line'
        for home_folder in (None, '/nonexistent', '/proc'):
            done = ask('latexocr normalize f.txt | tail -1; latexocr predict a.png --weights results/tiny', tmp, HOME=home_folder)
            yield f'HOME = {home_folder}', done.returncode==0 and 'x + 1' in done.stdout and clean(done.stderr), 'without a home it reads'
        done = ask('latexocr app --static --no-browser --port 0', tmp, HOME='/proc')
        yield 'the static page without a home', done.returncode==2 and len(done.stderr.splitlines())==1 and '/proc/.cache' in done.stderr and clean(done.stderr), 'the page names the folder it may not write'
        for k,v in dict(RANK='3', WORLD_SIZE='5', COLUMNS='0', TERM='', CUDA_VISIBLE_DEVICES='9', TMPDIR='/nonexistent').items():
            done = ask('latexocr predict a.png --weights results/tiny', tmp, **{k:v})
            yield f'{k} = {v}', done.returncode==0 and bool(done.stdout) and clean(done.stderr), 'variables of others change nothing'
        done = ask('latexocr render f.txt --out r --engine system', tmp, PATH='/nonexistent')
        yield 'no TeX on the path', done.returncode==2 and 'no working TeX' in done.stderr and len(done.stderr.splitlines())==1, 'one line says what to install'

@trial(20, 'it is stopped at any moment', 'Ctrl-C and kill, at random moments of each command', 'the same')
def stopped():
    rng = random.Random(42)
    if signal.getsignal(signal.SIGINT)==signal.SIG_IGN: signal.signal(signal.SIGINT, signal.default_int_handler)     # started with &: what we start would ignore Ctrl-C
    with folder('data','tiny.toml','results') as tmp:
        for i in range(20): shutil.copy(good(), tmp/f'{i}.png')
        (tmp/'f.txt').write_text('x+1\n'*3000); weights = ['--weights','results/tiny']
        every = dict(predict=['.',*weights], render=['f.txt','--out','r'], build=['--config','tiny.toml','--out','d','--quiet'], label=['data/tiny/train-00000.parquet','--out','l',*weights], export=['--out','e',*weights],
            evaluate=['--results','results/tiny','--data','data/tiny','--split','val'], visualize=['0.png','--out','v',*weights], normalize=['f.txt'])
        for word,rest in every.items():
            for sign in (signal.SIGINT, signal.SIGTERM):
                p = subprocess.Popen([sys.executable, '-c', f'import sys; {RUN}', word, *rest], cwd=tmp, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=os.environ|dict(PYTHONPATH=str(root)), start_new_session=True)
                try:
                    with contextlib.suppress(subprocess.TimeoutExpired): p.wait(rng.uniform(.5, 12))
                    if p.poll() is None: p.send_signal(sign)
                    err = p.communicate(timeout=60)[1]
                except subprocess.TimeoutExpired: os.killpg(p.pid, signal.SIGKILL); err = 'Traceback: it did not end'+p.communicate()[1]
                ok = clean(err) and p.returncode in (0, 1, 2, -sign)
                yield f'{word}, {sign.name}'+f': exit code {p.returncode}, {err[-300:]!r}'*(not ok), ok, 'it ends within a minute, without a traceback'

@contextlib.contextmanager
def small_files(most=20_000):
    "As under `ulimit -f 20`"
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, before[1]))
    try: yield
    finally: resource.setrlimit(resource.RLIMIT_FSIZE, before)

@contextlib.contextmanager
def full_temp():
    "Temporary files on a disk that is full; None where nothing may be mounted"
    from soak import tiny_disk
    with tiny_disk() as disk:
        if disk: (disk/'ballast').write_bytes(bytes(shutil.disk_usage(disk).free-4096)); tempfile.tempdir = str(disk)
        try: yield disk
        finally: tempfile.tempdir = None

@trial(21, 'TeX has no room, files may not be large, streams are closed', 'ulimit -f 20; TMPDIR=/full latexocr build …; latexocr predict a.png - <&-',
       'the formulas are blamed: render says that TeX made no page of them, label ends well without a picture; the file is not named; a TIFF is not read, nor what stands beside a -')
def no_room():
    with folder('data','tiny.toml','results') as tmp:
        (tmp/'f.txt').write_text('x+1\ny\n'); shutil.copy(good(), tmp/'a.png'); Image.open(good()).save(tmp/'a.tiff'); weights = ['--weights','results/tiny']
        tex = dict(render=['f.txt'], build=['--config','tiny.toml','--quiet'], label=['data/tiny/val-00000.parquet',*weights])
        others = dict(train=['--config','tiny.toml','--data','data/tiny','--quiet'], visualize=['a.png',*weights,'--png'], export=weights)
        here('render', 'f.txt', '--out', 'first', cwd=tmp)                  # finds TeX
        for word,rest in (tex|others).items():
            with small_files(): done = here(word, *rest, '--out', f'small {word}', cwd=tmp)
            yield f'{word}, files of 20 kB', done.one_line('File too large', 'ulimit -f', ': ', code=2), 'a limit on files: one line with the file'
        for word,rest in tex.items():
            with full_temp() as disk: done = disk and here(word, *rest, '--out', f'full {word}', cwd=tmp)
            if disk: yield f'{word}, TMPDIR is full', done.one_line('No space left', str(disk), 'make room', code=2), 'TMPDIR is full: one line with the folder'
            done = here(word, *rest, '--out', f'full {word}', cwd=tmp)
            yield f'{word}, with room again', done.code==0 and clean(done.err), 'with room again all is drawn'
        ask = lambda words: subprocess.run(['/bin/bash','-c', f'exec {sys.executable} -c "import sys; {RUN}" {words}'], cwd=tmp, capture_output=True, text=True, timeout=300, env=os.environ|dict(PYTHONPATH=str(root)))
        done = ask('predict a.tiff --weights results/tiny <&- 2>&-')
        yield 'a TIFF, <&- 2>&-', done.returncode==0 and bool(done.stdout), 'closed streams: a TIFF is read'
        done = ask('predict a.png - none.png --weights results/tiny --json <&-')
        yield 'a - among pictures, <&-', done.returncode==1 and len(done.stdout.splitlines())==3 and '-: standard input is closed' in done.stderr and clean(done.stderr), 'and so are the pictures beside a -'
        done = ask('predict none.png a.png --weights results/tiny 2>/dev/full')
        yield '2>/dev/full', done.returncode==1 and len(done.stdout.splitlines())==1, 'where nothing can be said the others are read'

READS_ALL = ['setpriv','--reuid','65534','--regid','65534','--clear-groups','--inh-caps','+dac_read_search','--ambient-caps','+dac_read_search']
def ask_shell(words, cwd, *before, package=root, **env):
    "A line of bash in which `latexocr` is the program; variables that are None are taken away, `before` is what starts bash"
    env = {k:v for k,v in (os.environ|dict(PYTHONPATH=str(package))|env).items() if v is not None}
    line = f'latexocr() {{ {sys.executable} -c "import sys; {RUN}" "$@"; }}; {words}'
    return subprocess.run([*before, '/bin/bash','-c', line], cwd=cwd, capture_output=True, text=True, errors='surrogateescape', timeout=600, env=env)

@trial(22, 'names are no text: Greek under LANG=C, bytes that are not UTF-8', 'LANG=C latexocr build --out α …',
       'a dataset or graphs under such a name could not be written, or were called damaged; a report of one ended evaluate')
def odd_names():
    "All commands, with names that are no text to Python: Greek where the shell speaks ASCII, and a byte that is never UTF-8"
    with folder('tiny.toml') as tmp:
        shutil.copy(good(), tmp/'a.png')
        ascii_shell = dict(LANG='C', LC_ALL=None, LC_CTYPE=None, PYTHONUTF8='0', PYTHONCOERCECLOCALE='0')
        for what,name,env in (('Greek under LANG=C', 'α'.encode(), ascii_shell), ('a byte that is not UTF-8', b'\xff', dict(PYTHONUTF8='0'))):
            o = os.fsdecode(name)
            for words in (f'build --config tiny.toml --out {o}d --quiet', f'train --config tiny.toml --data {o}d --out {o}r --quiet', f'evaluate --results {o}r --data {o}d --split val --text',
                          f'label {o}d/val-00000.parquet --weights {o}r --out {o}l', f'export --weights {o}r --out {o}e', f'predict a.png --json --weights {o}e'):
                done = ask_shell('latexocr '+words, tmp, **env)
                yield f'{words.split()[0]}, {what}', done.returncode==0 and clean(done.stderr), 'names that are no text: all commands'
            left = [i for i in (tmp/f'{o}d').rglob('*.tmp')]
            yield f'leftovers, {what}', not left, 'names that are no text: all commands'

@trial(23, 'the machine is narrow: packages that may not be written, few open files, little memory, no network, files that vanish',
       'ulimit -n 16; latexocr predict many …; ulimit -v 300000; latexocr predict …',
       'too many open files: none of sixty is read; too little memory: "needs the package _C"; npm gave no reason')
def narrow():
    with folder('data','tiny.toml','results') as tmp:
        shutil.copy(good(), tmp/'a.png'); os.chmod(tmp, 0o777); weights = '--weights results/tiny'
        shutil.copytree(root/'latexocr', tmp/'site/latexocr', ignore=shutil.ignore_patterns('__pycache__'))
        subprocess.run(['chmod','-R','a-w',str(tmp/'site')], check=True)
        other = [] if os.geteuid() or not shutil.which('setpriv') else READS_ALL
        for words in ('predict a.png','build --config tiny.toml --out other --quiet','label other/val-00000.parquet --out labels'):
            done = ask_shell(f'latexocr {words}', tmp, *other, package=tmp/'site', HOME='/nonexistent')
            yield f'{words}, read-only packages, another user without a home', done.returncode==0 and clean(done.stderr), 'packages that may not be written, a user without a home: the same'
        subprocess.run(['chmod','-R','u+w',str(tmp/'site')], check=True)
        (tmp/'many').mkdir(); (tmp/'ring').mkdir(); os.symlink('..', tmp/'ring/up'); (tmp/'ring/f.tex').write_text('$x+1$')
        for i in range(60): shutil.copy(good(), tmp/f'many/{i}.png')
        done = ask_shell(f'ulimit -n 16; latexocr predict many --json --jobs 2 {weights}', tmp)
        yield 'ulimit -n 16', done.returncode==0 and len(done.stdout.splitlines())==60 and clean(done.stderr), 'few open files: all sixty are read'
        done = ask_shell(f'ulimit -v 300000; latexocr predict a.png {weights}', tmp)
        yield 'ulimit -v 300000', done.returncode==2 and 'out of memory' in done.stderr and len(done.stderr.splitlines())==1, 'little memory: one line'
        offline = [] if os.geteuid() else ['unshare','-n']
        for words in ('download im2latex-100k --out published','im2latex --files published --data none --out none'):
            done = ask_shell(f'latexocr {words}', tmp, *offline, https_proxy='http://127.0.0.1:9' if os.geteuid() else None)
            yield f'{words.split()[0]} without a network', done.returncode==2 and 'im2latex_formulas.lst: ' in done.stderr and clean(done.stderr), 'no network: a line with the file, exit code 2'
        for o in (tmp/'data').rglob('*'): os.utime(o, (-86400, -86400))
        os.utime(tmp/'results/tiny/checkpoint.pt', (2**32, 2**32))
        done = ask_shell('latexocr train --config tiny.toml --data data/tiny --out results/tiny --resume --quiet && latexocr evaluate --results results/tiny --data data/tiny --split val --text', tmp)
        yield 'files of 1969 and 2106', done.returncode==0 and clean(done.stderr), 'files of 1969 and 2106: the same'
        done = ask_shell('latexocr mine ring --out found.txt', tmp)
        yield 'a folder that holds itself', done.returncode==0 and (tmp/'found.txt').read_text()=='x+1\n', 'a folder that holds itself: once'
        done = ask_shell(f'(sleep 3; while rm many/5?.png 2>/dev/null; do sleep .2; done; for i in $(seq 90); do printf x >> many/7.png; truncate -s 999 many/8.png; sleep .1; done) & latexocr predict many --json --jobs 1 {weights}; code=$?; kill $!; exit $code', tmp)
        yield 'pictures that vanish and change', done.returncode in (0,1) and len(done.stdout.splitlines())==60 and clean(done.stderr), 'pictures that vanish or change: a line for each'
        done = ask_shell(f'TERM=dumb TMPDIR=/proc latexocr predict a.png - {weights} < a.png', tmp)
        yield 'TERM=dumb, TMPDIR=/proc', done.returncode==0 and len(done.stdout.splitlines())==2 and clean(done.stderr), 'TERM and TMPDIR of no use: the same'
        for words in (f'label data/tiny/val-00000.parquet {weights} --out piped | true', f'label data/tiny/val-00000.parquet {weights} --out piped2 >&-'):
            done = ask_shell(f'latexocr {words}; exit ${{PIPESTATUS[0]}}', tmp)
            yield words[-8:], done.returncode in (0,120) and not done.stderr and bool(list(tmp.glob('piped*/*.parquet'))), 'nobody listens: the work is done'

def result(t):
    "Try it, count, and keep what went wrong"
    tried,lost,seen = 0,[],{}
    try:
        for what,ok,said in t.run():
            tried += 1
            if ok: seen[said] = True
            else: lost.append(what)
    except Exception as e: tried += 1; lost.append(f'the trial itself: {type(e).__name__}: {e}')
    return dict(row=t.number, what=t.what, command=t.command, before=t.before, tried=tried, survived=tried-len(lost), lost=lost, after='; '.join(seen))

def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('rows', nargs='*', type=int, help='numbers of rows (default: all)')
    p.add_argument('--out', type=Path, help='JSON file that takes the rows')
    args = p.parse_args()
    kept = json.loads(args.out.read_text(encoding='utf-8')) if args.out and args.out.exists() else {}
    rows = {o['row']:o for o in kept.get('rows', [])}
    for n in args.rows or TRIALS:
        r = rows[n] = result(TRIALS[n])
        print(f"{n:>2} {r['what']}: {r['survived']} of {r['tried']}; {r['after']}", *(f'   LOST {o}' for o in r['lost']), sep='\n', flush=True)
        if args.out: args.out.write_text(json.dumps(kept|dict(rows=[rows[k] for k in sorted(rows)]), indent=1, ensure_ascii=False)+'\n', encoding='utf-8')
    if home.cache_info().currsize: shutil.rmtree(home(), ignore_errors=True)
    return int(any(rows[n]['lost'] for n in args.rows or TRIALS))

if __name__=='__main__': sys.exit(main())
