"""Does the page without Python read as Python does, how fast, with how much memory, and what does a first visit fetch?

    python tools/bench/page.py PICTURES                                  # files, folders, parquet files with a column `image`
    python tools/bench/sources.py --formulas … --limit 8 --save PICTURES      # makes such a folder: some of each typeface, web page, subject, and published ones
    python tools/bench/page.py val-*.parquet --limit 500 --threads 2 --out page.json
    python tools/bench/page.py PICTURES --requests                       # every address that was asked for

The page (see nbs/use/browser.ipynb) is built from the shipped weights or --weights, and opened in headless Chromium through playwright. Picture by
picture, Python reads first (one thread), then the page; so both meet the same machine, and the ratio of the two times means something on a busy one
too. `--threads 1` serves it without the headers that let WebAssembly have threads, as plain hosts do."""
import argparse, base64, functools, gzip, http.server, io, json, random, statistics, sys, tempfile, threading, time
from contextlib import contextmanager
from pathlib import Path
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from _common import machine, table
from latexocr.use.browser import build_page, page_server

class PlainHandler(http.server.SimpleHTTPRequestHandler):
    "A host that sends files and nothing more"
    def log_message(self, *args): pass

def plain_server(folder): return http.server.ThreadingHTTPServer(('127.0.0.1', 0), functools.partial(PlainHandler, directory=str(folder)))

@contextmanager
def serving(server):
    "The address of a server that runs meanwhile"
    with server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try: yield f'http://127.0.0.1:{server.server_port}'
        finally: server.shutdown()

READY = "() => document.documentElement.dataset.ready || document.querySelector('#status.bad')"
GIVE = """([data, name, kind]) => {
  const bytes = Uint8Array.from(atob(data), o => o.charCodeAt(0)), given = new DataTransfer()
  given.items.add(new File([bytes], name, {type: kind}))
  document.dispatchEvent(new ClipboardEvent('paste', {clipboardData: given, bubbles: true, cancelable: true}))
}"""
HEARD = "what => latexocr.log.some(o => o.what===what || o.what==='trouble') || document.querySelector('#status.bad') && latexocr.log.length<2"

def give(tab, data, name='formula.png', kind='image/png', until='reading', timeout=120_000):
    "Paste a file into the page; what it has read, or None if it complains"
    tab.evaluate(GIVE, [base64.b64encode(data).decode(), name, kind])
    tab.wait_for_function(HEARD, arg=until, timeout=timeout)
    return tab.evaluate("() => latexocr.log.some(o => o.what==='reading') ? (({task, weights, ...o}) => o)(latexocr.last) : null")

def memory(browser):
    "MB of the page's own process: what it has to itself, and the most it ever had, the browser's own libraries included"
    processes = browser.new_browser_cdp_session().send('SystemInfo.getProcessInfo')['processInfo']
    pid = max((o for o in processes if o['type']=='renderer'), key=lambda o: o['cpuTime'])['id']
    read = lambda name: {k: int(v.split()[0])/1000 for k,_,v in (line.partition(':') for line in Path(f'/proc/{pid}/{name}').read_text().splitlines()) if v.strip().endswith('kB')}
    now = read('smaps_rollup')
    return now['Private_Clean']+now['Private_Dirty'], read('status')['VmHWM']

def warm_start(tab, data):
    "Seconds from a second visit to its first reading"
    tab.reload()
    give(tab, data)
    return tab.evaluate("() => latexocr.log.find(o => o.what==='reading').at")/1000

def first_visit(folder):
    "(file, bytes as they travel) of all that a first visit fetches, for the time without a connection, too; what is text is packed by the server"
    worker = (Path(folder)/'read-offline.js').read_text()
    names = ['read-offline.js', *worker.split("FILES = '")[1].split("'")[0].split(), *(f'read/{o["path"]}' for o in json.loads((Path(folder)/'read/pack/pack.json').read_text())['files'])]
    skip = ('example.png','NOTICE.txt')
    size = lambda p: len(p.read_bytes()) if p.suffix in ('.gz','.png','.woff2') else len(gzip.compress(p.read_bytes(), 6))
    return sorted(((o, size(Path(folder)/o)) for o in names if not o.endswith(skip)), key=lambda o: -o[1])

def pictures(paths, limit, seed):
    "(name, bytes), chosen by lot where there are more than `limit`"
    found = []
    for path in map(Path, paths):
        if path.suffix=='.parquet':
            import pyarrow.parquet as pq
            rows = pq.read_table(path, columns=['image'])['image'].to_pylist()
            found += [(f'{path.name}:{i}', o['bytes'] if isinstance(o, dict) else o) for i,o in enumerate(rows)]
        else: found += [(p.name, p.read_bytes()) for p in (sorted(path.iterdir()) if path.is_dir() else [path]) if p.is_file()]
    return random.Random(seed).sample(found, limit) if limit and len(found)>limit else found

