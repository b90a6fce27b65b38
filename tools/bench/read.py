"""How fast formulas are read: milliseconds for each, one by one and in batches, greedy and with a beam, and from a cold start

    python tools/bench/read.py --weights results/small        # without --weights: the shipped ones
    python tools/bench/read.py --onnx                          # the same through ONNX Runtime, as it is and with dynamic int8, in the same run
    python tools/bench/read.py --bfloat16 [--weights DIR]     # would short numbers help? (without weights: the default model, random)

The whole way is timed, from the bytes of a PNG to LaTeX, on the clock; a cold start is `latexocr predict one.png`, Python's own start included.
One look at each picture, and as `latexocr predict` does: one, and four where that leaves doubt.
With --bfloat16: CPU milliseconds on one thread, the better of two runs; `same`: pictures that read as they do in float32."""
import argparse, io, logging, subprocess, sys, tempfile, time
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
    run = lambda code,*args: subprocess.run([sys.executable, '-c', code, *args], cwd=root, check=True, capture_output=True, text=True).stdout
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

def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--weights', help='folder of a trained model')
    p.add_argument('--pictures', type=int, default=32, help='(default: %(default)s)')
    p.add_argument('--threads', type=int, default=2, help='of torch, but for a cold start (default: %(default)s)')
    p.add_argument('--onnx', action='store_true', help='measure the exported reader beside it')
    p.add_argument('--bfloat16', action='store_true', help='compare with short numbers instead')
    args = p.parse_args()
    formulas = [o for split in ('test','val','train') for o in small_formulas()[split]]
    drawn = [o.image for o in render(formulas) if o.image][:args.pictures]
    if args.bfloat16: rows = bfloat16(args.weights, drawn)
    else:
        torch.set_num_threads(args.threads)
        try: ocr = LatexOCR.from_pretrained(args.weights)
        except WeightsError as e: raise SystemExit(f'bench/read: {e}')
        pictures = [png(o) for o in drawn]
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
