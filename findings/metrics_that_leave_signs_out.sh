#!/bin/sh
# Metrics of text give another formula full marks: ROUGE sees no difference between a+b and a-b, sacrebleu's chrF none between `x\in t` and `x\int`, its TER and NLTK's METEOR none between Γ(X) and γ(x)
# Guessed: a metric has its maximum only where the two texts are the same; what counts as the same word is a matter of a few points.
# So: each of them cleans up the text first, as suits prose. rouge_score keeps nothing but small letters and digits, so relations, signs, brackets, ^ and _ go;
# chrF takes out all blanks (whitespace=False), and TeX's commands end at blanks; TER and METEOR make everything small, and `\Gamma` is another letter than `\gamma`. sacrebleu's BLEU sees all three.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m pip install -q --no-compile --disable-pip-version-check --target "$work" rouge_score==0.1.2 sacrebleu==2.6.0 nltk==3.10.4
PYTHONPATH="$work" python3 -W error - <<'EOF'
import sys
from importlib.metadata import version
from nltk.translate.meteor_score import single_meteor_score
from rouge_score.rouge_scorer import RougeScorer
from sacrebleu.metrics import BLEU, CHRF, TER
print(*(f'{o} {version(o)}' for o in ('rouge_score','sacrebleu','nltk')))
rouge = RougeScorer(['rougeL'])
metrics = {'ROUGE-L': lambda a,b: rouge.score(b, a)['rougeL'].fmeasure, 'chrF': lambda a,b: CHRF().sentence_score(a, [b]).score, 'TER': lambda a,b: TER().sentence_score(a, [b]).score,
    'METEOR': lambda a,b: single_meteor_score(b.split(), a.split()), 'BLEU': lambda a,b: BLEU(effective_order=True).sentence_score(a, [b]).score}
blind = {(r'x _ { 1 } + y \geq 0', r'x ^ { 1 } - y \geq 0'): ['ROUGE-L'], (r'x\in t', r'x\int'): ['chrF'], (r'\Gamma ( X ) = 1', r'\gamma ( x ) = 1'): ['ROUGE-L','TER','METEOR']}
good = True
for (a,b),want in blind.items():
    found = []
    for name,metric in metrics.items():
        if name=='METEOR' and 'METEOR' not in want: continue                # for words that differ it asks WordNet, which isn't here
        apart,same = metric(a, b),metric(b, b)
        print(f'{a:24} read for {b:24} {name:8} {apart:7.2f}, the same text {same:7.2f}')
        if abs(apart-same)<1e-9: found.append(name)
    good &= found==want
sys.exit(not good)
EOF
