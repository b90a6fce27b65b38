"The page of `latexocr app` in a real browser: choose, paste, edit, step; nothing may leave this computer"
import base64, os, re, signal, subprocess, sys, time, urllib.error, urllib.request
from pathlib import Path

import pytest
import torch

from conftest import needs
from latexocr.data import small_formulas
from latexocr.decoder import Im2Latex, ModelConfig, save_pretrained
from latexocr.normalize import normalize
from latexocr.render import render
from latexocr.vocab import END, Vocab

@pytest.fixture(scope='module')
def weights(tmp_path_factory):
    "A model that has learned nothing, and that writes and writes until it is stopped"
    torch.manual_seed(42)
    vocab = Vocab.from_formulas([normalize(o) for o in small_formulas()['train'][:20]])
    model = Im2Latex(ModelConfig(vocab_size=len(vocab), channels=(8,8,8,8), d_model=16, heads=2, layers=1))
    model.decoder.logits.bias.data[END] = -1.
    path = tmp_path_factory.mktemp('weights')
    save_pretrained(model, path, vocab, dpi=200, style='canonical')
    return path

def end(p):
    "Ctrl-C; a program started in the background may ignore that, so SIGTERM after it, and no waiting for ever"
    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        p.send_signal(sign)
        try: return p.wait(20)
        except subprocess.TimeoutExpired: continue

START = 'import sys, latexocr.use.serve as serve; serve.PAGES = 1; from latexocr.cli import main; sys.exit(main())'

def start(weights, folder, **how):
    "`latexocr app`, and the address at which it says it is; its temporary files lie in `folder`"
    words = ['app','--weights',str(weights),'--port','0','--no-browser']
    p = subprocess.Popen([sys.executable, '-c', START, *words], stdout=subprocess.PIPE, text=True, env=os.environ|dict(TMPDIR=str(folder)), **how)
    try: return p,re.search(r'http://127\.0\.0\.1:\d+/\?token=[\w-]+', p.stdout.readline())[0]
    except Exception: p.kill(); raise

@pytest.fixture(scope='module')
def page_url(weights, tmp_path_factory):
    p,url = start(weights, tmp_path_factory.mktemp('page'))
    with p:
        try: yield url
        finally: end(p)

def ask(url, **headers):
    "Status and text of an answer"
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(urllib.request.Request(url, headers={k.replace('_', '-'):v for k,v in headers.items()}), timeout=60) as f: return f.status,f.read().decode()
    except urllib.error.HTTPError as e: return e.code,e.read().decode()

@pytest.fixture(scope='module')
def tab(page_url):
    "The page, open and ready; what it asked for is in `.asked`"
    path,api = needs('chromium'),pytest.importorskip('playwright.sync_api')
    with api.sync_playwright() as pw:
        browser = pw.chromium.launch(executable_path=path, args=['--no-sandbox'])
        page = browser.new_page(viewport=dict(width=1000, height=1200))
        page.asked = []
        page.on('request', lambda r: page.asked.append(r.url))
        page.goto(page_url, timeout=120_000)
        page.wait_for_selector('.latexocr .intake', timeout=120_000)
        yield page
        browser.close()

def picture(latex):
    "Bytes of a PNG"
    import io
    f = io.BytesIO(); render([latex])[0].image.save(f, 'PNG')
    return f.getvalue()

def wait(tab, text=True):
    "Until there is a result (or a complaint)"
    tab.wait_for_function("() => !document.querySelector('.latexocr .status').className.includes('busy')", timeout=60_000)
    assert tab.is_visible('.latexocr .result')==text

PASTE = """([data, name, kind]) => {
  const bytes = Uint8Array.from(atob(data), o => o.charCodeAt(0)), given = new DataTransfer()
  given.items.add(new File([bytes], name, {type: kind}))
  document.dispatchEvent(new ClipboardEvent('paste', {clipboardData: given, bubbles: true, cancelable: true}))
}"""
def paste(tab, data, name='formula.png', kind='image/png'): tab.evaluate(PASTE, [base64.b64encode(data).decode(), name, kind])

def test_choose_a_file(tab):
    tab.set_input_files('#latexocr-file', dict(name='a.png', mimeType='image/png', buffer=picture('x^2+y')))
    wait(tab)
    assert tab.get_attribute('.given img', 'src').startswith('data:image/png')
    assert '% sure' in tab.inner_text('.sure').replace('\xa0', ' ')

def test_paste_and_step(tab):
    before = tab.get_attribute('.given img', 'src')
    paste(tab, picture(r'\frac{a}{b}'))
    wait(tab)
    assert tab.get_attribute('.given img', 'src')!=before
    assert tab.input_value('#latexocr-text')
    tab.wait_for_selector('iframe.stepper', state='visible', timeout=60_000)
    inside = tab.frame_locator('iframe.stepper')
    heat = lambda: inside.locator('#heat').evaluate('o => o.toDataURL()')
    first = heat(),inside.locator('#choices').inner_text()
    assert int(re.search(r'of (\d+)', inside.locator('#said').inner_text())[1])>1
    assert inside.locator('#head').is_visible() and len(first[1].split('%'))==6               # five rivals
    inside.locator('#slider').press('ArrowRight')
    assert inside.locator('#said').inner_text().startswith('2 of') and heat()!=first[0] and inside.locator('#choices').inner_text()!=first[1]
    second = heat(); inside.locator('#head').select_option('2')
    assert heat()!=second

