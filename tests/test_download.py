"Downloading from a server with moods: it hangs up, lies, stalls, sends us elsewhere and serves poisoned archives"
import errno, gzip, hashlib, io, os, re, signal, socket, struct, subprocess, sys, tarfile, threading, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request
import pytest
from PIL import Image
from latexocr.datasets import download as module
from latexocr.cli import main
from latexocr.data import DataConfig
from latexocr.datasets.sources import read_splits
from latexocr.datasets.download import DATASETS, DownloadError, download
from latexocr.render import render

NAME,ARCHIVE = 'im2latex-100k','formula_images.tar.gz'
FORMULAS = [r'\int_0^\infty e^{-ax^2}\,dx=\frac12\sqrt{\frac{\pi}{a}}', r'x_i^2', r'\frac{1}{2}', r'\sum_{k=1}^{n} k', r'\hat{H}\psi=E\psi']
LINES = ['a\x0cb'.encode(), FORMULAS[0], b'c\rd\xa0\x85e', FORMULAS[1], FORMULAS[2], 'f\u2028g\x1ch'.encode(), FORMULAS[3], FORMULAS[4]]  # with breaks that aren't line ends
SPLITS = dict(train=[1,3,4], validate=[6], test=[7])

def png(image):
    f = io.BytesIO(); image.save(f, 'PNG'); return f.getvalue()

def tar(*members):
    "A .tar.gz of (name, bytes or a TarInfo's attributes)"
    f = io.BytesIO()
    with tarfile.open(fileobj=f, mode='w:gz') as t:
        for name,what in members:
            m = tarfile.TarInfo(name)
            if isinstance(what, bytes): m.size = len(what); t.addfile(m, io.BytesIO(what))
            else: [setattr(m, k, v) for k,v in what.items()]; t.addfile(m)
    return f.getvalue()

@pytest.fixture(scope='module')
def replica():
    "The published files in small: five formulas, drawn; and noise, so that the archive is worth dropping"
    where = [i for rows in SPLITS.values() for i in rows]
    pictures = [(f'formula_images/pic{i}.png', png(r.image)) for i,r in zip(where, render(FORMULAS))]
    noise = ('formula_images/noise.png', png(Image.frombytes('L', (640,512), os.urandom(640*512))))
    files = {'im2latex_formulas.lst': b''.join((o if isinstance(o, bytes) else o.encode())+b'\n' for o in LINES)}
    for name,rows in SPLITS.items(): files[f'im2latex_{name}.lst'] = ''.join(f'{i} pic{i} basic\n' for i in rows).encode()
    return {**files, ARCHIVE: tar(('formula_images', dict(type=tarfile.DIRTYPE)), *pictures, noise)}

