"""Word documents, opened and drawn by LibreOffice: is every character there, and does our reader read the equation back?

    python tools/bench/documents.py --limit 40                                          # of the bundled validation and test formulas
    python tools/bench/documents.py --formulas im2latex_val.txt.xz --limit 40 --show FOLDER
    python tools/bench/documents.py --limit 40 --font NewComputerModern10               # in a typeface that our reader knows, if fontconfig finds it

A formula a document, as `latexocr predict --to docx` writes it. LibreOffice draws in its own typeface (Liberation Serif, like Times), which our reader knows less well than TeX's: so it also reads
TeX's drawing of the same formula in Times, and a formula that it can't read there says nothing about the document. Needs soffice."""
import argparse, lzma, random, re, subprocess, sys, tempfile, unicodedata
from collections import Counter
from pathlib import Path
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from PIL import ImageOps
from latexocr.data import small_formulas
from latexocr.normalize import ARGS, NormalizeError, detokenize, normalize
from latexocr.tex.printers import PrinterError
from latexocr.tex.unicode import to_text
from latexocr.tex.word import to_docx, to_omml
from _common import table

SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Math/FontFormatList"><node oor:name="Id1" oor:op="replace"><prop oor:name="Name"><value>{font}</value></prop>
<prop oor:name="CharSet"><value>0</value></prop><prop oor:name="Family"><value>3</value></prop><prop oor:name="Pitch"><value>2</value></prop>
<prop oor:name="Weight"><value>5</value></prop><prop oor:name="Italic"><value>0</value></prop></node></item>
<item oor:path="/org.openoffice.Office.Math/FontFormatList"><node oor:name="Id2" oor:op="replace"><prop oor:name="Name"><value>{font}</value></prop>
<prop oor:name="CharSet"><value>0</value></prop><prop oor:name="Family"><value>3</value></prop><prop oor:name="Pitch"><value>2</value></prop>
<prop oor:name="Weight"><value>5</value></prop><prop oor:name="Italic"><value>2</value></prop></node></item>
<item oor:path="/org.openoffice.Office.Math/StandardFormat">{fonts}</item></oor:items>"""
def profile(folder, font):
    "LibreOffice's settings with another typeface for formulas; itself it takes Liberation Serif, or what stands in for it"
    fonts = ''.join(f'<prop oor:name="{o}Font"><value>{"Id2" if o=="Variable" else "Id1"}</value></prop>' for o in 'Variable Function Number Text Serif'.split())
    (folder/'user').mkdir(parents=True)
    (folder/'user/registrymodifications.xcu').write_text(SETTINGS.format(font=font, fonts=fonts))

def drawn(formulas, dpi=150, font=None):
    "(characters, picture) of each formula's page; None where LibreOffice makes none"
    import pypdfium2
    with tempfile.TemporaryDirectory() as tmp:
        tmp = Path(tmp)
        if font: profile(tmp/'profile', font)
        for i,o in enumerate(formulas): to_docx([o], tmp/f'{i:03}.docx')
        subprocess.run(['soffice',f'-env:UserInstallation=file://{tmp}/profile','--headless','--convert-to','pdf','--outdir',tmp,*sorted(tmp.glob('*.docx'))], capture_output=True, timeout=1500)
        out = []
        for i in range(len(formulas)):
            try: pdf = pypdfium2.PdfDocument(tmp/f'{i:03}.pdf')
            except Exception: out.append(None); continue
            page = pdf[0].render(scale=dpi/72).to_pil().convert('L')
            box = ImageOps.invert(page).getbbox()
            out.append((pdf[0].get_textpage().get_text_bounded(),box and ImageOps.expand(page.crop(box), 12, 255)))
            pdf.close()
        return out

MARKS = '¿□❑'                         # LibreOffice draws these where it misses an operand, or a place is empty
ROOM = {'\\,','\\:','\\;','\\!','\\ ','~','\\quad','\\qquad','\\limits','\\hspace'}
def bare(latex):
    "Tokens without room, sizes of brackets and braces that nobody sees: LibreOffice spaces otherwise than TeX, and sets an integral's limits above and below it"
    text,out,kept = re.sub(r'\\hspace \{[^}]*\}', '', latex or ''),[],[]
    text = re.sub(r'\\begin\{array\} \{ [c ]*\}', r'\\begin{matrix}', text).replace('\\end{array}', '\\end{matrix}')
    for t in (re.sub(r'^\\(left|right)(?=[^a-z])', '', o) for o in text.split() if o not in ROOM):
        before = out[-1] if out else ''
        if t=='{': kept.append(before in ('^','_','}') or before in ARGS or before[:6]=='\\begin')
        if t not in '{}' or (kept[-1] if t=='{' else kept.pop()): out.append(t)
    return ' '.join(out)
def letters(s):
    "Letters and digits, whatever their alphabet"
    return Counter(c for c in unicodedata.normalize('NFKD', s.replace('ϕ', 'φ').replace('ϵ', 'ε')) if c.isalnum())

def in_omml(formula):
    import html
    return letters(html.unescape(re.sub('<[^>]*>', '', to_omml(formula))))

def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--formulas'); parser.add_argument('--limit', type=int, default=40); parser.add_argument('--seed', type=int, default=22)
    parser.add_argument('--longest', type=int, default=60, help='tokens; longer ones do not fit on a line of a page'); parser.add_argument('--show', type=Path, help='folder for the pictures'); parser.add_argument('--dpi', type=int, default=150)
    parser.add_argument('--font', help='typeface that LibreOffice takes for formulas, one that fontconfig knows')
    args = parser.parse_args()
    opened = lzma.open if (args.formulas or '').endswith('.xz') else open
    lines = opened(args.formulas, 'rt', encoding='utf-8').read().split('\n') if args.formulas else [o for k,split in small_formulas().items() if k!='train' for o in split]
    some,refused = [],[]
    for o in random.Random(args.seed).sample(lines, len(lines)):
        try: tokens = normalize(o).split()
        except NormalizeError: continue
        if not 0<len(tokens)<=args.longest or len(some)==args.limit: continue
        try: to_omml(f := detokenize(normalize(o))); some.append(f)
        except PrinterError as e: refused.append(str(e))
    from latexocr.predict import LatexOCR
    from latexocr.render import render
    reader,pages = LatexOCR.from_pretrained(),drawn(some, args.dpi, args.font)
    times = [r.image for r in render(some, typeface='times')]
    def one(p):
        try: return normalize(p.latex)
        except (AttributeError, NormalizeError): return None          # no reading, or one that is no LaTeX
    read = lambda pictures: [one(p) for p in reader(list(pictures), errors='return')]
    blank = ImageOps.expand(times[0], 0)
    back,tex = read([p[1] if p and p[1] else blank for p in pages]),read([o or blank for o in times])
    whole = [bool(p) and letters(p[0])==in_omml(o) for p,o in zip(pages, some)]
    here,there = ([bare(normalize(o))==bare(b) for o,b in zip(some, k)] for k in (back,tex))
    marked = [not p or any(c in p[0] for c in MARKS) for p in pages]
    table([['of', 'refused', 'opened', 'every letter and digit drawn', "LibreOffice's marks for an error", "read back as the formula, room aside", "TeX's drawing in Times read as the formula", 'of these, the document read back'],
        [len(some)+len(refused), len(refused), sum(map(bool, pages)), sum(whole), sum(marked), sum(here), sum(there), f'{sum(a and b for a,b in zip(here, there))} ({sum(a and b for a,b in zip(here, there))/max(sum(there), 1):.0%})']])
    print()
    for o,p,w,a,b,r in zip(some, pages, whole, here, there, back):
        if p and any(c in p[0] for c in MARKS): print(f'marks  {o}: {p[0]!r}')
        if not w: print(f'lacks  {o}: {dict(in_omml(o)-letters(p[0] if p else ""))}, more {dict(letters(p[0] if p else "")-in_omml(o))}')
        if b and not a: print(f'read   {o}: {r}')
    if args.show:
        args.show.mkdir(parents=True, exist_ok=True)
        for i,(p,a,b) in enumerate(zip(pages, here, there)):
            if p and p[1]: p[1].save(args.show/f'{i:03}_{"read" if a else "times" if b else "neither"}.png')

if __name__=='__main__': main()
