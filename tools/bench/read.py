"""How fast formulas are read: milliseconds for each, one by one and in batches, greedy and with a beam, and from a cold start

    python tools/bench/read.py --weights results/small        # without --weights: the shipped ones
    python tools/bench/read.py --onnx                          # the same through ONNX Runtime, as it is and with dynamic int8, in the same run
    python tools/bench/read.py --bfloat16 [--weights DIR]     # would short numbers help? (without weights: the default model, random)
    python tools/bench/read.py --against c83cafe              # this code beside that commit, taking turns: ratios, and whether they read alike
    python tools/bench/read.py --growth growth.svg            # time and memory against area, tokens, batch, cores and number of pictures (--pictures 10000)
    python tools/bench/read.py --profile                      # where a picture's time goes

The whole way is timed, from the bytes of a PNG to LaTeX, on the clock; a cold start is `latexocr predict one.png`, Python's own start included.
One look at each picture, and as `latexocr predict` does: one, and four where that leaves doubt.
With --bfloat16: CPU milliseconds on one thread, the better of two runs; `same`: pictures that read as they do in float32."""
import argparse, io, json, logging, os, resource, subprocess, sys, tempfile, time
from contextlib import contextmanager
from pathlib import Path
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
import numpy as np
import torch
from latexocr.beam_search import beam_search, greedy_search
from latexocr.data import collate, small_formulas
from latexocr.decoder import Im2Latex, ModelConfig, WeightsError, load_pretrained
from latexocr.predict import LatexOCR, prepare
from latexocr.render import render
from latexocr.vocab import END
from _common import machine, table

def png(image):
    f = io.BytesIO(); image.save(f, 'PNG')
    return f.getvalue()

def timed(f):
    "Milliseconds on the clock"
    start = time.perf_counter(); f()
    return 1e3*(time.perf_counter()-start)

def reading(ocr, pictures, sizes=(1,16)):
    "Rows: milliseconds per formula, median, 95th percentile and mean, for batches of these sizes"
    rows = []
    for n in sizes:
        batches = [pictures[i:i+n] for i in range(0, len(pictures)-n+1, n)]
        for width,views in ((1,1),(5,1),(1,None),(5,None)):
            ocr(batches[0], beam_width=width, views=views)                     # to warm up
            each = [timed(lambda: ocr(o, beam_width=width, views=views))/n for o in batches]
            how = f'{"one by one" if n==1 else f"batches of {n}"}, {"greedy" if width==1 else "beam of 5"}, {"one look" if views else "1 or 4 looks"}'
            rows.append([how, *(f'{np.percentile(each, q):.0f}' for q in (50,95)), f'{np.mean(each):.0f}'])
    return rows

def exported(ocr, threads, int8=False):
    "The same reader, executed by ONNX Runtime; with its decoder's weights as whole numbers if asked for"
    from latexocr.models.onnx import OnnxModel, save_onnx
    with tempfile.TemporaryDirectory() as d:
        save_onnx(ocr.path, d)
        if int8:
            from onnxruntime.quantization import quantize_dynamic
            logging.disable()                                                  # it recommends a preparation that changes nothing here
            for o in ('start','step'): quantize_dynamic(f'{d}/{o}.onnx', f'{d}/{o}.onnx')
            logging.disable(logging.NOTSET)
        return LatexOCR(OnnxModel(d, ocr.model.config, threads), ocr.vocab, ocr.config)

LOAD = 'import sys, time, torch; t = time.perf_counter(); from latexocr.predict import LatexOCR; LatexOCR.from_pretrained(*sys.argv[1:]); print(1e3*(time.perf_counter()-t))'
def cold(weights, picture, runs=3):
    "Rows: milliseconds of a process that reads one picture, and of loading once torch is there"
    root = Path(__file__).resolve().parents[2]
    run = lambda code,*args: subprocess.run([sys.executable, '-c', code, *args], cwd=root, check=True, capture_output=True, text=True, timeout=600).stdout
    weights = [str(Path(weights).resolve())] if weights else []
    with tempfile.TemporaryDirectory() as d:
        (Path(d)/'one.png').write_bytes(picture)
        predict = lambda: run('from latexocr.cli import main; raise SystemExit(main())', 'predict', str(Path(d)/'one.png'), *(['--weights',*weights] if weights else []))
        whole = [timed(predict) for _ in range(runs)]
    load = [float(run(LOAD, *weights)) for _ in range(runs)]
    return [[k, f'{np.median(o):.0f}', f'{max(o):.0f}', ''] for k,o in {'cold start (median and worst of three)':whole, 'import and load, after torch (median and worst of three)':load}.items()]

