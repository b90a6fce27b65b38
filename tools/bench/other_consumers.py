"""What other programs make of a formula: accepted, the same picture as TeX's, refused by command; the table on nbs/pages/consumers.ipynb is written from this

    pip install --target consumers typst==0.15.2 pdfminer.six==20260107 latex2mathml==3.81.1 pypandoc-binary==1.17 matplotlib==3.11.2 sympy==1.14.0 antlr4-python3-runtime==4.11.0 lark==1.3.1
    npm install --prefix consumers katex@0.19.1 temml@0.13.5 @mathjax/src@4.1.3
    PYTHONPATH=consumers python tools/bench/other_consumers.py --modules consumers/node_modules --formulas FILE --limit 300 --seed 22 --out nbs/pages/consumers.json
    python tools/bench/other_consumers.py --page                    # nothing but the table, from consumers.json

FILE are formulas that were never trained on, one a line. What can be drawn is compared glyph by glyph with TeX's page (see _glyphs.py). `--only Typst` takes part of
the rows. Newest versions are tried by hand: put them in another folder, and leave out --out."""
import argparse, json, lzma, random, re, subprocess, sys, tempfile, warnings
from importlib import metadata
from pathlib import Path
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from latexocr.data import small_formulas
from latexocr.normalize import NormalizeError, detokenize, normalize
from latexocr.tex.compute import to_sympy
from latexocr.tex.mathml import to_mathml
from latexocr.tex.typst import to_typst
from latexocr.tex.spoken import to_speech
from latexocr.tex.unicode import to_text
from latexocr.tex.word import to_omml
from _glyphs import difference, mathml_glyphs, tex_glyphs, typst_glyphs

def latex2mathml():
    import xml.etree.ElementTree as ET
    from latex2mathml.converter import convert
    def f(o):
        out = convert(o, display='block')
        text = ET.tostring(ET.fromstring(out), encoding='unicode', method='text')
        if '\\' in text: raise ValueError(f'{text} is left as it was')
        return out
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
    def checked(o):
        code = f(o); typst.compile(code.encode(), format='svg')
        return code
    return checked

def mathtext():
    from matplotlib.mathtext import MathTextParser
    parser = MathTextParser('path')
    return lambda o: parser.parse(f'${o}$')

def parse_latex(backend):
    "SymPy's reader, which answers; whether rightly is not looked at"
    from sympy.parsing.latex import parse_latex as f
    def g(o):
        with warnings.catch_warnings():
            warnings.simplefilter('ignore'); out = f(o, backend=backend)
        if out is None or type(out).__name__ in ('Tree','Token'): raise ValueError('no expression')
    return g

def attempt(f, formulas):
    "What each becomes, None where it is refused; and [index, why] of those"
    made,refused = [],[]
    for i,o in enumerate(formulas):
        try: made.append(f(o))
        except Exception as e: made.append(None); refused.append([i, f'{type(e).__name__}: {e}'[:160]])
    return made,refused

def compared(glyphs, made, texs, formulas):
    "[index, difference] of those that were made and look unlike TeX's page"
    kept = [i for i,o in enumerate(made) if o is not None]
    found = [(i,difference(texs[i], g)) for i,g in zip(kept, glyphs([made[i] for i in kept]))]
    alone = [i for i,d in found if d.startswith('letters') and glyphs is typst_glyphs]      # in a PDF of many formulas a glyph may bear another's name
    again = dict(zip(alone, (difference(texs[i], glyphs([made[i]])[0]) for i in alone)))
    return [[i, again.get(i, d)] for i,d in found if again.get(i, d)]

def math_of(html): return re.sub(r'<annotation.*?</annotation>', '', re.search(r'<math.*</math>', html, re.S)[0], flags=re.S)
def code_of(text): return text.strip().strip('$').strip()

def web(formulas, modules):
    with tempfile.TemporaryDirectory() as tmp:
        (Path(tmp)/'formulas.json').write_text(json.dumps(formulas))
        done = subprocess.run(['node', str(Path(__file__).with_suffix('').parent/'consumers.mjs'), f'{tmp}/formulas.json', modules], capture_output=True, text=True, timeout=900)
    if done.returncode: raise SystemExit(f'node: {done.stderr[-500:]}')
    return json.loads(done.stdout)

