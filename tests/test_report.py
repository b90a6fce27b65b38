"The report: one file that fetches nothing, in which whatever was read stays text"
import re
from html.parser import HTMLParser

import pytest
from PIL import Image

from latexocr.scoring.report import SCORES, confusions, heaps, report_html, write_report

nasty = ['</script><script>alert(1)</script>', '"><img src=x onerror=alert(1)>', "'", '&lt;b&gt;', '<b>', '\x00', '日本', 'x'*3000]

class Page(HTMLParser):
    def __init__(self, page):
        super().__init__(convert_charrefs=True)
        self.tags,self.attributes,self.text = [],[],''
        self.feed(page); self.close()
    def handle_starttag(self, tag, attrs): self.tags.append(tag); self.attributes += attrs
    def handle_data(self, data): self.text += data

def row(i, ref, hyp, confidence=.5, overlay=lambda: None):
    return dict(number=i, ref=ref, hyp=hyp, confidence=confidence, right=ref==hyp, overlay=overlay, changes=[('replace',0,len(ref),0,len(hyp))]*(ref!=hyp))

def scores(n, **more):
    values = {k:50. for k in SCORES}
    return dict(formulas=n, tokens='canonical', beam_width=1, unread=0, unfinished=1, unrendered=1, intervals={k:[40.,60.] for k in SCORES},
        groups=dict(length={'001–010 tokens':dict(n=n, exact=[50.,40.,60.])}, symbols={}), calibration=dict(error=.04, uncalibrated=.1, formulas=n, temperature=1.2, bias=.3), weights='abc') | values | more

def page(rows, lost=(), name='test', **more): return report_html(name, {name:scores(len(rows), **more)}, rows, lost)

def test_hostile_text_adds_no_element():
    calm,evil = Page(page([row(0, ['a'], ['b'])])),Page(page([row(0, nasty, nasty[::-1])], name=nasty[1]))
    assert not {'script','img','b '} & set(evil.tags)-set(calm.tags) and not [k for k,_ in evil.attributes if k.startswith('on')]
    assert all(t in evil.text for t in nasty if '\x00' not in t)

def test_fetches_nothing():
    html = page([row(0, ['a'], ['b'], overlay=lambda: Image.new('RGB', (9,9)))])
    assert [v for k,v in Page(html).attributes if k in ('src','href')]==re.findall(r'data:image/png;base64,[\w+/=]+', html)!=[]
    assert not re.search(r'https?:|@import|url\(|<script|<link', html)

def test_what_it_says():
    text = Page(page([row(i, ['a'], ['a']) for i in range(6)] + [row(6, ['a','c'], ['b']), row(7, ['a'], [])], [7])).text
    for o in ('8 formulas · greedy · canonical tokens · dataset unknown · weights abc', '40.0 – 60.0', '75.42', '80.45', '12.44', '1.44', 'Not drawn: formulas 7.', 'formula 6', '1 did not come to an end',
              'Expected calibration error 0.040', 'temperature 1.20', '1–10 tokens'): assert o in text, o

@pytest.mark.parametrize('rows', [[row(0, ['a'], ['a'])], [row(0, ['a'], [])], [row(i, ['a']*i, ['b']) for i in range(1, 40)]])
def test_any_rows(rows):
    assert Page(page(rows)).tags.count('figure')==sum(len(o) for o in heaps(rows).values())<=24

def test_half_the_scores():
    only = lambda keys, **more: {k:v for k,v in scores(1, **more).items() if k not in SCORES or k in keys} | dict(groups={})
    for keys in (('exact','bleu4'), ('image_exact',)):
        o = only(keys); o['intervals'] = {k:o['intervals'][k] for k in keys}
        assert '<h1>' in report_html('a', dict(a=o), [row(0, ['a'], ['b'])])

def test_other_runs_are_listed(tmp_path):
    known = dict(test=scores(2), test_first_1=scores(1), old=dict(formulas=3, exact=1.))                     # of an earlier version: no intervals, no beam
    write_report(tmp_path/'r.html', 'test', known, [row(0, ['a'], ['b'])])
    text = Page((tmp_path/'r.html').read_text(encoding='utf-8')).text
    assert 'test_first_1' in text and 'old' in text and [p.name for p in tmp_path.iterdir()]==['r.html']

def test_confusions_by_hand():
    rows = [dict(ref=['a','b','c'], hyp=['a','x'], changes=[('replace',1,2,1,2),('delete',2,3,2,2)])]
    assert confusions(rows)=={('b','x'):1, ('c',''):1}