class Handler(BaseHTTPRequestHandler):
    def log_message(self, *args): pass
    def head(self, code, **headers):
        self.send_response(code, headers.pop('reason', None))
        for k,v in headers.items(): self.send_header(k.replace('_','-'), str(v))
        self.end_headers()
    def do_GET(self):
        s,name = self.server,self.path.split('?')[0].replace('//', '/none/none').rsplit('/', 1)[1]
        start = int(re.sub(r'\D', '', self.headers['Range'] or '0'))
        s.asked.append((name, start))
        mood = s.moods[name].pop(0) if s.moods.get(name) else s.always.get(name, 'good')
        try: getattr(self, mood)(s.files.get(name, b''), start) if isinstance(mood, str) else mood(self)
        except ConnectionError: pass
    def good(self, d, start, upto=None):
        if start>=len(d)>0 and start: return self.head(416, Content_Range=f'bytes */{len(d)}', Content_Length=0)
        if start: self.head(206, Content_Range=f'bytes {start}-{len(d)-1}/{len(d)}', Content_Length=len(d)-start)
        else: self.head(200, Content_Length=len(d))
        self.wfile.write(d[start:upto])
    def drop(self, d, start): self.good(d, start, start+(len(d)-start)//2)
    def crumbs(self, d, start): self.good(d, start, start+70_000)
    def stuck(self, d, start): self.good(d, start, len(d)//2)
    def reset(self, d, start):
        self.drop(d, start); self.wfile.flush()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0)); self.connection.close()
    def corrupt(self, d, start): self.head(200, Content_Length=len(d)); self.wfile.write(d[:-1]+bytes([d[-1]^1]))
    def no_range(self, d, start): self.good(d, 0)
    def no_range_drop(self, d, start): self.drop(d, 0)
    def no_length(self, d, start): self.head(200); self.wfile.write(d)
    def wrong_range(self, d, start): self.head(206, Content_Range=f'bytes 3-{len(d)-1}/{len(d)}', Content_Length=len(d)-3); self.wfile.write(d[3:])
    def odd_range(self, d, start): self.head(206, Content_Range='potatoes', Content_Length=len(d)-start); self.wfile.write(d[start:])
    def stall(self, d, start): self.drop(d, start); self.wfile.flush(); self.server.go.wait(20)
    def huge(self, d, start): self.head(200, Content_Length=1<<50); self.wfile.write(d)
    def endless(self, d, start):
        self.head(200)
        while True: self.wfile.write(bytes(1<<16))
    def away(self, d, start):
        self.head(302, Location='/elsewhere/'+ARCHIVE)
        while True: self.wfile.write(bytes(1<<16))
    def nonsense(self, d, start): self.wfile.write(b'SSH-2.0-OpenSSH\r\n\r\n')
    def silent(self, d, start): self.close_connection = True

def named(f, name): f.__name__ = name; return f
def status(code, reason=None): return named(lambda h: h.head(code, reason=reason, Content_Length=0), str(code))
def to(location): return named(lambda h: h.head(302, Location=location, Content_Length=0), f'to {location}')

@pytest.fixture
def server(replica, monkeypatch):
    "A server of the replica, which stands in for the published set"
    s = ThreadingHTTPServer(('127.0.0.1', 0), Handler)
    s.daemon_threads,s.block_on_close = True,False
    s.files,s.asked,s.moods,s.always,s.go = dict(replica),[],{},{},threading.Event()
    s.url = f'http://127.0.0.1:{s.server_port}'
    threading.Thread(target=s.serve_forever, kwargs=dict(poll_interval=.01), daemon=True).start()
    monkeypatch.setenv('NO_PROXY', '127.0.0.1'); monkeypatch.setenv('no_proxy', '127.0.0.1')
    stand_in(monkeypatch, s)
    yield s
    s.go.set(); s.shutdown(); s.server_close()

def stand_in(monkeypatch, server):
    "Publish what the server holds now"
    monkeypatch.setitem(DATASETS, NAME, dict(url=f'{server.url}/record/NAME?download=1', md5={k:hashlib.md5(v).hexdigest() for k,v in server.files.items()}))

def get(out, pauses=(0,0), **kwargs): return download(NAME, out, progress=False, pauses=pauses, timeout=kwargs.pop('timeout', 5), **kwargs)
def complete(out, server):
    assert sorted(p.name for p in out.iterdir())==sorted([*server.files, 'formula_images'])            # and no .part
    for k,v in server.files.items(): assert (out/k).read_bytes()==v
    assert len(list((out/'formula_images').iterdir()))==6

def test_published_sums():
    "The set as its public record gives it"
    assert DATASETS[NAME]['url']=='https://zenodo.org/records/56198/files/NAME?download=1'
    assert {k:v[:8] for k,v in DATASETS[NAME]['md5'].items()}=={ARCHIVE:'cf25f240', 'im2latex_formulas.lst':'974c0a14',
        'im2latex_train.lst':'d5607c37', 'im2latex_validate.lst':'cf6eeee0', 'im2latex_test.lst':'1bc17b86'}
    assert all(re.fullmatch('[0-9a-f]{32}', v) for v in DATASETS[NAME]['md5'].values())

def test_undisturbed(server, tmp_path):
    out = get(tmp_path/'deep'/'out')
    complete(out, server)
    assert server.asked==[(k,0) for k in server.files]
    get(out)
    assert len(server.asked)==len(server.files)                                  # complete files aren't asked for again

