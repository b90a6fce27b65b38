"The repository keeps its own rules: layout, notebooks, prose, and who may import whom"
import ast, configparser, hashlib, importlib.util, json, re, shutil, subprocess, sys, warnings
from pathlib import Path

import pytest

from conftest import needs

root = Path(__file__).resolve().parent.parent
nbs,package = root/'nbs',root/'latexocr'
pages = sorted(p for p in nbs.rglob('*.ipynb') if not any(o[0] in '._' for o in p.relative_to(nbs).parts))
course = [p for p in pages if p.parent==nbs and p.name[:2].isdigit()]
every_module = sorted(p for p in package.rglob('*.py') if p.name[0]!='_')
moved = {p.stem: re.search(r"moved\(__name__, 'latexocr\.([\w.]+)'\)", p.read_text(encoding='utf-8'))[1] for p in package.glob('*.py')
         if p.name[0]!='_' and 'import moved' in p.read_text(encoding='utf-8')}          # old name of a module → its name now
modules = [p for p in every_module if p.parent!=package or p.stem not in moved]
themes = 'tex datasets models decoding training scoring viewing'.split()
reading_path = {'_moved','core','normalize','tex.symbols','tex.spacing','tex.heights','tex.words','tex.tables','tex.published','tex.readable','tex.packages','tex.physics','tex.wiki',
    'tex.notation','render','datasets.augment','datasets.elsewhere','vocab','data','encoder','attention','decoder','models.inference','beam_search','decoding.tta',
    'decoding.apart','decoding.constrained','decoding.diverse','decoding.gaps','decoding.measured_spaces','decoding.speculative','decoding.reading',
    'scoring.calibration','use.scale','use.printed','use.pictures','use.alone','use.doubt','use.prediction','predict'}
light = {'torch','numpy','PIL','pypdfium2','safetensors','tqdm'} | set(sys.stdlib_module_names)
light_fastcore = {'fastcore.basics','fastcore.meta'}

def name(path):
    "What to call a notebook, a module or a page in the name of a test"
    for folder in (nbs, package):
        if folder in path.parents: return path.relative_to(folder).as_posix()
    return path.name
def module_name(path): return '.'.join(path.relative_to(package).with_suffix('').parts)
def text(o): return ''.join(o) if isinstance(o, list) else o
def cells(path): return json.loads(path.read_text(encoding='utf-8'))['cells']

def homes():
    "module → the notebook that exports it, as a path below nbs"
    found = {}
    for path in pages:
        for c in cells(path):
            m = re.search(r'^#\|\s*default_exp\s+(\S+)', text(c['source']), re.M)
            if m and c['cell_type']=='code': found[m[1]] = path.relative_to(nbs)
    return found

def layer(notebook):
    "Where a notebook belongs: (0, its number) for the course, (1,) for a theme, (2,) for what is made to be used"
    folder = notebook.parent.name
    if folder in themes: return (1,)
    if folder=='use' or notebook.name[:2] in ('12','13') or notebook.name[:3]=='11c': return (2,)
    number = notebook.name.split('_')[0]
    return (0, int(number)) if number.isdigit() else (1,)                                # 02b, 07b, 08b: themes that still lie beside the course

def is_type_checking(node): return isinstance(node, ast.If) and 'TYPE_CHECKING' in ast.dump(node.test)

def imports(tree, lazy=True, inside=()):
    "Absolute names of what a module imports, `inside` its sub-packages; `lazy=False`: only what is imported when it is loaded. `from .a import b` is latexocr.a"
    todo = list(ast.iter_child_nodes(tree))
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Import): yield from (a.name for a in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = ('latexocr', *inside)[:len(inside)+2-node.level] if node.level else ()
            base = '.'.join(filter(None, [*above, node.module]))
            folders = {'latexocr', 'fastcore', *(f'latexocr.{o}' for o in [*themes, 'use'])}
            yield from ([f'{base}.{a.name}' for a in node.names] if base in folders else [base])
        elif lazy or not (isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)) or is_type_checking(node)): todo += ast.iter_child_nodes(node)

# --- layout

