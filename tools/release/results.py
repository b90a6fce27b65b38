"""Write the tables of scores from what `latexocr evaluate` measured, into nbs/index.ipynb, nbs/pages/results.ipynb, nbs/pages/original.ipynb and README.zh-CN.md

    python tools/release/results.py            # after tools/release/ship.py; it also writes README.md
    python tools/release/results.py --check    # do the pages say what latexocr/pretrained/scores.json says?

A table stands in a cell of its own whose first line is a comment, `<!-- table: NAME -->`; in Markdown it ends at `<!-- end -->`."""
import argparse, json, re, subprocess, sys
from pathlib import Path
root = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(root))
from latexocr.scoring.run import fingerprint

PICTURES = dict(test='test formulas, drawn by us', val='validation formulas, drawn by us', val_real='validation pictures as published, drawn by others')
PUBLISHED = [   # system, what is counted, BLEU-4, edit score, exact match, perplexity, Deng's rule with blank columns aside: on im2latex-100k's test split, as reported
    ('LaTeX_OCR, the original', '9,444 test formulas, drawn by its code; published tokens', '75.42', '80.45', '12.44', '1.44', ''),
    ("Genthial's code, a user's best run", 'test formulas, drawn by its code; published tokens', '88.89', '91.88', '37.86', '1.14', ''),
    ('[Deng et al. 2017](https://arxiv.org/abs/1609.04938)', '10,354 test formulas, pictures as published; published tokens', '87.73', '', '', '1.11', '79.88'),
    ('the same code, retrained by a user', 'test formulas, pictures as published; published tokens', '91.20', '', '', '', '84.69')]
TEXT = dict(bleu4='BLEU-4', edit='edit score', exact='exact match', perplexity='perplexity')
IMAGE = dict(image_edit='column edit score', image_exact='exact', image_exact_ws='exact, blank columns aside', image_deng="Deng's rule", image_deng_ws="Deng's rule, blank columns aside")

def read(package):
    "scores.json of the shipped weights, or nothing"
    path = package/'pretrained/scores.json'
    return json.loads(path.read_text(encoding='utf-8')) if path.is_file() else {}

def title(name, s):
    split = next(k for k in sorted(PICTURES, key=len, reverse=True) if name.startswith(k))
    return f'{PICTURES[split]}, {how(s)}'

def how(s):
    "In which way it was read"
    return (f"beam of {s['beam_width']}" if s['beam_width']>1 else 'greedy') + looks(s) + ', checked by drawing'*s.get('checked', False)

def looks(s):
    "In words; nothing if it isn't known"
    return '' if 'views' not in s else ', one look' if s['views']==1 else f", {s['views']} looks"

def lines(head, rows): return '\n'.join('| '+' | '.join(o)+' |' for o in [head, ['---']*len(head), *rows])

def span(score, low, high, digits=1):
    "A score, and its interval small under it"
    return f'{score:.{digits}f}<br><small>{low:.{digits}f}–{high:.{digits}f}</small>'

def cell(s, k, digits=1, interval=True):
    if k not in s: return ''
    return span(s[k], *s['intervals'][k], digits) if interval and k in s.get('intervals', {}) else f'{s[k]:.{digits}f}'

def digits(k): return 3 if k=='perplexity' else 1

def text_table(scores):
    rows = [[title(k, s), f"{s['formulas']:,}", *(cell(s, o, digits(o)) for o in TEXT)] for k,s in scores.items()]
    return lines(['pictures','formulas',*TEXT.values()], rows)

def image_table(scores):
    rows = [[title(k, s), *(cell(s, o) for o in IMAGE)] for k,s in scores.items() if 'image_exact' in s]
    return lines(['pictures',*IMAGE.values()], rows)

def group_table(scores, kind):
    entry = scores.get('test') or scores.get('test_views_1', {})
    rows = [[name.lstrip('0').replace('–0', '–').replace('–0', '–'), f"{g['n']:,}", *(span(*g[k]) for k in ('bleu4','exact','image_exact_ws') if k in g)]
            for name,g in entry.get('groups', {}).get(kind, {}).items()]
    return lines([kind,'formulas','BLEU-4','exact match','same picture, blank columns aside'], rows)

def calibration_table(scores):
    rows = [[title(k, s), f"{o['formulas']:,}", f"{o['error']:.3f}", f"{o['uncalibrated']:.3f}"] for k,s in scores.items() if (o := s.get('calibration', {})).get('error') is not None]
    return lines(['pictures','formulas','calibration error','without calibration'], rows)

