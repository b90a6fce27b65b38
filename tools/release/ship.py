"""Put a trained model into the package: half precision, its scores, and a model card made from both

    latexocr evaluate --results results/main --data data/corpus --split test        # first: what the card is to say
    python tools/release/ship.py results/main --config 1_quarter_hour 2_corpus                       # of both runs
    python tools/release/ship.py results/3_papers --config 3_papers                             # of a run that started from shipped weights
    python tools/release/ship.py results/again --scores                                     # only its scores: the weights are the shipped ones, evaluated anew

Writes `latexocr/pretrained/`: model.safetensors (16-bit floats), config.json, vocab.txt, scores.json, log.csv, runs.json (what came before), data.json (what the last run was
shown) and README.md (the card).
Weights stay in the repository's history for ever: a few times in its life, not more."""
import argparse, csv, json, re, shutil, sys
from collections import Counter
from pathlib import Path
root = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(root), str(root/'tools/bench')]

LIMIT = 10e6        # bytes that weights may have
ROWS = dict(perplexity='perplexity', bleu4='BLEU-4', edit='edit score', exact='text exact match', image_edit='picture edit score',
            image_exact='picture match', image_exact_ws='picture match, blank columns aside', image_deng='picture match, Deng', image_deng_ws='picture match, Deng, blank columns aside')

CARD = """# Weights of latexocr {version}
{parameters:.1f} million parameters: encoder `{encoder}`, decoder `{decoder}`, pictures of printed formulas at {dpi} dpi in, {style} LaTeX out.

## Training
{commands}
where FORMULAS is a folder of formula files. {pictures:,.0f} pictures were shown, in {hours:.2f} CPU hours (both processes together; {machine}, no GPU), seed {seed}.

The formulas: im2latex-100k's training split as far as it could be had, hep-th papers of 2003 on arXiv (the source of im2latex), pix2tex's formulas
(MIT), Wikipedia and PlanetMath and Napkin (CC-BY-SA), the Stacks project (GFDL 1.2), physics notes of E. Yalumni (MIT), the physics derivation graph
(CC-BY-4.0); from public textbooks and tests, taken out by `tools/data/corpus`: A First Course in Linear Algebra (GFDL 1.2), Interactive Linear Algebra and
Abstract Algebra (GFDL 1.3), IBL Linear Algebra and OpenIntro Statistics (CC-BY-SA 3.0), The Book of Statistical Proofs, Dive into Deep Learning, Notes on
Diffy Qs and Discrete Mathematics (CC-BY-SA 4.0), the Open Logic Project (CC-BY-4.0), ProofNet, KaTeX's tests (MIT), MathJax's (Apache 2.0), Wikimedia's
(GPL 2.0); and 221,000 written by the grammar of `latexocr.datasets.grammar`, of them 73,000 that differ by a stroke and 21,000 tables. The formulas belong
to their authors; none of them is in this package except the small set. Every formula equal to one of im2latex's validation or test formulas, or to one of a
tenth of each subject set aside, was left out; some papers gave both training and test formulas. Pictures were drawn by `latexocr.render` in 27 typefaces, by KaTeX, MathJax, Chromium's MathML and matplotlib,
tens of thousands as those of im2latex-100k were (`tools/data/draw_published.py`), and roughened by `latexocr.datasets.augment`; 3,000 training pictures of
im2latex-100k itself were added. Seven typefaces were kept for testing.

## Scores
In per cent, with bootstrap 95 % intervals (`latexocr evaluate`). `test` and `val` are im2latex-100k's splits, drawn by us; `real` is its validation
split as published, drawn by others.

{table}

The learning curve is in `log.csv`, a row an epoch, all runs one after the other; its `bleu4`, `edit` and `exact` are of 200 validation formulas.

## What was won and lost
Nine trainings on many typefaces made these weights, each begun with the weights before it, and at its end mixed with earlier ones
(`tools/release/interpolate.py`, above). The first taught other typefaces, which they read several times as often as weights that knew Computer Modern alone;
these they read less often. The second was for signs that differ by a stroke, tables, and the look of published pictures, and lost letters alone; the
third was to win those back. The fourth saw all kinds at once. The next two went on with new drawings of the same kinds, the second of them with short formulas
in more of the steps. All of them read letters alone less often than the one before, because batches hold pictures of one size, and batch norms of a batch of
letters are unlike the running ones; the seventh, short, trained with the running ones, which gave the letters back and more. The eighth went on so, with all
pictures drawn anew, and so did the ninth, with half of the pictures left as they were drawn. The table of sources on the results page says what came of it. The loss was still falling when the time was over.

## Limits
Printed formulas only, no handwriting. Formulas of more than 250 tokens or 1,000 pixels of width were not trained on, nor were the commands that
`latexocr.normalize` refuses. Font changes that cannot be seen are guessed. Spaces are
measured where they are in doubt (`latexocr.decoding.measured_spaces`), in typefaces that are not among the tables by those that fit. It always answers,
also to pictures that are no formula: look at the confidence.

## Licence
Apache-2.0, as the package.
"""

