#!/bin/sh
# Headless Chromium draws text with coloured fringes if fontconfig says rgba=rgb; its own switch --enable-lcd-text does nothing
# Guessed: --enable-lcd-text turns on subpixel antialiasing, and never at a device scale of 2, where Chromium is said to leave it off.
# So: with the switch alone each pixel is grey; with a FONTCONFIG_FILE that sets rgba to rgb the letters have coloured edges, at a scale of 1 and of 2.
set -e
chromium=$(command -v chromium || command -v chromium-browser || command -v google-chrome)
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m pip install -q --disable-pip-version-check --target "$work/py" pillow==12.0.0
cat > fonts.conf <<'EOF'
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <match target="pattern"><edit name="rgba" mode="assign"><const>rgb</const></edit></match>
  <match target="font"><edit name="rgba" mode="assign"><const>rgb</const></edit></match>
</fontconfig>
EOF
echo '<body style="background: white; color: black; font: 20px serif">minimum illi' > page.html
shot() {    # name, scale, more flags
    name=$1; scale=$2; shift 2
    timeout 100 "$chromium" --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync \
        --user-data-dir="$work/profile" --window-size=300,100 --force-device-scale-factor="$scale" --screenshot="$work/$name.png" "$@" "file://$work/page.html" >/dev/null 2>&1
}
"$chromium" --version 2>/dev/null | tail -1
shot plain 1; shot switch 1 --enable-lcd-text
export FONTCONFIG_FILE="$work/fonts.conf"
shot conf1 1; shot conf2 2
PYTHONPATH="$work/py" python3 - <<'EOF'
import sys
from PIL import Image, ImageChops
def colour(name):
    r,g,b = Image.open(f'{name}.png').convert('RGB').split()
    return max(ImageChops.difference(r, g).getextrema()[1], ImageChops.difference(g, b).getextrema()[1])
found = {o: colour(o) for o in ('plain','switch','conf1','conf2')}
print('largest difference between red, green and blue of a pixel:', found)
sys.exit(0 if found['plain']==found['switch']==0 and min(found['conf1'], found['conf2'])>40 else 1)
EOF
