"""Let each notebook open in Colab, Kaggle and Binder: `python tools/repo/badges.py`; with `--check` only tell whether it is so.

Writes a line of links under the pipeline strip and, into the first cell, what installs the package on Colab and Kaggle; anywhere else that
cell does nothing. Binder installs what `.binder` says. The address of the repository is that of settings.ini: until it is published, the
links lead nowhere, and the line says so."""
import argparse, configparser, json, re, sys
from pathlib import Path
from urllib.parse import quote

root = Path(__file__).resolve().parents[2]
line = re.compile(r'\n*\*Once published, this page can be run\b[^\n]*\*\s*$')
install = re.compile(r'\n?! if \[ -d /content \][^\n]*')

def settings(root=root):
    cfg = configparser.ConfigParser(delimiters=['='], interpolation=None)
    cfg.read(root/'settings.ini', encoding='utf-8')
    return cfg['DEFAULT']

def links(path, cfg):
    "The line of links for a notebook, `path` from the root"
    repo,branch = cfg['git_url'].removeprefix('https://github.com/'),cfg['branch']
    places = dict(Colab=f'https://colab.research.google.com/github/{repo}/blob/{branch}/{path}',
                  Kaggle=f'https://www.kaggle.com/kernels/welcome?src={cfg["git_url"]}/blob/{branch}/{path}',
                  Binder=f'https://mybinder.org/v2/gh/{repo}/{branch}?labpath={quote(path, safe="")}')
    colab,kaggle,binder = (f'[{k}]({v})' for k,v in places.items())
    return f'*Once published, this page can be run in {colab}, {kaggle} or {binder}.*'

def command(path, cfg):
    "What installs the package and fetches the files beside a notebook, on Colab and Kaggle"
    beside = ' '.join(dict.fromkeys(f't/{o}/.' for o in ('nbs', str(Path(path).parent))))
    return f"! if [ -d /content ] || [ -d /kaggle ]; then git clone -q --depth 1 {cfg['git_url']} t && cp -r t/. {beside} . && pip install -q '.[dev]'; fi"

def source(c): return ''.join(c['source'])

def opened(nb, path, cfg):
    "The notebook with its links and its first cell; None if it has no strip to put them under"
    first,strip = nb['cells'][0],next((c for c in nb['cells'] if c['cell_type']=='markdown' and 'pipeline/' in source(c)), None)
    if not strip: return
    if first['cell_type']!='code':             # a page that exports nothing
        first = dict(cell_type='code', execution_count=None, id='0be1197a', metadata={}, outputs=[], source=[])
        nb['cells'].insert(0, first)
    code = install.sub('', source(first)).strip('\n') or '#| hide'
    for c,text in ((first, code+'\n'+command(path, cfg)), (strip, line.sub('', source(strip))+'\n\n'+links(path, cfg))): c['source'] = text.splitlines(keepends=True)
    return nb

def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--check', action='store_true', help='change nothing, exit 1 if a notebook differs')
    args = p.parse_args()
    cfg,stale = settings(),[]
    for path in sorted((root/'nbs').rglob('*.ipynb')):
        if any(o[0] in '._' for o in path.relative_to(root).parts) or path.name=='index.ipynb': continue
        was = path.read_text(encoding='utf-8')
        nb = opened(json.loads(was), path.relative_to(root).as_posix(), cfg)
        now = nb and json.dumps(nb, ensure_ascii=False, indent=1)+'\n'
        if not nb or now==was: continue
        stale.append(path.relative_to(root).as_posix())
        if not args.check: path.write_text(now, encoding='utf-8')
    print(*stale, sep='\n')
    return args.check and bool(stale)

if __name__=='__main__': sys.exit(main())
