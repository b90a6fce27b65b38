"""What each part of the recipe is worth: the same data, equal samples and equal minutes of one core

    python tools/bench/ablate.py data/formulas --out results/ablations            # everything that isn't done yet, two at a time
    python tools/bench/ablate.py data/formulas --out results/ablations --only gru --seed 2
    python tools/bench/ablate.py --out results/ablations --table                     # what has been measured so far

Draws formulas of at most 40 tokens once for each spelling (the same formulas, the same pictures), then trains each variant of the default
at a constant learning rate, and reads 600 validation formulas with the mean of the weights: after `--samples` pictures and after `--minutes` of
processor time. Scores are on canonical tokens, whatever was trained on. Time for reading doesn't count. A row a run goes into `ablations.jsonl`."""
import argparse, json, math, os, random, subprocess, sys, time
from pathlib import Path
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

BASE = 'default'
VARIANTS = {     # name: (options that differ from the default, what it asks)
    BASE: ({}, 'fast decoder, multi-head attention, positions, LSTM, canonical tokens, stride 8'),
    'classic cell': (dict(decoder='classic'), 'the original\'s cell: input feeding, additive attention, step by step'),
    'additive': (dict(attention='additive'), 'additive instead of multi-head attention'),
    'no positions': (dict(positions=False), 'regions are not told where they are'),
    'gru': (dict(cell='gru'), 'GRU instead of LSTM'),
    'published tokens': (dict(style='im2latex'), 'trained on the published spelling'),
    'stride 4': (dict(stride=4), 'a region is 4 pixels wide instead of 8'),
    'small': (dict(channels=(32,48,64,128), d_model=192), 'fewer channels everywhere'),
    'muon': (dict(optimizer='muon'), 'Muon instead of AdamW'),
    'large': (dict(channels=(64,96,128,256), d_model=320, heads=5), 'more channels everywhere'),
}
FILES = ('im2latex_train_part.txt.xz', 'im2latex_train_first3000_aligned.txt.xz', 'hepth2003_display.txt.xz', 'hepth2003_rows.txt.xz', 'hepth2003_inline.txt.xz')

def draw(corpus, out):
    "The subset in both spellings"
    from latexocr.data import DataConfig
    from latexocr.datasets.build import build_dataset
    from latexocr.datasets.sources import normalize_splits, read_splits
    from latexocr.vocab import VocabConfig
    config = dict(train=FILES, val='im2latex_val.txt.xz', max_tokens=40, max_width=440, max_height=72)
    if all((out/style/'manifest.json').exists() for style in ('canonical','im2latex')): return
    splits,_ = read_splits(DataConfig(**config), corpus)
    kept = normalize_splits(splits, DataConfig(**config))[0]
    rng = random.Random(42)
    from latexocr.normalize import NormalizeError, normalize
    def short(rows, n):
        "At most n formulas that both spellings know and have at most 40 tokens in each"
        chosen = []
        for _,latex,tokens in rng.sample(rows, len(rows)):
            try: ok = 5<=len(tokens.split())<=40 and len(normalize(latex, style='im2latex').split())<=60
            except NormalizeError: ok = False
            if ok: chosen.append(latex)
            if len(chosen)==n: break
        return chosen
    chosen = dict(train=short(kept['train'], 45_000), val=short(kept['val'], 1_000))
    for style in ('canonical','im2latex'):
        m = build_dataset(chosen, out/style, DataConfig(style=style, max_tokens=60, max_width=440, max_height=72), VocabConfig(min_count=10))
        print(style, m['counts'])

def train_and_score(out, name, seed, samples, minutes):
    "One run in this process; returns its row"
    import torch
    from fastai.basics import Callback, CancelFitException
    from latexocr.training.callbacks import StepClock
    from latexocr.data import DataConfig, FormulaDataset, dataloaders
    from latexocr.decoder import ModelConfig
    from latexocr.train import TrainConfig, trapezoid
    from latexocr.training.run import im2latex_learner
    torch.set_num_threads(1)
    options = dict(VARIANTS[name][0]); style,optimizer = options.pop('style', 'canonical'),options.pop('optimizer', 'adamw')
    val = FormulaDataset(out/style, 'val')
    both = set.intersection(*(set(FormulaDataset(out/o, 'val').formulas) for o in ('canonical','im2latex')))
    both = set(random.Random(1).sample(sorted(both), min(600, len(both))))
    rows = [i for i,f in enumerate(val.formulas) if f in both]
    row,spent = dict(name=name, seed=seed),[0.]

    class Watch(Callback):
        "Score at the two moments, then end"
        order = 90; run_valid = False
        def before_fit(self): self.n,self.mark = 0,time.process_time()
        def after_batch(self):
            self.n += len(self.xb[0]); now = time.process_time(); spent[0] += now-self.mark
            for key,reached in (('samples',self.n>=samples), ('minutes',spent[0]>=60*minutes)):
                if reached and key not in row: row[key] = dict(score(self.learn.ema.mean.module, val, rows), samples=self.n, minutes=spent[0]/60)
            self.mark = time.process_time()
            if 'samples' in row and 'minutes' in row: raise CancelFitException

    config = TrainConfig(seed=seed, ema=.998, lr=1.5e-3, optimizer=optimizer)
    steps = StepClock(1, lambda p: config.lr*min(p/300, 1), seed)                      # up in 300 steps, then level
    learn = im2latex_learner(dataloaders(out/style, DataConfig(batch_pixels=100_000), seed=seed), ModelConfig(**options), config, [steps, Watch()])
    with learn.no_bar(), learn.no_logging(): learn.fit(1000)
    return row | dict(parameters=sum(p.numel() for p in learn.model.parameters()), per_second=row['minutes']['samples']/row['minutes']['minutes']/60)

