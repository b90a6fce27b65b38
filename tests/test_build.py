"Datasets: killed and built again, nothing given away, other layouts, other people's readers"
import hashlib, io, json, lzma, os, signal, subprocess, sys, tarfile, time
from pathlib import Path
import pytest
from PIL import Image
from latexocr.data import DataConfig, FormulaDataset, build_dataset, export_folder, import_folder, normalize_splits, read_splits, small_formulas
from latexocr.normalize import normalize
from latexocr.vocab import VocabConfig

corpus = Path(os.environ.get('LATEXOCR_CORPUS', Path(__file__).parent.parent.parent/'shared/corpus'))
everything = VocabConfig(min_count=0)

# A build whose pace can be followed: each call of `render` leaves a line in a log, its number of formulas, and takes its time
BUILD = '''
import sys, time
from latexocr import data
from latexocr.vocab import VocabConfig
out,log,pause,corpus = sys.argv[1:]
really = data.render
def render(formulas, **kwargs):
    with open(log, 'a') as f: f.write(f'{len(formulas)}\\n')
    time.sleep(float(pause))
    return really(formulas, **kwargs)
data.render = render
if __name__=='__main__':
    splits,config,pictures = data.small_formulas(),data.DataConfig(shard_rows=16),{}
    if corpus:
        from dataclasses import replace
        from latexocr.cli import load_config
        config = replace(load_config('corpus', ('data',))['data'], limit=100, shard_rows=256)
        splits,pictures = data.read_splits(config, corpus)
    data.build_dataset(splits, out, config, VocabConfig(min_count=0), progress=False, pictures=pictures)
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
from latexocr import data
def normalize(latex, style):
    open(os.path.join(sys.argv[1], str(os.getpid())), 'w').close(); time.sleep(.01)
    return latex
data.normalize = normalize
data.normalize_splits(dict(train=[f'x {i}' for i in range(5000)]))
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
        'build', '--config', 'mine.toml', '--data', data, '--out', 'out', '--quiet'], cwd=tmp_path, capture_output=True, text=True)
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
    config = replace(load_config('corpus', ('data',))['data'], limit=300)
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
    assert list(features)==schema.names==['image','latex','tokens','source','width','height']
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
