"The page without Python, in a real browser, from a server that sends files and nothing more: it reads what Python reads, and fetches nothing from elsewhere"
import ast, importlib.util, io, json, os, re, shutil, sys
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from conftest import missing, needs
from latexocr.predict import LatexOCR
from latexocr.render import render
from latexocr.scoring import rows
from latexocr.scoring.calibration import share_confidence
from latexocr.use import doubt, printed, surroundings
from latexocr.use.pictures import open_picture, prepare
from latexocr.use.browser import PageError, build_page, page_server
root = Path(__file__).resolve().parent.parent

def in_script(name, script):
    "The value of a constant in the page's JavaScript"
    text = (root/'latexocr/read'/script).read_text(encoding='utf-8')
    found = re.findall(rf"\b{name} = ('[^']*'|[-\d._]+)", text)
    assert len(found)==1, (name, script, found)
    return ast.literal_eval(found[0])

@pytest.mark.parametrize('name,script,module', [('ALIKE','surroundings.js',surroundings), ('PAGE','printed.js',printed), ('SHARP','printed.js',printed),
    ('AWAY','printed.js',printed), ('NUMBER','printed.js',printed), ('LINE','printed.js',rows), ('LIMIT','reading.js',doubt),
    ('LEFT_OUT','apart.js',doubt)])
def test_constants_are_those_of_python(name, script, module):
    "Some numbers stand twice, in Python and in the page's JavaScript"
    assert in_script(name, script)==getattr(module, name)

@pytest.fixture(scope='module')
def bench():
    "tools/bench/page.py"
    sys.path.insert(0, str(root/'tools/bench'))
    spec = importlib.util.spec_from_file_location('bench_page', root/'tools/bench/page.py')
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    sys.path.remove(str(root/'tools/bench'))

@pytest.fixture(scope='module')
def site(tmp_path_factory):
    "The page, built from the shipped weights; what it needs of npm is fetched once, and kept"
    out = tmp_path_factory.mktemp('site')
    try: build_page(out)
    except PageError as e: missing(str(e))
    return out

@pytest.fixture(scope='module')
def url(bench, site):
    with bench.serving(bench.plain_server(site)) as url: yield url

def opened(browser, bench, address, **how):
    "A tab with the page, ready; what it asked for is in `.asked`, what the console said in `.said`"
    context = browser.new_context(**dict(viewport=dict(width=1000, height=1000)) | how)
    tab = context.new_page()
    tab.asked,tab.said = [],[]
    context.on('request', lambda r: tab.asked.append(r.url))
    tab.on('console', lambda m: tab.said.append(m.text))
    tab.on('pageerror', lambda e: tab.said.append(str(e)))
    tab.goto(f'{address}/read.html')
    tab.wait_for_function(bench.READY, timeout=120_000)
    return tab

@pytest.fixture(scope='module')
def tab(browser, bench, url):
    tab = opened(browser, bench, url)
    yield tab
    tab.context.close()

@pytest.fixture(scope='module')
def ocr(): return LatexOCR.from_pretrained()

def png(image, kind='PNG', **how):
    f = io.BytesIO(); image.save(f, kind, **how)
    return f.getvalue()

def bundled(): return [(o.name, o.read_bytes()) for o in sorted((files('latexocr')/'small').iterdir(), key=lambda o: o.name) if o.name.endswith('.png')]

def disguised(name, data):
    "The same formula as other screens show it"
    grey = Image.open(io.BytesIO(data)).convert('L')
    larger = grey.resize([round(2.4*o) for o in grey.size], Image.BICUBIC)
    clear = Image.new('RGBA', grey.size, (20,40,90,0)); clear.putalpha(ImageOps.invert(grey))
    return {f'{name} as it is': data, f'{name} dark': png(ImageOps.invert(larger)), f'{name} pale': png(larger.point(lambda p: int(60+.6*p)).convert('RGB')),
            f'{name} clear': png(clear), f'{name} JPEG': png(larger, 'JPEG', quality=80)}

# --- what is read

def test_reads_what_python_reads(tab, bench, ocr):
    for name,data in bundled():
        p,o = ocr(data),bench.give(tab, data, name)
        assert o['latex']==p.latex==tab.input_value('#latex')
        assert abs(o['confidence']-p.confidence)<.01 and o['scale']==p.scale
        assert tab.inner_text('#status').startswith('Done.' if p.confidence>=.05 else 'I can make little of this') and re.fullmatch(r'(> )?\d+ % sure', tab.inner_text('#sure').replace('\xa0', ' '))
        assert tab.locator('#drawn math').count()==1

SPACED = [('cm', 200, [r'x_i+y_i=z\;.', r'f(x)=2x\;,\quad f(x)=2x', r'E=mc^2\;,\quad E=mc^2', r'E=mc^2.']),
          ('newtx', 150, [r'a=b+c\,.', r'x_i+y_i=z\,.', 'f(x)=2x~.']),
          ('kpfonts', 260, [r'a=b+c\:.', 'n>m+1~.', r'V(r)=kr^2\,.', r'x_i+y_i=z\;,\qquad x_i+y_i=z'])]
