"""What is no printed formula gets a low confidence and a line that says so: photographs, plots, text, noise and handwriting, a hundred pictures
that libraries bring along or that are drawn here by lot; and the false alarms, on pictures that are formulas.

    python tools/bench/garbage.py
    python tools/bench/garbage.py --formulas val-00000.parquet val-00001.parquet --limit 400
    python tools/bench/garbage.py --formulas val-*.parquet --limit 3000 --rule

A table by kind: pictures, share with a confidence below .1, share with the line. scikit-image's photographs, its scanned page and its written notes, and
scikit-learn's photographs and written digits take part if they are installed. With --rule nothing is read: how many formulas get the line?"""
import argparse, io, json, random, sys
from collections import Counter
from contextlib import suppress
from pathlib import Path
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
import matplotlib
matplotlib.use('Agg')
import numpy as np
import torch
from matplotlib import cbook
from matplotlib.figure import Figure
from PIL import Image, ImageDraw, ImageFilter, ImageFont

TEXT = ('We suppose that the field is small near the boundary. Then the sum over all states gives a finite value, and the limit may be taken. '
        'A reader in a hurry can skip this part, since nothing later depends on it. The second method is slower but more general: it starts from any '
        'guess and improves it step by step until the change is below the error of the data. Results for both are shown in the next table.').split()

def font(size, serif): return ImageFont.truetype(str(Path(matplotlib.get_data_path())/f'fonts/ttf/DejaVuS{"erif" if serif else "ans"}.ttf'), size)

def scikit(*names):
    "Pictures that this version of scikit-image brings along"
    found = []
    with suppress(ImportError):
        from skimage import data
        for name in names:
            with suppress(Exception): found.append(Image.fromarray(getattr(data, name)()).convert('RGB'))
    return found

def piece(rng, image, least):
    "A part of a picture, cut out by lot"
    w,h = (rng.randint(min(least, side), side) for side in image.size)
    left,top = rng.randint(0, image.width-w),rng.randint(0, image.height-h)
    return image.crop((left, top, left+w, top+h))

def photographs(rng):
    "Pieces of photographs"
    found = [Image.open(o).convert('RGB') for o in [cbook.get_sample_data('grace_hopper.jpg', asfileobj=False)]]
    found += scikit('astronaut','brick','camera','coffee','coins','chelsea','grass','gravel','moon','rocket','hubble_deep_field','retina','horse','cell')
    with suppress(ImportError):
        from sklearn.datasets import load_sample_images
        found += [Image.fromarray(o) for o in load_sample_images().images]
    while True:
        image = piece(rng, rng.choice(found), 80)
        yield image.resize((min(image.width, 500), min(image.height, 300)))

def plots(rng):
    "Curves, bars, points and heat maps, with axes and labels"
    while True:
        fig = Figure(figsize=(rng.uniform(2,5), rng.uniform(1.5,3.5)), dpi=rng.choice([72,100,150]))
        ax,x,draw = fig.subplots(),np.linspace(0, 6, 50),np.random.default_rng(rng.getrandbits(32))
        kind = rng.choice(['line','bar','points','image'])
        if kind=='line':
            for i in range(rng.randint(1,4)): ax.plot(x, np.sin(x*(i+1)/2)*draw.normal(), label=f'run {i}')
            ax.legend()
        elif kind=='bar': ax.bar(range(6), draw.random(6))
        elif kind=='points': ax.plot(draw.normal(size=80), draw.normal(size=80), '.')
        else: ax.imshow(draw.random((12,18)))
        ax.set_xlabel('time'); ax.set_ylabel('value')
        yield figure_image(fig)

def figure_image(fig):
    f = io.BytesIO(); fig.savefig(f, format='png')
    return Image.open(f).convert('RGB')

def texts(rng):
    "Paragraphs of three lines and more, and pieces of a scanned page"
    scanned = scikit('page')
    while True:
        if scanned and rng.random()<.25: yield piece(rng, scanned[0], 120); continue
        size = rng.randint(11, 24)
        face,lines,width = font(size, rng.random()<.5),rng.randint(3, 12),rng.randint(6, 12)
        start = rng.randrange(len(TEXT)); words = (TEXT*3)[start:]
        said = '\n'.join(' '.join(words[i*width:(i+1)*width]) for i in range(lines) if words[i*width:(i+1)*width])
        probe = ImageDraw.Draw(Image.new('L', (1,1)))
        box = probe.multiline_textbbox((10,10), said, font=face, spacing=size*.4)
        image = Image.new('L', (int(box[2])+10, int(box[3])+10), 255)
        ImageDraw.Draw(image).multiline_text((10,10), said, font=face, fill=0, spacing=size*.4)
        yield image

def noises(rng):
    "Grains, clouds, salt and pepper, gradients"
    while True:
        draw,(w,h) = np.random.default_rng(rng.getrandbits(32)),(rng.randint(60,400),rng.randint(30,200))
        kind = rng.choice(['grain','cloud','pepper','gradient'])
        if kind=='grain': a = draw.integers(0, 256, (h,w))
        elif kind=='pepper': a = np.where(draw.random((h,w))<rng.uniform(.02,.2), 0, 255)
        elif kind=='gradient': a = np.add.outer(np.linspace(0, 100, h), np.linspace(0, 155, w))
        else: a = draw.integers(0, 256, (h,w))
        image = Image.fromarray(a.astype(np.uint8))
        yield image.filter(ImageFilter.GaussianBlur(rng.uniform(3,8))) if kind=='cloud' else image

