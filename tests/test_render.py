"What a notebook can't hold well: broken and hostile formulas, in both TeX engines"
import itertools, os, re, subprocess, sys, tempfile, textwrap
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
import pytest
from conftest import missing, needs
from latexocr.tex.typefaces import Typeface
from latexocr.render import ALLOWED, ENVIRONMENTS, EngineError, _batch, document, find_engine, refuse, render, run_tex
from latexocr.tex.typefaces import TYPEFACES, available_typefaces, confusions, missing_typefaces

GOOD = [r'\int_0^\infty e^{-ax^2}\,dx=\frac12\sqrt{\frac{\pi}{a}}', r'x_i^2', r'\begin{aligned} a&=b\\ &\leq c \end{aligned}',
        r'\left(\sum_{k=1}^{n}\frac{1}{k}\right)^{2}', r'\hat{H}\psi=E\psi', r'\begin{cases} x & y\\ z & w \end{cases}', r'A \cap B \text{ if } C']

HOSTILE = {
    'reads a file':         r'\input{canary}',
    'reads with openin':    r'\openin5=canary \read5 to\x \x',
    'writes a file':        r'\immediate\openout5=canary \immediate\write5{dead}',
    'calls the shell':      r'\immediate\write18{rm canary}',
    'builds a name':        r'\csname input\endcsname canary',
    'runs by environment':  r'\begin{input}canary\end{input}',
    'backslash in disguise': '^^5cinput canary',
    'backslash in capitals': '^^5Cinput canary',
    'letter in disguise':   r'\inpu^^74 canary',
    'control in disguise':  '^^M\\input canary',
    'disguise, braced':     r'\text{^^5cinput canary}',
    'special':              r'\special{psfile=canary}',
    'includes a PDF':       r'\pdfximage{canary.pdf}\pdfrefximage\pdflastximage',
    'dumps a file':         r'\pdffiledump length 99{canary.tex}',
    'loads a package':      r'\usepackage{shellesc}',
    'loads a font':         r'\font\x=canary \x a',
    'writes a log':         r'\typeout{dead}',
    'pipes':                r'\input|"rm canary"',
    'redefines a macro':    r'\gdef\frac#1#2{x}\renewcommand{\sqrt}{y}',
    'redefines by let':     r'\let\frac\sqrt \frac{x}',
    'redefines inside text': r'\text{\gdef\alpha{x}}',
    'redefines a character': r'\lccode`x=`y \lowercase{x}',
    'changes characters':   r'\catcode`\{=12 x',
    'changes every formula': r'\everymath{x}',
    'changes the page':     r'\pdfpagewidth=1pt x',
    'changes the origin':   r'\global\hoffset=-99pt x',
    'calls itself':         r'\def\x{x\x}\x',
    'loops':                r'\loop\iftrue\repeat',
    'waits for an answer':  r'\read16 to\x',
    'ends TeX':             r'\end x',
    'ends the document':    r'\end{document}',
    'begins one':           r'\begin{document} x',
    'turns errors off':     r'\batchmode x',
    'leaves mathematics':   r'x$}\shipout\hbox{$y',
    'leaves it from text':  r'\text{$x} \shipout $y',
    'leaves it in pairs':   r'x$ y $z',
    'leaves it by a group': r'\text{{$}x{$}}',
    'display in text':      r'\text{$$x$} $y$',
    'makes a page':         r'\shipout\hbox{x}\newpage',
    'drops the page':       r'\setbox0\hbox{}x',
    'page too many':        r'x\pagebreak y\eject z',
    'many pages in a box':  r'\vbox{x\vspace{9999pt}x}',
    'new line':             'x\n\\end{document}',
    'carriage return':      'x\ry',
    'hides the rest':       r'x % \end{array}',
    'internal name':        r'\@@input canary',
    'marker forged':        r'\message{MARKER 3}',
    'NUL':                  'x\0y',
    'half a character':     'x\ud800y',
    'too long':             'x'*20_000,
    'empty':                '',
    'blanks':               ' \t ',
    'not a string':         None,
    'many columns':         r'\begin{array}{*{5000}{c}} x \end{array}',
    'brace missing':        r'\frac{1}{2',
    'braces missing':       r'\sqrt{\text{\frac{1}{2',
    'brace too many':       r'x}',
    'closes everything':    '}'*20 + 'x',
    'two hundred errors':   'x' + '_2'*200,
    'left without right':   r'\left( x',
    'right without left':   r'x \right)',
    'array never ends':     r'\begin{array}{cc} x & y \\ z',
    'array ends only':      r'x \end{array}',
    'environments crossed': r'\begin{aligned}\begin{matrix} x \end{aligned}\end{matrix}',
    'argument missing':     r'\frac{1}',
    'stray ampersand':      r'x & y',
    'too deep':             '{'*300 + 'x' + '}'*300,
    'endless width':        r'x\hspace{16000pt}y\hspace{16000pt}z',
    'huge box':             r'\rule{9999pt}{9999pt}',
    'largest box':          r'\rule{16383pt}{16383pt}',
    'dimension too large':  r'\hspace{99999999pt}x',
    'number without end':   r'\hspace{' + '9'*5000 + 'pt}x',
    'high box':             r'x \rule{1pt}{1500pt}',
    'less than nothing':    r'\hspace{-300pt}x',
    'out of its box':       r'\rlap{xxxxxxxxxxxxxxxxxxxx}',
    'far right of its box': r'x\rlap{\hspace{300pt}y}',
    'far above its box':    r'x\raisebox{300pt}[0pt][0pt]{y}',
    'far below its box':    r'x\smash{\lower300pt\hbox{y}}',
    'all of it elsewhere':  r'\rlap{\hspace{300pt}y}',
    'million columns':      r'\begin{array}{c}\multicolumn{99999999}{c}{x}\end{array}',
    'wide array':           r'\begin{array}{' + 'c'*400 + '}' + 'xxxx&'*399 + r'x \end{array}',
    'array in array':       r'\begin{array}{c}'*120 + 'x' + r'\end{array}'*120,
    'four to the twentieth': r'\overrightarrow{'*20 + 'x' + '}'*20,
    'split dimension':      r'\begin{array}{c} x \\ [ 4 m m ] y \end{array}',
    'no such letter':       '\u65e5\u672c',
    'emoji':                'x+\U0001f600',
    'right to left':        '\u202ex\u202c',
    'no width':             'x\u200b\u2060y',
    'accent without letter': '\u0301x',
    'line separator':       'x\u2028y',
    'no character':         '\uffff',
    'full-width backslash': '\uff3cinput canary',
    'next line':            'x\x85y',
    'delete':               'x\x7fy',
    'no such glyph':        r'\mathbb{b}',
    'blank':                r'\quad',
    'white on white':       r'\phantom{x}',
}

