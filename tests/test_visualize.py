"What a reader of untrusted pictures shows must stay text, stay small, and need nothing that is slow to load"
import json, re, subprocess, sys
from collections import namedtuple
from html.parser import HTMLParser

import numpy as np
import pytest
from PIL import Image

from conftest import needs
from latexocr.viewing.beam_tree import BeamNode, beam_html
from latexocr.viewing.trace import DecodingTrace
from latexocr.visualize import attention_gif, attention_html, attention_overlay, attention_strip, save_views, stepper
from latexocr.viewing.curves import loss_curve, training_curves

Reading = namedtuple('Reading', 'image latex tokens probs attention')
nasty = ['</script><script>alert(1)</script>', '<!--<script>', ']]>', '"><img src=x onerror=alert(1)>', "'", '&lt;b&gt;', '{{data}}', '{{nothing}}',
         '\u2028', '\n', '\x00', '', r'\alpha', '日本', 'x'*5000]

def reading(tokens, size=(120,30), rows=8, columns=30):
    rng = np.random.default_rng(42)
    picture = Image.fromarray(np.where(rng.random(size[::-1])<.1, 0, 255).astype(np.uint8))
    return Reading(picture, ' '.join(tokens), list(tokens), [.5]*len(tokens), rng.random((len(tokens),rows,columns)))

class Page(HTMLParser):
    "The elements of a page with their attributes, and the text inside script and title"
    def __init__(self, page):
        super().__init__()
        self.tags,self.attributes,self.inside,self.here = [],{},{},None
        self.feed(page); self.close()
    def handle_starttag(self, tag, attrs):
        self.tags.append(tag); self.here = tag
        for k,v in attrs: self.attributes.setdefault(k, []).append(v)
    def handle_endtag(self, tag): self.here = None
    def handle_data(self, data): self.inside.setdefault(self.here, []).append(data)

def test_hostile_tokens_add_no_element():
    calm,evil = Page(attention_html(reading(['x']))),Page(attention_html(reading(nasty), title=nasty[0]))
    assert evil.tags==calm.tags
    assert {k:len(v) for k,v in evil.attributes.items()}=={k:len(v) for k,v in calm.attributes.items()}
    assert not [k for k in evil.attributes if k.startswith('on')]

@pytest.mark.parametrize('token', nasty)
def test_tokens_arrive_whole(token):
    page = Page(attention_html(reading([token]), title=token))
    assert json.loads(page.inside['script'][0])['tokens']==[token]
    assert page.attributes['alt']==[token,'the formula so far']
    assert ''.join(page.inside.get('title', []))==token

def test_page_fetches_nothing():
    page = attention_html(reading(['x','^']))
    assert all(o.startswith('data:image/png;base64,') for o in Page(page).attributes['src'])
    assert not re.search(r'https?:|href=|@import|url\(|fetch\(|import\(', page)
    assert "default-src 'none'" in page

def test_views_bear_hostile_tokens(tmp_path):
    p = reading(nasty)
    assert [o.name for o in save_views(p, tmp_path, gif=True, html=True)]==['attention.png','attention.gif','attention.html']
    assert Image.open(tmp_path/'attention.png').width<=900
    with Image.open(tmp_path/'attention.gif') as gif: assert gif.n_frames==len(nasty)
    assert len(list(tmp_path.iterdir()))==3

@pytest.mark.parametrize('size', [(1,1), (8,300), (1500,20), (3000,2000)])
def test_any_picture(size, tmp_path):
    p = reading(['a','b','c'], size)
    assert attention_overlay(p, 2).size==size
    assert attention_strip(p).width<=900
    attention_gif(p, tmp_path/'a.gif')
    with Image.open(tmp_path/'a.gif') as gif: assert gif.width<=640 and gif.height<=400
    assert len(attention_html(p))<2_000_000

def test_nothing_read(tmp_path):
    p = reading([])
    assert attention_strip(p).mode=='RGB'
    assert len(save_views(p, tmp_path, gif=True, html=True))==3

