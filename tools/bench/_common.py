"What the benchmarks share: the machine in a line, and rows as a table"
import os, platform
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
