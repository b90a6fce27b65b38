#!/bin/sh
# matplotlib's mathtext draws `\epsilon`, `\emptyset`, `\mathsf`, `\boldsymbol` and small `\mathcal` letters as others in four of its fonts, without a warning
# Guessed: a sign that a font of mathtext lacks is reported (it is: "does not have a glyph"), so a picture that comes without a word is right.
# So: in dejavusans, dejavuserif, stix and stixsans \epsilon is drawn as \varepsilon and \emptyset as \varnothing; \mathsf{x} is \mathrm{x} in dejavusans and
# plain italic x in stixsans, where \boldsymbol{x} and \operatorname{x} are plain, too; \mathcal{x} in stix is \mathrm{x}. Only cm has them apart.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m pip install -q --disable-pip-version-check --target "$work" matplotlib==3.11.2
PYTHONPATH="$work" MPLCONFIGDIR="$work" python3 - <<'EOF'
import logging, sys
import matplotlib, numpy as np
from matplotlib.font_manager import FontProperties
from matplotlib.mathtext import MathTextParser
said = []
handler = logging.Handler()
handler.emit = said.append
logging.getLogger('matplotlib').addHandler(handler)
parser = MathTextParser('agg')
def ink(latex, font):
    a = np.asarray(parser.parse(f'${latex}$', dpi=200, prop=FontProperties(size=20, math_fontfamily=font)).image)
    rows,columns = a.any(1).nonzero()[0],a.any(0).nonzero()[0]
    return a[rows[0]:rows[-1]+1, columns[0]:columns[-1]+1]
def same(p, q, font): return np.array_equal(ink(p, font), ink(q, font))
pairs = [(r'\epsilon',r'\varepsilon'), (r'\emptyset',r'\varnothing'), (r'\mathsf{x}',r'\mathrm{x}'), (r'\mathsf{x}','x'), (r'\boldsymbol{x}','x'),
         (r'\operatorname{x}','x'), (r'\mathcal{x}',r'\mathrm{x}')]
expected = dict(dejavusans='1110000', dejavuserif='1100000', stix='1100001', stixsans='1101110', cm='0000000')
print('matplotlib', matplotlib.__version__)
good = True
for font,want in expected.items():
    found = ''.join(str(int(same(p, q, font))) for p,q in pairs)
    print(f'{font}: the same picture:', ', '.join(f'{p} and {q}' for (p,q),o in zip(pairs, found) if o=='1') or 'none of the pairs')
    good &= found==want
print('warnings:', len(said))
sys.exit(0 if good and not said else 1)
EOF
