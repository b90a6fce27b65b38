#!/bin/sh
# num2words reads -0.5 as "zero point five" in English and in most of its languages; in Vietnamese -5 is fifteen, in Bengali five and 1.05 is 1.5, in Turkish 2.001 is "two point" and 2.0625 is 2.06
# Guessed: who writes -5 as "minus five" and -1.5 as "minus one point five" writes -0.5 with a minus too; what a language has no words for is an error, as in Polish, which refuses -5.
# So: the number is cut at its point, and the sign is looked for in the whole part, which is a zero without one: -0.999 is the reading of 0.999, given as a float, a Decimal or a string alike. A few languages look at the
# sign first (Italian, Thai, Hungarian, Lithuanian). Vietnamese takes the place in its table of words from the end, as Python does for negative indices. Numbers of formulas read aloud so have another sign or another value.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m pip install -q --no-compile --disable-pip-version-check --no-deps --target lib num2words==0.5.14 docopt==0.6.2
PYTHONPATH=lib timeout 100 python3 - <<'EOS'
import sys
from decimal import Decimal
from importlib.metadata import version
from num2words import CONVERTER_CLASSES, num2words
def say(number, lang):
    try: return num2words(number, lang=lang)
    except Exception as e: return type(e).__name__
lost,kept = [],[]
for lang in sorted(CONVERTER_CLASSES):
    if say(-5, lang)==say(5, lang) or not say(-5, lang).endswith(say(5, lang)): continue            # -5 must be a word and 5
    (lost if say(-0.5, lang)==say(0.5, lang) else kept).append(lang)
print('num2words', version('num2words'))
print(len(lost), 'of', len(CONVERTER_CLASSES), 'languages say -5 with a sign and -0.5 without:', *lost)
print(len(kept), 'say both:', *kept)
for number in (-5, -1.5, -0.5, '-0.5', Decimal('-0.999')): print('en', repr(number).ljust(18), say(number, 'en'))
good = len(lost)>20 and {'en','de','fr','es','pt','nl','ru','ja','ko'}<=set(lost) and {'it','th','hu','lt'}<=set(kept)
good &= say(-1.5, 'en')=='minus one point five' and all(say(v, 'en')==w for v,w in ((-0.5, 'zero point five'), ('-0.5', 'zero point five'), (Decimal('-0.999'), 'zero point nine nine nine')))
for lang,number,other in (('vi', -5, 15), ('vi', -12, 8), ('bn', -5, 5), ('bn', 1.05, 1.5), ('tr', 2.0625, 2.06), ('tr', 2.001, 2.004)):
    print(lang, str(number).ljust(7), 'is read as', str(other).ljust(6), say(number, lang))
    good &= say(number, lang)==say(other, lang) and not say(number, lang).endswith('Error')
sys.exit(not good)
EOS
