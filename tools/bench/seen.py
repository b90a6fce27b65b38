r"""Some pictures of a split, drawn by lot, and what the model read: a table to look at

    python tools/bench/seen.py results/corpus data/corpus                       # twenty test formulas, as Markdown without pictures
    python tools/bench/seen.py results/corpus data/corpus --out seen.html       # with pictures, in one file
    python tools/bench/seen.py results/corpus data/corpus --out seen.md         # with pictures in the folder seen/

It shows what `latexocr evaluate` has left in the results folder; nothing is read again. `--name` is the entry of scores.json where that differs from the split."""
import argparse, base64, io, random, sys
from html import escape
from pathlib import Path
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
import editdistance
from PIL import Image
from latexocr.data import FormulaDataset
from latexocr.evaluate import compare_images
from latexocr.normalize import detokenize
from latexocr.vocab import Vocab

STYLE = '''<style>body{font:15px/1.5 system-ui,sans-serif;max-width:1080px;margin:24px auto;padding:0 20px;color:#1d2430;background:#fff}
table{border-collapse:collapse;width:100%}td,th{border-bottom:1px solid #e3e5e8;padding:10px;text-align:left;vertical-align:top}
img{max-width:100%;height:auto}code{font:13px/1.6 ui-monospace,monospace;overflow-wrap:anywhere}small{color:#5b6675}</style>'''

def verdict(ref, hyp, pictures):
    "In words: how good is it?"
    if ref==hyp: return 'right'
    both = [Image.open(p) if p.exists() else None for p in pictures]
    if compare_images(*both)['exact_ws']: return 'same picture'
    changes,undrawn = editdistance.eval(ref.split(), hyp.split()),pictures[0].exists() and not pictures[1].exists()
    return f'{changes} change{"s"*(changes!=1)} to {len(ref.split())} tokens' + '; cannot be drawn'*undrawn

def rows(results, data, split, name, n, seed):
    "(number, picture, what it should be, what was read, verdict) of `n` formulas, in order"
    read = lambda k: (results/f'formulas_{name}'/f'{k}.txt').read_text(encoding='utf-8').split('\n')[:-1]
    refs,hyps,ds = read('ref'),read('hyp_0'),FormulaDataset(data, split, Vocab.load(results/'vocab.txt'))
    if refs!=ds.tokens[:len(refs)]: raise SystemExit(f'{results/f"formulas_{name}"} was not read from the {split} split of {data}')
    for i in sorted(random.Random(seed).sample(range(len(refs)), min(n, len(refs)))):
        pictures = [results/f'images_{name}'/side/f'{i:06}.png' for side in ('ref','hyp_0')]
        yield i,ds.image(i),detokenize(refs[i]),detokenize(hyps[i]),verdict(refs[i], hyps[i], pictures)

def png(picture):
    "The picture as the bytes of a file"
    f = io.BytesIO(); picture.save(f, 'PNG'); return f.getvalue()

def code(latex):
    "As code in a cell of a Markdown table"
    return '`` '+latex.replace('|', r'\|')+' ``' if latex else 'nothing'

def markdown(rows, folder=None):
    "A Markdown table; the pictures go into `folder`"
    lines = [f'| |{" picture |"*bool(folder)} was read | |', f'|---|{"---|"*bool(folder)}---|---|']
    for i,picture,ref,hyp,how in rows:
        if folder: folder.mkdir(parents=True, exist_ok=True); (folder/f'{i:06}.png').write_bytes(png(picture))
        shown = f' ![formula {i}]({folder.name}/{i:06}.png) |' if folder else ''
        lines.append(f'| {i} |{shown} {code(hyp)}' + (f'<br>should be {code(ref)}' if ref!=hyp else '') + f' | {how} |')
    return '\n'.join(lines)+'\n'

def page(rows, title):
    "An HTML page that holds its pictures"
    def row(i, picture, ref, hyp, how):
        src = 'data:image/png;base64,'+base64.b64encode(png(picture)).decode()
        should = f'<br><small>should be</small> <code>{escape(ref)}</code>' if ref!=hyp else ''
        return f'<tr><td>{i}<td><img alt="formula {i}" src="{src}"><br><code>{escape(hyp) or "nothing"}</code>{should}<td>{how}'
    return f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)}</title>{STYLE}<h1>{escape(title)}</h1><table>' + '\n'.join(row(*o) for o in rows) + '</table></html>\n'

def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('results', type=Path, help='folder of a trained model that has been evaluated')
    p.add_argument('data', type=Path, help='the dataset it was evaluated on')
    p.add_argument('--split', default='test', help='(default: %(default)s)')
    p.add_argument('--name', help='entry of scores.json (default: the split)')
    p.add_argument('-n', type=int, default=20, help='formulas (default: %(default)s)')
    p.add_argument('--seed', type=int, default=42, help='(default: %(default)s)')
    p.add_argument('--out', type=Path, help='FILE.html or FILE.md')
    args = p.parse_args()
    found = rows(args.results, args.data, args.split, args.name or args.split, args.n, args.seed)
    if not args.out: return print(markdown(found), end='')
    args.out.parent.mkdir(parents=True, exist_ok=True)
    folder = args.out.with_suffix('')
    args.out.write_text(page(found, f'{args.n} pictures drawn by lot, and what was read') if args.out.suffix=='.html' else markdown(found, folder), encoding='utf-8')

if __name__=='__main__': main()
