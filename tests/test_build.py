"Datasets: killed and built again, nothing given away, other layouts, other people's readers"
import hashlib, io, json, lzma, os, random, signal, subprocess, sys, tarfile, time
from pathlib import Path
import pytest
from PIL import Image
from latexocr.data import DataConfig, FormulaDataset, RANGES, small_formulas
from latexocr.datasets.build import build_dataset, export_folder, import_folder
from latexocr.datasets.sources import normalize_splits, read_splits
from latexocr.datasets.variants import assign_typefaces, choose_typefaces
from latexocr.normalize import normalize
from latexocr.vocab import VocabConfig

corpus = Path(os.environ.get('LATEXOCR_CORPUS', Path(__file__).parent.parent.parent/'shared/corpus'))
everything = VocabConfig(min_count=0)

# A build whose pace can be followed: each call of `render` leaves a line in a log, its number of formulas, and takes its time
BUILD = '''
import sys, time
from latexocr import data
from latexocr.datasets import build, sources
from latexocr.vocab import VocabConfig
out,log,pause,corpus = sys.argv[1:]
really = build.render
def render(formulas, **kwargs):
    with open(log, 'a') as f: f.write(f'{len(formulas)}\\n')
    time.sleep(float(pause))
    return really(formulas, **kwargs)
build.render = render
if __name__=='__main__':
    splits,config,pictures = data.small_formulas(),data.DataConfig(shard_rows=16),{}
    if corpus:
        from dataclasses import replace
        from latexocr.cli import load_config
        config = replace(load_config('2_corpus', ('data',))['data'], limit=100, shard_rows=256)
        splits,pictures = sources.read_splits(config, corpus)
    build.build_dataset(splits, out, config, VocabConfig(min_count=0), progress=False, pictures=pictures)
'''

def hashes(folder): return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.iterdir())}
def calls(log): return [int(o) for o in log.read_text().split()] if log.exists() else []
def rows(path, split, *names):
    import pyarrow.parquet as pq
    return [o for p in sorted(path.glob(f'{split}-*.parquet')) for o in pq.read_table(p, columns=list(names) or None).to_pylist()]

@pytest.mark.parametrize('of', ['small', pytest.param('corpus', marks=pytest.mark.slow)])
def test_killed_three_times(tmp_path, of):
    "kill -9 in the middle of the 2nd, 4th and 6th shard: the same bytes as undisturbed, and no finished shard drawn twice"
    if of=='corpus' and not corpus.is_dir(): pytest.skip('no corpus here')
    def start(out, log, pause):
        (tmp_path/'build.py').write_text(BUILD)
        args = [tmp_path/'build.py', out, log, str(pause), corpus if of=='corpus' else '']
        return subprocess.Popen([sys.executable, *args], cwd=Path(__file__).parent.parent)
    whole,log = tmp_path/'whole',tmp_path/'whole.log'
    assert start(whole, log, 0).wait(300)==0
    shards = calls(log)
    assert shards==[16,16,16,2, 16,14, 16,14] if of=='small' else len(shards)>6
    out,log = tmp_path/'out',tmp_path/'out.log'
    for n in (2,5,8):                                                    # lines in the log: one shard is drawn twice after each kill
        p = start(out, log, .4)
        end = time.time()+120
        while len(calls(log))<n and time.time()<end and p.poll() is None: time.sleep(.02)
        p.send_signal(signal.SIGKILL); assert p.wait()==-signal.SIGKILL
        assert len(calls(log))==n and not (out/'manifest.json').exists()
    (out/'val-00000.parquet.tmp').write_bytes(b'half a shard')           # as a kill in the middle of writing would leave it
    assert start(out, log, 0).wait(300)==0
    assert hashes(out)==hashes(whole)
    assert len(calls(log))==len(shards)+3                                # the three that were being drawn, and no other
    assert sum(calls(log))==sum(shards) + shards[1] + shards[3] + shards[5]
    before = len(calls(log))
    assert start(out, log, 0).wait(300)==0
    assert hashes(out)==hashes(whole) and len(calls(log))==before        # a finished build is left as it is

