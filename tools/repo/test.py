"""Every check of the repository, counted: `make test`

Works on a copy of the tree, so that a failing check leaves the tree alone. The last line is `N passed, N failed`.
What is skipped is named; where CI=true nothing may be skipped. Names of checks as arguments run only those: `python tools/repo/test.py site pytest`."""
import argparse, hashlib, json, os, re, select, shutil, signal, subprocess, sys, tempfile, time, traceback
import xml.etree.ElementTree as ET
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

root = Path(__file__).resolve().parents[2]
not_ours = {'.git', '.venv', '_proc', '_docs', '_site', 'data', 'results', 'build', 'dist'}      # at the top level
litter = {'__pycache__', '.ipynb_checkpoints', '.pytest_cache'}                                  # anywhere
notebook_timeout,pytest_timeout,step_timeout = 300,1800,600                                      # seconds

# --- what the checks share

def files(folder):
    "Every file of ours under `folder`, as a path from it"
    for path,dirs,names in os.walk(folder):
        top = Path(path)==Path(folder)
        dirs[:] = sorted(d for d in dirs if d not in litter and not d.endswith('.egg-info') and not (top and d in not_ours))
        yield from ((Path(path)/n).relative_to(folder) for n in sorted(names) if not n.endswith('.pyc'))

def copy(src, dst):
    for f in files(src):
        (dst/f).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(src/f, dst/f)
    return dst

def hashes(folder): return {f.as_posix(): hashlib.sha256((Path(folder)/f).read_bytes()).hexdigest() for f in files(folder)}

def changes(before, after):
    "One line for each file that is new, gone or different"
    return ([f'{f} is new' for f in sorted(after.keys()-before.keys())] + [f'{f} is gone' for f in sorted(before.keys()-after.keys())]
            + [f'{f} differs' for f in sorted(before.keys()&after.keys()) if before[f]!=after[f]])

