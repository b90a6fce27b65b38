"""What happens if …: fifteen kinds of trouble, each tried at the shell as a user would meet it, and what became of it.

    python tools/bench/what_if.py                 # all of them, some ten minutes
    python tools/bench/what_if.py 1 7 9           # some
    python tools/bench/what_if.py --out nbs/what_if.json

A line for each: tried, survived, lost, and what was seen. With --out the rows are written into a JSON file, from which the page `pages/what_if` is made;
rows that were not asked for stay as they are. Linux only."""
import argparse, contextlib, functools, io, json, os, random, re, resource, shutil, signal, subprocess, sys, tempfile, time, urllib.error, urllib.request
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

RUN = 'from latexocr.cli import main; sys.exit(main())'
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
