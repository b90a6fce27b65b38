"`latexocr`, `python -m latexocr`, and `torchrun … -m latexocr`: the command"
import _thread, math, os, signal, sys, threading, time

PAUSE = 10              # seconds in which what was begun is put away
_stopped = [-math.inf]

def _stop(number, frame):
    "Ctrl-C, a closed terminal or a system that shuts down ends the work; to ask again while it ends would only break that off"
    if time.monotonic()-_stopped[0]<PAUSE: return
    _stopped[0] = time.monotonic()
    raise KeyboardInterrupt

def _listen():
    "Let signals end a command gently; not those that are to be ignored, nor what torchrun sends, which is impatient"
    if threading.current_thread() is not threading.main_thread(): return
    ours = ['SIGINT'] if 'TORCHELASTIC_RUN_ID' in os.environ else ['SIGINT','SIGTERM','SIGHUP']
    for o in (getattr(signal, name) for name in ours if hasattr(signal, name)):
        if signal.getsignal(o) in (signal.SIG_DFL,signal.default_int_handler): signal.signal(o, _stop)

def _send_again(unraisable):
    "Ctrl-C can arrive where Python can only ignore it, such as in a library's `__del__`: then it comes once more"
    if unraisable.exc_type is not KeyboardInterrupt: sys.__unraisablehook__(unraisable)
    elif threading.main_thread().is_alive(): threading.Timer(.01, _interrupt).start()              # otherwise Python is ending already

def _interrupt():
    _stopped[0] = -math.inf
    if not hasattr(signal, 'pthread_kill'): _thread.interrupt_main(); return
    heard = signal.SIGTERM if signal.getsignal(signal.SIGINT)==signal.SIG_IGN else signal.SIGINT
    signal.pthread_kill(threading.main_thread().ident, heard)                                                  # wakes it, if it sleeps

def main():
    "Run one subcommand; Ctrl-C while it is being loaded ends it as gently as later"
    sys.unraisablehook = _send_again
    _listen()
    try: from latexocr.cli import main
    except KeyboardInterrupt: print('latexocr: stopped', file=sys.stderr); return 2
    return main()

if __name__=='__main__': sys.exit(main())