def test_measures_spaces_as_python_does(tab, bench, ocr):
    "The same tokens where the ruler changes what is read, and where it doesn't"
    off,changed = [],0
    for face,dpi,formulas in SPACED:
        for latex,r in zip(formulas, render(formulas, typeface=face, dpi=dpi)):
            data = png(r.image)
            p,o = ocr(data),bench.give(tab, data, latex)
            assert (o['tokens'],o['ids'][-1])==(p.tokens,2), (face, latex)
            off.append(abs(o['confidence']-p.confidence))
            ocr.gaps = False
            try: changed += ocr(data).tokens!=p.tokens
            finally: ocr.gaps = True
    assert changed>=4 and np.median(off)<1e-3, (changed, sorted(off))

def test_reads_a_letter_alone_as_python_does(tab, bench, ocr):
    from latexocr.render import render
    for mark,image in zip('nx', (o.image for o in render(['n','x'], dpi=330))):
        p,o = ocr(image),bench.give(tab, png(image), f'{mark}.png')
        assert o['latex']==p.latex==mark and abs(o['confidence']-p.confidence)<.01 and abs(o['scale']-p.scale)<1e-9

def test_other_readings_are_those_of_a_beam(tab, bench, ocr):
    name,data = bundled()[0]
    bench.give(tab, data, name, until='done')
    found = tab.evaluate('() => latexocr.others.alternatives')
    want = ocr(data, beam_width=5).alternatives
    assert [latex for latex,_ in found]==[latex for latex,_ in want]
    assert max(abs(a-b) for (_,a),(_,b) in zip(found, want))<.01
    assert tab.locator('#tree svg rect').count()>=5
    shown = tab.evaluate('() => latexocr.others.rest')
    assert [latex for latex,_ in shown]==[latex for latex,_ in found[1:]] and tab.evaluate('() => latexocr.last.confidence')+sum(c for _,c in shown)<=1+1e-9
    tab.locator('#list button').first.click()
    assert tab.input_value('#latex')==found[1][0]

def test_confidences_are_shared_as_python_does(tab):
    some = [[.9],[.5,.25],[.6,.6,.2],[1.,.6],[0.,0.]]
    found = tab.evaluate("async some => { const {shareConfidence} = await import('./read/reading.js'); return some.map(shareConfidence) }", some)
    for a,b in zip(found, map(share_confidence, some)): assert a==pytest.approx(b)

PREPARED = """async ([data, scale]) => {
  const {onWhite, prepare} = await import('./read/picture.js'), bytes = Uint8Array.from(atob(data), o => o.charCodeAt(0))
  const bitmap = await createImageBitmap(new Blob([bytes]), {premultiplyAlpha: 'none', colorSpaceConversion: 'none'}), canvas = new OffscreenCanvas(bitmap.width, bitmap.height)
  canvas.getContext('2d').drawImage(bitmap, 0, 0)
  const {image, box} = prepare(onWhite(canvas.getContext('2d').getImageData(0, 0, bitmap.width, bitmap.height)), {scale})
  return {...image, data: btoa(String.fromCharCode(...image.data)), box}
}"""
def test_prepares_as_python_does(tab):
    "Within one grey level, at whatever size and in whatever disguise; and the scale filters see the same"
    import base64
    for i,(name,data) in enumerate(o for b in bundled() for o in disguised(*b).items()):
        for scale in (1, (1.3,2,5.5)[i%3]):
            image,box = prepare(open_picture(data), scale=scale)
            o = tab.evaluate(PREPARED, [base64.b64encode(data).decode(), scale])
            assert (o['width'],o['height'])==image.size and tuple(o['box'])==box, name
            found = np.frombuffer(base64.b64decode(o['data']), np.uint8).reshape(image.size[::-1])
            assert np.abs(found.astype(int)-np.asarray(image)).max()<=1, (name, scale)

SURROUNDINGS = """async ([items]) => {
  const {clean, prepare} = await import('./read/picture.js'), {evenGround, withoutSurroundings, hasEdgeLines} = await import('./read/surroundings.js')
  const {rowWindows, whyNotPrinted} = await import('./read/printed.js'), coded = o => { let s = ''; for (const p of o) s += String.fromCharCode(p); return btoa(s) }
  return items.map(([data, width, height]) => {
    const image = {width, height, data: Uint8Array.from(atob(data), o => o.charCodeAt(0))}, even = evenGround(image), bare = withoutSurroundings(clean(even))
    return {even: coded(even.data), bare: bare && coded(bare.data), edges: hasEdgeLines(image), rows: rowWindows(image), unlike: whyNotPrinted(prepare(image, {side: 1e6, pixels: 1e9}).image)}
  })
}"""
def edges():
    "The thirty disguises of tools/bench/variants.py: frames, carets, markers, shadows"
    spec = importlib.util.spec_from_file_location('bench_variants', root/'tools/bench/variants.py')
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return {k:f for k,(_,f) in module.edges().items()}