def robust_table(package):
    "What tools/bench/robust.py found of the same weights"
    path = package/'pretrained/robust.json'
    about = json.loads(path.read_text(encoding='utf-8')) if path.is_file() else {}
    if not about or about['weights']!=fingerprint(package/'pretrained'): return 'Not measured with these weights.'
    rows = [[o['name'], f"{o['formulas']:,}", *(span(*o[k]) for k in ('bleu4','edit','exact')), f"{o['as_plain']:.0f}"] for o in about['rows'] if not o.get('missing')]
    return lines(['pictures','formulas','BLEU-4','edit score','exact match','as plain'], rows)

def ours_on_published(package):
    "What tools/release/published.py found of a run on published tokens, a row like those of `PUBLISHED`, or nothing"
    path = package/'pretrained/published.json'
    if not path.is_file(): return []
    s = json.loads(path.read_text(encoding='utf-8'))
    what = f"{s['formulas']:,} test formulas, drawn by us; published tokens, byte for byte; a run of its own, weights not shipped"
    return [('**latexocr**, trained on published tokens, greedy', what, *(cell(s, k, 2, False) for k in TEXT), '')]

def sources_table(package):
    "A row for each typeface, renderer and subject, from tools/bench/sources.py"
    path = package/'pretrained/sources.json'
    found = json.loads(path.read_text(encoding='utf-8')) if path.is_file() else {}
    if not found or found['weights']!=fingerprint(package/'pretrained'): return 'Not measured for the weights of this version.'
    rows = [[o['name'], str(o['n']), f"{o['before']:.1f}" if 'before' in o else '', span(*o['exact']), *(f'{o[k][0]:.1f}' for k in ('edit','bleu4')),
             f"{o['error']:.3f}", f"{o['wrong_sure']:.1f}"] for o in found['rows']]
    return lines(['drawn by','formulas','exact, weights before','exact','edit score','BLEU-4','calibration error','wrong above one half'], rows)

def data_table(package):
    "Which pictures the last training saw, from what tools/release/ship.py noted"
    path = package/'pretrained/data.json'
    if not path.is_file(): return 'Not noted for the weights of this version.'
    o = json.loads(path.read_text(encoding='utf-8'))
    files = lines(['formulas of','pictures'], [[k, f'{n:,}'] for k,n in o['files'].items()])
    drawn = lines(['drawn by','pictures','refused','borrowed glyphs'], [[k, *(f'{r.get(c, 0):,}' for c in ('train','refused','borrowed'))] for k,r in o['drawn'].items()])
    dropped = ', '.join(f'{k} {n:,}' for k,n in o['dropped'].items())
    return f"{o['train']:,} pictures, made by `latexocr build --config {o['config']}`; left out: {dropped}.\n\n{drawn}\n\n{files}"

def published_table(package):
    return lines(['system',*TEXT.values(),"same picture by Deng's rule"], [[f'{system}<br><small>{what}</small>', *o] for system,what,*o in ours_on_published(package)+PUBLISHED])

def compared_table(scores, package):
    "Ours beside the published ones, every score of each"
    def counted(k, s): return f"{s['formulas']:,} {PICTURES[next(o for o in sorted(PICTURES, key=len, reverse=True) if k.startswith(o))]}; {s['tokens']} tokens"
    def first(k, s):
        "As `latexocr predict` reads, and a checked beam of 5; with one look where that is all there is"
        if k.startswith('val') and 'real' not in k or s['beam_width']!=(5 if s.get('checked') else 1): return False
        return s.get('views')!=1 and '_views' not in k or k.replace('_views_1', '') not in scores and '_views_1' in k
    def reader(name, what): return f'{name}<br><small>{what}</small>'
    rows = [[reader(f'**latexocr**, {how(s)}', counted(k, s)), *(cell(s, o, digits(o), False) for o in TEXT),
             cell(s, 'image_exact_ws', interval=False), cell(s, 'image_deng_ws', interval=False)] for k,s in scores.items() if first(k, s)]
    rows += [[reader(system, what), *o[:-1], '', o[-1]] for system,what,*o in ours_on_published(package)+PUBLISHED]
    return lines(['reader',*TEXT.values(),'same picture',"same by Deng's rule"], rows)

def ms(package, name):
    "Median milliseconds that tools/release/speed.py found of the same weights, or nothing"
    path = package/'pretrained/speed.json'
    found = json.loads(path.read_text(encoding='utf-8')) if path.is_file() else {}
    return f"{found[name]['median_ms']:.0f}" if name in found and found['weights']==fingerprint(package/'pretrained') else ''

