"""Write the tables of scores in nbs/index.ipynb and nbs/results.ipynb from what `latexocr evaluate` measured

    python tools/results.py            # after tools/ship.py; then `make readme`
    python tools/results.py --check    # do the pages say what latexocr/pretrained/scores.json says?

A table stands in a cell of its own whose first line is a comment, `<!-- table: NAME -->`."""
import argparse, json, sys
from pathlib import Path
root = Path(__file__).resolve().parent.parent

PICTURES = dict(test='test formulas, drawn by us', val='validation formulas, drawn by us', val_real='validation pictures as published, drawn by others')
PUBLISHED = [   # (system, formulas, BLEU-4, edit, exact, perplexity) on im2latex-100k's test split, as their authors report them
    ('the original, LaTeX_OCR', '9,444', '75.42', '80.45', '12.44', '1.44'),
    ("Genthial's code, best run of a user", '', '88.89', '91.88', '37.86', '1.14'),
    ('Deng et al. 2017', '10,354', '87.73', '', '', '1.11')]
TEXT = dict(bleu4='BLEU-4', edit='edit score', exact='exact match', perplexity='perplexity')
IMAGE = dict(image_edit='column edit score', image_exact='exact', image_exact_ws='exact, blank columns aside', image_deng="Deng's rule", image_deng_ws="Deng's rule, blank columns aside")

def read(package):
    "scores.json of the shipped weights, or nothing"
    path = package/'pretrained/scores.json'
    return json.loads(path.read_text(encoding='utf-8')) if path.is_file() else {}

def title(name, s):
    split = next(k for k in sorted(PICTURES, key=len, reverse=True) if name.startswith(k))
    return PICTURES[split] + (f", beam of {s['beam_width']}" if s['beam_width']>1 else ', greedy')

def lines(head, rows): return '\n'.join('| '+' | '.join(o)+' |' for o in [head, ['---']*len(head), *rows])

def cell(s, k, digits=1, interval=True):
    if k not in s: return ''
    low,high = s.get('intervals', {}).get(k, (None,None))
    return f'{s[k]:.{digits}f}' + (f' ({low:.{digits}f}–{high:.{digits}f})' if interval and low is not None else '')

def digits(k): return 3 if k=='perplexity' else 1

def text_table(scores):
    rows = [[title(k, s), f"{s['formulas']:,}", *(cell(s, o, digits(o)) for o in TEXT)] for k,s in scores.items()]
    return lines(['pictures','formulas',*TEXT.values()], rows)

def image_table(scores):
    rows = [[title(k, s), *(cell(s, o) for o in IMAGE)] for k,s in scores.items() if 'image_exact' in s]
    return lines(['pictures',*IMAGE.values()], rows)

def group_table(scores, kind):
    rows = [[name.lstrip('0').replace('–0', '–').replace('–0', '–'), f"{g['n']:,}", *(f'{g[k][0]:.1f} ({g[k][1]:.1f}–{g[k][2]:.1f})' for k in ('bleu4','exact','image_exact_ws') if k in g)]
            for name,g in scores['test'].get('groups', {}).get(kind, {}).items()]
    return lines([kind,'formulas','BLEU-4','exact match','same picture, blank columns aside'], rows)

def calibration_table(scores):
    rows = [[title(k, s), f"{o['formulas']:,}", f"{o['error']:.3f}", f"{o['uncalibrated']:.3f}"] for k,s in scores.items() if (o := s.get('calibration', {})).get('error') is not None]
    return lines(['pictures','formulas','calibration error','without calibration'], rows)

def short_table(scores):
    "For the first page: ours beside the original"
    rows = [[f'ours, {title(k, s)}', 'canonical', *(cell(s, o, digits(o), False) for o in TEXT), cell(s, 'image_exact_ws', interval=False)] for k,s in scores.items() if not k.startswith('val') or 'real' in k]
    rows += [[n, 'published', *o, ''] for n,_,*o in PUBLISHED]
    return lines(['reader','tokens',*TEXT.values(),'same picture'], rows)

def tables(scores):
    names = ('short','text','images','length','size','symbols','calibration')
    if not scores.get('test'): return dict.fromkeys(names, 'Weights are not shipped with this version yet, so there is nothing to report.')
    kinds = {k: group_table(scores, k) for k in ('length','size','symbols')}
    return dict(short=short_table(scores), text=text_table(scores), images=image_table(scores), calibration=calibration_table(scores), **kinds)

def write(path, found, check):
    "Put the tables into their cells; the names of those that were not up to date"
    nb,stale = json.loads(path.read_text(encoding='utf-8')),[]
    for c in nb['cells']:
        first = ''.join(c['source']).split('\n')[0]
        if c['cell_type']!='markdown' or not first.startswith('<!-- table: '): continue
        name = first.removeprefix('<!-- table: ').removesuffix(' -->')
        new = f'{first}\n\n{found[name]}'
        if ''.join(c['source'])!=new: stale.append(f'{path.name}: {name}'); c['source'] = new.splitlines(True)
    if stale and not check: path.write_text(json.dumps(nb, ensure_ascii=False, indent=1)+'\n', encoding='utf-8')
    return stale

def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--check', action='store_true', help='write nothing; exit code 1 if a table is not up to date')
    p.add_argument('--root', type=Path, default=root, help='the repository')
    args = p.parse_args()
    found = tables(read(args.root/'latexocr'))
    stale = [o for page in ('index','results') for o in write(args.root/f'nbs/{page}.ipynb', found, args.check)]
    for o in stale: print(f"{o} {'is not up to date: python tools/results.py' if args.check else 'written'}")
    sys.exit(bool(stale) and args.check)

if __name__=='__main__': main()
