"Old names of modules, and of what is in them: for one release they work, and say what the name is now"
import sys, warnings
from importlib import import_module

def moved(old, new):
    "Let the module `old` be the module `new`; called by the file at the old place"
    warnings.warn(f'{old} is now {new}: the old name works until the next release', DeprecationWarning, stacklevel=3)
    sys.modules[old] = import_module(new)

def renamed(module, **names):
    "A `__getattr__` for `module`: each old name gives what is at the new one, a name of `module` itself or `latexocr.place:name`"
    def __getattr__(name):
        if name not in names: raise AttributeError(f'module {module!r} has no attribute {name!r}')
        place,_,new = names[name].rpartition(':')
        said = f'{module}.{name} is now {place or module}.{new}: the old name works until the next release'
        warnings.warn(said, DeprecationWarning, stacklevel=2)
        return getattr(import_module(place or module), new)
    return __getattr__
