"Each row of the page \"What happens if …\", tried again: nothing is lost. Quick twins stand in test_messages.py"
import shutil, sys
from pathlib import Path
import pytest
from conftest import needs
if sys.platform!='linux': pytest.skip('reads /proc', allow_module_level=True)
sys.path.insert(0, str(Path(__file__).resolve().parent.parent/'tools/bench'))
import what_if

@pytest.fixture(scope='module', autouse=True)
def tidy():
    needs('system')
    yield
    if what_if.home.cache_info().currsize: shutil.rmtree(what_if.home(), ignore_errors=True); what_if.home.cache_clear()

@pytest.mark.slow
@pytest.mark.parametrize('row', sorted(what_if.TRIALS))
def test_nothing_is_lost(row):
    found = what_if.result(what_if.TRIALS[row])
    assert found['tried'] and not found['lost'], found
