#!/bin/sh
# torch's F.interpolate with antialias=True draws another picture where nothing can alias: enlarged bicubically, up to 21 of 255 grey levels apart from antialias=False
# Guessed: the switch widens the filter when a picture shrinks; enlarged, both are the same, as they are for bilinear, and Pillow's BICUBIC is the same as either.
# So: it also changes the cubic's coefficient, from -0.75 to Pillow's -0.5, at any scale. A model trained on pictures that Pillow enlarged sees Pillow's only with antialias=True;
# OpenCV's INTER_CUBIC has -0.75, so it agrees with antialias=False.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m pip install -q --no-compile --no-deps --disable-pip-version-check --target lib torch==2.13.0 numpy==2.4.6 pillow==13.0.0 opencv-python-headless==5.0.0.93 typing-extensions
PYTHONPATH=lib python3 - <<'EOF'
import sys
import cv2, numpy as np, PIL, torch
import torch.nn.functional as F
from PIL import Image
print('torch', torch.__version__, '· Pillow', PIL.__version__, '· OpenCV', cv2.__version__)
x = np.full((12,16), 255, np.float32); x[2:10,5] = x[5,2:13] = 0               # a plus, white all round
def large(mode, antialias): return F.interpolate(torch.tensor(x)[None,None], scale_factor=3, mode=mode, antialias=antialias)[0,0].numpy()
pillow,opencv = np.array(Image.fromarray(x).resize((48,36), Image.BICUBIC)),cv2.resize(x, (48,36), interpolation=cv2.INTER_CUBIC)
def apart(a, b): return float(np.abs(a-b).max())
linear = apart(large('bilinear', True), large('bilinear', False))
cubic = apart(large('bicubic', True), large('bicubic', False))
to = {(name,o): apart(large('bicubic', o), other) for name,other in (('Pillow',pillow),('OpenCV',opencv)) for o in (True,False)}
print(f'three times as large, antialias=True and False apart by: bilinear {linear:.3f}, bicubic {cubic:.1f} of 255')
for (name,o),d in to.items(): print(f'bicubic, antialias={o}: {d:.3f} from {name}')
sys.exit(not (linear<.01 and cubic>10 and to['Pillow',True]<.01 and to['OpenCV',False]<.01 and to['Pillow',False]>10 and to['OpenCV',True]>10))
EOF
