"Pictures as web pages show them: tools/draw_web.py"
import importlib.util, io, json, os, shutil, signal, sys
from pathlib import Path
import numpy as np
import pyarrow.parquet as pq
import pytest
from PIL import Image
root = Path(__file__).resolve().parent.parent

FORMULAS = [r'x', r'7', r'\frac{\partial u}{\partial t}=\alpha\frac{\partial^2u}{\partial x^2}', r'\sqrt{x+y}', r'\sum_{i=1}^{n}i^2', r'\int_0^\infty e^{-x}dx',
            r'\widehat{ABC}', r'\hat{x}+\vec{v}', r'A_{ij}^{kl}', r'\left\lfloor\frac{n}{2}\right\rfloor', r'\mathbf{F}=m\mathbf{a}', r'\lim_{x\to0}\sin x']

@pytest.fixture(scope='module')
def web():
    spec = importlib.util.spec_from_file_location('draw_web', root/'tools/draw_web.py')
    module = sys.modules['draw_web'] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    del sys.modules['draw_web']

@pytest.fixture
def lines(tmp_path):
    path = tmp_path/'some.txt'
    path.write_text('\n'.join(FORMULAS)+'\n')
    return path

def rows(out): return [o for p in sorted(out.glob('*.parquet')) for o in pq.read_table(p).to_pylist()]
def opened(row): return Image.open(io.BytesIO(row['image']['bytes']))
def manifest(out): return json.loads((out/'web.json').read_text())

def draw(web, lines, out, *args): return web.main([str(lines),'--out',str(out),*args])

# --- without a browser

def test_mathtext(web, lines, tmp_path):
    "Every formula, in the columns that `build` reads; grey where it is grey; ink up to a few pixels of the edge, none on it"
    each = ['mathtext/dejavusans/16/1/white','mathtext/stix/12/2/github-dark']
    assert draw(web, lines, tmp_path/'out', '--each', *each)==0
    found = rows(tmp_path/'out')
    assert len(found)==2*len(FORMULAS) and pq.read_schema(tmp_path/'out/web-00000.parquet').equals(web.SCHEMA)
    assert {o['source'] for o in found}=={f'some:{i}' for i in range(1, len(FORMULAS)+1)}
    for o in found:
        image,dark = opened(o),o['theme']=='github-dark'
        a = np.asarray(image.convert('L')).astype(int)
        assert image.size==(o['width'],o['height']) and image.mode==('RGB' if dark else 'L')
        edge,ink = np.concatenate([a[0],a[-1],a[:,0],a[:,-1]]),np.abs(a-a[0,0])>40
        assert np.ptp(edge)==0 and edge[0]==(255 if not dark else 16) and ink[:14].any() and ink[:,:14].any()

def test_goes_on_where_it_stopped(web, lines, tmp_path, monkeypatch):
    monkeypatch.setattr(web, 'ROWS', 5)
    out = tmp_path/'out'
    assert draw(web, lines, out, '--mix', 'mathtext=1')==0
    shards = sorted(out.glob('*.parquet'))
    before = [o.read_bytes() for o in shards]
    shards[1].unlink()
    drawn = []
    monkeypatch.setattr(web, 'shard', lambda jobs, *args, real=web.shard: drawn.append(len(jobs)) or real(jobs, *args))
    assert draw(web, lines, out, '--mix', 'mathtext=1')==0
    assert drawn==[5] and [o.read_bytes() for o in shards]==before
    assert draw(web, lines, out, '--mix', 'mathtext=1', '--seed', '1')==2      # another call's folder is left alone
    assert [o.read_bytes() for o in shards]==before

def test_what_is_left_out(web, tmp_path, capsys):
    "Formulas of another file, and those that come twice; what a renderer refuses or draws as something else is named"
    (tmp_path/'some.txt').write_text('\n'.join(['x^2','x ^ { 2 }','y^2',r'\epsilon',r'\begin{matrix}a\end{matrix}',r'\nosuchthing','{'])+'\n')
    (tmp_path/'val.txt').write_text('y ^ { 2 }\n')
    assert draw(web, tmp_path/'some.txt', tmp_path/'out', '--each', 'mathtext/stix/16/1/white', '--exclude', str(tmp_path/'val.txt'))==0
    assert [o['latex'] for o in rows(tmp_path/'out')]==['x^2']
    refused = {o['latex']: o['why'] for o in manifest(tmp_path/'out')['shards']['web-00000.parquet']['refused']}
    assert set(refused)=={r'\epsilon', r'\begin{matrix}a\end{matrix}'} and manifest(tmp_path/'out')['unread']==2 and 'varepsilon' in refused[r'\epsilon']
    assert manifest(tmp_path/'out')['counts']['refused']=={'mathtext/stix': 2} and 'Traceback' not in capsys.readouterr().err

