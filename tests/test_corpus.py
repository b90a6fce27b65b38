"Formula files out of checkouts: macros are spelt out, blocks stay whole, a tenth is set aside, nothing banned comes back"
import json, lzma, subprocess, sys
from pathlib import Path
import pytest

tools = Path(__file__).resolve().parent.parent/'tools'/'data'/'corpus'
sys.path.insert(0, str(tools))
import macros, sources
from latexocr.datasets.grammar import MADE, alphabet, new_writer, write_formulas, write_pairs
from latexocr.normalize import normalize

@pytest.mark.parametrize('definition,used,wanted', [
    (r'\newcommand{\vv}[1]{\mathbf{#1}}', r'\vv x+\vv{ab}', r'\mathbf{x}+\mathbf{ab}'),
    (r'\newcommand{\pd}[2][t]{\partial_{#1}#2}', r'\pd u+\pd[x]{u}', r'\partial_{t}u+\partial_{x}u'),
    (r'\DeclareDocumentCommand \Sat { t{/} m o } { \IfBooleanTF{#1}{\nvDash}{\vDash} #2 \IfNoValueTF{#3}{}{[#3]} }',
        r'\Sat/{A}[s]\Sat{B}', r'\nvDash A [s] \vDash B'),
    (r'\DeclareMathOperator{\Tr}{Tr}', r'\Tr A', r'\operatorname{Tr} A'),
    (r'\DeclarePairedDelimiter\abs{\lvert}{\rvert}', r'\abs{x}', r'\left\lvert x\right\rvert'),
    (r'\def\R{\mathbb R}', r'\R^n', r'\mathbb R^n'),
    (r'\let\To=\longrightarrow', r'a\To b', r'a\longrightarrow b')])
def test_macros(definition, used, wanted):
    got = macros.expand(used, macros.definitions(definition))
    assert normalize(got)==normalize(wanted)

def test_a_definition_over_several_lines_makes_no_paragraph():
    known = macros.definitions('\\DeclareDocumentCommand \\Proves { o } {\n \\IfNoValueTF {#1}\n\n    { \\vdash }\n    { \\vdash_{#1} }\n}')
    assert [normalize(o) for o in sources.mine(r'so $p \Proves q$ and text', known)] == [normalize(r'p\vdash q')]

def test_a_macro_of_itself_ends(): assert len(macros.expand(r'\a', {'\\a':([],['\\a','\\a'])}, 1000))<10_000

def test_blocks_whole_and_by_row():
    found = sources.mine(r'\begin{align} a &= b \label{x} \\ c &= d \\ \end{align} and \begin{gather} x \\ y \end{gather}')
    wanted = ['a=b', 'c=d', r'\begin{aligned}a&=b\\c&=d\end{aligned}', 'x', r'\begin{gathered}x\\y\end{gathered}']
    assert {normalize(o) for o in found} >= {normalize(o) for o in wanted}

def test_a_quoted_block_is_left_out():
    assert sources.mine(r'\begin{verbatim}\begin{align}a\\b\end{align}\end{verbatim} $x$')==['x']

def test_spalign():
    assert normalize(sources.spalign(r'\mat{1 2; 3 4}')) == normalize(r'\begin{pmatrix}1&2\\3&4\end{pmatrix}')
    assert normalize(sources.spalign(r'\amat{1 2 5; 0 1 3}')) == normalize(r'\left(\begin{array}{cc|c}1&2&5\\0&1&3\end{array}\right)')
    assert normalize(sources.spalign(r'A\vec[r]{-1 2}')) == normalize(r'A\left(\begin{array}{r}-1\\2\end{array}\right)')
    system = r'\left\{\begin{array}{rcrcr}x&+&y&=&3\\2x&-&y&=&0\end{array}\right.'
    assert normalize(sources.spalign(r'\syseq{x + y = 3; 2x - y = 0}')) == normalize(system)

