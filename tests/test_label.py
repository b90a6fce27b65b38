"Labels for pictures without any: kept where they fit, nothing given away, nothing done twice"
import io, json, subprocess, sys
from collections import Counter
from functools import partial
import pytest
from PIL import Image
from latexocr.datasets.label import draw_published, label_pictures, label_table, worst_spot
from latexocr.normalize import normalize
from latexocr.render import render

known = [r'\frac{a}{b}+c', 'x^2+y^2=1', r'\alpha_i\beta^j', 'e^{-x}', r'\sum_{n}a_n']
plain = lambda o: [r.image for r in render(o)]

class Reading:
    confidence = .99
    def __init__(self, image, latex): self.image,self.latex = image,latex

def table(path, images):
    import pyarrow as pa, pyarrow.parquet as pq
    data = [io.BytesIO() for _ in images]
    for f,im in zip(data, images): im.save(f, 'WEBP', lossless=True)
    pq.write_table(pa.table(dict(line=list(range(len(data))), image=[f.getvalue() for f in data])), path)
    return [f.getvalue() for f in data]

def test_only_what_fits(tmp_path):
    "Wrong readings, held-out formulas and pictures that can't be read get no label; the rest goes on; killed, it goes on where it was"
    images = plain(known)
    data = table(tmp_path/'some.parquet', images)
    wrong = {1:'x^2+y^2=7', 3:r'e^{-x'}
    calls = []
    def read(pictures, errors):
        calls.append(len(pictures)); assert len(calls)!=3, 'killed'
        return [ValueError('no picture') if data.index(o)==4 else Reading(images[data.index(o)], wrong.get(data.index(o), known[data.index(o)])) for o in pictures]
    label = partial(label_pictures, read=read, draw=plain, held_out={normalize(known[2])}, renderer='here')
    with pytest.raises(AssertionError, match='killed'): list(label_table(tmp_path/'some.parquet', tmp_path/'out', label, piece=2))
    counts = sum(label_table(tmp_path/'some.parquet', tmp_path/'out', label, piece=2), Counter())
    assert counts=={'kept':1, 'unlike':1, 'held out':1, 'not a formula':1, 'unreadable':1} and calls==[2,2,1,1]
    import pyarrow.parquet as pq
    rows = [o for p in sorted((tmp_path/'out').glob('*.parquet')) for o in pq.read_table(p).to_pylist()]
    assert [(o['latex'],o['source'],o['renderer']) for o in rows]==[(normalize(known[0]),'some.parquet:0','here')] and rows[0]['image']['bytes']==data[0]
    from latexocr.datasets.elsewhere import PictureTable
    assert PictureTable(tmp_path/'out/some-00000.parquet').latex==[normalize(known[0])]                      # `[data] pictures` takes it

def test_one_letter_is_a_spot():
    "A wrong letter at the end of a long line weighs as much as in a short one"
    line = '+'.join(f'a_{{{i}}}x^{{{i}}}' for i in range(20))
    right,same,other = plain([line, line, line[:-5]+'z^{19}'])
    assert worst_spot(right, same)==0 and worst_spot(right, other)>6

def test_the_published_way():
    "Twice as dark as ours, and names of functions italic"
    a,b,c = draw_published([r'\operatorname{ln}x', 'lnx', r'\ln x'])
    assert a==b==c

def test_bad_input_one_line(tmp_path):
    "A table that is none: one line, exit code 1; no weights: 2"
    (tmp_path/'bad.parquet').write_bytes(b'PAR1')
    call = lambda *args: subprocess.run([sys.executable, '-c', 'import sys; from latexocr.cli import main; sys.exit(main())', 'label', *args, '--out', 'out'],
                                        cwd=tmp_path, capture_output=True, text=True, timeout=300)
    p = call('bad.parquet', 'nosuch.parquet')
    assert p.returncode==1 and len(p.stderr.splitlines())==2 and 'bad.parquet' in p.stderr and 'nosuch.parquet' in p.stderr, p.stderr
    p = call('bad.parquet', '--weights', 'nowhere')
    assert p.returncode==2 and len(p.stderr.splitlines())==1, p.stderr

def test_whose_labels(tmp_path):
    "Two tables of one name get their labels, in one folder; a moved one is finished, a changed one is read anew, and nobody else's labels go"
    import pyarrow as pa, pyarrow.parquet as pq
    seen,out = [],tmp_path/'out'
    def write(folder, words):
        (tmp_path/folder).mkdir(exist_ok=True); pq.write_table(pa.table(dict(image=[o.encode() for o in words])), tmp_path/folder/'t.parquet')
    def all_kept(pictures):
        seen.extend(o for _,o in pictures); same = dict(renderer='', typeface='', width=1, height=1, confidence=1., spot=0.)
        return [dict(same, image=dict(bytes=o, path=None), latex='x', source=s) for s,o in pictures],Counter(kept=len(pictures))
    def label(*folders, **how):
        seen.clear()
        for o in folders: list(label_table(tmp_path/o/'t.parquet', out, all_kept, **dict(dict(piece=2), **how)))
        return b''.join(seen).decode()
    held = lambda: {p.name: ''.join(o['bytes'].decode() for o in pq.read_table(p)['image'].to_pylist()) for p in sorted(out.glob('*.parquet'))}
    write('one', 'abcde'); write('two', 'ABC')
    assert label('one', 'two')=='abcdeABC' and label('two', 'one')==''
    both = {'t-00000.parquet':'ab', 't-00001.parquet':'cd', 't-00002.parquet':'e', 't-2-00000.parquet':'AB', 't-2-00001.parquet':'C'}
    assert held()==both and all(str(tmp_path) not in p.read_text() for p in out.glob('*.json'))
    (tmp_path/'one').rename(tmp_path/'moved')
    assert label('moved', 'two')=='' and held()==both
    write('moved', 'xyz')                                                                       # it has changed, and is shorter
    assert label('moved', limit=1)=='xy' and label('moved')=='z' and label('two')==''
    assert held()=={'t-00000.parquet':'xy', 't-00001.parquet':'z', 't-2-00000.parquet':'AB', 't-2-00001.parquet':'C'}
    write('three', 'xyz'); write('moved', 'uv')                                                 # a copy, and then the first one changes
    assert label('three', 'moved')=='uv' and set(held())=={'t-00000.parquet','t-00001.parquet','t-2-00000.parquet','t-2-00001.parquet','t-3-00000.parquet'}
    assert label('two', piece=5)=='ABC' and 't-2-00001.parquet' not in held()                   # cut otherwise
    for p in out.glob('t-2-*.json'): p.write_text(json.dumps(dict(how='', counts=dict(kept=3))))     # a note from before
    assert label('two', piece=5)=='ABC' and label('two', piece=5)=='' and held()['t-2-00000.parquet']=='ABC'

def test_held_out_by_windows(tmp_path):
    "A mark at the beginning and carriage returns at the ends hide no formula"
    from latexocr.data import read_formulas
    from latexocr.datasets.label import held_out_keys
    (tmp_path/'f.txt').write_bytes('\ufeffx^2+1\r\n\r\na\rb\r\n'.encode())
    assert held_out_keys([tmp_path/'f.txt'])=={normalize('x^2+1'), normalize('a b')}
    assert read_formulas(tmp_path/'f.txt')==['x^2+1','a\rb'] and read_formulas(tmp_path/'f.txt', keep_empty=True)==['x^2+1','','a\rb']