def table(scores):
    "A column for each entry of scores.json, a row for each score"
    def cell(s, k):
        low,high = s.get('intervals', {}).get(k, (None,None))
        digits = 3 if k=='perplexity' else 1
        return '' if k not in s else f'{s[k]:.{digits}f}' + (f' ({low:.{digits}f}–{high:.{digits}f})' if low is not None else '')
    heads = [re.split('_beam|_views', name)[0] + (f", beam {s['beam_width']}" if s['beam_width']>1 else ', greedy') + ('' if 'views' not in s else ', one look' if s['views']==1 else f", {s['views']} looks") + ', checked'*s.get('checked', False) for name,s in scores.items()]
    lines = [['', *heads], ['---']*(1+len(heads)), ['formulas', *(f"{s['formulas']:,}" for s in scores.values())]]
    lines += [[title, *(cell(s, k) for s in scores.values())] for k,title in ROWS.items() if any(k in s for s in scores.values())]
    return '\n'.join('| '+' | '.join(o)+' |' for o in lines)

def about(folder, name): return json.loads((folder/name).read_text(encoding='utf-8'))
def log(folder): return list(csv.DictReader((folder/'log.csv').open(encoding='utf-8')))

def history(run, names, new=()):
    "The runs that made these weights, the first one first, and their logs: each may have started from another's, or from weights that were shipped"
    *others,name = names
    new = {*new,*names}                                          # shipped before, they are not to stand there twice
    start,rows = about(run, 'run.json'),[dict(run=name, **o) for o in log(run)]
    data,before = Path(start['data']),start['from_pretrained'] and Path(start['from_pretrained'])
    epochs = float(rows[-1]['step'])/float(rows[0]['step']) if 'step' in rows[0] else len(rows)          # the last one may be short
    pictures = about(data, 'manifest.json')['counts']['train']*about(run, 'config.json')['training']['passes']*epochs
    mixed = {k: start[k] for k in ('share','other') if k in start}
    if before and (before/'runs.json').exists():
        runs,earlier = [o for o in about(before, 'runs.json') if o['config'] not in new],[o for o in log(before) if o['run'] not in new]
    elif before and others: (runs,earlier),others = history(before, others, new),[]
    else: runs,earlier = [],[]
    if others or before and not runs: sys.exit(f'{run} started from {before or "nothing"}: name the config of each run that was not shipped, and no other')
    return runs+[dict(config=name, data=data.name, pictures=round(pictures), cpu_hours=float(rows[-1]['cpu_hours'])) | mixed],earlier+rows

def commands(runs):
    "What made the weights, line by line"
    lines,built = [],set()
    for i,o in enumerate(runs):
        if o['data'] not in built: lines.append(f"latexocr build --config {o['data']} --data FORMULAS --out data/{o['data']}")
        built.add(o['data'])
        start = f" --from-pretrained results/{runs[i-1]['config']}" if i else ''
        lines.append(f"latexocr train --config {o['config']} --data data/{o['data']} --out results/{o['config']}{start}")
        if 'share' in o: lines.append(f"python tools/release/interpolate.py results/{o['config']} --other results/{o.get('other', runs[i-1]['config'])} --share {o['share']} --out results/mixed")
    return '```sh\n'+'\n'.join(lines)+'\n```\n'

