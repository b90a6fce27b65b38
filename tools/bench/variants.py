"""Is a picture read alike, however it comes? Formulas in some seventy disguises, each compared with the reading of the plain picture.

    python tools/bench/variants.py --model results/small
    python tools/bench/variants.py --model results/small --formulas 50 --beam 5
    python tools/bench/variants.py --edges --formulas 40          # thirty other disguises: what stands around a formula on a screen or a page

A table of all variants, and the shares by group: `same` leaves every pixel's ink alone, `size` draws larger or smaller, `lossy` loses something.
With --edges the second column is the share that is read otherwise than the plain picture, and with a confidence above one half."""
import argparse, io, sys
from pathlib import Path
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps
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

# --- what stands around a formula: thirty disguises

def placed(image, left=12, top=10, right=None, bottom=None, ink=0, paper=255):
    "The ink of a plain picture on a larger sheet, in colour"
    mask = ImageChops.invert(image.convert('L'))
    sheet = Image.new('RGB', (image.width+left+(left if right is None else right), image.height+top+(top if bottom is None else bottom)), paper if isinstance(paper, str) else (paper,)*3)
    sheet.paste(ink if isinstance(ink, str) else (ink,)*3, (left,top), mask)
    return sheet

def lines(*which, gap=8, width=1, ink=(0,0,0), over=0):
    "Lines at these sides, some pixels away from the picture's own margin; `over`: they end so far from the sheet's edge, or at it"
    def f(image):
        sheet = placed(image, gap+6, gap+6)
        draw,(w,h) = ImageDraw.Draw(sheet),sheet.size
        for o in which:
            at = over+(width-1)//2
            draw.line(dict(left=(at,over,at,h-1-over), right=(w-1-at,over,w-1-at,h-1-over), top=(over,at,w-1-over,at), bottom=(over,h-1-at,w-1-over,h-1-at))[o], ink, width)
        return sheet
    return f

def rounded(image):
    sheet = placed(image, 16, 14)
    ImageDraw.Draw(sheet).rounded_rectangle((3,3,sheet.width-4,sheet.height-4), 8, outline=(90,90,90), width=1)
    return sheet

def dashed(image):
    sheet = placed(image, 14, 12)
    draw,(w,h) = ImageDraw.Draw(sheet),sheet.size
    for x in range(2, w-2, 7): draw.line((x,2,min(x+3, w-3),2), 0); draw.line((x,h-3,min(x+3, w-3),h-3), 0)
    for y in range(2, h-2, 7): draw.line((2,y,2,min(y+3, h-3)), 0); draw.line((w-3,y,w-3,min(y+3, h-3)), 0)
    return sheet