def test_a_long_formula_stays_small(tmp_path):
    p = reading([r'\alpha']*150, (800,100), 13, 100)
    assert len(attention_html(p))<1_500_000
    attention_gif(p, tmp_path/'a.gif')
    assert (tmp_path/'a.gif').stat().st_size<8_000_000

def test_a_gif_that_cannot_be_written_leaves_the_old_one(tmp_path):
    (tmp_path/'a.gif').write_bytes(b'old')
    with pytest.raises(IndexError): attention_gif(reading(['x','y'])._replace(attention=np.ones((1,3,3))), tmp_path/'a.gif')
    assert (tmp_path/'a.gif').read_bytes()==b'old' and len(list(tmp_path.iterdir()))==1

@pytest.mark.parametrize('log', ['', 'epoch\n', 'epoch,train_loss\n', 'epoch,train_loss\n0,\n', 'epoch,train_loss\n0,nan\n'])
def test_curves_without_numbers(log, tmp_path):
    (tmp_path/'log.csv').write_text(log)
    with pytest.raises(ValueError, match='no numbers'): training_curves(tmp_path/'log.csv')

def test_loads_neither_matplotlib_nor_fastai():
    code = "import sys, latexocr.visualize; sys.exit(bool({'matplotlib','fastai','IPython','pyarrow'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, '-c', code], timeout=600).returncode==0

# --- all there is to see

def sight(tokens, layers=2, heads=4, size=(120,30)):
    rng = np.random.default_rng(42)
    p,n = reading(tokens, size),len(tokens)
    drawn = [Image.new('L', (20+10*t, 20), 200) for t in range(n)]
    return DecodingTrace(p.image, p.latex, p.tokens, p.probs, rng.random((n,layers,heads,4,15), dtype=np.float32), [[(t,.5),('other',.3),('_END',.1)] for t in tokens], drawn)

def tree(tokens):
    "A winner of all `tokens`, and a pruned node under each"
    nodes,last = [],None
    for i,t in enumerate(tokens):
        nodes += [BeamNode(i, 0, last, t, -.1, -.1*(i+1), 'winner', 0 if i==len(tokens)-1 else None), BeamNode(i, 1, last, t, -2., -2.-.1*i)]
        last = nodes[-2]
    return nodes

def test_hostile_rivals_add_no_element():
    calm,evil = Page(attention_html(sight(['x']))),Page(attention_html(sight(nasty), title=nasty[0]))
    assert evil.tags==calm.tags
    assert [[t for t,_ in o] for o in json.loads(evil.inside['script'][0])['choices']]==[[t,'other','_END'] for t in nasty]

def test_hostile_tokens_in_the_tree():
    page = beam_html(tree(nasty), draw=False, title=nasty[0])
    assert {o for o in Page(page).tags} <= set('html meta title style h1 p i div svg g path text rect table tr th td code script'.split())
    assert Page(page).tags.count('script')==1 and not [k for k in Page(page).attributes if k.startswith('on')]
    assert not re.search(r'https?:(?!//www\.w3\.org/2000/svg")|href=|@import|url\(|fetch\(', page)

@pytest.mark.parametrize('layers,heads', [(1,1), (1,4), (3,1), (2,4)])
def test_every_layer_and_head_has_its_maps(layers, heads):
    data = json.loads(Page(attention_html(sight(['x','y'], layers, heads))).inside['script'][0])
    assert (data['layers'], data['heads'])==(layers, heads if heads>1 else 0)
    assert [len(o) for o in data['maps']]==[2]*layers*(heads+1 if heads>1 else 1)

def test_a_long_sight_stays_small():
    assert len(attention_html(sight([r'\alpha']*150, size=(800,100))))<3_000_000

def test_widget_walks():
    w = stepper(sight(['a','b','c']))
    seen = set()
    for t in range(3):
        w.slider.value = t; seen.add(bytes(w.look.value))
        assert f'<pre>{" ".join("abc"[:t+1])}</pre>' in w.words.value
    for h in (None,0,3): w.head.value = h; seen.add(bytes(w.look.value))
    assert len(seen)==5
    w.ahead.click(); assert w.slider.value==2

