"Proof by picture: what `normalize` returns draws what it was given, blank columns aside; and a wrong rule is caught"
import importlib.util, os, random, sys
from collections import Counter
from pathlib import Path
import numpy as np
import pytest
from conftest import needs
from latexocr import normalize as N
from latexocr.tex import heights as H, packages, spacing
from latexocr.render import render
from odd import odd_formulas

root = Path(__file__).resolve().parent.parent
spec = importlib.util.spec_from_file_location('check_normalize', root/'tools/bench/normalize_proof.py')
check = importlib.util.module_from_spec(spec); spec.loader.exec_module(check)
inf = float('inf')

def small():
    "The bundled formulas"
    return [o for p in sorted((root/'latexocr/small').glob('*.txt')) for o in check.read(p)]

def corpus(n):
    "`n` real formulas, as many from each file of the corpus; none where there is no corpus"
    folder = Path(os.environ.get('LATEXOCR_CORPUS', root.parent/'shared/corpus')); paths = sorted(folder.glob('*.txt.xz'))
    return [o for p in paths for o in random.Random(0).sample(check.read(p), n//len(paths)+1)][:n]

def verdicts(formulas, slack=inf):
    res = check.prove(formulas, slack=slack, engine=check.full_engine())
    return Counter(r[2] for r in res), [r for r in res if r[2]=='differs']

@pytest.fixture(scope='module', autouse=True)
def tex(): needs('system')

# --- the proof

def test_two_hundred_formulas():
    count,wrong = verdicts(odd_formulas(100) + small()[:100])
    assert not wrong and count['same']>=198, (count, wrong)

def test_gaps_too():
    count,wrong = verdicts(odd_formulas(50, seed=1), slack=7.2)
    assert not wrong and count['same']>=49, (count, wrong)

@pytest.mark.slow
def test_two_thousand_formulas():
    count,wrong = verdicts(odd_formulas(1890, seed=7) + small())
    assert len(wrong)<=2 and count['same']>=1990, (count, wrong)

@pytest.mark.slow
def test_two_thousand_real_formulas():
    formulas = corpus(2000)
    if not formulas: pytest.skip('no corpus')
    count,wrong = verdicts(formulas)
    assert len(wrong)<=.002*count['same'] and count['refused']<.01*len(formulas), (count, wrong)

BOOKS = [r'\bra{x}H\ket{\psi}+\Braket{a|b}', r'\set{x|x>0}\cup\Set{\frac12|y}', r'\mathscr{L}_x+\cancel{x}^2', r'\xcancel{ab}\cancelto{0}{x}', r'\xleftrightarrow[a]{bcd}\xRightarrow{ab}',
    r'\genfrac(){0pt}{}{n}{k}+\genfrac{}{}{}{1}{n}{k}', r'\genfrac[]{0pt}{}{a}{b}', r'\fbox{is $x$ }y', r'a\raisebox{2pt}{\hbox{$x^2$}}b', r"\sideset{}{'}\sum_n x", r'\mathchoice{a}{b}{c}{d}^{\mathchoice{a}{b}{c}{d}}',
    r'\begin{bmatrix*}[r]-11&21\\3&4\end{bmatrix*}', r'\begin{array}{cc@{\quad}r}a&b&c\\d&e&f\end{array}', r'\sum_{\begin{subarray}{c}a\\bcd\end{subarray}}',
    r'{{a\atop b}\atop c}', r'\underbracket{x+y}_{n}', r'\upalpha+\upbeta', r'\text{\underline{abc} de}', r'\smash[b]{y}+\xrightarrow[{[x]}]{a}', r'\overset{a}{b}\underset{c}{d}', r'\mathrel{\l}+\l_i',
    r'\text{if $\sum_i^n\frac12x^2$}+\mbox{if $\sum_i^n\frac12$}', r'\begin{matrix}a\\ \noalign{\smallskip}b\end{matrix}', r'\hbox to 3em{S\hfil}x', r'\text{a{\mit b}c}']

def test_what_packages_define():
    count,wrong = verdicts(BOOKS)
    assert not wrong and count['same']==len(BOOKS), (count, wrong)

@pytest.mark.parametrize('f', [r'\begin{dcases}\frac12&x\\a&y\end{dcases}', r'\prescript{14}{6}{C}', r'x\coloneqq y', r'\begin{pmatrix*}[r]1\\-2\end{pmatrix*}'])
def test_what_is_nearly_the_same(f):
    "Two columns of a table or two scripts stand a little apart, a colon a third of a point lower"
    with check.books_allowed(): a,b = render([f, N.normalize(f)], dpi=400, downsample=1, engine=check.full_engine())
    assert abs(a.image.height-b.image.height)<=2 and abs(a.image.width-b.image.width)<=60

# --- can it fail?

def swapped(n, font, style, hung=None, right=N.RULES['script']):
    o = right(n, font, style, hung)
    for s in o:
        if s.kind=='script': s.kids[1:] = s.kids[:0:-1]
    return o

def upright(n, font, style, hung=None): return [N.Node('group', '', [N.canonical_form(n.kids[0], '\\mathrm', style)])]

WRONG = dict(
    leq=(N.ALIAS, '\\leq', '<', r'a+b\leq c'), prime=(N.ALIAS, '\\prime', '~', r"f'+x"), bar=(N.ALIAS, '\\bar', '\\hat', r'\bar x+\bar{y}'),
    epsilon=(N.ALIAS, '\\varepsilon', '\\epsilon', r'1-\varepsilon'), dots=(N.ALIAS, '\\ldots', '\\cdots', r'a\ldots b'),
    swap=(N.RULES, 'script', swapped, 'x_a^b+y'), bold=(N.RULES, '\\mathbf', upright, r'\mathbf{x}y'),
    fraction=(N.RULES, '\\frac', lambda n, font, style, hung=None: [N.Node('call', '\\tfrac', n.kids)], r'\frac{a}{b}+1'))

@pytest.mark.parametrize('name', WRONG)
def test_a_wrong_rule_is_caught(name, monkeypatch):
    table,key,value,formula = WRONG[name]
    assert verdicts([formula])[0]==Counter(same=1)
    monkeypatch.setitem(table, key, value)
    assert verdicts([formula])[0]==Counter(differs=1)

def test_a_wrong_macro_is_caught(monkeypatch):
    assert verdicts([r'\bra{x}y'])[0]==Counter(same=1)
    monkeypatch.setitem(packages.MACROS, '\\bra', ('m', lambda a: ['|',*a,'\\rangle']))
    assert verdicts([r'\bra{x}y'])[0]==Counter(differs=1)

def test_lost_braces_are_caught(monkeypatch):
    formulas = ['a{=}b', 'a{+}b', r'\frac{x{-}y}{2}', r'\log{(}x)']
    assert verdicts(formulas, slack=7.2)[0]==Counter(same=4)
    monkeypatch.setattr(spacing, '_loose', lambda g, prev, q: True)
    assert verdicts(formulas, slack=7.2)[0]['differs']>=3

def test_widths_and_small_brackets_are_caught(monkeypatch):
    "The rules that merge spaces and make fences plain, and the same rules a little wrong"
    formulas = [r'a~~~b', r'a\,\,b', r'=\ -x', r'f\left(x\right)', r'\left(y_i\right)a', r'\Bigl(a\Bigr)b', r'x_{a\perp b}', '{x^i}_j+{p_1}^2', r'a\hspace{10pt}b']
    assert verdicts(formulas, slack=2)[0]==Counter(same=len(formulas))
    monkeypatch.setattr(spacing, '_mu', lambda n: 18 if n.token=='~' else 3)
    assert verdicts(formulas[:2], slack=2)[0]['differs']==1
    monkeypatch.setattr(H, 'gap', lambda p, q: 0)                              # then no thin space is written beside a bracket
    assert verdicts(formulas[3:5], slack=2)[0]['differs']==2
    monkeypatch.setattr(H, '_flat', lambda n, size: True)
    assert verdicts([r'=\left(\frac12\right)'], slack=2)[0]['differs']==1

def low():
    "Each character and script that is taken to fit into normal brackets, in brackets that would grow"
    chars,fonts = sorted(H.CHARS),[(f,t) for f in N.FONTS for t in sorted(N.LETTERS) if t.isupper() or f not in ('\\mathcal','\\mathbb','\\mathscr')]
    inside = [o for t in sorted(H.FLAT) for o in (f'x {t} y', f'{{{t}}}')]
    inside += [o for t in chars for o in (t+'_{y}', t+r'^{\mu}', t+"'", t+r'_n^\prime', f'f_{{{t}}}', f'f_{{{t}_n}}')]
    inside += [o for t in sorted(H.SHORT) for o in (rf'\Gamma^{{{t}}}', *(f'{a}{{{t}}}' for a in [*N.ACCENTS, '\\overline']))]
    inside += [f'f_{{{t}}}^{s}' for t in sorted(H.LOW|N.DIGITS) for s in ('a','*',r'\prime')] + [rf'f_{{\mu_{{{t}}}}}' for t in sorted(H.LOW|N.DIGITS)]
    inside += [o for f,t in fonts if f not in ('\\mathtt','\\mathscr') for o in (f'{f}{{{t}}}_{{y}}', f'f_{{{f}{{{t}}}}}')] + ['f^{%s}' % t for t in '*=,.'] + ['f_{%s}' % t for t in '+-*=<>,.']
    return [rf'=\left({o}\right)=' for o in inside] + [rf'\frac{{\left(f^{t}\right)}}2' for t in '+-t']

def test_what_fits_into_normal_brackets():
    formulas = low(); plain = [o for o in formulas if r'\right)' not in N.normalize(o)]
    assert len(plain)==len(formulas)>2000
    count,wrong = verdicts(formulas, slack=2)
    assert not wrong and count['same']==len(formulas), wrong

@pytest.mark.parametrize('table, more, inside', [('SUP', '2', 'x^2'), ('SUB', '(', 'x_('), ('SHORT', 'b', r'\bar b'), ('LOW', 'y', 'x_y^a'), ('FLAT', r'\sum', r'\sum'), ('CHARS', r'\int', r'\int_a')])
def test_what_does_not_fit_is_caught(table, more, inside, monkeypatch):
    formula = rf'=\left({inside}\right)='
    assert r'\right)' in N.normalize(formula)
    monkeypatch.setattr(H, table, getattr(H, table)|{more})
    assert r'\right)' not in N.normalize(formula) and verdicts([formula])[0]['differs']==1

def test_a_wrong_rule_shows_in_the_sample(monkeypatch):
    monkeypatch.setitem(N.ALIAS, '\\alpha', '\\beta'); monkeypatch.setitem(N.ALIAS, '\\lambda', '\\kappa')
    assert verdicts(odd_formulas(100) + small()[:100])[1]

def pictures(*formulas): return [o.image for o in render(formulas, dpi=400, downsample=1)]

def test_what_same_picture_forgives_and_what_not():
    a,b,c,d,e = pictures('a+b', 'a+\\,b', 'a+b\\,', 'a+c', 'a+b_1')
    assert check.same_picture(a, a, 0) and check.same_picture(a, c) and check.same_picture(a, b, inf)
    assert not check.same_picture(a, b) and not check.same_picture(a, d, inf) and not check.same_picture(a, e, inf)

def test_a_blank_picture_is_like_a_blank_one():
    blank = np.full((9,9), 255, 'uint8')
    assert check.same_picture(blank, blank)

def test_tables_are_compared_line_by_line():
    a,b,c = pictures(*[r'\left(\begin{matrix}a %s b&c\\d&efg\end{matrix}\right)' % o for o in ('\\,','\\;','+')])
    assert check.same_picture(a, b, inf) and not check.same_picture(a, c, inf)

def test_command(tmp_path, capsys):
    (tmp_path/'few.txt').write_text('x^2_i\na{=}b\n\\foo\n\\frac12\n')
    total = check.main(['--corpus', str(tmp_path)])
    out = capsys.readouterr().out
    assert total['formulas']==4 and total['good']==3 and total['drawn']==total['same']==total['strict']==3
    assert '75.00' in out and "unknown command: '\\\\foo'" in out and 'cores' in out
    with pytest.raises(SystemExit): check.main(['--corpus', str(tmp_path/'none')])