def pixels(o): return o.image and (o.image.size, o.image.tobytes())

@contextmanager
def watched(folder):
    "A file called canary.tex in a folder that is current, home and TeX's own; afterwards nothing has changed, and nobody has read it"
    path = folder/'canary.tex'; path.write_text('alive')
    os.utime(path, (1e9, 1e9))                      # last read long ago: reading it would move this
    with tempfile.TemporaryDirectory() as temporary, pytest.MonkeyPatch.context() as patch:
        patch.setattr('tempfile.tempdir', temporary); patch.chdir(folder)
        for o in 'HOME TEXINPUTS TEXMFHOME TEXMFOUTPUT'.split(): patch.setenv(o, str(folder))
        yield path
        assert not os.listdir(temporary)            # the room is gone, and nothing was left beside it
    read = path.stat()
    assert (os.listdir(folder), path.read_text(), read.st_atime, read.st_mtime) == (['canary.tex'], 'alive', 1e9, 1e9)

@pytest.fixture
def canary(tmp_path):
    with watched(tmp_path) as path: yield path

@pytest.fixture(scope='session')
def mixed(engine, tmp_path_factory):
    "Every hostile formula between two good ones, all in one call, with the canary watched; the good ones alone"
    good = [GOOD[i%len(GOOD)] for i in range(len(HOSTILE)+1)]
    both = [o for pair in zip(good, HOSTILE.values()) for o in pair] + good[-1:]
    with watched(tmp_path_factory.mktemp('hostile')): res = render(both, engine=engine, timeout=2)
    alone = {o: pixels(render([o], engine=engine)[0]) for o in GOOD}
    return good, res, alone

@pytest.mark.parametrize('i', range(len(HOSTILE)), ids=list(HOSTILE))
def test_hostile_fails_alone(mixed, i):
    good,res,alone = mixed
    assert res[2*i+1].image is None and res[2*i+1].error
    for j in (i,i+1): assert pixels(res[2*j]) == alone[good[j]]

def test_good_ones_are_good(mixed): assert all(mixed[2].values())

