"""Draw formulas as web pages and slides show them: KaTeX, MathJax 4 and MathML in headless Chromium, MathJax without a browser, matplotlib's mathtext

    python tools/data/draw_web.py formulas.txt more.txt.xz --out web-train --n 45000 --seed 1 --mix katex=22 mathjax=15 mathtext=18
    python tools/data/draw_web.py im2latex_val.txt.xz --out web-val --n 200 --each katex/katex/16/2/white mathjax/mathjax-stix2/16/1/github-dark/svg

A file holds one formula a line, LaTeX or canonical tokens. Each is drawn in its canonical spelling, as detokenize writes it, and what
normalize refuses is left out: a renderer may understand a line otherwise than its label says (mhchem the + of "{Hs}+{2O2}" in its \\ce).
`--out` receives web-00000.parquet, ... (image, latex, source, renderer, typeface, width, height, scale, theme) and web.json: what was asked
for, versions, counts, what is missing, and each formula that a renderer refuses, with the reason. Called again it goes on where it stopped.
Needs node, npm and Chromium for KaTeX and MathJax (and resvg-py for MathJax without a browser, TeX's OpenType fonts for MathML); without them
the rest is drawn and the exit code is 1. A tool for building pictures: the package itself needs none of this.

The size of KaTeX and MathJax is the page's font size in pixels (KaTeX enlarges by its usual 1.21), the scale the screen's device pixel ratio;
mathtext's size is in points, and its scale 1 is matplotlib's usual 100 dots an inch."""
import argparse, base64, collections, functools, hashlib, io, json, logging, lzma, os, queue, random, re
import shutil, signal, subprocess, sys, tempfile, threading, unicodedata
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
root = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(root))
import numpy as np
import pyarrow as pa, pyarrow.parquet as pq
from PIL import Image
from latexocr.normalize import NormalizeError, detokenize, normalize

ROWS = 2048           # formulas of a shard
PAGE = 32             # formulas of a browser's page
PATIENCE = 180        # seconds that a page may take
THEMES = dict(        # name: ink, paper; colours that sites use
    white=('#000000','#ffffff'), github=('#1f2328','#ffffff'), wikipedia=('#202122','#ffffff'), exchange=('#0c0d0e','#ffffff'),
    grey=('#333333','#ffffff'), pale=('#24292f','#f6f8fa'), quote=('#3d3d3d','#f0f0f0'), sepia=('#4f321c','#f8f1e3'), cream=('#2b2b2b','#fdf6e3'),
    solarized=('#586e75','#fdf6e3'), answer=('#0c0d0e','#fdf7e2'), blue=('#0b3d91','#eef4ff'), mint=('#14342b','#eaf7f0'),
    black=('#ffffff','#000000'), **{'github-dark': ('#f0f6fc','#0d1117'), 'wikipedia-dark': ('#eaecf0','#101418'), 'editor-dark': ('#d4d4d4','#1e1e1e'),
    'chat-dark': ('#ececec','#212121'), 'chat-blue': ('#dbdee1','#313338'), 'dracula': ('#f8f8f2','#282a36'), 'solarized-dark': ('#93a1a1','#002b36'),
    'night': ('#e8eaed','#202124')})
LIGHT = ['white','github','wikipedia','exchange','grey']
COLOURED = ['pale','quote','sepia','cream','solarized','answer','blue','mint']
DARK = [o for o in THEMES if o not in LIGHT+COLOURED]
FACES = dict(katex=dict(katex=1),    # weights of the typefaces in a mix
             mathjax={'mathjax-stix2':3, 'mathjax-termes':3, 'mathjax-newcm':2, 'mathjax-modern':1, 'mathjax-tex':1},
             mathtext=dict(dejavusans=4, stix=3, stixsans=3, cm=1),
             mathml={'mathml-xits':1, 'mathml-libertinus':1, 'mathml-lm':1})
TEST_FACES = dict(mathtext=dict(dejavuserif=1),     # never for training: drawn with --test alone
                  mathml={'mathml-fira':1, 'mathml-garamond':1, 'mathml-concrete':1})
