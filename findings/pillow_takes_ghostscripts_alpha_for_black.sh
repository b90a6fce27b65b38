#!/bin/sh
# A page that Ghostscript draws in black on a transparent ground (pngalpha) has half as much ink again once Pillow has made it grey: convert('L') drops the transparency
# Guessed: the grey edges of letters survive convert('L'), as they do in a viewer or with the device pnggray.
# So: pngalpha stores each touched pixel as black with some opacity; without the opacity, any pixel a letter touches is black and there is no grey at all.
# The published pictures of im2latex-100k have such strokes; a reader trained on pictures with grey edges meets letters of another weight in them.
# Needs Ghostscript (gs) on the machine; prints its version.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m pip install --quiet --disable-pip-version-check --target lib pillow==12.0.0
cat > page.ps <<'EOF'
%!PS
/Times-Italic findfont 10 scalefont setfont
20 20 moveto (e + x = 1) show showpage
EOF
for device in pngalpha pnggray; do
  gs -q -dNOPAUSE -dBATCH -dSAFER -r200 -dTextAlphaBits=4 -dGraphicsAlphaBits=4 -sDEVICE=$device -sOutputFile=$device.png page.ps
done
cat > show.py <<'EOF'
import subprocess, PIL
from PIL import Image
print('Pillow', PIL.__version__, '; Ghostscript', subprocess.run(['gs','--version'], capture_output=True, text=True).stdout.strip())
ink = {}
for device in ('pngalpha', 'pnggray'):
    image = Image.open(device+'.png')
    grey = image.convert('L')
    counts = grey.histogram()
    ink[device],greys = sum((255-i)*n for i,n in enumerate(counts))/255,sum(counts[1:255])
    print(f"{device}: mode {image.mode}, as grey {ink[device]:.0f} pixels' worth of ink, {greys} pixels neither black nor white")
    if device=='pngalpha': assert greys==0
    else: assert greys>100
print(f"{ink['pngalpha']/ink['pnggray']:.2f} times the ink")
assert ink['pngalpha'] > 1.4*ink['pnggray']
EOF
PYTHONPATH=lib python3 show.py
