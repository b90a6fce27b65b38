#!/bin/sh
# OpenCV's matchTemplate by TM_CCOEFF_NORMED finds a template of one colour, such as a piece of a fraction bar, with a perfect 1.0 at every place of any picture, blank paper included; by TM_CCORR_NORMED a black one nowhere
# Guessed: a correlation that isn't defined is NaN or 0, as it is the other way round: where the picture, not the template, has one colour, TM_CCOEFF_NORMED says 0, and scikit-image's match_template says 0 for both.
# So: once the mean is taken away nothing is left of such a template, and the answer is 1 without a look at the picture. One pixel of paper around the bar is enough, and the only 1.0 is where the bar is.
# TM_SQDIFF_NORMED, of which 0 is perfect, has 1 for a black template even where the picture is the same black, TM_CCORR_NORMED 0; white ones are found by both. Without _NORMED the squared difference is right: 0 at the bar.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m pip install -q --no-compile --disable-pip-version-check --no-deps --target lib opencv-python-headless==5.0.0.93 numpy==2.4.6 scikit-image==0.26.0 scipy==1.17.1 lazy-loader==0.4 packaging==26.4 \
    pillow==13.0.0 imageio==2.37.0 tifffile==2026.1.14 networkx==3.4.2
PYTHONPATH=lib timeout 200 python3 - <<'EOS'
import sys
import cv2, numpy as np, skimage
from skimage.feature import match_template
paper = np.full((60, 60), 255, np.uint8)
page = paper.copy(); page[20:23,10:40] = 0                       # a fraction bar, and below it two noughts, roughly
page[40:50,15:20] = 0
noise = np.random.default_rng(0).integers(0, 256, (60, 60), dtype=np.uint8)
bar,framed,white = page[20:23,10:40],page[19:24,9:41],paper[:3,:30]
good = True
print('OpenCV', cv2.__version__, 'scikit-image', skimage.__version__)
def span(method, image, template):
    "Smallest and largest result, and where the best is if it is at one place only"
    r = cv2.matchTemplate(image, template, getattr(cv2, method))
    best = r.min() if 'SQDIFF' in method else r.max()
    places = np.argwhere(np.isclose(r, best, atol=1e-5))
    return round(float(r.min()), 4), round(float(r.max()), 4), tuple(map(int, places[0])) if len(places)==1 else f'{len(places)} places'
for method,name,image,template,want in (
    ('TM_CCOEFF_NORMED', 'bar in page', page, bar, (1, 1, '1798 places')), ('TM_CCOEFF_NORMED', 'bar in blank paper', paper, bar, (1, 1, '1798 places')),
    ('TM_CCOEFF_NORMED', 'bar in noise', noise, bar, (1, 1, '1798 places')), ('TM_CCOEFF_NORMED', 'white in noise', noise, white, (1, 1, '1798 places')),
    ('TM_CCOEFF_NORMED', 'framed bar in blank paper', paper, framed, (0, 0, None)), ('TM_CCOEFF_NORMED', 'framed bar in page', page, framed, (None, 1, (19, 9))),
    ('TM_CCORR_NORMED', 'bar in page', page, bar, (0, 0, None)), ('TM_SQDIFF_NORMED', 'bar in page', page, bar, (1, 1, None)),
    ('TM_SQDIFF_NORMED', 'white in blank paper', paper, white, (0, 0, None)), ('TM_SQDIFF', 'bar in page', page, bar, (0, None, (20, 10)))):
    got = span(method, image, template)
    print(method.ljust(17), name.ljust(26), 'from', got[0], 'to', got[1], '; best at', got[2])
    good &= all(w is None or w==g for w,g in zip(want, got))
with np.errstate(all='ignore'): r = match_template(page.astype(float), bar.astype(float))
print('scikit-image      bar in page                from', r.min(), 'to', r.max())
good &= not (r>0.5).any()
sys.exit(not good)
EOS
