"""Would the comparison with TeX's page see a wrong printer? Printers are broken on purpose, one rule at a time, and compared again

    PYTHONPATH=consumers python tools/bench/glyph_mutants.py --formulas FILE --limit 300 --seed 22        # packages as in other_consumers.py
    python tools/bench/glyph_mutants.py --fixture tests/tex_glyphs.json                                   # TeX's pages that tests/test_printers.py compares with

Of the formulas that a broken rule changes, at most --each are drawn; a row says how many of them were seen to differ."""
import argparse, json, lzma, random, sys
from pathlib import Path
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from latexocr.data import small_formulas
from latexocr.normalize import NormalizeError, detokenize, normalize
from latexocr.tex.mathml import MathML
from latexocr.tex.printers import PrinterError
from latexocr.tex.typst import Typst
from _common import table
from _glyphs import difference, mathml_glyphs, tex_glyphs, typst_glyphs

FIXTURE = [r'\int_0^\infty e^{-ax^2}\,dx=\frac12\sqrt{\frac{\pi}{a}}', r'\hat{x}_i^2+\bar{\psi}\gamma^\mu\psi', r'\left(\begin{array}{rl}a&-b\\-c&d\end{array}\right)', r'\lim_{n\to\infty}\sum_{k=1}^na_k',
    r'A:=\{x\in\mathbb{R}\mid\mathcal{L}(x)\leq0\}', r'\not\!D\psi=e^{-x^{y-1}}\vec{v}\times\vec{e}_3', r'f(x)=\begin{cases}1,&x>0\\0&\mathrm{otherwise}\end{cases}']

def mutants(printer):
    "Name → a class derived from `printer`, with a rule that is wrong"
    class swapped_scripts(printer):
        def scripts(self, where, base, sub, sup, n): return super().scripts(where, base, sup, sub, n)
    class fraction_upside_down(printer):
        def fraction(self, style, a, b): return super().fraction(style, b, a)
    class no_root(printer):
        def root(self, degree, a): return a
    class no_accent(printer):
        def accent(self, t, a): return a
    class limits_beside(printer):
        def scripts(self, where, base, sub, sup, n): return super().scripts('side', base, sub, sup, n)
    class exponent_on_the_line(printer):
        def scripts(self, where, base, sub, sup, n): return self.join([base, sup]) if sub is None and sup and where=='side' else super().scripts(where, base, sub, sup, n)
    class no_alphabet(printer):
        def glyph(self, c, font, role, token): return super().glyph(c, None, role, token)
    class another_letter(printer):
        def glyph(self, c, font, role, token): return super().glyph({'μ':'ν', 'a':'α', 'x':'y'}.get(c, c), font, role, token)
    class rows_reversed(printer):
        def grid(self, name, cells, *rest): return super().grid(name, cells[::-1], *rest)
    class spaces_too_wide(printer):
        def space(self, em): return super().space(em+1)
    return {k.replace('_', ' '):v for k,v in locals().items() if k!='printer'}

def seen(formulas, pages, printer, broken, glyphs, most):
    "(changed, drawn, seen to differ)"
    def attempt(f, o):
        try: return f(o)
        except PrinterError: return None
    changed = [(t, c) for o,t in zip(formulas, pages) if (c := attempt(broken, o)) and c!=attempt(printer, o)]
    drawn = random.Random(1).sample(changed, min(most, len(changed)))
    return len(changed),len(drawn),sum(bool(difference(t, g)) for (t,_),g in zip(drawn, glyphs([c for _,c in drawn]))) if drawn else 0

def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--formulas', help='file of formulas, one a line, .xz or not (default: the bundled ones)')
    parser.add_argument('--limit', type=int, default=300); parser.add_argument('--seed', type=int, default=0); parser.add_argument('--each', type=int, default=60)
    parser.add_argument('--fixture', type=Path, help='write the pages of a few formulas to this file, and stop')
    args = parser.parse_args()
    if args.fixture:
        pages = [[[g.char,g.style,round(g.x, 3),round(g.y, 3),g.size,g.free] for g in p] for p in tex_glyphs(FIXTURE)]
        return args.fixture.write_text(json.dumps(dict(zip(FIXTURE, pages)), ensure_ascii=False, indent=None).replace(']], "', ']],\n "')+'\n', encoding='utf-8')
    opened = lzma.open if (args.formulas or '').endswith('.xz') else open
    lines = opened(args.formulas, 'rt', encoding='utf-8').read().split('\n') if args.formulas else [o for split in small_formulas().values() for o in split]
    written = []
    for o in filter(None, lines):
        try: written.append(detokenize(normalize(o)))
        except NormalizeError: pass
    formulas = random.Random(args.seed).sample(written, min(args.limit, len(written)))
    pages,rows = tex_glyphs(formulas),[['broken rule','MathML, seen','Typst, seen']]
    kinds = [(MathML,mathml_glyphs),(Typst,typst_glyphs)]
    for name in mutants(MathML):
        rows.append([name])
        for printer,glyphs in kinds:
            _,drawn,found = seen(formulas, pages, printer(), mutants(printer)[name](), glyphs, args.each)
            rows[-1].append(f'{found} of {drawn}')
    table(rows)

if __name__=='__main__': main()
