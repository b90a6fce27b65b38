"""What do half precision, int8, SIMD, threads and the graphics card bring to the page without Python? Measured by the page itself.

    python tools/bench/engines.py                                  # bundled formulas, drawn by TeX
    python tools/bench/engines.py PICTURES --limit 40 --out nbs/models/engines.json

The page (nbs/use/browser.ipynb) is built once, and copied for each kind of graphs and of engine. All copies stand open in one headless Chromium,
each in a context of its own, and read the same picture in turn; so ratios mean something on a busy machine, too. The first two pictures are for
getting warm. The graphics card is asked for with Chromium's software adapter where there is no other, and the table says which one it was: only a
real card tells whether it is quicker. ONNX Runtime's engines of today all need SIMD; the last one with a build that does not (1.17) stands for the
difference."""
import argparse, gzip, hashlib, io, json, random, shutil, statistics, sys, tempfile
from contextlib import ExitStack
from importlib.resources import files
from pathlib import Path
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from _common import machine, table
from page import READY, give, pictures, serving
from latexocr.use.browser import PACKAGES, build_page, fetch_package, halve_weights, page_server

GRAPHS = ('encode','start','step')
OLD = ('1.17.3', 'MSDrNUWgc1biP0YzY488OJ9n/jTMS9EXysgm9Aw4CUj2A836ALbO2J1sgzguWJeVUHTlM6p7tRzo8IGAgaXWKw==',
    {'dist/esm/ort.wasm.min.js':'ort/ort.wasm.min.mjs', 'dist/ort-wasm.wasm':'ort/ort-wasm.wasm', 'dist/ort-wasm-simd.wasm':'ort/ort-wasm-simd.wasm'})
CARD_FLAGS = ['--enable-unsafe-webgpu','--enable-features=Vulkan,WebGPU','--use-webgpu-adapter=swiftshader','--enable-experimental-web-platform-features']

def graphs(weights, folder):
    "{kind: {name: bytes}} of the same reader"
    from latexocr.decoder import load_pretrained
    from latexocr.models.onnx import save_onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic
    import logging
    logging.disable(logging.WARNING)
    save_onnx(weights, folder)
    before = [o.numpy() for o in load_pretrained(weights)[0].state_dict().values() if o.ndim==4]
    kinds = {'float32': lambda o, out: shutil.copy(o, out), 'float16': lambda o, out: halve_weights(o, out, before=before),
             'int8': lambda o, out: quantize_dynamic(o, out, weight_type=QuantType.QUInt8),
             'int8, matrices only': lambda o, out: quantize_dynamic(o, out, weight_type=QuantType.QUInt8, op_types_to_quantize=['MatMul','Gemm'])}
    found = {}
    for kind,make in kinds.items():
        for name in GRAPHS:
            out = Path(folder)/f'{name}.made'
            make(Path(folder)/f'{name}.onnx', out)
            found.setdefault(kind, {})[name] = out.read_bytes()
    return found

def with_graphs(site, out, made):
    "A copy of the page with other graphs; the bytes of these as they travel"
    shutil.copytree(site, out)
    path = out/'read/pack/pack.json'
    pack,total = json.loads(path.read_text()),0
    for o in pack['files']:
        if o['name'] not in made: continue
        data = gzip.compress(made[o['name']], 9, mtime=0)
        (out/'read'/o['path']).write_bytes(data)
        o.update(bytes=len(data), sha256=hashlib.sha256(made[o['name']]).hexdigest())
        total += len(data)
    path.write_text(json.dumps(pack))
    return total

def old_runtime(site, out, simd):
    "A copy of the page with the runtime that had both builds"
    now,PACKAGES['onnxruntime-web'] = PACKAGES['onnxruntime-web'],OLD
    try: made = fetch_package('onnxruntime-web')
    finally: PACKAGES['onnxruntime-web'] = now
    shutil.copytree(site, out)
    for to,data in made.items(): (out/'read'/to).write_bytes(data)
    worker = out/'read/worker.js'
    text = worker.read_text()
    at = '  ort.env.wasm.numThreads ='
    assert at in text
    worker.write_text(text.replace(at, f'  ort.env.wasm.simd = {"true" if simd else "false"}\n{at}'))
    return out

def bundled_formulas(n, seed):
    "(name, PNG file) of formulas that come with the package, by lot"
    from latexocr.data import small_formulas
    from latexocr.render import render
    formulas = sorted({o for split in small_formulas().values() for o in split})
    if n: formulas = random.Random(seed).sample(formulas, min(n, len(formulas)))
    found = []
    for i,o in enumerate(render(formulas)):
        if not o.image: continue
        f = io.BytesIO(); o.image.save(f, 'PNG')
        found.append((f'{i}.png', f.getvalue()))
    return found

