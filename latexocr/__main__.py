"`latexocr`, `python -m latexocr`, and `torchrun … -m latexocr`: the command"
import _thread, signal, sys, threading

def _send_again(unraisable):
    "Ctrl-C can arrive where Python can only ignore it, such as in a library's `__del__`: then it comes once more"
    if unraisable.exc_type is not KeyboardInterrupt: sys.__unraisablehook__(unraisable)
    elif threading.main_thread().is_alive(): threading.Timer(.01, _interrupt).start()              # otherwise Python is ending already

def _interrupt():
    if hasattr(signal, 'pthread_kill'): signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)   # wakes it, if it sleeps
    else: _thread.interrupt_main()

def main():
    "Run one subcommand; Ctrl-C while it is being loaded ends it as gently as later"
    sys.unraisablehook = _send_again
    try: from latexocr.cli import main
    except KeyboardInterrupt: print('latexocr: stopped', file=sys.stderr); return 2
    return main()

if __name__=='__main__': sys.exit(main())