@pytest.mark.skipif(sys.platform!='linux', reason='counts on fork')
def test_helpers_end_too(tmp_path):
    "Killed while all cores normalise, it leaves no process behind"
    (tmp_path/'slow.py').write_text("""
import os, sys, time
from latexocr.datasets import sources
def normalize(latex, style):
    open(os.path.join(sys.argv[1], str(os.getpid())), 'w').close(); time.sleep(.01)
    return latex
sources.normalize = normalize
sources.normalize_splits(dict(train=[f'x {i}' for i in range(5000)]))
""")
    (tmp_path/'pids').mkdir()
    p = subprocess.Popen([sys.executable, tmp_path/'slow.py', tmp_path/'pids'], cwd=Path(__file__).parent.parent)
    end = time.time()+120
    while not list((tmp_path/'pids').iterdir()) and time.time()<end and p.poll() is None: time.sleep(.05)
    time.sleep(.2); p.kill(); p.wait()
    pids = [int(o.name) for o in (tmp_path/'pids').iterdir()]
    assert pids and p.pid not in pids
    alive = lambda pid: Path(f'/proc/{pid}/stat').exists() and Path(f'/proc/{pid}/stat').read_text().rpartition(')')[2].split()[0]!='Z'
    while any(map(alive, pids)) and time.time()<end: time.sleep(.1)
    assert not any(map(alive, pids))

def test_another_config(tmp_path):
    "What another build left is replaced, what somebody else put there stays"
    few = {k:v[:4] for k,v in small_formulas().items()}
    build_dataset(few, tmp_path/'a', DataConfig(shard_rows=2), everything, progress=False)
    (tmp_path/'a/notes.txt').write_text('mine')
    for config in (DataConfig(shard_rows=3), DataConfig(shard_rows=3, dpi=150)):
        build_dataset(few, tmp_path/'a', config, everything, progress=False)
        build_dataset(few, tmp_path/f'b{config.dpi}', config, everything, progress=False)
        assert {k:v for k,v in hashes(tmp_path/'a').items() if k!='notes.txt'}==hashes(tmp_path/f'b{config.dpi}')
    assert (tmp_path/'a/notes.txt').exists()

def test_says_nothing_of_this_machine(tmp_path):
    "No path and no date in what is written"
    build_dataset({k:v[:3] for k,v in small_formulas().items()}, tmp_path/'out', progress=False)
    for p in (tmp_path/'out').iterdir():
        data = p.read_bytes()
        for word in (str(tmp_path), os.getcwd(), time.strftime('%Y-%m-%d')): assert word.encode() not in data, (p.name, word)

def test_limit(tmp_path):
    "A sample of each file, the same each time; what the lot left out of a held-out file is held out all the same"
    splits,_ = read_splits(DataConfig(train=('*.txt','*.txt.xz'), val='im2latex_val.txt.xz', test='im2latex_test.txt.xz'), corpus_like(tmp_path/'corpus'))
    config = DataConfig(limit=2)
    kept,_ = normalize_splits(splits, config)
    assert (kept['val'],kept['test'])==tuple(normalize_splits(splits, config)[0][s] for s in ('val','test')) and len(kept['val'])==len(kept['test'])==2
    whole = normalize_splits(splits)[0]
    assert {o[2] for o in kept['train']} <= {o[2] for o in whole['train']}

def corpus_like(folder):
    "A corpus of three small files, with held-out formulas in other spellings among those to train on"
    small = small_formulas()
    folder.mkdir()
    texts = {'a.txt': ['x^2_i', r'\alpha \over 2', ''] + small['val'][:3] + small['train'][:3], 'b.txt.xz': small['test'][:3] + small['train'][2:6] + [r'\frac{a', 'c+d'],
             'im2latex_val.txt.xz': small['val'][:3] + ['x_i^{2}'], 'im2latex_test.txt.xz': small['test'][:3] + [r'\frac{\alpha}{2}']}
    for name,lines in texts.items():
        raw = '\n'.join(lines).encode()
        (folder/name).write_bytes(lzma.compress(raw) if name.endswith('xz') else raw)
    return folder