def strokes(rng):
    "Rows of written digits, pieces of a written note, and scribbles as of a pen: smooth curves of uneven width, in a row or all over"
    notes,digits = scikit('text'),None
    with suppress(ImportError):
        from sklearn.datasets import load_digits
        digits = load_digits().images
    while True:
        kind = rng.random()
        if notes and kind<.2: yield piece(rng, notes[0], 100); continue
        if digits is not None and kind<.6: yield row_of_digits(rng, digits); continue
        image = Image.new('L', (rng.randint(200,600), rng.randint(80,250)), 255)
        pen = ImageDraw.Draw(image)
        for _ in range(rng.randint(4, 14)):
            x,y,angle,size = rng.uniform(20, image.width-20),rng.uniform(20, image.height-20),rng.uniform(0, 6.3),rng.uniform(1, 3)
            bend = rng.uniform(-.2, .2)
            for _ in range(rng.randint(20, 60)):
                bend = bend*.9+rng.uniform(-.12, .12); angle += bend
                x,y = x+2*np.cos(angle),y+2*np.sin(angle)
                size = min(max(size+rng.uniform(-.3,.3), .8), 3.5)
                pen.ellipse((x-size, y-size, x+size, y+size), fill=0)
        yield image.filter(ImageFilter.GaussianBlur(.7))

def row_of_digits(rng, digits):
    "Digits as people wrote them on forms (Alpaydin and Kaynak 1998), two to nine of them, dark on white"
    size = rng.randint(16, 40)
    row = [Image.fromarray((255-rng.choice(digits)*15.9).astype(np.uint8)).resize((size, size), Image.BICUBIC) for _ in range(rng.randint(2, 9))]
    image = Image.new('L', (size*len(row)+20, size+20), 255)
    for i,o in enumerate(row): image.paste(o, (10+size*i, 10+rng.randint(-3, 3)))
    return image

KINDS = dict(photographs=photographs, plots=plots, text=texts, noise=noises, handwriting=strokes)

def garbage(n=20, seed=42):
    "Kind -> `n` pictures"
    return {kind: [o for _,o in zip(range(n), make(random.Random(f'{seed} {kind}')))] for kind,make in KINDS.items()}

def formulas(paths, limit):
    "Pictures of a dataset's tables"
    import pyarrow.parquet as pq
    found = []
    for path in paths:
        rows = pq.read_table(path, columns=['image'])['image'].to_pylist()
        random.Random(42).shuffle(rows)
        found += [o['bytes'] for o in rows[:limit]]
    return found

LINE = 'does not look like one printed formula'
def row(name, found):
    n = len(found)
    low,said = sum(getattr(o, 'confidence', 0)<.1 for o in found),sum(isinstance(o, Exception) or LINE in (getattr(o, 'flaw', None) or '') for o in found)
    print(f'{name:<14}{n:>6}{low/n:>9.1%}{said/n:>9.1%}', flush=True)
    return dict(name=name, pictures=n, below=low, said=said)

def rule(images):
    "How many formulas are taken for something else"
    from latexocr.predict import LatexOCR
    ocr = LatexOCR(torch.nn.Identity(), None)                                # reads nothing
    found = Counter(getattr(o, 'unlike', None) if not isinstance(o, Exception) else str(o) for o in map(ocr._task, images))
    print(f'{len(images)} formulas, {len(images)-found[""]} with the line', *(f'{n:>6} {o}' for o,n in found.items() if o), sep='\n')

def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--model', help='folder of weights (default: the shipped ones)')
    p.add_argument('--each', type=int, default=20, help='pictures of each kind (default: %(default)s)')
    p.add_argument('--formulas', nargs='*', type=Path, default=[], help='tables with pictures of formulas, for the false alarms')
    p.add_argument('--limit', type=int, default=200, help='pictures of each table (default: %(default)s)')
    p.add_argument('--rule', action='store_true', help='read nothing: only look for the line')
    p.add_argument('--out', type=Path, help='JSON for the rows')
    args = p.parse_args()
    if args.rule: return rule(formulas(args.formulas, args.limit))
    from latexocr.predict import LatexOCR
    ocr,rows = LatexOCR.from_pretrained(args.model),[]
    print(f'{"kind":<14}{"n":>6}{"< .1":>9}{"said":>9}')
    read = lambda images: [p for o in images for p in ocr([o], errors='return')]
    for kind,images in garbage(args.each).items(): rows.append(row(kind, read(images)))
    total = {k: sum(o[k] for o in rows) for k in ('pictures','below','said')}
    print(f'{"all":<14}{total["pictures"]:>6}{total["below"]/total["pictures"]:>9.1%}{total["said"]/total["pictures"]:>9.1%}')
    if args.formulas: rows.append(row('formulas', read(formulas(args.formulas, args.limit))))
    if args.out: args.out.write_text(json.dumps(rows, indent=1)+'\n', encoding='utf-8')

if __name__=='__main__': main()
