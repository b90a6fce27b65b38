"""The same pictures through latex-ocr-junia, the other reader whose weights come with `pip install`, and through ours, in one run

    python -m venv other && other/bin/pip install latex-ocr-junia==0.1.3
    python tools/bench/other.py other/bin/python                    # 20 formulas, drawn at the usual size and at twice that

Milliseconds are for a picture file, the model being loaded; both with the same number of threads, one picture at a time. A reading is right if the
picture drawn from it is that of the formula, blank columns aside. What can't be drawn is wrong."""
import argparse, json, os, random, statistics, subprocess, sys, tempfile, time
from pathlib import Path
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
import torch
from latexocr.data import small_formulas
from latexocr.evaluate import compare_images
from latexocr.normalize import NormalizeError, normalize
from latexocr.predict import LatexOCR
from latexocr.render import render
from _common import machine, table

OTHER = """
import json, sys, time
from pathlib import Path
import torch
from latex_ocr_junia import predict as p
torch.set_num_threads(int(sys.argv[1]))
tokenizer,config = p.LatexTokenizer.load(p.ASSETS_DIR/'tokenizer.json'),p.load_model_config(p.ASSETS_DIR/'model_config.json')
model = p.build_model(config)
p.load_checkpoint(model, p.ASSETS_DIR/'best.pt', device=torch.device('cpu'))
model.eval()
for line in sys.stdin:
    path,beam = json.loads(line)
    start = time.perf_counter()
    with torch.no_grad():
        image = p.load_and_preprocess_image(Path(path), image_height=config.image_height, image_width=config.image_width, channels=1).unsqueeze(0)
        ids = model.generate(images=image, bos_token_id=tokenizer.bos_id, eos_token_id=tokenizer.eos_id, max_length=config.max_length,
                             beam_size=beam, length_penalty=.6, no_repeat_ngram_size=0)
    latex = tokenizer.decode(ids[0].numpy())
    print(json.dumps([latex, 1e3*(time.perf_counter()-start)]), flush=True)
"""

def other(python, threads, paths, beam):
    "(LaTeX, milliseconds) of each"
    asked = ''.join(json.dumps([str(o), beam])+'\n' for o in paths)
    p = subprocess.run([python, '-c', OTHER, str(threads)], input=asked, capture_output=True, text=True)
    if p.returncode: sys.exit(f'the other reader stopped: {p.stderr.strip().splitlines()[-1]}')
    return [json.loads(o) for o in p.stdout.splitlines()]

def ours(ocr, paths, beam):
    found = []
    for o in paths:
        start = time.perf_counter()
        latex = ocr(o, beam).latex
        found.append([latex, 1e3*(time.perf_counter()-start)])
    return found

def same_pictures(formulas, readings):
    "How many look like the formula"
    def spell(o):
        try: return normalize(o)
        except NormalizeError: return r'\nothing'
    refs,hyps = (render([spell(o) for o in some]) for some in (formulas, readings))
    return sum(compare_images(a.image, b.image)['exact_ws'] for a,b in zip(refs, hyps))

def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('python', help="the interpreter of the other reader's environment")
    p.add_argument('--weights', help='folder of a trained model (default: the shipped one)')
    p.add_argument('--pictures', type=int, default=20, help='formulas of the bundled validation and test sets, drawn by lot (default: %(default)s)')
    p.add_argument('--threads', type=int, default=2, help='(default: %(default)s)')
    args = p.parse_args()
    torch.set_num_threads(args.threads)
    known = [o for o in small_formulas()['val']+small_formulas()['test'] if render([o])[0].image]
    formulas,ocr = random.Random(42).sample(known, min(args.pictures, len(known))),LatexOCR.from_pretrained(args.weights)
    rows,median = [['reader','pictures','ms a picture, median','read right']],{}
    with tempfile.TemporaryDirectory() as d:
        for size in (1,2):
            paths = [Path(d)/f'{size}_{i}.png' for i in range(len(formulas))]
            for path,o in zip(paths, render(formulas, dpi=200*size)): o.image.save(path)
            ours(ocr, paths[:2], 1)                                       # to warm up
            for name,beam,f in (('ours, greedy',1,ours), ('ours, beam of 5',5,ours), ('latex-ocr-junia, greedy',1,other), ('latex-ocr-junia, beam of 3',3,other)):
                found = f(ocr, paths, beam) if f is ours else other(args.python, args.threads, paths, beam)
                median[name,size] = statistics.median(ms for _,ms in found)
                rows.append([name, f'{size}×', f'{median[name,size]:.0f}', f'{same_pictures(formulas, [o for o,_ in found])} of {len(formulas)}'])
    print(f'{machine()}; {args.threads} threads\n'); table(rows)
    print(f"\ngreedy, ours is {median['latex-ocr-junia, greedy',1]/median['ours, greedy',1]:.0f} times as fast")

if __name__=='__main__': main()
