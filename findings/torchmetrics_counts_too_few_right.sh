#!/bin/sh
# torchmetrics' WordInfoLost and MatchErrorRate count too few tokens as right where one is left out and another added: of `y = a x + b`, `y = c z + 5` is for it the better reading than `a x + b = y`; for jiwer the other way round
# Guessed: the two measures have one definition, and torchmetrics and jiwer agree on them as they do on the word error rate.
# So: torchmetrics takes the length of the longer text less the edit distance for the number of right tokens. That holds for substitutions; a pair of an omission and an insertion is
# counted twice. A reading moved by one token, three of four right, loses 0.75 instead of 0.44. The word error rate is the same in both.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m pip install -q --no-compile --no-deps --disable-pip-version-check --target lib torch==2.13.0 numpy==2.4.6 typing-extensions==4.16.0 torchmetrics==1.9.0 lightning-utilities==0.15.3 packaging==26.4 jiwer==4.0.0 rapidfuzz==3.14.6 click==8.5.1
PYTHONPATH=lib timeout 1200 python3 - <<'EOF'
import sys
from importlib.metadata import version
import jiwer
from torchmetrics.text import MatchErrorRate, WordErrorRate, WordInfoLost
print(*(f'{o} {version(o)}' for o in ('torch','torchmetrics','jiwer')), sep=' · ')
def scores(target, pred):
    "Right tokens by jiwer's alignment; word error rate, match error rate and word information lost of torchmetrics, of jiwer, and by their definitions"
    o = jiwer.process_words(target, pred)
    wrong,n,p = o.substitutions+o.deletions+o.insertions,len(target.split()),len(pred.split())
    return o.hits,[float(m()(pred, target)) for m in (WordErrorRate, MatchErrorRate, WordInfoLost)],[o.wer, o.mer, o.wil],[wrong/n, wrong/(wrong+o.hits), 1-o.hits**2/n/p]
def same(a, b): return all(abs(x-y)<1e-6 for x,y in zip(a, b))
good,lost = True,{}
for target,pred,agree in (('y = a x + b','y = c z + 5',True), ('y = a x + b','a x + b = y',False), ('- x + 1','x + 1 .',False), ('- x + 1','x + 1',True)):
    hits,ours,theirs,defined = scores(target, pred)
    print(f'{target} read as {pred}: {hits} right of {len(target.split())}')
    for name,o in (('torchmetrics',ours),('jiwer',theirs),('by definition',defined)): print(f'  {name:13} wer {o[0]:.4f}, mer {o[1]:.4f}, wil {o[2]:.4f}')
    lost[pred] = ours[2],theirs[2]
    good &= same(theirs, defined) and abs(ours[0]-theirs[0])<1e-6 and same(ours, theirs)==agree
a,b = lost['a x + b = y'],lost['y = c z + 5']
print('the reading that loses less: by torchmetrics', 'y = c z + 5' if a[0]>b[0] else 'a x + b = y', '· by jiwer', 'y = c z + 5' if a[1]>b[1] else 'a x + b = y')
sys.exit(not (good and a[0]>b[0] and a[1]<b[1] and abs(lost['x + 1 .'][0]-.75)<1e-6 and abs(lost['x + 1 .'][1]-.4375)<1e-6))
EOF