def test_faults_in_plain_words(mixed):
    error = {k: mixed[1][2*i+1].error for i,k in enumerate(HOSTILE)}
    assert error['reads a file'] == r'not allowed: \input'
    assert error['runs by environment'] == r'not allowed: \begin{input}'
    assert error['brace too many'].startswith('Extra }')
    assert error['four to the twentieth'] == 'timed out after 2 s'
    assert 'empty' in error['empty'] and 'blank' in error['blank']
    assert 'Larger than' in error['huge box']
    assert error['no such letter'] == 'Unicode character \u65e5 (U+65E5) not set up for use with LaTeX'
    for o in ('far right of', 'far above', 'far below'): assert error[f'{o} its box'] == 'the ink runs out of its box', o
    assert error['leaves it from text'] == 'not allowed: \\shipout'

# The room must hold even if the gate were open: these go to TeX without being asked by `refuse`.
PROGRAMS = {
    'reads':           r'\input{%s}',
    'reads with openin': r'\openin5=%s \ifeof5 \errmessage{closed}\fi \read5 to\x \hbox{\x}',
    'writes':          r'\immediate\openout5=%s \immediate\write5{dead}x',
    'pages':           r'\shipout\hbox{a}x',
    'loops':           r'\loop\iftrue\repeat x',
    'fills memory':    r'\def\x{\hbox{y}\x}\setbox9\vbox{\x}',
    'ends TeX':        r'\csname @@end\endcsname',
    'ends the document': r'\end{document}',
    'breaks a font':   r'\pdfmapline{=cmr17 cmr17 <nosuch.pfb}\hbox{\font\x=cmr17 \x a}',
    'mode':            r'\batchmode\undefined',
    'reads the disguised': '^^5cinput %s',
    'reads by a name':  r'\csname input\endcsname %s',
    'reads with LaTeX': r'\InputIfFileExists{%s}{}{\errmessage{closed}}',
    'dumps':            r'\edef\x{\pdffiledump length 9{%s}}\ifx\x\empty\errmessage{closed}\fi \x',
    'includes':         r'\pdfximage{%s}\pdfrefximage\pdflastximage',
    'writes at the end': r'\newwrite\f\openout\f=%s \write\f{dead}\shipout\hbox{\box0}x',
    'calls itself':     r'\def\x{\x x\x}\x',
    'grows':            r'\def\x{y}\loop\edef\x{\x\x}\iftrue\repeat',
    'counts pages':     r'\global\count0=99 \setbox9\hbox{a}\shipout\copy9 \shipout\copy9 x',
    'no page':          r'\global\let\shipout\setbox x',
    'leaves the box':   r'x$}y\shipout\hbox{$z',
    'gives back nothing': r'\aftergroup\end x',
}

@pytest.mark.parametrize('name', PROGRAMS)
def test_room_holds_with_the_gate_open(engine, canary, name):
    bad = PROGRAMS[name].replace('%s', canary.as_posix())
    res = _batch([GOOD[0], bad, GOOD[1]], engine=engine, timeout=2)
    assert res[1].error and 'alive' not in res[1].error
    assert [pixels(res[0]),pixels(res[2])] == [pixels(o) for o in render(GOOD[:2], engine=engine)]

def test_a_file_can_not_grow_for_ever(engine):
    if sys.platform == 'win32': pytest.skip('no ulimit on Windows')
    loop = r'\immediate\openout5=big \def\x{%s}\loop\iftrue\immediate\write5{\x}\repeat' % ('z'*3000)
    assert not run_tex(engine.path, document(1, engine.packages), loop, timeout=60)[2]   # stopped by its limit, not by the clock

def test_shell_is_closed_with_the_gate_open(engine, tmp_path):
    _batch([r'\immediate\write18{touch %s}x' % (tmp_path/'dead').as_posix()], engine=engine)
    assert not list(tmp_path.iterdir())

def test_a_thousand_culprits(engine, monkeypatch):
    "A TeX that stops at the first formula, whichever it is: each is tried, and no recursion runs out of stack"
    def stops(path, source, formulas, timeout): return re.search(r'\^\^J(\w+) #1', source)[1] + ' 0\n! Stop.\n', None, False
    monkeypatch.setattr('latexocr.render.run_tex', stops)
    assert [o.error for o in _batch(['x']*1500, engine=engine)] == ['Stop']*1500