def nothing_given_away(path, splits):
    "No training row is a validation or test formula, of the dataset or of the files it was made of"
    def key(o):
        try: return normalize(o)
        except ValueError: return o
    held_out = {o['tokens'] for s in ('val','test') for o in rows(path, s, 'tokens')} | {key(o) for s in ('val','test') for f in splits[s].values() for o in f}
    train = [o['tokens'] for o in rows(path, 'train', 'tokens')]
    assert train and not held_out & set(train)
    return train

def test_nothing_given_away(tmp_path):
    "The command, on a folder like the corpus"
    data = corpus_like(tmp_path/'corpus')
    config = '[data]\ntrain = ["*.txt", "*.txt.xz"]\nval = "im2latex_val.txt.xz"\ntest = "im2latex_test.txt.xz"\nmax_width = 440\n'
    (tmp_path/'mine.toml').write_text(config)
    p = subprocess.run([sys.executable, '-c', 'import sys; from latexocr.cli import main; sys.exit(main())',
        'build', '--config', 'mine.toml', '--data', data, '--out', 'out', '--quiet'], cwd=tmp_path, capture_output=True, text=True, timeout=600)
    assert p.returncode==1 and p.stderr.count('\n')==1 and 'b.txt.xz:7: not parsed' in p.stderr, p.stderr       # the broken one, by file and line
    splits,_ = read_splits(DataConfig(train=('*.txt','*.txt.xz'), val='im2latex_val.txt.xz', test='im2latex_test.txt.xz'), data)
    assert set(splits['train'])=={'a.txt','b.txt.xz'}
    train = nothing_given_away(tmp_path/'out', splits)
    assert len(train)==len(set(train)) and normalize('c+d') in train
    manifest = json.loads((tmp_path/'out/manifest.json').read_text())
    a,b = [o for o in manifest['files'] if o['split']=='train']
    assert (a['read'],a['held out'],a['empty'])==(9,5,1) and (b['read'],b['held out'],b['repeated'],b['not parsed'])==(9,3,1,1)
    assert manifest['counts']['val']==manifest['counts']['test']==4
    assert 'held out' in p.stdout and 'a.txt' in p.stdout
    assert {o['source'] for o in rows(tmp_path/'out', 'train')} <= {f'{f}:{i}' for f in ('a.txt','b.txt.xz') for i in range(9)}
    for line in (tmp_path/'out/dropped.jsonl').read_text().splitlines():
        o = json.loads(line); f,_,i = o['source'].rpartition(':')
        assert splits[o['split']][f][int(i)]==o['latex']                                                       # file:line leads back to the formula

@pytest.mark.slow
def test_nothing_given_away_corpus(tmp_path):
    "The same on a sample of every file of the real corpus"
    if not corpus.is_dir(): pytest.skip('no corpus here')
    from latexocr.cli import load_config
    from dataclasses import replace
    config = replace(load_config('2_corpus', ('data',))['data'], limit=300)
    splits,pictures = read_splits(config, corpus)
    build_dataset(splits, tmp_path/'out', config, progress=False, pictures=pictures)
    train = nothing_given_away(tmp_path/'out', splits)
    assert len(train)>3000