def environment(tree, **env):
    "That of a Python program with the copy's package first on its path"
    env = {**os.environ, 'PYTHONPATH':str(tree), 'PYTHONDONTWRITEBYTECODE':'1', 'PATH':f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH','')}", **env}
    env.pop('IN_TEST', None)                                    # nbdev_export does nothing where this is set
    return env

def run(args, cwd, timeout=step_timeout, show=False, **env):
    "Run a Python program in `cwd` with the copy's package first on its path: (exit code, what it wrote); a timeout is exit code 124"
    env = environment(cwd, **env)
    pipe = None if show else subprocess.PIPE
    with subprocess.Popen([sys.executable, *map(str, args)], cwd=cwd, env=env, text=True, errors='replace', stdin=subprocess.DEVNULL,
                          stdout=pipe, stderr=None if show else subprocess.STDOUT, start_new_session=True) as p:
        try: said = p.communicate(timeout=timeout)[0]
        except BaseException as e:
            os.killpg(p.pid, signal.SIGKILL)                    # with all it started: a TeX or a loader left behind would hold the pipe open
            if not isinstance(e, subprocess.TimeoutExpired): raise
            return 124, (p.communicate()[0] or '') + f'\nstopped after {timeout} s'
        return p.returncode, said or ''

def notebooks(folder):
    "Every notebook that is a page: those below a folder or with a name that begins with `_` or `.` are none, for nbdev neither"
    return sorted(p for p in (folder/'nbs').rglob('*.ipynb') if not any(o[0] in '._' for o in p.relative_to(folder).parts))

def below(path): return path.as_posix().rpartition('nbs/')[2]

def text(o): return ''.join(o) if isinstance(o, list) else o

# --- the checks: each takes a fresh copy of the tree and returns what is wrong, one line each

def unchanged(code):
    "A check that running `code` in the copy changes no file"
    def check(tree):
        before = hashes(tree)
        rc,said = run(['-c', code], tree)
        return changes(before, hashes(tree)) + ([said.strip() or f'exit code {rc}'] if rc else [])
    return check

def outputs(tree):
    "Saved outputs: no traceback, and no notebook with code saved without any"
    wrong = []
    for path in notebooks(tree):
        cells = [c for c in json.loads(path.read_text(encoding='utf-8'))['cells'] if c['cell_type']=='code' and text(c['source']).strip()]
        saved = [o for c in cells for o in c.get('outputs', [])]
        said = '\n'.join(text(o.get('text', '')) + text(o.get('data', {}).get('text/plain', '')) for o in saved)
        if any(o['output_type']=='error' for o in saved) or 'Traceback (most recent call last)' in said: wrong.append(f'{below(path)}: a saved output holds a traceback')
        shows = [c for c in cells if not re.match(r'#\|\s*(hide|export|exports|exporti|default_exp)\b', text(c['source']).strip())]
        if shows and not saved: wrong.append(f'{below(path)}: saved without outputs; run `make notebooks`')
    return wrong

def readme(tree):
    "README.md and CONTRIBUTING.md are what their notebooks make"
    rc,said = run(['tools/repo/readme.py', '--check', '--root', tree], tree)
    return said.strip().splitlines() or [f'exit code {rc}'] if rc else []

def quarto(tree):
    "nbdev has nothing to change in the site's settings, and the sidebar names every page, once"
    import yaml
    wrong = unchanged('from nbdev.quarto import refresh_quarto_yml; refresh_quarto_yml()')(tree)
    stub,top = [yaml.safe_load((tree/o).read_text(encoding='utf-8')) for o in ('nbs/_quarto.yml','_quarto.yml')]
    want = {'project':{'type':'website'}, 'metadata-files':['../_quarto.yml','nbdev.yml','sidebar.yml']}
    if stub!=want: wrong.append(f'nbs/_quarto.yml should be {want}')
    wrong += [f'nbs/_quarto.yml names {o}, which is not there' for o in stub.get('metadata-files', []) if not (tree/'nbs'/o).is_file()]
    wrong += [f'_quarto.yml has no {o}' for o in ('website','format') if o not in top]
    def pages(o):
        if isinstance(o, str): return [o]
        return [p for item in o for p in pages(item)] if isinstance(o, list) else pages(o.get('contents', [])) + pages(o.get('href', []))
    listed,there = pages(yaml.safe_load((tree/'nbs/sidebar.yml').read_text(encoding='utf-8'))['website']['sidebar']['contents']),[below(p) for p in notebooks(tree)]
    wrong += [f'sidebar.yml names {o}, which is not there' for o in listed if o not in there]
    wrong += [f'{o} is not in sidebar.yml' for o in there if o not in listed]
    return wrong + [f'sidebar.yml names {o} twice' for o in sorted({o for o in listed if listed.count(o)>1})]

def site(tree):
    "The site builds, and every link, picture and anchor of it leads somewhere"
    rc,said = run(['tools/repo/site.py', '--root', tree, '--out', '_docs'], tree)
    wrong = said.strip().splitlines() or [f'exit code {rc}'] if rc else []
    return wrong + [f'{below(p)} has no page in the site' for p in notebooks(tree)
                    if not rc and not any((tree/'_docs'/below(p)).with_name(f'{n}.html').is_file() for n in (p.stem, re.sub(r'^\d+[a-zA-Z0-9]*_', '', p.stem)))]

checks = {
    'export': ('nbdev_export changes nothing', unchanged('from nbdev.doclinks import nbdev_export; nbdev_export()')),
    'clean':  ('nbdev_clean changes nothing', unchanged('from nbdev.clean import nbdev_clean; nbdev_clean()')),
    'outputs':('saved outputs: no traceback, none missing', outputs),
    'readme': ('README.md and CONTRIBUTING.md equal their notebooks', readme),
    'quarto': ('site settings are what nbdev wants, sidebar complete', quarto),
    'site':   ('the docs site builds without a broken link', site),
}

# --- counting

class Tally:
    def __init__(self, ci): self.passed,self.failed,self.skipped,self.ci = 0,[],[],ci
    def heading(self, s): print(f'\n== {s}', flush=True)
    def add(self, name, wrong, seconds):
        "Count one check, and say what is wrong with it"
        for o in wrong: print(f'   {o}')
        print(f"   {'FAILED' if wrong else 'passed'}  {name}  ({seconds:.1f} s)", flush=True)
        if wrong: self.failed.append(name)
        else: self.passed += 1
    def skip(self, name, why):
        print(f'   skipped  {name}: {why}', flush=True)
        (self.failed if self.ci else self.skipped).append(f'{name} (skipped: {why})')
    def close(self):
        print()
        if self.skipped: print(f'{len(self.skipped)} skipped:', *self.skipped, sep='\n   ')
        if self.failed: print('failed:', *self.failed, sep='\n   ')
        print(f'{self.passed} passed, {len(self.failed)} failed', flush=True)
        return 1 if self.failed or not self.passed else 0

def with_solutions(path):
    "The notebook's cells, and after each exercise the Python of its folded solutions"
    nb = json.loads(Path(path).read_text(encoding='utf-8'))
    cells = []
    for c in nb['cells']:
        cells.append(c)
        folded = re.findall(r'<details>.*?</details>', text(c['source']), re.S) if c['cell_type']=='markdown' else []
        for i,code in enumerate(o for part in folded for o in re.findall(r'^```python\n(.*?)^```$', part, re.M|re.S)):
            cells.append(dict(cell_type='code', id=f"{c['id']}-{i}", metadata={}, execution_count=None, outputs=[], source=code))
    return dict(nb, cells=cells)

def one_notebook(path, slow):
    "What runs in the process of a notebook: nbdev's own test of it, and of the solutions to its exercises"
    from nbdev.config import get_config
    from nbdev.test import test_nb
    path,cfg = Path(path).resolve(),get_config()
    whole = path.with_name('_'+path.name)                       # no page, so nothing else takes notice of it
    whole.write_text(json.dumps(with_solutions(path)), encoding='utf-8')
    try: ok,_ = test_nb(whole, skip_flags=cfg.tst_flags.split(), force_flags=['slow'] if slow else [], basepath=cfg.config_path)
    finally: whole.unlink()
    return 0 if ok else 1

class Preloaded:
    "A process with the libraries imported, from which each notebook gets a process of its own: importing them anew would take longer than most notebooks"
    def __init__(self, tree, slow):
        env = environment(tree, OMP_NUM_THREADS='1', OPENBLAS_NUM_THREADS='1')
        self.p = subprocess.Popen([sys.executable, Path(__file__).resolve(), '--serve-notebooks', *(['--slow'] if slow else [])],
                                  cwd=tree, env=env, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)
    def __call__(self, path, timeout):
        "(exit code, what it wrote); a timeout is exit code 124"
        with suppress(BrokenPipeError): print(json.dumps([str(path), timeout]), file=self.p.stdin, flush=True)
        if not select.select([self.p.stdout], [], [], timeout+120)[0]: self.p.kill()       # it keeps to the timeout itself, unless it hangs
        return json.loads(self.p.stdout.readline() or '[1, "the process that starts notebooks has ended"]')
    def close(self):
        with suppress(BrokenPipeError): self.p.stdin.close()
        self.p.wait(30)

def serve_notebooks(slow):
    "What such a process does: for each line [path, seconds] a child that runs the notebook, and a line [exit code, what it wrote]"
    import fastai.basics, fastai.callback.schedule, matplotlib.pyplot, nbdev.test, pyarrow.parquet, threading    # what most notebooks import, but never the package itself
    assert threading.active_count()==1 and 'latexocr' not in sys.modules           # a fork keeps one thread only
    parent = os.getppid()
    for path,timeout in map(json.loads, sys.stdin):
        with tempfile.TemporaryFile() as said:
            sys.stdout.flush()
            pid = os.fork()
            if not pid:
                os.setsid()
                with open(os.devnull) as nothing: os.dup2(nothing.fileno(), 0)
                for o in (1,2): os.dup2(said.fileno(), o)
                sys.stdin = open(0)
                rc = 1
                try: rc = one_notebook(path, slow)
                except BaseException: traceback.print_exc()
                finally:
                    sys.stdout.flush(); sys.stderr.flush()
                    os._exit(rc)
            end = time.time()+timeout
            while not (done := os.waitpid(pid, os.WNOHANG))[0] and time.time()<end and os.getppid()==parent: time.sleep(.05)
            try: os.killpg(pid, signal.SIGKILL)                 # with all it started
            except ProcessLookupError: pass
            rc = os.waitstatus_to_exitcode(done[1]) if done[0] else os.waitpid(pid, 0) and 124
            said.seek(0)
            words = said.read().decode(errors='replace') + f'\nstopped after {timeout} s'*(rc==124)
        print(json.dumps([rc, words]), flush=True)

def test_notebooks(tally, tree, slow, workers=2):
    "Each notebook in a process of its own, two at a time; afterwards the tree must be as it was"
    before,free = hashes(tree),[Preloaded(tree, slow) for _ in range(workers)]
    def one(path):
        start,run_one = time.time(),free.pop()
        try: rc,said = run_one(path, notebook_timeout*(10 if slow else 1))
        finally: free.append(run_one)
        return path, rc, said, time.time()-start
    with ThreadPoolExecutor(workers) as pool:
        for path,rc,said,seconds in pool.map(one, notebooks(tree)):
            tally.add(below(path), said.rstrip().splitlines() + [f'exit code {rc}'] if rc else [], seconds)
    for o in free: o.close()
    tally.add('the notebooks leave the repository as it was', changes(before, hashes(tree)), 0)

def test_pytest(tally, tmp, slow):
    "pytest's own words as it goes; counts from its report"
    report = tmp/'pytest.xml'
    two = [] if slow else ['-n', '2', '--dist', 'loadfile', '--no-loadscope-reorder']             # files, two at a time; the slow ones measure time and memory
    threads = {'OMP_NUM_THREADS':'1'} if two else {}                                              # two processes of two threads each wait for each other
    rc,_ = run(['-m', 'pytest', '-q', '-rs', '--durations=5', '-p', 'no:cacheprovider', *two, '-m', '' if slow else 'not slow', f'--junitxml={report}', 'tests'], root,
               timeout=pytest_timeout*(4 if slow else 1), show=True, **threads)
    try: cases = list(ET.parse(report).getroot().iter('testcase'))
    except (OSError, ET.ParseError) as e: return tally.add('pytest', [f'no report, exit code {rc}: {e}'], 0)
    failed = 0
    for c in cases:
        name = f"{c.get('classname')}.{c.get('name')}"
        if c.find('failure') is not None or c.find('error') is not None:
            tally.failed.append(name)
            failed += 1
        elif c.find('skipped') is not None: tally.skip(name, c.find('skipped').get('message', ''))
        else: tally.passed += 1
    if rc and not failed: tally.add('pytest', [f'exit code {rc} with no failed test'], 0)      # interrupted, or nothing collected

def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('only', nargs='*', help=f"checks to run, of: {' '.join(checks)} notebooks pytest (default: all)")
    p.add_argument('--slow', action='store_true', help='also run cells flagged `#| slow` and tests marked slow')
    p.add_argument('--serve-notebooks', action='store_true', help=argparse.SUPPRESS)
    args = p.parse_args()
    if args.serve_notebooks: return serve_notebooks(args.slow)
    for o in args.only:
        if o not in {*checks, 'notebooks', 'pytest'}: p.error(f'no check named {o}')
    wanted = lambda name: not args.only or name in args.only
    tally = Tally(os.environ.get('CI', '').lower() in ('1', 'true'))
    with tempfile.TemporaryDirectory(prefix='latexocr-test-') as tmp:
        def fresh(name): return copy(root, Path(tmp).resolve()/name/'latexocr')      # the folder's name is the repository's
        for name,(what,check) in checks.items():
            if not wanted(name): continue
            tally.heading(what)
            start,tree = time.time(),fresh(name)
            try: wrong = check(tree)
            except Exception as e: wrong = [f'{type(e).__name__}: {e}']
            tally.add(name, wrong, time.time()-start)
        if wanted('notebooks'):
            tally.heading('notebooks run')
            test_notebooks(tally, fresh('notebooks'), args.slow)
        if wanted('pytest'):
            tally.heading('pytest')
            test_pytest(tally, Path(tmp), args.slow)
    sys.exit(tally.close())

if __name__ == '__main__': main()
