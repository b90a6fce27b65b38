#!/bin/sh
# NLTK's corpus_bleu gives a perfect reading of formulas shorter than four tokens less than 100, sacrebleu's doesn't; editdistance takes -1 and -2 for the same number
# Guessed: two libraries' BLEU-4 of a corpus, without smoothing, agree, and identical texts get 100; a Levenshtein distance of two unlike numbers is 1.
# So: nltk counts at least one 4-gram for every sentence (its modified_precision divides by max(1, count)), so each formula of fewer than four tokens
# counts as a miss; sacrebleu counts the 4-grams that are there. editdistance compares hashes, and in CPython hash(-1)==hash(-2).
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m pip install -q --disable-pip-version-check --target "$work" nltk==3.10.4 sacrebleu==2.6.0 editdistance==0.8.1
PYTHONPATH="$work" python3 - <<'EOF'
import sys
from importlib.metadata import version
import editdistance
from nltk.translate.bleu_score import corpus_bleu
from sacrebleu.metrics import BLEU
print(*(f'{o} {version(o)}' for o in ('nltk','sacrebleu','editdistance')))
texts = ['x _ { i } ^ { 2 }', 'x', 'y', '- 1']
nltk = 100*corpus_bleu([[o.split()] for o in texts], [o.split() for o in texts])
sacre = BLEU(smooth_method='none', tokenize='none', effective_order=False, force=True).corpus_score(texts, [texts]).score
distance = editdistance.eval([-1], [-2]), editdistance.eval([1], [2])
print(f'the same text twice: nltk {nltk:.1f}, sacrebleu {sacre:.1f}')
print('editdistance of [-1] and [-2], of [1] and [2]:', distance)
sys.exit(not (nltk<99 and sacre>99.9 and distance==(0,1)))
EOF