@pytest.mark.parametrize('path', '''nbs latexocr tests tools settings.ini setup.py _quarto.yml README.md Makefile LICENSE NOTICE CHANGELOG.md CONTRIBUTING.md
    constraints.txt lock.txt MANIFEST.in .gitignore .gitattributes .ci/run .github/workflows/test.yml .github/workflows/docs.yml .github/workflows/release.yml
    nbs/_quarto.yml nbs/nbdev.yml nbs/sidebar.yml nbs/styles.css'''.split())
def test_layout(path): assert (root/path).exists()

def test_ci_calls_make_test_and_nothing_else():
    lines = [o for o in (root/'.ci/run').read_text().splitlines() if o and not o.startswith('#')]
    assert lines[-1]=='exec make test' and all(re.match(r'cd |export ', o) for o in lines[:-1])
    assert (root/'.ci/run').stat().st_mode & 0o111

def test_notebooks_are_numbered_without_a_gap():
    numbers = [p.name.split('_')[0] for p in course]
    assert [int(n) for n in numbers if n.isdigit()]==list(range(14))
    assert all(n.isdigit() or n[:2] in numbers and re.fullmatch(r'\d\d[a-z]', n) for n in numbers)     # 04b stands beside 04

def test_every_module_comes_from_a_notebook():
    assert {module_name(p) for p in modules}==set(homes())

def test_moved_modules_lead_to_what_is_there():
    "An old name is three lines, says so when it is imported, and is the module at the new place; these files go with the next release"
    for old,new in moved.items():
        assert new in homes() and len((package/f'{old}.py').read_text(encoding='utf-8').strip().splitlines())==3, old
    code = ('import warnings, importlib\nfor old,new in %r.items():\n    with warnings.catch_warnings(record=True) as found:\n        warnings.simplefilter("always")\n'
            '        a = importlib.import_module("latexocr."+old)\n    assert a is importlib.import_module("latexocr."+new), old\n'
            '    assert any(o.category is DeprecationWarning and "latexocr."+new in str(o.message) for o in found), old') % moved
    p = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, cwd=root, timeout=600)
    assert p.returncode==0, p.stderr

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
    spec = importlib.util.spec_from_file_location('pipeline', root/'tools/repo/pipeline.py')
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    drawn = {p.name: p.read_text(encoding='utf-8') for p in tool.out.glob('*.svg')}
    assert drawn==tool.strips() and (tool.out/'links.html').read_text(encoding='utf-8')==tool.links(), 'run `python tools/repo/pipeline.py`'
    assert [o[0] for o in tool.stages]==[p.stem for p in course if p.name[2]=='_' and p.name[:2]!='00']

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

@pytest.mark.parametrize('path', [p for p in pages if p in course or p.parent.name in [*themes,'use']], ids=name)
def test_notebook_shows_a_strip(path):
    "A notebook of the course shows where it is; a theme shows the stage that it adds to"
    shown = re.findall(r'\]\((?:\.\./)?pipeline/(\w+)\.svg\)', ''.join(text(c['source']) for c in cells(path) if c['cell_type']=='markdown'))
    assert shown and (path.stem in shown or path not in course or path.name[2]!='_' or path.name[:2]=='00')

# --- what tables say

def test_every_tool_is_explained():
    table = set(re.findall(r'^\| `([\w./]+)` \|', (root/'tools/README.md').read_text(encoding='utf-8'), re.M)) | {'README.md'}
    assert table=={p.relative_to(root/'tools').as_posix() for p in (root/'tools').rglob('*') if p.is_file() and '__pycache__' not in p.parts}

def test_no_bar_is_drawn_into_a_file():
    "Each is told when not to appear: `disable=None` is tqdm's own look for a terminal"
    for path in [*package.rglob('*.py'), *(root/'tools').rglob('*.py')]:
        calls = [o for o in ast.walk(ast.parse(path.read_text(encoding='utf-8'))) if isinstance(o, ast.Call) and getattr(o.func, 'id', '')=='tqdm']
        assert all('disable' in {k.arg for k in o.keywords} for o in calls), path