def test_surroundings_are_taken_away_as_python_does(tab, bench):
    "Frames, carets, markers, shadows; and a photograph, a page, rows are seen alike"
    import base64
    from latexocr.use.pictures import clean
    from latexocr.decoding.row_by_row import row_windows
    from latexocr.use.printed import why_not_printed
    from latexocr.use.surroundings import even_ground, has_edge_lines, without_surroundings
    greys = [open_picture(o) for _,o in bundled()[:2]]
    pictures = {k: open_picture(f(greys[i%2])) for i,(k,f) in enumerate(edges().items())} | {'photograph':open_picture(photograph()), 'page':page_of_text(), 'three':three_formulas()}
    found = tab.evaluate(SURROUNDINGS, [[[base64.b64encode(o.tobytes()).decode(), *o.size] for o in pictures.values()]])
    changed = 0
    for (name,image),o in zip(pictures.items(), found):
        shades = lambda s: np.frombuffer(base64.b64decode(s), np.uint8).reshape(image.size[::-1]).astype(int)
        even = even_ground(image)
        bare = without_surroundings(clean(even))
        assert np.abs(shades(o['even'])-np.asarray(even)).max()<=1 and (o['bare'] is None)==(bare is None), name
        if bare: assert np.abs(shades(o['bare'])-np.asarray(bare)).max()<=1, name
        whole = prepare(image, max_side=10**6, max_pixels=10**9)[0]
        assert (o['edges'],o['rows'],o['unlike'])==(has_edge_lines(image), [list(a) for a in row_windows(image)], why_not_printed(whole)), name
        changed += even is not image or bare is not None
    assert changed>=20

TABLES = [r'\begin{matrix} a & b \\\\ c & d \\\\ \end{matrix}', r'\begin{array} { c } \hline a \\\\ \begin{matrix} x \\\\ y \\\\ z \end{matrix} \\\\ b \\\\ \hline \end{array}', r'\sum_{ \substack { i \\\\ j } }',
          'x', r'\begin{matrix} a \end{matrix} \begin{matrix} \substack { a \\\\ b } & c \\\\[3pt] d \end{matrix}']
def test_rows_of_tables_are_counted_as_python_counts(tab):
    from latexocr.scoring.rows import table_shapes
    found = tab.evaluate("async formulas => { const {tableRows} = await import('./read/printed.js'); return formulas.map(o => tableRows(o.split(' '))) }", TABLES)
    assert found==[[rows for rows,_ in table_shapes(o)] for o in TABLES]

APART = """async ([pictures, formulas]) => {
  const {rowsApart, leavesOut, seemSeveral} = await import('./read/apart.js'), {itos, rows} = await (await fetch('./read/pack/pack.json')).json()
  const kind = t => rows.kinds[itos.indexOf(t)] ?? null, all = formulas.map(o => o.split(' '))
  const seen = pictures.map(([data, width, height]) => ({width, height, data: Uint8Array.from(atob(data), o => o.charCodeAt(0))}))
  return {apart: seen.map(o => rowsApart(o, rows)), left: seen.map(o => all.map(t => leavesOut(o, t, rows))), several: all.map(t => seemSeveral(t, kind))}
}"""
def test_rows_apart_are_seen_as_python_sees_them(tab, bench, ocr):
    "Two formulas below each other: where they are cut, what was left out, what is said, and what is read"
    import base64
    from latexocr.decoding.apart import leaves_out, rows_apart, seem_several
    from latexocr.normalize import normalize
    one,other = (o.image for o in render(['E=mc^2', r'\sum_{i=1}^na_i=\frac12']))
    pictures = [one, other]
    for gap in (4,7,20):
        both = Image.new('L', (max(one.width, other.width), one.height+other.height-8+gap), 255)
        both.paste(other, (0,one.height-8+gap)); both.paste(one, (0,0)); pictures.append(both)
    texts = [r'\begin{gathered}a=b\\c=d\end{gathered}', r'\begin{array}{ll}a=b\\c=\left(d\right)\end{array}', r'\begin{aligned}&a=b\\&c=d\end{aligned}', 'a=b',
             r'\begin{gathered}a=b,\\c=d\end{gathered}', r'\begin{gathered}a=b\\=c\end{gathered}', r'\begin{aligned}a&=b\\c=d\end{aligned}',
             r'\begin{gathered}a=\begin{pmatrix}1\\2\end{pmatrix}\\c=d\end{gathered}', r'\begin{gathered}\left(a=b\right)\\c=d\end{gathered}']
    tokens = [normalize(o) for o in texts]
    found = tab.evaluate(APART, [[[base64.b64encode(o.tobytes()).decode(), *o.size] for o in pictures], tokens])
    assert found['apart']==[[list(row) for row in rows_apart(o)] for o in pictures] and len(found['apart'][-1])==2
    assert found['left']==[[leaves_out(o, t.split()) for t in tokens] for o in pictures]
    assert found['several']==[seem_several(t.split()) for t in tokens] and len(set(found['several']))==2
    p,o = ocr(pictures[-1]),bench.give(tab, png(pictures[-1]), 'both.png')
    assert (o['latex'],o['remark'])==(p.latex,p.remark) and 'mc^2' in p.latex and 'sum' in p.latex and abs(o['confidence']-p.confidence)<.01