@pytest.mark.parametrize('log', ['', 'step,loss\n', 'step,loss\n1,\n', 'epoch,loss\n1,2\n', 'step,loss\n1,nan\n'])
def test_losses_without_numbers(log, tmp_path):
    (tmp_path/'losses.csv').write_text(log)
    with pytest.raises(ValueError, match='no numbers'): loss_curve(tmp_path/'losses.csv')

# --- in a browser

@pytest.fixture
def tab(browser):
    "An empty page that keeps what went wrong in `.errors`"
    page = browser.new_page()
    page.errors = []
    page.on('pageerror', lambda e: page.errors.append(str(e)))
    page.on('console', lambda m: page.errors.append(m.text) if m.type in ('error','warning') else None)
    page.on('dialog', lambda d: (page.errors.append('dialog'), d.dismiss()))
    yield page
    assert not page.errors
    page.close()

heat = "() => document.getElementById('heat').toDataURL()"

def test_stepping_in_a_browser(tab):
    tab.set_content(attention_html(sight(['a','b','c','d'])))
    said = lambda: tab.inner_text('#said')
    first = tab.evaluate(heat), tab.get_attribute('#sofar', 'src')
    assert said().startswith('1 of 4: a') and tab.input_value('#layer')=='1'
    tab.keyboard.press('ArrowRight')
    assert said().startswith('2 of 4: b')
    assert tab.evaluate(heat)!=first[0] and tab.get_attribute('#sofar', 'src')!=first[1]
    assert tab.inner_text('#choices tr.now').split()[:2]==['b','50.0']
    for key,token in [('End','d'), ('ArrowRight','d'), ('ArrowLeft','c'), ('Home','a'), ('ArrowLeft','a')]:
        tab.keyboard.press(key); assert said().split(': ')[1][0]==token
    tab.focus('#slider'); tab.keyboard.press('ArrowRight')
    assert said().startswith('2 of 4: b')
    tab.click('#tokens span >> nth=2'); assert said().startswith('3 of 4: c')

def test_heads_and_layers_in_a_browser(tab):
    tab.set_content(attention_html(sight(['a','b'])))
    seen = {tab.evaluate(heat)}
    for layer in '01':
        for head in '01234':
            tab.select_option('#layer', layer); tab.select_option('#head', head); seen.add(tab.evaluate(heat))
    assert len(seen)==10

def test_playing_in_a_browser(tab):
    tab.set_content(attention_html(sight(['a','b','c'])))
    tab.click('#play'); assert tab.inner_text('#play')=='pause'
    tab.locator('#said', has_text='3 of 3: c').wait_for(timeout=10_000)     # a selector: the page's policy forbids waiting by script
    tab.locator('#play', has_text='play').wait_for(timeout=10_000)

def test_plain_reading_in_a_browser(tab):
    tab.set_content(attention_html(reading(nasty)))
    assert not any(tab.is_visible(o) for o in ('#layer','#head','#drawn','#choices'))
    tab.keyboard.press('End'); assert tab.inner_text('#said').startswith(f'{len(nasty)} of')

def test_hostile_sight_in_a_browser(tab):
    tab.set_content(attention_html(sight(nasty), title=nasty[0]))
    for i in range(len(nasty)): tab.keyboard.press('ArrowRight')
    assert tab.query_selector('#choices script, #tokens script, #choices img') is None

def test_nothing_to_step_in_a_browser(tab):
    tab.set_content(attention_html(reading([])))
    tab.keyboard.press('ArrowRight'); assert tab.inner_text('#said')=='Nothing was read.'

def test_tree_in_a_browser(tab):
    tab.set_content(beam_html(tree(['a','b',nasty[0]]), draw=False))
    tab.hover('g.pruned >> nth=2')
    assert tab.inner_text('#said').startswith('a b '+nasty[0]) and 'pruned later' in tab.inner_text('#said')
    assert tab.locator('g.lit').count()==3 and tab.locator('path.lit').count()==2
