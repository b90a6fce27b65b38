#!/bin/sh
# liblouis, by which screen readers write braille, has in Danish and Hungarian the same dots for x ≤ 3, x ≥ 3, x ≠ 3 and x ? 3, in Danish for x − 3 too; in Norwegian the signs are blanks, in German and French 2·3 is 2 3
# Guessed: a sign that a language's table lacks is named, as liblouis does in German, which has '\x2211' in braille for ∑, or at least marked by dots that are nothing else.
# So: a table may give dots of its own to all signs it lacks, and some give those of the question mark (2 and 6), some an empty cell. No message, no exit code tells. Whoever has a formula
# of Unicode text written in braille gets the same line for opposite statements. German and French have an empty cell for the dot · of a product. English (UEB) is right.
# In liblouis' repository of August 2026 these lines (`undefined 26`, `undefined 0`) still stand in the tables of Danish, Hungarian, Norwegian, Bulgarian, Czech and French, and `undefined 35` in that of Finnish.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"; chmod 755 .
mkdir -p state/lists/partial cache/archives/partial empty
echo 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian bookworm main' > sources.list
apt() { timeout 200 apt-get -qq -o Dir::State="$work/state" -o Dir::Cache="$work/cache" -o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts="$work/empty" -o Acquire::Languages=none -o APT::Sandbox::User=root "$@"; }
apt update; apt download liblouis-bin=3.24.0-1 liblouis20=3.24.0-1 liblouis-data=3.24.0-1 libyaml-0-2=0.2.5-1
for package in *.deb; do dpkg-deb -x "$package" root; done
LD_LIBRARY_PATH=$(dirname root/usr/lib/*/liblouis.so.20) LOUIS_TABLEPATH=$work/root/usr/share/liblouis/tables python3 - <<'PY'
import subprocess, sys
def braille(table, texts):
    r = subprocess.run(['root/usr/bin/lou_translate', 'unicode.dis,'+table], input='\n'.join(texts)+'\n', capture_output=True, text=True, timeout=60)
    return dict(zip(texts, r.stdout.split('\n'))), r.returncode, r.stderr
print(subprocess.run(['root/usr/bin/lou_translate', '--version'], capture_output=True, text=True).stdout.split('\n')[0])
signs = '=≤≥≠?−∈∉∪∩'
good = True
for language,table,same in [('Danish','da-dk-g16.ctb','≤≥≠?−∈∉∪∩'), ('Hungarian','hu-hu-g1.ctb','≤≥≠?∈∉∪∩'), ('Finnish','fi.utb','≤≥≠∈∉∪∩'), ('Swedish','sv-g1.ctb','≤≥≠−∈∉∪∩'), ('Norwegian','no-no-g0.utb','≤≥≠∈∉∪∩'), ('English','en-ueb-g1.ctb','')]:
    d,code,said = braille(table, [f'x {s} 3' for s in signs]+['√2','2','∑'])
    print(f'{language:10}', *(f'{t} {d[t]}' for t in ('x = 3','x ≤ 3','x ≥ 3','x ≠ 3','x − 3','x ? 3','√2','∑')), 'exit code', code, sep=' · ')
    alike = {s for s in signs if d[f'x {s} 3']==d['x ≤ 3']}
    good &= alike==set(same or '≤') and code==0 and not said
    if language=='Norwegian': good &= d['x ≤ 3'].count('⠀')==3 and d['∑']=='⠀'
for language,table,same in [('German','de-g1.ctb',True), ('French','fr-bfu-comp6.utb',True), ('English','en-ueb-g1.ctb',False)]:
    d,code,_ = braille(table, ['2·3','2 3'])
    print(f'{language:10}', *(f'{t} {b}' for t,b in d.items()), sep=' · ')
    good &= (d['2·3'].strip('⠀')==d['2 3'].strip('⠀'))==same
sys.exit(not good)
PY
