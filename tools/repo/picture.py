"Draw the README's picture, a formula going in and LaTeX coming out: `python tools/repo/picture.py` (needs a TeX; the file is kept in nbs/images)"
import argparse, re
from pathlib import Path
from PIL import Image, ImageChops, ImageDraw, ImageFont

root = Path(__file__).resolve().parents[2]
formula = r'\int_0^\infty e^{-ax^2}\,dx=\frac12\sqrt{\frac{\pi}{a}}'
lines = [r'\int_0^\infty e^{-ax^2}\,dx', r'=\frac{1}{2}\sqrt{\frac{\pi}{a}}']      # in the canonical spelling, as readings are; broken for the picture
width,height,scale = 800,164,2                                                # as shown; drawn at twice the size
accent,ink,quiet,paper,edge = '#8a6cd8','#1f2933','#7d8794','#ffffff','#d5dce4'
colours = {'command':'#6d4fb3', 'script':'#b4541a', 'brace':'#7d8794', 'plain':'#1f2933'}

def font(size, name='DejaVuSansMono.ttf'):
    import matplotlib
    return ImageFont.truetype(str(Path(matplotlib.get_data_path())/'fonts'/'ttf'/name), round(size*scale))

def kinds(line):
    "Pieces of LaTeX and what they are, to colour them"
    for m in re.finditer(r'(?P<command>\\[a-zA-Z]+|\\.)|(?P<script>[_^])|(?P<brace>[{}])|(?P<plain>[^\\_^{}]+)', line): yield m.lastgroup, m[0]

def drawing(dpi=430):
    "The formula as drawn by latexocr itself, as large as it is shown"
    from latexocr.render import render
    r = render([formula], dpi=dpi, downsample=1)[0]
    if r.error: raise SystemExit(r.error)
    return r.image

def picture(drawn):
    "The card: the drawn formula, an arrow, its LaTeX"
    s = scale
    card = Image.new('RGBA', (width*s, height*s), (0,0,0,0))
    d = ImageDraw.Draw(card)
    mid,left,right = height*s//2,(10*s, 380*s),(430*s, 790*s)
    for a,b in (left,right): d.rounded_rectangle((a, 10*s, b, (height-10)*s), radius=12*s, fill=paper, outline=edge, width=s)
    ratio = min(1, (left[1]-left[0]-44*s)/drawn.width, (height-66)*s/drawn.height)
    drawn = drawn.resize((round(drawn.width*ratio), round(drawn.height*ratio)), Image.LANCZOS)
    card.paste(Image.new('RGBA', drawn.size, ink), ((sum(left)-drawn.width)//2, mid-drawn.height//2+6*s), ImageChops.invert(drawn))
    d.text((left[0]+14*s, 18*s), 'a picture', fill=quiet, font=font(10.5, 'DejaVuSans.ttf'))
    d.text((right[0]+14*s, 18*s), 'its LaTeX', fill=quiet, font=font(10.5, 'DejaVuSans.ttf'))
    a,b = left[1]+12*s,right[0]-12*s                                           # the arrow stands in the gap
    d.line((a, mid, b-6*s, mid), fill=accent, width=round(2.6*s))
    d.polygon([(b, mid), (b-10*s, mid-7*s), (b-10*s, mid+7*s)], fill=accent)
    mono = font(15.5)
    step = 32*s
    x0 = right[0]+28*s
    for i,line in enumerate(lines):
        x,y = x0,mid+6*s + (i-.5)*step
        for kind,piece in kinds(line):
            d.text((x,y), piece, fill=colours[kind], font=mono, anchor='lm')
            x += d.textlength(piece, font=mono)
    return card

def main():
    argparse.ArgumentParser(description=__doc__).parse_args()
    path = root/'nbs'/'images'/'readme.png'
    path.parent.mkdir(exist_ok=True)
    picture(drawing()).save(path, optimize=True)
    print(path.relative_to(root))

if __name__ == '__main__': main()
