"Where formulas come from: a table of public repositories, and for each kind of source a short function that takes out its formulas"
import html, json, re, subprocess, sys
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from macros import definitions, expand
from latexocr.tex.mine import _uncomment, mine_formulas

# --- files of a checkout or of a bare git directory ---

def _git(folder, *args): return subprocess.run(['git','-C',str(folder),*args], capture_output=True, check=True, timeout=300).stdout

def commit(folder): return _git(folder, 'rev-parse', 'HEAD').decode().strip()

def texts(folder, *patterns):
    "Path and text of each file of the newest commit whose path matches a pattern (`*` matches `/`, too), in order of the path"
    for name in sorted(_git(folder, 'ls-tree', '-r', '-z', '--name-only', 'HEAD').decode().split('\0')):
        if not any(fnmatch(name, p) for p in patterns): continue
        try: yield name, _git(folder, 'show', f'HEAD:{name}').decode('utf-8', 'replace')
        except subprocess.CalledProcessError: print(f'{folder}: {name} is listed but absent, left out', file=sys.stderr)

# --- LaTeX ---

WHOLE = {'align':'aligned', 'flalign':'aligned', 'eqnarray':'array', 'gather':'gathered', 'alignat':'alignedat'}
BLOCK = re.compile(r'\\begin\{(align|flalign|eqnarray|gather|alignat)\*?\}(.*?)\\end\{\1\*?\}', re.S)

REFERENCE = re.compile(r'\\(?:eqref|ref|olref|cite|footnote)(?![A-Za-z])(?:\[[^\]]*\])*\{[^{}]*\}')

def whole(tex):
    "Each block of several rows as one formula: `align` as `aligned`, `gather` as `gathered`, `eqnarray` as an array"
    for env,body in BLOCK.findall(tex):
        body = re.sub(r'\\\\\s*$', '', body.strip())
        if '\\\\' not in body or len(body)>2000 or '\n\n' in body or 'intertext' in body: continue
        yield rf'\[\begin{{{WHOLE[env]}}}{"{rcl}"*(env=="eqnarray")}{body}\end{{{WHOLE[env]}}}\]'

def mine(tex, macros={}):
    "Formulas of a LaTeX text, row by row and block by block"
    tex = REFERENCE.sub('', re.sub(r'(?<!\\)%[^\n]*', '', tex))
    if macros: tex = expand(tex, macros)
    return mine_formulas('\n\n'.join([tex, *whole(_uncomment(tex))]))

def latex(folder, patterns, macros=(), extra=''):
    "A book in LaTeX; its macros stand in the files `macros`, ours in `extra`"
    known = definitions('\n'.join(t for _,t in texts(folder, *macros)) if macros else '') | definitions(extra)
    for _,t in texts(folder, *patterns): yield from mine(t, known)

# --- PreTeXt (XML): <m>inline</m>, <me>display</me>, <md><mrow>…</mrow></md> ---

MATHS = re.compile(r'<(m|me|men|md|mdn)(?:\s[^>]*)?>(.*?)</\1>', re.S)

AMPS = {'amp':'&', 'lt':'<', 'gt':'>'}       # PreTeXt's names for what XML can't hold

def _plain(xml):
    s = html.unescape(re.sub(r'<!\[CDATA\[(.*?)\]\]>|<[^>]*>', lambda m: m[1] or '', xml))
    return re.sub(r'\\(amp|lt|gt)(?![A-Za-z])', lambda m: AMPS[m[1]], s)

def pretext(folder, patterns, macros=(), extra='', rewrite=lambda s: s):
    "A book in PreTeXt"
    known = definitions('\n'.join(t for _,t in texts(folder, *macros)) if macros else '') | definitions(extra)
    for _,t in texts(folder, *patterns):
        out = []
        for tag,body in MATHS.findall(re.sub(r'<!--.*?-->', '', t, flags=re.S)):
            if tag in ('m','me','men'): out.append(f'\\[{_plain(body)}\\]')
            else:
                rows = [_plain(o) for o in re.findall(r'<mrow[^>]*>(.*?)</mrow>', body, re.S)] or [_plain(body)]
                env = 'align*' if '&' in ''.join(rows) else 'gather*'
                out.append(f'\\begin{{{env}}}{" ".join(r if i==len(rows)-1 else r+chr(92)*2 for i,r in enumerate(rows))}\\end{{{env}}}')
        yield from mine(rewrite('\n\n'.join(re.sub(r'\n\s*\n', '\n', o) for o in out)), known)

