"`python -m latexocr`, and `torchrun … -m latexocr`: the command"
import sys
from latexocr.cli import main

if __name__=='__main__': sys.exit(main())
