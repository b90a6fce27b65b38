"Execute notebooks in place, keep their outputs, clean them: `python tools/repo/run.py nbs/01_normalize.ipynb …` (none: all of them)"
import argparse, os, sys, time
from pathlib import Path

os.environ.setdefault('OMP_NUM_THREADS', '1')   # notebooks are small, and threads that wait for each other are slow on a busy machine
from execnb.nbio import read_nb, write_nb
from execnb.shell import CaptureShell
from nbdev.clean import clean_nb
from nbdev.process import NBProcessor

root = Path(__file__).resolve().parents[2]
skip_flags = {'slow', 'notest'}

def skipped(cell):
    "Is this cell flagged as not to be run? (`#| eval: false`, `#| slow`, `#| notest`)"
    flags = getattr(cell, 'directives_', {})
    return flags.get('eval:') == ['false'] or bool(skip_flags & set(flags))

def run(path, mpl_format='png'):
    "Execute the notebook at `path` in place; returns True if every cell ran"
    nb = NBProcessor(path).nb                                    # parses directives into `directives_`
    directives = {c.id: dict(c.directives_) for c in nb.cells if c.cell_type=='code'}
    os.chdir(path.parent)                                        # as Jupyter does
    nb, shell, failed = read_nb(path), CaptureShell(path, mpl_format=mpl_format), False
    for cell in nb.cells:
        if cell.cell_type != 'code' or not cell.source.strip(): continue
        cell.directives_ = directives.get(cell.id, {})
        if skipped(cell): continue
        cell.outputs = []
        shell.cell(cell)
        if shell.exc:
            print(shell.prettytb(path), file=sys.stderr)
            failed = True
            break
    for cell in nb.cells: cell.pop('directives_', None)
    clean_nb(nb)
    if not failed: write_nb(nb, path)
    return not failed

def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument('notebooks', nargs='*', type=Path, help='notebooks to execute (default: all below nbs/)')
    args = p.parse_args()
    paths = args.notebooks or sorted(p for p in (root/'nbs').rglob('[!_]*.ipynb') if not any(o[0] in '._' for o in p.relative_to(root).parts))
    ok = True
    for path in paths:
        if len(paths) > 1:                                       # a fresh process each: notebooks must not see each other's globals
            good = os.spawnv(os.P_WAIT, sys.executable, [sys.executable, __file__, str(path)]) == 0
        else:
            start = time.time()
            good = run(path.resolve())
            print(f"{'ok    ' if good else 'FAILED'} {path.name} {time.time()-start:.1f}s")
        ok = ok and good
    sys.exit(not ok)

if __name__ == '__main__': main()