def test_every_tool_that_is_named_is_there():
    "Pages, help texts and comments name tools by paths that exist"
    named = re.compile(r'\btools/[\w./]*\w\.(?:py|sh)\b')
    texts = {p: words(p) for p in [*readable, *sorted((root/'tools').rglob('*.*')), *sorted(package.rglob('*.toml')), root/'Makefile', *sorted((root/'.github').rglob('*.yml'))]
             if p.suffix!='.pyc' and p.name not in ('CHANGELOG.md','moved.ipynb')}             # these two say what there was
    assert not [f'{p.relative_to(root)}: {o}' for p,said in texts.items() for o in named.findall(said) if not (root/o).is_file()]

def test_the_picture_of_the_first_page_is_the_bundled_one():
    assert (nbs/'images/real_42.png').read_bytes()==(package/'small/real_42.png').read_bytes()

def test_findings_are_listed():
    said = subprocess.run(['sh', root/'findings/run.sh', '--index'], capture_output=True, text=True, timeout=600).stdout
    assert said==(root/'findings/README.md').read_text(encoding='utf-8'), 'run `sh findings/run.sh --index > findings/README.md`'

def test_nothing_names_folders_of_one_machine():
    "Formula files are where the reader put them: nothing that is shown takes ../shared or ../runs for granted"
    texts = [*readable, *(root/'tools').rglob('*.py'), *package.rglob('*.toml')]
    assert not [p.relative_to(root).as_posix() for p in texts if re.search(r'\.\./(?:shared|runs)\b', words(p))]

@pytest.mark.parametrize('path,folder', [('nbs/index.ipynb',''), ('README.md','nbs/'), ('README.zh-CN.md','nbs/')])
def test_table_of_the_course_is_complete_and_in_order(path, folder):
    "The course, then what is made to be used, then the themes, each once and in the order of the sidebar"
    named = re.findall(rf'^\|[^|]*\| \[([\w ]+)\]\({folder}([\w/]+)\.ipynb\)', words(root/path), re.M)
    listed = [o.removesuffix('.ipynb') for part,o in sections() if part not in ('','Pages')]
    assert [o for _,o in named]==listed
    assert all(title.replace(' ', '_')==o.rpartition('/')[2] for title,o in named)

def shown(path):
    "Commands, pictures and linked files of a page, translated or not"
    said = words(path)
    code = [o.split('#')[0].strip() for kind,block in re.findall(r'^```(\w*)\n(.*?)^```', said, re.M|re.S) if kind in ('','sh') for o in block.splitlines()]
    return {*code, *re.findall(r'\]\((?!http|#)([^)#]+)', said)} - {'','README.md','README.zh-CN.md'}

def test_translation_shows_the_same():
    "README.zh-CN.md has the commands, pictures and links of README.md, and as many sections or one more, on the original"
    assert shown(root/'README.md')-shown(root/'README.zh-CN.md')==set()
    sections = [len(re.findall(r'^## ', words(root/o), re.M)) for o in ('README.md','README.zh-CN.md')]
    assert sections[1]-sections[0] in (0,1), sections

def sections():
    "(section, notebook) of the sidebar, in its order"
    import yaml
    contents = yaml.safe_load((root/'nbs/sidebar.yml').read_text(encoding='utf-8'))['website']['sidebar']['contents']
    def pages(o, part=''):
        if isinstance(o, str): return [(part, o)]
        return [q for item in o for q in pages(item, part)] if isinstance(o, list) else pages(o['contents'], o['section'])
    return pages(contents)

def scores_tool(*args): return subprocess.run([sys.executable, root/'tools/release/results.py', *map(str, args)], capture_output=True, text=True, timeout=600)

def test_tables_of_scores_are_what_was_measured():
    said = scores_tool('--check')
    assert not said.returncode, said.stdout

