"""Is a picture read alike, however it comes? Formulas in some seventy disguises, each compared with the reading of the plain picture.

    python tools/bench/variants.py --model results/small
    python tools/bench/variants.py --model results/small --formulas 50 --beam 5

A table of all variants, and the shares by group: `same` leaves every pixel's ink alone, `size` draws larger or smaller, `lossy` loses something."""
import argparse, io, sys
from pathlib import Path
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
import numpy as np
from PIL import Image, ImageChops, ImageOps
from latexocr.data import small_formulas
from latexocr.predict import LatexOCR
from latexocr.render import render

def saved(image, kind, **options):
    "Bytes of a file"
    f = io.BytesIO(); image.copy().save(f, kind, **options)                         # a copy: saving as GIF leaves a palette behind
    return f.getvalue()

def scaled(image, by): return image if by==1 else image.resize([round(o*by) for o in image.size], Image.LANCZOS)
def tight(image): return image.crop(ImageChops.invert(image).getbbox())
def wide(image): return ImageOps.expand(image, border=(150,40,70,110), fill=255)
def clear(image, ink): return Image.merge('LA', (Image.new('L', image.size, ink), ImageChops.invert(image)))
def coloured(image, ink, paper): return ImageOps.colorize(image, ink, paper)
def palette(image): return image.convert('P')
def sixteen(image): return Image.fromarray(np.array(image).astype(np.uint16)*257)

def turned(image):
    "As a camera saves it that was held sideways: turned pixels and a note"
    exif = Image.Exif(); exif[0x0112] = 6
    return saved(image.transpose(Image.Transpose.ROTATE_90), 'TIFF', exif=exif)

def variants():
    "Name -> (group, function of the plain picture that gives what `LatexOCR` takes)"
    found = {}
    def add(name, group, f):
        assert name not in found
        found[name] = group,f
    margins,sides = {'':lambda o: o, ' tight':tight, ' wide':wide},{'':lambda o: o, ' dark':ImageChops.invert}
    for by in (.75,1,1.5,2,3):                                                     # size × margin × polarity
        for m,margin in margins.items():
            for d,side in sides.items():
                add(f'PNG {by}x{m}{d}', 'same' if by==1 else 'size', lambda o, by=by, margin=margin, side=side: saved(side(margin(scaled(o, by))), 'PNG'))
    for by in (1,2):                                                               # formats
        for kind,options in dict(WEBP=dict(lossless=True), GIF={}, BMP={}, TIFF={}, PPM={}, JPEG2000={}).items():
            add(f'{kind} {by}x', 'same' if by==1 else 'size', lambda o, by=by, kind=kind, options=options: saved(scaled(o, by), kind, **options))
        for kind,q in (('JPEG',90),('JPEG',60),('WEBP',80),('WEBP',50)):
            add(f'{kind} {by}x quality {q}', 'lossy', lambda o, by=by, kind=kind, q=q: saved(scaled(o, by).convert('RGB'), kind, quality=q))
    add('PDF 2x', 'size', lambda o: saved(scaled(o, 2).convert('RGB'), 'PDF', resolution=200, quality=95))
    modes = {'RGB':lambda o: o.convert('RGB'), 'RGBA':lambda o: o.convert('RGBA'), 'transparent':lambda o: clear(o, 0), 'palette':palette,
             'transparent, white ink':lambda o: clear(o, 255), 'CMYK':lambda o: o.convert('RGB').convert('CMYK'), '16 bits':sixteen, '16 bits, dark':lambda o: sixteen(ImageChops.invert(o)),
             'blue on cream':lambda o: coloured(o, '#102080', '#fff8e0'), 'green on black':lambda o: coloured(o, '#60ff60', '#000000'),
             'grey on grey':lambda o: coloured(o, '#505050', '#b0b0b0'), 'array':np.array, 'array of fractions':lambda o: np.array(o)/255,
             'array of colours':lambda o: np.array(o.convert('RGB')), 'held sideways':turned}
    for name,f in modes.items(): add(name, 'same', f)
    for name in ('transparent','palette','blue on cream','held sideways'): add(f'{name} 2x', 'size', lambda o, f=modes[name]: f(scaled(o, 2)))
    return found

def one_bit(image): return saved(image.point(lambda p: 255*(p>127)).convert('1', dither=Image.Dither.NONE), 'PNG')

def drawn(formulas, dpis=(150,300,400,600)):
    "Name -> (group, pictures) that TeX drew at another density: a sharper pen than that of a picture made larger; so black and white loses no stroke"
    found = {}
    for dpi in dpis:
        images = [o.image for o in render(formulas, dpi=dpi)]
        found[f'drawn at {dpi/200:g}x'] = 'size',images
        if dpi>=400: found[f'1 bit, drawn at {dpi/200:g}x'] = 'lossy',[one_bit(o) for o in images]
    return found

def compare(ocr, plain, others, **how):
    "Share of pictures read as the plain ones are; name -> list of bool"
    want = [p.latex for p in ocr(plain, **how)]
    read = lambda o: [getattr(p, 'latex', str(p)) for p in ocr(o, errors='return', **how)]
    return {name: [a==b for a,b in zip(read(make()), want)] for name,make in others.items()}

def table(ocr, formulas, names=None, dpis=(150,300,400,600), **how):
    "Rows (group, name, list of bool) of all variants"
    plain,every = [o.image for o in render(formulas)],variants()
    some = {k:every[k] for k in (names or every)}
    same = compare(ocr, plain, {k: (lambda f=f: [f(o) for o in plain]) for k,(_,f) in some.items()}, **how)
    others = drawn(formulas, dpis) if dpis else {}
    same |= compare(ocr, plain, {k: (lambda o=o: o) for k,(_,o) in others.items()}, **how)
    return [((some.get(k) or others[k])[0], k, o) for k,o in same.items()]

def share(found): return sum(found)/max(len(found), 1)

def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--model', help='folder of a trained model (default: the shipped one)')
    p.add_argument('--formulas', type=int, default=24, help='(default: %(default)s)')
    p.add_argument('--beam', type=int, default=1, help='beam width (default: greedy)')
    p.add_argument('--views', type=int, help='looks at each picture (default: one, and four where it leaves doubt)')
    args = p.parse_args()
    formulas = [o for o in small_formulas()['test']+small_formulas()['val'] if render([o])[0].error is None][:args.formulas]
    rows = table(LatexOCR.from_pretrained(args.model), formulas, beam_width=args.beam, views=args.views)
    print(f'{len(rows)} variants of {len(formulas)} formulas, read as the plain picture is:\n\n| group | variant | share |\n|---|---|---|')
    for group,name,o in rows: print(f'| {group} | {name} | {share(o):.0%} |')
    print()
    for groups in (['same'],['size'],['lossy'],['same','size'],['same','size','lossy']):
        print(f"{' + '.join(groups)}: {share([b for g,_,o in rows for b in o if g in groups]):.1%}")

if __name__=='__main__': main()
