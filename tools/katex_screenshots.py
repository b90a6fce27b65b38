"""The screenshots by which KaTeX checks itself, as labelled pictures for testing: browsers' own pictures, drawn by nobody here

    git clone --depth 1 the KaTeX repository, then
    python tools/katex_screenshots.py KaTeX/test/screenshotter --out katex-screenshots.parquet

Of its some 126 formulas, those that consist of LaTeX alone (no HTML around them, no macros of their own, no colours) and that normalize accepts; each in
Chrome, Firefox and Safari, cut to the ink. The columns are those of tools/draw_web.py, the source is file:name. Letters are large: 49 px an em before KaTeX's 1.21.
KaTeX is under the MIT licence. Never train on them."""
import argparse, sys
from pathlib import Path
import pyarrow as pa, yaml
from PIL import Image
import draw_web
from latexocr.normalize import NormalizeError, normalize

BROWSERS = ('chrome','firefox','safari')
KEYS = {'tex','display'}       # of a formula that needs nothing else

def formulas(path):
    "(name, LaTeX) of what consists of LaTeX alone, and the names of the rest with the reason"
    kept,left = [],{}
    for name,o in yaml.safe_load(path.read_text(encoding='utf-8')).items():
        o = o if isinstance(o, dict) else dict(tex=o)
        latex = ' '.join(str(o.get('tex', '')).split())
        try: normalize(latex)
        except NormalizeError as e: left[name] = str(e).split('\n')[0]
        else:
            why = 'more than LaTeX' if set(o)-KEYS or any(f in latex for f in (*draw_web.FORBIDDEN,'\\rule')) else draw_web.doubt(draw_web.Job(latex, '', 'katex', 'katex', 'html', 44, 1, 'white'))
            if why: left[name] = why
            else: kept.append((name, latex))
    return kept,left

def cut(path, size=12):
    "The ink of a screenshot with a few pixels around it, grey"
    with Image.open(path) as image: image = image.convert('L')
    left,top,right,bottom = image.point(lambda o: 255*(o<243)).getbbox()
    if right==image.width or bottom==image.height: raise draw_web.Refused('cut off')
    return image.crop((max(0, left-size), max(0, top-size), right+size, bottom+size))

def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('folder', type=Path, help="KaTeX's test/screenshotter")
    p.add_argument('--out', type=Path, required=True, help='the Parquet file')
    args = p.parse_args()
    try: kept,left = formulas(args.folder/'ss_data.yaml')
    except (OSError, yaml.YAMLError) as e: raise SystemExit(f'katex_screenshots: {str(e).splitlines()[0]}')
    rows = []
    for name,latex in kept:
        for browser in BROWSERS:
            path = args.folder/f'images/{name}-{browser}.png'
            try: image = cut(path)
            except (OSError, TypeError, draw_web.Refused) as e:
                left[f'{name}, {browser}'] = str(e)
                continue
            rows.append(dict(image=dict(bytes=draw_web.png(image), path=path.name), latex=latex, source=f'ss_data:{name}', renderer='katex', typeface='katex',
                             width=image.width, height=image.height, scale=1., theme=browser))
    if not rows: raise SystemExit(f'katex_screenshots: no picture in {args.folder}/images')
    draw_web.write(args.out, pa.Table.from_pylist(rows, schema=draw_web.SCHEMA))
    for name,why in left.items(): print(f'left out: {name}: {why}')
    print(f'{len(rows)} pictures of {len({o["source"] for o in rows})} formulas')

if __name__=='__main__': sys.exit(main())
