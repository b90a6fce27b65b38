"""Build the docs site without Quarto: `python tools/repo/site.py --out _docs`

nbdev processes the notebooks into `_proc/` (API docs added, hidden cells gone), smalldocs renders that folder from the same `_quarto.yml`.
Exits 1 if anything is broken: a link, a picture, an anchor, or an option smalldocs doesn't know."""
import argparse, configparser, json, os, re, shutil, sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag

root = Path(__file__).resolve().parents[2]

def process(root):
    "nbdev's processed notebooks in `_proc/`, freshly made"
    from nbdev.serve import proc_nbs
    shutil.rmtree(root/'_proc', ignore_errors=True)
    return proc_nbs(n_workers=min(2, os.cpu_count()))

def rename(proc, site_url):
    "Give each notebook the name of its page (Quarto does it by `output-file`), here and in links and sidebar; addresses of our own site become relative"
    names = {}                                                 # name of a notebook → name of its page; folders stay
    for path in sorted(proc.rglob('*.ipynb')):
        nb = json.loads(path.read_text(encoding='utf-8'))
        front = nb['cells'][0] if nb['cells'] else {}
        source = ''.join(front.get('source', ''))
        page = re.search(r'^output-file: (\S+)\.html$', source, re.M)
        names[path.name] = f"{page[1]}.ipynb" if page and front['cell_type']=='raw' else path.name
        if page and front['cell_type']=='raw': front['source'] = source.replace(page[0]+'\n', '')
        path.unlink()
        path.with_name(names[path.name]).write_text(json.dumps(nb), encoding='utf-8')
    target = re.compile(r'((?:\]\(|href="|- )(?:[\w.-]+/)*)(' + '|'.join(map(re.escape, names)) + r')\b')   # links of Markdown and HTML, entries of the sidebar
    def fix(s, up=''): return target.sub(lambda m: m[1]+names[m[2]], s.replace(site_url+'/', up))
    for path in proc.rglob('*.ipynb'):
        up = '../'*(len(path.relative_to(proc).parts)-1)       # from the page to the top of the site
        nb = json.loads(path.read_text(encoding='utf-8'))
        for c in nb['cells']:
            if c['cell_type'] in ('markdown','raw'): c['source'] = fix(''.join(c['source']), up)
            for o in c.get('outputs', []):
                for mime in ('text/markdown', 'text/html'):
                    if mime in o.get('data', {}): o['data'][mime] = fix(''.join(o['data'][mime]), up)
        path.write_text(json.dumps(nb), encoding='utf-8')
    sidebar = proc/'sidebar.yml'
    if sidebar.exists(): sidebar.write_text(fix(sidebar.read_text(encoding='utf-8')), encoding='utf-8')

class Links(HTMLParser):
    "The ids of a page, and the addresses it points to"
    def __init__(self, html):
        super().__init__()
        self.ids,self.links = set(),[]
        self.feed(html)
    def handle_starttag(self, tag, attrs):
        d = dict(attrs)
        self.ids |= {d[k] for k in ('id','name') if d.get(k)}
        self.links += [d[k] for k in ('href','src') if d.get(k)]

def mend(site):
    "nbdev links a method to a heading of its own, but describes it under its class: send such links there. Private functions have no heading"
    ids = {p.resolve(): Links(p.read_text(encoding='utf-8')).ids for p in site.rglob('*.html')}
    def to(m, folder):
        there,place = ids.get((folder/m[1]).resolve(), ()),m[2]
        up = place.rpartition('.')[0]
        if place not in there and place[0]=='_': return f'href="{m[1]}"'        # private: not described, so the page alone
        return f'href="{m[1]}#{up if place not in there and up in there else place}"'
    for p in site.rglob('*.html'):
        html = p.read_text(encoding='utf-8')
        p.write_text(re.sub(r'href="([\w./-]+\.html)#([\w.-]+)"', lambda m: to(m, p.parent), html), encoding='utf-8')

def broken(site):
    "Links of the built pages that lead nowhere: to no file, or to no such place on a page"
    site = site.resolve()
    pages = {p.resolve(): Links(p.read_text(encoding='utf-8')) for p in site.rglob('*.html')}
    bad = {}                                                   # what is wrong → the pages it is on
    for path,page in pages.items():
        for link in page.links:
            if re.match(r'[a-zA-Z][\w+.-]*:|//', link): continue
            name,place = urldefrag(link)
            to = (path.parent/unquote(name.split('?')[0])).resolve() if name else path
            if to.is_dir(): to = to/'index.html'
            if not to.exists(): bad.setdefault(f'{link} leads to no file', set()).add(path.relative_to(site).as_posix())
            elif place and to in pages and unquote(place) not in pages[to].ids: bad.setdefault(f'{link} leads to no place on the page', set()).add(path.relative_to(site).as_posix())
    return [f"{', '.join(sorted(on)) if len(on)<4 else f'{len(on)} pages'}: {what}" for what,on in sorted(bad.items())]

def read_page(root, out):
    "The page that reads formulas in the browser; where npm's packages can't be had, a page that says so, for links lead to it"
    sys.path.insert(0, str(root))
    from latexocr.use.browser import PageError, build_page
    try: build_page(out)
    except (PageError,ImportError) as e:
        print(f'read.html is only a note: {e}', file=sys.stderr)
        (out/'read.html').write_text('<!doctype html><meta charset="utf-8"><title>latexocr</title><p>This copy of the site was built without the reader.', encoding='utf-8')

def build(root, out):
    "Build the site of the repository `root` into `out`; returns the number of pages and what is wrong with them"
    from smalldocs.check import check
    from smalldocs.site import build as render
    os.chdir(root)
    cfg = configparser.ConfigParser(delimiters=['='], interpolation=None)
    cfg.read('settings.ini', encoding='utf-8')
    proc = process(root)
    rename(proc, cfg['DEFAULT']['doc_host'] + cfg['DEFAULT']['doc_baseurl'])
    (proc/'read.html').write_text('')                          # links may lead to it; the page itself comes last
    failed = check(proc)                                       # prints what it finds, counts on stderr
    site = render(proc, quiet=True)
    if out.exists(): shutil.rmtree(out)
    shutil.move(site.out, out)
    mend(out)
    read_page(root, out)
    problems = broken(out)
    for o in problems: print(o)
    return len(site.pages), bool(failed) or bool(problems)

def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--out', type=Path, default=Path('_docs'), help='folder to write the site to; it is replaced')
    p.add_argument('--root', type=Path, default=root, help='the repository (default: this one)')
    args = p.parse_args()
    out = args.out if args.out.is_absolute() else args.root.resolve()/args.out
    if out.exists() and not (out/'site_libs').is_dir(): sys.exit(f'{args.out} exists and is not a built site: choose another folder')
    pages,failed = build(args.root.resolve(), out)
    print(f'{pages} pages in {args.out}' + (', with problems' if failed else ''))
    sys.exit(failed)

if __name__ == '__main__': main()