def test_pixels_do_not_depend_on_company(engine):
    many = [f'{o}+{i}' for i in range(6) for o in GOOD]
    alone = [pixels(render([o], engine=engine)[0]) for o in many[:len(GOOD)]]
    one,three = (list(map(pixels, render(many, engine=engine, workers=w))) for w in (1,3))
    assert one == three and one[:len(GOOD)] == alone and all(one)
    assert list(map(pixels, render(many[::-1], engine=engine, workers=2))) == one[::-1]

def test_pixels_do_not_depend_on_batches_workers_or_executor(engine, monkeypatch):
    many = [f'{o}+{i}' if i%9 else r'\frac{x' for i in range(15) for o in GOOD]            # 105, a few of them broken
    want = list(map(pixels, render(many, engine=engine)))
    assert sum(map(bool, want)) == 91
    for size,workers in itertools.product((1,7,100), (1,2)):
        monkeypatch.setattr('latexocr.render.BATCH', size)
        part = many[:max(14, 5*size)]                                                      # a TeX for each takes a while
        assert list(map(pixels, render(part, engine=engine, workers=workers))) == want[:len(part)], (size,workers)
    with ProcessPoolExecutor(2) as ex: assert list(map(pixels, render(many, engine=engine, executor=ex))) == want

def test_options(engine):
    full,half,bare = (render(GOOD[:1], engine=engine, **kw)[0].image for kw in (dict(downsample=1), {}, dict(downsample=1, pad=0)))
    assert full.mode == half.mode == 'L' and full.getpixel((0,0)) == half.getpixel((0,0)) == 255
    assert half.size == tuple((o+1)//2 for o in full.size)
    assert full.size == tuple(o+16 for o in bare.size)
    large = render(GOOD[:1], engine=engine, dpi=400)[0].image
    assert abs(large.width-8 - 2*(half.width-8)) <= 3
    assert 'megapixels' in render([r'\rule{1900pt}{900pt}'], engine=engine, dpi=1200)[0].error

def test_a_symbol_the_engine_lacks(engine):
    error = render([r'\mathbb{R}'], engine=engine)[0].error
    assert error is None if 'amssymb' in engine.packages else r'\mathbb' in error and engine.name in error

def test_engines_agree_within_pixels():
    needs('system'); needs('wheel')
    for a,b in zip(render(GOOD, engine='system'), render(GOOD, engine='wheel')):
        assert all(abs(x-y) <= 3 for x,y in zip(a.image.size, b.image.size))

def test_no_engine(monkeypatch):
    monkeypatch.setattr('shutil.which', lambda *a, **k: None)
    for name in ('auto','system','wheel'):
        with pytest.raises(EngineError, match='texlive-latex-base'): find_engine(name)
    with pytest.raises(EngineError): render(['x'])

def test_executor_of_processes(engine):
    with ProcessPoolExecutor(2) as ex: res = render(GOOD, engine=engine, workers=2, executor=ex)
    assert list(map(pixels, res)) == list(map(pixels, render(GOOD, engine=engine)))

def test_executor_of_a_dask_cluster():
    distributed,engine = pytest.importorskip('distributed'),find_engine()
    many = [f'{o}+{i}' for i in range(4) for o in GOOD] + [r'\frac{x', r'\input{x}']
    local = distributed.LocalCluster(processes=True, n_workers=2, threads_per_worker=1, dashboard_address=None)
    with local as cluster, distributed.Client(cluster) as client:
        with client.get_executor() as ex: res = render(many, engine=engine, workers=6, executor=ex)
        pids = set(client.run(os.getpid).values())
    assert len(pids)==2 and os.getpid() not in pids
    want = render(many, engine=engine)
    assert list(map(pixels, res)) == list(map(pixels, want)) and [o.error for o in res] == [o.error for o in want]

def test_an_executor_gets_all_the_work(engine):
    "Nothing is drawn but through it, and it stays open: it is the caller's"
    class Counting(ThreadPoolExecutor):
        jobs = 0
        def submit(self, f, *args, **kwargs): self.jobs += 1; return super().submit(f, *args, **kwargs)
    with Counting(1) as ex:
        for n in (3,6):
            assert all(o.image for o in render(GOOD, engine=engine, workers=3, executor=ex))
            assert ex.jobs == n

def test_mathematics_inside_text(engine):
    a,b,bad = render([r'\text{if $x_{1}>0$}', r'\mbox{if }x_{1}>0', r'\mathrm{a $x$}'], engine=engine)
    assert a.image.size == b.image.size and '$' in bad.error and refuse(r'\text{$x$ and \text{$y$}}') is None
    for o in (r'\text{$x}', r'\text{a$}', r'\text{{$x$}}', r'x$', r'\text x$y$', r'\text\{$x$\}', r'\text{a}{$x$}'): assert refuse(o), o

def test_from_a_plain_script(engine, tmp_path):
    "No `if __name__ == '__main__'`, more formulas than one batch"
    script = tmp_path/'script.py'
    script.write_text(textwrap.dedent(f'''
        from latexocr.render import render
        res = render([f'x_{{{{{{i}}}}}}' for i in range(250)], engine={engine.name!r}, workers=2)
        print(sum(o.error is None for o in res))'''))
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=120)
    assert (done.stdout.strip(), done.stderr) == ('250', '')