FONTS = {'mathml-xits': 'XITSMath-Regular.otf', 'mathml-libertinus': 'LibertinusMath-Regular.otf', 'mathml-lm': 'latinmodern-math.otf',
         'mathml-fira': 'FiraMath-Regular.otf', 'mathml-garamond': 'Garamond-Math.otf', 'mathml-concrete': 'Concrete-Math.otf'}   # as TeX finds them
WAYS = dict(katex=dict(html=1), mathjax=dict(resvg=6, chtml=2, svg=2), mathtext=dict(agg=1), mathml=dict(mathml=1))
BROWSER = ('html','chtml','svg','mathml')           # the ways that need one
FORBIDDEN = ('\\href','\\url','\\includegraphics','\\htmlClass','\\htmlId','\\htmlStyle','\\htmlData','\\require','\\tag')   # \tag needs a page's width
LARGEST = (3600, 1600) # width and height of a picture
WRONG = [              # what a renderer takes and draws as something else (renderer or typeface, pattern, what is wrong), found with check_web.py
    ('', r'\\math(?:cal|scr)\{[^}]*[a-z0-9]', 'no calligraphic letter'),
    ('', r'\\math(?:bb|frak|tt)\{[^}]*\\[a-zA-Z]', 'no such letter'),
    ('katex', r'\\mathbb\{[^}]*[a-z0-9]', 'no such blackboard letter'),
    ('katex', r'\\not(?![a-zA-Z=<>])', 'the stroke stands beside the letter'),
    ('katex', r'\\boldsymbol\{[^}]*\\(?:math|text|sum|int)', 'not bold'),
    ('katex', r'[^\x00-\x7f]', 'a letter of another font'),
    ('mathjax', r'\\boldsymbol\{[^}]*\\(?:ell|sum|int|mathbb)', 'not bold'),
    ('mathjax-stix2', r'\\(?:emptyset|varnothing)(?![a-zA-Z])', 'the two empty sets are exchanged'),
    ('mathjax-stix2', r'\\mathit', 'as plain letters'), ('mathjax-termes', r'\\mathit', 'as plain letters'),
    ('mathml', r'\\(?:not(?![a-zA-Z=])|mathit|overset|underset|stackrel|mathfrak\{[^}]*[0-9])', 'stroke lost, as plain letters, beside the letter'),
    ('mathml-xits', r'\\imath(?![a-zA-Z])', 'as \\iota'),
    ('mathml-fira', r'\\(?:bullet|nu|mathtt)(?![a-zA-Z])', 'as \\cdot, v, \\mathrm'),
    ('mathtext', r'\\(?:substack|llap|rlap|mathsf|mathbb\{[^}]*[a-z0-9])(?![a-zA-Z])', 'drawn otherwise'),
    ('mathtext', r'\\boldsymbol(?!\{(?:[A-Za-z0-9]|\\(?!math|nabla|sum|int)[a-z]+ ?)+\})', 'not bold'),
    ('mathtext', r'\\mathbf\{[^}]*\\', 'not bold'),
    *((o, r'\\(?:epsilon|emptyset|mathit)(?![a-zA-Z])', 'as \\varepsilon, \\varnothing, plain letters') for o in ('dejavusans','dejavuserif','stix','stixsans')),
    ('stixsans', r'\\(?:boldsymbol|operatorname)(?![a-zA-Z])', 'as plain letters'), ('cm', r'\\boldsymbol', 'not bold')]
SCHEMA = pa.schema(dict(image=pa.struct(dict(bytes=pa.binary(), path=pa.string())), latex=pa.string(), source=pa.string(), renderer=pa.string(),
                        typeface=pa.string(), width=pa.int32(), height=pa.int32(), scale=pa.float32(), theme=pa.string()))

class Died(Exception): "A program that ended, or answered nothing, midway"
class Refused(Exception): "A renderer takes the formula not at all, or draws it wrong"

