"The worked examples of the contributing page run as they stand"
import contextlib, io, re, sys, types
from pathlib import Path

import pytest
from conftest import needs

root = Path(__file__).resolve().parent.parent
page = (root/'CONTRIBUTING.md').read_text(encoding='utf-8')
examples = {title: body for title,body in re.findall(r'^### A new (\w+)\n(.*?)(?=^##)', page, re.M|re.S) if '```python' in body}

def run(what):
    "A module made of the example's code"
    code, = re.findall(r'```python\n(.*?)```', examples[what], re.S)
    made = types.ModuleType(f'example_{what}')
    exec(compile(code, what, 'exec'), vars(made))
    return made

def test_examples_are_there(): assert list(examples)==['encoder','metric','typeface','command','printer']

def test_encoder(monkeypatch):
    "It trains under its name"
    import torch
    from latexocr.decoder import Im2Latex, ModelConfig
    from latexocr.encoder import ENCODERS
    made = run('encoder')
    monkeypatch.setitem(ENCODERS, 'patches', made.PatchEncoder)
    model = Im2Latex(ModelConfig(vocab_size=9, encoder='patches', d_model=32, heads=2))
    out = model(torch.zeros(2,1,30,50, dtype=torch.uint8), torch.tensor([[30,50],[10,20]]), torch.ones(2,4, dtype=torch.long))
    out.sum().backward()
    assert out.shape[:2]==(2,4) and model.encoder.out.weight.grad.abs().sum()>0

def test_encoder_that_leaks_is_seen():
    made = run('encoder')
    class Leaky(made.PatchEncoder):
        def grid(self, x, mask):
            x,mask = super().grid(x, mask)
            return x-x.mean((2,3), keepdim=True), mask                                    # of all there is, padding too
    with pytest.raises(AssertionError): made.check_company(Leaky())

def test_metric():
    "It has an interval, too"
    from latexocr.scoring.intervals import intervals
    made = run('metric')
    rows = [made.count_length('a + b', o) for o in ('a b','a + b','a + b + c')]
    (score,low,high), = intervals(rows, lambda sums: made.length_percent(dict(zip(made.LENGTHS, sums.T)))).values()
    assert low<=score<=high and round(score)==33

def test_typeface():
    needs('system')
    with contextlib.redirect_stdout(io.StringIO()) as said: run('typeface')
    assert said.getvalue().strip() in examples['typeface']                                   # what the comment promises

def test_command(monkeypatch, tmp_path, capsys):
    from latexocr import cli
    made = run('command')
    def more(add, before=cli.add_text_commands): before(add); made.add_count_command(add)
    monkeypatch.setattr(cli, 'add_text_commands', more)
    (tmp_path/'formulas.txt').write_text('a^2\n')
    args = cli.make_parser().parse_args(['count', str(tmp_path/'formulas.txt')])
    assert args.run(args)==0 and capsys.readouterr().out.strip() in re.findall(r'prints (\d+)', examples['command'])

def test_printer(monkeypatch):
    from latexocr.tex import printers
    made = run('printer')
    monkeypatch.setitem(printers.TARGETS, 'asciimath', ('ascii','to_ascii'))
    monkeypatch.setitem(sys.modules, 'latexocr.tex.ascii', made)
    assert printers.print_formula(r'x_1+\frac12', 'asciimath')=='x_(1) + (1)/(2)'
    with pytest.raises(printers.PrinterError, match='sqrt'): made.to_ascii(r'\sqrt{2}')

def test_tools_and_files_are_there():
    "Paths in the page exist"
    assert not [o for o in re.findall(r'\b(?:tools|latexocr|nbs)/[\w/.]+\w\.\w+', page) if not (root/o).exists() and 'patches' not in o]
