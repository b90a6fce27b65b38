"Write README.md and CONTRIBUTING.md from their notebooks, saved outputs included: `python tools/repo/readme.py`; with `--check` only tell whether they are up to date"
import argparse, base64, configparser, json, posixpath, re, sys
from pathlib import Path

root = Path(__file__).resolve().parents[2]
made_from = {'README.md':'nbs/index.ipynb', 'CONTRIBUTING.md':'nbs/pages/contributing.ipynb'}
hidden = {'hide', 'export', 'exports', 'exporti', 'default_exp', 'hide_input'}

def text(o):
    "Notebooks store text as a string or as a list of lines"
    return ''.join(o) if isinstance(o, list) else o

def directives(source):
    "The names of a cell's `#|` directives, and its code without them"
    lines = source.split('\n')
    names = {o[2:].split()[0] + (' '+o[2:].split()[1] if ':' in o else '') for o in lines if o.startswith('#|') and o[2:].strip()}
    return names, '\n'.join(o for o in lines if not o.startswith('#|')).strip('\n')

class Readme:
    "A Markdown file in the root and the pictures it shows, made from a notebook"
    def __init__(self, root=root, name='README.md'):
        self.root,self.name,self.nb = Path(root),name,made_from[name]
        self.folder,nb = posixpath.dirname(self.nb),self.nb
        self.pictures,self.parts = {},[]                       # path from the root → bytes; Markdown
        cfg = configparser.ConfigParser(delimiters=['='], interpolation=None)
        cfg.read(self.root/'settings.ini', encoding='utf-8')
        d = cfg['DEFAULT']
        self.blob = f"{d['git_url']}/blob/{d['branch']}/"      # the site links to files of the repository by address; here they are beside us
        for cell in json.loads((self.root/nb).read_text(encoding='utf-8'))['cells']:
            source = text(cell['source']).strip('\n')
            if cell['cell_type']=='markdown': self.parts.append(self.links(source))
            elif cell['cell_type']=='code' and source: self.code(source, cell.get('outputs', []))
        self.text = f'<!-- Made from {nb} by tools/repo/readme.py: edit the notebook. -->\n\n' + '\n\n'.join(o for o in self.parts if o.strip()) + '\n'

    def link(self, href):
        "A link of the notebook, as seen from the root"
        if href.startswith(self.blob): return href[len(self.blob):]
        if re.match(r'[a-zA-Z][\w+.-]*:|//|#', href): return href
        return posixpath.normpath(posixpath.join(self.folder, href))

    def links(self, md):
        "Markdown with its relative links seen from the root; fenced code stays as it is"
        def fix(part):
            part = re.sub(r'(\]\()([^)\s]+)', lambda m: m[1]+self.link(m[2]), part)
            return re.sub(r'(\b(?:src|href)=")([^"]+)', lambda m: m[1]+self.link(m[2]), part)
        return ''.join(o if o.startswith('```') else fix(o) for o in re.split(r'(^```.*?^```)', md, flags=re.M|re.S))

    def code(self, source, outputs):
        "A code cell as fenced code, then what it printed or drew"
        names,code = directives(source)
        if hidden & names or 'include: false' in names: return
        if code and 'echo: false' not in names: self.parts.append(f'```python\n{code}\n```')
        for o in outputs: self.output(o)

    def output(self, o):
        "One saved output: text as indented code, pictures as files beside the notebook"
        if o['output_type']=='error': raise SystemExit(f'{self.nb}: a saved output is a traceback')
        if o['output_type']=='stream': return self.plain(text(o['text']))
        data = o['data']
        for mime,ext in (('image/svg+xml','svg'), ('image/png','png'), ('image/jpeg','jpg')):
            if mime not in data: continue
            name = f"{posixpath.splitext(self.nb)[0]}_files/{len(self.pictures)+1}.{ext}"
            content = text(data[mime])
            self.pictures[name] = content.encode() if ext=='svg' else base64.b64decode(content)
            return self.parts.append(f'![]({name})')
        if 'text/markdown' in data: return self.parts.append(self.links(text(data['text/markdown'])))
        if 'text/plain' in data: self.plain(text(data['text/plain']))

    def plain(self, s): self.parts.append('\n'.join(f'    {o}'.rstrip() for o in s.rstrip('\n').split('\n')))

    def files(self): return {self.name: self.text.encode(), **self.pictures}

    def stale(self):
        "What is not as it should be: files that differ or are missing, pictures no cell draws any more"
        files = self.files()
        old = [p.relative_to(self.root).as_posix() for p in (self.root/(posixpath.splitext(self.nb)[0]+'_files')).glob('*')]
        return ([f'{name} is out of date' for name,o in files.items() if not (self.root/name).is_file() or (self.root/name).read_bytes()!=o]
                + [f'{name} is no longer used' for name in sorted(old) if name not in files])

    def write(self):
        for name in self.stale():
            if name.endswith('no longer used'): (self.root/name.split(' is ')[0]).unlink()
        for name,o in self.files().items():
            (self.root/name).parent.mkdir(exist_ok=True, parents=True)
            (self.root/name).write_bytes(o)

def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument('--check', action='store_true', help='write nothing; exit 1 if a file is not what its notebook makes')
    p.add_argument('--root', type=Path, default=root, help='the repository (default: this one)')
    args = p.parse_args()
    every = [Readme(args.root, name) for name in made_from]
    if not args.check:
        for o in every: o.write()
        return
    stale = [o for page in every for o in page.stale()]
    for o in stale: print(f'{o}: run `make readme`')
    sys.exit(bool(stale))

if __name__ == '__main__': main()