def random_model():
    "The default model, its weights random, and never at an end"
    torch.manual_seed(42)
    model = Im2Latex(ModelConfig(vocab_size=500)).eval()
    model.decoder.logits.weight.data *= 5
    model.decoder.logits.bias.data[END] = -1e9
    return model

@torch.no_grad()
def read(model, pictures, width, max_len, encode, decode):
    "Tokens of each picture, and milliseconds for encoding and decoding them, in bfloat16 if asked for"
    xb,sizes,*_ = collate([(o, torch.zeros(0, dtype=torch.long)) for o in pictures])
    marks = [time.process_time()]
    with torch.autocast('cpu', torch.bfloat16, enabled=encode): mem,mask,_ = model.encode(xb, sizes)
    marks.append(time.process_time())
    with torch.autocast('cpu', torch.bfloat16, enabled=decode):
        mem = mem if decode else mem.float()
        found = ([[h] for h in greedy_search(model.decoder, mem, mask, max_len)] if width==1 else
                 beam_search(model.decoder, mem, mask, width, max_len, length_penalty=0., n_best=1))
    marks.append(time.process_time())
    return [hs[0].ids for hs in found], 1e3*np.diff(marks)

def bfloat16(weights, drawn):
    "Table of the time with and without short numbers"
    torch.set_num_threads(1)
    model,max_len = (load_pretrained(weights)[0],150) if weights else (random_model(),60)
    pictures = sorted((torch.from_numpy(np.array(prepare(o)[0]))[None] for o in drawn), key=lambda o: o.shape[2])
    rows = [['', 'bfloat16', 'encode', 'decode', 'same']]
    for name,n,width in (('one by one',1,1), ('one by one, beam of 5',1,5), ('batches of 32',32,1), ('batches of 32, beam of 5',32,5)):
        batches,first = [pictures[i:i+n] for i in range(0, len(pictures), n)],None
        for kind,modes in {'':(False,False), 'encoder':(True,False), 'both':(True,True)}.items():
            read(model, batches[0], width, max_len, *modes)                                # to warm up
            best = [min((read(model, o, width, max_len, *modes) for _ in range(2)), key=lambda r: r[1].sum()) for o in batches]
            texts,(encode,decode) = [ids for o,_ in best for ids in o],sum(t for _,t in best)/len(pictures)
            first = first or texts
            rows.append([name, kind, f'{encode:.1f}', f'{decode:.1f}', f'{sum(a==b for a,b in zip(texts, first))}/{len(texts)}'])
    return rows

SERVER = """
import json, sys, time, torch
torch.set_num_threads(int(sys.argv[1]))
from latexocr.predict import LatexOCR
ocr = LatexOCR.from_pretrained(*sys.argv[2:])
for line in sys.stdin:
    files,how = json.loads(line)
    wall,cpu = time.perf_counter(),time.process_time()
    found = ocr(files, **how)
    print(json.dumps([time.perf_counter()-wall, time.process_time()-cpu, [p.latex for p in found]]), flush=True)
"""