@dataclass
class Job:
    "One picture to be drawn"
    latex: str; source: str; renderer: str; typeface: str; way: str; size: float; scale: float; theme: str
    fringes: bool = False   # subpixel antialiasing
    lot: int = 0            # seed of the margins

# --- what to draw

def read(path):
    "(line, 'file:line') of a text file, compressed or not"
    name = path.name.removesuffix('.xz').removesuffix('.txt')
    with (lzma.open if path.suffix=='.xz' else open)(path, 'rt', encoding='utf-8', newline='\n') as f:
        for i,line in enumerate(f, 1):
            if line.strip(): yield line.rstrip('\n'), f'{name}:{i}'

def canonical(line):
    "(tokens, LaTeX as a person would write it), or None where it can't be normalised"
    try: tokens = normalize(line)
    except NormalizeError: return None
    return tokens, detokenize(tokens)

def formulas(paths, n, seed, most=None, exclude=()):
    "`n` distinct formulas by lot, at most `most` of a file, none that equals one of the `exclude` files; and how many could not be read"
    seen = {(canonical(line) or [line])[0] for path in exclude for line,_ in read(path)}
    rng,lines = random.Random(seed),[]
    for path in paths:
        some = list(read(path))
        lines += rng.sample(some, min(most or len(some), len(some)))
    rng.shuffle(lines)
    found,unread = [],0
    for line,source in lines:
        read_as = canonical(line)
        unread += not read_as
        if not read_as or read_as[0] in seen or any(o in read_as[1] for o in FORBIDDEN): continue
        seen.add(read_as[0])
        found.append((read_as[1], source))
        if len(found)==n: break
    return found,unread

def by_weight(rng, weights): return rng.choices(list(weights), list(weights.values()))[0]

def by_lot(latex, source, mix, faces, seed):
    "A picture whose renderer, typeface, size and colours are drawn by lot"
    rng = random.Random(f'{seed} {source} {latex}')
    renderer = by_weight(rng, mix)
    way = by_weight(rng, WAYS[renderer])
    theme = rng.choice(rng.choices([LIGHT,COLOURED,DARK], [5,2,3])[0])
    if renderer=='mathtext': size,scale = rng.choice((11,12,12,14,16,18,20)),rng.choice((1,1,1,1.25,1.5,2))
    else: size,scale = rng.choice((14,15,16,16,16,17,18,18,20,20,22,24)),rng.choice((1,1,1,1.25,1.5,1.5,2,2,2,3))
    fringes = way in ('html','chtml','mathml') and scale<2 and rng.random()<.3
    return Job(latex, source, renderer, by_weight(rng, faces[renderer]), way, size, scale, theme, fringes, rng.randrange(1<<30))

def by_name(latex, source, spec, seed):
    "A picture as `spec` says: renderer/typeface/size/scale/theme[/way]"
    renderer,typeface,size,scale,theme,*way = spec.split('/')
    way = way[0] if way else next(iter(WAYS[renderer]))
    return Job(latex, source, renderer, typeface, way, float(size), float(scale), theme, False, random.Random(f'{seed} {source} {spec}').randrange(1<<30))

def valid_spec(spec):
    "`spec` itself, or an error that says what is wrong with it"
    parts = spec.split('/')
    if len(parts) not in (5,6): raise argparse.ArgumentTypeError(f'{spec}: give renderer/typeface/size/scale/theme or renderer/typeface/size/scale/theme/way')
    renderer,typeface,size,scale,theme = parts[:5]
    faces,ways = FACES.get(renderer, {}) | TEST_FACES.get(renderer, {}),WAYS.get(renderer, {})
    for o,known in ((renderer,FACES), (typeface,faces), (theme,THEMES), *[(parts[-1],ways)]*(len(parts)==6)):
        if o not in known: raise argparse.ArgumentTypeError(f'{spec}: {o} is none of {", ".join(known)}')
    try: good = 4<=float(size)<=100 and .25<=float(scale)<=6
    except ValueError: good = False
    if not good: raise argparse.ArgumentTypeError(f'{spec}: the size is a number from 4 to 100, the scale one from .25 to 6')
    return spec

