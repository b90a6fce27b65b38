"""lock.txt: the exact version of each package that `make read` and `make test` install, as they are in this environment.

    python tools/repo/lock.py            # write it, after a `make test` that passed
    python tools/repo/lock.py --check    # exit code 1 if a requirement of settings.ini is missing in it
    LOCK=yes make test                   # install these versions and no other

Without LOCK the newest versions within settings.ini and constraints.txt are taken."""
import argparse, configparser, sys
from licences import name_of, needed, root

def requirements():
    "Names in settings.ini: what users and what developers need"
    config = configparser.ConfigParser(delimiters=['='], interpolation=None)
    config.read(root/'settings.ini', encoding='utf-8')
    return sorted({name_of(o) for k in ('requirements','dev_requirements') for o in config['DEFAULT'][k].splitlines() if o.strip()})

def lines(names): return [f'{k}=={d.version.partition("+")[0]}' for k,d in sorted(needed(names).items())]

def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--check', action='store_true', help='compare only')
    args = p.parse_args()
    path,names = root/'lock.txt',requirements()
    if args.check:
        lost = sorted(set(names)-{o.partition('==')[0] for o in path.read_text(encoding='utf-8').split()})
        if lost: print('lock.txt lacks', *lost, '- run `python tools/repo/lock.py`')
        return int(bool(lost))
    path.write_text('\n'.join(lines(names))+'\n', encoding='utf-8')

if __name__=='__main__': sys.exit(main())