def score(model, ds, rows):
    "Greedy reading and perplexity of some formulas"
    import torch
    from torch.nn import functional as F
    from latexocr.decoding.reading import read
    from latexocr.data import SizeBatchSampler, collate
    from latexocr.evaluate import bleu4, edit_score, exact_match
    from latexocr.normalize import NormalizeError, normalize
    def canonical(tokens):
        try: return normalize(tokens)
        except NormalizeError: return tokens
    refs,hyps,total,n = [],[],0.,0
    model.eval()
    for part in SizeBatchSampler([ds.sizes[i] for i in rows], 150_000, shuffle=False):
        xb,sizes,tokens,yb = collate([ds[rows[i]] for i in part])
        with torch.no_grad(): total += F.cross_entropy(model(xb, sizes, tokens).flatten(0,1), yb.flatten(), ignore_index=0, reduction='sum').item()
        n += (yb!=0).sum().item()
        refs += [canonical(ds.tokens[rows[i]]) for i in part]
        hyps += [canonical(' '.join(ds.vocab.decode(h[0].ids))) for h in read(model, xb, sizes, max_len=100)]
    return dict(bleu=bleu4(refs, hyps), edit=edit_score(refs, hyps), exact=exact_match(refs, hyps), perplexity=math.exp(total/n))

def show(out):
    "The rows so far as a Markdown table"
    from _common import table
    done = [json.loads(o) for o in (out/'ablations.jsonl').read_text().splitlines()]
    rows = [['variant','seed','parameters','samples/s','BLEU-4, equal samples','exact','BLEU-4, equal minutes','exact']]
    for r in sorted(done, key=lambda r: (list(VARIANTS).index(r['name']), r['seed'])):
        rows.append([r['name'], r['seed'], f"{r['parameters']/1e6:.1f} M", f"{r['per_second']:.0f}",
            *(f'{r[k][s]:.1f}' for k in ('samples','minutes') for s in ('bleu','exact'))])
    table(rows)

def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('corpus', type=Path, nargs='?', default=Path('data/formulas'), help='folder of formula files')
    p.add_argument('--out', type=Path, required=True, help='folder for the datasets and the results')
    p.add_argument('--samples', type=int, default=40_000, help='pictures after which all are compared')
    p.add_argument('--minutes', type=float, default=12, help='minutes of processor time after which all are compared')
    p.add_argument('--only', nargs='+', choices=VARIANTS, default=list(VARIANTS))
    p.add_argument('--seed', type=int, default=1)
    p.add_argument('--jobs', type=int, default=os.cpu_count(), help='runs at a time, a core each')
    p.add_argument('--table', action='store_true', help='only show the table')
    p.add_argument('--here', action='store_true', help=argparse.SUPPRESS)
    a = p.parse_args()
    log = a.out/'ablations.jsonl'
    if a.table: return show(a.out)
    if a.here:
        row = train_and_score(a.out, a.only[0], a.seed, a.samples, a.minutes)
        with open(log, 'a') as f: f.write(json.dumps(row)+'\n')
        return
    a.out.mkdir(parents=True, exist_ok=True)
    draw(a.corpus, a.out)
    done = {(r['name'],r['seed']) for r in map(json.loads, log.read_text().splitlines())} if log.exists() else set()
    todo,running = [n for n in a.only if (n,a.seed) not in done],[]
    while todo or running:
        while todo and len(running)<a.jobs:
            args = ['--out',a.out,'--samples',a.samples,'--minutes',a.minutes,'--seed',a.seed,'--only',todo.pop(0),'--here']
            running.append(subprocess.Popen([sys.executable, __file__, a.corpus, *map(str, args)], env={**os.environ, 'OMP_NUM_THREADS':'1'}))
        time.sleep(2)
        running = [r for r in running if r.poll() is None]
    show(a.out)

if __name__=='__main__': main()
