#!/bin/sh
# OpenCV's matchShapes finds > and = three hundred times nearer to each other in pictures of 0 and 255 than in the same pictures of 0 and 1: there it compares one number of seven
# Guessed: signs that mirror each other are near, all others far apart, > and = among them.
# So: an image's moments are divided by powers of its ink, which is 255 times as much: all but the first fall below 0.00001, and those matchShapes passes over without a word.
# In 0 and 255 W is nearer to x than p is to d, in 0 and 1 farther. Contours, the other thing that it takes, are judged as in 0 and 1; dividing by 255 is enough.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m pip install -q --no-compile --disable-pip-version-check --target lib opencv-python-headless==5.0.0.93 numpy==2.4.6
PYTHONPATH=lib python3 - <<'EOF'
import sys
import cv2, numpy as np
print('OpenCV', cv2.__version__)
def sign(c):
    "A letter or sign, 1 on 0"
    x = np.zeros((100,100), np.uint8)
    cv2.putText(x, c, (20,70), cv2.FONT_HERSHEY_SIMPLEX, 2, 255, 2)
    return (x>127).astype(np.uint8)
def outline(x): return max(cv2.findContours(x, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)[0], key=len)
def hu(x): return np.abs(cv2.HuMoments(cv2.moments(x))).ravel()
def far(a, b): return cv2.matchShapes(a, b, cv2.CONTOURS_MATCH_I1, 0)
got = {}
for pair in '>=','pd','Wx':
    a,b = (sign(c) for c in pair)
    got[pair] = far(a, b),far(a*255, b*255),far(outline(a), outline(b))
    used = [int(((hu(a*top)>1e-5)&(hu(b*top)>1e-5)).sum()) for top in (1,255)]
    print(f'{pair[0]} and {pair[1]}: of 0 and 1 {got[pair][0]:.4f} by {used[0]} moments, of 0 and 255 {got[pair][1]:.6f} by {used[1]}, of contours {got[pair][2]:.4f}')
    assert used[0]>=3 and used[1]==1
for top in 1,255: print(f'moments of > in 0 and {top:3}:', *(f'{o:.0e}' for o in hu(sign('>')*top)))
apart,white,contours = ({k: v[i] for k,v in got.items()} for i in range(3))
sys.exit(not (apart['>=']>200*white['>='] and white['Wx']<white['pd'] and apart['Wx']>apart['pd'] and contours['Wx']>contours['pd']))
EOF
