#!/bin/sh
# The pictures that a release is measured on, for `latexocr evaluate` and `tools/bench/sources.py`:
#
#     sh tools/release/sets.sh FORMULAS PICTURES OUT
#
# FORMULAS holds im2latex_val.txt.xz and im2latex_test.txt.xz, PICTURES holds im2latex_val.tar. OUT receives test (formulas drawn by us), real (pictures
# drawn by others) and web (validation formulas on web pages and slides, in typefaces for training and for testing only).
set -eu
formulas=$(cd "$1" && pwd) pictures=$(cd "$2" && pwd)
mkdir -p "$3"
out=$(cd "$3" && pwd)
cd "$(dirname "$0")/../.."
python=.venv/bin/python
printf '[data]\ntrain = "none.txt"\nval = "none.txt"\ntest = "im2latex_test.txt.xz"\nengine = "system"\n[vocab]\nmin_count = 1\n' > "$out/test.toml"
mkdir -p "$out/formulas"
cp "$formulas/im2latex_test.txt.xz" "$out/formulas/"; echo x > "$out/formulas/none.txt"
.venv/bin/latexocr build --config "$out/test.toml" --data "$out/formulas" --out "$out/test" --quiet || [ $? = 1 ]         # 1: some could not be parsed
$python tools/release/real.py "$pictures/im2latex_val.tar" "$formulas/im2latex_val.txt.xz" --out "$out/real"
$python tools/data/draw_web.py "$formulas/im2latex_val.txt.xz" --out "$out/web" --n 70 --seed 0 --test --each \
    katex/katex/16/1/white katex/katex/20/1.5/white katex/katex/16/2/white katex/katex/20/2/github-dark \
    mathjax/mathjax-newcm/16/1/white mathjax/mathjax-newcm/20/1.5/white mathjax/mathjax-newcm/16/2/white mathjax/mathjax-newcm/20/2/github-dark \
    mathjax/mathjax-stix2/16/2/white mathjax/mathjax-termes/16/2/white \
    mathml/mathml-xits/16/2/white mathml/mathml-concrete/16/2/white mathml/mathml-fira/16/2/white mathml/mathml-garamond/16/2/white \
    mathtext/dejavusans/14/1.5/white mathtext/dejavuserif/14/1.5/white mathtext/stix/14/1.5/white mathtext/stixsans/14/1.5/white
