"What goes wrong is said in one line that names it: no traceback, no lost name, no waiting for ever"
import errno, os, sys

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw, ImageFont

from latexocr.cli import main
from latexocr.decoder import Im2Latex, ModelConfig
from latexocr.predict import LatexOCR, PictureError
from latexocr.use import text_commands
from latexocr.vocab import SPECIALS, Vocab

@pytest.fixture(scope='module')
def ocr():
    torch.manual_seed(42)
    vocab = Vocab([*SPECIALS,'a','b','+'])
    return LatexOCR(Im2Latex(ModelConfig(vocab_size=len(vocab), channels=(8,8,8,8), d_model=16, heads=2)), vocab)

def said(capsys, *words):
    "Exit code and what stands on stderr, which is one line"
    code,err = main([*map(str, words)]),capsys.readouterr().err
    assert len(err.splitlines())==1 and 'not a known kind' not in err
    return code,err

@pytest.mark.parametrize('text', ['[data]\nlimit = '+'9'*5000, '[data]\nlimit = '+'['*50_000])
def test_configs_of_great_depth(capsys, tmp_path, text):
    (tmp_path/'a.toml').write_text(text)
    code,err = said(capsys, 'build', '--config', tmp_path/'a.toml')
    assert code==2 and 'is not TOML' in err

@pytest.mark.parametrize('text', ['', '{', '[]', '{"counts": {"train": '+'9'*5000+'}}'])
def test_broken_manifest(capsys, tmp_path, text):
    (tmp_path/'manifest.json').write_text(text)
    code,err = said(capsys, 'train', '--config', 'small', '--data', tmp_path, '--out', tmp_path/'out')
    assert code==2 and 'manifest.json is damaged' in err and 'build again' in err

def test_closed_stdin(capsys, monkeypatch):
    monkeypatch.setattr(sys, 'stdin', None)
    assert said(capsys, 'normalize')[1].endswith('standard input is closed: name a file, or feed a pipe\n')

def test_full_disk(capsys, monkeypatch):
    monkeypatch.setattr(text_commands, 'open_lines', lambda path: (_ for _ in ()).throw(OSError(errno.ENOSPC, 'No space left on device')))
    code,err = said(capsys, 'normalize', 'x')
    assert code==2 and 'No space left on device; make room' in err

def test_a_blank_picture_keeps_its_name(ocr, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Image.new('L', (40,20), 255).save('is', 'PNG')
    with pytest.raises(PictureError, match='^is: there is nothing on this picture$'): ocr('is')

def test_a_page_is_named_as_one(ocr):
    "Twenty lines of words: refused before they are read"
    import matplotlib
    font = ImageFont.truetype(f'{matplotlib.get_data_path()}/fonts/ttf/DejaVuSans.ttf', 12)
    page = Image.new('L', (440,440), 255)
    words = 'We suppose that the field is small near the boundary of all states'
    ImageDraw.Draw(page).multiline_text((20,20), '\n'.join([words]*20), font=font, fill=0, spacing=6)
    with pytest.raises(PictureError, match='a page of 20 lines, not one formula'): ocr(page)

@pytest.mark.skipif(not hasattr(os, 'fork'), reason='no fork')
def test_a_forked_child_says_what_to_do(ocr):
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        if not (pid := os.fork()):
            try: ocr(np.full((20,20), 255, np.uint8)); os._exit(1)
            except RuntimeError as e: os._exit(0 if 'spawn' in str(e) else 2)
            except BaseException: os._exit(3)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])==0
    finally: torch.set_num_threads(before)