def test_edit_the_text(tab):
    tab.fill('#latexocr-text', r'\sqrt{q}')
    tab.wait_for_function("() => document.querySelector('.drawn img')?.alt == '\\\\sqrt{q}'", timeout=30_000)
    tab.fill('#latexocr-text', r'\input{secrets}')
    tab.wait_for_function("() => document.querySelector('.refused').textContent.includes('not allowed')", timeout=30_000)

@pytest.mark.parametrize('data', [b'Dear diary', b'', b'\x89PNG\r\n\x1a\n and no more'])
def test_what_is_no_picture_gets_a_line(tab, data):
    paste(tab, data, 'diary.png')
    wait(tab, False)
    said = tab.inner_text('.status')
    assert said and 'diary.png' in said and 'Traceback' not in said

def test_reads_on_after_trouble(tab):
    paste(tab, picture('z'))
    wait(tab)

def test_nothing_leaves_this_computer(tab, page_url):
    home = page_url.split('?')[0]
    away = [o for o in tab.asked if not o.startswith((home, 'data:', 'blob:', 'about:', home.replace('http', 'ws')))]
    assert not away, away

def clipboard(tab, kind):
    "What another program would be given"
    return tab.evaluate("async kind => { const [o] = await navigator.clipboard.read(); return o.types.includes(kind) ? await (await o.getType(kind)).text() : null }", kind)

def test_copy_as(tab):
    "Text for an editor and MathML for Word at once; the choice is remembered; what a language cannot hold is not copied"
    tab.context.grant_permissions(['clipboard-read','clipboard-write'])
    def copy(latex, target):
        tab.fill('#latexocr-text', latex)
        tab.wait_for_function("() => document.querySelector('.latexocr .drawn img')?.alt == document.querySelector('#latexocr-text').value", timeout=60_000)
        tab.select_option('.latexocr .copy-as', target)
        if tab.is_enabled('.latexocr .copy'):
            tab.click('.latexocr .copy'); tab.wait_for_function("() => document.querySelector('.latexocr .copy').textContent == 'Copied'")
            tab.wait_for_function("() => document.querySelector('.latexocr .copy').textContent == 'Copy'")
    tab.set_input_files('#latexocr-file', dict(name='a.png', mimeType='image/png', buffer=picture('x^2+y')))
    wait(tab)
    copy(r'\frac{a}{b}', 'typst')
    assert clipboard(tab, 'text/plain')=='frac(a, b)'
    assert 'mfrac' in clipboard(tab, 'text/html') and '<mi>a</mi>' in clipboard(tab, 'text/html')
    copy('a<b', 'latex')
    assert clipboard(tab, 'text/plain')=='a<b' and '&lt;' in clipboard(tab, 'text/html')
    copy('a=b=c', 'sympy')
    assert tab.is_disabled('.latexocr .copy') and 'chain' in tab.get_attribute('.latexocr .copy', 'title')
    assert tab.evaluate("localStorage.getItem('latexocr-copy-as')")=='sympy'
    tab.select_option('.latexocr .copy-as', 'latex')

def test_other_pages_are_refused(page_url):
    "No token, or a request that another page has made: one sentence, and no kernel"
    home = page_url.split('?')[0]
    for path in ('','login','api/kernels','voila/api/shutdown/x'): assert ask(home+path)[0]==403 if path!='voila/api/shutdown/x' else ask(home+path)[0] in (403,405)
    assert ask(home+'?token=guess')[0]==403
    for foreign in (dict(Origin='https://evil.example'), dict(Origin='null'), dict(Sec_Fetch_Site='cross-site'), dict(Sec_Fetch_Site='same-site'), dict(Host='evil.example')):
        for path in (page_url, home+'voila/static/voila.js'):
            status,said = ask(path, **foreign)
            assert status==403 and said.count('<p')==1 and 'Traceback' not in said, (path, foreign)

def test_one_page_too_many(tab, page_url):
    "The server of this file allows one kernel, and `tab` has it"
    status,said = ask(page_url)
    assert status==503 and 'pages are open already' in said

@pytest.mark.skipif(os.name!='posix', reason='signals')
def test_ends(weights, tmp_path):
    "SIGTERM ends it where SIGINT is ignored, and nothing is left; what SIGKILL leaves, the next start removes"
    names = lambda: sorted(o.name for o in tmp_path.iterdir())
    p,_ = start(weights, tmp_path)
    with p: p.kill()
    assert len(names())==1
    killed = names()
    p,_ = start(weights, tmp_path, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN))
    with p:
        try:
            assert len(names())==1 and names()!=killed
            p.send_signal(signal.SIGINT); p.send_signal(signal.SIGTERM)
            assert p.wait(60)==0 and names()==[]
        finally: p.kill()
