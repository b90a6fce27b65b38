r"""Do the brackets that latexocr.tex.extents names have the sizes that TeX takes?

    PYTHONPATH=consumers python tools/bench/brackets.py --formulas FILE --limit 1200 --seed 22

Of FILE's formulas with \left, TeX's page tells the size of each bracket by its glyph in the extension font; as many of each size should be foretold. Without FILE: the bundled formulas. Needs pdfminer.six."""
import argparse, io, lzma, random, re, sys
from collections import Counter
from pathlib import Path
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from latexocr.data import small_formulas
from latexocr.normalize import NormalizeError, detokenize, normalize
from latexocr.render import document, find_engine, run_tex
from latexocr.tex.extents import DELIMITERS, Extents
from latexocr.tex.printers import tree

# Code by code, after The TeXbook's appendix F; the last size is put together of pieces
SIZES = {'(':(0,16,18,32,48), ')':(1,17,19,33,49), '[':(2,104,20,34,50), ']':(3,105,21,35,51), '{':(8,110,26,40,56), '}':(9,111,27,41,57)}
CODES = {c:(d,s) for d,codes in SIZES.items() for c,s in zip(codes, (*DELIMITERS[1:],'taller'))}

def on_page(formulas):
    "(bracket, size) as often as TeX sets it, of each formula"
    from pdfminer.high_level import extract_pages
    from pdfminer.layout import LTChar, LTContainer
    def walk(o):
        for c in o:
            if isinstance(c, LTChar): yield c
            elif isinstance(c, LTContainer): yield from walk(c)
    engine = find_engine()
    pdf = run_tex(engine.path, document(len(formulas), engine.packages, 'MARKER', ''), '\n'.join(formulas), 60)[1]
    for page in extract_pages(io.BytesIO(pdf)):
        texts = [c.get_text() for c in walk(page) if 'CMEX' in c.fontname]
        yield Counter(CODES[c] for c in (int(o[5:-1]) if o.startswith('(cid:') else ord(o) for o in texts) if c in CODES)

def foretold(formula):
    "The same, without TeX"
    found,seen = Counter(),set()
    class Watched(Extents):
        def fence(self, n, size=0, cramped=False):
            out = super().fence(n, size, cramped)
            if id(n) not in seen and out>1: found.update((d,out if out<=3 else 'taller') for d in (re.sub(r'\\(left|right|middle)\\?', '', o) for o in n.token) if d in SIZES)
            seen.add(id(n))
            return out
        def _node(self, n, size, cramped):
            if n.kind=='big' and id(n) not in seen and n.kids[0].lstrip('\\') in SIZES:
                seen.add(id(n)); found[n.kids[0].lstrip('\\'), DELIMITERS[1+('big','Big','bigg','Bigg').index(n.token[1:].rstrip('lrm'))]] += 1
            return super()._node(n, size, cramped)
    Watched().row(tree(formula))
    return found

def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--formulas'); parser.add_argument('--limit', type=int, default=1200); parser.add_argument('--seed', type=int, default=22)
    args = parser.parse_args()
    opened = lzma.open if (args.formulas or '').endswith('.xz') else open
    lines = opened(args.formulas, 'rt', encoding='utf-8').read().split('\n') if args.formulas else [o for split in small_formulas().values() for o in split]
    some = []
    for o in random.Random(args.seed).sample(lines, min(args.limit, len(lines))):
        try: some.append(detokenize(normalize(o)))
        except NormalizeError: pass
    some = [o for o in some if '\\left' in o and 'binom' not in o]
    right = whole = 0
    for formula,page in zip(some, on_page(some)):
        told = foretold(formula)
        right += sum((page & told).values()); whole += sum(page.values())
        if page-told: print(f'{formula[:110]}: TeX {dict(page-told)}, foretold {dict(told-page)}')
    print(f'{right} of {whole} large brackets of {len(some)} formulas have the size that was foretold ({right/max(whole, 1):.1%})')

if __name__=='__main__': main()
