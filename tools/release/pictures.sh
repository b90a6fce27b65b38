#!/bin/sh
# All that a release is trained on, but the dataset itself: formulas of public textbooks, those that the grammar writes, and tables of pictures drawn as
# published and as on web pages (a quarter of an hour on two cores). What is there already is not made again; another SEED gives other web pages.
#
#     sh tools/release/pictures.sh FORMULAS CHECKOUTS OUT [SEED]
#
# FORMULAS holds the files that the README of the shared corpus lists, CHECKOUTS the repositories of `python tools/data/corpus --list`. OUT receives corpus
# (formula files, held_out.txt.xz) and pictures; a config such as latexocr/configs/19_less_roughened.toml names both.
set -eu
formulas=$(cd "$1" && pwd) checkouts=$(cd "$2" && pwd) seed=${4:-0}
mkdir -p "$3/pictures"
out=$(cd "$3" && pwd)
cd "$(dirname "$0")/../.."
python=$(pwd)/.venv/bin/python
tested="$formulas/im2latex_val.txt.xz $formulas/im2latex_test.txt.xz"
named() { for o in "$@"; do echo "$formulas/$o.txt.xz"; done; }
if [ ! -e "$out/corpus/held_out.txt.xz" ]; then
    $python tools/data/corpus --checkouts "$checkouts" --out "$out/corpus" --exclude $tested
    $python tools/data/corpus/write.py --out "$out/corpus" --corpus $(named hepth2003_display im2latex_train_part napkin stacks) --exclude $tested \
        --formulas 12000 --rare 28000 --pairs 14000 --more-pairs 18000 --of '\boldsymbol' '\iint' '\subsetneq' '\breve' '\bar' '\mathbf' '\lceil' \
        --tables 6000 --long 2500 --spaces 30000 --bold 8500 --small 7000 --every 12
fi
published() { $python tools/data/draw_published.py "$@" --out "$out/pictures/published"; }
(   published $(named im2latex_train_part hepth2003_rows)
    published $(named hepth2003_multi) "$out/corpus/train/spaces.txt.xz" --limit 16384 ) & others=$!
published $(named hepth2003_display) --limit 20480
if [ ! -e "$out/pictures/letters" ]; then                       # whole or not at all
    $python tools/data/draw_letters.py "$out/corpus/letters.txt.xz" --sizes 8 --out "$out/pictures/letters.part"
    mv "$out/pictures/letters.part" "$out/pictures/letters"
fi
wait $others                                                     # fails if they have failed
$python tools/data/draw_web.py "$out"/corpus/train/*.txt.xz $(named hepth2003_display hepth2003_rows pix2tex_mix pix2tex_wikipedia planetmath11 stacks) --most 2500 \
    --n 20000 --seed "$seed" --exclude $tested "$out/corpus/held_out.txt.xz" "$out"/corpus/test/*.txt.xz --mix katex=26 mathjax=20 mathtext=6 mathml=6 \
    --out "$out/pictures/web-$seed"