def doubt(job):
    "What is known to be wrong with such a picture, or None"
    outer = re.sub(r'\\begin\{(\w+\*?)\}.*\\end\{\1\}|\\substack\{[^}]*\}', '', job.latex)
    if r'\\' in outer: return 'a line break outside a table, which TeX ignores'
    return next((why for name,pattern,why in WRONG if name in ('', job.renderer, job.typeface) and re.search(pattern, job.latex)), None)

# --- pictures

def colour(name): return np.array([int(name[i:i+2], 16) for i in (1,3,5)], dtype=np.uint8)

def cut(image, paper, rng):
    "The ink of a picture on plain `paper` with a few pixels around it: L where it is grey, else RGB"
    a = np.asarray(image.convert('RGB'))
    ink = (np.abs(a.astype(np.int16)-colour(paper).astype(np.int16)).max(2)>12)
    rows,columns = ink.any(1).nonzero()[0],ink.any(0).nonzero()[0]
    if not len(rows): raise Refused('nothing is drawn')
    top,bottom,left,right = rows[0],rows[-1]+1,columns[0],columns[-1]+1
    if top==0 or left==0 or bottom==len(a) or right==a.shape[1]: raise Refused('ink beyond the box')
    if right-left>LARGEST[0] or bottom-top>LARGEST[1]: raise Refused('too large')
    l,t,r,b = (rng.randint(2, 12) for _ in range(4))
    a = a[max(0, top-t):bottom+b, max(0, left-l):right+r]
    grey = (a==a[...,:1]).all()
    return Image.fromarray(np.ascontiguousarray(a[...,0] if grey else a))

def png(image):
    f = io.BytesIO()
    image.save(f, 'PNG', compress_level=1)
    return f.getvalue()

class Program:
    "A program that answers each line of JSON with one; started when first asked, and again after its death"
    def __init__(self, *command, folder, environment={}): self.command,self.folder,self.environment,self.process = command,folder,environment,None
    def start(self):
        self.process = subprocess.Popen(self.command, cwd=self.folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        text=True, encoding='utf-8', env=os.environ|self.environment, start_new_session=True)
        self.lines,self.said = queue.Queue(),collections.deque(maxlen=20)
        threading.Thread(target=self.listen, args=(self.process, self.lines), daemon=True).start()
        threading.Thread(target=lambda p, said: said.extend(p.stderr), args=(self.process, self.said), daemon=True).start()
    @staticmethod
    def listen(process, lines):
        for line in process.stdout: lines.put(line)
        lines.put(None)
    def ask(self, question):
        if not self.process: self.start()
        try:
            self.process.stdin.write(json.dumps(question)+'\n')
            self.process.stdin.flush()
            line = self.lines.get(timeout=PATIENCE)
        except (OSError, queue.Empty): line = None
        if line is None:
            why = next((o.strip() for o in self.said if 'Error' in o), 'no answer')
            self.stop()
            raise Died(why)
        answer = json.loads(line)
        if 'error' in answer: raise Died(answer['error'])
        return answer
    def stop(self):
        if not self.process: return
        process,self.process = self.process,None
        try: process.stdin.close()
        except OSError: pass
        for sig in (None, signal.SIGTERM, signal.SIGKILL):
            if sig: process.send_signal(sig)
            try: return process.wait(5)
            except subprocess.TimeoutExpired: pass

def patiently(draw, jobs, report):
    "Draw a page, after a death once more, and then half by half, until the formula is found that nobody survives"
    for _ in range(2):
        try: return draw(jobs)
        except Died as e: why = str(e)
        report(f'a page of {len(jobs)} is drawn again: {why}')
    if len(jobs)==1: return [Refused(f'nobody survives it: {why}')]
    half = len(jobs)//2
    return patiently(draw, jobs[:half], report)+patiently(draw, jobs[half:], report)

# --- renderers: each takes jobs and gives as many pictures or Refused

