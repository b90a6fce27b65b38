"A picture of a formula goes in, LaTeX comes out: `LatexOCR` reads, `normalize` spells formulas alike, `render` draws them"
__version__ = "0.1.0"

import sys
from importlib import import_module
from types import ModuleType

class _CallableModule(ModuleType):
    "A module that can be called by its own name, so that `latexocr.normalize(f)` works and `latexocr.normalize.tokenize` too"
    def __call__(self, *args, **kwargs): return getattr(self, self.__name__.rpartition('.')[2])(*args, **kwargs)

class _Package(ModuleType):
    def __setattr__(self, name, value):
        if name in ('normalize','render') and isinstance(value, ModuleType): value.__class__ = _CallableModule
        super().__setattr__(name, value)

sys.modules[__name__].__class__ = _Package

def __getattr__(name):
    "`LatexOCR`, `normalize` and `render`, imported when first asked for: `import latexocr` alone is quick"
    if name=='LatexOCR': return import_module('.predict', __name__).LatexOCR
    if name in ('normalize','render'): return import_module('.'+name, __name__)
    raise AttributeError(f'module {__name__!r} has no attribute {name!r}')

def __dir__(): return sorted({*globals(), 'LatexOCR','normalize','render'})            # what the Tab key offers
