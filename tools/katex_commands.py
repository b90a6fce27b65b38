"""Which of KaTeX's commands does the normaliser read? A table: read, spelt otherwise, refused on purpose, and what nobody decided.

python tools/katex_commands.py                                  # with the names in tools/katex_commands.txt
python tools/katex_commands.py --from node_modules/katex/dist/katex.mjs   # writes these names anew
"""
import argparse, re, sys
from collections import defaultdict
from pathlib import Path
from latexocr.normalize import NormalizeError, normalize

NAMES = Path(__file__).with_name('katex_commands.txt')
TRIES = r'''COMMAND|xCOMMAND y|{a COMMAND b}|COMMAND{x}|COMMAND{x}{y}|COMMAND[a]{x}|COMMAND{a}{b}{c}|COMMAND{a}{b}{c}{d}|COMMAND(){1pt}{}{a}{b}|\left COMMAND x\right.|COMMAND(
    |\left.x\right COMMAND|\left(x COMMAND|y\right)|\begin{matrix}COMMAND a\end{matrix}|COMMAND{1em}|COMMAND1em x|COMMAND{1em}{1em}|COMMAND{1em}{$x$}|\sum COMMAND_x|\text{COMMAND}
    |\begin{matrix}a COMMAND b\end{matrix}|COMMAND{x}_a^b|COMMAND a\right)|\begin{matrix}a COMMAND{matrix}|COMMAND{matrix}a\end{matrix}|\begin{matrix}a\\COMMAND b\end{matrix}|COMMAND x\egroup|\bgroup x COMMAND
    |COMMAND(x\right)|\left(x COMMAND)
    '''.replace('\n    ', '').split('|')
TRIES = [o for o in TRIES if 'COMMAND' in o] + [r'\left(x COMMAND|y\right)']
REFUSED = {
    'programs': r'\def \edef \gdef \xdef \let \futurelet \global \long \newcommand \renewcommand \providecommand \expandafter \noexpand \TextOrMath \message \errmessage \show \char \verb \tmspace',
    'logos, links and pictures': r'\KaTeX \LaTeX \TeX \url \includegraphics',
    'ink upon ink, which has no order to read it in': r'\llap \rlap \mathllap \mathrlap \sout',
    'accents of text': r'''\' \` \^ \~ \= \. \aa \c \H \r \u \v''',
    'maths inside maths': r'\( \)',
    'signs that no package draws in Computer Modern': r'''\overgroup \undergroup \overlinesegment \underlinesegment \utilde \widecheck \Overrightarrow \overleftharpoon \overrightharpoon
        \imageof \origof \mapsfrom \lBrace \rBrace \minuso \varcoppa \phase \angl \angln \mathreflectbox \reflectbox \textcircled \textregistered \textcopyright \xleftequilibrium
        \xrightequilibrium''',
    'lines of other thickness or dashes': r'\above \hdashline',
    'not a formula: letters of other alphabets': r'\textasciitilde \textasciicircum'}
WHY = {name:why for why,names in REFUSED.items() for name in names.split()}

def commands(source):
    "Names of commands in KaTeX's source: its symbols, macros and functions; none of its internal ones"
    found = set(re.findall(r'defineSymbol\(\w+, \w+, \w+, (?:"[^"]*"|\w+), "(.*?)"', source)) | set(re.findall(r'defineMacro\("(.*?)"', source))
    for o in re.findall(r'names: (\[.*?\])', source, re.S): found |= set(re.findall(r'"(.*?)"', o))
    found = {o.replace('\\\\', '\\') for o in found}
    return sorted(o for o in found if re.fullmatch(r'\\(?:[A-Za-z]+|[^A-Za-z@\\ ])', o) and not re.match(r'\\u[0-9A-Fa-f]{4}|\\(?:kern|html@)', o)) + ['\\kern']

def verdict(name):
    "('read' | 'spelt otherwise' | 'refused' | 'undecided', the canonical spelling or the reason)"
    if name in WHY: return 'refused',WHY[name]
    best = None
    for t in TRIES:
        try: o = normalize(t.replace('COMMAND', name))
        except NormalizeError: continue
        if any(re.match(re.escape(name)+r'(?![A-Za-z])', w) for w in o.split()): return 'read',o
        best = best or (t, o)
    return ('spelt otherwise',best[1]) if best else ('undecided','')

def table(names):
    "Verdict -> list of (name, canonical spelling or reason)"
    out = defaultdict(list)
    for n in names: v,o = verdict(n); out[v].append((n,o))
    return out

def main(argv=None):
    p = argparse.ArgumentParser(description="KaTeX's commands and what the normaliser makes of them")
    p.add_argument('--from', dest='source', type=Path, help="KaTeX's katex.mjs: write the list of names anew")
    p.add_argument('--all', action='store_true', help='print each command, not only counts and refusals')
    o = p.parse_args(argv)
    if o.source: NAMES.write_text('\n'.join(commands(o.source.read_text(encoding='utf-8')))+'\n')
    t = table(NAMES.read_text(encoding='utf-8').split())
    for v,rows in t.items(): print(f'{v}: {len(rows)}')
    for v in t if o.all else ('undecided',):
        for n,c in t[v]: print(f'{v:16} {n:24} {c}')
    unknown = WHY.keys()-set(NAMES.read_text(encoding='utf-8').split())
    if unknown: print('refused, but no command of KaTeX:', *sorted(unknown))
    return len(t['undecided'])

if __name__=='__main__': sys.exit(1 if main() else 0)