MAY_FOLLOW = """async lines => {
  const {ConstrainedDecoder} = await import('./read/search.js'), pack = await (await fetch('./read/pack/pack.json')).json(), rules = new ConstrainedDecoder(pack, 150)
  const number = new Map(pack.itos.map((t, i) => [t, i]))
  return lines.map(line => {
    let o = rules.begin()
    const forbidden = () => { const row = new Float32Array(pack.itos.length); rules.forbid(row, o); return [...row.keys()].filter(i => row[i]===-Infinity) }
    return [forbidden(), ...line.map(t => { o = rules.then(o, number.get(t)); return forbidden() })]
  })
}"""
def test_what_may_follow_is_what_python_lets_follow(tab, ocr):
    "Tables keep to their columns, rows end in tables only"
    from latexocr.decoding.constrained import ConstrainedDecoder, Prefix
    rules = ConstrainedDecoder(None, ocr.vocab, 150)
    lines = [o.split() for o in (r'\begin{array} { r c } 1 & 2 \\ { 3 & } & 4 \end{array} x', r'\begin{pmatrix} a & b \end{pmatrix} \sqrt [ 3 ] { x }', r'\begin{cases} a & b \\ c & d \end{cases}',
             r'\begin{array} { l } \begin{matrix} x & y \end{matrix} & \end{array}', r'\sum_ { \substack { i \\ j } } x')]
    lines = [o for o in lines if all(t in ocr.vocab.stoi for t in o)]
    assert len(lines)>=3
    for line,found in zip(lines, tab.evaluate(MAY_FOLLOW, lines)):
        written = [Prefix()]
        for t in line: written.append(written[-1].then(ocr.vocab.stoi[t], rules.itos, rules.memory))
        assert found==[rules.may_not_follow(o).nonzero()[:,0].tolist() for o in written], line

COLUMN = r'\begin{array}{r}2493\\895\\4077\\82\\6077\\721\\6\\617\\1\\2468\\7376\\83553\end{array}'
def test_reads_row_by_row_as_python_does(tab, bench, ocr):
    "A long column is read with the other rows covered"
    data = png(render([COLUMN])[0].image)
    p,o = ocr(data),bench.give(tab, data, 'column')
    assert o['latex']==p.latex and abs(o['confidence']-p.confidence)<.02 and p.latex.count(r'\\')==11

def test_reads_in_pieces_as_python_does(tab, bench, ocr):
    "A long line is cut and read in pieces"
    data = png(render(['P(x)='+'+'.join(f'a_{{{i}}}x^{{{i}}}' for i in range(24))])[0].image)
    p,o = ocr(data),bench.give(tab, data, 'line')
    assert o['latex']==p.latex and abs(o['confidence']-p.confidence)<.02 and len(p.tokens)>200

JOINED = [[r'a \, +','b'], ['a',r'+ \left. b \leftarrow a \right.'], [r'\left( a \right.',r'\left. b \right) ~'], ['~',r'a ~','b =',r'\, c']]
def test_pieces_are_joined_as_python_joins_them(tab, ocr):
    from latexocr.beam_search import Hypothesis
    from latexocr.decoding.pieces import join_pieces
    made = [[Hypothesis([*ocr.vocab.encode(o),2], [-.5]*(len(o.split())+1), True) for o in row] for row in JOINED]
    found = tab.evaluate("""async rows => { const {joinPieces} = await import('./read/pieces.js'), pack = await (await fetch('./read/pack/pack.json')).json()
      return rows.map(hs => joinPieces(hs.map(ids => ({ids, lps: ids.map(() => -.5), finished: true})), pack)) }""", [[h.ids for h in row] for row in made])
    for row,o in zip(made, found):
        h = join_pieces(row, ocr.vocab)
        assert (o['ids'],o['finished'])==(h.ids, h.finished) and np.allclose(o['lps'], h.log_probs)

def test_reads_inside_a_frame_as_python_does(tab, bench, ocr):
    grey = open_picture(bundled()[0][1])
    for name,f in list(edges().items())[::6]:
        data = png(open_picture(f(grey)))
        p,o = ocr(data),bench.give(tab, data, name)
        assert o['latex']==p.latex and abs(o['confidence']-p.confidence)<.01, name

