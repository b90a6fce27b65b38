"The repository keeps its own rules: layout, notebooks, prose, and who may import whom"
import ast, configparser, importlib.util, json, re, shutil, subprocess, sys
from pathlib import Path

import pytest

from conftest import needs

root = Path(__file__).resolve().parent.parent
pages = sorted(p for p in (root/'nbs').glob('*.ipynb') if p.name[0]!='_')
modules = sorted(p for p in (root/'latexocr').glob('*.py') if p.name[0]!='_')
reading_path = {'packages','notation','normalize','render','augment','vocab','data','encoder','attention','decoder','views','beam_search','trust','scale','predict'}
light = {'torch','numpy','PIL','pypdfium2','safetensors','tqdm'} | set(sys.stdlib_module_names)
light_fastcore = {'fastcore.basics','fastcore.meta'}

def name(path): return path.name
def text(o): return ''.join(o) if isinstance(o, list) else o
def cells(path): return json.loads(path.read_text(encoding='utf-8'))['cells']

def order():
    "module → number of the notebook that exports it, as text: '04' < '04b' < '05'"
    found = {}
    for path in pages:
        for c in cells(path):
            m = re.search(r'^#\|\s*default_exp\s+(\S+)', text(c['source']), re.M)
            if m and c['cell_type']=='code': found[m[1]] = path.name.split('_')[0]
    return found

def is_type_checking(node): return isinstance(node, ast.If) and 'TYPE_CHECKING' in ast.dump(node.test)

def imports(tree, lazy=True):
    "Absolute names of what a module imports; `lazy=False`: only what is imported when it is loaded. `from .a import b` is latexocr.a"
    todo = list(ast.iter_child_nodes(tree))
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Import): yield from (a.name for a in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = '.'.join(filter(None, ['latexocr' if node.level else '', node.module or '']))
            yield from ([f'{base}.{a.name}' for a in node.names] if base in ('latexocr','fastcore') else [base])
        elif lazy or not (isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)) or is_type_checking(node)): todo += ast.iter_child_nodes(node)

# --- layout

@pytest.mark.parametrize('path', '''nbs latexocr tests tools settings.ini setup.py _quarto.yml README.md Makefile LICENSE NOTICE CHANGELOG.md CONTRIBUTING.md
    constraints.txt MANIFEST.in .gitignore .gitattributes .ci/run .github/workflows/test.yml .github/workflows/docs.yml .github/workflows/release.yml
    nbs/_quarto.yml nbs/nbdev.yml nbs/sidebar.yml nbs/styles.css'''.split())
def test_layout(path): assert (root/path).exists()

def test_ci_calls_make_test_and_nothing_else():
    lines = [o for o in (root/'.ci/run').read_text().splitlines() if o and not o.startswith('#')]
    assert lines[-1]=='exec make test' and all(re.match(r'cd |export ', o) for o in lines[:-1])
    assert (root/'.ci/run').stat().st_mode & 0o111

def test_notebooks_are_numbered_without_a_gap():
    numbers = [p.name.split('_')[0] for p in pages if p.name[0].isdigit()]
    assert [int(n) for n in numbers if n.isdigit()]==list(range(1, 14))
    assert all(n.isdigit() or n[:2] in numbers and re.fullmatch(r'\d\d[a-z]', n) for n in numbers)     # 04b stands beside 04

def test_every_module_comes_from_a_notebook():
    assert {p.stem for p in modules}==set(order())

def test_version_is_the_same_everywhere():
    cfg = configparser.ConfigParser(delimiters=['='], interpolation=None)
    cfg.read(root/'settings.ini', encoding='utf-8')
    assert f'__version__ = "{cfg["DEFAULT"]["version"]}"' in (root/'latexocr/__init__.py').read_text(encoding='utf-8')

def test_every_runtime_dependency_is_explained():
    cfg = configparser.ConfigParser(delimiters=['='], interpolation=None)
    cfg.read(root/'settings.ini', encoding='utf-8')
    needs = {re.match(r'[\w-]+', o)[0] for o in cfg['DEFAULT']['requirements'].splitlines() if o.strip()}
    table = set(re.findall(r'^\| ([\w-]+) \|', (root/'CONTRIBUTING.md').read_text(encoding='utf-8'), re.M)) - {'package'}
    assert needs==table

# --- pictures of the pipeline

def test_pipeline_strips_are_what_the_tool_draws():
    spec = importlib.util.spec_from_file_location('pipeline', root/'tools/pipeline.py')
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    drawn = {p.name: p.read_text(encoding='utf-8') for p in tool.out.glob('*.svg')}
    assert drawn==tool.strips() and (tool.out/'links.html').read_text(encoding='utf-8')==tool.links(), 'run `python tools/pipeline.py`'
    assert [o[0] for o in tool.stages]==[p.stem for p in pages if p.name[:2].isdigit() and p.name[2]=='_']     # 04b has no tile of its own

