"Dialects of LaTeX, and what pictures know of them: the rules of the normaliser, typefaces, printers"
from .. import normalize   # it loads its extensions from here, in their order, whichever of them is asked for first
