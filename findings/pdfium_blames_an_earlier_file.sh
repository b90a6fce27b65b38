#!/bin/sh
# Of a PDF without pages PDFium says "Success", or the reason for which an earlier file failed
# Guessed: pypdfium2 opens a well-formed PDF whose page tree has /Count 0 as a document of length 0, or says what is wrong with it.
# So: FPDF_LoadMemDocument refuses it and sets no error, and FPDF_GetLastError still holds that of the last failure in the process. The same bytes are
# refused with "Success" at first, and with "Data format error" after any damaged file was tried. A message made from that text depends on the order.
set -e
d=$(mktemp -d); trap 'rm -rf "$d"' EXIT
python3 -m pip install -q --disable-pip-version-check --target "$d" pypdfium2==5.15.2
PYTHONPATH="$d" python3 - <<'PY'
import sys, pypdfium2
objects = [b'<< /Type /Catalog /Pages 2 0 R >>', b'<< /Type /Pages /Kids [] /Count 0 >>']
data,places = b'%PDF-1.4\n',[]
for i,o in enumerate(objects, 1): places.append(len(data)); data += b'%d 0 obj\n%s\nendobj\n' % (i, o)
start = len(data)
data += b'xref\n0 3\n0000000000 65535 f \n' + b''.join(b'%010d 00000 n \n' % o for o in places) + b'trailer << /Size 3 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF' % start
def why(data):
    try: return f'{len(pypdfium2.PdfDocument(data))} pages'
    except pypdfium2.PdfiumError as e: return str(e)
said = [why(data), why(b'no PDF'), why(data)]
print('pypdfium2', pypdfium2.version.PYPDFIUM_INFO, '· PDFium', pypdfium2.version.PDFIUM_INFO)
for what,o in zip(('without pages', 'damaged', 'without pages, again'), said): print(f'{what}: {o}')
sys.exit(not ('Success' in said[0] and 'Success' not in said[2] and said[1]==said[2]))
PY