def test_tables_of_scores_follow_the_scores(tmp_path):
    "Without weights the pages say so; with others they change, once; a figure changed by hand is found"
    for o in ('nbs/index.ipynb','nbs/pages/results.ipynb','nbs/pages/original.ipynb','nbs/pages/contributing.ipynb','README.zh-CN.md','settings.ini'):
        (tmp_path/o).parent.mkdir(exist_ok=True, parents=True)
        shutil.copy(root/o, tmp_path/o)
    scores_tool('--root', tmp_path)
    assert 'not shipped' in words(tmp_path/'nbs/pages/results.ipynb') and 'not shipped' in words(tmp_path/'README.md')
    score = dict(formulas=1234, tokens='canonical', beam_width=1, bleu4=87.654, edit=90., exact=50., perplexity=1.2345, intervals=dict(bleu4=[86.,89.]), image_exact_ws=61.7)
    (tmp_path/'latexocr/pretrained').mkdir(parents=True)
    (tmp_path/'latexocr/pretrained/scores.json').write_text(json.dumps(dict(test=score)))
    assert scores_tool('--root', tmp_path, '--check').returncode==1
    (tmp_path/'latexocr/pretrained/model.safetensors').write_bytes(b'weights')
    speed = dict(weights=hashlib.sha256(b'weights').hexdigest()[:12], test=dict(pictures=60, median_ms=43.2))
    (tmp_path/'latexocr/pretrained/speed.json').write_text(json.dumps(speed))
    scores_tool('--root', tmp_path)
    for o,column in (('README.md','| ms |'), ('README.zh-CN.md','| 毫秒 |')): assert column in words(tmp_path/o) and '| 43 |' in words(tmp_path/o)
    assert scores_tool('--root', tmp_path, '--check').returncode==0
    for o in ('README.md','README.zh-CN.md','nbs/index.ipynb','nbs/pages/results.ipynb'): assert all(k in words(tmp_path/o) for k in ('50.0','61.7','1,234'))
    assert all(k in words(tmp_path/'nbs/pages/results.ipynb') for k in ('87.7','75.42'))
    page = tmp_path/'README.zh-CN.md'
    page.write_text(page.read_text(encoding='utf-8').replace('61.7', '91.7'), encoding='utf-8')
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
        within = [o for o in body if isinstance(o, (ast.With, ast.For, ast.While)) for q in ast.walk(o) if isinstance(q, (ast.Import, ast.ImportFrom))]
        assert not within, code                     # nbdev warns of it when it makes the docs

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


readable = pages + sorted(root.glob('*.md')) + [root/'tools/README.md', root/'findings/README.md']

@pytest.mark.parametrize('path', readable, ids=name)
def test_no_machine_paths_or_addresses(path):
    assert not [m[0] for m in machine.finditer(words(path))]

@pytest.mark.parametrize('path', readable, ids=name)
def test_nothing_is_left_to_fill_in(path):
    assert not [m[0] for m in unfinished.finditer(words(path))]

@pytest.mark.parametrize('path', pages, ids=name)
def test_people_are_no_subject(path):
    "Prose speaks of the model, the function or you: no sentence is about somebody who does something"
    said = '\n'.join(text(c['source']) for c in cells(path) if c['cell_type']=='markdown')
    assert not re.findall(r'[^.\n]*\b[Ww]ho(?:ever)?\b[^.\n]*', said)

cited = re.compile(r"[A-Z][\w'-]+(?:,? (?:and|&) [A-Z][\w'-]+| et al\.?),? \(?(?:19|20)\d\d\b|\([A-Z][a-z]+ (?:19|20)\d\d\)|arXiv[: ]?\d{4}\.\d{4,5}")

def unlinked(said):
    "Citations in Markdown that are no links"
    return cited.findall(re.sub(r'```.*?```|\[[^\]]*\]\([^)\s]+\)|`[^`]*`', '', said, flags=re.S))

@pytest.mark.parametrize('path', pages, ids=name)
def test_citations_are_links(path):
    assert not [o for c in cells(path) if c['cell_type']=='markdown' for o in unlinked(text(c['source']))]

def test_citations_are_seen():
    assert unlinked('as in Luong et al. 2015, (Smith 2018) and arXiv 2409.03643')==['Luong et al. 2015','(Smith 2018)','arXiv 2409.03643']
    assert not unlinked('([Luong et al. 2015](https://arxiv.org/abs/1508.04025)) in 2015')