# --- Markdown, JSON, tests ---

def markdown(folder, patterns):
    "Markdown with maths between dollars; a `%` is one"
    for _,t in texts(folder, *patterns):
        t = re.sub(r'```.*?```|`[^`\n]*`', '', t, flags=re.S)
        yield from mine(re.sub(r'(?<!\\)%', r'\\%', t))

def strings(o):
    "All strings in a JSON value"
    if isinstance(o, str): yield o
    elif isinstance(o, list): yield from (s for v in o for s in strings(v))
    elif isinstance(o, dict): yield from (s for v in o.values() for s in strings(v))

def exams(folder, patterns):
    "Questions and answers in JSON, one value a file or a line"
    for name,t in texts(folder, *patterns):
        values = [json.loads(o) for o in t.splitlines() if o.strip()] if name.endswith('l') else [json.loads(t)]
        for s in strings(values): yield from mine(re.sub(r'(?<!\\)%', r'\\%', s)) if '$' in s or '\\' in s else ()

SANDBOX = re.compile(r'</|<br|<math|<ref|nowiki|[^\x20-\x7e]|2COHg|2COCO2|Hg\^\{2\}\+->\[I-\]HgI2|204\d?H2O')    # typed to try the editor

def wiki(folder, patterns):
    "Formulas of Wikipedia as its parser's tests keep them: `input` or `tex`, chemistry with `\\ce`"
    for _,t in texts(folder, *patterns):
        todo = [json.loads(t)]
        while todo:
            o = todo.pop()
            if isinstance(o, dict) and not ('input' in o or 'tex' in o): o = list(o.values())
            if isinstance(o, list): todo += o[::-1]
            elif isinstance(o, dict):
                s = ' '.join(str(o.get('input') or o.get('tex')).split())
                s = re.sub(r'^\{\s*\\displaystyle\s*(.*)\}$', r'\1', s)
                if o.get('type') in ('ce','pu'): s = f"\\{o['type']}{{{s}}}"
                if len(s)<=400 and not SANDBOX.search(s): yield s

def mathjax(folder, patterns):
    "Strings that MathJax's tests give to `tex2mml`"
    for _,t in texts(folder, *patterns):
        for s in re.findall(r"tex2mml\(\s*'((?:\\.|[^'\\\n])*)'", t):
            s = re.sub(r'\\(.)', lambda m: {'n':' '}.get(m[1], m[1]), s)
            yield ' '.join(s.split())

def katex(folder, patterns):
    "KaTeX's screenshots (YAML), templates of its specification (`expect`…``) and the examples of its documentation"
    import yaml
    for name,t in texts(folder, *patterns):
        if name.endswith('yaml'):
            for o in yaml.safe_load(t).values(): yield ' '.join((o if isinstance(o, str) else o['tex']).split())
        elif name.endswith('md'): yield from (o for o in re.findall(r'\$([^$\n|]+)\$ *`', t))
        else: yield from (' '.join(o.split()) for o in re.findall(r'expect`([^`]*)`\.(?:toParse|toBuild)', t))

# --- what single books need ---

def _cells(row): return [o for o in re.split(r'[\s,]+(?![^{]*\})', row.strip()) if o]

def table(rows): return r'\\'.join('&'.join(r) for r in rows)