def test_imports_are_light():
    code = 'import sys, latexocr.render; print([o for o in ("torch","fastai","matplotlib","IPython","nbdev","pyarrow") if o in sys.modules])'
    assert subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, timeout=600).stdout.strip() == '[]'

def test_allowlist_holds_no_program():
    for o in 'input include write openin openout read special def gdef edef let newcommand csname catcode loop read pdfobj shipout'.split():
        assert refuse(f'\\{o} x') == f'not allowed: \\{o}'
    assert not any('@' in o or o.startswith(('\\pdf', '\\if', '\\every')) for o in ALLOWED - {r'\iff'})
    assert not {'document', 'filecontents', 'verbatim'} & ENVIRONMENTS

FEW = ['times','palatino','txfonts']   # what texlive-fonts-recommended has, which `make system` installs
ALPHABETS = [r'\mathcal{A}', r'\mathscr{B}', r'\mathbb{C}', r'\mathfrak{D}', r'\mathbf{E}', r'\boldsymbol{F}', r'\mathsf{G}', r'\mathtt{H}', r'\mathit{I}',
             r'\mathrm{J}', r'\text{K}', r'\leqslant', r'\boldsymbol{\mathcal{L}\mathfrak{M}\mathbb{N}\mathsf{O}\mathtt{P}}']
ROWS = r'\begin{aligned}' + r'\\'.join(rf'a_{{{i}}} &= \sum_{{k=1}}^{{\infty}} \frac{{x^{{k}}}}{{k!}}' for i in range(12)) + r'\end{aligned}'
WIDE = '+'.join(rf'a_{{{i}}}x^{{{i}}}' for i in range(26))

@pytest.fixture(scope='session')
def few():
    engine = needs('system')
    if set(FEW) & set(missing_typefaces(engine)): missing('texlive-fonts-recommended')
    return engine

def test_packages_beyond_amssymb_change_no_picture(engine):
    "mathtools, for one, draws braces over a formula a pixel higher than amsmath does"
    many = GOOD + ALPHABETS[2:] + [r'\overbrace{x_1+\dots+x_n}^{n}+\underbrace{y}_{1}', r'\underset{x}{\max}\xrightarrow[a]{b}\overline{AB}', r'\sqrt[3]{\vdots}']
    plain = replace(engine, packages=engine.packages[:2])
    assert list(map(pixels, render(many, engine=engine))) == list(map(pixels, render(many, engine=plain)))