def test_glossary_is_in_order():
    "Each term once, by the alphabet, with a sentence and notebooks that exist"
    rows = [o.strip('|').split(' | ') for o in words(nbs/'pages/glossary.ipynb').split('\n') if o.startswith('| ')][1:]
    key = lambda o: re.sub(r'[^a-z0-9 ]', '', o.strip().lower())
    assert [key(o[0]) for o in rows]==sorted({key(o[0]) for o in rows}) and all(len(o)==3 and len(o[1])>20 for o in rows)
    assert all((nbs/'pages'/m).is_file() for *_,o in rows for m in re.findall(r'\]\(([^)]+)\)', o))

def test_notebooks_open_elsewhere():
    "Each page with a strip has the three links, of a form that Colab, Kaggle and Binder know, to the file that it is; and what installs it there"
    done = subprocess.run([sys.executable, root/'tools/repo/badges.py', '--check'], capture_output=True, text=True, timeout=600)
    assert not done.returncode, 'run `python tools/repo/badges.py`: '+done.stdout

def links_elsewhere(path):
    "What is wrong with the links of a notebook to places where it can be run"
    cfg = configparser.ConfigParser(delimiters=['='], interpolation=None)
    cfg.read(root/'settings.ini', encoding='utf-8')
    repo = cfg['DEFAULT']['git_url'].removeprefix('https://github.com/')
    here,file = re.escape(repo),re.escape(path.relative_to(root).as_posix())
    forms = dict(Colab=rf'https://colab\.research\.google\.com/github/{here}/blob/main/{file}', Kaggle=rf'https://www\.kaggle\.com/kernels/welcome\?src=https://github\.com/{here}/blob/main/{file}',
                 Binder=rf'https://mybinder\.org/v2/gh/{here}/main\?labpath={file.replace("/", "%2F")}')
    said = '\n'.join(text(c['source']) for c in cells(path) if c['cell_type']=='markdown')
    found = dict(re.findall(r'\[(Colab|Kaggle|Binder)\]\(([^)]+)\)', said))
    wrong = [k for k,o in forms.items() if not re.fullmatch(o, found.get(k, ''))]
    return wrong + ['install']*(f"git clone -q --depth 1 {cfg['DEFAULT']['git_url']} t " not in text(cells(path)[0]['source']))

@pytest.mark.parametrize('path', [p for p in pages if p in course or p.parent.name in [*themes,'use']], ids=name)
def test_links_to_places_that_run_it(path): assert not links_elsewhere(path)

def test_links_to_places_can_be_wrong(tmp_path, monkeypatch):
    (tmp_path/'nbs').mkdir(); shutil.copy(root/'settings.ini', tmp_path)
    said = (nbs/'06_attention.ipynb').read_text(encoding='utf-8').replace('labpath=nbs%2F06', 'labpath=nbs/06').replace('kernels/welcome', 'welcome')
    (tmp_path/'nbs/06_attention.ipynb').write_text(said.replace('git clone', 'git-clone'), encoding='utf-8')
    monkeypatch.setitem(globals(), 'root', tmp_path)
    assert links_elsewhere(tmp_path/'nbs/06_attention.ipynb')==['Kaggle','Binder','install']

