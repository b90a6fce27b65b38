"Private macros of a book: definitions by `\\newcommand` with an optional argument and by xparse, which `mine_formulas` leaves alone"
import re

PIECE = re.compile(r'\\[A-Za-z@]+\*?|\\.|.', re.S)     # what TeX would see as one token
SPECIAL = {'\\DeclareDocumentMacro':'', '\\DeclareDocumentCommand':'spec', '\\NewDocumentCommand':'spec', '\\DeclareMathOperator':'op',
    '\\DeclareMathOperator*':'op*', '\\DeclarePairedDelimiter':'pair', '\\newcommand':'new', '\\newcommand*':'new', '\\renewcommand':'new',
    '\\renewcommand*':'new', '\\providecommand':'new', '\\def':'def', '\\let':'let'}
MISSING,TRUE,FALSE = '\\-no-','\\-true-','\\-false-'    # marks for arguments that were left out, and for stars

def tokens(tex): return PIECE.findall(tex)[::-1]        # a stack: the next token stands last

def blank(todo):
    while todo and todo[-1].isspace(): todo.pop()

def group(todo, begin='{', end='}'):
    "The next argument off the stack: a token, or what stands between `begin` and `end`"
    blank(todo)
    if not todo: return []
    out,depth = [todo.pop()],1
    if out[0]!=begin: return out
    while todo and depth:
        out.append(todo.pop())
        depth += (out[-1]==begin) - (out[-1]==end)
    return out[1:-1]

def optional(todo, begin, end, default=None):
    "What stands in brackets, if there are any"
    return group(todo, begin, end) if todo and todo[-1]==begin else default if default is not None else [MISSING]

def argument(kind, todo):
    "One argument by its letter in xparse: m, o, O{…}, d(), s, t/"
    if kind[0]=='m': return group(todo)
    if kind[0] in 'oO': return optional(todo, '[', ']', tokens(kind[1:])[::-1] if kind[0]=='O' else None)
    if kind[0]=='d': return optional(todo, kind[1], kind[2])
    mark = '*' if kind=='s' else kind[1]
    return [TRUE if todo and todo[-1]==mark and todo.pop() else FALSE]

def kinds(spec): return [o.replace('{', '').replace('}', '') for o in re.findall(r'm|o|s|O\{[^}]*\}|d..|t\{?.\}?', spec)]

def fill(body, args):
    "The meaning of a macro with its arguments in place"
    out,i = [],0
    while i<len(body):
        if body[i]=='#' and body[i+1:i+2] and body[i+1].isdigit() and int(body[i+1])<=len(args): out += args[int(body[i+1])-1]; i += 2
        else: out.append(body[i]); i += 1
    return out

def definition(t, todo):
    "Name, letters of the arguments and meaning of what `t` defines; takes it off the stack"
    how = SPECIAL[t]; name = ''.join(group(todo)).strip()
    if how=='let':
        blank(todo)
        if todo and todo[-1]=='=': todo.pop()
        return name, [], [todo.pop()] if todo else []
    if how=='new':
        n = ''.join(optional(todo, '[', ']', ['0'])); first = ''.join(optional(todo, '[', ']', ['\\-none-']))
        n = int(n) if n.isdigit() else 0
        return name, ([] if first=='\\-none-' else ['O'+first]) + ['m']*(n-(first!='\\-none-')), group(todo)
    if how=='def':
        n = 0
        while todo and todo[-1]!='{': n += todo.pop()=='#'
        return name, ['m']*n, group(todo)
    if how=='pair': return name, ['s','m'], ['\\left',*group(todo),'#','2','\\right',*group(todo)]
    letters = kinds(''.join(group(todo))) if how=='spec' else []
    body = group(todo)
    return name, letters, ['\\operatorname'+how[2:],'{',*body,'}'] if how[:2]=='op' else body

def definitions(tex):
    "Name -> (letters of the arguments, tokens of the meaning) of all macros defined in `tex`"
    found,todo = {},tokens(re.sub(r'(?<!\\)%[^\n]*', '', tex))
    while todo:
        t = todo.pop()
        if t in SPECIAL:
            name,letters,body = definition(t, todo)
            if re.fullmatch(r'\\([A-Za-z]+|.)', name) and len(body)<500: found[name] = letters,[' ' if o.isspace() else o for o in body]
    return found

def expand(tex, macros, budget=3_000_000):
    "`tex` with each macro replaced by its meaning; definitions in it are left out"
    todo,out = tokens(tex),[]
    while todo:
        t = todo.pop(); known = macros.get(t)
        if t in ('\\IfNoValueTF','\\IfBooleanTF'):
            mark,yes,no = group(todo),group(todo),group(todo)
            todo += reversed(yes if mark in ([MISSING],[TRUE]) else no)
        elif t in SPECIAL and t!='\\let': definition(t, todo)
        elif known is None or budget<0: out.append(t)
        else:
            new = fill(known[1], [argument(o, todo) for o in known[0]]); budget -= len(new)+1
            if t[-1].isalpha() and new and re.fullmatch(r'\\[A-Za-z]+', new[-1]) and todo and todo[-1].isalpha(): new.append(' ')
            todo += reversed(new)
    return ''.join(f'{t} ' if re.fullmatch(r'\\[A-Za-z]+', t) and o[:1].isalpha() else t for t,o in zip(out, [*out[1:],'']))
