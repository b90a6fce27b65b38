"The whole course in a few minutes, command by command: build, train, evaluate, visualize, predict (`make small`)"
import argparse, json, shlex, shutil, sys, time
from pathlib import Path

real = Path(__file__).resolve().parent.parent/'latexocr/small'

def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument('--config', default='small', help='config to use (default: small)')
    p.add_argument('--data', type=Path, default=Path('data/small'), help='dataset folder (default: data/small)')
    p.add_argument('--out', type=Path, default=Path('results/small'), help='results folder, made afresh (default: results/small)')
    args = p.parse_args()
    data,out,start = args.data,args.out,time.time()
    if (out/'checkpoint.pt').exists(): print(f'removing the last run in {out}'); shutil.rmtree(out)

    step('Draw the formulas', 'build', '--config', args.config, '--out', data)
    step('Learn them', 'train', '--config', args.config, '--data', data, '--out', out)
    step('How well?', 'evaluate', '--results', out, '--data', data, '--split', 'train', 'val', 'test')
    pictures = out/'images_train'/'ref'
    step('Where does it look?', 'visualize', pictures/'000006.png', '--weights', out, '--out', out/'vis')
    step('Read three pictures: two it has learned, one it has never seen',
         'predict', pictures/'000002.png', pictures/'000004.png', out/'images_val'/'ref'/'000000.png', '--weights', out)
    step('Read three pictures that others drew, with the weights in the package', 'predict', *sorted(real.glob('real_*.png')))
    summary(out, time.time()-start, 'The training formulas are known by heart, and who knows them by heart hardly looks;'
            '\nthe others show that fifty formulas teach no one to read.\n')

def step(title, *words):
    "Say what comes, run the command in this process, stop if it can't be carried out"
    from latexocr.cli import main
    words = [str(o) for o in words]
    line = f'latexocr {shlex.join(words)}'
    print(f'\n== {title}\n$ {line}', flush=True)
    code = main(words)
    if code>1: sys.exit(f'stopped: `{line}` ended with exit code {code}')      # 1: some formulas failed, and were named

def summary(out, seconds, moral=''):
    scores = json.loads((out/'scores.json').read_text(encoding='utf-8'))
    print(f'\n== Done in {seconds:.0f} s\n\n| split | formulas | read exactly | BLEU-4 | edit score | same picture |\n|---|---|---|---|---|---|')
    for split,s in scores.items():
        if not {'exact','image_exact'}<=s.keys(): continue                      # a run that scored only one of them
        print(f"| {split} | {s['formulas']} | {round(s['exact']*s['formulas']/100)} | {s['bleu4']:.1f} | {s['edit']:.1f} | {s['image_exact']:.1f} |")
    print(f'\n{moral}')
    for path,what in {'model.safetensors':'weights', 'log.csv':'losses', 'scores.json':'all scores', 'formulas_test/hyp_0.txt':'what it read',
                      'images_test/hyp_0':'drawn again', 'vis/attention.png':'where it looked', 'vis/attention.gif':'the same, moving'}.items():
        if (out/path).exists(): print(f'{what:16} {out/path}')

if __name__=='__main__': main()
