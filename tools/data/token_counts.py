"""How often each token is seen in a dataset that `latexocr build` made, and in how many typefaces; beside it the counts of a corpus before and after the grammar

    python tools/data/token_counts.py data/reader2 --corpus corpus/tokens.json --out nbs/token_counts.json

`--corpus` is the tokens.json of tools/data/corpus/write.py. A typeface is what a shard calls so, together with its renderer. Prints which tokens of the
corpus are seen less often than its goal, or in fewer than five typefaces."""
import argparse, json
from collections import Counter, defaultdict
from pathlib import Path
import pyarrow.parquet as pq

def count(data):
    "{token: how often}, {token: typefaces}, pictures"
    seen,faces,n = Counter(),defaultdict(set),0
    for path in sorted(data.glob('train-*.parquet')):
        rows = pq.read_table(path, columns=['tokens','typeface','renderer']).to_pydict()
        for tokens,face,renderer in zip(rows['tokens'], rows['typeface'], rows['renderer']):
            found = tokens.split(); seen.update(found); n += 1
            for t in {*found}: faces[t].add((renderer,face))
    return seen,faces,n

def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('data', type=Path, help='dataset folder')
    p.add_argument('--corpus', type=Path, required=True, help='tokens.json: counts before and after the grammar')
    p.add_argument('--out', type=Path, help='a JSON file for the counts of the corpus')
    p.add_argument('--typefaces', type=int, default=5, help='in how many a token should be seen (default: 5)')
    args = p.parse_args()
    corpus = json.loads(args.corpus.read_text(encoding='utf-8'))
    seen,faces,n = count(args.data)
    rare = {t:(seen[t], len(faces[t])) for t in corpus['tokens'] if seen[t]<corpus['goal'] or len(faces[t])<args.typefaces}
    print(f"{n:,} formulas, {sum(seen.values()):,} tokens, {len(set().union(*faces.values()))} typefaces; of {len(corpus['tokens'])} tokens {len(rare)} are rarer: {rare}")
    if args.out: args.out.write_text(json.dumps(corpus, separators=(',', ':'))+'\n', encoding='utf-8')

if __name__=='__main__': main()
