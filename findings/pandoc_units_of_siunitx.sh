#!/bin/sh
# pandoc reads siunitx's 50 per second, `\qty{50}{\per\second}`, as 50 seconds, J/(mol K) as J mol K⁻⁻¹, decametres as decimetres, and 16 GB as 16 without a unit
# Guessed: pandoc's reader of LaTeX knows siunitx, so a quantity comes out as siunitx prints it; a name of a unit or a prefix that pandoc doesn't know is kept or told.
# So: \per is read as a sign between two units that negates the last exponent of all that follows it. With no unit before it, it is lost (particles per cm³ become cm³); of two in a row both
# minus signs go to the last unit and the one between stands above the line: 5 W/(m²·K) is 5 W m² K⁻⁻¹. \deca is "d", which is deci; \byte, \quetta, \raiseto and the plus before i are dropped without a message.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m pip install -q --no-compile --disable-pip-version-check --no-deps --target lib pypandoc-binary==1.17
PYTHONPATH=lib timeout 200 python3 - <<'EOF2'
import subprocess, sys
import pypandoc
want = {r'\qty{50}{\per\second}': '50 s', r'\qty{50}{\per\cubic\centi\metre}': '50 cm<sup>3</sup>', r'\qty{8.314}{\joule\per\mole\per\kelvin}': '8.314 J mol K<sup>−−1</sup>',
    r'\SI{5}{\watt\per\square\metre\per\kelvin}': '5 W m<sup>2</sup> K<sup>−−1</sup>', r'\qty{5}{\metre\per\second\squared}': '5 m s<sup>−2</sup>', r'\qty{50}{s^{-1}}': '50 s<sup>−1</sup>',
    r'\qty{3}{\deca\metre}': '3 dm', r'\qty{3}{\deci\metre}': '3 dm', r'\qty{3}{\hecto\metre}': '3 hm', r'\qty{16}{\giga\byte}': '16', r'\qty{5}{\quetta\metre}': '5 m', r'\qty{5}{\raiseto{4}\metre}': '5 m',
    r'\num{3+4i}': '34i', r'\num{1.23(4)}': '1.23 ± 0.04'}
print('pandoc', pypandoc.get_pandoc_version())
good = True
for latex,html in want.items():
    done = subprocess.run([pypandoc.get_pandoc_path(), '-f', 'latex', '-t', 'html'], input=f'A {latex} Z', capture_output=True, text=True, timeout=60, check=True)
    found = ' '.join(done.stdout.replace('\u00a0', ' ').split()).removeprefix('<p>A ').removesuffix(' Z</p>')
    print(f'{latex:44} {found}', done.stderr)
    good &= found==html and not done.stderr
sys.exit(not good)
EOF2