def test_a_part_of_the_picture(tab, bench, ocr):
    (_,a),(_,b) = bundled()[:2]
    both = [Image.open(io.BytesIO(o)).convert('L') for o in (a,b)]
    page = Image.new('L', (max(o.width for o in both)+40, sum(o.height for o in both)+80), 255)
    page.paste(both[0], (20,20)); page.paste(both[1], (20,60+both[0].height))
    bench.give(tab, png(page), until='done')
    tab.evaluate('() => scrollTo(0, 0)')
    at = tab.locator('#picture').bounding_box()
    k = at['width']/page.width
    tab.mouse.move(at['x']+2, at['y']+2); tab.mouse.down()
    tab.mouse.move(at['x']+at['width']-2, at['y']+(40+both[0].height)*k, steps=3); tab.mouse.up()
    tab.wait_for_function(bench.HEARD, arg='done', timeout=120_000)
    assert tab.input_value('#latex')==ocr(a).latex
    tab.click('#whole'); tab.wait_for_function(bench.HEARD, arg='done', timeout=120_000)
    assert tab.input_value('#latex')!=ocr(a).latex

def test_a_part_by_keyboard(tab, bench, ocr):
    bench.give(tab, bundled()[0][1], until='done')
    tab.locator('#picture').focus()
    tab.keyboard.press('ArrowLeft')
    assert tab.is_visible('#frame')
    for _ in range(20): tab.keyboard.press('ArrowLeft'); tab.keyboard.press('ArrowUp')
    for _ in range(40): tab.keyboard.press('Shift+ArrowRight'); tab.keyboard.press('Shift+ArrowDown')
    tab.keyboard.press('Enter')
    tab.wait_for_function(bench.HEARD, arg='done', timeout=120_000)
    assert tab.input_value('#latex')==ocr(bundled()[0][1]).latex and tab.is_visible('#whole')

def pdf(*pages):
    "Of pictures, a page each"
    f = io.BytesIO(); pages[0].save(f, 'PDF', save_all=True, append_images=pages[1:], resolution=100)
    return f.getvalue()

def test_pages_of_a_pdf(tab, bench, ocr):
    a,b = (open_picture(o) for _,o in bundled()[:2])
    data = pdf(a, page_of_text(), b)
    o = bench.give(tab, data, 'paper.pdf', 'application/pdf', until='done')
    assert o['latex']==ocr(data).latex and tab.inner_text('#page-count')=='3' and tab.is_disabled('#page-back')
    tab.click('#page-forth'); tab.wait_for_function(bench.HEARD, arg='done', timeout=120_000)
    assert re.match(r'paper.pdf is a page of \d+ lines, not one formula: drag over', tab.inner_text('#status')) and tab.is_visible('#picture') and not tab.is_visible('#answer')
    tab.fill('#page', '3'); tab.keyboard.press('Tab'); tab.wait_for_function(bench.HEARD, arg='done', timeout=120_000)
    assert tab.input_value('#latex')==ocr(b).latex and tab.is_disabled('#page-forth')

def test_a_photo_from_a_phone(browser, bench, url, ocr):
    "The button for the camera is there, and its picture is read"
    tab = opened(browser, bench, url, **PHONE)
    assert tab.get_attribute('#camera', 'capture')=='environment' and tab.is_visible('label[for=camera]')
    name,data = bundled()[0]
    tab.set_input_files('#camera', dict(name='photo.png', mimeType='image/png', buffer=data))
    tab.wait_for_function(bench.HEARD, arg='reading', timeout=120_000)
    assert tab.input_value('#latex')==ocr(data).latex
    assert tab.evaluate('() => document.documentElement.scrollWidth<=innerWidth')
    tab.context.close()
PHONE = dict(viewport=dict(width=390, height=844), has_touch=True, is_mobile=True)

# --- how it is shown