@pytest.mark.parametrize('latex,face,wrong', [(r'a \\ b','katex',True), (r'\begin{matrix}a\\b\end{matrix}','katex',False), (r'\sum_{\substack{a\\b}}','katex',False),
    (r'\not{D}','katex',True), (r'\not=','katex',False), (r'\notin','katex',False), (r'\mathcal{L}','cm',False), (r'\mathcal{x}','mathjax-tex',True), (r'\emptyset','mathjax-stix2',True),
    (r'\emptyset','mathjax-tex',False), (r'\epsilon','cm',False), (r'\boldsymbol{\alpha x}','stix',False), (r'\boldsymbol{\alpha}','stixsans',True), (r'\mathbf{\Gamma}','cm',True)])
def test_known_to_be_wrong(web, latex, face, wrong):
    renderer = next(r for r,faces in web.FACES.items() if face in faces)
    assert bool(web.doubt(web.Job(latex, '', renderer, face, '', 16, 1, 'white')))==wrong

def test_a_letter_the_font_lacks(web):
    "mathtext would draw another sign and say so to a log"
    job = web.Job('中', '', 'mathtext', 'stix', 'agg', 16, 1, 'white')
    assert isinstance(web.Mathtext().draw([job])[0], web.Refused)

def test_ink_at_the_edge_is_a_refusal(web):
    import random
    image = Image.new('RGB', (40,30), '#0d1117')
    image.putpixel((20,10), (255,255,255))
    assert web.cut(image, '#0d1117', random.Random(1)).mode=='RGB'
    image.putpixel((39,10), (255,255,255))
    for o,why in ((image,'beyond'), (Image.new('RGB', (9,9), '#ffffff'),'nothing')):
        with pytest.raises(web.Refused, match=why): web.cut(o, '#ffffff' if o is not image else '#0d1117', random.Random(1))

@pytest.mark.parametrize('args,said', [(['--each','katex/katex/16/1'],'renderer/typeface/size/scale/theme'), (['--each','katex/times/16/1/white'],'times is none of katex'),
    (['--each','katex/katex/0/1/white'],'from 4 to 100'), (['--mix','katex=0'],'above 0'), (['--mix','word=3'],'word=3'), (['--n','0'],'above 0'),
    (['--each','mathtext/dejavuserif/16/1/white'],'kept for testing'), (['--exclude','nosuchfile'],'nosuchfile')])
def test_unusable_calls(web, lines, tmp_path, capsys, args, said):
    with pytest.raises(SystemExit) as e: draw(web, lines, tmp_path/'out', *args)
    words = capsys.readouterr().err+str(e.value)
    assert e.value.code!=0 and said in words and not (tmp_path/'out').exists()

def test_a_broken_file_of_formulas(web, tmp_path, capsys):
    (tmp_path/'some.txt.xz').write_bytes(b'no such format')
    assert draw(web, tmp_path/'some.txt.xz', tmp_path/'out')==2
    assert capsys.readouterr().err.startswith('draw_web: ')

def test_test_only_typefaces_are_kept_apart(web):
    "A mix never holds one, and none of the names is both"
    names = {f for faces in web.FACES.values() for f in faces}
    assert not names & {f for faces in web.TEST_FACES.values() for f in faces}
    assert {'dejavuserif','mathml-fira'} <= {f for faces in web.TEST_FACES.values() for f in faces}
    drawn = {web.by_lot(f'x_{i}', 's:1', dict(katex=1, mathjax=1, mathtext=1, mathml=1), web.FACES, 0).typeface for i in range(400)}
    assert drawn==names

# --- programs that are missing, or die

def test_without_node(web, lines, tmp_path, capsys):
    "One line for each thing that is missing; the rest is drawn"
    args = ['--each','katex/katex/16/1/white','mathjax/mathjax-stix2/16/1/white','mathtext/cm/16/1/white','--node','/nonexistent/node']
    assert draw(web, lines, tmp_path/'out', *args)==1
    err = capsys.readouterr().err.splitlines()
    assert len(err)==1 and 'node is missing' in err[0]
    assert len(rows(tmp_path/'out'))==len(FORMULAS) and manifest(tmp_path/'out')['missing']==[err[0].removeprefix('draw_web: ')]

def test_without_npm_or_its_packages(web, tmp_path):
    "npm that fails, and a typeface that isn't on it"
    npm = tmp_path/'npm'
    npm.write_text('#!/bin/sh\necho "npm error code E404" >&2\nexit 1\n'); npm.chmod(0o755)
    tools,missing = web.install(tmp_path/'cache', node=sys.executable, npm=str(npm))
    assert missing['node'].startswith('npm install failed: npm error code E404')
    npm.write_text('#!/bin/sh\nmkdir -p node_modules/@mathjax/mathjax-tex-font\n')
    tools,missing = web.install(tmp_path/'cache', node=sys.executable, npm=str(npm))
    assert 'node' not in missing and 'mathjax-tex' not in missing and 'mathjax-stix2 is left out' in missing['mathjax-stix2']

