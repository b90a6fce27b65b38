"normalize, detokenize and mine_formulas: what must hold for any input"
import lzma, os, random, time
from pathlib import Path
import pytest
from latexocr.normalize import COMMANDS, NormalizeError, detokenize, mine_formulas, normalize, tokenize
from odd import odd_formulas

root = Path(__file__).resolve().parent.parent
PIECES = r'''\[ \] $ $$ { } \begin{align} \end{align} \begin{equation} \end{equation} \def\a \def\a{ \def\a#1{#1#1} \newcommand{\b}[9]{ \newcommand{\c}{\c\c}
    $\a$ \a{ % \ \\ \\[ & \label{ \( \) \tag a #1 \ensuremath \ensuremath{ \eqno x^2 \DeclareMathOperator{\d}{d} \begin{array}{c} \end{array} ^^M ~'''.split() + [' ','\n','\n\n','\0','é','\ud800']

def check(formula):
    n = normalize(formula)
    assert normalize(n)==n and tokenize(n)==n.split() and normalize(detokenize(n))==n
    return n

def test_odd_spellings_have_a_fixed_point():
    for f in odd_formulas(1000, seed=3): check(f)

def test_published_tokens_have_a_fixed_point():
    for p in (root/'latexocr/small').glob('*.txt'):
        for f in p.read_text(encoding='utf-8').splitlines():
            check(f); o = normalize(f, style='im2latex')
            assert normalize(o, style='im2latex')==o

@pytest.mark.slow
def test_the_corpus_has_a_fixed_point():
    paths = sorted(Path(os.environ.get('LATEXOCR_CORPUS', root.parent/'shared/corpus')).glob('*.txt.xz'))
    if not paths: pytest.skip('no corpus')
    for p in paths:
        formulas = lzma.open(p).read().decode('utf-8').split('\n'); bad = 0
        for f in random.Random(0).sample(formulas, min(2000, len(formulas))):
            try: check(f)
            except NormalizeError: bad += 1
        assert bad<=.08*min(2000, len(formulas)), p.name

@pytest.mark.parametrize('a, b', [
    (r'\root 3\of x', r'\sqrt[3]{x}'), (r'\buildrel *\over =', r'\stackrel{*}{=}'), (r'i\rlap/\partial', r'i\rlap{/}\partial'), (r'a\dots +', r'a\cdots+'),
    (r'a\dots\neq', r'a\ldots\neq'), (r'(a,\dots)', r'(a,\ldots\,)'), (r'\int\dots\int', r'\int\!\cdots\int'), (r'a,\dotsc, b', r'a,\ldots,b'),
    (r'\text{\bf 1}_2', r'\textbf{1}_2'), (r'\tt\sqrt[3]{\Subset}', r'\sqrt[3]{\Subset}'), (r'f\restriction_V', r'f\upharpoonright_V')])
def test_one_spelling(a, b): assert check(a)==check(b)

@pytest.mark.parametrize('bad', ['{', '}', '^', 'a^b^c', r'\frac', r'\left(', r'\foo', r'\begin{array}', r'\begin{array}{*{9}{c}}a\end{array}', r'\text{', r'\root 3',
    r'\buildrel x', '#', '$x$', r'\hspace{\x}', '{'*5000, 'x'*30_000, '\0', '\ud800', r'\rule{1pt}'])
def test_what_cannot_be_read_is_refused(bad):
    with pytest.raises(NormalizeError) as e: normalize(bad)
    assert isinstance(e.value.position, int) and str(e.value.position) in str(e.value)

def test_normalize_survives_anything():
    rng,words = random.Random(0),sorted(COMMANDS)+list('{}^_&[]$%~ 12ab') + [r'\begin{array}{c}', r'\end{array}', r'\left(', r'\right)']
    start = time.process_time()
    for _ in range(3000):
        try: check(''.join(rng.choice(words)+rng.choice(['',' ']) for _ in range(rng.randint(1, 12))))
        except NormalizeError: pass
    assert time.process_time()-start<20

# --- mining

PAPER = r'''
\newcommand{\eps}{\varepsilon} \newcommand{\avg}[1]{\langle #1\rangle} \def\half{\frac12} \def\vv#1{\mathbf{#1}} \DeclareMathOperator{\Tr}{Tr}
$\eps$ \(\avg{\vv x}\) 50\% \$3 % $no$
\[\half\label{a}\] $$\avg\eps\eqno(2)$$ \begin{equation}\Tr a\tag{1}\end{equation}
\begin{align}a&=b\\[2pt] c&=\begin{matrix}1&2\\3&4\end{matrix}\nonumber\\\intertext{and} d&=e\end{align}
\begin{gather*}f\\g\end{gather*} \begin{eqnarray}h&=&i\\&&j\end{eqnarray} \begin{multline}k\\l\end{multline} \begin{alignat}{2}m&=n\end{alignat}'''

def test_mine_finds_all():
    found = [normalize(o) for o in mine_formulas(PAPER)]
    right = [r'\varepsilon', r'\langle\mathbf{x}\rangle', r'\frac12', r'\langle\varepsilon\rangle', r'\operatorname{Tr}a', 'a=b',
             r'c=\begin{matrix}1&2\\3&4\end{matrix}', 'd=e', 'f', 'g', 'h=i', 'j', 'k', 'l', 'm=n']
    assert found==[normalize(o) for o in right]

def test_mine_knows_where_maths_ends():
    assert mine_formulas('costs 5$ here\n\n$x$$y$ \\begin{equation}a \\begin{equation}b\\end{equation}')==['x','y','b']

@pytest.mark.parametrize('piece', PIECES)
@pytest.mark.parametrize('before', ['', '\\begin{align}', '\\def\\a{\\a\\a}$', '\\newcommand{\\a}[1]{#1#1}$\\a{\\a{\\a{'])
def test_mining_is_linear(piece, before):
    start = time.process_time(); mine_formulas(before + piece*(50_000//len(piece)))
    assert time.process_time()-start<3

def test_mining_survives_anything():
    rng,start = random.Random(1),time.process_time()
    for _ in range(500):
        for o in mine_formulas(''.join(rng.choice(PIECES) for _ in range(rng.randint(1, 300)))): assert isinstance(o, str) and o
    assert time.process_time()-start<20
