#!/bin/sh
# Hugging Face's datasets stores of a picture that Pillow opened from a file the file, not the picture: what was covered, drawn or made smaller in place since is undone without a word
# Guessed: a Pillow picture that goes into an Image column, or comes out of `map`, is kept as it looks at that moment; to_parquet writes its pixels.
# So: as long as the object knows its file's name, only that name is kept, in Parquet too, and the file is read again later. paste, ImageDraw and thumbnail change the picture and leave
# the name. A page whose answers were painted over goes into the set with its answers. The same function given to `map` works on a set whose pictures are bytes, and does
# nothing on one made of paths. `picture.copy()` first forgets the name.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip install -q --no-compile --no-deps --disable-pip-version-check datasets==5.2.0 pyarrow==26.0.1 pandas==3.1.1 numpy==2.4.6 pillow==13.0.0 dill==0.4.1 multiprocess==0.70.19 xxhash==4.1.0 fsspec==2026.9.0 huggingface-hub==2.4.0 \
    filelock==4.3.1 packaging==26.4 pyyaml==6.0.4 tqdm==4.70.1 python-dateutil==4.0.0 typing-extensions==4.16.0 httpx2==2.16.2 httpcore2==2.16.2 h11==0.16.0 anyio==4.16.0 idna==3.20 truststore==0.10.5 click==8.5.1
HF_HOME="$work/home" HF_HUB_OFFLINE=1 timeout 1200 venv/bin/python - <<'EOF'
import io, sys
import datasets, PIL, pyarrow
from pyarrow import parquet
from PIL import Image, ImageDraw
datasets.disable_progress_bars()
print('datasets', datasets.__version__, '· pyarrow', pyarrow.__version__, '· Pillow', PIL.__version__)
page = Image.new('L', (40,20), 255)
page.paste(0, (10,5,30,15))                                     # ten rows of twenty dark pixels
page.save('page.png')
columns = datasets.Features({'image': datasets.Image()})

def cover(picture): picture.paste(255, (0,0,20,20)); return picture             # white over the left half
def draw(picture): ImageDraw.Draw(picture).rectangle((0,0,19,19), fill=255); return picture
def small(picture): picture.thumbnail((20,20)); return picture
def seen(picture): return picture.size,sum(o<128 for o in picture.convert('L').tobytes())
def stored(picture):
    "Size and dark pixels of what comes back from Parquet, and whether the pixels are in there"
    datasets.Dataset.from_dict({'image': [picture]}, features=columns).to_parquet('set.parquet')
    cell = parquet.read_table('set.parquet')['image'][0].as_py()
    return *seen(datasets.Image().decode_example(cell)),cell['bytes'] is not None

good,file = True,seen(Image.open('page.png'))
print('the file:', *file)
for name,picture,kept in (('covered by paste', cover(Image.open('page.png')), False), ('covered by ImageDraw', draw(Image.open('page.png')), False), ('thumbnail', small(Image.open('page.png')), False),
                          ('covered, opened from bytes', cover(Image.open(io.BytesIO(open('page.png', 'rb').read()))), True), ('a copy, covered', cover(Image.open('page.png').copy()), True)):
    before,(*after,pixels) = seen(picture),stored(picture)
    print(f'{name}: before', *before, '· from Parquet', *after, '· pixels in it' if pixels else '· only the name in it')
    good &= before!=file and tuple(after)==(before if kept else file) and pixels==kept

def covered(row): return {'image': cover(row['image'])}
sets = [datasets.Dataset.from_dict({'image': [o]}, features=columns) for o in ('page.png',{'bytes': open('page.png', 'rb').read(), 'path': None})]
mapped = [seen(o.map(covered)[0]['image']) for o in sets]
print('covered by map: a set of paths', *mapped[0], '· a set of bytes', *mapped[1])
sys.exit(not (good and mapped==[file,((40,20),100)]))
EOF
