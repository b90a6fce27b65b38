#!/bin/sh
# The dot before crystal water, CuSO4.5H2O, is a decimal point for chempy, periodictable and chemparse: 5.5 atoms of oxygen, and Na2CO3.10H2O is the same as Na2CO3.1H2O; molmass reads 2H2O as heavy water, and "SO4 2-" as 42 atoms of oxygen
# Guessed: a reader of chemical formulas takes the dot as mhchem's \ce and every label on a bottle mean it, as "with so much water", or refuses it; and a number in front of a formula means so many of it.
# So: only molmass takes the dot for a dot. chempy has two dots for it (CuSO4..5H2O) or ·, and in its LaTeX one dot is an index 4.5; with · and half a molecule it fails, and chemparse passes over everything behind the ·.
# A number in front is for periodictable so many molecules, for molmass a mass number if such an isotope exists (2H2O weighs 20, 3He is helium-3, 2CO2 an error), for chemparse a formula without atoms. None of it is reported.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m pip install -q --no-compile --disable-pip-version-check --no-deps --target lib chemparse==0.3.2 molmass==2026.1.8 chempy==0.10.2 periodictable==2.1.0 pyparsing==3.3.3 numpy==2.4.6
PYTHONPATH=lib timeout 100 python3 - <<'EOS'
import sys
from importlib.metadata import version
import chemparse, molmass, periodictable
from chempy.util.parsing import formula_to_composition, formula_to_latex
print(*(f'{p} {version(p)}' for p in ('chemparse', 'molmass', 'chempy', 'periodictable')))
def atoms(package, formula):
    "How many atoms of H, of O and of all elements `package` finds"
    try:
        if package=='chemparse': found = chemparse.parse_formula(formula)
        elif package=='chempy':
            found = {periodictable.elements[z].symbol: n for z,n in formula_to_composition(formula).items() if z}  # 0 is the charge
        elif package=='molmass':
            found = {s: item.count for s,item in molmass.Formula(formula).composition().items() if s!="e-"}
        else: found = {str(element): n for element,n in periodictable.formula(formula).atoms.items()}
    except Exception as e: return f'{type(e).__name__}'
    return tuple(round(float(n), 3) for n in (found.get('H', 0), found.get('O', 0), sum(found.values())))
good = True
for formula,want in (
    ('CuSO4.5H2O',   dict(chempy=(2, 5.5, 9.5), periodictable=(2, 5.5, 9.5), chemparse=(2, 5.5, 9.5), molmass=(10, 9, 21))),
    ('CaSO4.2H2O',   dict(chempy=(2, 5.2, 9.2), periodictable=(2, 5.2, 9.2), chemparse=(2, 5.2, 9.2), molmass=(4, 6, 12))),
    ('Na2CO3.10H2O', dict(chempy=(2, 4.1, 9.1), periodictable=(2, 4.1, 9.1), chemparse=(2, 4.1, 9.1), molmass=(20, 13, 36))),
    ('Na2CO3.1H2O',  dict(chempy=(2, 4.1, 9.1), periodictable=(2, 4.1, 9.1), chemparse=(2, 4.1, 9.1))),
    ('CuSO4·5H2O',   dict(chempy=(10, 9, 21), chemparse=(0, 4, 6))),
    ('2H2O',         dict(molmass=(0, 1, 3), periodictable=(4, 2, 6), chemparse=(0, 0, 0))),
    ('SO4 2-',       dict(molmass=(0, 42, 43), chemparse=(0, 4, 5)))):
    got = {package: atoms(package, formula) for package in ('chempy', 'periodictable', 'chemparse', 'molmass')}
    print(formula.ljust(13), 'H, O, all:', '; '.join(f'{p} {n}' for p,n in got.items()))
    good &= all(got[p]==n for p,n in want.items())
latex,mass = formula_to_latex('CuSO4.5H2O'),molmass.Formula('2H2O').mass
print('chempy writes CuSO4.5H2O as', latex, '; molmass weighs 2H2O as', round(mass, 2), 'and H2O as', round(molmass.Formula('H2O').mass, 2))
sys.exit(not (good and latex=='CuSO_{4.5}H_{2}O' and 20<mass<20.1))
EOS
