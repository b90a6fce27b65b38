"""A new encoder learns from trained weights before it learns to read: it reproduces what their decoder is told about each region

    python tools/release/warm_start.py DATASET --config separable --teacher latexocr/pretrained --out results/warm --minutes 20
    latexocr train --config separable --data DATASET --out results/separable --from-pretrained results/warm

The decoder is the teacher's, all but what looks at the memory: keys, values and the cells' first states. Those and the encoder are trained on the mean
square of the difference, each feature measured by its own spread (Romero et al. 2015, *FitNets*). No formula is read, so any pictures will do.
The learning rate is level for six tenths of the minutes of processor time, and then falls. Run it in a second folder for another seed."""
import argparse, itertools, sys, time
from dataclasses import replace
from pathlib import Path
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
import torch
from torch.nn import functional as F
from latexocr.training.callbacks import has_bfloat16
from latexocr.cli import load_config
from latexocr.data import dataloaders
from latexocr.decoder import Im2Latex, load_pretrained, save_pretrained

OWN = 'encoder.','key_value','.start.'          # what the student doesn't take over from the teacher

def told(model, xb, sizes):
    "What a decoder is told: keys and values of the regions (b, n, k), first states (b, k), and which regions there are"
    state = model.decoder.start(*model.encode(xb, sizes)[:2])
    regions = torch.cat([o.transpose(1,2).flatten(2) for k in ('keys','values') for o in state[k]], -1)
    return regions.float(), torch.cat([o for k in 'hc' for o in state[k]], -1).float(), state['mask']

def student_of(teacher, config):
    "A model of this config with as much of the teacher as fits"
    same = 'vocab_size','d_model','layers','heads','decoder','cell','attention','stride'
    model = Im2Latex(replace(config, vocab_size=teacher.config.vocab_size))
    for k in same:
        if getattr(model.config, k)!=getattr(teacher.config, k): sys.exit(f'{k} is {getattr(teacher.config, k)} in the teacher, {getattr(model.config, k)} in the config: they must agree')
    model.load_state_dict({k:v for k,v in teacher.state_dict().items() if not any(o in k for o in OWN)}, strict=False)
    return model.to(memory_format=torch.channels_last).train()

def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('data', type=Path, help='a dataset folder')
    p.add_argument('--config', default='separable', help='the new model: a name or a file')
    p.add_argument('--teacher', type=Path, required=True, help='a folder of trained weights')
    p.add_argument('--out', type=Path, required=True, help='folder for the new weights')
    p.add_argument('--minutes', type=float, default=20, help='of processor time')
    p.add_argument('--lr', type=float, default=2e-3)
    p.add_argument('--pixels', type=int, default=200_000, help='per batch')
    p.add_argument('--seed', type=int, default=1)
    a = p.parse_args()
    torch.set_num_threads(1); torch.manual_seed(a.seed)
    config = load_config(a.config, ('data','model'))
    teacher,vocab,_ = load_pretrained(a.teacher)
    student = student_of(teacher, config['model'])
    teacher.freeze()
    batches,_ = dataloaders(a.data, replace(config['data'], batch_pixels=a.pixels), vocab, a.seed)
    params = [p for k,p in student.named_parameters() if any(o in k for o in OWN)]
    opt,spread,seen,losses = torch.optim.AdamW(params, a.lr, fused=True),None,0,[]
    short = torch.autocast('cpu', torch.bfloat16, enabled=has_bfloat16())
    for i,(xb,sizes,*_) in enumerate(b for _ in itertools.count() for b in batches):
        done = time.process_time()/60/a.minutes
        if done>=1: break
        for g in opt.param_groups: g['lr'] = a.lr*min(1, (i+1)/50)*max(.02, min(1, (1-done)/.4))
        with torch.no_grad(), short: regions,first,mask = told(teacher, xb, sizes)
        if spread is None: spread = regions[mask].std(0)+1e-3
        with short: ours,ours_first,_ = told(student, xb, sizes)
        loss = ((ours-regions)/spread)[mask].square().mean() + .5*F.mse_loss(ours_first, first)
        loss.backward(); torch.nn.utils.clip_grad_norm_(params, 1.); opt.step(); opt.zero_grad()
        seen += len(xb); losses.append(loss.item())
        if i%200==199: print(f'{done*a.minutes:.1f} minutes, {seen} pictures, loss {sum(losses[-200:])/200:.4f}', flush=True); save_pretrained(student, a.out, vocab)
    save_pretrained(student, a.out, vocab)

if __name__=='__main__': main()
