"Draw the pipeline strip: one static SVG per notebook with its stage lit, one with all, and the links that the site lays over them: `python tools/repo/pipeline.py`"
import argparse
from pathlib import Path

out = Path(__file__).resolve().parents[2]/'nbs'/'pipeline'

# part: colour of a lit tile (white on it), colour of the part's name (legible on white and on black)
parts = {'Pictures':('#2f6fb3','#3b82cc'), 'Reading':('#6d4fb3','#8a6cd8'), 'Learning':('#b4541a','#cc6627'), 'Looking':('#25764a','#2c9058'), 'Using':('#a83260','#cb4679')}
rest,rest_icon,rest_text,quiet = '#edf1f5','#5d6b7b','#3d4957','#7d8794'   # an unlit tile brings its own ground: legible on white and on black

# notebook, part, words on the tile, icon: strokes in a 24×24 box
stages = [
    ('01_normalize',  'Pictures', ['normalize'], 'M8.5 4C6.5 4 6.5 6 6.5 8s0 4-2.5 4c2.5 0 2.5 2 2.5 4s0 4 2 4M15.5 4c2 0 2 2 2 4s0 4 2.5 4c-2.5 0-2.5 2-2.5 4s0 4-2 4M10 9.5l4 5M14 9.5l-4 5'),
    ('02_render',     'Pictures', ['render'],    'M3.5 4.5h17v15h-17zM7 12.5l1.8-.6 2.4 4.6L14 7.5h4'),
    ('03_vocab',      'Pictures', ['vocab'],     'M4 5h4v4H4zM4 15h4v4H4zM12 7h8M12 17h8'),
    ('04_data',       'Pictures', ['data'],      'M4 10h12v10H4zM7 7h12v10M10 4h10.5v10M7 13.5h6M7 16.5h4'),
    ('05_encoder',    'Reading',  ['encoder'],   'M3.5 4l6 3.5v9l-6 3.5zM12.5 7.5h8v9h-8zM15.2 7.5v9M17.9 7.5v9M12.5 10.5h8M12.5 13.5h8'),
    ('06_attention',  'Reading',  ['attention'], 'M12 12m-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0-9 0M12 3v4M12 17v4M3 12h4M17 12h4M12 11.4v1.2'),
    ('07_decoder',    'Reading',  ['decoder'],   'M3.5 9.5h4.4v5H3.5zM9.8 9.5h4.4v5H9.8zM16.1 9.5h4.4v5h-4.4zM7.9 12h1.9M14.2 12h1.9M5.7 9.5V5M12 9.5V5M18.3 9.5V5M5.7 19v-4.5M12 19v-4.5M18.3 19v-4.5'),
    ('08_beam_search','Reading',  ['beam', 'search'], 'M3 12h3.5L11 6.5h4M6.5 12l4.5 5.5h4M15 6.5l5-3M15 6.5l5 3M15 17.5l5-3M15 17.5l5 3'),
    ('09_train',      'Learning', ['train'],     'M4 3.5v16.5h16.5M6.5 6c1.2 7 4 9.6 7 10.4 2.2.6 4.4.7 6.5.7'),
    ('10_evaluate',   'Looking',  ['evaluate'],  'M4 5h16M4 10h7M4 15h5M4 20h5M11.5 16l3.2 3.5L20.5 12'),
    ('11_visualize',  'Looking',  ['visualize'], 'M2.5 12c2.6-4.4 5.8-6.5 9.5-6.5s6.9 2.1 9.5 6.5c-2.6 4.4-5.8 6.5-9.5 6.5S5.1 16.4 2.5 12zM12 12m-2.8 0a2.8 2.8 0 1 0 5.6 0a2.8 2.8 0 1 0-5.6 0'),
    ('12_predict',    'Using',    ['predict'],   'M2.5 6.5h7.5v11H2.5zM12 12h5M15 9.5l2.5 2.5L15 14.5M20 5.5v13M4.5 14.5l2-3.5 1.7 2'),
    ('13_cli',        'Using',    ['cli'],       'M2.5 4.5h19v15h-19zM6 9l3.2 3L6 15M11.5 15h5.5'),
]
width,tile,gap,top,height = 900,61,8,24,74
left = (width - len(stages)*tile - (len(stages)-1)*gap)/2
xs = [left + i*(tile+gap) for i in range(len(stages))]                          # where each tile begins

