"""One notebook, from its cells to its tests, in under a minute: `make check NB=06`

    python tools/repo/check.py 06                 # a number, a name, or a path: attention, scoring/report, nbs/06_attention.ipynb

Exports all notebooks, executes this one in place, cleans it, and runs the tests of its module."""
import argparse, os, re, subprocess, sys, time
from pathlib import Path
root = Path(__file__).resolve().parents[2]

# test files that are not named after the module they test
ALSO = dict(attention='models', encoder='models', decoder='models full', beam_search='beam', data='build', train='learner', callbacks='train', loaders='learner',
            evaluate='metrics', calibration='metrics', predict='pictures', views='views', normalize='proof', rerank='check', index='repo', demo='small')

def find(name, notebooks):
    "The one notebook meant by a number, a name or a path; stops with what there is if it is none or several"
    wanted = name.removeprefix('nbs/').removesuffix('.ipynb')
    def names(p):
        path = p.with_suffix('').as_posix()
        number,_,bare = p.stem.partition('_')
        return {path, p.stem, *([number, bare] if number[:1].isdigit() else [])}
    found = [p for p in notebooks if wanted in names(p)]
    if len(found)!=1: sys.exit(f"check: {len(found) or 'no'} notebooks are called {name!r}; there are: {' '.join(p.with_suffix('').as_posix() for p in notebooks)}")
    return found[0]

def tests_of(notebook):
    "Test files of a notebook's module"
    bare = re.sub(r'^\d+[a-z]?_', '', notebook.stem)
    return [p for o in dict.fromkeys([bare, *ALSO.get(bare, '').split()]) if (p := root/f'tests/test_{o}.py').is_file()]

def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('notebook', nargs='?', help='number, name or path')
    name = p.parse_args().notebook
    if not name: sys.exit('check: which notebook? For example: make check NB=06')
    nbs,start = root/'nbs',time.time()
    notebook = find(name, sorted(o.relative_to(nbs) for o in nbs.rglob('[!_.]*.ipynb') if not any(q[0] in '._' for q in o.relative_to(nbs).parts)))
    export = ['-c', 'from nbdev.doclinks import nbdev_export; nbdev_export()']
    steps = [('export', export), ('run and clean', [root/'tools/repo/run.py', nbs/notebook]), ('export', export)]
    if tests := tests_of(notebook): steps.append(('tests', ['-m','pytest','-q','-x','-p','no:cacheprovider','-m','not slow','--durations=3',*tests]))
    os.environ.setdefault('OMP_NUM_THREADS', '1')          # models of this size: threads wait for each other longer than they compute
    for what,args in steps:
        print(f'== {what}', flush=True)
        if (code := subprocess.run([sys.executable, *map(str, args)], cwd=root).returncode): sys.exit(code)
    print(f"{notebook.as_posix()} runs{', its tests pass' if tests else '; no test file is named after it'} ({time.time()-start:.0f} s)")

if __name__=='__main__': main()