root = Path(__file__).resolve().parents[2]
FOUND,PAGE = root/'nbs/pages/consumers.json',root/'nbs/pages/consumers.ipynb'
BEFORE = {'KaTeX':'300 · 2', 'Temml':'300 · 1', 'MathJax':'300 · 0', 'latex2mathml':'299 · 1', 'pandoc to MathML':'80 of 80 · 7', 'pandoc to Typst':'80 of 80 · 8', 'SymPy, antlr':'44 of 80 · 18',
    'SymPy, lark':'1 of 80 · 87', 'mathtext':'75 of 80 · 43'}       # when this began: accepted, and commands refused of 96

UNPLAIN = {'\\l':r'\\l(?![A-Za-z])', '@{…}':r'@\{', 'operatorname of a known name':r'\\operatorname\*?\{(?:sin|cos|tan|log|ln|exp|lim|max|min|det|dim|sup|inf)\}',
    'matrix in brackets':r'\\left[(\[|]\\begin\{matrix\}(?:(?!\\begin|\\end).)*\\end\{matrix\}\\right[)\]|]'}
def unplain(latex): return [k for k,pattern in UNPLAIN.items() if re.search(pattern, latex, re.S)]

def page_table(found):
    "The rows of nbs/pages/consumers.ipynb, in Markdown"
    n,m = found['formulas']
    rows = [['consumer','version',f'accepted, of {n}',"the same as TeX's page",f'commands refused, of {m}','commands that look otherwise','at first']]
    for name,o in found['consumers'].items():
        same = f"{n-o['refused'][0]-o['unlike'][0]} ({(n-o['refused'][0]-o['unlike'][0])/n:.1%})" if o['unlike'] else ''
        rows.append([name, o['version'], str(n-o['refused'][0]), same, str(o['refused'][1]), str(o['unlike'][1]) if o['unlike'] else '', BEFORE.get(name, '')])
    by_command = [['consumer','refused, such as']]
    for name,o in found['consumers'].items():
        short = [f for f,_ in o['why'] if len(f)<14 and not set(f)&{'|','`'}][:12]
        if short and 'ours' not in name: by_command.append([name, ' '.join(f'`{f}`' for f in short)])
    def table(rows): return '\n'.join('| '+' | '.join(r)+' |' for r in [rows[0], ['---']*len(rows[0]), *rows[1:]])
    return table(rows)+'\n\n'+table(by_command)+'\n\n'+table(by_cause(found))

# Why a minimal formula of ours has a glyph elsewhere than TeX's page; the first that is found in it
CAUSES = {r'\\(b|x|)cancel':'strokes are lines, no glyphs, on one of the pages: looked at', r'\\(over|under)bracket':'TeX draws a bracket of rules, no glyph: looked at',
    r'\\x(left|right|Left|Right|hook|maps)|\\(under|over)(left|right)|\\var(proj|inj)lim':'an arrow that stretches',
    r'\\pmod':'18 mu before the bracket in a display, as amsmath has it; TeX drew this as part of a text, with 8', r'\\sideset':"the scripts before the sign stand at a letter's height",
    r'\\pmb':"TeX's poor bold is three letters on each other", r'hfill':'`\\hfill` in a cell: the column keeps its alignment', r'iff|longleftarrow':'a row of arrows: the font draws some wider than TeX',
    r'vdots':'dots of another shape', r'vec\{v\}':'two arrows of different length', r'mathscr':'the font has another variant'}
def by_cause(found):
    "Minimal formulas of ours that look otherwise: each with what is measured, and why"
    unlike = {k:dict(o['minimal unlike']) for k,o in found['consumers'].items() if 'ours' in k and o.get('minimal unlike')}
    rows = [['looks otherwise', *[k.replace(' (ours)', '') for k in unlike], 'why']]
    for f in sorted({f for o in unlike.values() for f in o}):
        why = next((w for k,w in CAUSES.items() if re.search(k, f)), '')
        rows.append(['`'+f.replace('|', '\\|')+'`', *[o.get(f, '').replace('|', '\\|') for o in unlike.values()], why])
    return rows

def write_page():
    "The table of the page, from the file beside it"
    text = json.loads(PAGE.read_text(encoding='utf-8'))
    for c in text['cells']:
        if ''.join(c['source']).startswith('<!-- table: consumers -->'):
            c['source'] = ('<!-- table: consumers -->\n\n'+page_table(json.loads(FOUND.read_text(encoding='utf-8')))).splitlines(True)
    PAGE.write_text(json.dumps(text, ensure_ascii=False, indent=1)+'\n', encoding='utf-8')