def label(words, x, y, colour):
    "One or two lines of a tile's label, centred on `x`"
    return ''.join(f'<text x="{x:g}" y="{y + 11*(i - (len(words)-1)/2):g}" fill="{colour}">{w}</text>' for i,w in enumerate(words))

def strip(lit=None):
    "The strip as SVG text: the stage named `lit` in its part's colour, all of them if None"
    title = f'The way of a formula through the notebooks; here: {lit[:2]} {lit[3:].replace("_", " ")}' if lit else 'The way of a formula through the notebooks'
    svg = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {top+height+2}" width="{width}" height="{top+height+2}" role="img" '
           'font-family="Inter, \'Segoe UI\', \'Helvetica Neue\', Helvetica, Arial, sans-serif" font-size="11.5" text-anchor="middle">',
           f'<title>{title}</title>']
    for part,(_,colour) in parts.items():                                        # a bracket and a name over each part
        here = [i for i,o in enumerate(stages) if o[1]==part]
        on = lit is None or any(stages[i][0]==lit for i in here)
        a,b = xs[here[0]],xs[here[-1]]+tile
        c = colour if on else quiet
        svg.append(f'<path d="M{a+4:g} 18.5H{b-4:g}" stroke="{c}" stroke-width="{2 if on else 1}" stroke-linecap="round" opacity="{1 if on else .6}"/>')
        svg.append(f'<text x="{(a+b)/2:g}" y="11" fill="{c}" font-weight="{600 if on else 500}" letter-spacing=".3">{part}</text>')
    for x,(name,part,words,icon) in zip(xs, stages):
        on = lit is None or name==lit
        ground,ink,text = (parts[part][0],'#ffffff','#ffffff') if on else (rest,rest_icon,rest_text)
        mid = x+tile/2
        if x > left: svg.append(f'<path d="M{x-gap+2:g} {top+height/2-3.5:g}l3.5 3.5-3.5 3.5" fill="none" stroke="{quiet}" stroke-width="1.4" stroke-linecap="round" stroke-linejoin="round"/>')
        svg.append(f'<rect x="{x:g}" y="{top}" width="{tile}" height="{height}" rx="9" fill="{ground}"/>')
        svg.append(f'<g transform="translate({mid-13:g} {top+9}) scale(1.083)" fill="none" stroke="{ink}" stroke-width="1.45" stroke-linecap="round" stroke-linejoin="round"><path d="{icon}"/></g>')
        svg.append(label(words, mid, top+57, text))
    return '\n'.join(svg) + '\n</svg>\n'

def strips():
    "File name → SVG text, for every notebook and for the whole"
    return {'00_all.svg': strip(), **{f'{o[0]}.svg': strip(o[0]) for o in stages}}

overlay = """<nav id="way" aria-label="The way of a formula" hidden>
{links}
</nav>
<script>
for (const img of document.querySelectorAll('main img[src*="pipeline/"]')) {{
  const box = document.createElement('span'), way = document.getElementById('way').cloneNode(true);
  box.className = 'way';
  way.hidden = false; way.removeAttribute('id');
  for (const a of way.children) {{
    if (img.src.includes(a.dataset.stage)) a.setAttribute('aria-current', 'page');
    a.href = new URL(a.dataset.page, new URL('..', img.src));                    // the strips lie in a folder at the top of the site
  }}
  img.replaceWith(box);
  box.append(img, way);
}}
</script>
"""

def links():
    "HTML for the end of every page of the site: a link over each tile, in per cent of the picture's size"
    size = f'top:{100*top/(top+height+2):.2f}%;height:{100*height/(top+height+2):.2f}%;width:{100*tile/width:.2f}%'
    return overlay.format(links='\n'.join(f'<a data-page="{name[3:]}.html" data-stage="{name}" title="{" ".join(words)}" style="left:{100*x/width:.2f}%;{size}">{" ".join(words)}</a>'
                                          for x,(name,_,words,_) in zip(xs, stages)))

def main():
    argparse.ArgumentParser(description=__doc__).parse_args()
    out.mkdir(exist_ok=True)
    for name,svg in strips().items(): (out/name).write_text(svg, encoding='utf-8')
    (out/'links.html').write_text(links(), encoding='utf-8')
    print(f'{len(stages)+1} strips and their links in {out.name}/')

if __name__ == '__main__': main()