def spalign(tex):
    "Robert Rabinoff's and Joseph Margalit's `\\mat{1 2; 3 4}`, `\\vec{1 2}`, `\\amat` and `\\syseq` in plain LaTeX"
    tex = re.sub(r'\\(?:color\{[^}]*\}|leading(?![A-Za-z])|[rgb](?![A-Za-z]))\s*', '', tex)
    def grid(m):
        kind,align,body = m[1],(m[2] or 'c')[:1],re.sub(r'\{\}', '', m[3])
        if kind=='syseq':
            rows = [[o.strip() for o in re.split(r'\\?([-+=])', r)] for r in body.split(';') if r.strip()]
            if any('\\.' in o for r in rows for o in r) or len({len(r) for r in rows})>1: return '\\badsystem'
            return '\\left\\{\\begin{array}{%s}%s\\end{array}\\right.' % ('rc'*(len(rows[0])//2)+'r', table(rows))
        rows = [_cells(r) for r in body.split(';') if r.strip()] if kind!='vec' else [[o] for o in _cells(body.replace(';', ' '))]
        if not rows: return '\\badmatrix'
        n = max(map(len, rows))
        if kind=='amat': return '\\left(\\begin{array}{%s|%s}%s\\end{array}\\right)' % (align*(n-1), align, table(rows))
        if align!='c': return '\\left(\\begin{array}{%s}%s\\end{array}\\right)' % (align*n, table(rows))
        return '\\begin{pmatrix}%s\\end{pmatrix}' % table(rows)
    tex = re.sub(r'\\spalignsysdelims\s*(?:\(\)|\.\.|\\\{\.)|\\spalignsystabspace=\w+|\\strut(?![A-Za-z])', '', tex)
    for _ in range(2): tex = re.sub(r'\\(a?mat|vec|syseq)\s*(?:\[(\w)\])?\s*\{((?:[^{}]|\{[^{}]*\}|\\[{}])*)\}', grid, tex)
    return tex

LINALG = r'''\def\R{\mathbf R}\def\C{\mathbf C}\def\Span{\operatorname{Span}}\def\Nul{\operatorname{Nul}}\def\Col{\operatorname{Col}}
\def\Row{\operatorname{Row}}\def\rank{\operatorname{rank}}\def\nullity{\operatorname{nullity}}\def\Id{\operatorname{Id}}
\def\Tr{\operatorname{Tr}}\def\adj{\operatorname{adj}}\def\Re{\operatorname{Re}}\def\Im{\operatorname{Im}}\def\dist{\operatorname{dist}}
\def\refl{\operatorname{ref}}\def\inv{^{-1}}\def\To{\longrightarrow}\def\vol{\operatorname{vol}}\def\cB{\mathcal{B}}
\def\rref{\xrightarrow{\text{RREF}}}\def\sptxt#1{\quad\text{ #1 }\quad}\def\bar{\overline}\def\hat{\widehat}
\newcommand{\setof}[1]{\left\{#1\right\}}\newcommand{\smallmat}[4]{\left(\begin{smallmatrix}#1&#2\\#3&#4\end{smallmatrix}\right)}'''

OPENINTRO = r'\newcommand{\resp}[1]{\text{#1}}\newcommand{\var}[1]{\text{#1}}\newcommand{\us}{\_}\newcommand{\indfunc}[1]{\text{#1}}'

FORMULA = dict(zip('ABCDEFGHKLORST', r'\varphi \psi \chi \theta \alpha \beta \gamma \delta \xi \zeta \omega \rho \sigma \tau'.split()))

OPENLOGIC = r'''\newcommand{\Struct}[1]{\mathfrak{#1}}\newcommand{\Lang}[1]{\mathcal{#1}}\newcommand{\Log}[1]{\mathbf{#1}}
\newcommand{\Th}[1]{\mathbf{#1}}\newcommand{\tuple}[1]{\langle #1\rangle}\newcommand{\Nat}{\mathbb{N}}
\newcommand{\Int}{\mathbb{Z}}\newcommand{\Rat}{\mathbb{Q}}\newcommand{\Real}{\mathbb{R}}\newcommand{\Bin}{\mathbb{B}}
\newcommand{\Setabs}[2]{\{#1:#2\}}\newcommand{\Pow}[1]{\wp(#1)}\newcommand{\fn}[1]{\mathrm{#1}}
\newcommand{\card}[1]{\left|#1\right|}\newcommand{\Obj}[1]{\mathsf{#1}}\newcommand{\Atom}[2]{#1(#2)}
\newcommand{\mathexclaim}{!}\newcommand{\applytofirst}[2]{#1{#2}}\newcommand{\args}[1]{#1}
\newcommand{\dom}[1]{\operatorname{dom}(#1)}\newcommand{\ran}[1]{\operatorname{ran}(#1)}\newcommand{\comp}[2]{#2\circ #1}
\newcommand{\Ax}[1]{\mathrm{#1}}
\newcommand{\ollabel}[1]{}\newcommand{\iftag}[3]{#2}\newcommand{\gn}[1]{\ulcorner #1\urcorner}
\newcommand{\Gn}[1]{\ulcorner #1\urcorner}\newcommand{\emph}[1]{\text{#1}}\newcommand{\sFmla}[2]{#1\:#2}'''

def logic(folder, patterns, macros):
    "Open Logic: `!A` is a letter for a formula, `!!{structure}` a word; structures are in Fraktur"
    known = definitions('\n'.join(t for _,t in texts(folder, *macros))) | definitions(OPENLOGIC)
    for _,t in texts(folder, *patterns):
        t = re.sub(r'!!\^?a?\{[^}]*\}s?', 'word', t)
        yield from mine(re.sub(r'!([A-Z])', lambda m: FORMULA.get(m[1], m[1])+' ', t), known)

# --- the table ---

@dataclass
class Source:
    "A public repository: its licence, the subject it is tested under, whether it may be trained on, and the function that reads it"
    repo:str; licence:str; subject:str; read:object; train:bool=True; part:str=''
    @property
    def name(self): return re.sub(r'\W+', '_', self.repo.split('/')[1].replace('.github.io', '').lower()+self.part)

def proofnet(*books): 
    "The chapters of ProofNet that come from some books; its Putnam problems are for testing"
    return lambda f: latex(f, [f'benchmark/benchmark_to_publish/informal/{o}.tex' for o in books])

SOURCES = [
    Source('rbeezer/fcla', 'GFDL-1.2', 'linear_algebra', lambda f: pretext(f, ['src2/*.xml'], ['src2/macros.xml'])),
    Source('siefkenj/IBLLinearAlgebra', 'CC-BY-SA-3.0', 'linear_algebra',
        lambda f: latex(f, ['book/modules/*.tex','book/tutorials/*.tex','teaching-materials/*.tex'], ['book/common/preamble.tex'])),
    Source('QBobWatson/gt-linalg', 'GFDL-1.3', 'linear_algebra', lambda f: pretext(f, ['*.xml'], extra=LINALG, rewrite=spalign)),
    Source('StatProofBook/StatProofBook.github.io', 'CC-BY-SA-4.0', 'statistics', lambda f: markdown(f, ['P/*.md','D/*.md'])),
    Source('OpenIntroStat/openintro-statistics', 'CC-BY-SA-3.0', 'statistics',
        lambda f: latex(f, ['ch_*.tex','extraTeX/eoce*.tex'], ['ch_*.tex'], OPENINTRO)),
    Source('wikimedia/texvcjs', 'GPL-2.0', 'chemistry', lambda f: wiki(f, ['test/chem-regression.json'])),
    Source('OpenLogicProject/OpenLogic', 'CC-BY-4.0', 'logic',
        lambda f: logic(f, ['content/*.tex'], ['open-logic-config.sty','open-logic-complete-config.sty'])),
    Source('d2l-ai/d2l-en', 'CC-BY-SA-4.0', 'machine_learning', lambda f: markdown(f, ['chapter_*.md'])),
    Source('jirilebl/diffyqs', 'CC-BY-SA-4.0', 'analysis',
        lambda f: latex(f, ['ch-*.tex','ap-*.tex'], extra=r'\newcommand{\mybxbg}[1]{\boxed{#1}}\newcommand{\mybxsm}[1]{\boxed{#1}}')),
    Source('zhangir-azerbayev/ProofNet', 'MIT', 'analysis',
        proofnet('Rudin', 'Pugh', 'Munkres', 'Shakarchi', 'Cambridge-Tripos'), part='_analysis'),
    Source('zhangir-azerbayev/ProofNet', 'MIT', 'algebra',
        proofnet('Artin', 'Axler', 'Dummit-Foote', 'Herstein', 'Ireland-Rosen'), part='_algebra'),
    Source('twjudson/aata', 'GFDL-1.3', 'algebra', lambda f: pretext(f, ['src/*.xml'], ['src/bookinfo.xml'])),
    Source('oscarlevin/discrete-book', 'CC-BY-SA-4.0', 'algebra', lambda f: pretext(f, ['source/*.ptx'], ['source/bookinfo.ptx'])),
    Source('wikimedia/mediawiki-extensions-Math', 'GPL-2.0', 'web',
        lambda f: wiki(f, ['tests/phpunit/*/ParserTest135.json','tests/phpunit/*/Mhchemv4tex.json','tests/phpunit/*/reference.json',
            'tests/phpunit/*FullCoverage.json'])),
    Source('mathjax/MathJax-src', 'Apache-2.0', 'web', lambda f: mathjax(f, ['testsuite/tests/input/tex/*.test.ts'])),
    Source('KaTeX/KaTeX', 'MIT', 'web', lambda f: katex(f, ['test/screenshotter/ss_data.yaml','test/katex-spec.ts','docs/supported.md'])),
    Source('QwenLM/Qwen2.5-Math', 'none stated; sets differ', 'exams', lambda f: exams(f, ['evaluation/data/*/test.jsonl']), train=False),
    Source('trishullab/PutnamBench', 'statements by leave of the MAA', 'exams', lambda f: exams(f, ['informal/putnam.json']), train=False),
]