class Browser:
    "KaTeX and MathJax in Chromium; `fringes`: text with subpixel antialiasing"
    def __init__(self, tools, fringes):
        self.profile,self.fonts = tempfile.TemporaryDirectory(prefix='draw_web'),tools['fonts']
        fonts = {}
        if fringes:
            conf = Path(self.profile.name)/'fonts.conf'
            conf.write_text(FRINGES)
            fonts = dict(FONTCONFIG_FILE=str(conf))
        self.program = Program(tools['node'], 'browser.mjs', tools['chromium'], f'{self.profile.name}/profile', folder=tools['folder'], environment=fonts)
    def draw(self, jobs):
        o = jobs[0]
        items = [dict(latex=j.latex, size=j.size, ink=THEMES[j.theme][0], paper=THEMES[j.theme][1]) for j in jobs]
        font = self.fonts.get(o.typeface)
        answer = self.program.ask(dict(engine=o.typeface, output=o.way, scale=o.scale, font=font and Path(font).as_uri(), items=items))
        made = [Refused(e or 'not shown') for e in answer['errors']]
        borrowed = [borrows(font, o) for o in answer['letters']]
        for shot in answer['shots']:
            with Image.open(io.BytesIO(base64.b64decode(shot['png']))) as page: page = page.convert('RGB')
            for i,left,top,right,bottom in shot['boxes']:
                l,t,r,b = (int(x*o.scale)+s for x,s in ((left,2),(top,2),(right,-2),(bottom,-2)))     # the edges themselves are blurred
                if borrowed and borrowed[i]: made[i] = Refused(f'the font has no glyph for {borrowed[i]}')
                else: made[i] = attempt(lambda: cut(page.crop((l,t,r,b)), THEMES[jobs[i].theme][1], random.Random(jobs[i].lot)))
        return made
    def stop(self):
        self.program.stop()
        try: self.profile.cleanup()
        except OSError: shutil.rmtree(self.profile.name, ignore_errors=True)     # the browser may still be writing

@functools.lru_cache
def charmap(font):
    from matplotlib.ft2font import FT2Font
    return set(FT2Font(font).get_charmap())

def borrows(font, letters):
    "The letters that the browser has to take from another font"
    invisible = ('Cf','Zs','Cc','Mn')
    return ''.join(sorted({o for o in letters if ord(o) not in charmap(font) and unicodedata.category(o) not in invisible and o!='\u203e'}))   # ‾ is a bar in any

FRINGES = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <match target="pattern"><edit name="rgba" mode="assign"><const>rgb</const></edit></match>
  <match target="font"><edit name="rgba" mode="assign"><const>rgb</const></edit></match>
