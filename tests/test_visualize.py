"What a reader of untrusted pictures shows must stay text, stay small, and need nothing that is slow to load"
import json, re, subprocess, sys
from collections import namedtuple
from html.parser import HTMLParser

import numpy as np
import pytest
from PIL import Image

from latexocr.visualize import attention_gif, attention_html, attention_overlay, attention_strip, save_views, training_curves

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
    assert page.attributes['alt']==[token]
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
    assert subprocess.run([sys.executable, '-c', code]).returncode==0