class Reader:
    "The reader of a checkout, in a process of its own"
    def __init__(self, code, threads, weights):
        self.p = subprocess.Popen([sys.executable, '-c', SERVER, str(threads), *weights], cwd='/', env=os.environ|{'PYTHONPATH':str(code)}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    def __call__(self, files, **how):
        self.p.stdin.write(json.dumps([files, how])+'\n'); self.p.stdin.flush()
        return json.loads(self.p.stdout.readline())
    def close(self): self.p.stdin.close(); self.p.wait()

@contextmanager
def checkout(revision):
    "A worktree of another commit, for a while"
    root = Path(__file__).resolve().parents[2]
    git = lambda *args: subprocess.run(['git','-C',root,*args], check=True, capture_output=True, timeout=600)
    with tempfile.TemporaryDirectory() as d:
        git('worktree', 'add', '--detach', f'{d}/code', revision)
        try: yield Path(d)/'code'
        finally: git('worktree', 'remove', '--force', f'{d}/code')

def cost(code, *args):
    "Seconds on the clock, of CPU, and peak megabytes of the largest process, of a `latexocr` call"
    start = time.perf_counter()
    p = subprocess.Popen([sys.executable, '-c', 'import sys; from latexocr.cli import main; sys.exit(main(sys.argv[1:]))', *map(str, args)], cwd='/', env=os.environ|{'PYTHONPATH':str(code)}, stdout=subprocess.DEVNULL)
    _,status,usage = os.wait4(p.pid, 0)
    p.returncode = status
    return time.perf_counter()-start, usage.ru_utime+usage.ru_stime, usage.ru_maxrss/1024

def page(path):
    "4000×4000 pixels of text"
    from PIL import Image, ImageDraw, ImageFont
    image,font = Image.new('L', (4000,4000), 255),ImageFont.load_default(60)
    draw = ImageDraw.Draw(image)
    for y in range(100, 3900, 90): draw.text((100, y), 'Let us now consider the case in which the series does not converge and the limit '*2, font=font, fill=0)
    image.save(path)

def against(revision, pictures, threads, weights, shell):
    "Table of this code beside another commit, run by turns"
    here,rows = Path(__file__).resolve().parents[2],[['', 'then', 'now', 'ratio', 'read alike']]
    with checkout(revision) as there, tempfile.TemporaryDirectory() as d:
        files = [f'{d}/{i:05}.png' for i in range(len(pictures))]
        for f,o in zip(files, pictures): Path(f).write_bytes(o)
        both = [Reader(o, threads, weights) for o in (there,here)]
        for n,how in ((1,{}), (16,dict(views=1)), (16,{})):
            batches = [files[i:i+n] for i in range(0, len(files), n)]
            for o in both: o(batches[0], **how)                                 # to warm up
            told = [[o(b, **how) for o in (both if k%2 else both[::-1])][::1 if k%2 else -1] for k,b in enumerate(batches)]
            alike = sum(a==b for x,y in told for a,b in zip(x[2], y[2]))
            for kind,i in (('clock',0), ('CPU',1)):
                ms = [np.array([1e3*o[k][i]/len(b) for o,b in zip(told, batches)]) for k in (0,1)]
                for name,f in dict(median=np.median, mean=np.mean, **({'95th percentile':lambda o: np.percentile(o, 95)} if n==1 else {})).items():
                    a,b = map(f, ms)
                    rows.append([f'{"one by one" if n==1 else f"batches of {n}"}, {"one look" if how else "default looks"}, ms a picture, {kind}, {name}', f'{a:.0f}', f'{b:.0f}', f'{b/a:.2f}', f'{alike} of {len(files)}'])
        for o in both: o.close()
        if shell:
            page(f'{d}/page.png'); Path(f'{d}/few').mkdir()
            for i in range(shell): (Path(d)/'few'/f'{i:05}.png').write_bytes(pictures[i%len(pictures)])
            for name,what in {'one picture':files[0], f'folder of {shell}':f'{d}/few', 'page of 4000×4000 pixels':f'{d}/page.png'}.items():
                call = lambda o: cost(o, 'predict', what, *(['--weights',*weights] if weights else []))
                runs = [[call(o) for o in (there,here)] for _ in range(3 if what==files[0] else 1)]
                for unit,i in (('seconds, clock',0), ('seconds, CPU',1), ('peak MB, largest process',2)):
                    a,b = (float(np.median([r[k][i] for r in runs])) for k in (0,1))
                    rows.append([f'`latexocr predict`, {name}, {unit}', f'{a:.1f}', f'{b:.1f}', f'{b/a:.2f}', ''])
    return rows

POINT = """
import json, resource, sys, time, torch
from PIL import Image
torch.set_num_threads(int(sys.argv[1]))
from latexocr.predict import LatexOCR
ocr,kind,n = LatexOCR.from_pretrained(),sys.argv[2],int(sys.argv[3])
torch.manual_seed(0)
import numpy as np
noise = lambda w,h: Image.fromarray(((np.random.default_rng(0).random((h,w))>.15)*255).astype(np.uint8))      # of one size, one picture
jobs = dict(area=([noise(round((5*n)**.5), round((n/5)**.5))], 12), tokens=([noise(300, 60)], n), batch=([noise(200, 40)]*n, 30), pictures=([noise(200, 40)], 30))
pictures,length = jobs[kind]
ocr(noise(60, 30), max_len=5)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
cpu = time.process_time()
for _ in range(n if kind=='pictures' else 3): ocr(pictures, max_len=length, views=1)
print(json.dumps([(time.process_time()-cpu)/(1 if kind=='pictures' else 3), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss/1024]))
"""

def shared(cores, pictures=96):
    "Seconds on the clock, and peak megabytes of the largest process, of `latexocr predict` of a folder on so many cores"
    from PIL import Image
    with tempfile.TemporaryDirectory() as d:
        for i in range(pictures):
            ink = np.random.default_rng(i).random((40,200))>.15
            Image.fromarray((ink*255).astype(np.uint8)).save(f'{d}/{i:05}.png')
        clock,_,peak = cost(Path(__file__).resolve().parents[2], 'predict', d, '--views', 1, '--jobs', cores)
    return clock, peak

def growth(path, threads, most):
    "Rows of seconds and peak megabytes against area, tokens, batch, number of pictures, and cores; and their picture"
    from latexocr.use.many import cores
    points = dict(area=(5_000,20_000,80_000,320_000,1_280_000), tokens=(10,20,40,80,160), batch=(1,4,16,64),
                  pictures=[10**i for i in range(9) if 10**i<=most], cores=[2**i for i in range(9) if 2**i<=cores()])
    root = Path(__file__).resolve().parents[2]
    run = lambda kind,n: shared(n) if kind=='cores' else json.loads(subprocess.run([sys.executable, '-c', POINT, str(threads), kind, str(n)],
        env=os.environ|{'PYTHONPATH':str(root)}, check=True, capture_output=True, text=True, timeout=36_000).stdout)
    found = {kind:[run(kind, n) for n in ns] for kind,ns in points.items()}
    import matplotlib; matplotlib.use('agg'); matplotlib.rcParams['svg.fonttype'] = 'none'
    import matplotlib.pyplot as plt
    fig,axs = plt.subplots(2, len(points), figsize=(12,4), layout='constrained')
    for (up,down),(kind,ns) in zip(axs.T, points.items()):
        seconds,peak = zip(*found[kind])
        even = [seconds[0]*ns[0]/n for n in ns] if kind=='cores' else [seconds[-1]*n/ns[-1] for n in ns]        # dotted: in proportion
        up.loglog(ns, seconds, 'o-'); up.loglog(ns, even, ':', color='gray')
        down.semilogx(ns, peak, 'o-', color='tab:orange'); down.set_ylim(0, 1.2*max(peak)); down.set_xlabel(dict(area='pixels').get(kind, kind))
        if kind=='cores':
            for ax in (up,down): ax.set_xticks(ns, ns); ax.minorticks_off()
            up.set_ylabel('seconds on the clock')
    axs[0,0].set_ylabel('CPU seconds'); axs[1,0].set_ylabel('peak MB')
    fig.savefig(path)
    return [['against','of','seconds (CPU; of cores: clock)','peak MB'], *([kind, f'{n:,}', f'{s:.3f}', f'{m:.0f}'] for kind,ns in points.items() for n,(s,m) in zip(ns, found[kind]))]

def profile(ocr, pictures):
    "Rows: share of the time that each part takes of a picture's reading, one by one, default looks"
    from latexocr.decoding.constrained import ConstrainedDecoder
    from latexocr.models.inference import InferenceDecoder
    from latexocr.predict import LatexOCR as L
    parts,spent = {'open and measure':(L,'_task'), 'encode':(type(ocr.model),'encode'), 'keys and values':(InferenceDecoder,'start'), 'single steps':(InferenceDecoder,'step'),
                   'drafts':(InferenceDecoder,'ahead'), 'write the result':(L,'_prediction')},{}
    def timed_part(name, owner, method):
        f = getattr(owner, method)
        def g(*args, **kwargs):
            start = time.process_time(); out = f(*args, **kwargs)
            spent[name] = spent.get(name, 0)+time.process_time()-start
            return out
        setattr(owner, method, g)
    ocr(pictures[0])
    for name,o in parts.items(): timed_part(name, *o)
    start = time.process_time()
    for o in pictures: ocr(o)
    total = time.process_time()-start
    return [['part','% of CPU time'], *([k, f'{100*v/total:.0f}'] for k,v in spent.items()), ['search, and all else', f'{100*(1-sum(spent.values())/total):.0f}'], ['ms a picture', f'{1e3*total/len(pictures):.0f}']]

def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--weights', help='folder of a trained model')
    p.add_argument('--pictures', type=int, help='how many (default: 32; with --growth: up to 1000)')
    p.add_argument('--threads', type=int, default=2, help='of torch, but for a cold start (default: %(default)s)')
    p.add_argument('--onnx', action='store_true', help='measure the exported reader beside it')
    p.add_argument('--bfloat16', action='store_true', help='compare with short numbers instead')
    p.add_argument('--against', metavar='COMMIT', help='measure this code beside that commit, by turns')
    p.add_argument('--folder', help='read the pictures in it instead of drawn ones')
    p.add_argument('--shell', type=int, default=0, metavar='N', help='with --against: `latexocr predict` of one picture, of a folder of N and of a page, too')
    p.add_argument('--growth', metavar='FILE', help='draw how time and memory grow')
    p.add_argument('--profile', action='store_true', help='where the time goes')
    args = p.parse_args()
    if args.growth:
        rows = growth(args.growth, args.threads, args.pictures or 1000)
        print(machine()+f'; {args.threads} threads\n'); table(rows); return
    args.pictures = args.pictures or 32
    formulas = [o for split in ('test','val','train') for o in small_formulas()[split]]
    drawn = [] if args.folder else [o.image for o in render(formulas) if o.image][:args.pictures]
    found = [o.read_bytes() for o in sorted(Path(args.folder).iterdir())[:args.pictures]] if args.folder else [png(o) for o in drawn]
    if args.against: rows = against(args.against, found, args.threads, [str(Path(args.weights).resolve())] if args.weights else [], args.shell)
    elif args.profile:
        torch.set_num_threads(args.threads)
        rows = profile(LatexOCR.from_pretrained(args.weights), found)
    elif args.bfloat16: rows = bfloat16(args.weights, drawn)
    else:
        torch.set_num_threads(args.threads)
        try: ocr = LatexOCR.from_pretrained(args.weights)
        except WeightsError as e: raise SystemExit(f'bench/read: {e}')
        pictures = found
        sizes = sorted({1, min(16, len(pictures))})
        rows = [['milliseconds per formula', 'median', '95th percentile', 'mean'], *reading(ocr, pictures, sizes)]
        read_by_torch = [o.latex for o in ocr(pictures)]
        for kind in ('ONNX','ONNX int8') if args.onnx else ():
            other = exported(ocr, args.threads, kind!='ONNX')
            rows += [[f'{kind}, {name}', *o] for name,*o in reading(other, pictures, sizes)]
            same = sum(a==b.latex for a,b in zip(read_by_torch, other(pictures)))
            rows += [[f'{kind}, pictures of {len(pictures)} read as torch reads them', str(same), '', '']]
        rows += cold(args.weights, pictures[0])
    print(machine()+(f'; {args.threads} threads' if not args.bfloat16 else '')+'\n'); table(rows)

if __name__=='__main__': main()
