"""All scores that a release states, of a trained run: half an hour on two cores, nothing of the package is changed

    python tools/release/measure.py RUN --formulas FORMULAS --pictures PICTURES --corpus CORPUS --sets SETS --out OUT

FORMULAS holds im2latex_val.txt.xz and im2latex_test.txt.xz, PICTURES im2latex_val.tar, CORPUS the files of `tools/data/corpus`, SETS what
`tools/release/sets.sh` made. OUT receives run, a copy of RUN in half precision, as it would be shipped, with scores.json and the confidence learnt anew, for
`tools/release/ship.py`, and sources.json, for latexocr/pretrained. What is there already is not measured again: remove OUT after any change of code."""
import argparse, json, os, shutil, subprocess, sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
root = Path(__file__).resolve().parents[2]
SHIPPED = root/'latexocr/pretrained'
HOURS = 3         # that one of the measurements may take at most
FILES = 'config.json','vocab.txt','log.csv','run.json'

def halve(run, to):
    "The run in half precision; until its confidence is learnt anew it has the shipped one's"
    from safetensors.torch import load_file, save_file
    to.mkdir(parents=True)
    for o in FILES: shutil.copy(run/o, to/o)
    config,shipped = (json.loads((o/'config.json').read_text(encoding='utf-8')) for o in (run, SHIPPED))
    (to/'config.json').write_text(json.dumps(dict(config, calibration=shipped['calibration']), indent=1)+'\n', encoding='utf-8')
    save_file({k: v.half() if v.is_floating_point() else v for k,v in load_file(run/'model.safetensors').items()}, to/'model.safetensors')

def python(*args, log):
    "Run a tool on one thread; what it says goes into a file"
    with log.open('w') as f:
        done = subprocess.run([sys.executable, *map(str, args)], cwd=root, stdout=f, stderr=subprocess.STDOUT, env={**os.environ, 'OMP_NUM_THREADS':'1'}, timeout=HOURS*3600)
    if done.returncode: raise SystemExit(f'{log} says what went wrong')
    print(log, flush=True)

def evaluate(out, name, *args):
    "Scores of one split, in a copy of the run of its own"
    folder = out/name
    if (folder/'scores.json').exists(): return
    shutil.rmtree(folder, ignore_errors=True); shutil.copytree(out/'run', folder)
    python('-m', 'latexocr', 'evaluate', '--results', folder, *args, log=out/f'{name}.log')

def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('run', type=Path)
    for o in ('formulas','pictures','corpus','sets','out'): p.add_argument(f'--{o}', type=Path, required=True)
    p.add_argument('--limit', type=int, default=3000, help='pictures of a split (default: %(default)s)')
    p.add_argument('--of-each', type=int, default=30, help='pictures of each source (default: %(default)s)')
    args = p.parse_args()
    args = argparse.Namespace(**{k: o.resolve() if isinstance(o, Path) else o for k,o in vars(args).items()})
    out,run = args.out,args.out/'run'
    if not run.exists(): halve(args.run, run)
    def sources():
        if (out/'sources.json').exists(): return
        python('tools/bench/sources.py', run, '--formulas', args.formulas/'im2latex_val.txt.xz', '--limit', args.of_each, '--typefaces', 'all', '--dpi', '100', '150', '300',
            '--real', args.pictures/'im2latex_val.tar', '--subjects', args.corpus/'test/*.txt.xz', '--pictures', args.sets/'web/web-*.parquet', '--calibrate',
            '--before', SHIPPED/'sources.json', '--out', out/'sources.part', log=out/'sources.log')
        (out/'sources.part').rename(out/'sources.json')
    split = lambda data, name, *more: evaluate(out, name, '--data', args.sets/data, '--split', 'val' if data=='real' else 'test', *more)
    with ThreadPoolExecutor(2) as ex:
        for job in [ex.submit(split, 'test', 'test', '--limit', args.limit), ex.submit(split, 'real', 'real', '--limit', args.limit),
                    ex.submit(split, 'test', 'checked', '--limit', 250, '--text', '--beam', 5, '--check'), ex.submit(sources)]: job.result()
    entry = lambda folder: next(iter(json.loads((out/folder/'scores.json').read_text(encoding='utf-8')).values()))
    scores = dict(test=entry('test'), val_real=entry('real'), test_beam_5_checked=entry('checked'))
    (run/'scores.json').write_text(json.dumps(scores, indent=1)+'\n', encoding='utf-8')
    for k,o in scores.items(): print(f"{k}: exact {o['exact']:.1f}, BLEU-4 {o['bleu4']:.1f}", *(f"picture {o['image_exact_ws']:.1f}, Deng's rule {o['image_deng_ws']:.1f}" for _ in [1] if 'image_deng_ws' in o))
    rows = json.loads((out/'sources.json').read_text(encoding='utf-8'))['rows']
    gain = [o['exact'][0]-o['before'] for o in rows if 'before' in o]
    if gain: print(f'{len(gain)} sources: {sum(gain)/len(gain):+.1f} against the shipped reader')

if __name__=='__main__': main()
