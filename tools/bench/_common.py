"What the benchmarks share: the machine in a line, and rows as a table"
import os, platform, subprocess, tempfile
from contextlib import contextmanager
from pathlib import Path
import torch

def machine():
    "The machine, in a line"
    try: cpu = next(o.split(':',1)[1].strip() for o in Path('/proc/cpuinfo').read_text().splitlines() if o.startswith('model name'))
    except (OSError, StopIteration): cpu = platform.processor() or platform.machine()
    return f'{os.cpu_count()} cores, {cpu}; Python {platform.python_version()}, torch {torch.__version__}; {os.getloadavg()[0]:.1f} jobs running beside'

def table(rows):
    "Rows, the first one the head, as a Markdown table"
    rows = [[str(o) for o in r] for r in rows]
    for i,r in enumerate(rows): print('| '+' | '.join(r)+' |' + ('\n|'+'---|'*len(r) if i==0 else ''))

@contextmanager
def math_page(
    codes,    # <math> elements
    size=20., # of the font, in pixels
):            # a page of playwright, with each of them in a `div` of its own
    "A page of formulas in Latin Modern, open in Chromium as long as the block lasts"
    from playwright.sync_api import sync_playwright
    font = subprocess.run(['kpsewhich','latinmodern-math.otf'], capture_output=True, text=True, timeout=60).stdout.strip()
    style = f'@font-face {{font-family:LM;src:url("file://{font}")}} math {{font-family:LM,math;font-size:{size}px;margin:0}} div {{display:inline-block;padding:12px}}'
    with tempfile.TemporaryDirectory() as tmp, sync_playwright() as pw:
        path = Path(tmp)/'page.html'
        path.write_text(f'<!doctype html><meta charset="utf-8"><style>{style}</style>'+''.join(f'<p><div>{o}</div></p>' for o in codes), encoding='utf-8')
        browser = pw.chromium.launch(executable_path='/usr/bin/chromium' if Path('/usr/bin/chromium').exists() else None, args=['--no-sandbox'])
        try:
            page = browser.new_page(viewport=dict(width=2600, height=900))
            page.goto(path.as_uri(), timeout=120_000); page.evaluate('document.fonts.ready.then(() => 1)')
            yield page
        finally: browser.close()
