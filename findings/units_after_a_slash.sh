#!/bin/sh
# J/mol K, the unit of the gas constant as textbooks print it, is J K/mol for pint and per mole and kelvin for astropy; mathjs reads one string both ways, by unit() the one and by evaluate() the other
# Guessed: libraries of units agree on what stands under a slash, or refuse what can be read in two ways; two functions of one library agree at least.
# So: for astropy all that follows a slash is divided by, even behind a `*`, unless its format is 'ogip'; for pint a blank is a `*`, and only the next unit is divided by; mathjs' evaluate() takes what stands side by side first,
# which its unit() does not, though the same 5 W/m^2 K goes in. Nobody warns, where astropy does warn of J/mol/K, in which all three agree. The value is wrong by the square of the temperature: nobody who writes J/(mol K) is hurt.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
echo '{"private": true, "type": "module"}' > package.json
npm install --no-audit --no-fund --no-package-lock --ignore-scripts --loglevel=error mathjs@15.2.0 >/dev/null
python3 -m pip install -q --no-compile --disable-pip-version-check --no-deps --target lib pint==0.25.3 flexcache==0.3 flexparser==0.4 platformdirs==4.14.9 typing-extensions==4.16.0 \
    astropy==8.0.2 astropy-iers-data==0.2026.11.2.0.34.55 numpy==2.4.6 pyerfa==2.0.1.5 pyyaml==6.0.4 packaging==26.4
PYTHONPATH=lib timeout 200 python3 - <<'EOS'
import sys, warnings
import astropy, pint
from astropy import units
good,registry = True,pint.UnitRegistry()
def power(base, name):
    "Sign of the exponent of one base unit"
    return 1 if base.get(name, 0)>0 else -1
for text,unit,pints,astropys in (('J/mol K', 'K', 1, -1), ('J / mol K', 'K', 1, -1), ('J/mol*K', 'K', 1, -1), ('W/m^2 K', 'K', 1, -1), ('km/s Mpc', 'Mpc', 1, -1), ('J/(mol K)', 'K', -1, -1), ('J/mol/K', 'K', -1, -1)):
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter('always')
        a,p = units.Unit(text),registry.parse_units(text)
    long = {'K': 'kelvin', 'Mpc': 'megaparsec'}[unit]
    ours = power({str(b): e for b,e in zip(a.bases, a.powers)}, unit), power(dict(p._units), long)
    print(text.ljust(10), 'astropy', astropy.__version__, str(a).ljust(14), 'pint', pint.__version__, f'{p:~}'.ljust(15), len(said), 'warnings')
    good &= ours==(astropys, pints) and len(said)==(text=='J/mol/K')
ogip = units.Unit('J/mol K', format='ogip')
print('astropy, format ogip, J/mol K:', ogip)
sys.exit(not (good and ogip==units.J*units.K/units.mol and units.Unit('J/mol K')==units.J/(units.mol*units.K)))
EOS
cat > a.mjs <<'EOS'
import { equal, evaluate, unit, version } from 'mathjs'
let good = true
for (const [text, byUnit, byEvaluate] of [['8.314 J/mol K', '8.314 (J K) / mol', '8.314 J / (mol K)'], ['5 W/m^2 K', '5 (W K) / m^2', '5 W / (m^2 K)'], ['8.314 J/mol*K', '8.314 (J K) / mol', '8.314 (J K) / mol'],
  ['8.314 J/(mol K)', '8.314 J / (mol K)', '8.314 J / (mol K)']]) {
  const got = [unit(text).toString(), evaluate(text).toString()]
  console.log('mathjs', version, text.padEnd(16), 'unit():', got[0].padEnd(18), 'evaluate():', got[1])
  good &&= got[0]===byUnit && got[1]===byEvaluate
}
process.exit(good ? 0 : 1)
EOS
timeout 60 node a.mjs
