#!/bin/sh
# Pillow's ImageMorph takes a grey level for ink if it is odd: a picture of 0 and 254 is empty for it, one of 0 and 1 full; a dilation of a square of 254 leaves nothing of it, and of a smoothly resized stroke 29 of 45 bright pixels are not seen
# Guessed: morphology of a picture of mode L, which ImageMorph accepts, has a threshold: all that isn't 0, as the documentation of its get_on_pixels says, or from 128 on.
# So: of each byte the lowest bit is looked at, and no other. Binary pictures of 0 and 255 are right. A mask times 254, or 255 resized, blurred or read from a JPEG, is noise to apply() and match(): a grey of 254 counts as nothing, one of 1 as ink.
# get_on_pixels() of the same object looks at the whole byte: it finds the square of 254 which match() doesn't. There is neither an error nor a warning. scipy's dilation takes the largest of the neighbours.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m pip install -q --no-compile --disable-pip-version-check --no-deps --target lib pillow==13.0.0 numpy==2.4.6 scipy==1.17.1
PYTHONPATH=lib timeout 200 python3 - <<'EOS'
import sys
import numpy as np, PIL
from PIL import Image, ImageDraw, ImageMorph
from scipy import ndimage
good = True
print('Pillow', PIL.__version__)
dilate,ones = ImageMorph.MorphOp(op_name='dilation8'),ImageMorph.MorphOp(patterns=['1:(... .1. ...)->1'])
for level,want in ((255, 25), (254, 0), (253, 25), (128, 0), (127, 25), (1, 25)):
    a = np.zeros((9, 9), np.uint8); a[3:6,3:6] = level
    count,out = dilate.apply(Image.fromarray(a))
    grown = int((np.asarray(out)>0).sum())
    by_scipy = int((ndimage.grey_dilation(a, (3, 3))>0).sum())
    print('a square of 9 pixels of', str(level).rjust(3), 'dilated has', str(grown).rjust(2), 'pixels, in scipy', by_scipy, '; on by get_on_pixels():', len(dilate.get_on_pixels(Image.fromarray(a))), '; changed:', count)
    good &= grown==want and by_scipy==25 and len(dilate.get_on_pixels(Image.fromarray(a)))==9
def drawn(smooth):
    "A slanted stroke, white on black, drawn large and made smaller"
    im = Image.new('L', (320, 160)); ImageDraw.Draw(im).line((40, 140, 280, 20), fill=255, width=10)
    return im.resize((40, 20), Image.Resampling.BICUBIC if smooth else Image.Resampling.NEAREST)
for smooth in (False, True):
    im = drawn(smooth)
    bright,seen = (np.asarray(im)>=128).sum(),{(x, y) for x,y in ones.match(im)}
    missed = sum(im.getpixel((x, y))>=128 and (x, y) not in seen for y in range(20) for x in range(40))
    print('a stroke resized', 'smoothly:' if smooth else 'by nearest:', len(np.unique(np.asarray(im))), 'levels,', bright, 'pixels of 128 or more, of which match() misses', missed)
    good &= bool((bright, missed)==(45, 29) if smooth else missed==0)
light,dark = (Image.fromarray(np.full((8, 8), v, np.uint8)) for v in (200, 201))
print('even grey of 200:', len(ones.match(light)), 'pixels match; even grey of 201:', len(ones.match(dark)))
good &= len(ones.match(light))==0 and len(ones.match(dark))==36
sys.exit(not good)
EOS