CLIPBOARD = "async () => { const o = (await navigator.clipboard.read())[0]; return Object.fromEntries(await Promise.all(o.types.map(async k => [k, await (await o.getType(k)).text()]))) }"
def test_copy_as(browser, bench, url):
    "What the menu says lies on the clipboard, beside LaTeX and MathML also the formula itself, and the choice is remembered"
    from latexocr.tex.printers import print_formula
    tab = opened(browser, bench, url)
    tab.context.grant_permissions(['clipboard-read','clipboard-write'], origin=url)
    bench.give(tab, bundled()[0][1])
    def copied(how):
        tab.select_option('#as', how)
        tab.evaluate("() => { document.querySelector('#copied').textContent = '' }")
        tab.click('#copy'); tab.wait_for_function("() => document.querySelector('#copied').textContent=='Copied.'")
        return tab.evaluate(CLIPBOARD)
    for latex in (tab.input_value('#latex'), r'\begin{pmatrix}a & \beta\\\\ \hat{x} & \mathbf{y}\end{pmatrix}'):
        tab.fill('#latex', latex)
        for how in ('latex','$','equation'):
            o = copied(how)
            assert o['text/plain']==print_formula(latex, 'latex', None if how=='latex' else how) and '<math' in o['text/html'], how
        assert copied('mathml')['text/plain']==print_formula(latex, 'mathml')
        for how in ('typst','text','speech'): assert copied(how)=={'text/plain':print_formula(latex, how)}, how
    tab.fill('#latex', r'\frac{1'); assert tab.is_disabled('#copy') and 'cannot be copied' in tab.inner_text('#preview')
    tab.reload(); tab.wait_for_function(bench.READY, timeout=120_000)
    assert tab.input_value('#as')=='speech'
    tab.context.close()

def test_named_for_a_screen_reader(tab, bench):
    "Every control has a name, and the keyboard reaches all of them"
    bench.give(tab, bundled()[0][1], until='done')
    nameless = tab.evaluate("""() => [...document.querySelectorAll('button, input, select, textarea, canvas, meter, progress, summary, section, svg title')].filter(o => o.checkVisibility?.() && !o.closest('.choices')
      && !(o.ariaLabel || o.textContent.trim() || o.labels?.length || o.title || o.getAttribute('aria-labelledby'))).map(o => o.outerHTML)""")
    assert not nameless
    assert tab.get_attribute('html', 'lang')=='en' and tab.locator('#status[role=status][aria-live=polite]').count()==1
    tab.evaluate('() => { document.activeElement.blur(); scrollTo(0, 0) }')
    reached = set()
    for _ in range(60):
        tab.keyboard.press('Tab')
        reached.add(tab.evaluate('() => document.activeElement.id'))
    assert {'file','example','picture','latex','as','copy','slider'}<=reached, reached

def test_dark_mode(browser, bench, url):
    "Light letters on a dark page, with enough contrast on all that is said"
    tab = opened(browser, bench, url, color_scheme='dark')
    bench.give(tab, bundled()[0][1])
    def luminance(css):
        rgb = [int(o)/255 for o in re.findall(r'\d+', css)[:3]]
        return sum(w*(c/12.92 if c<=.04045 else ((c+.055)/1.055)**2.4) for w,c in zip((.2126,.7152,.0722), rgb))
    paper = luminance(tab.evaluate("() => getComputedStyle(document.body).backgroundColor"))
    assert paper<.05
    for at in ('#status','#sure','#latex','.hint','figcaption','#drawn math'):
        ink = luminance(tab.evaluate("at => getComputedStyle(document.querySelector(at)).color", at))
        assert (ink+.05)/(paper+.05)>4.5, at
    tab.context.close()

def test_step(tab, bench):
    bench.give(tab, bundled()[0][1], until='done')
    heat,said = lambda: tab.evaluate("() => document.querySelector('#heat').toDataURL()"),lambda: tab.inner_text('#said')
    first = heat(),said()
    n = int(re.fullmatch(r'1 of (\d+): .*', first[1])[1])
    assert n==tab.evaluate('() => latexocr.last.ids.length')
    tab.locator('#slider').focus(); tab.keyboard.press('ArrowRight')
    assert said().startswith('2 of ') and heat()!=first[0] and tab.locator('#choices tr').count()>=1
    tab.keyboard.press('ArrowLeft')
    assert (heat(),said())==first
    tab.keyboard.press('End')
    assert said().startswith(f'{n} of {n}: the end') and tab.is_disabled('#forth')

def test_edited_latex_is_drawn_and_never_markup(tab, bench):
    bench.give(tab, bundled()[0][1])
    tab.fill('#latex', r'\sqrt{q}')
    assert tab.locator('#drawn msqrt').count()==1 and tab.inner_text('#refused')==''
    for bad in (r'\href{javascript:alert(1)}{x}', r'\includegraphics{http://example.com/a.png}', r'\class{a}{x}', '<img src=x onerror=alert(1)>'):
        tab.fill('#latex', bad)
        assert tab.locator('#drawn img, #drawn a[href], #drawn [onerror]').count()==0
    tab.fill('#latex', r'\frac{1')
    assert 'cannot draw' in tab.inner_text('#refused')

# --- bad input

photograph = lambda: png(Image.fromarray((127+60*np.sin(np.arange(150)[:,None,None]/37+np.arange(3))+40*np.cos(np.arange(200)[None,:,None]/23)
                          +np.random.default_rng(42).normal(0, 25, (150,200,3))).clip(0, 255).astype(np.uint8)), 'JPEG')