def test_published_layout(tmp_path):
    "im2latex-100k's own files: one formula file, three lists of its lines; a carriage return in a formula is no new line"
    f = small_formulas()['train'][:5]
    (tmp_path/'f.lst').write_bytes('\n'.join([f[0], f[1].replace(' ', '\r', 1), *f[2:], 'a\x85b\xa0c']).encode('latin-1'))
    for name,lines in dict(train=[4,1,0], val=[2], test=[3]).items(): (tmp_path/f'{name}.lst').write_text(''.join(f'{i} {i:x}cafe basic\n' for i in lines))
    splits,_ = read_splits(DataConfig(formulas='f.lst', train='train.lst', val='val.lst', test='test.lst'), tmp_path)
    m = build_dataset(splits, tmp_path/'out', vocab_config=everything, progress=False)
    assert m['counts']==dict(train=3, val=1, test=1)
    assert [normalize(o) for o in (f[4],f[1],f[0])]==[o['tokens'] for o in rows(tmp_path/'out', 'train')]

def test_layout_there_and_back(tmp_path):
    "The original's folder and back: pictures, tokens and order are the same, byte for byte"
    build_dataset(small_formulas(), tmp_path/'a', DataConfig(shard_rows=16), everything, progress=False)
    export_folder(tmp_path/'a', tmp_path/'theirs')
    import_folder(tmp_path/'theirs', tmp_path/'b', DataConfig(shard_rows=16), everything, progress=False)
    for s in ('train','val','test'):
        assert [(o['image']['bytes'],o['tokens'],o['width']) for o in rows(tmp_path/'a', s)]==[(o['image']['bytes'],o['tokens'],o['width']) for o in rows(tmp_path/'b', s)]
    assert (tmp_path/'a/vocab.txt').read_bytes()==(tmp_path/'b/vocab.txt').read_bytes()
    (tmp_path/'theirs/images_val/0.png').write_bytes(b'no picture at all'); (tmp_path/'theirs/images_val/1.png').unlink()
    m = import_folder(tmp_path/'theirs', tmp_path/'b', DataConfig(shard_rows=16), everything, progress=False)
    assert m['counts']['val']==28 and [o['reason'].split(':')[0] for o in m['failures']]==['no picture','no picture']

def test_real_pictures_join_the_training(tmp_path):
    "Colour pictures with margins in a tar file, their formulas in a text file; those of held-out formulas stay out"
    small = {k:v[:5] for k,v in small_formulas().items()}
    build_dataset(small, tmp_path/'drawn', vocab_config=everything, progress=False)
    with tarfile.open(tmp_path/'real.tar', 'w') as tar:
        for i,o in enumerate(rows(tmp_path/'drawn', 'train') + rows(tmp_path/'drawn', 'val')[:1]):
            im = Image.new('RGB', (500,200), 'white'); im.paste(Image.open(io.BytesIO(o['image']['bytes'])), (30,20))
            im.save(tmp_path/f'{i}.png'); tar.add(tmp_path/f'{i}.png', f'real/{i}.png')
    for name,lines in dict(labels=small['train']+small['val'][:1], **small).items(): (tmp_path/f'{name}.txt').write_text('\n'.join(lines))
    config = DataConfig(train='train.txt', val='val.txt', test='test.txt', pictures='real.tar', labels='labels.txt')
    splits,pictures = read_splits(config, tmp_path)
    m = build_dataset(splits, tmp_path/'out', config, everything, progress=False, pictures=pictures)
    assert m['counts']==dict(train=10, val=5, test=5)                          # each training formula twice: drawn by us, and real
    ours,real = rows(tmp_path/'out', 'train')[:5],rows(tmp_path/'out', 'train')[5:]
    assert [o['tokens'] for o in ours]==[o['tokens'] for o in real] and real[0]['source']=='real.tar:0'
    assert all(abs(a['width']-b['width'])<=2 and abs(a['height']-b['height'])<=2 for a,b in zip(ours, real))
    assert [(o['source'],o['reason']) for o in map(json.loads, (tmp_path/'out/dropped.jsonl').read_text().splitlines())]==[('real.tar:5','held out')]