def open_page(browser, url, **how):
    "A tab with the page, ready; what it said about itself"
    tab = browser.new_context().new_page()
    tab.goto(f'{url}/read.html?'+'&'.join(f'{k}={v}' for k,v in how.items()))
    tab.wait_for_function(READY, timeout=300_000)
    ready = tab.evaluate('() => latexocr.log.find(o => o.what==="ready") ?? {broken: document.querySelector("#status").textContent}')
    tab.evaluate('() => { latexocr.brief = true }')
    return tab,ready

ADAPTER = """async () => { const o = await navigator.gpu?.requestAdapter(); return o ? [o.info.vendor, o.info.architecture, o.info.description].filter(Boolean).join(' ') : null }"""

def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('pictures', nargs='*', help='files, folders, parquet files (default: bundled formulas, drawn by TeX)')
    p.add_argument('--weights', help='folder of a trained model (default: the shipped one)')
    p.add_argument('--limit', type=int, default=20, help='pictures at most, by lot; 0: all (default: %(default)s)')
    p.add_argument('--seed', type=int, default=42)
    p.add_argument('--site', type=Path, help='folder of a page that is built already')
    p.add_argument('--patience', type=int, default=60, help='seconds for a picture; what takes longer drops out (default: %(default)s)')
    p.add_argument('--chromium', default='/usr/bin/chromium')
    p.add_argument('--out', type=Path, help='JSON file for the table')
    args = p.parse_args()
    from playwright.sync_api import TimeoutError as PlaywrightTimeout, sync_playwright
    weights = args.weights or files('latexocr')/'pretrained'
    items = pictures(args.pictures, args.limit, args.seed) if args.pictures else bundled_formulas(args.limit, args.seed)
    with tempfile.TemporaryDirectory() as tmp, sync_playwright() as pw, ExitStack() as stack:
        tmp = Path(tmp)
        site = args.site or tmp/'site'
        if not args.site: build_page(site, weights)
        (tmp/'graphs').mkdir()
        tabs,rows = {},{}
        browser = pw.chromium.launch(executable_path=args.chromium, args=['--no-sandbox'])
        card = pw.chromium.launch(executable_path=args.chromium, args=['--no-sandbox',*CARD_FLAGS])
        def add(name, folder, size=None, on=browser, **how):
            url = stack.enter_context(serving(page_server(folder)))
            tab,ready = open_page(on, url, **how)
            if 'broken' in ready: rows[name] = dict(bytes=size, note=ready['broken']); tab.context.close(); return
            tabs[name],rows[name] = tab,dict(bytes=size, times=[], latex=[], sure=[])
            if how.get('engine')=='webgpu':
                rows[name]['note'] = str(tab.evaluate(ADAPTER)) if ready['engine']=='webgpu' else f'not to be had here (adapter: {tab.evaluate(ADAPTER)})'
        for i,(kind,made) in enumerate(graphs(weights, tmp/'graphs').items()):
            add(f'{kind}, one thread', tmp/f'graphs{i}', with_graphs(site, tmp/f'graphs{i}', made), threads=1)
        add('float16, two threads', site, threads=2)
        for name,simd in (('without SIMD',False),('with SIMD',True)):
            add(f'float16, one thread, engine of 1.17 {name}', old_runtime(site, tmp/name.replace(' ', '-'), simd), threads=1)
        add('float16, WebGPU', site, on=card, engine='webgpu')
        for i,(name,data) in enumerate(items):
            for kind,tab in list(tabs.items()):
                try: o = give(tab, data, name, timeout=1000*args.patience)
                except PlaywrightTimeout:
                    rows[kind]['note'] = f'{rows[kind].get("note") or ""}: not read within {args.patience} s'.lstrip(': ')
                    tabs.pop(kind).context.close()
                    continue
                if i>=2 and o: rows[kind]['times'].append(o['took']); rows[kind]['latex'].append(o['latex']); rows[kind]['sure'].append(o['confidence'])
        browser.close(); card.close()
    first = rows['float32, one thread']
    def line(name, o):
        if not o.get('times'): return dict(name=name, bytes=o['bytes'], note=o.get('note'))
        same = sum(a==b for a,b in zip(first['latex'], o['latex']))
        return dict(name=name, bytes=o['bytes'], seconds=statistics.median(o['times'])/1000, ratio=statistics.median(a/b for a,b in zip(o['times'], first['times'])),
                    same=same, of=len(first['latex']), far=max(abs(a-b) for a,b in zip(first['sure'], o['sure'])), note=o.get('note'))
    found = [line(*o) for o in rows.items()]
    if args.out: args.out.write_text(json.dumps(dict(machine=machine(), pictures=len(items), rows=found), indent=1)+'\n')
    print(machine())
    table([('', 'graphs, bytes', 'median, s', 'times float32', 'the same LaTeX', 'confidence, farthest', ''),
           *((o['name'], o['bytes'] or '', *((f'{o["seconds"]:.3f}', f'{o["ratio"]:.2f}', f'{o["same"]} of {o["of"]}', f'{o["far"]:.4f}') if 'seconds' in o else ('','','','')), o['note'] or '') for o in found)])

if __name__=='__main__': main()
