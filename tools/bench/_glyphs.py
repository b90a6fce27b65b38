"""Which glyphs stand where: a formula's page, drawn by anybody, as a list that can be compared with TeX's, and one wrong letter is seen

    pip install --target consumers pdfminer.six==20260107 typst==0.15.2"""
import io, math, unicodedata
from collections import Counter, defaultdict, namedtuple
import numpy as np
from scipy.optimize import linear_sum_assignment
from _common import math_page
from latexocr.render import document, find_engine, run_tex

Glyph = namedtuple('Glyph', 'char style x y size free')     # free: how high it stands says nothing (accents, what stretches)

# Computer Modern's extension font has no names for its sizes: code by code, after The TeXbook's appendix F
CMEX = {c:s for s,codes in {'(':(0,16,18,32,48,64,66), ')':(1,17,19,33,49,65,67), '[':(2,20,34,50,52,54,104), ']':(3,21,35,51,53,55,105), '⌊':(4,22,36,106), '⌋':(5,23,37,107), '⌈':(6,24,38,108),
        '⌉':(7,25,39,109), '{':(8,26,40,56,58,60,62,110), '}':(9,27,41,57,59,61,111), '⟨':(10,28,42,68,), '⟩':(11,29,43,69), '∣':(12,), '∥':(13,), '/':(14,30,44,46), '\\':(15,31,45,47),
        '⊔':(70,71), '∮':(72,73), '⊙':(74,75), '⊕':(76,77), '⊗':(78,79), '∑':(80,88), '∏':(81,89), '∫':(82,90), '∪':(83,91), '∩':(84,92), '⊎':(85,93), '∧':(86,94), '∨':(87,95),
        '∐':(96,97), '^':(98,99,100), '~':(101,102,103), '√':(112,113,114,115,116,117,118), '⇕':(119,), '↑':(63,120), '↓':(121,), '⏞':(122,123,124,125), '⇑':(126,), '⇓':(127,)}.items() for c in codes}
SAME = dict(zip('⋂⋃⨆⋁⋀⨀⨂⨁⨄⨅', '∩∪⊔∨∧⊙⊗⊕⊎⊓')) | {c:'^' for c in '\u0302ˆ'} | {c:'~' for c in '\u0303˜∼'} | {'\u0304':'¯', '‾':'¯', '\u0305':'¯', '\u0307':'˙', '\u0308':'¨', '\u0301':'´', '\u0300':'`', '\u030a':'˚', '\u030c':'ˇ', '\u0306':'˘',
        '\u20d7':'→', '\u20d6':'←', '⃗':'→', '⟶':'→', '⟵':'←', '⟹':'⇒', '⟸':'⇐', '⟼':'↦', '∗':'*', '|':'∣', '∤':'∣/', '‖':'∥', '-':'−', 'ϵ':'ϵ', '⋅':'·', '⏟':'⏞', '︷':'⏞', '︸':'⏞', 'µ':'μ', 'ε':'ε',
        'Ω':'Ω', '∆':'Δ', '⟂':'⊥', '…':'...', '⋯':'···', '⋮':'...', '⋱':'...', '≅':'=~', '≐':'=.', '∉':'∈/', '◦':'∘', '⃝':'○', '╲':'⧹', '_':'', '\uFE00':'', '\uFE01':'', '⃡':'←→', '↔':'←→', '⟷':'←→', '⇔':'⇐⇒', '⟺':'⇐⇒', '∕':'/', '⁄':'/', '∖':'\\', '⟮':'(', '⟯':')', '′':'′', '〈':'⟨', '〉':'⟩', '◁':'⊲', '▷':'⊳',
        '⊴':'⊴', 'ı':'i', 'ȷ':'j', '★':'⋆', '∙':'•', '◯':'○', '⌢':'⌢', '\u0338':'/', '”':'"', '“':'"', '⧸':'/', '□':'□', '◻':'□', '▫':'□', '☐':'□', '◊':'◇', '⋄':'◇', '♢':'♢', '∅':'∅', '⌀':'∅', '⨿':'∐', 'ℎ':'h', 'ℏ':'ℏ', '’':"'", '‘':"`", 'ƛ':'λ', '△':'△', '∆':'Δ', '⦀':'∥', '⌣':'⌣', 'ﬁ':'fi', 'ﬂ':'fl', 'ﬀ':'ff', 'ﬃ':'ffi', 'ﬄ':'ffl', '⇌':'⇀↽', '⇋':'↼⇁', '⨝':'⋊⋉', '⋈':'⊳⊲', '⊧':'∣=', 'Ł':'L/', 'ł':'l/', '•':'•'}
