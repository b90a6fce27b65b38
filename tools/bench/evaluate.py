"""How long `evaluate` takes beside the reading: pictures, scores, intervals and report of predictions that are made up, half of them with a slip

    python tools/bench/evaluate.py                  # 1,000 variations of the bundled formulas
    python tools/bench/evaluate.py --formulas 200"""
import argparse, os, random, sys, tempfile, time
from pathlib import Path
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
import torch
from latexocr import evaluate as module
from latexocr.beam_search import Hypothesis
from latexocr.data import FormulaDataset, small_formulas
from latexocr.datasets.build import build_dataset
from latexocr.decoder import Im2Latex, ModelConfig, save_pretrained
from latexocr.normalize import normalize
from latexocr.vocab import END, Vocab, VocabConfig
from _common import machine

def vary(tokens, rng, slips):
    "Some letters replaced by others"
    places = [i for i,t in enumerate(tokens) if len(t)==1 and t.isalpha()]
    at = set(rng.sample(places, min(slips, len(places))))
    return [rng.choice('bdghknpqsuvwxyz') if i in at else t for i,t in enumerate(tokens)]

def formulas(n, rng):
    "`n` different ones"
    bundled,found = [normalize(o).split() for split in small_formulas().values() for o in split],{}
    while len(found)<n: found[' '.join(vary(rng.choice(bundled), rng, 3))] = 1
    return list(found)

def predictions(ds, rng):
    "What a model might have read, every other time with a slip"
    def ids(tokens): return [*ds.vocab.encode(vary(tokens.split(), rng, rng.randrange(2))), END]
    return [[Hypothesis(o, [-.01]*len(o), True)] for o in map(ids, ds.tokens)]

def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--formulas', type=int, default=1000, help='(default: %(default)s)')
    args = p.parse_args()
    torch.set_num_threads(1)
    rng = random.Random(42)
    with tempfile.TemporaryDirectory() as d:
        data,results = Path(d)/'data',Path(d)/'results'
        build_dataset(dict(train=formulas(args.formulas*21//20, rng)), data, vocab_config=VocabConfig(min_count=1), progress=False)
        vocab = Vocab.load(data/'vocab.txt')
        ds = FormulaDataset(data, 'train', vocab)
        save_pretrained(Im2Latex(ModelConfig(vocab_size=len(vocab), channels=(8,8,8,8), d_model=16, heads=2)), results, vocab)
        read = predictions(ds, rng)[:args.formulas]                                  # a few are too large and left out
        module.read_hypotheses,module.surprise = lambda *args: read,lambda *args: [(1.,1)]*len(read)
        wall,cpu = time.perf_counter(),sum(os.times()[:4])
        scores = module.evaluate(results, data, 'train', progress=False, limit=args.formulas)
        wall,cpu = time.perf_counter()-wall,sum(os.times()[:4])-cpu
    print(machine())
    print(f'{len(read):,} predictions with pictures, {scores["exact"]:.0f} % right: {wall:.1f} s, {cpu:.1f} s of all cores together')

if __name__=='__main__': main()