def test_formulas_belong_to_their_pictures(server, tmp_path):
    "Line breaks inside formulas count for nothing: each formula, drawn again, is its own picture"
    names = {k:f'im2latex_{v}.lst' for k,v in dict(train='train', val='validate', test='test').items()}
    splits,_ = read_splits(DataConfig(formulas='im2latex_formulas.lst', **names), get(tmp_path))
    assert {k:v[names[k]] for k,v in splits.items()}==dict(train=FORMULAS[:3], val=FORMULAS[3:4], test=FORMULAS[4:])
    for name,rows in ((n, splits[k][n]) for k,n in names.items()):
        pictures = [o.split()[1] for o in (tmp_path/name).read_text().split('\n') if o]
        for p,r in zip(pictures, render(rows), strict=True): assert (tmp_path/f'formula_images/{p}.png').read_bytes()==png(r.image)
    assert len((tmp_path/'im2latex_formulas.lst').read_bytes().decode('latin-1').splitlines())>len(LINES)      # the trap is there

def test_mirror_and_text_only(server, tmp_path):
    get(tmp_path, url=f'{server.url}/some/mirror/', images=False)
    assert sorted(p.name for p in tmp_path.iterdir())==sorted(k for k in server.files if k!=ARCHIVE)
    get(tmp_path, url=f'{server.url}/some/mirror')
    complete(tmp_path, server)

@pytest.mark.parametrize('moods', [['drop'], ['drop','drop'], ['reset'], ['no_range_drop','no_range'], ['drop','no_range'], ['no_length'], ['corrupt'],
    ['drop','corrupt'], ['drop','wrong_range'], ['drop','odd_range'], ['nonsense'], ['silent','drop'], [status(500), status(503)], [status(429)],
    ['corrupt','drop'], [to('/elsewhere/'+ARCHIVE)], ['drop', to('/elsewhere/'+ARCHIVE)], ['away'], [status(500),'drop']], ids=lambda moods: ', '.join(getattr(o, '__name__', o) for o in moods))
def test_moods(server, tmp_path, moods):
    "Whatever goes wrong once or twice, the set ends complete"
    server.moods[ARCHIVE] = list(moods)
    complete(get(tmp_path), server)

