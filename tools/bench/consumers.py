"""What other programs make of our formulas: accepted, refused by name, and the same picture where one can be drawn

    pip install --target consumers typst==0.15.2 latex2mathml==3.81.1
    PYTHONPATH=consumers python tools/bench/consumers.py                            # the bundled formulas, and minimal_formulas.txt
    PYTHONPATH=consumers python tools/bench/consumers.py --formulas FILE --limit 300

MathML is drawn by Chromium (through playwright), Typst by its compiler, Word documents by LibreOffice (--docx), each in a Latin Modern or Computer Modern font where can be had. `read alike`: our reader, for which Typst's and Chromium's pictures are foreign, reads the picture as it reads TeX's, or as the formula. `clearly different`: warped
in width, its ink is farther than FAR from that of TeX's picture; --calibrate shows what FAR parts. Between the two the eye decides: `--show DIR` saves these pairs."""
import argparse, collections, io, lzma, random, re, subprocess, sys, tempfile
from pathlib import Path
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
import numpy as np
from PIL import Image, ImageOps
from latexocr.data import small_formulas
from latexocr.normalize import NormalizeError, detokenize, normalize
from latexocr.render import render
from latexocr.tex.compute import to_sympy
from latexocr.tex.mathml import to_mathml
from latexocr.tex.printers import PrinterError
from latexocr.tex.typst import to_typst
from latexocr.tex.spoken import to_speech
from latexocr.tex.unicode import to_text
from latexocr.tex.word import to_docx, to_omml
from _common import math_page, table

FAR = .3        # distance of two pictures from which on something is missing or stands elsewhere (see --calibrate)

def crop(image):
    "On white, cut to its ink"
    image = image.convert('L')
    box = ImageOps.invert(image).point(lambda p: 255*(p>40)).getbbox()
    return image.crop(box) if box else None

def columns(image, height):
    "Ink by column: (w, height) of an image brought to a height, a little out of focus"
    w,h = image.size
    image = image.resize((max(1, round(w*height/h)), height), Image.LANCZOS)
    a = (255-np.asarray(image, np.float32).T)/255
    for axis in (0,1,0,1): a = (np.roll(a, 1, axis)+2*a+np.roll(a, -1, axis))/4
    return a

def distance(a, b, height=32):
    "How unlike two pictures are, one warped in width onto the other: 0 alike, about 1 for nothing in common"
    if a is None or b is None: return 1.
    ratio = (a.width/a.height)/(b.width/b.height)
    a,b = columns(a, height),columns(b, height)
    ink,last = max(a.sum()/len(a)+b.sum()/len(b), 1e-6),np.r_[0, np.full(len(b), np.inf)]
    for column in a:
        cost = np.abs(column-b).sum(1)/ink
        total = cost.cumsum()                                          # a step to the right adds its cost
        last = np.r_[np.inf, total+np.minimum.accumulate(np.minimum(last[1:], last[:-1])+cost-total)]
    return float(last[-1]/max(len(a), len(b)) + max(0, abs(np.log(ratio))-.25))

def draw_typst(codes):
    "A picture of each, or the compiler's complaint"
    import typst
    out = []
    for code in codes:
        try: out.append(Image.open(io.BytesIO(typst.compile(f'#set page(width:auto,height:auto,margin:4pt)\n#set text(size:10pt)\n$ {code} $'.encode(), format='png', ppi=200))).convert('L'))
        except Exception as e: out.append(str(e))
    return out

def draw_mathml(codes):
    "Screenshots by Chromium"
    with math_page(codes, 27.7) as page: return [Image.open(io.BytesIO(o.screenshot())).convert('L') for o in page.locator('div').all()]

def draw_docx(latex):
    "Pages by LibreOffice, a formula each"
    import pypdfium2
    with tempfile.TemporaryDirectory() as tmp:
        out = []
        for i,o in enumerate(latex):
            path = to_docx([o], Path(tmp)/f'{i}.docx')
        subprocess.run(['soffice','--headless','--convert-to','pdf','--outdir',tmp,*map(str, sorted(Path(tmp).glob('*.docx')))], capture_output=True, timeout=600)
        for i in range(len(latex)):
            try: out.append(pypdfium2.PdfDocument(Path(tmp)/f'{i}.pdf')[0].render(scale=200/72).to_pil().convert('L'))
            except Exception as e: out.append(str(e))
        return out

def attempt(f, formulas):
    "What each becomes, or why it was refused"
    out = []
    for o in formulas:
        try: out.append((f(o), None))
        except (PrinterError, NormalizeError) as e: out.append((None, getattr(e, 'construct', str(e))))
        except Exception as e: out.append((None, f'{type(e).__name__}: {e}'))
    return out