DOUBLE = {'SCRIPT':'cal', 'FRAKTUR':'frak', 'DOUBLE-STRUCK':'bb', 'SANS-SERIF':'sans', 'MONOSPACE':'mono'}
PIECES = {c:k for k,cs in {'(':'⎛⎜⎝\uf8eb\uf8ec\uf8ed', ')':'⎞⎟⎠\uf8f6\uf8f7\uf8f8', '[':'⎡⎢⎣\uf8ee\uf8ef\uf8f0', ']':'⎤⎥⎦\uf8f9\uf8fa\uf8fb', '{':'⎧⎨⎩\uf8f1\uf8f2\uf8f3', '}':'⎫⎬⎭\uf8fc\uf8fd\uf8fe', '':'\uf8f4⎪'}.items() for c in cs}
SAME |= PIECES
FONT_STYLE = {'CMSY':'cal', 'RSFS':'cal', 'EUFM':'frak', 'MSBM':'bb', 'CMSS':'sans', 'CMTT':'mono', 'CMBX':'bold', 'CMMIB':'bold', 'CMBSY':'bold', 'EUSM':'cal'}

def style(char, font):
    "The plain character, and the alphabet that it is of (a letter's slant says little: TeX has no slanted digits, MathML slants by itself)"
    if char and font:
        family = font.rstrip('0123456789').upper()
        kind = FONT_STYLE.get(family, '')
        return char,(kind if char.isalnum() and char.isascii() or kind=='bold' and char.isalnum() else '')
    name = unicodedata.name(char[0], '') if char else ''
    plain = chr(int(unicodedata.decomposition(char).split()[1], 16)) if ord(char)>0x1D3FF and unicodedata.decomposition(char)[:6]=='<font>' or char in 'ℬℰℱℋℐℒℳℛℯℊℴℭℌℨℂℍℕℙℚℝℤ' else char
    if plain==char: return char,''
    return plain,next((v for k,v in DOUBLE.items() if k in name), 'frak' if 'BLACK-LETTER' in name else 'bold' if 'BOLD' in name else '')

def spelled(char, font, x, y, size, free):
    "A drawn character as the glyphs that it is compared as"
    char = unicodedata.normalize('NFD', char) if len(char)==1 and char not in '≇∉' and unicodedata.decomposition(char)[:1] not in ('','<') else char
    if char in '…⋯⋱⋮':                   # three dots, as TeX sets them
        right,down = {'…':(.44,0), '⋯':(.44,0), '⋱':(.44,.4), '⋮':(0,.4)}[char]
        for k in (-1,0,1): yield Glyph('·' if char=='⋯' else '.', '', x+right*k*size, y-down*k*size, size, free or char in '⋱⋮')
        return
    if char in '⃛⃜':                     # dots above, side by side
        for k in (-1,0,1) if char=='⃛' else (-1.5,-.5,.5,1.5): yield Glyph('.', '', x+.28*k*size, y, size, True)
        return
    free = free or char in '≐⋮⋱≅⃗\u20d7'     # TeX's little arrow of \vec stands on the line, and is lifted by its shape
    if char=='κ' and font.startswith('MSBM'): char = 'ϰ'
    for c in char:
        c,kind = style(c, font)
        for d in SAME.get(c, c):
            d = SAME.get(d, d) if len(SAME.get(d, d))==1 else d
            if not d.isspace() and unicodedata.category(d) not in ('Cf','Cc'): yield Glyph(d, kind, x, y, size, free or d in '^~¯˙¨´`ˇ˘∫∑∏∐∮√()[]{}⟨⟩∣∥⌊⌋⌈⌉⏞∬∭⨌?' or d in '∩∪⊔∨∧⊙⊗⊕⊎↑↓⇑⇓/\\…')

