"What several test files share"
import os, shutil
import pytest

def needs(tool):
    "Skip the test where `tool` (a program, or the TeX engine 'system' or 'wheel') is missing; under CI=true that is a failure"
    if tool in ('system','wheel'):
        from latexocr.render import EngineError, find_engine
        try: return find_engine(tool)
        except EngineError: found = None
    else: found = shutil.which(tool)
    if not found: (pytest.fail if os.environ.get('CI')=='true' else pytest.skip)(f'{tool} is missing')
    return found

@pytest.fixture(scope='session', params=['system','wheel'])
def engine(request):
    "Each TeX engine in turn"
    return needs(request.param)