def test_huggingface_hint(tmp_path):
    "What Hugging Face `datasets` reads to show the column as pictures"
    import pyarrow.parquet as pq
    build_dataset({k:v[:3] for k,v in small_formulas().items()}, tmp_path/'out', progress=False)
    schema = pq.read_schema(tmp_path/'out/train-00000.parquet')
    features = json.loads(schema.metadata[b'huggingface'])['info']['features']
    assert list(features)==schema.names==['image','latex','tokens','source','typeface','renderer','width','height']
    assert features['image']=={'_type':'Image'} and str(schema.field('image').type)=='struct<bytes: binary, path: string>'
    assert features['width']=={'dtype':'int32','_type':'Value'} and str(schema.field('width').type)=='int32'

@pytest.mark.slow
def test_huggingface_datasets(tmp_path):
    "The library itself"
    datasets = pytest.importorskip('datasets')
    build_dataset(small_formulas(), tmp_path/'out', DataConfig(shard_rows=16), everything, progress=False)
    ds = datasets.load_dataset('parquet', data_files=dict(train=str(tmp_path/'out/train-*.parquet')), cache_dir=str(tmp_path/'cache'))['train']
    ours = FormulaDataset(tmp_path/'out', 'train')
    assert len(ds)==50 and isinstance(ds.features['image'], datasets.Image)
    assert ds[17]['image'].tobytes()==ours.image(17).tobytes() and ds[17]['tokens']==ours.tokens[17]

def test_rows_are_not_objects(tmp_path):
    "A dataset read into memory is about as large as its files"
    import tracemalloc
    build_dataset(small_formulas(), tmp_path/'out', vocab_config=everything, progress=False)
    FormulaDataset(tmp_path/'out', 'train')
    tracemalloc.start()
    ds = FormulaDataset(tmp_path/'out', 'train')
    assert tracemalloc.get_traced_memory()[0]/len(ds) < 1000                  # bytes of Python objects a row: its size and little else
    tracemalloc.stop()
    assert ds[3][0].shape[1:]==ds.sizes[3]

def other_pictures(path, formulas, renderer='katex', by=2, dark=True):
    "A Parquet table of pictures as a web page shows them: light on dark, on a fine screen"
    import pyarrow as pa, pyarrow.parquet as pq
    from PIL import ImageOps
    from latexocr.render import render
    images = []
    for r in render([normalize(o) for o in formulas]):
        f = io.BytesIO(); im = r.image.resize([by*o for o in r.image.size]); (ImageOps.invert(im) if dark else im).convert('RGB').save(f, 'PNG'); images.append(f.getvalue())
    pq.write_table(pa.table(dict(image=pa.array([dict(bytes=o, path=None) for o in images], pa.struct(dict(bytes=pa.binary(), path=pa.string()))),
        latex=formulas, renderer=[renderer]*len(formulas), typeface=['katex']*len(formulas))), path)

def run_build(folder, config, data='.'):
    "The command: exit code, its lines on stdout, its lines on stderr"
    (folder/'mine.toml').write_text(config)
    p = subprocess.run([sys.executable, '-c', 'import sys; from latexocr.cli import main; sys.exit(main())', 'build', '--config', 'mine.toml',
        '--data', data, '--out', 'out', '--quiet'], cwd=folder, capture_output=True, text=True, timeout=300)
    assert 'Traceback' not in p.stderr, p.stderr
    return p.returncode, p.stdout.splitlines(), p.stderr.splitlines()

def test_values_that_make_no_sense():
    "Every number of `[data]` has a range, and beyond either end of it there is one clear line"
    import dataclasses
    numbers = {f.name for f in dataclasses.fields(DataConfig) if f.type in (int, float)}
    assert numbers==set(RANGES)
    for name,(low,high) in RANGES.items():
        for o in (low,high): DataConfig(**{name:o})
        for o in (low-1, high+1, -10**20, float('nan'), '7', None):
            with pytest.raises(ValueError, match=f'^{name} = .* makes no sense$'): DataConfig(**{name:o})