BAD = {'diary.txt': (b'Dear diary', 'diary.txt is not a picture'), 'empty.png': (b'', 'empty.png is empty'), 'half.png': (bundled()[0][1][:200], 'half.png is not a picture'),
       'paper.pdf': (b'%PDF-1.7 and so on', 'paper.pdf is a PDF that cannot be read: it is damaged'), 'white.png': (png(Image.new('L', (80,40), 255)), 'There is nothing on this picture'),
       'bomb.png': (b'\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\1\0\0\0\1\0\0\x08\0\0\0\0', 'bomb.png is too large: 65536×65536'),
       '<img src=x onerror=alert(1)>': (b'?', '<img src=x onerror=alert(1)> is not a picture')}
def page_of_text():
    "Thirty lines"
    rng,page = np.random.default_rng(42),np.full((30*24+20, 700), 255, np.uint8)
    for y in range(30):
        for x in range(10, 680, 12): page[10+24*y:10+24*y+12,x:x+10] = np.where(rng.random((12,10))<.4, 0, 255)
    return Image.fromarray(page)

def three_formulas():
    "As on a slide, and the number of the page"
    page,one = Image.new('L', (600,700), 255),open_picture(bundled()[0][1])
    for y in (20,300,550): page.paste(one, (40,y))
    page.paste(one.crop((0,0,30,one.height)), (280,650))
    return page

@pytest.mark.parametrize('name', BAD)
def test_what_is_no_picture_gets_a_line(tab, bench, name):
    data,line = BAD[name]
    assert bench.give(tab, data, name) is None
    assert tab.inner_text('#status').startswith(line) and 'bad' in tab.get_attribute('#status', 'class')
    assert tab.locator('#status *').count()==0 and not tab.is_visible('#answer')

def test_photograph(tab, bench):
    o = bench.give(tab, photograph())
    assert tab.inner_text('#status').startswith('This does not look like one printed formula: it has areas of') and o['confidence']<=.05

@pytest.mark.slow
def test_a_photograph_of_full_size(browser, bench, url, ocr):
    "Twelve megapixels, of a scene and of a formula on paper in uneven light: a line for the one, what Python reads for the other, and memory for both"
    from latexocr.render import render
    tab,rng = opened(browser, bench, url),np.random.default_rng(42)
    y,x = np.mgrid[:3000,:4000].astype(np.float32)
    scene = 127+60*np.sin(y/370)+40*np.cos(x/230)
    bench.give(tab, png(Image.fromarray((scene[...,None]+rng.normal(0, 12, (3000,4000,1)).astype(np.float32)+np.arange(3)).clip(0, 255).astype(np.uint8)), 'JPEG'), 'scene.jpg', 'image/jpeg', timeout=300_000)
    assert tab.inner_text('#status').startswith('This does not look like one printed formula')
    formula = open_picture(bundled()[0][1])
    paper = Image.new('L', (4000,3000), 255); paper.paste(formula.resize((3200,round(3200*formula.height/formula.width)), Image.BICUBIC), (400,1200))
    lit = np.asarray(paper, np.float32)*(1-.35*x/4000)
    data = png(Image.fromarray((lit+rng.normal(0, 2, lit.shape).astype(np.float32)).clip(0, 255).astype(np.uint8)), 'JPEG', quality=90)
    o,p = bench.give(tab, data, 'paper.jpg', 'image/jpeg', timeout=300_000),ocr(data)
    assert o['latex']==p.latex and abs(o['confidence']-p.confidence)<.01
    tab.context.close()

def test_too_large_a_file_is_not_even_read(tab):
    tab.evaluate("""() => { const given = new DataTransfer(); given.items.add(new File([new Uint8Array(51e6)], 'huge.png', {type: 'image/png'}))
                  document.dispatchEvent(new ClipboardEvent('paste', {clipboardData: given, bubbles: true, cancelable: true})) }""")
    assert tab.inner_text('#status')=='huge.png is too large: 51 MB, and 50 are the most.'

def test_pasted_text_is_no_picture(tab):
    tab.evaluate("""() => { document.activeElement.blur(); const given = new DataTransfer(); given.setData('text/html', '<img src=x onerror=alert(1)>')
                  document.dispatchEvent(new ClipboardEvent('paste', {clipboardData: given, bubbles: true, cancelable: true})) }""")
    assert tab.inner_text('#status').startswith('There is no picture in what you gave')

def test_reads_on_after_trouble(tab, bench, ocr):
    name,data = bundled()[1]
    assert bench.give(tab, data, name)['latex']==ocr(data).latex

# --- where it comes from

def test_nothing_leaves_the_origin(tab, url):
    assert len(tab.asked)>15 and all(o.startswith((f'{url}/read', f'blob:{url}')) for o in tab.asked), tab.asked
    assert not [o for o in tab.said if 'Content Security Policy' in o or 'Error' in o], tab.said