def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--formulas'); parser.add_argument('--limit', type=int, default=300); parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--modules', help='node_modules with KaTeX, Temml and MathJax'); parser.add_argument('--out', type=Path)
    parser.add_argument('--only', nargs='*', help='rows whose name has one of these'); parser.add_argument('--page', action='store_true', help='write the page from its file, and measure nothing')
    args = parser.parse_args()
    if args.page: return write_page()
    opened = lzma.open if (args.formulas or '').endswith('.xz') else open
    lines = opened(args.formulas, 'rt', encoding='utf-8').read().split('\n') if args.formulas else [o for split in small_formulas().values() for o in split]
    written = []
    for o in lines:
        try: written.append(detokenize(normalize(o)))
        except NormalizeError: pass
    written = [o for o in written if o]
    some = [random.Random(args.seed).sample(written, min(args.limit, len(written))),
            [o for o in (Path(__file__).parent/'minimal_formulas.txt').read_text(encoding='utf-8').split('\n') if o]]
    texs,rows = [tex_glyphs(o) for o in some],{}
    def note(name, version, refusals, unlike=None):
        rows[name] = dict(version=version, refused=[len(o) for o in refusals], unlike=unlike and [len(o) for o in unlike],
                          why=[[some[k][i][:100],o[:80]] for k in (1,0) for i,o in refusals[k]][:60], other=[[some[k][i][:100],o[:80]] for k in (0,1) for i,o in (unlike or [[],[]])[k]][:60])
        if unlike and 'ours' in name: rows[name]['minimal unlike'] = [[some[1][i],o] for i,o in unlike[1]]
        print(name, version, 'refused', rows[name]['refused'], 'unlike', rows[name]['unlike'], 'of', [len(o) for o in some], flush=True)
    for name,package,make,glyphs in CONSUMERS:
        if args.only and not any(o in name for o in args.only): continue
        try: f = make()
        except ImportError as e: print(f'{name} is not here: {e}'); continue
        made,refusals = zip(*(attempt(f, o) for o in some))
        tidy = {'pandoc to MathML':math_of, 'pandoc to Typst':code_of}.get(name, lambda o: o)
        unlike = glyphs and [compared(glyphs, [o and tidy(o) for o in m], t, o) for m,t,o in zip(made, texs, some)]
        version = metadata.version(package) if package else ''
        if package=='pypandoc-binary': import pypandoc; version = pypandoc.get_pandoc_version()
        note(name, version, refusals, unlike)
    if args.modules:
        found = [web(o, args.modules) for o in some]
        for name in found[0]: note(name, found[0][name]['version'], [o[name]['refused'] for o in found])
    if args.out:
        if args.only and args.out.exists(): rows = json.loads(args.out.read_text(encoding='utf-8'))['consumers'] | rows      # the others stay
        args.out.write_text(json.dumps(dict(formulas=[len(o) for o in some], seed=args.seed, unplain=sum(bool(unplain(o)) for o in some[0]), consumers=rows), indent=1, ensure_ascii=False)+'\n', encoding='utf-8')
        if args.out.resolve()==FOUND: write_page()

CONSUMERS = [('MathML (ours)', '', lambda: to_mathml, mathml_glyphs), ('Typst (ours)', '', lambda: to_typst, typst_glyphs), ('Word (ours)', '', lambda: to_omml, None),
    ('SymPy (ours)', '', lambda: to_sympy, None), ('line of text (ours)', '', lambda: to_text, None), ('speech (ours)', '', lambda: to_speech, None),
    ('latex2mathml', 'latex2mathml', latex2mathml, mathml_glyphs), ('pandoc to MathML', 'pypandoc-binary', lambda: pandoc('html'), mathml_glyphs),
    ('pandoc to Typst', 'pypandoc-binary', lambda: pandoc('typst'), typst_glyphs), ('mathtext', 'matplotlib', mathtext, None),
    ('SymPy, antlr', 'sympy', lambda: parse_latex('antlr'), None), ('SymPy, lark', 'sympy', lambda: parse_latex('lark'), None)]

if __name__=='__main__': main()
