"""What programs that are not ours make of our LaTeX: accepted, refused; the table of consumers on the site is written from the file that this writes

    pip install --target consumers typst==0.15.2 pdfminer.six==20260107 latex2mathml==3.81.1 pypandoc-binary==1.17 matplotlib==3.11.2 sympy==1.14.0 antlr4-python3-runtime==4.11.0 lark==1.3.1
    npm install --prefix consumers katex@0.19.1 temml@0.13.5 @mathjax/src@4.1.3
    PYTHONPATH=consumers python tools/bench/other_consumers.py --modules consumers/node_modules --formulas FILE --limit 300 --out nbs/pages/consumers.json

Ours are drawn and compared glyph by glyph with TeX's page (see _glyphs.py); a refusal counts once for each formula."""
import argparse, json, lzma, random, subprocess, sys, tempfile, warnings
from importlib import metadata
from pathlib import Path
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from latexocr.data import small_formulas
from latexocr.normalize import NormalizeError, detokenize, normalize
from latexocr.tex.compute import to_sympy
from latexocr.tex.mathml import to_mathml
from latexocr.tex.printers import PrinterError
from latexocr.tex.typst import to_typst
from latexocr.tex.spoken import to_speech
from latexocr.tex.unicode import to_text
from latexocr.tex.word import to_omml
from _glyphs import difference, mathml_glyphs, tex_glyphs, typst_glyphs

def latex2mathml():
    import xml.etree.ElementTree as ET
    from latex2mathml.converter import convert
    def f(o):
        out = ET.tostring(ET.fromstring(convert(o, display='block')), encoding='unicode', method='text')
        if '\\' in out: raise ValueError(f'{out} is left as it was')
    return f

def pandoc(to):
    "Of pandoc, which complains and leaves TeX where it is, with exit code 0"
    import pypandoc
    program = pypandoc.get_pandoc_path()
    def f(o):
        done = subprocess.run([program,'--sandbox','-f','markdown','-t',to,'--mathml'], input=f'$${o}$$\n', capture_output=True, text=True, timeout=60)
        if done.returncode or done.stderr.strip(): raise ValueError(done.stderr)
        return done.stdout
    if to=='html': return f
    import typst
    return lambda o: typst.compile(f(o).encode(), format='svg')

def mathtext():
    from matplotlib.mathtext import MathTextParser
    parser = MathTextParser('path')
    return lambda o: parser.parse(f'${o}$')

def parse_latex(backend):
    "SymPy's reader; what it answers is not looked at"
    from sympy.parsing.latex import parse_latex as f
    def g(o):
        with warnings.catch_warnings():
            warnings.simplefilter('ignore'); out = f(o, backend=backend)
        if out is None or type(out).__name__ in ('Tree','Token'): raise ValueError('no expression')
    return g

def refused(f, formulas):
    out = []
    for i,o in enumerate(formulas):
        try: f(o)
        except Exception as e: out.append([i, f'{type(e).__name__}: {e}'[:120]])
    return out

def web(formulas, modules):
    with tempfile.TemporaryDirectory() as tmp:
        (Path(tmp)/'formulas.json').write_text(json.dumps(formulas))
        done = subprocess.run(['node', str(Path(__file__).with_suffix('').parent/'consumers.mjs'), f'{tmp}/formulas.json', modules], capture_output=True, text=True, timeout=900)
    if done.returncode: raise SystemExit(f'node: {done.stderr[-500:]}')
    return json.loads(done.stdout)

def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--formulas'); parser.add_argument('--limit', type=int, default=300); parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--modules', help='node_modules with KaTeX, Temml and MathJax'); parser.add_argument('--out')
    args = parser.parse_args()
    opened = lzma.open if (args.formulas or '').endswith('.xz') else open
    lines = opened(args.formulas, 'rt', encoding='utf-8').read().split('\n') if args.formulas else [o for split in small_formulas().values() for o in split]
    written = []
    for o in lines:
        try: written.append(detokenize(normalize(o)))
        except NormalizeError: pass
    written = [o for o in written if o]
    some = [random.Random(args.seed).sample(written, min(args.limit, len(written))),
            [o for o in (Path(__file__).parent/'minimal_formulas.txt').read_text(encoding='utf-8').split('\n') if o]]
    rows,texs = {},[tex_glyphs(o) for o in some]
    def note(name, version, refusals, same=None):
        rows[name] = dict(version=version, refused=[len(o) for o in refusals], same=same, why=[[some[1][i][:60],why] for i,why in refusals[1]][:60])
        print(name, version, 'refused', [len(o) for o in refusals], 'of', [len(o) for o in some], 'same', same, flush=True)
    for name,f,glyphs in (('MathML (ours)',to_mathml,mathml_glyphs),('Typst (ours)',to_typst,typst_glyphs),('Word (ours)',to_omml,None),('SymPy (ours)',to_sympy,None),('text (ours)',to_text,None),('speech (ours)',to_speech,None)):
        refusals,same = [refused(f, o) for o in some],None
        if glyphs:
            same = []
            for o,tex,no in zip(some, texs, refusals):
                kept = [i for i in range(len(o)) if i not in dict(no)]
                told = [(o[i], difference(tex[i], g)) for i,g in zip(kept, glyphs([f(o[i]) for i in kept]))]
                same.append(sum(not d for _,d in told))
                for latex,d in told:
                    if d: print('  ', name, d, '|', latex[:100])
        note(name, '', refusals, same)
    if args.modules:
        found = [web(o, args.modules) for o in some]
        for name in found[0]: note(name, found[0][name]['version'], [o[name]['refused'] for o in found])
    for name,package,make in (('latex2mathml','latex2mathml',latex2mathml), ('pandoc to MathML','pypandoc-binary',lambda: pandoc('html')), ('pandoc to Typst','pypandoc-binary',lambda: pandoc('typst')),
                              ('mathtext','matplotlib',mathtext), ('SymPy, antlr','sympy',lambda: parse_latex('antlr')), ('SymPy, lark','sympy',lambda: parse_latex('lark'))):
        try: f = make()
        except ImportError as e: print(f'{name} is not here: {e}'); continue
        version = metadata.version(package)
        if package=='pypandoc-binary': import pypandoc; version = pypandoc.get_pandoc_version()
        note(name, version, [refused(f, o) for o in some])
    if args.out: Path(args.out).write_text(json.dumps(dict(formulas=[len(o) for o in some], consumers=rows), indent=1, ensure_ascii=False)+'\n', encoding='utf-8')

if __name__=='__main__': main()