def under(kind):
    "Below the whole formula, as spelling checkers and links have it"
    def f(image):
        sheet = placed(image, 12, 10, bottom=14)
        draw,y,xs = ImageDraw.Draw(sheet),sheet.height-9,range(16, sheet.width-16)
        if kind=='straight': draw.line((xs[0],y,xs[-1],y), (0,0,238), 1)
        elif kind=='dotted': [draw.point((x,y), (60,60,60)) for x in xs if x%3<2]
        else: draw.line([(x, y+(x//2)%2*2) for x in xs], (230,0,0), 1)
        return sheet
    return f

def caret(where, beam=False):
    "Where text would be typed, or the pointer above text"
    def f(image):
        sheet = placed(image, 14, 10)
        draw,x = ImageDraw.Draw(sheet),9 if where=='left' else sheet.width-9
        draw.line((x,7,x,sheet.height-8), (0,0,0), 1)
        if beam: draw.line((x-2,6,x+2,6), (0,0,0), 1); draw.line((x-2,sheet.height-7,x+2,sheet.height-7), (0,0,0), 1)
        return sheet
    return f

def pointer(image):
    "An arrow beside the formula"
    sheet = placed(image, 12, 10, right=30)
    x,y = sheet.width-22,sheet.height//2-4
    ImageDraw.Draw(sheet).polygon([(x,y),(x,y+14),(x+3,y+11),(x+6,y+17),(x+8,y+16),(x+5,y+10),(x+10,y+10)], fill=(255,255,255), outline=(0,0,0))
    return sheet

def marked(start, end, paper, ink=0, inner=4):
    "From one share of the width to another on a ground of another colour, as selected text and highlighters are"
    def f(image):
        sheet = placed(image)
        a,b = (round(10+o*(sheet.width-20)) for o in (start,end))
        box = (a,inner,b,sheet.height-inner)
        sheet.paste(placed(image, ink=ink, paper=paper).crop(box), box)
        return sheet
    return f

def shaded(shade):
    "Multiplied by a light that is not the same everywhere: `shade` of (x, y), both from 0 to 1"
    def f(image):
        sheet = np.asarray(placed(image, 20, 16).convert('L'), float)
        y,x = np.mgrid[0:1:sheet.shape[0]*1j,0:1:sheet.shape[1]*1j]
        return Image.fromarray((sheet*shade(x, y)).clip(0, 255).astype(np.uint8))
    return f

def photograph(image):
    "Uneven light, a little blur and noise"
    soft = shaded(lambda x, y: .95-.4*x-.15*y)(image).filter(ImageFilter.GaussianBlur(.4))
    noise = np.random.default_rng(image.width).normal(0, 3, (soft.height, soft.width))
    return Image.fromarray((np.asarray(soft, float)+noise).clip(0, 255).astype(np.uint8))

def edges():
    "Name -> (group, function), as `variants`: what stands around a formula, or below it"
    found = {'frame':lines('left','right','top','bottom', over=2), 'frame at the edge':lines('left','right','top','bottom'), 'frame, thick':lines('left','right','top','bottom', width=3, over=2),
        'frame, grey':lines('left','right','top','bottom', ink=(170,170,170), over=2), 'frame, rounded':rounded, 'frame, dashed':dashed,
        'lines left and top':lines('left','top'), 'lines left and right':lines('left','right'), 'lines above and below':lines('top','bottom'),
        'line left':lines('left'), 'line right':lines('right'), 'line above':lines('top'), 'line below':lines('bottom'), 'line left, thick':lines('left', width=3, ink=(200,0,0), gap=6),
        'underlined':under('straight'), 'underlined, dotted':under('dotted'), 'underlined, wavy':under('wavy'),
        'caret at the end':caret('right'), 'caret at the beginning':caret('left'), 'text pointer':caret('right', True), 'arrow':pointer,
        'left half selected':marked(0, .5, '#0a64d8', 255), 'right half selected, pale':marked(.5, 1, '#b4d5fe'), 'selected':marked(-.02, 1.02, '#0a64d8', 255),
        'highlighter':marked(-.02, 1.02, '#fff23a'), 'highlighter in the middle':marked(.35, .7, '#7df07d'),
        'light from the left':shaded(lambda x, y: 1-.45*x), 'dark corners':shaded(lambda x, y: 1-.9*((x-.5)**2+(y-.5)**2)),
        'shadow':shaded(lambda x, y: np.where(x+.4*y>.75, .62, 1.)), 'photograph':photograph}
    return {k:('edges', f) for k,f in found.items()}

def surely_otherwise(ocr, formulas, **how):
    "Rows (name, read as the plain picture is, read otherwise and above one half) of `edges`, one after the other, each a list of bool"
    plain = [o.image for o in render(formulas)]
    want = [p.latex for p in ocr(plain, **how)]
    for name,(_,f) in edges().items():
        found = ocr([f(o) for o in plain], errors='return', **how)
        same = [getattr(p, 'latex', None)==t for p,t in zip(found, want)]
        yield name, same, [not s and getattr(p, 'confidence', 0)>.5 for s,p in zip(same, found)]

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
    p.add_argument('--edges', action='store_true', help='frames, lines, carets, selections, highlighters and uneven light instead')
    args = p.parse_args()
    formulas = [o for o in small_formulas()['test']+small_formulas()['val'] if render([o])[0].error is None][:args.formulas]
    if args.edges:
        print(f'{len(edges())} disguises of {len(formulas)} formulas:\n\n| disguise | read as the plain picture is | otherwise, and above .5 |\n|---|---|---|')
        rows,row = [],lambda name, same, sure: print(f'| {name} | {share(same):.0%} | {share(sure):.1%} |', flush=True)
        for o in surely_otherwise(LatexOCR.from_pretrained(args.model), formulas, beam_width=args.beam, views=args.views): rows.append(o); row(*o)
        row('all', sum((o[1] for o in rows), []), sum((o[2] for o in rows), []))
        return
    rows = table(LatexOCR.from_pretrained(args.model), formulas, beam_width=args.beam, views=args.views)
    print(f'{len(rows)} variants of {len(formulas)} formulas, read as the plain picture is:\n\n| group | variant | share |\n|---|---|---|')
    for group,name,o in rows: print(f'| {group} | {name} | {share(o):.0%} |')
    print()
    for groups in (['same'],['size'],['lossy'],['same','size'],['same','size','lossy']):
        print(f"{' + '.join(groups)}: {share([b for g,_,o in rows for b in o if g in groups]):.1%}")

if __name__=='__main__': main()