@pytest.mark.parametrize('line', ['shard_rows = -1', 'shard_rows = 0', 'copies = 0', 'numbers = 1.5', 'typefaces = ["tines"]', 'typefaces = ["charter"]', 'few = "nosuch.txt"'])
def test_bad_options_one_line(tmp_path, line):
    (tmp_path/'a.txt').write_text('x+1\n')
    code,out,err = run_build(tmp_path, f'[data]\ntrain = "a.txt"\n{line}\n')
    assert code==2 and len(err)==1 and not out and not list((tmp_path).glob('out/*')), err
    assert line.split('"')[1] in err[0] if '"' in line else line in err[0]

def test_typefaces(tmp_path):
    "Copies in several typefaces, the same whatever else the corpus holds; held-out splits stay in Computer Modern"
    from latexocr.tex.typefaces import available_typefaces
    faces = ('cm',*[o for o in available_typefaces(test=False) if o!='cm'][:2])
    if len(faces)<3: pytest.skip('no typefaces here')
    small = {k:v[:8] for k,v in small_formulas().items()}
    config = DataConfig(typefaces=faces, copies=3, shard_rows=100)
    m = build_dataset(small, tmp_path/'out', config, everything, progress=False)
    train = rows(tmp_path/'out', 'train')
    assert {o['typeface'] for s in ('val','test') for o in rows(tmp_path/'out', s)}=={'cm'} and {o['typeface'] for o in train}==set(faces)
    assert 2*8<=len(train)<=3*8 and m['counts']['train']==len(train) and {o['renderer'] for o in train}=={'pdftex'}
    assert [o['read'] for o in m['files'] if o['split']=='train']==[8]                     # formulas, not copies of them
    fewer = build_dataset(dict(small, train=small['train'][3:]), tmp_path/'fewer', config, everything, progress=False)
    key = lambda o: (o['latex'], o['typeface'], o['image']['bytes'])
    assert {key(o) for o in rows(tmp_path/'fewer', 'train')} < {key(o) for o in train} and fewer['counts']['train']<len(train)
    assert sum(o.get('train', 0) for o in m['typefaces'])==len(train)

def test_borrowed_glyphs_are_redrawn(tmp_path, monkeypatch):
    "What a typeface refuses, or draws with glyphs of another, is drawn in the next one, and counted"
    from latexocr.datasets import build
    from latexocr.render import Rendered
    def render(formulas, typeface='cm', **kwargs):
        res = [Rendered(Image.new('L', (30,20), 0)) for _ in formulas]
        for r,f in zip(res, formulas):
            if typeface=='times' and 'b' in f: r.image,r.error = None,'cannot draw that'
            r.borrowed = ('CMMI10',) if typeface=='palatino' or typeface=='times' and 'c' in f else ()
        return res
    monkeypatch.setattr(build, 'render', render)
    drawn,redrawn = build._draw(['a','b','c','d'], 'times', 'palatino')
    assert [face for _,face in drawn]==['times','cm','cm','times'] and all(r.image for r,_ in drawn)
    assert redrawn==[['palatino','borrowed',2], ['times','borrowed',1], ['times','refused',1]]

