"""The picture of the page in the docs: `latexocr app` in a browser without a window, after it was given the course's formula

    python tools/repo/app_picture.py                            # the shipped weights; writes nbs/images/app.png
    python tools/repo/app_picture.py --weights results/small --out app.png

Wants a Chromium (`make system`) and playwright, which developers have."""
import argparse, io, re, shutil, signal, subprocess, sys
from pathlib import Path
from PIL import Image, ImageOps

root = Path(__file__).resolve().parents[2]

def shoot(url, path, token):
    "The page at `url`, after the example was read, at one of its tokens"
    from playwright.sync_api import sync_playwright
    chromium = next(filter(None, map(shutil.which, ('chromium','chromium-browser','google-chrome'))), None)
    if not chromium: sys.exit('there is no Chromium here')
    with sync_playwright() as pw:
        browser = pw.chromium.launch(executable_path=chromium, args=['--no-sandbox'])
        page = browser.new_page(viewport=dict(width=900, height=1480))
        page.goto(url, timeout=120_000)
        page.click('.latexocr .intake .link', timeout=120_000)
        page.wait_for_selector('iframe.stepper', state='visible', timeout=120_000)
        page.frame_locator('iframe.stepper').locator('#tokens span').nth(token-1).click()
        page.wait_for_timeout(1000)                                        # until the frame is as high as what it shows
        shot = Image.open(io.BytesIO(page.screenshot())).convert('RGB')
        low = ImageOps.invert(shot).getbbox()[3]
        shot.crop((0, 0, shot.width, min(low+30, shot.height))).quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
        browser.close()

def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--weights', help='folder of a trained model (default: the shipped one)')
    p.add_argument('--token', type=int, default=15, help='where the stepper stands (default: %(default)s)')
    p.add_argument('--out', type=Path, default=root/'nbs/images/app.png', help='(default: nbs/images/app.png)')
    args = p.parse_args()
    words = ['app','--port','0','--no-browser', *(['--weights',args.weights] if args.weights else [])]
    with subprocess.Popen([sys.executable, '-c', 'import sys; from latexocr.cli import main; sys.exit(main())', *words], cwd=root, stdout=subprocess.PIPE, text=True) as server:
        try: shoot(re.search(r'http://127\.0\.0\.1:\d+/\S*', server.stdout.readline())[0], args.out, args.token)
        finally: server.send_signal(signal.SIGINT); server.wait(30)
    print(f'{args.out}: {args.out.stat().st_size/1000:.0f} kB')

if __name__=='__main__': main()
