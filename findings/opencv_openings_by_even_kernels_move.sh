#!/bin/sh
# OpenCV's opening and closing by a kernel of an even size move the picture a pixel to the right and down, each time they are repeated one more: a fraction bar taken away by a kernel 40 wide and 2 high is still there
# Guessed: an opening lies within the picture and a closing contains it, whatever the kernel, so that a bar minus its own opening is nothing.
# So: erode and dilate take the same half of an even kernel for the middle, where SciPy turns the kernel round for one of them. Of a bar three pixels high the top row is left, as long as the bar, and the black hat,
# which shows gaps, shows a row below it. A = that is closed by 2×2 five times is as it was, but five pixels lower and to the right. With odd sizes, 41×3 and 3×3, all is as in SciPy.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m pip install -q --no-compile --no-deps --disable-pip-version-check --target lib opencv-python-headless==5.0.0.93 numpy==2.4.6 scipy==1.17.1
PYTHONPATH=lib timeout 200 python3 - <<'EOF'
import sys
import cv2, numpy as np, scipy
from scipy import ndimage
print('OpenCV', cv2.__version__, '· SciPy', scipy.__version__)
fraction = np.zeros((100,100), np.uint8)
cv2.putText(fraction, 'a', (40,40), cv2.FONT_HERSHEY_SIMPLEX, 1, 255, 2)
cv2.putText(fraction, 'b', (40,90), cv2.FONT_HERSHEY_SIMPLEX, 1, 255, 2)
letters = fraction.copy()
fraction[50:53,20:80] = 255
equals = np.zeros((60,60), np.uint8)
equals[15:17,20:40] = equals[30:32,20:40] = 255
def box(x): return tuple(slice(int(o.min()), int(o.max())+1) for o in np.nonzero(x))
def where(x):
    if not x.any(): return 'nothing'
    r,c = box(x)
    return f'{int((x>0).sum())} pixels in rows {r.start} to {r.stop-1}, columns {c.start} to {c.stop-1}'
def scipys(x, kernel): return ndimage.binary_opening(x>0, kernel)*np.uint8(255)
left = {}
for w,h in (40,2),(41,3):
    kernel = cv2.getStructuringElement(cv2.MORPH_RECT, (w,h))
    for name,bar in (('OpenCV', cv2.morphologyEx(fraction, cv2.MORPH_OPEN, kernel)), ('SciPy', scipys(fraction, kernel))):
        left[w,name] = rest = cv2.subtract(cv2.subtract(fraction, bar), letters)
        print(f'a over b without its bar of rows 50 to 52, columns 20 to 79, kernel {w}×{h}, {name}: of the bar is left {where(rest)}')
    left[w,'hat'] = cv2.morphologyEx(fraction-letters, cv2.MORPH_BLACKHAT, np.ones((h,h), np.uint8))
    print(f'black hat of the bar alone, {h}×{h}: {where(left[w,"hat"])}')
moved = {n: [cv2.morphologyEx(equals, cv2.MORPH_CLOSE, np.ones((n,n), np.uint8), iterations=o) for o in (1,2,5)] for n in (2,3)}
print('= before:', where(equals))
for n,o in moved.items(): print(f'= closed {n}×{n}, once, twice, five times:', '; '.join(where(x) for x in o))
ends = [(box(x)[0].start,box(x)[1].start) for x in moved[2]]
good = ends==[(16,21),(17,22),(20,25)] and all(box(x)==box(equals) for x in moved[3])
good &= where(left[40,'OpenCV']).endswith('rows 50 to 52, columns 20 to 79') and bool(left[40,'OpenCV'][50,20:80].all()) and left[40,'hat'].any()
good &= not (left[40,'SciPy'].any() or left[41,'OpenCV'].any() or left[41,'SciPy'].any() or left[41,'hat'].any())
sys.exit(not good)
EOF