def test_a_notebook_alone_installs_what_it_needs(tmp_path):
    "Its first cell where Colab would run it: a folder with nothing but the notebook. The address leads to this checkout, and pip only says what it was told"
    line = next(o for o in text(cells(nbs/'scoring/cdm.ipynb')[0]['source']).split('\n') if o.startswith('! '))[2:]
    cfg = configparser.ConfigParser(delimiters=['='], interpolation=None)
    cfg.read(root/'settings.ini', encoding='utf-8')
    copied = tmp_path/'repository'
    for o in ('nbs/scoring/cdm.ipynb','nbs/images/favicon.svg','latexocr/__init__.py','settings.ini'):
        (copied/o).parent.mkdir(parents=True, exist_ok=True); shutil.copy(root/o, copied/o)
    for o in ('init -q', 'add -A', '-c user.name=t -c user.email=t@t.example commit -qm t'): subprocess.run(['git', *o.split()], cwd=copied, check=True, timeout=60)
    (tmp_path/'bin').mkdir(); (tmp_path/'content').mkdir(); (tmp_path/'alone').mkdir()
    (tmp_path/'bin/pip').write_text('#!/bin/sh\necho "$@" > told\n'); (tmp_path/'bin/pip').chmod(0o755)
    def run(line, **env):
        line = line.replace(cfg['DEFAULT']['git_url'], copied.as_uri()).replace('/content', str(tmp_path/'content'))
        return subprocess.run(['sh','-c',line], cwd=tmp_path/'alone', timeout=60, env={'PATH':f'{tmp_path}/bin:/usr/bin:/bin', **env}, check=True)
    run(line)
    found = {p.relative_to(tmp_path/'alone').as_posix() for p in (tmp_path/'alone').rglob('*') if p.is_file() and '.git/' not in p.as_posix()}
    assert (tmp_path/'alone/told').read_text().split()==['install','-q','.[dev]']
    assert {'cdm.ipynb','images/favicon.svg','latexocr/__init__.py','settings.ini'}<=found         # what stands beside it in its folder, and in nbs, is beside it here
    shutil.rmtree(tmp_path/'content'); (tmp_path/'alone/told').unlink()
    run(line)
    assert not (tmp_path/'alone/told').exists()                                                    # anywhere else it does nothing

# --- who may import whom

def ours(path, lazy=True):
    "Modules of the package that the one at `path` imports, by their names now"
    found = {o.removeprefix('latexocr.') for o in imports(ast.parse(path.read_text(encoding='utf-8')), lazy, path.relative_to(package).parts[:-1]) if o.startswith('latexocr.')}
    return {moved.get(o, o) for o in found}

# What the course still takes from themes, until its notebooks are cut: none of these lines may be missing from the code, and no other may be added
not_yet = set()

def test_course_themes_use():
    "The course imports what comes earlier in the course; a theme imports the course and other themes; only what is made to be used imports everything"
    where = {m: layer(o) for m,o in homes().items()}
    against = {(module_name(p), o) for p in modules for o in ours(p) & where.keys()
               if where[o]>=where[module_name(p)] and not (where[module_name(p)]==where[o]==(1,)) and where[module_name(p)]!=(2,)}
    assert against==not_yet

def test_course_loads_by_name_what_it_says():
    "Where the course lets themes add to it, a name says where they are; nothing else is loaded by its name"
    tables = {'normalize': 'EXTENSIONS', 'render': 'TYPEFACES_IN', 'data': 'AUGMENT', 'encoder': 'ENCODERS', 'decoder': 'latexocr.models'}
    where = {m: layer(o) for m,o in homes().items()}
    found = {module_name(p): p.read_text(encoding='utf-8') for p in modules if where[module_name(p)][0]==0}
    found = {m: o for m,o in found.items() if re.search(r'import_module\(|resolve_name\(', o)}
    assert set(found)<=set(tables) and all(tables[m] in o for m,o in found.items()), set(found)

def test_no_module_needs_itself():
    "Loading a module never comes back to it"
    from graphlib import TopologicalSorter
    TopologicalSorter({module_name(p): ours(p, lazy=False) for p in modules}).prepare()

@pytest.mark.parametrize('path', [p for p in modules if module_name(p) in reading_path], ids=name)
def test_reading_path_is_light(path):
    "Loading a module of the reading path loads neither fastai nor anything else that is slow to import"
    heavy = []
    for o in imports(ast.parse(path.read_text(encoding='utf-8')), lazy=False, inside=path.relative_to(package).parts[:-1]):
        if o.startswith('latexocr.'): ok = moved.get(o[9:], o[9:]) in reading_path
        elif o.split('.')[0]=='fastcore': ok = any(o==f or o.startswith(f+'.') for f in light_fastcore)
        else: ok = o.split('.')[0] in light
        if not ok: heavy.append(o)
    assert not heavy