def short_table(scores, package):
    "For the first page: three sets, and beside each the one published figure that counts the same thing"
    rows = []
    for name,rival in dict(test='exact: MathNet 63.4, canonical spelling too, its own pictures', val_real="by Deng's rule: Deng et al. 79.9, ours {image_deng_ws:.1f}").items():
        s = scores.get(name) or scores.get(f'{name}_views_1')               # as `latexocr predict` reads, if that was measured
        if s: rows.append([f"{s['formulas']:,} {PICTURES[name]}", cell(s, 'exact', interval=False), cell(s, 'image_exact_ws', interval=False), ms(package, name),
                           rival.format(**{'image_deng_ws':float('nan'), **s}) if 'image_deng_ws' in s or '{' not in rival else ''])
    original = PUBLISHED[0]
    for _,what,*o in ours_on_published(package):
        rows.append([f"{what.split(' test')[0]} test formulas in the published spelling, by weights that are not shipped", o[2], '', '', f'exact: {original[0]}, {original[4]}'])
    head = ['pictures','exact','same picture','ms','like for like']
    if any(o[3] for o in rows): return lines(head, rows)+'\n\n'+MILLISECONDS
    return lines(head[:3]+head[4:], [o[:3]+o[4:] for o in rows])          # not measured with these weights

MILLISECONDS = ('Milliseconds (*ms*) are the median of processor time on one thread, of the small set and of the three bundled pictures, which are longer '
                '(`python tools/release/speed.py`).')
CHINESE = {MILLISECONDS:'毫秒是单线程处理器时间的中位数：小数据集，以及随附的三张较长的图片（`python tools/release/speed.py`）。', 'pictures':'图片', 'exact':'完全匹配', 'same picture':'图片一致', 'ms':'毫秒', 'like for like':'可比的一项', 'test formulas, drawn by us':'测试公式（本项目渲染）',
    'validation pictures as published, drawn by others':'验证集图片（原始发布，他人渲染）', 'test formulas in the published spelling, by weights that are not shipped':'测试公式（原始写法，权重未附带）',
    'exact: MathNet 63.4, canonical spelling too, its own pictures':'完全匹配：MathNet 63.4（也是规范写法，图片是它自己的）', "by Deng's rule: Deng et al. 79.9, ours":'按 Deng 规则：Deng 等 79.9，本项目',
    'exact: LaTeX_OCR, the original,':'完全匹配：LaTeX_OCR（原项目）', 'Weights are not shipped with this version yet, so there is nothing to report.':'这个版本还没有附带权重，所以没有分数可报。'}

def chinese(table):
    "A table of the first page for README.zh-CN.md"
    for en,zh in sorted(CHINESE.items(), key=lambda o: -len(o[0])): table = table.replace(en, zh)
    return table

def tables(scores, package):
    "Every table by its name"
    none = 'Weights are not shipped with this version yet, so there is nothing to report.'
    makers = dict(short=lambda o: short_table(o, package), compared=lambda o: compared_table(o, package), text=text_table, images=image_table, calibration=calibration_table, **{k: (lambda o, k=k: group_table(o, k)) for k in ('length','size','symbols')},
                  robust=lambda o: robust_table(package), sources=lambda o: sources_table(package), data=lambda o: data_table(package))
    found = {k: f(scores) if scores.get('test') or scores.get('test_views_1') else none for k,f in makers.items()}
    return dict(found, published=published_table(package), chinese=chinese(found['short']))

def write(path, found, check):
    "Put the tables into their places; the names of those that were not up to date"
    text,stale = path.read_text(encoding='utf-8'),[]
    def fresh(name, old):
        new = f'<!-- table: {name} -->\n\n{found[name]}'
        if new!=old: stale.append(f'{path.name}: {name}')
        return new
    if path.suffix=='.md': new = re.sub(r'(<!-- table: (\w+) -->.*?)(?=\n\n<!-- end -->)', lambda m: fresh(m[2], m[1]), text, flags=re.S)
    else:
        nb = json.loads(text)
        for c in nb['cells']:
            m = re.match(r'<!-- table: (\w+) -->', ''.join(c['source']))
            if c['cell_type']=='markdown' and m: c['source'] = fresh(m[1], ''.join(c['source'])).splitlines(True)
        new = json.dumps(nb, ensure_ascii=False, indent=1)+'\n'
    if stale and not check: path.write_text(new, encoding='utf-8')
    return stale

def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--check', action='store_true', help='write nothing; exit code 1 if a table is not up to date')
    p.add_argument('--root', type=Path, default=root, help='the repository')
    args = p.parse_args()
    package = args.root/'latexocr'
    found = tables(read(package), package)
    pages = [*(args.root/f'nbs/{o}.ipynb' for o in ('index','pages/results','pages/original')), args.root/'README.zh-CN.md']
    stale = [o for page in pages for o in write(page, found, args.check)]
    for o in stale: print(f"{o} {'is not up to date: python tools/release/results.py' if args.check else 'written'}")
    if not args.check: subprocess.run([sys.executable, root/'tools/repo/readme.py', '--root', args.root], check=True, timeout=600)
    sys.exit(bool(stale) and args.check)

if __name__=='__main__': main()