def repository(folder, files):
    for name,text in files.items(): (folder/name).parent.mkdir(parents=True, exist_ok=True); (folder/name).write_text(text)
    git = ['git','-C',str(folder),'-c','user.name=a','-c','user.email=a@b.c']
    for args in (['init','-q'], ['add','-A'], ['commit','-qm','a']): subprocess.run(git+args, check=True, timeout=60)

def lines(path): return [o for o in lzma.open(path, 'rt').read().split('\n') if o]

def test_corpus_from_checkouts(tmp_path):
    many = ' '.join(f'<m>f_{{{i}}}(x)=x^{{{i}}}+{i}y</m>' for i in range(60))
    repository(tmp_path/'in'/'twjudson+aata', {'src/bookinfo.xml': r'<macros>\newcommand{\lcm}{\operatorname{lcm}}</macros>',
        'src/a.xml': many+r'<me>\lcm(a,b) &lt; c + 1</me><md><mrow>a \amp = b+1</mrow><mrow>c \amp = d</mrow></md><m>a^2+b^2=c^2</m>'})
    repository(tmp_path/'in'/'d2l-en', {'chapter_x/a.md': 'it costs $50% + 1$ and\n\n$$\\mathbf{x}_1 = y$$\n```\n$not_this$\n```\n'})
    (tmp_path/'ban.txt').write_text('a^{2} + b^{2} = c^{2}\n')
    args = ['--checkouts', tmp_path/'in', '--out', tmp_path/'out', '--exclude', tmp_path/'ban.txt']
    r = subprocess.run([sys.executable, str(tools), *map(str, args)], capture_output=True, text=True, timeout=120)
    assert r.returncode==0, r.stderr
    assert 'no checkout' in r.stderr and 'Traceback' not in r.stderr
    train,test = ({normalize(o) for o in lines(tmp_path/'out'/d/f'{n}.txt.xz')} for d,n in (('train','aata'),('test','algebra')))
    assert train and test and not train&test and len(train|test)==64          # 60 and lcm, two rows, one block; not the banned one
    assert normalize(r'\operatorname{lcm}(a,b)<c+1') in train|test and normalize('a^2+b^2=c^2') not in train|test
    assert {normalize(o) for o in lines(tmp_path/'out'/'train'/'d2l_en.txt.xz')} == {normalize(o) for o in (r'50\%+1', r'\mathbf{x}_1=y')}
    facts = json.loads((tmp_path/'out'/'manifest.json').read_text())
    assert [o['licence'] for o in facts['sources']] == ['CC-BY-SA-4.0','GFDL-1.3'] and all(len(o['commit'])==40 for o in facts['sources'])
    assert set(lines(tmp_path/'out'/'held_out.txt.xz')) == test

def test_sources_are_free():
    free = ('GFDL','CC-BY','MIT','Apache','GPL')
    assert all(s.licence.startswith(free) and 'NC' not in s.licence for s in sources.SOURCES if s.train)
    assert len({s.name for s in sources.SOURCES})==len(sources.SOURCES)

@pytest.mark.parametrize('name,least', [('longsum',7), ('grid',1), ('derivation',10), ('system',10), ('cases',3), ('numbers',3)])
def test_what_rules_cannot_do(name, least):
    w = new_writer(7)
    for _ in range(40): assert normalize(MADE[name](w)).count(' ')+1>=least

def test_every_rule_of_the_grammar_can_be_read():
    w = new_writer(3)
    for name in w.rules:
        if name in 'accent wide cem ce bounds region'.split(): continue       # no formula alone
        for _ in range(6): normalize(f'{{{w.write(name)}}}')

def test_grammar_repeats_itself_and_leaves_out_what_it_must():
    a = write_formulas(50, seed=5, goal=0)
    assert a==write_formulas(50, seed=5, goal=0) and a!=write_formulas(50, seed=6, goal=0)
    out = {normalize(o) for o in a[:20]}
    assert not {normalize(o) for o in write_formulas(50, seed=5, goal=0, exclude=out)} & out

def test_balance_brings_every_token():
    few = write_formulas(900, seed=1, goal=1, rare=.9); seen = {t for o in few for t in normalize(o).split()}
    assert not [t for t in alphabet() if t not in seen]