</fontconfig>
"""

class Resvg:
    "MathJax to SVG without a browser, and resvg"
    def __init__(self, tools): self.program = Program(tools['node'], 'mathjax.mjs', folder=tools['folder'])
    def draw(self, jobs):
        import resvg_py
        items = [dict(latex=j.latex, ink=THEMES[j.theme][0], pixels=j.size*j.scale) for j in jobs]
        answer = self.program.ask(dict(typeface=jobs[0].typeface, items=items))
        def one(job, o):
            if 'error' in o: raise Refused(o['error'])
            paper = THEMES[job.theme][1]
            try: data = resvg_py.svg_to_bytes(svg_string=o['svg'], background=paper, skip_system_fonts=True, style_sheet=answer['styles'])
            except ValueError as e: raise Refused(f'resvg: {e}') from None
            with Image.open(io.BytesIO(bytes(data))) as image: return cut(image, paper, random.Random(job.lot))
        return [attempt(lambda: one(j, o)) for j,o in zip(jobs, answer['drawn'])]
    def stop(self): self.program.stop()

class Mathtext:
    "matplotlib's mathtext; a symbol that its font lacks is a refusal, not the sign that it draws instead"
    def __init__(self):
        from matplotlib.mathtext import MathTextParser
        self.parser,self.said = MathTextParser('agg'),[]
        log = logging.getLogger('matplotlib.mathtext')
        log.propagate = False
        handler = logging.Handler()
        handler.emit = lambda record: self.said.append(record.getMessage())
        log.setLevel(logging.WARNING)                                     # `latexocr`'s commands hear less of matplotlib
        log.addHandler(handler)
    def one(self, job):
        from matplotlib.font_manager import FontProperties
        self.said.clear()
        font = FontProperties(size=job.size, math_fontfamily=job.typeface)
        if '$' in job.latex: raise Refused('a dollar sign ends a formula of mathtext')
        try: made = self.parser.parse(f'${job.latex}$', dpi=job.scale*100, prop=font)
        except (ValueError, RuntimeError, KeyError, IndexError, RecursionError) as e:
            raise Refused((str(e).strip().split('\n')[-1] or type(e).__name__)[:200]) from None
        if self.said: raise Refused(self.said[0][:200])
        cover = np.pad(np.asarray(made.image), 16)[...,None]/255
        ink,paper = map(colour, THEMES[job.theme])
        return cut(Image.fromarray((paper*(1-cover)+ink*cover).round().astype(np.uint8)), THEMES[job.theme][1], random.Random(job.lot))
    def draw(self, jobs): return [attempt(lambda: self.one(j)) for j in jobs]
    def stop(self): pass

def attempt(f):
    "The picture, or the Refused that making it raised"
    try: return f()
    except Refused as e: return e

class Renderers:
    "Whatever can be had of the renderers; `missing`: what can't, in words"
    def __init__(self, tools, missing): self.tools,self.missing,self.open = tools,missing,{}
    def key(self, job): return ('browser', job.fringes) if job.way in BROWSER else (job.way, False)
    def lacks(self, job):
        "Why the job can't be drawn here, or None"
        if job.renderer=='mathtext': return None
        needed = ('node', 'resvg' if job.way=='resvg' else 'chromium', job.typeface)
        return next(filter(None, map(self.missing.get, needed)), None)
    def draw(self, jobs, report):
        "Pictures or Refused, in the order of the jobs"
        made,groups = [None]*len(jobs),collections.defaultdict(list)
        for i,o in enumerate(jobs): groups[(*self.key(o), o.typeface, o.way, o.scale if self.key(o)[0]=='browser' else 0)].append(i)
        for (name,fringes,*_),where in sorted(groups.items(), key=str):
            if (name,fringes) not in self.open:
                self.open[name,fringes] = Browser(self.tools, fringes) if name=='browser' else Resvg(self.tools) if name=='resvg' else Mathtext()
            for at in range(0, len(where), PAGE):
                page = where[at:at+PAGE]
                for i,o in zip(page, patiently(self.open[name,fringes].draw, [jobs[i] for i in page], report)): made[i] = o
        return made
    def stop(self):
        for o in self.open.values(): o.stop()
        self.open.clear()

# --- what is installed

def install(cache, node=None, npm=None, chromium=None):
    "Paths of the programs and the folder with the packages, and what is missing in words"
    tools = dict(node=shutil.which(node or 'node'), npm=shutil.which(npm or 'npm'),
                 chromium=next(filter(None, map(shutil.which, [chromium] if chromium else ['chromium','chromium-browser','google-chrome'])), None))
    missing,tools['fonts'] = {},{}
    for o,name in FONTS.items():
        found = shutil.which('kpsewhich') and subprocess.run(['kpsewhich',name], capture_output=True, text=True, timeout=60).stdout.strip()
        if found: tools['fonts'][o] = found
        else: missing[o] = f'{name} is missing: {o} is left out (install texlive-fonts-extra)'
    if not tools['node']: missing['node'] = 'node is missing: KaTeX and MathJax are left out (install nodejs and npm, or name it with --node)'
    if not tools['chromium']: missing['chromium'] = 'Chromium is missing: what a browser draws is left out (install chromium, or name it with --chromium)'
    try: version('resvg-py')
    except PackageNotFoundError: missing['resvg'] = 'resvg-py is missing: MathJax without a browser is left out (pip install resvg-py)'
    if 'node' in missing: return tools,missing
    here = Path(__file__).resolve().parent/'web'
    spec = (here/'package.json').read_bytes()
    folder = tools['folder'] = cache/hashlib.sha256(spec).hexdigest()[:12]
    folder.mkdir(parents=True, exist_ok=True)
    for o in here.iterdir(): shutil.copy(o, folder)
    if not (folder/'installed').exists():
        if not tools['npm']: why = 'npm is missing'
        else:
            try:
                run = subprocess.run([tools['npm'],'install','--no-package-lock','--ignore-scripts','--no-audit','--no-fund','--loglevel=error'], cwd=folder,
                                     capture_output=True, text=True, timeout=600)
                why = None if not run.returncode else 'npm install failed: '+next(iter(run.stderr.strip().splitlines()), 'no reason given')
            except subprocess.TimeoutExpired: why = 'npm install took more than ten minutes'
        if why: missing['node'] = f'{why}: KaTeX and MathJax are left out'
        else: (folder/'installed').touch()
    for o in FACES['mathjax']:
        if 'node' not in missing and not (folder/'node_modules/@mathjax'/f'{o}-font').is_dir(): missing[o] = f'npm has no @mathjax/{o}-font: {o} is left out'
    return tools,missing

def versions(tools):
    "Of everything that draws"
    found = {o: version(o) for o in ('matplotlib','pillow')}
    for o in ('resvg-py',):
        try: found[o] = version(o)
        except PackageNotFoundError: pass
    if 'folder' in tools:
        spec = json.loads((tools['folder']/'package.json').read_text(encoding='utf-8'))
        found |= spec['dependencies'] | spec['optionalDependencies']
    for o in ('node','chromium'):
        if not tools.get(o): continue
        try: lines = subprocess.run([tools[o],'--version'], capture_output=True, text=True, timeout=60).stdout.splitlines()
        except (OSError, subprocess.TimeoutExpired): lines = []
        if lines: found[o] = lines[-1].strip()
    return found

# --- shards

def write(path, text_or_table):
    "All or nothing"
    part = path.with_name(path.name+'.part')
    if isinstance(text_or_table, str): part.write_text(text_or_table, encoding='utf-8')
    else: pq.write_table(text_or_table, part, write_page_checksum=True, compression='none')
    part.replace(path)

def shard(jobs, renderers, report):
    "(table, refused formulas) of one shard"
    able,refused,rows = [],[],[]
    def refuse(j, why): refused.append(dict(latex=j.latex, source=j.source, renderer=j.renderer, typeface=j.typeface, why=why))
    for o in jobs:
        why = 'missing' if renderers.lacks(o) else doubt(o)
        if why: refuse(o, why)
        else: able.append(o)
    for j,o in zip(able, renderers.draw(able, report)):
        if isinstance(o, Refused): refuse(j, str(o))
        else: rows.append(dict(image=dict(bytes=png(o), path=f'{j.source}.png'), latex=j.latex, source=j.source, renderer=j.renderer, typeface=j.typeface,
                               width=o.width, height=o.height, scale=j.scale, theme=j.theme))
    return pa.Table.from_pylist(rows, schema=SCHEMA),refused

def mix_of(parts):
    "{'katex': 22.} of ['katex=22']"
    found = {}
    for o in parts:
        name,_,share = o.partition('=')
        try: found[name] = float(share)
        except ValueError: found[name] = -1.
        if name not in FACES or not found[name]>0: raise SystemExit(f'draw_web: --mix {o}: give {", ".join(FACES)} with shares above 0, as in katex=22')
    return found

def main(argv=None):
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('formulas', nargs='+', type=Path, help='text files, one formula a line, .xz or plain')
    p.add_argument('--out', type=Path, required=True, help='folder of the shards')
    p.add_argument('--n', type=int, default=1000, help='formulas to draw by lot (default: %(default)s)')
    p.add_argument('--seed', type=int, default=0, help='(default: %(default)s)')
    p.add_argument('--most', type=int, help='at most so many of a file')
    p.add_argument('--exclude', nargs='*', default=[], type=Path, help='files of formulas that must not be drawn')
    p.add_argument('--mix', nargs='+', default=['katex=22','mathjax=15','mathtext=8'], help='shares of the renderers (default: %(default)s)')
    p.add_argument('--each', nargs='+', type=valid_spec, metavar='SPEC', help='draw each formula in each of these instead: renderer/typeface/size/scale/theme[/way]')
    p.add_argument('--test', action='store_true', help='the typefaces kept for testing, instead of those for training')
    p.add_argument('--cache', type=Path, default=Path.home()/'.cache/latexocr/web', help='folder of the npm packages (default: %(default)s)')
    for o in ('node','npm','chromium'): p.add_argument(f'--{o}', help='the program, if it is not on the PATH')
    args = p.parse_args(argv)
    faces = TEST_FACES if args.test else FACES
    mix = {k: o for k,o in mix_of(args.mix).items() if k in faces}
    if args.each and not args.test:
        for o in args.each:
            if o.split('/')[1] in TEST_FACES.get(o.split('/')[0], {}): p.error(f'{o}: kept for testing; add --test')
    if args.n<1 or not mix: p.error('nothing to draw: --n must be above 0, and --mix name a renderer that has such typefaces')
    absent = [str(o) for o in (*args.formulas, *args.exclude) if not o.is_file()]
    if absent: p.error(f'no such file: {", ".join(absent)}')
    try: return draw_all(args, mix, faces)
    except (OSError, lzma.LZMAError, UnicodeError, pa.ArrowException) as e:
        print(f'draw_web: {e}', file=sys.stderr)
        return 2

def draw_all(args, mix, faces):
    def report(o): print(f'draw_web: {o}', file=sys.stderr, flush=True)
    asked = dict(files=[o.name for o in args.formulas], n=args.n, seed=args.seed, most=args.most, exclude=[o.name for o in args.exclude],
                 mix=None if args.each else mix, each=args.each, test=args.test)
    args.out.mkdir(parents=True, exist_ok=True)
    path = args.out/'web.json'
    manifest = json.loads(path.read_text(encoding='utf-8')) if path.exists() else dict(asked=asked, shards={})
    if manifest['asked']!=asked:
        report(f'{args.out} holds pictures of another call; name a new folder')
        return 2
    found,unread = formulas(args.formulas, args.n, args.seed, args.most, args.exclude)
    if args.each: jobs = [by_name(*o, spec, args.seed) for o in found for spec in args.each]
    else: jobs = [by_lot(*o, mix, faces, args.seed) for o in found]
    tools,missing = install(args.cache, args.node, args.npm, args.chromium)
    renderers = Renderers(tools, missing)
    said = sorted({o for j in jobs if (o := renderers.lacks(j))})
    for o in said: report(o)
    manifest |= dict(unread=unread, missing=said, versions=versions(tools))
    try:
        for k in range(0, len(jobs), ROWS):
            name = f'web-{k//ROWS:05}.parquet'
            if name in manifest['shards'] and (args.out/name).exists(): continue
            table,refused = shard(jobs[k:k+ROWS], renderers, report)
            write(args.out/name, table)
            manifest['shards'][name] = dict(pictures=len(table), refused=refused)
            count(manifest, args.out)
            write(path, json.dumps(manifest, indent=1, ensure_ascii=False)+'\n')
            print(f'{name}: {len(table):,} pictures, {len(refused):,} refused', flush=True)
    finally: renderers.stop()
    print(json.dumps(manifest.get('counts', {}), indent=1))
    return 1 if said else 0

def count(manifest, out):
    "Pictures and refusals by typeface, and the commonest reasons"
    rows = [o for name in manifest['shards'] for o in pq.read_table(out/name, columns=['renderer','typeface']).to_pylist()]
    refused = [o for s in manifest['shards'].values() for o in s['refused']]
    def table(rows): return dict(sorted(collections.Counter(f"{o['renderer']}/{o['typeface']}" for o in rows).items()))
    reasons = collections.Counter(f"{o['renderer']}: {o['why'][:60]}" for o in refused)
    manifest['counts'] = dict(pictures=table(rows), refused=table(refused), reasons=dict(reasons.most_common(30)))

if __name__=='__main__': sys.exit(main())