def test_other_files(tmp_path):
    "Parquet pictures, further files that may be missing, and more formulas to hold out; whatever they hold, no held-out formula is trained on"
    small = small_formulas()
    (tmp_path/'corpus').mkdir(); (tmp_path/'more').mkdir(); data = tmp_path/'corpus'
    for name,lines in dict(train=small['train'][:4]+small['val'][:1], val=small['val'][:3], test=small['test'][:3]).items(): (data/f'{name}.txt').write_text('\n'.join(lines))
    (tmp_path/'more/extra.txt').write_text('\n'.join([*small['test'][:2], 'x+y+1', small['train'][20]]))
    (tmp_path/'more/secret.txt').write_text(small['train'][20])
    other_pictures(tmp_path/'more/web-0.parquet', [*small['train'][:3], small['val'][1], small['train'][20], small['test'][0]])
    (tmp_path/'more/web-1.parquet').write_bytes(b'PAR1 and then nothing')
    config = """[data]\ntrain = "train.txt"\nval = "val.txt"\ntest = "test.txt"\nalso = ["../more/extra.txt", "../more/web-*.parquet", "../nowhere/*.txt"]
held_out = ["../more/secret.txt", "../nowhere/held.txt"]\n[vocab]\nmin_count = 0\n"""
    code,out,err = run_build(tmp_path, config, 'corpus')
    assert code==1 and len(err)==3 and any('web-1.parquet' in o and 'damaged' in o for o in err) and sum('not there' in o for o in err)==2, err
    held_out = {normalize(o) for o in (*small['val'][:3], *small['test'][:3], small['train'][20])}
    train = rows(tmp_path/'out', 'train')
    assert not held_out & {o['tokens'] for o in train} and not held_out & {normalize(o['latex']) for o in train}
    web = [o for o in train if o['renderer']=='katex']
    assert [o['source'] for o in web]==[f'web-0.parquet:{i}' for i in range(3)] and 'x + y + 1' in {o['tokens'] for o in train}
    ours = {o['tokens']:o for o in train if o['renderer']=='pdftex'}
    for o in web:                                                              # dark on white, and as large as ours
        assert abs(o['width']-ours[o['tokens']]['width'])<=6 and abs(o['height']-ours[o['tokens']]['height'])<=6
        assert Image.open(io.BytesIO(o['image']['bytes'])).getpixel((0,0))>240
    m = json.loads((tmp_path/'out/manifest.json').read_text())
    assert set(m['left_out'])=={'../more/web-1.parquet','../nowhere/*.txt','../nowhere/held.txt'}
    assert dict(renderer='katex', typeface='katex', train=3) in m['typefaces'] and any('katex' in o for o in out)

def test_damaged_shard(tmp_path):
    "Wherever a byte of a shard is flipped, it is seen, and a build makes this shard anew and no other"
    few = {k:v[:6] for k,v in small_formulas().items()}
    build = lambda: build_dataset(few, tmp_path/'out', DataConfig(shard_rows=3), everything, progress=False)
    build(); before = hashes(tmp_path/'out')
    path = tmp_path/'out/train-00001.parquet'; good = path.read_bytes()
    whole = [(a[0].tolist(),a[1].tolist()) for a in FormulaDataset(tmp_path/'out', 'train')]
    rng,found = random.Random(1),0
    for at in rng.sample(range(len(good)), 60):
        path.write_bytes(good[:at] + bytes([good[at]^1<<rng.randrange(8)]) + good[at+1:])
        try: assert [(a[0].tolist(),a[1].tolist()) for a in FormulaDataset(tmp_path/'out', 'train')]==whole, at
        except ValueError as e: found += 1; assert 'train-00001.parquet is damaged' in str(e) and '\n' not in str(e)
    assert found==60
    from latexocr.datasets import build as building
    really,drawn = building.render,[]
    building.render = lambda formulas, **kwargs: drawn.append(len(formulas)) or really(formulas, **kwargs)
    try: path.write_bytes(good[:200] + bytes([good[200]^1]) + good[201:]); build()
    finally: building.render = really
    assert drawn==[3] and hashes(tmp_path/'out')==before

def test_some_files_in_every_typeface():
    "`every` names files whose formulas are drawn in each typeface; the others take `copies` of them; validation is left alone"
    rows = [('letters.txt.xz:0','x','x'), ('books/papers.txt.xz:0','y','y')]
    config = DataConfig(train=('letters.txt.xz','books/papers.txt.xz'), typefaces=('cm','times'), every='corpora/letters.txt.xz')
    parts = assign_typefaces(dict(train=rows, val=rows), config, 'system')
    drawn = [(split, face, row[1]) for split,(face,_),part in parts for row in part]
    assert {(s,f) for s,f,o in drawn if o=='x'}=={('train','cm'),('train','times'),('val','cm')}
    assert sum(s=='train' and o=='y' for s,_,o in drawn)==1