def merged(glyphs):
    "Without the pieces that one stretched sign is made of"
    out = []
    glyphs = sorted(glyphs, key=lambda g: (g.x, -g.y))
    for i,g in enumerate(glyphs):     # \\pmb: three times the same a little apart
        if i>1 and all(o and o.char==g.char!='∫' and abs(o.y-g.y)<.06 and g.x-o.x<.1 for o in glyphs[i-2:i]) and g.char.isalnum()|(g.char in '∇∂'): glyphs[i-2:i+1] = [None,None,g._replace(style='bold')]
    for g in filter(None, glyphs):
        if g.char=='∫' and out and out[-1].char in '∫∬∭' and abs(out[-1].y-g.y)<.1 and g.x-out[-1].x<.45+.35*'∫∬∭'.index(out[-1].char)+(g.size>0)*.3: out[-1] = out[-1]._replace(char='∬∭⨌'['∫∬∭'.index(out[-1].char)], x=(out[-1].x+g.x)/2)
        else: out.append(g)
    lines = [g for g in out if g.char in '−=']
    for g in lines:      # the shaft of a long arrow
        arrows = '→←↦↪↩⇀⇁↼↽' if g.char=='−' else '⇒⇐'
        if any(o is not g and abs(o.y-g.y)<.02 and -1.05<(o.x-g.x)/g.size<.9 and abs(o.size-g.size)<.05 and (o.char in arrows or o.char==g.char=='−' and abs(o.x-g.x)<.7*g.size) for o in out if not (o.free and o.char=='→')): out = [o for o in out if o is not g]
    for g in [o for o in out if o.char in '↦↪↩']: out = [o for o in out if o is g or not (o.char in '→←' and abs(o.y-g.y)<.1 and abs(o.x-g.x)<1.3)]
    return out

ROOT_PIECES = {'(cid:117)','(cid:118)'}
EXTRA = {'CMSY55':'↦', 'CMMI44':'↪', 'CMMI45':'↩', 'CMR32':'/', 'MSAM5':'⬝', 'MSAM57':'', 'MSAM75':'⇢', 'MSAM76':'⇠', 'MSBM18':'⋦', 'MSBM19':'⋧', 'MSBM38':'⫋', 'MSBM39':'⫌', 'MSBM46':'∤',
         'MSBM47':'∦', 'MSBM112':'∣', 'MSBM113':'∥'}
# TeX's glyphtounicode gives many signs of the AMS fonts the name of another sign (\ggg that of \gg): here by the glyph that is drawn
AMS = {'MSAM':dict(zip('♢♦▲▼⊜⟲⟳⊖⩞≫≪⇔⇒▽△', '◇⧫▴▾≗↺↻⊝⌆⋙⋘⇇⇉▿▵')), 'MSBM':{'⧸':'╱', '𭟋':'ϝ', 'ג':'ℷ', '≾':'⪷', '≿':'⪸'}}
def pdf_glyphs(pdf, tex=False):
    "The glyphs of each page, in em of the text's size"
    from pdfminer.high_level import extract_pages
    from pdfminer.layout import LTChar, LTContainer
    def walk(o):
        for c in o:
            if isinstance(c, LTChar): yield c
            elif isinstance(c, LTContainer): yield from walk(c)
    pages = []
    for page in extract_pages(io.BytesIO(pdf)):
        out,pieces,braces = [],set(),0
        for c in walk(page):
            font,text = c.fontname.split('+')[-1],c.get_text()
            if text.startswith('(cid:'): text = (CMEX.get(int(text[5:-1]), text) if font.startswith('CMEX') else EXTRA.get(font.rstrip('0123456789')+text[5:-1], '?')) if tex else '?'
            if tex: text = AMS.get(font.rstrip('0123456789'), {}).get(text, text)
            if not text: continue
            x = (c.bbox[0]+c.bbox[2])/20
            if tex and font.startswith('CMEX') and c.get_text() in ROOT_PIECES: continue              # one of them makes the sign
            if tex and font.startswith('CMEX') and text in '⏞':         # four pieces make a brace
                braces += 1
                if braces%4!=2: continue
                x = c.bbox[2]/10
            if tex and font.startswith('CMEX') and text in PIECES or text in '∣∥↑↓' and font.startswith('CMEX'):
                if (SAME.get(text, text),round(x, 1)) in pieces: continue
                pieces.add((SAME.get(text, text),round(x, 1)))
            out += spelled(text, font if tex else '', x, c.matrix[5]/10, round(c.fontsize if hasattr(c, 'fontsize') else c.size, 1)/10, font.startswith('CMEX'))
        pages.append(merged(out))
    return pages

