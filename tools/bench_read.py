"""How fast formulas are read, one by one, in batches and with a beam; and would bfloat16 help?

    python tools/bench_read.py                  # the default model with random weights, 60 tokens each
    python tools/bench_read.py results/small    # a trained one

One thread, CPU milliseconds per picture, the better of two runs. `same`: pictures that read as they do in float32."""
import argparse, sys, time
from pathlib import Path
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import numpy as np
import torch
from latexocr.beam_search import beam_search, greedy_search
from latexocr.data import collate, small_formulas
from latexocr.decoder import Im2Latex, ModelConfig, load_pretrained
from latexocr.predict import prepare
from latexocr.render import render
from latexocr.vocab import END
from bench_data import machine, table

def random_model():
    "The default model, its weights random, and never at an end"
    torch.manual_seed(42)
    model = Im2Latex(ModelConfig(vocab_size=500)).eval()
    model.decoder.logits.weight.data *= 5
    model.decoder.logits.bias.data[END] = -1e9
    return model

@torch.no_grad()
def read(model, pictures, width, max_len, encode, decode):
    "Tokens of each picture, and milliseconds for encoding and decoding them, in bfloat16 if asked for"
    xb,sizes,*_ = collate([(o, torch.zeros(0, dtype=torch.long)) for o in pictures])
    marks = [time.process_time()]
    with torch.autocast('cpu', torch.bfloat16, enabled=encode): mem,mask,_ = model.encode(xb, sizes)
    marks.append(time.process_time())
    with torch.autocast('cpu', torch.bfloat16, enabled=decode):
        mem = mem if decode else mem.float()
        found = ([[h] for h in greedy_search(model.decoder, mem, mask, max_len)] if width==1 else
                 beam_search(model.decoder, mem, mask, width, max_len, length_penalty=0., n_best=1))
    marks.append(time.process_time())
    return [hs[0].ids for hs in found], 1e3*np.diff(marks)

def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('weights', nargs='?', help='folder of a trained model')
    p.add_argument('--pictures', type=int, default=64, help='(default: %(default)s)')
    args = p.parse_args()
    torch.set_num_threads(1)
    model,max_len = (load_pretrained(args.weights)[0],150) if args.weights else (random_model(),60)
    formulas = [o for split in small_formulas().values() for o in split][:args.pictures]
    pictures = [torch.from_numpy(np.array(prepare(o.image)[0]))[None] for o in render(formulas)]
    pictures.sort(key=lambda o: o.shape[2])
    rows = [['', 'bfloat16', 'encode', 'decode', 'same']]
    for name,n,width in (('one by one',1,1), ('one by one, beam of 5',1,5), ('batches of 32',32,1), ('batches of 32, beam of 5',32,5)):
        batches,first = [pictures[i:i+n] for i in range(0, len(pictures), n)],None
        for kind,modes in {'':(False,False), 'encoder':(True,False), 'both':(True,True)}.items():
            read(model, batches[0], width, max_len, *modes)                                # to warm up
            best = [min((read(model, o, width, max_len, *modes) for _ in range(2)), key=lambda r: r[1].sum()) for o in batches]
            texts,(encode,decode) = [ids for o,_ in best for ids in o],sum(t for _,t in best)/len(pictures)
            first = first or texts
            rows.append([name, kind, f'{encode:.1f}', f'{decode:.1f}', f'{sum(a==b for a,b in zip(texts, first))}/{len(texts)}'])
    print(machine()+'\n'); table(rows)

if __name__=='__main__': main()