def test_solutions_run_with_their_notebook():
    "The Python of a folded solution becomes a cell after its exercise"
    spec = importlib.util.spec_from_file_location('test_tool', root/'tools/repo/test.py')
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    path = nbs/'00_core.ipynb'
    new = [c for c in tool.with_solutions(path)['cells'] if '-' in c['id']]
    assert len(new)==1 and 'autoescape=True' in new[0]['source'] and len(tool.with_solutions(path)['cells'])==len(cells(path))+1

def test_import_rules_can_fail():
    "The two readers of imports see what they are meant to see"
    tree = ast.parse('import os\nfrom fastai.basics import *\ndef f():\n    import pyarrow\n    from .cli import main\nclass A:\n    from matplotlib import pyplot\nfrom fastcore import foundation')
    assert set(imports(tree))=={'os','fastai.basics','pyarrow','latexocr.cli','matplotlib','fastcore.foundation'}
    assert set(imports(tree, lazy=False))=={'os','fastai.basics','matplotlib','fastcore.foundation'}
    deep = ast.parse('from ..data import x\nfrom .calibration import y\nfrom .. import core\nfrom latexocr.scoring import report')
    assert set(imports(deep, inside=('scoring',)))=={'latexocr.data','latexocr.scoring.calibration','latexocr.core','latexocr.scoring.report'}

def test_the_contract_has_type_hints():
    "What users call by hand; py.typed promises them to their editors"
    import inspect, typing
    from latexocr.normalize import detokenize, normalize, tokenize
    from latexocr.tex.mine import mine_formulas
    from latexocr.predict import LatexOCR, Prediction, open_picture
    from latexocr.render import render
    every = [normalize, tokenize, detokenize, mine_formulas, LatexOCR.__call__, LatexOCR.from_pretrained, open_picture, render]
    for f in every:
        hints = typing.get_type_hints(f)
        assert set(inspect.signature(f).parameters)-{'self','cls'} < set(hints) and 'return' in hints, f
    assert {'latex','tokens','confidence','alternatives'} < set(typing.get_type_hints(Prediction)) and typing.get_type_hints(Prediction.attention.fget)

# Public functions of these modules still lack types or docstrings (`python tools/repo/figures.py --missing`): a name leaves when it has them, none comes in
untyped = set()

def repo_tool(name):
    spec = importlib.util.spec_from_file_location(name, root/f'tools/repo/{name}.py')
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    return tool

def test_public_functions_have_types_and_docstrings():
    tool = repo_tool('figures')
    lacking = [(module_name(root/k), f'{name} {" ".join(o)}{"" if doc else " no docstring"}') for k,name,o,doc in tool.missing(tool.working_tree())]
    assert not [o for o in lacking if o[0] not in untyped] and untyped=={m for m,_ in lacking}

def test_figures_see_what_is_missing():
    found = list(repo_tool('figures').public_functions('''__all__ = ['f','A']
def f(a, b:int, *, c): return a
def g(a): return a
class A:
    def __init__(self, x): pass
    def forward(self, x:int): pass
    def show(self)->int: "Yes"
    def _own(self, x): pass
@patch
def more(self:A, y): pass'''))
    assert found==[('f',['a','c'],False), ('A.__init__',['x'],True), ('A.forward',[],True), ('A.show',[],True), ('A.more',['y'],False)]

def test_old_names_lead_to_new_ones():
    "Every entry of the table of old names gives something, and says what its name is now"
    code = '''import importlib, warnings
from latexocr._moved import NAMES
for module,table in NAMES.items():
    m = importlib.import_module('latexocr.'+module)
    for place,names in table.items():
        for o in names.split():
            old,_,new = o.partition('=')
            with warnings.catch_warnings(record=True) as found:
                warnings.simplefilter('always')
                a = getattr(m, old)
            here = importlib.import_module('latexocr.'+(place or module))
            assert a is getattr(here, new or old), o
            assert any((new or old) in str(w.message) for w in found), o'''
    p = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, cwd=root, timeout=600)
    assert p.returncode==0, p.stderr