def tex_glyphs(formulas):
    "The glyphs of each formula as TeX draws it; None where it does not"
    engine = find_engine()
    source = document(len(formulas), engine.packages, 'MARKER', r'\input glyphtounicode \pdfgentounicode=1 ')
    printed,pdf,late = run_tex(engine.path, source, '\n'.join(formulas), 60)
    pages = pdf_glyphs(pdf, tex=True)
    if len(pages)!=len(formulas): raise ValueError(f'{len(pages)} pages of {len(formulas)} formulas')
    return pages

def typst_glyphs(codes):
    "The glyphs of each formula; None for one that Typst does not take"
    import typst
    head = '#set page(width:auto,height:auto,margin:4pt)\n#set text(size:10pt)\n'
    try: return pdf_glyphs(typst.compile((head+'\n#pagebreak()\n'.join(f'$ {o} $' for o in codes)).encode(), format='pdf'))
    except Exception as e:
        if len(codes)>1: return typst_glyphs(codes[:len(codes)//2])+typst_glyphs(codes[len(codes)//2:])
        return [None]

def difference(
    a:list, b:list,   # of `Glyph`
    far:float=.4,     # em that one of two neighbours may stand farther right or left than in the other picture
    high:float=.25,   # em that it may stand higher or lower
)->str:               # '' for none
    "What is not the same about two formulas, in a few words"
    if a is None or b is None: return 'not drawn'
    lacks,more = (Counter((g.char,g.style) for g in p)-Counter((g.char,g.style) for g in q) for p,q in ((a,b),(b,a)))
    unknown = more.pop(('?',''), 0)      # a glyph without a name: a stroke, or a piece of a long arrow
    if lacks==more=={} or unknown: a,b = ([g for g in p if g.char!='?'] for p in (a,b)); lacks.pop(('?',''), None)
    if unknown and set(lacks)=={('/','')}: lacks,(a,b) = {},([g for g in p if g.char!='/'] for p in (a,b))
    if lacks or more: return 'letters: '+' '.join(f'{s}{k}{n if n>1 else ""}{"/"+st if st else ""}' for s,c in (('-',lacks),('+',more)) for (k,st),n in c.items())
    if not a: return ''                   # letter for letter the same by now, so `b` is as long
    def frame(p):
        at = np.array([(g.x,g.y) for g in p]); at -= at.min(0)
        return at
    pa,pb = frame(a),frame(b)
    width = max(pa[:,0].max(), 1e-6)/max(pb[:,0].max(), 1e-6) if pb[:,0].max()>.3 else 1
    kinds = defaultdict(lambda: ([],[]))
    for k,p in enumerate((a,b)):
        for i,g in enumerate(p): kinds[g.char,g.style][k].append(i)
    mate = {}
    tall = pa[:,1].max()/max(pb[:,1].max(), 1e-6) if pb[:,1].max()>.3 else 1
    for i,j in kinds.values():
        cost = abs(pa[i][:,None,0]-pb[j][None,:,0]*width)+abs(pa[i][:,None,1]-pb[j][None,:,1]*tall)
        mate |= {i[r]:j[c] for r,c in zip(*linear_sum_assignment(cost))}
    for _ in range(2):          # once more, where those around went
        order = np.array([mate[i] for i in range(len(a))]); moved = pa-pb[order]
        here = np.array([pb[j]+np.median(moved[np.argsort(abs(pb[order]-pb[j]).sum(1))[:9]], 0) for j in range(len(b))])
        for i,j in kinds.values():
            cost = abs(pa[i][:,None]-here[j][None]).sum(2)
            mate |= {i[r]:j[c] for r,c in zip(*linear_sum_assignment(cost))}
    loose = [g.free or b[mate[i]].free for i,g in enumerate(a)]
    # where each stands against its neighbours; renderers differ in the room that they leave after a slanted integral, and in the width of ⋯
    integrals = [pa[i,0] for i,g in enumerate(a) if g.char in '∫∬∭⨌∮']
    after_integral = [any(0<x-o<2.6 for o in integrals) for x in pa[:,0]]
    for i in range(len(a)):
        around = sorted((j for j in range(len(a)) if j!=i), key=lambda j: abs(pa[i]-pa[j]).sum())[:3]
        for j in around:
            d = (pa[j]-pa[i])-(pb[mate[j]]-pb[mate[i]])
            wide = max(2.2*any(a[k].char in '→←↦⏞√⇒⇐/' for k in (i,j)), 1.5*(after_integral[i] or after_integral[j]), 1.5*('·' in (a[i].char,a[j].char)), 1)
            if abs(d[0])>wide*far*(1+abs(pa[j]-pa[i])[0]/4): return f'place: {a[j].char} by {a[i].char}, {d[0]:+.2f} em to the right'
            if not (loose[i] or loose[j]) and abs(d[1])>(2 if '→' in (a[i].char,a[j].char) else 1)*high*(1+abs(pa[j]-pa[i])[0]/1.5+abs(pa[j]-pa[i])[1]/1.5): return f'place: {a[j].char} by {a[i].char}, {d[1]:+.2f} em higher'
        if not loose[i] and a[i].char not in '→←' and abs(math.log(a[i].size/b[mate[i]].size))>.3: return f'size: {a[i].char} {a[i].size:.2f} {b[mate[i]].size:.2f}'
    return ''

READ = """() => [...document.querySelectorAll('math')].map(math => { const out = [];
  const context = document.createElement('canvas').getContext('2d'); context.font = '100px LM'; const m = context.measureText('x'), up = m.fontBoundingBoxAscent/(m.fontBoundingBoxAscent+m.fontBoundingBoxDescent);
  const walk = document.createTreeWalker(math, NodeFilter.SHOW_TEXT|NodeFilter.SHOW_ELEMENT);
  for (let n; n = walk.nextNode();) {
    if (n.nodeType == 1) { if (/^m(sqrt|root)$/.test(n.localName) && !n.closest('mphantom')) { const r = n.getBoundingClientRect(); out.push(['√', r.left, r.bottom, parseFloat(getComputedStyle(n).fontSize)]) } continue }
    if (n.parentElement.closest('mphantom')) continue;
    const size = parseFloat(getComputedStyle(n.parentElement).fontSize); let at = 0;
    for (const c of n.data) { const range = document.createRange(); range.setStart(n, at); range.setEnd(n, at += c.length); let r = range.getBoundingClientRect(); if ('()[]{}|‖⟨⟩⌊⌋⌈⌉'.includes(n.data)) { const e = n.parentElement.getBoundingClientRect(); r = {left: e.left, right: e.right, top: r.top, height: r.height} } out.push([c, (r.left+r.right)/2, r.top+up*r.height, size]) } }
  return out })"""
def mathml_glyphs(codes, em=20):
    "The glyphs of each <math>, where Chromium puts them"
    with math_page(codes, em) as page: pages = page.evaluate(READ)
    return [merged([g for c,x,y,size in p for g in spelled(c, '', x/em, -y/em, size/em, False)]) for p in pages]
