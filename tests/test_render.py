"What a notebook can't hold well: broken and hostile formulas, in both TeX engines"
import subprocess, sys, textwrap
from concurrent.futures import ProcessPoolExecutor
import pytest
from conftest import needs
from latexocr.render import EngineError, _batch, document, find_engine, refuse, render, run_tex

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
    'special':              r'\special{psfile=canary}',
    'redefines a macro':    r'\gdef\frac#1#2{x}\renewcommand{\sqrt}{y}',
    'changes characters':   r'\catcode`\{=12 x',
    'leaves mathematics':   r'x$}\shipout\hbox{$y',
    'makes a page':         r'\shipout\hbox{x}\newpage',
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
    'high box':             r'x \rule{1pt}{1500pt}',
    'less than nothing':    r'\hspace{-300pt}x',
    'out of its box':       r'\rlap{xxxxxxxxxxxxxxxxxxxx}',
    'million columns':      r'\begin{array}{c}\multicolumn{99999999}{c}{x}\end{array}',
    'four to the twentieth': r'\overrightarrow{'*20 + 'x' + '}'*20,
    'split dimension':      r'\begin{array}{c} x \\ [ 4 m m ] y \end{array}',
    'no such letter':       '\u65e5\u672c',
    'no such glyph':        r'\mathbb{b}',
    'blank':                r'\quad',
}

def pixels(o): return o.image and (o.image.size, o.image.tobytes())

@pytest.fixture(scope='session')
def mixed(engine):
    "Every hostile formula between two good ones, all in one call; the good ones alone"
    good = [GOOD[i%len(GOOD)] for i in range(len(HOSTILE)+1)]
    both = [o for pair in zip(good, HOSTILE.values()) for o in pair] + good[-1:]
    res = render(both, engine=engine, timeout=2)
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
    assert '\u65e5' in error['no such letter']

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
}

@pytest.mark.parametrize('name', PROGRAMS)
def test_room_holds_with_the_gate_open(engine, tmp_path, name):
    canary = tmp_path/'canary.tex'; canary.write_text('alive')
    bad = PROGRAMS[name].replace('%s', canary.as_posix())
    res = _batch([GOOD[0], bad, GOOD[1]], engine, timeout=2)
    assert res[1].error
    assert [pixels(res[0]),pixels(res[2])] == [pixels(o) for o in render(GOOD[:2], engine=engine)]
    assert canary.read_text()=='alive' and [o.name for o in tmp_path.iterdir()] == ['canary.tex']

def test_a_file_can_not_grow_for_ever(engine):
    if sys.platform == 'win32': pytest.skip('no ulimit on Windows')
    loop = r'\immediate\openout5=big \def\x{%s}\loop\iftrue\immediate\write5{\x}\repeat' % ('z'*3000)
    assert not run_tex(engine.path, document(1, engine.packages), loop, timeout=60)[2]   # stopped by its limit, not by the clock

def test_shell_is_closed_with_the_gate_open(engine, tmp_path):
    _batch([r'\immediate\write18{touch %s}x' % (tmp_path/'dead').as_posix()], engine)
    assert not list(tmp_path.iterdir())

def test_pixels_do_not_depend_on_company(engine):
    many = [f'{o}+{i}' for i in range(6) for o in GOOD]
    alone = [pixels(render([o], engine=engine)[0]) for o in many[:len(GOOD)]]
    one,three = (list(map(pixels, render(many, engine=engine, workers=w))) for w in (1,3))
    assert one == three and one[:len(GOOD)] == alone and all(one)
    assert list(map(pixels, render(many[::-1], engine=engine, workers=2))) == one[::-1]

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
    assert subprocess.run([sys.executable, '-c', code], capture_output=True, text=True).stdout.strip() == '[]'

def test_allowlist_holds_no_program():
    for o in 'input include write openin openout read special def gdef edef let newcommand csname catcode loop read pdfobj shipout'.split():
        assert refuse(f'\\{o} x') == f'not allowed: \\{o}'
