"A pack, on a machine that has Python and torch and nothing else: drawn there or brought along, trained for some seconds, everything in one folder"
import csv, os, shutil, subprocess, sys
from pathlib import Path
import pytest, torch
from conftest import missing
from latexocr.datasets.build import build_dataset
from latexocr.data import small_formulas
from latexocr.decoder import load_pretrained
from latexocr.vocab import VocabConfig

root = Path(__file__).resolve().parent.parent
TINY = '[data]\ntrain = "train.txt"\nval = "val.txt"\nbatch_pixels = 12000\naugment = 0.5\n[model]\nencoder = "separable"\nchannels = [8, 8, 16, 16]\nd_model = 32\nlayers = 1\nheads = 2\n'
TORCH = 'torch torchgen functorch sympy mpmath networkx jinja2 markupsafe filelock fsspec typing_extensions.py'.split()

def bare_machine(folder, *more):
    "A place from which torch can be imported, what torch needs, and `more`"
    site = Path(torch.__file__).resolve().parent.parent
    folder.mkdir()
    for o in (*TORCH, *more):
        if (site/o).exists(): (folder/o).symlink_to(site/o)
    return folder

def pack(out, *words):
    p = subprocess.run([sys.executable, root/'tools/release/pack.py', '--out', out, '--level', '0', *map(str, words)], capture_output=True, text=True, timeout=600)
    assert p.returncode==0, p.stderr
    subprocess.run(['tar','-xf',out,'-C',out.parent], check=True, timeout=600)
    return out.parent/'latexocr-pack'

def start(here, machine, *words):
    "Its start script, without this environment's packages, variables and, where that can be had, network"
    python = Path(sys.base_prefix)/f'bin/python{sys.version_info[0]}.{sys.version_info[1]}'
    if not python.exists(): missing('a Python outside of the environment')
    alone = ['unshare','-rn'] if subprocess.run(['unshare','-rn','true'], capture_output=True, timeout=600).returncode==0 else []
    env = dict(PATH='/usr/bin:/bin', HOME=str(here), PYTHONPATH=str(machine), OMP_NUM_THREADS='1')
    p = subprocess.run([*alone, python, '-S', 'start.py', *map(str, words)], cwd=here, env=env, capture_output=True, text=True, timeout=600)
    assert p.returncode==0, p.stderr
    return p.stdout

def learned(folder):
    "What has to be there after a training"
    assert {'model.safetensors','config.json','vocab.txt','log.csv','curve.svg'} <= {o.name for o in folder.iterdir()}
    rows = list(csv.DictReader(open(folder/'log.csv')))
    assert len(rows)>=2 and int(rows[-1]['pictures'])>0 and '<polyline' in (folder/'curve.svg').read_text()
    return load_pretrained(folder)[0]

def test_pictures_come_along(tmp_path):
    "And the machine has what is large: numpy and pillow"
    build_dataset({k:v[:20] for k,v in small_formulas().items()}, tmp_path/'data', vocab_config=VocabConfig(min_count=0), progress=False)
    here = pack(tmp_path/'p.tar.xz', '--pictures', tmp_path/'data', '--packages', 'fastcore','safetensors','tqdm','packaging','pypdfium2')
    machine = bare_machine(tmp_path/'machine', 'numpy','numpy.libs','PIL','pillow.libs')
    (here/'tiny.toml').write_text(TINY)
    said = start(here, machine, '--config', 'tiny.toml', '--minutes', .05, '--looks', 2)
    assert 'trained on' in said and learned(here/'run').config.encoder=='separable'

@pytest.mark.slow
def test_the_machine_draws(tmp_path):
    "With nothing but torch; run again, what is drawn stays drawn and training goes on"
    (tmp_path/'f').mkdir()
    for k in ('train','val'): (tmp_path/f'f/{k}.txt').write_text('\n'.join(small_formulas()[k])+'\n')
    here = pack(tmp_path/'p.tar.xz', '--formulas', tmp_path/'f', '--limit', 500)         # packed fast, and large
    machine = bare_machine(tmp_path/'machine')
    (here/'tiny.toml').write_text(TINY)
    words = ['--config','tiny.toml','--minutes',.05,'--looks',2]
    assert 'drawn' in start(here, machine, *words)
    learned(here/'run')
    said = start(here, machine, *words)
    assert 'going on' in said and 'drawn' not in said

def test_a_pack_that_is_too_large(tmp_path):
    p = subprocess.run([sys.executable, root/'tools/release/pack.py', '--out', tmp_path/'p.tar.xz', '--level', '0', '--pictures', 'x', '--packages', 'nonesuch'], capture_output=True, text=True, timeout=600)
    assert p.returncode==1 and p.stderr=='nonesuch is not installed here: pip install nonesuch\n'
