"""Formula files out of local checkouts of public repositories, a tenth of each subject set aside for testing

    git clone --depth 1 https://github.com/rbeezer/fcla CHECKOUTS/rbeezer+fcla      (and so on: `python tools/corpus --list`)
    python tools/corpus --checkouts CHECKOUTS --out OUT --exclude im2latex_val.txt.xz im2latex_test.txt.xz

writes `OUT/raw/NAME.txt.xz` (everything), `OUT/train/NAME.txt.xz`, `OUT/test/SUBJECT.txt.xz` and `OUT/manifest.json`.
A repository that isn't there is named and left out.
"""
import argparse, hashlib, json, lzma, sys
from collections import Counter, defaultdict
from pathlib import Path
sys.path.insert(0, str(Path(__file__).resolve().parent)); sys.path.append(str(Path(__file__).resolve().parents[2]))
from sources import SOURCES, commit
from latexocr.normalize import NormalizeError, normalize, VERSION

LONGEST,SHORTEST,EXAMS = 250,5,3000     # tokens of a formula; shorter ones, needed everywhere, are never set aside; formulas of exams

def canonical(o):
    "Canonical form, or None for what can't be read or is longer than the reader writes"
    try: c = normalize(o)
    except NormalizeError: return None
    return c if c and c.count(' ')<LONGEST else None

def lot(c): return int(hashlib.sha256(c.encode()).hexdigest()[:8], 16)      # the same for a formula wherever it stands

def read_lines(path):
    with (lzma.open if str(path).endswith('xz') else open)(path, 'rt', encoding='utf-8') as f: return [o for o in f.read().split('\n') if o]

def write_lines(path, lines):
    path.parent.mkdir(parents=True, exist_ok=True)
    with lzma.open(path, 'wt', encoding='utf-8') as f: f.write(''.join(o+'\n' for o in lines))

def find(folder, repo):
    "The checkout of a repository: `owner+name`, `owner/name` or `name`, and a `repo` inside if there is one"
    for name in (repo.replace('/', '+'), repo, repo.split('/')[1]):
        for o in (folder/name/'repo', folder/name):
            if o.is_dir(): return o

def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument('--checkouts', type=Path, help='folder of checkouts'); ap.add_argument('--out', type=Path)
    ap.add_argument('--exclude', nargs='*', default=[], help='formula files whose formulas must not come back')
    ap.add_argument('--list', action='store_true', help='name repositories, licences and subjects, and stop')
    args = ap.parse_args()
    if args.list: return print('\n'.join(f'{s.repo:40} {s.licence:32} {s.subject:16} {"" if s.train else "test only"}' for s in SOURCES))
    if not args.checkouts or not args.out: ap.error('--checkouts and --out are needed')
    banned = {canonical(o) for f in args.exclude for o in read_lines(f)}
    seen,test,facts = set(),defaultdict(dict),[]
    for s in SOURCES:
        folder = find(args.checkouts, s.repo)
        if not folder: print(f'{s.repo}: no checkout in {args.checkouts}, left out', file=sys.stderr); continue
        raw = list(dict.fromkeys(' '.join(o.split()) for o in s.read(folder) if o.strip()))
        write_lines(args.out/'raw'/f'{s.name}.txt.xz', raw)
        n,train = Counter(found=len(raw)),{}
        for o in raw:
            c = canonical(o)
            if c is None: n['unread'] += 1
            elif c in banned: n['excluded'] += 1
            elif c in seen: n['double'] += 1
            else:
                aside = not s.train or c.count(' ')+1>=SHORTEST and lot(c)%10==0
                (test[s.subject] if aside else train)[c] = o; seen.add(c); n['test' if aside else 'train'] += 1
        if s.train: write_lines(args.out/'train'/f'{s.name}.txt.xz', train.values())
        facts.append(dict(name=s.name, repository=s.repo, commit=commit(folder), licence=s.licence, subject=s.subject, **n))
        print(s.name, dict(n), flush=True)
    for subject,found in test.items():
        if subject=='exams':
            keep = sorted((c for c in found if c.count(' ')+1>=SHORTEST), key=lot)[:EXAMS]; found = {c:found[c] for c in keep}
        test[subject] = found; write_lines(args.out/'test'/f'{subject}.txt.xz', found.values())
    write_lines(args.out/'held_out.txt.xz', [c for found in test.values() for c in found])
    facts = dict(normalizer=VERSION, sources=facts, test={k:len(v) for k,v in test.items()})
    (args.out/'manifest.json').write_text(json.dumps(facts, indent=1))

if __name__=='__main__': main()
