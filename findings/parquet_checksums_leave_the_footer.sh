#!/bin/sh
# Parquet's page checksums, written and verified, let flipped bits of the footer through: the table that comes back has other rows or other metadata, and no error
# Guessed: a file written with write_page_checksum=True and read with page_checksum_verification=True is safe against a flipped bit anywhere.
# So: of the bits tried (one in each byte of a small file) most are refused; but the footer has no checksum, and some flips in it change values or the schema's metadata in silence.
# A dataset that has to notice damage needs a digest of the whole file beside it.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m pip install --quiet --disable-pip-version-check --target lib pyarrow==26.0.1
cat > show.py <<'EOF'
import random, pyarrow as pa, pyarrow.parquet as pq
print('pyarrow', pa.__version__)
table = pa.table({'picture': [bytes([i%251])*50 for i in range(300)], 'number': list(range(300))}).replace_schema_metadata({'key': 'v'*50})
pq.write_table(table, 'x.parquet', write_page_checksum=True)
good,rng,counts = open('x.parquet', 'rb').read(),random.Random(1),{'refused':0, 'same table':0, 'other rows':0, 'other metadata':0}
for at in range(len(good)):
    bad = good[:at] + bytes([good[at] ^ 1<<rng.randrange(8)]) + good[at+1:]
    try: back = pq.read_table(pa.BufferReader(bad), page_checksum_verification=True)
    except Exception: counts['refused'] += 1; continue
    try: same = back.equals(table)
    except UnicodeDecodeError: counts['refused'] += 1; continue        # a column's name is no text any more
    if not same: counts['other rows'] += 1
    elif back.schema.metadata!=table.schema.metadata: counts['other metadata'] += 1
    else: counts['same table'] += 1
print(len(good), 'bytes, one bit flipped in each:', counts)
assert counts['refused'] > len(good)/2 and counts['other rows'] and counts['other metadata']
EOF
PYTHONPATH=lib python3 show.py
