"""How far labels made by reading can be trusted: pictures whose formulas are known are read, and what passes is compared with the truth

    python tools/bench/labels.py pictures.tar formulas.txt.xz
    python tools/bench/labels.py FILE.tar FORMULAS --limit 500 --readings readings.jsonl     # what was read is kept, and not read again
    python tools/bench/labels.py FILE.tar FORMULAS --mend                                   # with mended spaces, as `latexocr label --mend`"""
import argparse, io, json, sys
from pathlib import Path
sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))
from PIL import Image
from latexocr.data import read_formulas
from latexocr.datasets.elsewhere import Pictures, crop_to_ink
from latexocr.datasets.label import FITS, SURE, SURE_IF_MENDED, draw_published, with_functions, worst_spot
from latexocr.decoding.spaces import mend_spaces
from latexocr.normalize import NormalizeError, normalize
from latexocr.render import render
from latexocr.decoding.rerank import EXACT_FIT, ink_distance

def canonical(latex):
    try: return normalize(latex)
    except NormalizeError: return None

def read_all(pictures, numbers, path):
    "{number: [LaTeX, confidence]}, kept in a file of JSON lines"
    known = {o['line']:(o['latex'], o['confidence']) for o in map(json.loads, path.read_text().splitlines())} if path and path.exists() else {}
    todo = [i for i in numbers if i not in known]
    if not todo: return known
    from latexocr.predict import LatexOCR
    ocr = LatexOCR.from_pretrained()
    for at in range(0, len(todo), 128):
        part = todo[at:at+128]
        new = {i:(p.latex, p.confidence) for i,p in zip(part, ocr.skim([pictures(i) for i in part], least=0)) if not isinstance(p, Exception)}
        known |= new
        if path:
            with open(path, 'a') as f: f.write(''.join(json.dumps(dict(line=i, latex=l, confidence=c))+'\n' for i,(l,c) in new.items()))
    return known

def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('pictures', help='tar file or folder of 0.png, 1.png, …')
    p.add_argument('formulas', help='line i is the formula of i.png')
    p.add_argument('--limit', type=int, help='only the first so many')
    p.add_argument('--readings', type=Path, help='file to keep the readings in')
    p.add_argument('--mend', action='store_true', help='measure the spaces on the picture')
    p.add_argument('--show', action='store_true', help='list the labels that pass and are spelt otherwise')
    args = p.parse_args()
    truth,pictures = [canonical(o) for o in read_formulas(args.formulas, keep_empty=True)][:args.limit],Pictures(args.pictures)
    numbers = [i for i,o in enumerate(truth) if o]
    known = read_all(pictures, numbers, args.readings)
    rows = [(i, canonical(with_functions(canonical(known[i][0]) or '')), known[i][1]) for i in numbers if i in known]
    if args.mend:
        some = [(i,o,c) for i,o,c in rows if o and c>=SURE_IF_MENDED]
        mended = mend_spaces([crop_to_ink(Image.open(io.BytesIO(pictures(i)))) for i,*_ in some], [o for _,o,_ in some], draw_published)
        new = {i:latex for (i,*_),(latex,_) in zip(some, mended)}
        rows = [(i, new.get(i, o), c) for i,o,c in rows]
    drawn = draw_published([o or '' for _,o,_ in rows])
    rows = [(i, o, c, worst_spot(crop_to_ink(Image.open(io.BytesIO(pictures(i)))), im)) for (i,o,c),im in zip(rows, drawn)]
    wrong = [(i, o) for i,o,*_ in rows if o and o!=truth[i]]
    both = iter(render([x for i,o in wrong for x in (o, truth[i])]))
    alike = {i for (i,_),a,b in zip(wrong, both, both) if a.image and b.image and ink_distance(a.image, b.image)<EXACT_FIT}
    print(f'{len(rows):,} pictures; {sum(o==truth[i] for i,o,*_ in rows)/len(rows):.1%} read as they are spelt\n')
    print('| confidence ≥ | worst spot ≤ | kept | spelt otherwise | of these drawn otherwise |\n|---|---|---|---|---|')
    for sure,fits in ((0,FITS), (SURE_IF_MENDED,FITS), (SURE,float('inf')), (SURE,2), (SURE,FITS), (SURE,20), (.9,FITS)):
        kept = [(i,o) for i,o,c,s in rows if o and c>=sure and s<=fits]
        other = [i for i,o in kept if o!=truth[i]]
        share = lambda n: f'{n} ({n/max(len(kept), 1):.2%})'
        print(f'| {sure} | {fits} | {len(kept)} ({len(kept)/len(rows):.1%}) | {share(len(other))} | {share(sum(i not in alike for i in other))} |')
    if args.show:
        for i,o,c,s in rows:
            if o and c>=(SURE_IF_MENDED if args.mend else SURE) and s<=FITS and o!=truth[i]: print(f'\n{i}{" (drawn alike)" if i in alike else ""}\n  {truth[i]}\n  {o}')

if __name__ == '__main__': main()
