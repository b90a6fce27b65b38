"""Long runs: does memory stay flat, and does a killed command end in the same files?

    python tools/bench/soak.py --reader 5000 --page 5000 --app 5000 --kills 50 --full 4 --pairs 4
    python tools/bench/soak.py --kills 8 --out nbs/what_if.json

--reader: pictures through one `LatexOCR`; --page: through the page of `latexocr app --static` in Chromium, whose own memory is counted; --app: through the
page with a kernel, of which server and kernel are counted. Memory in the second tenth and in the last.
--kills: build, label, train and evaluate in turn, each killed at a random moment, several times, until a call comes to its end.
--full: the same commands on a tmpfs of 3 MB that is full, then has room again (root, Linux). --pairs: each twice at once on one folder.
Every final file is compared with that of an undisturbed run. Linux only."""
import argparse, base64, csv, gc, hashlib, io, json, os, random, re, shutil, signal, subprocess, sys, tempfile, time
from contextlib import contextmanager, suppress
from pathlib import Path
import numpy as np
sys.path.insert(0, str(Path(__file__).resolve().parent))
import what_if
from what_if import RUN, TINY, app, call, children, root

# --- memory

def resident(*pids):
    "MB of these processes"
    total = 0
    for o in pids:
        with suppress(OSError): total += int(Path(f'/proc/{o}/statm').read_text().split()[1])*os.sysconf('SC_PAGE_SIZE')
    return total/2**20

def pictures():
    "Short formulas and some of the small set, drawn small and large, and some that are none"
    from latexocr.data import small_formulas
    from latexocr.render import render
    short = [f'{a}{o}{b}' for a in ('x','y_{1}','\\frac{a}{b}','\\sqrt{2}','\\alpha') for o in ('+','=','-','\\leq ','<') for b in ('1','z')]
    every = short+sorted({o for v in small_formulas().values() for o in v})[::10]
    drawn = [r.image for dpi in (100, 200, 300) for r in render(every, dpi=dpi) if r.image]
    def data(o, kind): f = io.BytesIO(); o.convert('RGB').save(f, kind); return f.getvalue()
    return [data(o, kind) for o,kind in zip(drawn, ['PNG','JPEG','GIF','BMP']*len(drawn))]+[b'no picture', b'']