def test_second_visit_needs_no_connection(browser, bench, url, ocr):
    "It is isolated then, too: threads"
    tab = opened(browser, bench, url)
    tab.evaluate('() => navigator.serviceWorker.ready')
    tab.context.set_offline(True)
    tab.reload()
    tab.wait_for_function(bench.READY, timeout=120_000)
    assert tab.evaluate('() => crossOriginIsolated')
    name,data = bundled()[0]
    assert bench.give(tab, data, name)['latex']==ocr(data).latex
    tab.context.close()

@pytest.mark.parametrize('what,line', [('cut off', 'The eyes arrived damaged'), ('damaged', 'The eyes arrived damaged'), ('absent', 'The eyes could not be fetched'), ('no WebAssembly', 'This browser has no WebAssembly')])
def test_what_keeps_it_from_starting(browser, bench, site, tmp_path, what, line):
    shutil.copytree(site, tmp_path/'site')
    eyes = tmp_path/'site/read/pack/encode.onnx.gz'
    whole = eyes.read_bytes()
    if what=='cut off': eyes.write_bytes(whole[:-20000])
    if what=='damaged': eyes.write_bytes(whole[:20000]+bytes(100)+whole[20100:])
    if what=='absent': eyes.unlink()
    with bench.serving(bench.plain_server(tmp_path/'site')) as url:
        context = browser.new_context()
        if what=='no WebAssembly': context.add_init_script('delete globalThis.WebAssembly')
        tab = context.new_page()
        tab.goto(f'{url}/read.html'); tab.wait_for_function(bench.READY, timeout=120_000)
        assert tab.inner_text('#status').startswith(line)
        context.close()

def test_too_little_memory(browser, bench, url):
    "WebAssembly may have 30 MB: the reader does not fit"
    with_little = browser.browser_type.launch(executable_path=needs('chromium'), args=['--no-sandbox','--js-flags=--wasm-max-mem-pages=480'])
    tab = with_little.new_page()
    tab.goto(f'{url}/read.html'); tab.wait_for_function(bench.READY, timeout=120_000)
    assert tab.inner_text('#status')=='There is too little memory for the reader. Close other tabs, and reload the page.'
    with_little.close()

def test_policy(site):
    "Only files of the page itself may do anything; no handler and no style stands in the page"
    page = (site/'read.html').read_text()
    policy = dict(o.strip().split(' ', 1) for o in re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1].split(';'))
    assert policy['default-src']=="'none'" and policy['script-src']=="'self' 'wasm-unsafe-eval'" and policy['connect-src']==policy['worker-src']=="'self'"
    assert not re.search(r'\son\w+=|\sstyle=|javascript:|<script(?![^>]*src=)|https?://', page)

def test_first_visit_is_small(bench, site):
    assert sum(n for _,n in bench.first_visit(site))<14e6

def test_page_server_is_for_this_computer(site, bench):
    import urllib.error, urllib.request
    with bench.serving(page_server(site)) as url:
        with urllib.request.urlopen(url, timeout=60) as o: assert o.url.endswith('/read.html') and o.headers['Cross-Origin-Opener-Policy']=='same-origin'
        with pytest.raises(urllib.error.HTTPError): urllib.request.urlopen(f'{url}/read/', timeout=60)
        with pytest.raises(PageError, match='cannot be used'): page_server(site, int(url.rpartition(':')[2]))

@pytest.mark.slow
def test_500_pictures(tab, bench, ocr):
    "The bundled formulas in five sizes and disguises: nearly always the same LaTeX, equally sure, in a like time"
    import statistics
    from latexocr.data import small_formulas
    from latexocr.render import render
    formulas = [o for split in small_formulas().values() for o in split]
    drawn = [o.image for o in render(formulas) if o.image]
    items = [o for i,image in enumerate(drawn) for o in disguised(str(i), png(image)).items()]
    rows = bench.compare(ocr, tab, items[:550])
    different = [r for r in rows if r['python']!=r['page']]
    assert len(rows)>=500 and len(different)<=.005*len(rows), different
    assert max(abs(r['sure']-r['page_sure']) for r in rows if r not in different)<.01
    assert statistics.median(r['page_seconds']/r['seconds'] for r in rows)<6

# --- long runs: five thousand pictures are read in test_soak.py

def test_memory_stays_flat(tab, bench):
    "Thirty pictures, after ten that warm up"
    if sys.platform!='linux': pytest.skip('counts on Linux')
    from soak import children, is_tab, resident
    data,used = bundled()[0][1],[]
    session = tab.context.new_cdp_session(tab)
    tab.evaluate('() => { latexocr.brief = true }')
    for i in range(40):
        bench.give(tab, data)
        if 10<=i<14 or i>=35:
            session.send('HeapProfiler.collectGarbage')
            used.append(resident(*filter(is_tab, children(os.getpid()))))
    tab.evaluate('() => { latexocr.brief = false }')
    assert min(used[4:])<=1.1*min(used[:4]), used
