#!/bin/sh
# The accent strippers of Hugging Face's tokenizers and of scikit-learn make a=b of a≠b, x∈A of x∉A and ∃x of ∄x
# Guessed: `strip_accents` makes e of é; signs of mathematics are no letters and stay, as they do under NFKC.
# So: the sign is taken apart into = and a combining stroke, and the stroke counts as an accent. It happens to every struck-out sign of Unicode. BERT's
# normaliser does it whenever it lowercases, which is its default: a WordPiece tokeniser trained on a text with ≠ has no ≠ afterwards, and a≠b and a=b are the same ids.
# A search or a score on top of such a tokeniser can't tell a relation from its negation. strip_accents=False keeps the stroke.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m pip install -q --no-compile --no-deps --disable-pip-version-check --target lib tokenizers==0.23.3 scikit-learn==1.9.1 numpy==2.4.6 scipy==1.17.1 joblib==1.6.0 threadpoolctl==3.8.0 narwhals==2.29.0
PYTHONPATH=lib timeout 1200 python3 - <<'EOF'
import sys, unicodedata
import sklearn, tokenizers
from sklearn.feature_extraction.text import TfidfVectorizer, strip_accents_unicode
from tokenizers import Tokenizer, models, normalizers, trainers
from tokenizers.pre_tokenizers import BertPreTokenizer
print('tokenizers', tokenizers.__version__, '· scikit-learn', sklearn.__version__, '· Unicode', unicodedata.unidata_version)
bert,kept = normalizers.BertNormalizer().normalize_str,normalizers.BertNormalizer(strip_accents=False).normalize_str
good = True
for text,bare in {'a≠b': 'a=b', 'x∉s': 'x∈s', '∄x': '∃x', 'n∤m': 'n∣m', 'p↛q': 'p→q', 'u≰v': 'u≤v'}.items():
    found = bert(text),strip_accents_unicode(text),kept(text),unicodedata.normalize('NFKC', text)
    print(f'{text}: BertNormalizer {found[0]}, sklearn {found[1]}; BertNormalizer(strip_accents=False) {found[2]}, NFKC {found[3]}')
    good &= found==(bare,bare,text,text)
struck = [chr(o) for o in range(0x2190, 0x2b00) if unicodedata.decomposition(chr(o)).endswith(' 0338')]
lost = [o for o in struck if bert(o)==strip_accents_unicode(o)==unicodedata.normalize('NFD', o)[0]]
print(f'struck-out signs of Unicode: {len(struck)}, without their stroke afterwards: {len(lost)}')

tokenizer = Tokenizer(models.WordPiece(unk_token='[UNK]'))
tokenizer.normalizer,tokenizer.pre_tokenizer = normalizers.BertNormalizer(),BertPreTokenizer()
tokenizer.train_from_iterator(['a ≠ b', 'a = b', 'x ∉ s'], trainers.WordPieceTrainer(special_tokens=['[UNK]'], show_progress=False))
same = tokenizer.encode('a ≠ b').ids==tokenizer.encode('a = b').ids
print('trained on both, has ≠:', tokenizer.token_to_id('≠') is not None, '· a ≠ b and a = b are the same ids:', same)
m = TfidfVectorizer(analyzer='char', strip_accents='unicode').fit_transform(['a≠b', 'a=b'])
cosine = float((m[0]@m[1].T).toarray()[0,0])
print(f"scikit-learn's TfidfVectorizer(strip_accents='unicode'), similarity of a≠b and a=b: {cosine:.3f}")
sys.exit(not (good and len(struck)>30 and lost==struck and same and tokenizer.token_to_id('≠') is None and cosine>.999))
EOF