def test_pairs_differ_in_one_symbol():
    for p in write_pairs(100, seed=2):
        cs = [normalize(o) for o in p]; assert len(set(cs))==len(cs), p

def test_other_spaces_and_nothing_else():
    "Formulas without a space are left out; the rest keep all but their spaces"
    import runpy
    tool = runpy.run_path(str(tools/'write.py'))
    formulas = ['a+b', r'a\;b\quad c', r'f(x)\,dx'] * 20
    made = list(tool['other_spaces'](formulas, 1))
    bare = lambda o: [t for t in o.split() if t not in tool['SPACES']]
    assert len(made)==40 and len(set(made))>10
    assert {tuple(bare(o)) for o in made}=={tuple(bare(normalize(o))) for o in formulas[1:3]}

def test_bold_letters_and_nothing_else():
    "A letter is bold wherever it stands, but in no other font; tables are left out, and taking the bold away gives what was there"
    import re, runpy
    bold = runpy.run_path(str(tools/'write.py'))['bold']
    formulas = [r'x+\mathrm{x}=y_{x}', r'\alpha\cdot\operatorname{rank}(a)', r'\begin{pmatrix}a\end{pmatrix}', '1+2']*20
    made,plain = list(bold(formulas, 1)),[normalize(o) for o in formulas[:2]]
    assert len(made)==40 and len(set(made))>6 and all(normalize(o)==o for o in made)
    back = re.compile(r'\\(?:boldsymbol|mathbf) \{ (\S+) \}')
    assert {back.sub(r'\1', o) for o in made}==set(plain)
    assert all(o.count(r'\boldsymbol { x }') in (0,2) and r'\mathrm { x }' in o for o in made[::2])
    assert not any(r'\mathbf { \alpha }' in o for o in made)

def test_pictures_of_the_tests_are_left_out(tmp_path):
    "All formulas drawn there but a letter alone, with those of the files"
    import runpy, test_inputs
    tool = runpy.run_path(str(tools/'write.py'))
    with lzma.open(tmp_path/'a.txt.xz', 'wt') as f: f.write('p+q\n')
    wanted = {normalize(o) for _,o in test_inputs.DRAWN+test_inputs.MATHTEXT}|{normalize(test_inputs.FAX), normalize(test_inputs.BRACKETS)}
    assert tool['tested_in']([tmp_path/'a.txt.xz'])=={normalize('p+q')}|wanted-{'A'} and 'A' in wanted

def test_formulas_of_rare_tokens_are_counted_apart():
    import runpy
    options = runpy.run_path(str(tools/'write.py'))['options']
    assert [options(['--out','x','--formulas','7',*o]).rare for o in ([], ['--rare','0'], ['--rare','3'])]==[7,0,3]

def test_lots(tmp_path):
    "A share or a number of each file, in order, another lot with another seed; a name that is not there is said"
    (tmp_path/'in').mkdir()
    for name,n in (('a',100), ('b',10)):
        with lzma.open(tmp_path/'in'/f'{name}.txt.xz', 'wt') as f: f.writelines(f'x_{{{i}}}\n' for i in range(n))
    def run(*args): return subprocess.run([sys.executable, tools.parent/'lots.py', tmp_path/'in', *args], capture_output=True, text=True, timeout=120)
    def held(folder, name): return [int(o[3:-2]) for o in lzma.open(tmp_path/folder/f'{name}.txt.xz', 'rt')]
    for seed in '12': assert run('--out', tmp_path/seed, '--seed', seed, '--share', '.3', '--of', 'b=40').returncode==0
    a = held('1', 'a')
    assert len(a)==30 and a==sorted(set(a)) and a!=held('2', 'a') and held('1', 'b')==[*range(10)]
    done = run('--out', tmp_path/'3', '--of', 'c=1')
    assert done.returncode==2 and 'has no c.txt.xz' in done.stderr and not (tmp_path/'3').exists()
