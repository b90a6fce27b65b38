"""Licences of what latexocr needs, as the table in NOTICE, out of the metadata of the installed packages.

    python tools/repo/licences.py            # write it
    python tools/repo/licences.py --check    # exit code 1 if NOTICE lacks a package of settings.ini

Direct requirements and all that they need in turn; --check looks at the direct ones, for the others depend on the platform."""
import argparse, configparser, re, sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

root = Path(__file__).resolve().parents[2]
BEGIN,END = 'Licences of the packages that are installed beside it (tools/repo/licences.py)','End of the table'

def name_of(requirement): return re.sub(r'[-_.]+', '-', re.match(r'[\w.-]+', requirement)[0]).lower()

def requirements(root=root):
    "Names in settings.ini: what users need"
    config = configparser.ConfigParser(delimiters=['='], interpolation=None)
    config.read(root/'settings.ini', encoding='utf-8')
    return [name_of(o) for o in config['DEFAULT']['requirements'].splitlines() if o.strip()]

def licence(d):
    "In a word or two: its SPDX expression, else its classifiers, else the first line of what it says"
    m = d.metadata
    if m.get('License-Expression'): return m['License-Expression']
    kinds = [o.split(' :: ')[-1] for o in m.get_all('Classifier', []) if o.startswith('License ::')]
    return ', '.join(o for o in kinds if o!='OSI Approved') or (m.get('License') or 'not said').strip().splitlines()[0][:60]

def needed(names):
    "Name -> distribution of these packages and of all that they need, extras aside"
    found,todo = {},list(names)
    while todo:
        if (name := todo.pop()) in found: continue
        try: found[name] = distribution(name)
        except PackageNotFoundError: continue                           # not for this platform
        todo += [name_of(o) for o in found[name].requires or [] if 'extra ==' not in o]
    return found

def table(names):
    "Lines: package, licence; those that latexocr names itself have a star"
    direct,found = set(names),needed(names)
    rows = [(('* ' if k in direct else '  ')+k, licence(found[k])) for k in sorted(found)]
    return [BEGIN, '-'*len(BEGIN), 'A star: latexocr names it itself; the others are needed by those. None is part of this repository or of its distributions.', '',
            *(f'{k:<34}{v}'.rstrip() for k,v in rows), '', END]

def listed(text): return dict(re.findall(r'^[* ] ([\w-]+) +(\S.*)$', text.partition(BEGIN)[2].partition(END)[0], re.M))

def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--check', action='store_true', help='compare only')
    args = p.parse_args()
    path,names = root/'NOTICE',requirements()
    text = path.read_text(encoding='utf-8')
    if args.check:
        lost = sorted(set(names)-set(listed(text)))
        if lost: print('NOTICE lacks', *lost, '- run `python tools/repo/licences.py`')
        return int(bool(lost))
    path.write_text(text.partition(BEGIN)[0].rstrip('\n')+'\n\n'+'\n'.join(table(names))+'\n', encoding='utf-8')

if __name__=='__main__': sys.exit(main())