def test_tiles_of_the_strip_lead_to_their_pages(tmp_path):
    "In a browser: a link lies over each tile, the lit one leads nowhere, and without the strip there is nothing to see"
    path,api = needs('chromium'),pytest.importorskip('playwright.sync_api')
    shutil.copytree(root/'nbs/pipeline', tmp_path/'pipeline')
    end = (root/'nbs/pipeline/links.html').read_text(encoding='utf-8')
    css = (root/'nbs/styles.css').read_text(encoding='utf-8')
    for o,body in dict(strip='<img src="pipeline/06_attention.svg">', plain='no strip').items():
        (tmp_path/f'{o}.html').write_text(f'<meta charset="utf-8"><style>{css}</style><main class="content">{body}</main>{end}', encoding='utf-8')
    for o in ('vocab','cli'): (tmp_path/f'{o}.html').write_text(o)
    with api.sync_playwright() as pw:
        tab = pw.chromium.launch(executable_path=path, args=['--no-sandbox']).new_page(viewport=dict(width=700, height=400))
        tab.goto((tmp_path/'plain.html').as_uri())
        assert not tab.locator('nav:visible').count() and 'normalize' not in tab.inner_text('body')
        strip = (tmp_path/'strip.html').as_uri()
        for place,leads_to in ((2,'vocab'), (12,'cli'), (5,'strip')):
            tab.goto(strip)
            box = tab.locator('main img').bounding_box()
            assert tab.locator('main nav a').count()==13
            tab.mouse.click(box['x']+box['width']*(6.5+69*place+30)/900, box['y']+box['height']*.6)      # the middle of a tile, as drawn
            tab.wait_for_url(f'**/{leads_to}.html', timeout=5000)

belongs_to = {'08b':'09', '08c':'09', '09b':'10', '09c':'10', '09d':'10', '11c':'12'} # what training and evaluation and predict need is told before them; other letters belong to their number: 04b shows the strip of 04

@pytest.mark.parametrize('path', [p for p in pages if p.name[0].isdigit()], ids=name)
def test_notebook_shows_its_strip(path):
    number = belongs_to.get(path.name[:3], path.name[:2])
    own = next(p for p in pages if p.name.startswith(number+'_')).stem
    assert any(f'](pipeline/{own}.svg)' in text(c['source']) for c in cells(path) if c['cell_type']=='markdown')

# --- what tables say

def test_every_tool_is_explained():
    table = set(re.findall(r'^\| `tools/([\w.]+)` \|', (root/'CONTRIBUTING.md').read_text(encoding='utf-8'), re.M))
    assert table=={p.name for p in (root/'tools').iterdir() if p.is_file()}

@pytest.mark.parametrize('path,folder', [('nbs/index.ipynb',''), ('README.md','nbs/'), ('README.zh-CN.md','nbs/')])
def test_table_of_the_course_is_complete_and_in_order(path, folder):
    said = words(root/path)
    named = re.findall(rf'^\|[^|]*\| \[(\w+ [\w ]+)\]\({folder}(\w+)\.ipynb\)', said, re.M)
    where = lambda o: ('Pictures Reading Learning Looking Using'.split().index(next(k for k,v in sections().items() if f'{o}.ipynb' in v)), o)
    assert [o for _,o in named]==sorted((p.stem for p in pages if p.name[0].isdigit()), key=where)
    assert all(title.replace(' ', '_')==o for title,o in named)

def sections():
    import yaml
    contents = yaml.safe_load((root/'nbs/sidebar.yml').read_text(encoding='utf-8'))['website']['sidebar']['contents']
    return {o['section']: o['contents'] for o in contents if isinstance(o, dict)}

def scores_tool(*args): return subprocess.run([sys.executable, root/'tools/results.py', *map(str, args)], capture_output=True, text=True)

def test_tables_of_scores_are_what_was_measured():
    said = scores_tool('--check')
    assert not said.returncode, said.stdout

def test_tables_of_scores_follow_the_scores(tmp_path):
    "Without weights the pages say so; with others they change, once; a figure changed by hand is found"
    for o in ('nbs/index.ipynb','nbs/results.ipynb','nbs/original.ipynb','README.zh-CN.md','settings.ini'):
        (tmp_path/o).parent.mkdir(exist_ok=True)
        shutil.copy(root/o, tmp_path/o)
    scores_tool('--root', tmp_path)
    assert 'not shipped' in words(tmp_path/'nbs/results.ipynb') and 'not shipped' in words(tmp_path/'README.md')
    score = dict(formulas=1234, tokens='canonical', beam_width=1, bleu4=87.654, edit=90., exact=50., perplexity=1.2345, intervals=dict(bleu4=[86.,89.]), image_exact_ws=61.7)
    (tmp_path/'latexocr/pretrained').mkdir(parents=True)
    (tmp_path/'latexocr/pretrained/scores.json').write_text(json.dumps(dict(test=score)))
    assert scores_tool('--root', tmp_path, '--check').returncode==1
    scores_tool('--root', tmp_path)
    assert scores_tool('--root', tmp_path, '--check').returncode==0
    for o in ('README.md','README.zh-CN.md','nbs/index.ipynb','nbs/results.ipynb'): assert all(k in words(tmp_path/o) for k in ('87.7','61.7','1,234','75.42'))
    page = tmp_path/'README.zh-CN.md'
    page.write_text(page.read_text(encoding='utf-8').replace('87.7', '97.7'), encoding='utf-8')
    assert scores_tool('--root', tmp_path, '--check').returncode==1