def growth(read, n, memory):
    "Read `n` pictures: MB after a tenth and at the end, each the least of some moments"
    some,first,last = pictures(),[],[]
    random.Random(42).shuffle(some)
    for i in range(n):
        read(some[i%len(some)])
        part = i/n
        if .1<=part<.2 or part>=.9:
            if i%max(n//100, 1)==0: gc.collect(); (first if part<.2 else last).append(memory())
        if i%250==249: print(f'  {i+1} of {n} pictures, {memory():.0f} MB', file=sys.stderr, flush=True)
    a,b = min(first),min(last)
    return dict(pictures=n, mb=round(a), mb_end=round(b), growth=round(b/a-1, 4))

def soak_reader(n, weights=None):
    "Pictures through one reader"
    from latexocr.predict import LatexOCR
    ocr = LatexOCR.from_pretrained(weights)
    return growth(lambda o: ocr([o], errors='return'), n, lambda: resident(os.getpid()))

PASTE = """([data, name]) => {
  const bytes = Uint8Array.from(atob(data), o => o.charCodeAt(0)), given = new DataTransfer()
  given.items.add(new File([bytes], name, {type: 'image/png'}))
  document.dispatchEvent(new ClipboardEvent('paste', {clipboardData: given, bubbles: true, cancelable: true}))
}"""
@contextmanager
def chromium():
    "A browser, and its process"
    from playwright.sync_api import sync_playwright
    program = next(filter(None, map(shutil.which, ('chromium','chromium-browser','google-chrome'))))
    with sync_playwright() as pw:
        before = set(children(os.getpid()))
        browser = pw.chromium.launch(executable_path=program, args=['--no-sandbox'])
        started = set(children(os.getpid()))-before
        try: yield browser, lambda: [o for o in started|set(children(os.getpid()))-before if is_tab(o)]
        finally: browser.close()

def is_tab(pid):
    "Is this process a page of Chromium, with its workers?"
    try: return b'--type=renderer' in Path(f'/proc/{pid}/cmdline').read_bytes()
    except OSError: return False

ANSWERED = "brief => latexocr.log.some(o => o.what==='trouble' || o.what===(brief ? 'reading' : 'done'))"
def soak_page(n):
    "Pictures pasted into the page that needs no kernel, one after the other, every fiftieth with all that is shown of it; memory of the tab and its reader"
    from latexocr.use.browser import kept_page, page_server
    import threading
    with page_server(kept_page()) as server, chromium() as (browser,tabs):
        threading.Thread(target=server.serve_forever, daemon=True).start()
        tab,seen = browser.new_page(),[0]
        tab.goto(f'http://127.0.0.1:{server.server_port}/read.html'); tab.wait_for_function("() => document.documentElement.dataset.ready", timeout=300_000)
        session = tab.context.new_cdp_session(tab)
        def read(data):
            seen[0] += 1; brief = seen[0]%50>0
            tab.evaluate("brief => { latexocr.brief = brief }", brief); tab.evaluate(PASTE, [base64.b64encode(data).decode(), 'a.png'])
            tab.wait_for_function(ANSWERED, arg=brief, timeout=300_000, polling=20)
        def memory(): session.send('HeapProfiler.collectGarbage'); return resident(*tabs())
        try: return growth(read, n, memory)
        finally: server.shutdown()

def soak_app(n):
    "Pictures pasted into the page with a kernel; memory of the server and its kernel"
    with tempfile.TemporaryDirectory() as tmp, app(tmp) as (p,url), chromium() as (browser,_):
        tab = browser.new_page(); tab.goto(url, timeout=180_000); tab.wait_for_selector('.latexocr .intake', timeout=180_000)
        def read(data):
            tab.evaluate(PASTE, [base64.b64encode(data).decode(), 'a.png'])
            tab.wait_for_function("() => !document.querySelector('.latexocr .status').className.includes('busy')", timeout=180_000)
        return growth(read, n, lambda: resident(p.pid, *children(p.pid)))

# --- files

STEPS = dict(
    build=('build --config tiny.toml --data . --out data --quiet', 'data'),
    label=('label data/train-00000.parquet --weights run --out labels', 'labels'),
    train=('train --config tiny.toml --data data --out run --quiet', 'run'),
    evaluate=('evaluate --results run --data data --split val --text', 'run'))

def final(folder):
    "File → digest of what a run leaves; hours of the clock, and checkpoints, which hold them, aside"
    found = {}
    for o in sorted(folder.rglob('*')):
        name = o.relative_to(folder).as_posix()
        if not o.is_file() or name.startswith(('checkpoint','history')): continue
        data = o.read_bytes()
        if o.suffix=='.csv': data = json.dumps([{k:v for k,v in r.items() if k not in ('cpu_hours','seconds','hours')} for r in csv.DictReader(io.StringIO(data.decode()))]).encode()
        if o.suffix=='.html': data = b''                                    # a report; its figures stand in scores.json
        if o.name=='config.toml': data = b''                                # names the folder of the dataset
        found[name] = hashlib.sha256(data).hexdigest()
    return found

def words(step, again):
    "Its command; a training that was begun is resumed"
    o = STEPS[step][0].split()
    return o+['--resume'] if step=='train' and again else o

def begun(folder): return (folder/'run/checkpoint.pt').exists() or (folder/'run/checkpoint.before.pt').exists()

class Whole:
    "An undisturbed run: its folder before and after each step, and how long each takes"
    def __init__(self, where, steps=tuple(STEPS)):
        self.at,self.seconds,self.files = {},{},{}
        here = where/'whole'; here.mkdir()
        (here/'tiny.toml').write_text(TINY.replace('save_minutes', '#').replace('epochs = 3', 'epochs = 4\nsave_minutes = 0.002'))
        for step in ('build','train','label','evaluate'):
            if not set(steps)-set(self.files): break                            # the later ones are not asked for
            self.at[step] = where/f'before {step}'; shutil.copytree(here, self.at[step])
            start,done = time.monotonic(),call(*words(step, False), cwd=here)
            if done.code: raise RuntimeError(f'{step}: {done.err}')
            self.seconds[step],self.files[step] = time.monotonic()-start,final(here/STEPS[step][1])

def fresh(whole, step, where):
    shutil.rmtree(where, ignore_errors=True); shutil.copytree(whole.at[step], where)
    return where

def start(step, folder):
    return subprocess.Popen([sys.executable, '-c', f'import sys; {RUN}', *words(step, step=='train' and begun(folder))], cwd=folder, stdout=subprocess.DEVNULL,
                            stderr=subprocess.PIPE, text=True, env=os.environ|dict(PYTHONPATH=str(root)), start_new_session=True)

def finish(step, folder, tries=3):
    "Call it until it ends well"
    for _ in range(tries):
        p = start(step, folder); err = p.communicate(timeout=600)[1]
        if p.returncode==0: return ''
    return err.strip()[-200:]

def compare(whole, step, folder):
    now = final(folder/STEPS[step][1])
    return sorted(k for k in whole.files[step].keys()|now.keys() if whole.files[step].get(k)!=now.get(k))

def kills(n, whole, where, seed=42, steps=tuple(STEPS)):
    "Kill at random moments, two or three times in a row, then let it end: (what, files that differ)"
    rng,done,turn = random.Random(seed),0,0
    while done<n:
        step = steps[turn%len(steps)]; turn += 1
        folder,said = fresh(whole, step, where/'cut'),[]
        for _ in range(min(rng.randint(1, 3), n-done)):
            p,sign = start(step, folder),rng.choice([signal.SIGKILL]*3+[signal.SIGTERM])
            with suppress(subprocess.TimeoutExpired): p.wait(rng.uniform(.3, 1)*whole.seconds[step])
            if p.poll() is None: os.killpg(p.pid, sign)
            err = p.communicate(timeout=120)[1]; done += 1
            said.append(f'{sign.name} {p.returncode}')
            if 'Traceback' in err: said.append('traceback')
        trouble = finish(step, folder)
        yield f'{step}: {", ".join(said)}', compare(whole, step, folder)+([trouble] if trouble else [])+(['traceback'] if 'traceback' in said else [])

@contextmanager
def tiny_disk(mb=3):
    "A folder on a disk of its own, or None where that is not allowed"
    with tempfile.TemporaryDirectory() as tmp:
        ok = subprocess.run(['mount','-t','tmpfs','-o',f'size={mb}m','tmpfs',tmp], capture_output=True).returncode==0
        try: yield Path(tmp) if ok else None
        finally:
            if ok: subprocess.run(['umount','-l',tmp], check=True, timeout=30)

def full_disk(n, whole, seed=42, steps=tuple(STEPS)):
    "The disk fills up in the middle: one line, nothing lost, and with room again the same files"
    rng = random.Random(seed)
    for i in range(n):
        step = steps[i%len(steps)]
        with tiny_disk() as disk:
            if disk is None: return
            shutil.copytree(whole.at[step], disk, dirs_exist_ok=True)
            room = shutil.disk_usage(disk).free
            (disk/'ballast').write_bytes(bytes(max(room-rng.choice([0, 4096, 20_000]), 0)))
            p = start(step, disk); err = p.communicate(timeout=600)[1]
            lines = [o for o in err.splitlines() if o.startswith('latexocr: ')]
            wrong = [] if p.returncode in (1,2) and len(lines)>=1 and 'Traceback' not in err and 'not a known kind' not in err else [f'code {p.returncode}: {err[-300:]}']
            (disk/'ballast').unlink()
            trouble = finish(step, disk)
            yield f'{step} on a full disk', wrong+compare(whole, step, disk)+([trouble] if trouble else [])

def pairs(n, whole, where, steps=tuple(STEPS)):
    "The same command twice at once: both or one end well, and the files are those of one"
    for i in range(n):
        step = steps[i%len(steps)]; folder = fresh(whole, step, where/'pair')
        two = [start(step, folder) for _ in range(2)]
        ends = [(o.communicate(timeout=600)[1], o.returncode) for o in two]
        wrong = [e[-300:] for e,code in ends if 'Traceback' in e or 'not a known kind' in e]
        trouble = finish(step, folder) if all(code for _,code in ends) else ''
        yield f'{step} twice at once, exit codes {sorted(code for _,code in ends)}', wrong+compare(whole, step, folder)+([trouble] if trouble else [])

def count(name, rows):
    every = []
    for what,wrong in rows: print('  '+what, *(f'    LOST {o}' for o in wrong), sep='\n', flush=True); every.append((what, wrong))
    rows = every
    return dict(tried=len(rows), survived=sum(not o for _,o in rows), lost=[f'{a}: {o}' for a,b in rows for o in b])

def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for o in ('reader','page','app','kills','full','pairs'): p.add_argument(f'--{o}', type=int, default=0, metavar='N')
    p.add_argument('--steps', nargs='*', default=list(STEPS), choices=list(STEPS), help='only these commands')
    p.add_argument('--out', type=Path, help='JSON file that takes the counts')
    args,found = p.parse_args(),{}
    if args.reader: found['reader'] = soak_reader(args.reader); print('reader', found['reader'], flush=True)
    if args.app: found['app'] = soak_app(args.app); print('app', found['app'], flush=True)
    if args.page: found['page'] = soak_page(args.page); print('page', found['page'], flush=True)
    with tempfile.TemporaryDirectory() as tmp:
        tmp = Path(tmp)
        if args.kills or args.full or args.pairs: whole = Whole(tmp, args.steps)
        if args.kills: found['kills'] = dict(count('kills', kills(args.kills, whole, tmp, steps=args.steps)), kills=args.kills); print('kills', found['kills'])
        if args.full: found['full'] = count('full', full_disk(args.full, whole, steps=args.steps)); print('full disk', found['full'])
        if args.pairs: found['pairs'] = count('pairs', pairs(args.pairs, whole, tmp, steps=args.steps)); print('pairs', found['pairs'])
    if args.out:
        kept = json.loads(args.out.read_text(encoding='utf-8')) if args.out.exists() else {}
        args.out.write_text(json.dumps(kept|found, indent=1, ensure_ascii=False)+'\n', encoding='utf-8')
    return int(any(o.get('lost') or o.get('growth', 0)>.05 for o in found.values()))

if __name__=='__main__': sys.exit(main())