def old_names_used(code, tables):
    "Imports of names that have moved, and configs by their old names, in the text of a module or a notebook's code"
    from latexocr.use.options import CONFIGS_BEFORE
    found = [f'{o.module}.{a.name}' for o in ast.walk(ast.parse(code)) if isinstance(o, ast.ImportFrom) and not o.level
             for a in o.names if a.name in tables.get((o.module or '').removeprefix('latexocr.'), ()) or f'{o.module}.{a.name}'.removeprefix('latexocr.') in moved]
    found += [o.module for o in ast.walk(ast.parse(code)) if isinstance(o, ast.ImportFrom) and (o.module or '').startswith('latexocr.') and o.module[9:] in moved]
    return found + re.findall(rf"--config (?:{'|'.join(CONFIGS_BEFORE)})\b|\b(?:{'|'.join(CONFIGS_BEFORE)})\.toml", code)

def test_old_names_are_used_nowhere():
    "Old names lead to new ones for a release; nothing here takes that way. The list of what moved, the changelog and these tests name them"
    from latexocr._moved import NAMES
    tables = {m: {o.partition('=')[0] for names in t.values() for o in names.split()} for m,t in NAMES.items()}
    plain = lambda path: '\n'.join('pass' if re.match(r'\s*[%!]', o) else o for c in cells(path) if c['cell_type']=='code' for o in text(c['source']).split('\n'))
    texts = {p: plain(p) for p in pages if name(p)!='use/options.ipynb'}
    texts |= {p: p.read_text(encoding='utf-8') for folder in ('tests','tools') for p in (root/folder).rglob('*.py') if p.name!='test_repo.py' and p!=root/'tools/bench/train.py'}      # which times older commits, too
    assert not [(p.name, o) for p,code in texts.items() for o in old_names_used(code, tables)]
    assert old_names_used('from latexocr.beam_search import quick, read\nfrom latexocr.views import x\n"--config quarter"', tables | {'beam_search':{'read'}})== \
        ['latexocr.beam_search.read','latexocr.views','--config quarter']

# --- the right size

# What is still too large. A name leaves its list when it has been cut (the test says so), and none comes in
long_notebooks = set()
large_modules = set()

def test_notebooks_are_short():
    "At most 80 cells"
    assert {p.relative_to(nbs).with_suffix('').as_posix() for p in pages if len(cells(p))>80}==long_notebooks

# Notebooks with code cells of more than 30 lines, most of them one long function; the course has none
long_cells = {'decoding/speculative'}

def test_cells_are_short():
    "At most 30 lines; beside the printers' tables and parsers, what is longer is in the list"
    tool = repo_tool('figures')
    found = {k.removeprefix('nbs/').removesuffix('.ipynb') for k,_,_ in tool.long_cells(tool.notebooks(tool.working_tree()))}
    assert {o for o in found if not o.startswith('tex/')}==long_cells

def test_modules_are_short_and_narrow():
    "At most 300 lines of 140 columns"
    def large(path):
        lines = path.read_text(encoding='utf-8').splitlines()
        return len(lines)>300 or max(map(len, lines))>140
    assert {module_name(p) for p in modules if large(p)}==large_modules

@pytest.mark.parametrize('path', [*modules, *sorted((root/'tests').glob('*.py')), *sorted((root/'tools').rglob('*.py'))], ids=name)
def test_compiles_without_a_warning(path):
    "Such as that of a backslash in a docstring, which a later Python takes for an error"
    with warnings.catch_warnings():
        warnings.simplefilter('error')
        compile(path.read_text(encoding='utf-8'), str(path), 'exec')

# --- what it depends on

@pytest.mark.parametrize('tool', ['licences','lock'])
def test_dependencies_are_listed(tool):
    "NOTICE has a licence, and lock.txt a version, for each requirement of settings.ini"
    p = subprocess.run([sys.executable, root/f'tools/repo/{tool}.py', '--check'], capture_output=True, text=True, timeout=120)
    assert p.returncode==0, p.stdout
    for line in (root/'lock.txt').read_text(encoding='utf-8').splitlines(): assert re.fullmatch(r'[a-z0-9-]+==[\w.]+', line)
    said = (root/'NOTICE').read_text(encoding='utf-8').partition('Licences of the packages')[2]
    assert 'not said' not in said and len(re.findall(r'^\* ', said, re.M))>=15