DYING = """import json, pathlib, sys
for line in sys.stdin:
    job = json.loads(line)
    pathlib.Path('asked').open('a').write(json.dumps([o['latex'] for o in job['items']])+'\\n')
    for o in job['items']:
        if o['latex']=='fatal' or o['latex']=='once' and not pathlib.Path('died').exists():
            pathlib.Path('died').touch()
            print('Error: out of memory', file=sys.stderr)
            sys.exit(1)
    print(json.dumps(dict(drawn=[dict(svg=o['latex']) for o in job['items']])), flush=True)
"""
@pytest.mark.parametrize('pages,asked', [([['a'],['b','once'],['c']], 4), ([['a'],['b','fatal','d','e'],['c']], 10)])
def test_a_program_that_dies(web, tmp_path, pages, asked):
    "Only its page is drawn again; a formula that nobody survives is found and named"
    (tmp_path/'dying.py').write_text(DYING)
    program = web.Program(sys.executable, 'dying.py', folder=tmp_path)
    def drawer(jobs): return [o['svg'] for o in program.ask(dict(items=[dict(latex=o) for o in jobs]))['drawn']]
    said = []
    try: made = [web.patiently(drawer, o, said.append) for o in pages]
    finally: program.stop()
    for page,got in zip(pages, made):
        assert [isinstance(o, web.Refused) for o in got]==[o=='fatal' for o in page] and [o for o in got if isinstance(o, str)]==[o for o in page if o!='fatal']
    assert said and all('drawn again' in o for o in said)
    assert len((tmp_path/'asked').read_text().splitlines())==asked

def test_a_program_that_says_nothing(web, tmp_path, monkeypatch):
    monkeypatch.setattr(web, 'PATIENCE', .5)
    program = web.Program(sys.executable, '-c', 'import time; time.sleep(60)', folder=tmp_path)
    with pytest.raises(web.Died): program.ask({})
    assert program.process is None

# --- with all that is needed

@pytest.fixture(scope='module')
def tools(web, tmp_path_factory):
    "What draws; skips where node, Chromium, resvg-py or the npm packages can't be had"
    cache = Path(os.environ.get('LATEXOCR_WEB', Path.home()/'.cache/latexocr/web'))
    tools,missing = web.install(cache)
    for o in ('node','chromium','resvg'):
        if o in missing: pytest.skip(missing[o])
    return tools,missing,cache

EACH = ['katex/katex/16/1/white/html','katex/katex/20/2/github-dark/html','mathjax/mathjax-newcm/16/1.5/sepia/chtml','mathjax/mathjax-stix2/16/1/white/svg',
        'mathjax/mathjax-stix2/16/2/white/resvg','mathjax/mathjax-termes/20/1/dracula/resvg']

@pytest.mark.slow
def test_each_renderer(web, tools, lines, tmp_path):
    "Pictures of the size asked for, with the colours asked for, and different typefaces look different"
    assert draw(web, lines, tmp_path/'out', '--each', *EACH, '--cache', str(tools[2]))==0
    found = rows(tmp_path/'out')
    assert len(found)==len(EACH)*len(FORMULAS), manifest(tmp_path/'out')['counts']
    first = {(o['renderer'],o['typeface'],round(o['scale'], 2),o['theme']): o for o in found if o['source']=='some:3'}
    assert len(first)==len(EACH)
    for o in found:
        a = np.asarray(opened(o).convert('RGB')).astype(int)
        ink,paper = (web.colour(p).astype(int) for p in web.THEMES[o['theme']])
        assert (a[0,0]==paper).all() and np.abs(a-ink).sum(2).min()<60
    small,large = (first['katex','katex',s,t]['width'] for s,t in ((1,'white'),(2,'github-dark')))
    assert 2<large/small<3

@pytest.mark.slow
def test_a_browser_that_dies_midway(web, tools):
    "Killed between two pages, it is started again, and both pages are there"
    jobs = [web.by_name(o, 'some:1', EACH[0], 0) for o in FORMULAS[:3]]
    browser,said = web.Browser(tools[0], fringes=False),[]
    try:
        before = web.patiently(browser.draw, jobs, said.append)
        first = browser.program.process
        children = Path(f'/proc/{first.pid}/task/{first.pid}/children').read_text().split()
        assert children
        for o in children: os.kill(int(o), signal.SIGKILL)
        after = web.patiently(browser.draw, jobs, said.append)
        assert browser.program.process is not first and len(said)==1
        assert [o.tobytes() for o in before]==[o.tobytes() for o in after]
    finally: browser.stop()

@pytest.mark.slow
def test_subpixel_antialiasing_and_long_pages(web, tools):
    "Coloured fringes where they are asked for; a page of many high formulas, three times as large, shows the last as it shows the first"
    import random
    def coloured(fringes):
        browser = web.Browser(tools[0], fringes)
        try: return max(np.ptp(np.asarray(o.convert('RGB')).astype(int), 2).max() for o in browser.draw([web.by_name('x+y', '', EACH[0], 0)]))
        finally: browser.stop()
    assert coloured(False)==0 and coloured(True)>40
    high = r'\begin{matrix}'+r'\\'.join('abcdefghijklmnop')+r'\end{matrix}'
    jobs = [web.by_name(high, '', 'katex/katex/20/3/white/html', 0) for _ in range(30)]
    browser = web.Browser(tools[0], False)
    try: made = browser.draw(jobs)
    finally: browser.stop()
    sizes = {o.size for o in made}
    assert max(o[1] for o in sizes)>1000 and len({o[1] for o in sizes})==1 and np.ptp([o[0] for o in sizes])<=1
