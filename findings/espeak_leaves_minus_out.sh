#!/bin/sh
# espeak-ng says "x equals three" for `x = -3`, "ten three" for 10⁻³, "x two" for x², "delta x" for ∂x, nothing for ⅞, and the same words for a < b and a > b, x ∈ A and x ∉ A, A ∪ B and A ∩ B, ∃x and ∄x
# Guessed: a voice that says "minus three" for -3, "not equal to" for ≠ and "square root" for √ says a minus wherever it stands, and spells or names a sign that it doesn't know, as it does with ℝ ("letter 2 1 1 D").
# So: the hyphen of -3 is a minus only where a text begins; after a blank, a bracket, = or × it is a pause or nothing. U+2212 is always said, so TeX's minus is heard and a keyboard's isn't.
# Small raised digits are plain digits and the raised minus nothing. The table of names has ≤, ≈ and ∝, but no sign of sets or of logic except ¬, and no ∓, ‰, ∣ or ∥: these are left out, their negations too.
# With punctuation announced, as screen readers can have it, - < > are named; raised digits and signs of sets still are not. The sound is as long as that of the text without them.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m pip install -q --no-compile --disable-pip-version-check --no-deps --target lib espeakng-loader==0.2.4
PYTHONPATH=lib timeout 100 python3 - <<'EOS'
import ctypes, sys, espeakng_loader
lib = ctypes.CDLL(espeakng_loader.get_library_path())
lib.espeak_Initialize.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_char_p, ctypes.c_int]
lib.espeak_TextToPhonemes.restype = lib.espeak_Info.restype = ctypes.c_char_p
assert lib.espeak_Initialize(2, 0, espeakng_loader.get_data_path().encode(), 0)>0 and lib.espeak_SetVoiceByName(b'en-us')==0
def say(text):
    "Phonemes of a text, clause after clause"
    p = ctypes.c_char_p(text.encode())
    rest,out = ctypes.cast(ctypes.pointer(p), ctypes.POINTER(ctypes.c_void_p)),[]
    while rest[0]: out.append(lib.espeak_TextToPhonemes(rest, 1, 2).decode())      # text in UTF-8, phonemes in IPA
    return ' '.join(' '.join(out).split())
print('espeak-ng', lib.espeak_Info(None).decode())
good = True
for text,words in (('-3', 'minus 3'), ('x = −3', 'x equals minus 3'), ('x = -3', 'x equals 3'), ('2 × -3', '2 times 3'), ('(-3)', '3'), ('x = -y', 'x equals y'), ('10⁻³', '10 3'), ('10^-3', '10 3'), ('x²', 'x 2'), ('5‰', '5'),
        ('∂x', 'delta x'), ('|x|', 'x'), ('∓1', '1'), ('⅞', ''), ('x ∝ y', 'x proportional to y')):
    print(text.ljust(9), 'sounds as', words.ljust(20), say(text))
    good &= say(text)==say(words)
for one,other in (('a < b', 'a > b'), ('x ∈ A', 'x ∉ A'), ('A ∪ B', 'A ∩ B'), ('A ⊂ B', 'A ⊄ B'), ('p ∧ q', 'p ∨ q'), ('∃x', '∄x'), ('x ∣ y', 'x ∤ y')):
    print(one, 'sounds as', other.ljust(10), say(one))
    good &= say(one)==say(other)
for one,other in (('a ≠ b', 'a = b'), ('a ≤ b', 'a ≥ b'), ('¬p', 'p'), ('√2', '2')): good &= say(one)!=say(other)
sound = bytearray()
hear = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)(lambda wave, n, events: sound.extend(bytes(2*n) if wave and n>0 else b'') or 0)
lib.espeak_SetSynthCallback(hear)
def seconds(text):
    sound.clear()
    lib.espeak_Synth(text.encode(), ctypes.c_size_t(len(text.encode())+1), 0, 1, 0, 1, None, None)      # from the first character on, text in UTF-8
    return len(sound)/2/22050
for announced in (0, 1):
    lib.espeak_SetParameter(5, announced, 0)                # espeakPUNCTUATION
    for text,without,differs in (('x = −3', 'x = 3', True), ('x = -3', 'x = 3', announced), ('x ∉ A', 'x A', False), ('10⁻³', '10 3', False)):
        more = seconds(text)-seconds(without)
        print('punctuation', ('not announced', 'announced')[announced], text, 'takes', f'{more:5.2f} s longer than', without)
        good &= (more>0.2)==bool(differs)
sys.exit(not good)
EOS
