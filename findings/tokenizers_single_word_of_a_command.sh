#!/bin/sh
# A LaTeX command added to Hugging Face's tokenizers as a token of its own, with single_word=True, is not found in `x\in A`: a letter, digit or underscore next to its backslash forbids it
# Guessed: without the switch `\in` is also found within \infty; with it, wherever the command \in stands, which ends where its letters end.
# So: the word's bounds are looked for on both sides, whatever the token begins with: `x\in A`, `2\in A` and `\in_a` are cut into letters, `{\in}` and `x \in A` are not.
# Without the switch \infty becomes \in and f t y. Only with the longer commands added, too, is each formula cut as TeX does, and then without the switch.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m pip install -q --no-compile --no-deps --disable-pip-version-check --target lib tokenizers==0.23.3
PYTHONPATH=lib python3 - <<'EOF'
import sys
from importlib.metadata import version
from tokenizers import AddedToken, Tokenizer, models
letters = sorted(set(r'\abcdefghijklmnopqrstuvwxyzA2 {}_'))
def cut(text, single_word, commands=(r'\in',)):
    tokenizer = Tokenizer(models.BPE({o:i for i,o in enumerate(letters)}, []))
    tokenizer.add_tokens([AddedToken(o, single_word=single_word) for o in commands])
    return tokenizer.encode(text).tokens
print('tokenizers', version('tokenizers'))
# the formula, whether \in is found with single_word and without
want = {r'x \in A': (True, True), r'{\in}': (True, True), r'x\in A': (False, True), r'2\in A': (False, True), r'\in_a': (False, True), r'\infty': (False, True)}
good = True
for text,o in want.items():
    found = tuple(r'\in' in cut(text, switch) for switch in (True, False))
    print(f'{text:8} single_word {cut(text, True)}, without {cut(text, False)}')
    good &= found==o
both = (r'\in',r'\infty')
good &= cut(r'\infty', False, both)==[r'\infty'] and cut(r'x\in A', False, both)==['x',r'\in',' ','A']
sys.exit(not good)
EOF