def compare(ocr, tab, items, say=print):
    "A row for each picture: name, what Python and the page read, how sure they are, seconds"
    from latexocr.use.pictures import PictureError
    rows = []
    tab.evaluate('() => { latexocr.brief = true }')
    for i,(name,data) in enumerate(items, 1):
        began = time.perf_counter()
        try: p = ocr(data)
        except PictureError: p = None
        took = time.perf_counter()-began
        o = give(tab, data, name)
        rows.append(dict(name=name, python=p and p.latex, page=o and o['latex'], sure=p and p.confidence, page_sure=o and o['confidence'],
                         seconds=took, page_seconds=o and o['took']/1000))
        if rows[-1]['python']!=rows[-1]['page']: say(f'{name}: {rows[-1]["python"]} | {rows[-1]["page"]}', file=sys.stderr)
        if i%50==0: say(f'{i} of {len(items)}: {sum(r["python"]!=r["page"] for r in rows)} differ', file=sys.stderr)
    return rows

def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('pictures', nargs='+')
    p.add_argument('--weights', help='folder of a trained model (default: the shipped one)')
    p.add_argument('--site', type=Path, help='folder of a page that is built already (default: it is built for this run)')
    p.add_argument('--limit', type=int, default=500, help='pictures at most, by lot; 0: all (default: %(default)s)')
    p.add_argument('--seed', type=int, default=42)
    p.add_argument('--threads', type=int, choices=range(1,9), metavar='N', default=1, help='1: a plain host; more: an isolated page (default: %(default)s)')
    p.add_argument('--chromium', default='/usr/bin/chromium')
    p.add_argument('--out', type=Path, help='JSON file for the rows')
    p.add_argument('--requests', action='store_true', help='list them')
    args = p.parse_args()
    import torch
    from playwright.sync_api import sync_playwright
    from latexocr.predict import LatexOCR
    torch.set_num_threads(1)
    items,ocr = pictures(args.pictures, args.limit, args.seed),LatexOCR.from_pretrained(args.weights)
    with tempfile.TemporaryDirectory() as tmp:
        if args.site: tmp = args.site
        else: build_page(tmp, args.weights)
        with serving(page_server(tmp) if args.threads>1 else plain_server(tmp)) as url, sync_playwright() as pw:
            browser = pw.chromium.launch(executable_path=args.chromium, args=['--no-sandbox'])
            tab,asked = browser.new_page(),[]
            tab.context.on('request', lambda r: asked.append(r.url))
            tab.goto(f'{url}/read.html?threads={args.threads}')
            tab.wait_for_function(READY, timeout=180_000)
            ready = tab.evaluate('() => latexocr.log.find(o => o.what==="ready")')
            rows = compare(ocr, tab, items)
            own,most = memory(browser)
            again = warm_start(tab, next(data for r,(_,data) in zip(rows, items) if r['page']))
            browser.close()
            away = [o for o in asked if not o.removeprefix('blob:').startswith(f'{url}/')]
        files = first_visit(tmp)
    if args.out: args.out.write_text(json.dumps(rows, indent=1))
    doubt = [r for r in rows if r['python'] is not None and r['python']==r['page'] and abs(r['sure']-r['page_sure'])>.01]
    for r in doubt: print(f'{r["name"]}: {r["sure"]:.3f} and {r["page_sure"]:.3f} sure of {r["page"]}')
    for r in rows:
        if r['python']!=r['page']: print(f'{r["name"]}: Python {r["sure"] or 0:.3f} {r["python"]}\n{" "*len(r["name"])}  page   {r["page_sure"] or 0:.3f} {r["page"]}')
    both = [r for r in rows if r['python'] is not None and r['python']==r['page']]
    same,far = sum(r['python']==r['page'] for r in rows),max((abs(r['sure']-r['page_sure']) for r in both), default=0)
    ratio = statistics.median(r['page_seconds']/r['seconds'] for r in both)
    print(machine())
    table([('', ''), ('pictures', len(rows)), ('the same LaTeX', f'{same} ({same/len(rows):.1%})'), ('confidence, farthest; of these farther than .01', f'{far:.4f}; {len(doubt)}'),
           ('threads', ready['threads']), ('Python, median', f'{statistics.median(r["seconds"] for r in both):.3f} s'),
           ('page, median', f'{statistics.median(r["page_seconds"] for r in both):.3f} s'), ('ratio, median', f'{ratio:.1f}'),
           ('fetched and opened', f'{ready["fetched"]/1000:.1f} + {ready["opened"]/1000:.1f} s'), ('second visit to its first reading', f'{again:.1f} s'),
           ('memory, its own and at most', f'{own:.0f} and {most:.0f} MB'), ('requests, of these to elsewhere', f'{len(asked)}, {len(away)}')])
    for o in sorted({*away}): print(f'to elsewhere: {o}')
    if args.requests: print('\n'.join(['', *(o.replace(url, '') for o in dict.fromkeys(asked))]))
    print()
    table([('first visit', 'bytes'), *files, ('all', sum(n for _,n in files))])

if __name__=='__main__': main()