def test_resumes_where_it_stopped(server, tmp_path):
    server.moods[ARCHIVE] = ['drop','drop']
    get(tmp_path)
    n = len(server.files[ARCHIVE]); half = n//2
    assert [start for name,start in server.asked if name==ARCHIVE]==[0, half, half+(n-half)//2]

def test_server_without_ranges(server, tmp_path):
    "It starts again from the beginning, and so do we"
    server.moods[ARCHIVE] = ['drop','no_range']
    complete(get(tmp_path), server)
    assert [start for name,start in server.asked if name==ARCHIVE]==[0, len(server.files[ARCHIVE])//2]

def test_patience_is_renewed(server, tmp_path):
    "A line that drops after every 70 kB needs more connections than there are pauses"
    server.always[ARCHIVE] = 'crumbs'
    complete(get(tmp_path, pauses=(0,)), server)
    assert len([1 for name,_ in server.asked if name==ARCHIVE])>4

def test_gives_up_and_goes_on_later(server, tmp_path):
    server.always[ARCHIVE] = 'stuck'
    with pytest.raises(DownloadError, match='formula_images.tar.gz: the connection was dropped.*run it again'): get(tmp_path)
    half = len(server.files[ARCHIVE])//2
    assert (tmp_path/(ARCHIVE+'.part')).stat().st_size==half and not (tmp_path/ARCHIVE).exists()
    server.always.clear(); server.asked.clear()
    complete(get(tmp_path), server)
    assert server.asked==[(ARCHIVE, half)]

def test_part_files_of_every_kind(server, tmp_path):
    "Whole but not yet renamed, too long, of something else, empty"
    d = server.files[ARCHIVE]
    for part,asked in ((d, [len(d)]), (d+b'x', [len(d)+1, 0]), (b'x'*1000, [1000, 0]), (b'', [0])):
        (tmp_path/ARCHIVE).unlink(missing_ok=True)
        (tmp_path/(ARCHIVE+'.part')).write_bytes(part); server.asked.clear()
        complete(get(tmp_path), server)
        assert [start for name,start in server.asked if name==ARCHIVE]==asked

def test_corrupt_file(server, tmp_path):
    "Fetched once more, then an error that names file and both sums; nothing of it stays"
    server.always[ARCHIVE] = 'corrupt'
    d = server.files[ARCHIVE]
    with pytest.raises(DownloadError) as e: get(tmp_path)
    for o in (ARCHIVE, hashlib.md5(d).hexdigest(), hashlib.md5(d[:-1]+bytes([d[-1]^1])).hexdigest(), 'mirror'): assert o in str(e.value)
    assert not list(tmp_path.glob(ARCHIVE+'*')) and server.asked.count((ARCHIVE,0))==2
    (tmp_path/'im2latex_test.lst').write_bytes(b'changed since'); server.always.clear()
    complete(get(tmp_path), server)

def test_errors_that_patience_cannot_mend(server, tmp_path):
    for mood,word in ((status(404), 'HTTP 404 Not Found'), (status(403), '403'), (status(410), '410'), (to('file:///etc/passwd'), 'file:///etc/passwd'),
        (to('ftp://127.0.0.1/x'), 'redirects to ftp:'), (to('data:text/plain,x'), 'data:'), (to('/'+ARCHIVE), '302'), (to('http://[x'), 'formula_images'),
        (status(404, '\x1b[2Jgone'), 'HTTP 404  [2Jgone')):
        server.always[ARCHIVE],begun = mood,time.time(); server.asked.clear()
        with pytest.raises(DownloadError) as e: get(tmp_path, pauses=(30,))
        assert time.time()-begun<20
        assert word in str(e.value) and str(e.value).startswith(ARCHIVE) and str(e.value).isprintable()
    assert not (tmp_path/ARCHIVE).exists()

def test_never_from_https_to_http():
    r = module._Redirect()
    assert r.redirect_request(Request('http://a/x'), io.BytesIO(), 302, 'Found', {}, 'https://b/x').full_url=='https://b/x'
    with pytest.raises(HTTPError, match='redirects to http:'): r.redirect_request(Request('https://a/x'), io.BytesIO(), 302, 'Found', {}, 'http://b/x')
    assert not {'file','ftp','data'} & set(module._opener().handle_open)

def test_gives_up_on_a_broken_server(server, tmp_path):
    for mood,word in ((status(500), 'HTTP 500'), ('nonsense', 'SSH-2.0'), ('silent', 'without response')):
        server.always[ARCHIVE] = mood; server.asked.clear()
        with pytest.raises(DownloadError, match=word): get(tmp_path)
        assert server.asked.count((ARCHIVE,0))==3                                # one try more than pauses

def test_a_silent_line_is_a_dropped_one(server, tmp_path):
    server.moods[ARCHIVE],begun = ['stall'],time.time()
    complete(get(tmp_path, timeout=.3), server)
    assert time.time()-begun<15
    assert server.asked[-1]==(ARCHIVE, len(server.files[ARCHIVE])//2)

@pytest.mark.parametrize('mood', ['huge','endless'])
def test_sizes_are_capped(server, tmp_path, monkeypatch, mood):
    monkeypatch.setattr(module, 'MAX_BYTES', 1<<20)
    server.always['im2latex_train.lst'] = mood
    with pytest.raises(DownloadError, match='im2latex_train.lst: .* sends more than 1 MB'): get(tmp_path)
    assert sum(p.stat().st_size for p in tmp_path.iterdir())<1<<20

@pytest.mark.parametrize('url', ['file:///etc', 'ftp://127.0.0.1', 'zenodo.org', 'http://', 'http:///x', 'http://a b', 'http://[', 'http://[::1',
    'http://127.0.0.1:port', 'http://\u00e9'+'x'*70, 'http://127.0.0.1/\n', 'data:,x', '/etc', '-'], ids=repr)
def test_not_an_address(tmp_path, url):
    with pytest.raises(DownloadError): get(tmp_path/'out', url=url, pauses=())
    assert not list(tmp_path.rglob('*.lst'))

def test_folders_that_cannot_be_used(server, tmp_path):
    (tmp_path/'file').write_text('')
    with pytest.raises(DownloadError, match='file.*another folder'): get(tmp_path/'file')
    (tmp_path/'out/im2latex_train.lst.part').mkdir(parents=True)
    with pytest.raises(DownloadError, match='im2latex_train.lst.part'): get(tmp_path/'out')

def test_disk_full(server, tmp_path, monkeypatch):
    def full(*args): raise OSError(28, 'No space left on device')
    monkeypatch.setattr(module, '_read', full)
    with pytest.raises(DownloadError, match='No space left on device: make room'): get(tmp_path, pauses=(30,))
    with pytest.raises(DownloadError, match="no dataset 'other': there is im2latex-100k"): download('other', tmp_path)

POISON = {'absolute':[('/tmp/latexocr-canary', b'x')], 'climbs':[('../canary', b'x')], 'climbs deep':[('formula_images/../../../canary', b'x')],
    'symlink':[('link', dict(type=tarfile.SYMTYPE, linkname='/etc/passwd'))],
    'through a link':[('link', dict(type=tarfile.SYMTYPE, linkname='..')), ('link/canary', b'x')],
    'link inside':[('a.png', b'x'), ('b.png', dict(type=tarfile.SYMTYPE, linkname='a.png'))],
    'hard link':[('a', dict(type=tarfile.LNKTYPE, linkname='../../canary'))], 'device':[('null', dict(type=tarfile.CHRTYPE, devmajor=1, devminor=3))],
    'block device':[('sda', dict(type=tarfile.BLKTYPE, devmajor=8))], 'pipe':[('pipe', dict(type=tarfile.FIFOTYPE))], 'no name':[('..', b'x')]}

@pytest.mark.parametrize('kind', [*POISON, 'no archive', 'empty', 'cut', 'damaged', 'ends in rubbish'])
def test_poisoned_archives(server, tmp_path, monkeypatch, kind):
    "Even with the right md5 sum: nothing is unpacked, nothing lies outside"
    good = server.files[ARCHIVE]
    other = {'no archive':b'<html>sorry</html>', 'empty':b'', 'cut':good[:len(good)//2], 'damaged':good[:100]+b'\xff'*1000+good[1100:],
        'ends in rubbish':gzip.compress(gzip.decompress(good)[:3000])+b'rubbish'*100}
    server.files[ARCHIVE] = other[kind] if kind in other else tar(('formula_images/fine.png', b'x'), *POISON[kind])
    stand_in(monkeypatch, server)
    canary,out = tmp_path/'canary',tmp_path/'a'/'out'
    canary.write_text('alive')
    with pytest.raises(DownloadError, match='formula_images.tar.gz: not unpacked: .*--no-images'): get(out)
    assert canary.read_text()=='alive' and not Path('/tmp/latexocr-canary').exists()
    assert sorted(p.name for p in tmp_path.rglob('*'))==sorted([*server.files, 'canary', 'a', 'out'])

def test_archives_are_capped(server, tmp_path):
    bar = module.tqdm(disable=True)
    (tmp_path/'many').write_bytes(tar(*((f'{i}.png', b'x') for i in range(11))))
    (tmp_path/'large').write_bytes(tar(('a.png', bytes(1<<20)), ('b.png', bytes(1<<20))))
    for name,kwargs in (('many', dict(max_files=10)), ('large', dict(max_bytes=(2<<20)-1))):
        with pytest.raises(tarfile.TarError, match='over'): module._unpack(tmp_path/name, tmp_path/'out', bar, **kwargs)
        assert sorted(p.name for p in tmp_path.iterdir())==['large','many']
    module._unpack(tmp_path/'many', tmp_path/'out', bar, max_files=11)
    assert len(list((tmp_path/'out').iterdir()))==11

def test_killed_while_unpacking(server, tmp_path):
    "What an interrupted run left half unpacked is not taken for the whole"
    get(tmp_path)
    (tmp_path/'formula_images').rename(tmp_path/'formula_images.part'); (tmp_path/'formula_images.part/pic1.png').write_text('half')
    (tmp_path/'formula_images.part/other.png').write_text('left over')
    complete(get(tmp_path), server)
    assert (tmp_path/'formula_images/pic1.png').read_bytes()!=b'half' and len(server.asked)==len(server.files)

def test_killed_in_the_middle(server, tmp_path):
    "kill -9 while bytes arrive; the next run asks only for the rest"
    server.moods[ARCHIVE] = ['stall']
    code = f'from latexocr.datasets import download; download.DATASETS[{NAME!r}] = {DATASETS[NAME]!r}; download.download({NAME!r}, {str(tmp_path)!r}, progress=False)'
    p = subprocess.Popen([sys.executable, '-c', code])
    part,half = tmp_path/(ARCHIVE+'.part'),len(server.files[ARCHIVE])//2
    deadline = time.time()+60
    while time.time()<deadline and not (part.exists() and part.stat().st_size>half-10_000): time.sleep(.02)
    p.send_signal(signal.SIGKILL); p.wait()
    had = part.stat().st_size
    assert p.returncode==-signal.SIGKILL and half-10_000<had<=half
    server.asked.clear()
    complete(get(tmp_path), server)
    assert server.asked==[(ARCHIVE, had)]

def test_progress(server, tmp_path, capsys):
    server.moods[ARCHIVE] = ['drop']
    download(NAME, tmp_path, pauses=(0,))
    err = capsys.readouterr().err
    assert all(k in err for k in server.files) and 'unpack' in err and '100%' in err and '%' not in capsys.readouterr().out

def test_command_line(server, tmp_path, capsys, monkeypatch):
    "Exit codes; one line on stderr that names the problem"
    slept = []
    monkeypatch.setattr(module.time, 'sleep', slept.append)
    def run(*args):
        code = main(['download', *map(str, args)])
        return code,*capsys.readouterr()
    with socket.create_server(('127.0.0.1', 0)) as s: nobody = f'http://127.0.0.1:{s.getsockname()[1]}'
    for args,word in (((f'{NAME}k','--out',tmp_path), f"did you mean '{NAME}'"), ((NAME,'--out',tmp_path,'--url',nobody), 'Connection refused'),
        ((NAME,'--out',tmp_path,'--url','file:///etc'), 'http:// or https://')):
        code,out,err = run(*args)
        assert code==2 and out=='' and word in err and len(err.strip().split('\n'))==1, err
    assert slept==[1,3,10]                                                       # longer each time
    assert run(NAME)[0]==2
    server.always['im2latex_test.lst'] = status(404)
    code,out,err = run(NAME, '--out', tmp_path)
    assert code==2 and 'im2latex_test.lst: HTTP 404' in err and '--url' in err
    server.always.clear()
    assert run(NAME, '--out', tmp_path, '--no-images', '--url', server.url)==(0, f'{tmp_path}: {NAME}, all files as published\n', '')
    assert not (tmp_path/ARCHIVE).exists() and run(NAME, '--out', tmp_path)[0]==0
    complete(tmp_path, server)

def test_no_network(tmp_path, monkeypatch):
    "It said `[Errno -2]`; a limit on files was taken for a fault of the server"
    def unknown(*_): raise URLError(socket.gaierror(-2, 'Name or service not known'))
    monkeypatch.setattr(module, '_read', unknown)
    with pytest.raises(DownloadError, match=r'im2latex_formulas.lst: .*connected to the internet\? \(https://zenodo.org/.*--url') as e: download(NAME, tmp_path, progress=False, pauses=())
    assert 'Errno' not in str(e.value)
    def too_large(*_): raise OSError(errno.EFBIG, 'File too large')
    monkeypatch.setattr(module, '_read', too_large)
    with pytest.raises(DownloadError, match='File too large: make room'): download(NAME, tmp_path, progress=False, pauses=())
