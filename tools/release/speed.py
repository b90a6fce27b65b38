"""How long the shipped reader takes for a picture, for the first page: `python tools/release/speed.py`

Milliseconds of processor time on one thread, from the bytes of a PNG to LaTeX, read as `latexocr predict` reads: the formulas of the small set that are
not for training, drawn here, and the bundled pictures that others drew. Writes latexocr/pretrained/speed.json, with the machine and the weights, and
puts the figures into the first page's table. On a machine that does nothing else."""
import argparse, io, json, statistics, subprocess, sys, time
from pathlib import Path
root = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(root), str(root/'tools/bench')]
import torch
from latexocr.data import small_formulas
from latexocr.predict import LatexOCR
from latexocr.render import render
from latexocr.scoring.run import fingerprint
from _common import machine

def png(image):
    f = io.BytesIO()
    image.save(f, 'PNG')
    return f.getvalue()

def cpu_ms(ocr, picture):
    "Milliseconds of processor time, the better of two readings"
    times = []
    for _ in range(2):
        start = time.process_time()
        ocr(picture)
        times.append(1e3*(time.process_time()-start))
    return min(times)

def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--out', type=Path, default=root/'latexocr/pretrained/speed.json', help='file to write (default: latexocr/pretrained/speed.json)')
    args = p.parse_args()
    torch.set_num_threads(1)
    ocr,small = LatexOCR.from_pretrained(),small_formulas()
    drawn = [png(o.image) for o in render(small['val']+small['test']) if o.image]
    real = [o.read_bytes() for o in sorted((root/'latexocr/small').glob('real_*.png'))]
    ocr(drawn[0])                                                              # to warm up
    found = dict(machine=machine().partition(';')[0], weights=fingerprint(root/'latexocr/pretrained'))
    for name,pictures in dict(test=drawn, val_real=real).items():
        found[name] = dict(pictures=len(pictures), median_ms=round(statistics.median(cpu_ms(ocr, o) for o in pictures), 1))
    args.out.write_text(json.dumps(found, indent=1)+'\n', encoding='utf-8')
    print(args.out.name, found)
    if args.out==p.get_default('out'): subprocess.run([sys.executable, root/'tools/release/results.py'], check=True, timeout=600)

if __name__=='__main__': main()
