"What several test files share"
import os, shutil
import pytest

# the smallest model worth training, for configs; what follows is its training
TINY_MODEL = """[vocab]
min_count = 0
[model]
channels = [8, 8, 16, 16]
d_model = 32
layers = 1
heads = 2
[training]
"""

def needs(tool):
    "Skip the test where `tool` (a program, or the TeX engine 'system' or 'wheel') is missing; under CI=true that is a failure. 'chromium' may be Chrome"
    if tool in ('system','wheel'):
        from latexocr.render import EngineError, find_engine
        try: return find_engine(tool)
        except EngineError: found = None
    else: found = next(filter(None, map(shutil.which, ('chromium','chromium-browser','google-chrome') if tool=='chromium' else (tool,))), None)
    if not found: missing(tool)
    return found

def missing(tool): (pytest.fail if os.environ.get('CI')=='true' else pytest.skip)(f'{tool} is missing')

@pytest.fixture(scope='session', params=['system','wheel'])
def engine(request):
    "Each TeX engine in turn"
    return needs(request.param)

@pytest.fixture(scope='module')
def browser():
    "Chromium, without a window"
    path,api = needs('chromium'),pytest.importorskip('playwright.sync_api')
    with api.sync_playwright() as pw:
        browser = pw.chromium.launch(executable_path=path, args=['--no-sandbox'])
        yield browser
        browser.close()

LONG = ('test_train.py','test_small.py','test_browser.py','test_together.py','test_full.py')
def pytest_collection_modifyitems(items):
    "Files that take minutes come first: at the end one process would run them while the other waits"
    items.sort(key=lambda o: o.path.name not in LONG)
