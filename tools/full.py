"""im2latex-100k as it was published, command by command: download, build, train, evaluate (`make full`)

For a machine with a GPU, which is found and used without being asked. Stopped or cut off, the same command goes on where it was."""
import argparse, json, sys, time
from pathlib import Path
from small import step, summary

def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--config', default='full', help='config to use (default: full)')
    p.add_argument('--files', type=Path, default=Path('data/im2latex-100k'), help='the published files; those that are there are not fetched (default: data/im2latex-100k)')
    p.add_argument('--data', type=Path, default=Path('data/full'), help='dataset folder (default: data/full)')
    p.add_argument('--out', type=Path, default=Path('results/full'), help='results folder (default: results/full)')
    p.add_argument('--url', help='a mirror that has the published files at URL/NAME (default: the public record on Zenodo)')
    p.add_argument('--images', action='store_true', help='fetch the published pictures too: some 300 MB, and not needed, for the formulas are drawn anew')
    args,start = p.parse_args(),time.time()
    try: course(args)
    except SystemExit as e: sys.exit(f'{e}; the same again goes on from here')
    summary(args.out, time.time()-start)

def course(args):
    "All that isn't done yet"
    data,out = args.data,args.out
    options = [*(['--url', args.url] if args.url else []), *([] if args.images else ['--no-images'])]
    step('Fetch what was published', 'download', 'im2latex-100k', '--out', args.files, *options)
    step('Draw the formulas', 'build', '--config', args.config, '--data', args.files, '--out', data)
    from fastai.basics import default_device
    print(f'\nThe model runs on {default_device()}' + (': without a GPU this takes days' if default_device().type=='cpu' else ''))
    resume = ['--resume'] if (out/'checkpoint.pt').exists() else []
    step('Learn them', 'train', '--config', args.config, '--data', data, '--out', out, *resume)
    splits = [o for o in ('val','test') if o not in scored(data, out)]
    if splits: step('How well?', 'evaluate', '--results', out, '--data', data, '--split', *splits)

def scored(data, out):
    "Splits that were read as a whole since the last training"
    path = out/'scores.json'
    if path.exists() and path.stat().st_mtime<(out/'checkpoint.pt').stat().st_mtime: path.unlink()      # by weights that are gone
    scores = json.loads(path.read_text(encoding='utf-8')) if path.exists() else {}
    counts = json.loads((data/'manifest.json').read_text(encoding='utf-8'))['counts']
    return [k for k,s in scores.items() if s['formulas']==counts.get(k) and {'exact','image_exact'}<=s.keys()]

if __name__=='__main__': main()