def test_a_typeface_for_each_formula(few):
    "The same picture alone, among its like and among others; what one can't draw harms none of the others"
    many = [o for o in [*GOOD, r'\frac{x', r'\boldsymbol{x}'] for _ in range(4)]
    faces = ['cm','times','txfonts','lmodern']*(len(many)//4)
    mixed = render(many, typeface=faces, engine=few, workers=3)
    assert all(len({pixels(o) for o in mixed[4*i:4*i+3]})==3 for i in range(len(GOOD)))
    for k,name in enumerate(faces[:4]):
        alone = render(many[k::4], typeface=name, engine=few)
        assert list(map(pixels, mixed[k::4])) == list(map(pixels, alone)) and [o.error for o in mixed[k::4]] == [o.error for o in alone]
    assert pixels(render(GOOD[:1], typeface='times', engine=few)[0]) == pixels(mixed[1])
    assert mixed[-3].error == r'not in the typeface times: \boldsymbol' and mixed[-4].image

def test_hostile_formulas_in_another_typeface(few):
    res = render([GOOD[0], r'\overrightarrow{'*20+'x'+'}'*20, r'\frac{1}{2', '{'*300+'x'+'}'*300, GOOD[1]], typeface='times', engine=few, timeout=2)
    assert [bool(o.error) for o in res] == [False,True,True,True,False] and res[1].error == 'timed out after 2 s'
    assert [pixels(res[0]),pixels(res[4])] == list(map(pixels, render(GOOD[:2], typeface='times', engine=few)))

def test_a_typeface_that_is_not_what_it_says(engine):
    "Its formulas are errors that name it; those in other typefaces are drawn"
    for preamble,why in ((r'\usepackage{nosuchfont}', 'nosuchfont.sty'), (r'\nosuchcommand', 'nosuchcommand')):
        bad,good = render(['x','x'], typeface=[Typeface('broken', preamble), 'cm'], engine=engine)
        assert good.image and bad.error.startswith('typeface broken: ') and why in bad.error

def test_typefaces_the_small_tex_lacks():
    engine = needs('wheel')
    assert available_typefaces(engine) == ['cm','lmodern']
    res = render(['x']*4, typeface=['cm','stix2','lmodern','times'], engine=engine)
    assert [bool(o.error) for o in res] == [False,True,False,True]
    assert 'stix2.sty' in res[1].error and 'texlive-fonts-extra' in res[1].error and 'texlive-fonts-recommended' in res[3].error

def test_borrowed_glyphs(few):
    for borrow in (True,False):
        res = render([r'\mathsf{x}+y', 'x+y', r'\mathsf{x}', r'\mathbb{R}'], typeface=['times']*2+['cm','times'], borrow=borrow, engine=few)
        assert [o.borrowed for o in res] == [('CMSS10',),(),(),()]
        assert [o.error for o in res] == [None if borrow else 'glyphs borrowed from CMSS10', None, None, None]

@pytest.mark.parametrize('name', FEW)
def test_typeface(few, name): check_typeface(few, name)

@pytest.mark.slow
@pytest.mark.parametrize('name', [o for o in TYPEFACES if o not in ('cm',*FEW)])
def test_every_typeface(few, name):
    if name in missing_typefaces(few): missing(name)
    check_typeface(few, name)

def check_typeface(engine, name):
    "No two formulas have one picture; all alphabets fit into one batch; letters, long sums and many rows are drawn, and in its own fonts"
    assert confusions(name, engine) == []
    free = replace(TYPEFACES[name], cannot=())
    many = [*GOOD, *'ABCxyz0123', r'\alpha\beta\gamma\Gamma\Delta', *ALPHABETS, ''.join(ALPHABETS), ROWS, WIDE]
    res = render(many, typeface=free, engine=engine)
    assert not [(f,o.error) for f,o in zip(many, res) if o.error]
    assert not any(o.borrowed for o in res[:len(GOOD)+11])
    assert res[-1].image.width>600 and res[-2].image.height>400
    again = render(many[::-1], typeface=free, engine=engine)[::-1]
    assert list(map(pixels, again)) == list(map(pixels, res))

def test_bench_runs_without_the_corpus(engine):
    "Each route draws something; how fast is not tested"
    tool = Path(__file__).resolve().parent.parent/'tools/bench/render.py'
    args = f'{tool} --corpus nowhere --n 22 --baseline 2 --engine {engine.name} --all --workers 2'.split()
    done = subprocess.run([sys.executable, *args], capture_output=True, text=True, timeout=120)
    assert done.returncode==0 and 'the bundled ones repeated' in done.stdout, done.stderr
    rows = {o.split(' | ')[0]: o.split(' | ')[2] for o in done.stdout.splitlines() if o.startswith(('| latexocr', '| the original'))}
    assert rows[f'| latexocr, {engine.name}'] == rows['| the original, pdfium'] == '100.00 %'

def test_bench_of_typefaces():
    engine = needs('wheel')
    tool = Path(__file__).resolve().parent.parent/'tools'/'bench'/'render.py'
    args = f'{tool} --typefaces --formulas 3 --corpus nowhere --engine wheel'.split()
    done = subprocess.run([sys.executable, *args], capture_output=True, text=True, timeout=120)
    rows = [o.split(' | ') for o in done.stdout.splitlines() if o.startswith('| ')][1:]
    assert done.returncode==0 and [o[0] for o in rows] == ['| cm','| lmodern'] and all(o[2]=='3' for o in rows), done.stderr
    assert 'typeface stix2: the TeX in use (wheel) has no stix2.sty' in done.stdout
