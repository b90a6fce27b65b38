"Formulas in odd spellings, made from the normaliser's own tables: what people might write, and more"
import random
from latexocr import normalize as N
from latexocr.tex import symbols as S

RARE = set('\\copyright \\hfill \\mathstrut \\strut'.split())     # `\copyright` is no maths; the others have no ink to compare
def _plain(*tables): return sorted(set().union(*tables)-RARE)
ATOMS = {'letter':_plain(N.LETTERS, N.DIGITS), 'greek':_plain(N.GREEK, N.CAPITAL_GREEK), 'ordinary':_plain(S.ORDINARY), 'binary':_plain(S.BINARY),
         'relation':_plain(S.RELATIONS, S.ARROWS)}
OLD = sorted(N.SWITCH)
WORDS = 'and for all otherwise where mod two-body in out'.split()

class Odd:
    "A writer with a random hand"
    def __init__(self, seed): self.rng = random.Random(seed)
    def pick(self, o): return self.rng.choice(o)

    def symbol(self):
        t = self.pick(ATOMS[self.pick(['letter','letter','letter','greek','ordinary','binary','relation'])])
        return t+' ' if t[-1].isalpha() and t[0]=='\\' else t

    def braces(self, s): return self.pick(['{%s}','{ %s}','{{%s}}']) % s

    def scripts(self, base, depth):
        sub,sup = '_'+self.argument(depth),'^'+self.argument(depth)
        return base + self.pick([sub, sup, sub+sup, sup+sub, "'", "'"+sub, sub+"''", "^\\prime "])

    def argument(self, depth):
        return self.pick([lambda: self.pick('abcxyz0123'), lambda: self.braces(self.formula(depth-1, 2))])()

    def construction(self, depth):
        def f(n=2): return self.formula(depth-1, n)
        font = self.pick(['\\mathbf','\\mathrm','\\mathcal'])
        return self.pick([
            lambda: '{%s \\over %s}' % (f(), f()), lambda: '\\frac %s%s' % (self.pick('12ab'), self.pick('23xy')), lambda: '\\frac{%s}{%s}' % (f(), f()),
            lambda: '{%s \\choose %s}' % (f(1), f(1)), lambda: self.braces(f()), lambda: '{%s %s}' % (self.pick(OLD), f()),
            lambda: '%s{%s}' % (font, self.pick('ABCL')), lambda: '{%s %s}' % (self.pick(['\\cal','\\bf','\\rm']), self.pick('ABCL')),
            lambda: '\\sqrt{%s}' % f(), lambda: '\\root %s\\of{%s}' % (self.pick('3n'), f()), lambda: '\\buildrel %s\\over =' % self.pick('t!*'),
            lambda: '%s{%s}' % (self.pick(N.ACCENTS), self.pick('axyBF')), lambda: '%s %s' % (self.pick(N.ACCENTS), self.pick('axyBF')),
            lambda: '\\overline{%s}' % f(), lambda: '\\left(%s\\right)' % f(), lambda: '\\left<%s\\right\\vert ' % f(),
            lambda: '\\operatorname{%s}' % self.pick(['tan','Tr','l i m','Hom']), lambda: '\\mathop{\\rm %s}\\nolimits ' % self.pick(['tr','sin','Hom']),
            lambda: self.pick(['\\sum','\\int','\\lim','\\prod\\limits','\\int\\limits'])+'_{%s}' % f(1),
            lambda: self.pick(['\\text{ %s }','\\mbox{ %s}','\\hbox{%s }'] if depth==3 else ['\\text{%s}','\\textrm{%s}']) % self.pick(WORDS),
            lambda: self.pick(['\\,','~','\\ ','\\;\\,','\\quad\\quad ','\\,\\!','\\hspace{1mm}','\\kern.5em ','\\hskip 3pt plus 1fil ']),
            lambda: '\\begin{array}{cc}{%s}&%s\\\\%s&{%s}\\\\\\end{array}' % (f(1), f(1), f(1), f(1)),
            lambda: '\\begin{matrix}%s&\\dots\\cr %s&{%s}\\end{matrix}' % (f(1), f(1), f(1)),
            lambda: ', '.join([self.pick('abc'), '\\dots', self.pick('xyz')]), lambda: '+'.join([self.pick('abc'), '\\dots ', self.pick('xyz')]),
            lambda: '\\bigl(%s\\bigr)' % f(), lambda: '\\label{eq:%s}' % self.pick('abc')])()

    def formula(self, depth=3, n=4):
        out = []
        for _ in range(self.rng.randint(1, n)):
            o = self.construction(depth) if depth>0 and self.rng.random()<.45 else self.symbol()
            if o[0] not in '\\{' and o.isalnum() and self.rng.random()<.3: o = self.scripts(o, depth)
            out.append(o)
        return ''.join(out)

def odd_formulas(n, seed=42):
    "`n` formulas in odd spellings"
    odd = Odd(seed)
    return [f'x{odd.formula()}y' for _ in range(n)]     # framed, so that what stands at the edge is seen
