"`latexocr`, `python -m latexocr`, and `torchrun … -m latexocr`: the command"
import sys

def main():
    "Run one subcommand; Ctrl-C while it is being loaded ends it as gently as later"
    try: from latexocr.cli import main
    except KeyboardInterrupt: print('latexocr: stopped', file=sys.stderr); return 2
    return main()

if __name__=='__main__': sys.exit(main())