def data_counts(manifest):
    "Training pictures of a dataset: by file (the parts of a table together, and the letters of all typefaces), and by what drew them"
    files,drawn = Counter(),{}
    faces = {o['typeface'].split(' ')[0] for o in manifest['typefaces']}
    for o in manifest['files']:
        name = re.sub(r'-\d+$', '', o['file'].split('/')[-1].split('.')[0])
        if o['split']=='train': files['letters alone' if name in faces else f'{name} (pictures)' if o['file'].endswith('.parquet') else name] += o.get('pictures', 0)
    for o in manifest['typefaces']:
        name = o['typeface'].split(' ')[0]                           # without the size
        renderer = {'TeX':'pdftex', 'elsewhere':'im2latex'}.get(o['renderer'], o['renderer'])
        row = drawn.setdefault(f'{renderer}: {name}' if name else 'published pictures', Counter(train=0))
        row.update({k:o.get(k, 0) for k in ('train','refused','borrowed')})
    order = lambda counts, key: dict(sorted(counts.items(), key=key))
    return dict(train=manifest['counts']['train'], dropped={k.split(': ')[1]:n for k,n in manifest.get('dropped', {}).items() if k.startswith('train: ')},
        files=order(files, lambda o: -o[1]), drawn=order(drawn, lambda o: -o[1]['train']))

def ship(run, out, config_names):
    from safetensors.torch import load_file, save_file
    import latexocr
    from _common import machine
    from latexocr.decoder import load_pretrained
    model,_,config = load_pretrained(run)
    out.mkdir(parents=True, exist_ok=True)
    numbers = {k: v.half() if v.is_floating_point() else v for k,v in load_file(run/'model.safetensors').items()}
    save_file(numbers, out/'model.safetensors')
    if (size := (out/'model.safetensors').stat().st_size) > LIMIT: sys.exit(f'{size/1e6:.1f} MB are too many')
    for name in ('config.json','vocab.txt','scores.json'): shutil.copy(run/name, out/name)
    load_pretrained(out)                                         # refuses what half precision has broken
    runs,rows = history(run, config_names)
    (out/'runs.json').write_text(json.dumps(runs, indent=1)+'\n', encoding='utf-8')
    data = Path(about(run, 'run.json')['data'])                  # a folder is called as the config that it was built with
    (out/'data.json').write_text(json.dumps(dict(config=data.name, **data_counts(about(data, 'manifest.json'))), indent=1)+'\n', encoding='utf-8')
    with (out/'log.csv').open('w', newline='', encoding='utf-8') as f:
        w = csv.DictWriter(f, rows[0].keys(), lineterminator='\n'); w.writeheader(); w.writerows(rows)
    card = CARD.format(version=latexocr.__version__, parameters=sum(p.numel() for p in model.parameters())/1e6, encoder=model.config.encoder, decoder=model.config.decoder,
        dpi=config['dpi'], style=config['style'], commands=commands(runs), pictures=sum(o['pictures'] for o in runs), hours=sum(o['cpu_hours'] for o in runs), machine='; '.join(machine().split('; ')[:2]),
        seed=config['training']['seed'], table=table(json.loads((run/'scores.json').read_text(encoding='utf-8'))))
    (out/'README.md').write_text(card, encoding='utf-8')
    print(f'{out}: {size/1e6:.1f} MB of weights\n\n{card}')

def rescore(run, out):
    "Newer scores of the weights that are there already: scores.json, and the table in the card"
    from latexocr.scoring.run import fingerprint
    if fingerprint(run)!=fingerprint(out): sys.exit(f'{run} holds other weights than {out}')
    was,new = (json.loads((o/'scores.json').read_text(encoding='utf-8')) for o in (out,run))
    card = (out/'README.md').read_text(encoding='utf-8')
    if card.count(table(was))!=1: sys.exit(f'the card of {out} does not hold the table of its scores')
    (out/'README.md').write_text(card.replace(table(was), table(new)), encoding='utf-8')
    shutil.copy(run/'scores.json', out/'scores.json')
    print(table(new))

if __name__=='__main__':
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument('run', type=Path, help='folder of a training run, evaluated')
    p.add_argument('--out', type=Path, default=root/'latexocr/pretrained')
    p.add_argument('--config', nargs='+', default=['2_corpus'], help='the recipe it was trained with; of a run that started from another that was not shipped, both, the first one first')
    p.add_argument('--scores', action='store_true', help='ship newer scores of the shipped weights, and nothing else')
    args = p.parse_args()
    rescore(args.run, args.out) if args.scores else ship(args.run, args.out, args.config)
