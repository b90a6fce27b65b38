"""Read pictures with the weights that come with the package: `make read`, or `make read PICTURE=mine.png`

    python tools/repo/read.py [PICTURE …]     # none: the real pictures of the small set

Needs no more than reading does: torch, numpy, pillow, pypdfium2, safetensors, tqdm, fastcore."""
import argparse, os, sys
from pathlib import Path
root = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(root))
from latexocr.predict import LatexOCR, PictureError

def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('picture', nargs='*', help='picture files (default: $PICTURE, or the bundled ones)')
    pictures = p.parse_args().picture or [o for o in [os.environ.get('PICTURE')] if o] or sorted((root/'latexocr/small').glob('real_*.png'))
    failed = 0
    for path,o in zip(pictures, LatexOCR.from_pretrained()(pictures, errors='return')):
        if isinstance(o, PictureError):
            print(f'read: {o}', file=sys.stderr)
            failed = 1
            continue
        print(f"{os.path.relpath(path)}\n    {o.latex}\n    {100*o.confidence:.0f} % confident that every token is right\n")
    sys.exit(failed)

if __name__=='__main__': main()
