#!/bin/sh
# latex2sympy2_extended, by which Hugging Face's math-verify reads LaTeX, adds numbers that stand side by side: (2)(3) is 5, 10(12) is 22, `\binom{4}{2}\binom{3}{1}` is 9, `4\left(\frac{1}{2}\right)` is 4½; and `12\,345` is 357, `12\,000` 0
# Guessed: side by side means times; only a whole number right before a bare fraction, 2\frac{1}{2}, may be a mixed number.
# So: whatever stands behind a whole number and is a number without a sign when it has been worked out, in brackets or not, is added as if it were the fraction of a mixed number; (-2)(3) is -5. Behind it a minus,
# a power or a letter, before it a decimal number or a fraction, and it is a product: 2(-3) is -6, 2(3)x is 6x, 2.5(4) is 10. So it is with groups of digits: `12\,345` is 357, and `12\,000`, for 0 isn't added, 0. math-verify marks 5 as right where the solution says (2)(3), and 6 as wrong.
# Products written by brackets are usual in worked solutions, by which models are trained and graded.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m pip install -q --no-compile --disable-pip-version-check --target lib math-verify==0.9.0 latex2sympy2_extended==1.11.0 sympy==1.14.0
PYTHONPATH=lib python3 - <<'PY'
import sys
from importlib.metadata import version
from latex2sympy2_extended import latex2sympy
from math_verify import parse, verify
print('latex2sympy2_extended', version('latex2sympy2_extended'), '· math-verify', version('math-verify'), '· sympy', version('sympy'))
good = True
for latex,wanted in [('(2)(3)','5'), ('10(12)','22'), ('6(5)(4)(3)','18'), (r'4\left(\frac{1}{2}\right)','9/2'), (r'\binom{4}{2}\binom{3}{1}','9'), (r'\frac{2(3)}{4}','5/4'), ('3(4)-2(1)','4'), ('(-2)(3)','-5'), ('7(8)=56','False'), (r'12\,345','357'), (r'12\,000','0'), (r'1\ 000','0'),
        ('2(-3)','-6'), ('2(3)x','6*x'), ('2.5(4)','10.0000000000000'), ('2(3)^2','18'), (r'2\cdot(3)','6'), (r'\left(\frac{1}{2}\right)\left(\frac{1}{3}\right)','1/6'), (r'2\frac{1}{2}','5/2')]:
    got = str(latex2sympy(latex).doit())
    print(f'{latex} is {got}')
    good &= got==wanted
marks = {(solution,answer): verify(parse(f'${solution}$'), parse(f'${answer}$')) for solution,answer in [('(2)(3)','6'), ('(2)(3)','5'), ('12(11)(10)','1320'), ('12(11)(10)','33'), (r'12\,000','12000'), (r'12\,000','0')]}
for (solution,answer),right in marks.items(): print(f'math-verify: the solution is {solution}, the answer {answer} is', 'right' if right else 'wrong')
sys.exit(not (good and list(marks.values())==[False,True]*3))
PY