# --- notebooks

@pytest.mark.parametrize('path', pages, ids=name)
def test_cell_ids_are_unique(path):
    ids = [c.get('id') for c in cells(path)]
    assert all(ids) and len(ids)==len(set(ids))

@pytest.mark.parametrize('path', pages, ids=name)
def test_imports_share_no_cell_with_other_code(path):
    "nbdev runs the import cells to make the docs: whatever stands beside an import would run too"
    for c in cells(path):
        if c['cell_type']!='code': continue
        code = '\n'.join(o for o in text(c['source']).split('\n') if not re.match(r'\s*[%!]', o))
        body = ast.parse(code).body
        top = [isinstance(o, (ast.Import, ast.ImportFrom)) for o in body]
        if 'nbdev_export()' not in code: assert all(top) or not any(top), code

# --- prose

machine = re.compile(r'(?<![\w.}~-])/(?:work|root|tmp|home|Users|usr/lib)\b|\bat 0x[0-9a-f]{6,}')
unfinished = re.compile(r'\b(?:FILL|TODO|FIXME|XXX|TBD)\b|[Ll]orem ipsum')

def words(path):
    "What a reader sees: all of a text file; source and text outputs of a notebook"
    if path.suffix!='.ipynb': return path.read_text(encoding='utf-8')
    said = [text(c['source']) for c in cells(path)]
    for o in (o for c in cells(path) for o in c.get('outputs', [])):
        said += [text(o.get('text', ''))] + [text(v) for k,v in o.get('data', {}).items() if k.startswith('text/')]
    return '\n'.join(said)

readable = pages + sorted(root.glob('*.md'))

@pytest.mark.parametrize('path', readable, ids=name)
def test_no_machine_paths_or_addresses(path):
    assert not [m[0] for m in machine.finditer(words(path))]

@pytest.mark.parametrize('path', readable, ids=name)
def test_nothing_is_left_to_fill_in(path):
    assert not [m[0] for m in unfinished.finditer(words(path))]

# --- who may import whom

@pytest.mark.parametrize('path', modules, ids=name)
def test_modules_import_earlier_ones_only(path):
    number = order()
    ours = {o.split('.')[1] for o in imports(ast.parse(path.read_text(encoding='utf-8'))) if o.startswith('latexocr.')}
    asides = {'normalize':{'packages'}, 'packages':{'notation'}}      # 01 looks up what 01b and 01c tell: a lesson must be able to begin with its idea
    assert not [o for o in ours & number.keys() - asides.get(path.stem, set()) if number[o] >= number[path.stem]]

@pytest.mark.parametrize('path', [p for p in modules if p.stem in reading_path], ids=name)
def test_reading_path_is_light(path):
    "Loading a module of the reading path loads neither fastai nor anything else that is slow to import"
    heavy = []
    for o in imports(ast.parse(path.read_text(encoding='utf-8')), lazy=False):
        if o.startswith('latexocr.'): ok = o.split('.')[1] in reading_path
        elif o.split('.')[0]=='fastcore': ok = any(o==f or o.startswith(f+'.') for f in light_fastcore)
        else: ok = o.split('.')[0] in light
        if not ok: heavy.append(o)
    assert not heavy

def test_import_rules_can_fail():
    "The two readers of imports see what they are meant to see"
    tree = ast.parse('import os\nfrom fastai.basics import *\ndef f():\n    import pyarrow\n    from .cli import main\nclass A:\n    from matplotlib import pyplot\nfrom fastcore import foundation')
    assert set(imports(tree))=={'os','fastai.basics','pyarrow','latexocr.cli','matplotlib','fastcore.foundation'}
    assert set(imports(tree, lazy=False))=={'os','fastai.basics','matplotlib','fastcore.foundation'}

def test_the_contract_has_type_hints():
    "What users call by hand; py.typed promises them to their editors"
    import inspect, typing
    from latexocr.normalize import detokenize, mine_formulas, normalize, tokenize
    from latexocr.predict import LatexOCR, Prediction, open_picture
    from latexocr.render import render
    every = [normalize, tokenize, detokenize, mine_formulas, LatexOCR.__call__, LatexOCR.from_pretrained, open_picture, render]
    for f in every:
        hints = typing.get_type_hints(f)
        assert set(inspect.signature(f).parameters)-{'self','cls'} < set(hints) and 'return' in hints, f
    assert {'latex','tokens','confidence','alternatives'} < set(typing.get_type_hints(Prediction)) and typing.get_type_hints(Prediction.attention.fget)
