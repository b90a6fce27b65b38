#!/bin/sh
# pyctcdecode, the beam search for CTC models, takes the label | for a space and drops it at both ends: of frames that say |x-1|=2 beyond doubt it reads x-1 =2, and P(A B) of P(A|B)
# Guessed: a label is written as it is given; the search of a row without any doubt gives what the most likely label of each frame gives.
# So: a list with | and without a space is taken for one of speech models, where | parts words; that is logged below the level that is shown. Labels of formulas need no space, so the lines of a
# modulus, of a condition and of a divisor are gone from what is read. A space among the labels, or an Alphabet made by hand, keeps them.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m pip install -q --no-compile --disable-pip-version-check --target lib --no-deps pyctcdecode==0.5.0 numpy==1.26.4 pygtrie==2.6.2 hypothesis==6.170.17 sortedcontainers==2.4.0
PYTHONPATH=lib timeout 1200 python3 - <<'EOF'
import logging, sys
from importlib.metadata import version
class Kept(logging.Handler):
    def emit(self, record): said.append(record.getMessage())
said = []
logging.getLogger('pyctcdecode').addHandler(Kept(logging.WARNING))
import numpy as np
from pyctcdecode import BeamSearchDecoderCTC, build_ctcdecoder
from pyctcdecode.alphabet import Alphabet
print('pyctcdecode', version('pyctcdecode'), '· numpy', np.__version__)
said.clear()                                                     # at import it asks for a language model
labels = ['',*'|()=+-012ABPnxy']                                 # the blank of CTC first
def frames(text, labels):
    "Log probabilities, a frame for each label and a blank after it, all but certain"
    places = [i for o in text for i in (labels.index(o),0)]
    p = np.full((len(places),len(labels)), 1e-6)
    p[range(len(places)),places] = 1-1e-6*(len(labels)-1)
    return np.log(p)
def greedy(logits, labels):
    best = logits.argmax(1)
    return ''.join(labels[o] for i,o in enumerate(best) if i==0 or best[i-1]!=o)
plain,spaced,by_hand = build_ctcdecoder(labels),build_ctcdecoder([*labels,' ']),BeamSearchDecoderCTC(Alphabet(labels, False))
shown = [o for o in said if '|' in o]
good = True
for text,want in {'|x-1|=2': 'x-1 =2', 'P(A|B)': 'P(A B)', '2|n': '2 n', '|x|+|y|': 'x + y', 'x-1=2': 'x-1=2'}.items():
    logits = frames(text, labels)
    found = greedy(logits, labels),plain.decode(logits),spaced.decode(frames(text, [*labels,' '])),by_hand.decode(logits)
    print(f'{text}: most likely labels {found[0]}, decode {found[1]}; with a space among the labels {found[2]}, Alphabet by hand {found[3]}')
    good &= found==(text,want,text,text)
print('warnings that name the line:', len(shown))
sys.exit(not (good and not shown))
EOF