def compared(name, formulas, texs, drawings, reader, show):
    "How many read as TeX's picture does, how many are clearly different, how many were drawn; and those that do not read alike, farthest first"
    todo = [(f,t,d.resize((max(1, d.width//2), max(1, d.height//2)), Image.LANCZOS)) for f,t,d in zip(formulas, texs, drawings) if isinstance(d, Image.Image) and t is not None]
    reads = [[getattr(p, 'latex', None) for p in reader([o[k] for o in todo], errors='return')] if reader else [None]*len(todo) for k in (1,2)]
    alike = [b is not None and b in (a,o[0]) for a,b,o in zip(*reads, todo)]
    different = sorted(((distance(crop(t), crop(d)),f,t,d) for (f,t,d),same in zip(todo, alike) if not same), key=lambda o: -o[0])
    if show:
        Path(show).mkdir(exist_ok=True, parents=True)
        for i,(far,f,t,d) in enumerate(different):
            both = Image.new('L', (max(t.width, d.width)+8, t.height+d.height+12), 255); both.paste(t, (4,4)); both.paste(d, (4,t.height+8))
            both.save(Path(show)/f'{name}_{i:02}_{far:.2f}.png')
    return sum(alike),sum(o[0]>FAR for o in different),len(todo),different

def calibrate(formulas):
    "Distances of Typst's pictures from TeX's, and of TeX's from the next formula's"
    texs = [r.image for r in render(formulas)]
    true = [distance(crop(t), crop(d)) for t,d in zip(texs, draw_typst([to_typst(o) for o in formulas])) if isinstance(d, Image.Image)]
    false = [distance(crop(a), crop(b)) for a,b in zip(texs, texs[1:])]
    print('same formula, quantiles', np.quantile(true, [.1,.5,.9,.95,1]).round(3), '; another formula', np.quantile(false, [0,.05,.1,.5]).round(3))

def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--formulas', help='file of formulas, one a line, .xz or not (default: the bundled ones)')
    parser.add_argument('--limit', type=int, default=40); parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--show', help='folder for pairs of pictures that differ'); parser.add_argument('--docx', action='store_true'); parser.add_argument('--calibrate', action='store_true')
    parser.add_argument('--no-reader', action='store_true', help='compare by picture alone')
    args = parser.parse_args()
    if args.formulas: lines = (lzma.open(args.formulas, 'rt', encoding='utf-8') if args.formulas.endswith('.xz') else open(args.formulas, encoding='utf-8')).read().split('\n')
    else: lines = [o for split in small_formulas().values() for o in split]
    written = []
    for o in lines:
        try: written.append(detokenize(normalize(o)))
        except NormalizeError: pass
    written = [o for o in written if o]
    written = random.Random(args.seed).sample(written, min(args.limit, len(written)))
    if args.calibrate: return calibrate(written)
    minimal = [o for o in (Path(__file__).parent/'minimal_formulas.txt').read_text(encoding='utf-8').split('\n') if o]
    readers = None
    if not args.no_reader:
        from latexocr.predict import LatexOCR
        readers = LatexOCR.from_pretrained()
    targets = dict(MathML=(to_mathml, draw_mathml), Typst=(to_typst, draw_typst), Word=(to_omml, None), SymPy=(to_sympy, None), text=(to_text, None), speech=(to_speech, None))
    try: import latex2mathml.converter as peer; targets['latex2mathml'] = (lambda o: peer.convert(o, display='block'), draw_mathml)
    except ImportError: pass
    rows = [['consumer', f'formulas accepted, of {len(written)}', 'read alike, clearly different', f'minimal accepted, of {len(minimal)}', 'read alike, clearly different ', 'refused']]
    texs = {id(o): [r.image for r in render(o)] for o in (written,minimal)}
    notes = []
    for name,(f,draw) in targets.items():
        row,refused = [name],collections.Counter()
        for some in (written,minimal):
            made = attempt(f, some)
            refused.update(why[:40] for _,why in made if why and name!='SymPy'); accepted = [c is not None for c,_ in made]
            drawings = [None]*len(some)
            if name=='Word' and args.docx: draw = lambda codes: draw_docx([o for o,ok in zip(some, accepted) if ok])
            if draw:
                drawn = iter(draw([c for c,_ in made if c is not None]))
                drawings = [next(drawn) if ok else None for ok in accepted]
                for o,d in zip(some, drawings):
                    if isinstance(d, str): notes.append(f'{name} does not accept what was written for {o}: {d[:150]}'); refused['by the program'] += 1
                accepted = [not isinstance(d, str) and d is not None for d in drawings]
                same,far,of,different = compared(name+str(len(some)), some, texs[id(some)], drawings, readers, args.show)
                notes += [f'{name} {far:.2f} {o}' for far,o,_,_ in different]
                row += [sum(accepted), f'{same}, {far} of {of}']
            else: row += [sum(accepted), '']
        rows.append([*row, ', '.join(f'`{k}`'+f' {n}'*(n>1) for k,n in refused.most_common(8)) or ('named one by one' if name=='SymPy' else '')])
    table(rows)
    print(); print('\n'.join(notes))

if __name__=='__main__': main()
