"The table of robustness, with a model that has learned nothing"
import importlib.util, io, json, sys, tarfile
from pathlib import Path
import pytest, torch
from PIL import Image

from conftest import missing, needs
from latexocr.decoder import Im2Latex, ModelConfig, save_pretrained
from latexocr.vocab import SPECIALS, Vocab

root = Path(__file__).resolve().parent.parent

@pytest.fixture(scope='module')
def tool():
    spec = importlib.util.spec_from_file_location('robust', root/'tools/bench/robust.py')
    module = importlib.util.module_from_spec(spec); spec.loader.exec_module(module)
    return module

def test_table(tool, tmp_path, monkeypatch, capsys):
    torch.manual_seed(42)
    vocab = Vocab([*SPECIALS,'a','b','+'])
    save_pretrained(Im2Latex(ModelConfig(vocab_size=len(vocab), channels=(8,8,8,8), d_model=16, heads=2)), tmp_path/'model', vocab)
    (tmp_path/'f.txt').write_text('a+b\n\\nonsense\nb\na+a\n')
    with tarfile.open(tmp_path/'real.tar', 'w') as tar:                        # two pictures of four
        f = io.BytesIO(); Image.new('L', (30,20), 255).save(f, 'PNG')
        for name in ('0.png','2.png'): o = tarfile.TarInfo(name); o.size = len(f.getvalue()); f.seek(0); tar.addfile(o, f)
    words = [tmp_path/'model','--formulas',tmp_path/'f.txt','--real',tmp_path/'real.tar','--out',tmp_path/'o.json']
    monkeypatch.setattr(sys, 'argv', ['robust', *map(str, words)])
    tool.main()
    found = json.loads((tmp_path/'o.json').read_text())['rows']
    assert [o['name'] for o in found]==['plain',*tool.SIZES,*tool.CHANGES,*tool.FONTS,'real']
    assert found[0]['as_plain']==100 and all(o.get('missing') or o['formulas']==2 for o in found)
    assert len(capsys.readouterr().out.splitlines())==4+len(found)

def test_other_fonts_are_other_pictures(tool):
    needs('system')
    drawn = dict(tool.pictures([(0,'a'),(1,'g')], engine='system'))
    assert abs(drawn['drawn at 2×'][0].width-2*drawn['plain'][0].width)<=12                    # margins stay as they are
    if drawn['Times'] is None: missing('texlive-fonts-recommended')
    assert all(o is None or [p.tobytes() for p in o]!=[p.tobytes() for p in drawn['plain']] for k,o in drawn.items() if k!='plain')
    assert tool.choose(['x',r'\nonsense','y'], 5)==[o for o in tool.choose(['x',r'\nonsense','y'], 2)]
