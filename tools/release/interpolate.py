"""Weights between two trained readers: what a typeface-wide training has won, and what it has forgotten, meet half way (Wortsman et al. 2022, WiSE-FT)

    python tools/release/interpolate.py results/reader2 --other latexocr/pretrained --share 0.75 --out results/mixed

The second must have started from the other's weights: same architecture, its vocabulary begins with the other's. Tokens that the other doesn't know keep
their rows. `--out` is the first folder with other numbers, and can be evaluated and shipped like it; its run.json notes both and the share."""
import argparse, json, shutil, sys
from pathlib import Path
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from safetensors.torch import load_file, save_file

def between(new, other, share):
    "share · new + (1 − share) · other, for each tensor of numbers; a tensor that has grown is mixed where both have it"
    mixed = {}
    for name,v in new.items():
        o = other.get(name)
        if o is None or not v.is_floating_point(): mixed[name] = v; continue
        if o.dim()!=v.dim() or any(a>b for a,b in zip(o.shape, v.shape)): raise SystemExit(f'{name} has other sizes: {tuple(o.shape)} and {tuple(v.shape)}')
        part,mixed[name] = tuple(slice(n) for n in o.shape),v.clone().float()
        mixed[name][part] = share*v[part].float() + (1-share)*o.float()
    return mixed

def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('run', type=Path, help='folder of the newer weights')
    p.add_argument('--other', type=Path, required=True, help='folder of the weights it started from')
    p.add_argument('--share', type=float, required=True, help='of the newer ones, 0 to 1')
    p.add_argument('--out', type=Path, required=True, help='folder for what lies between')
    args = p.parse_args()
    if not 0<=args.share<=1: p.error('--share goes from 0 to 1')
    words = [(o/'vocab.txt').read_text(encoding='utf-8').splitlines() for o in (args.run, args.other)]
    if words[0][:len(words[1])]!=words[1]: sys.exit(f'the vocabulary of {args.run} does not begin with that of {args.other}')
    new,other = (load_file(o/'model.safetensors') for o in (args.run, args.other))
    args.out.mkdir(parents=True, exist_ok=True)
    for name in ('config.json','config.toml','vocab.txt','log.csv','run.json'): shutil.copy(args.run/name, args.out/name)
    save_file(between(new, other, args.share), args.out/'model.safetensors')
    about = json.loads((args.out/'run.json').read_text(encoding='utf-8')) | dict(share=args.share, other=args.other.resolve().name)
    (args.out/'run.json').write_text(json.dumps(about), encoding='utf-8')
    print(f'{args.out}: {args.share:g} of {args.run}, {1-args.share:g} of {args.other}')

if __name__=='__main__': main()
