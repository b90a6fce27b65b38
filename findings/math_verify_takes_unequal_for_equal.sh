#!/bin/sh
# math-verify, made to grade answers in LaTeX, takes f'(x) for f(x), 0.333… (a bar over the 3) for 0, `\lg 100` for 100 and `10\bmod 3` for 3
# Guessed: a grader that can't read a sign fails to parse, so that the answer counts as wrong; what it finds equal is equal.
# So: signs are dropped and the rest is compared. A prime, the bar of a period, the name \lg and what stands before \bmod go without a word; degrees are
# radians (`\sin 30^\circ` is sin 30, not 1/2), 3!! is (3!)! = 720 and not 3, and 1{,}5, a decimal number in much of Europe, is the set {1, 5}.
set -e
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m pip install -q --disable-pip-version-check --target packages math-verify==0.9.0 latex2sympy2_extended==1.11.0 sympy==1.14.0
PYTHONPATH=packages python3 - <<'EOF'
from importlib.metadata import version
from math_verify import parse, verify
print('math-verify', version('math-verify'), 'latex2sympy2_extended', version('latex2sympy2_extended'))
same = lambda a, b: verify(parse(f'${a}$'), parse(f'${b}$'))
found = {(a, b): same(a, b) for a,b in [(r"f'(x)", 'f(x)'), (r'0.\overline{3}', '0'), (r'\lg 100', '100'), (r'10\bmod 3', '3'), ('3!!', '720'), ('1{,}5', r'\{1,5\}'),
    (r'0.\overline{3}', r'\frac{1}{3}'), (r'10\bmod 3', '1'), (r'\sin 30^\circ', r'\frac{1}{2}'), (r'\log 100', '2'), (r'3\frac12', r'\frac72')]}
for (a,b),o in found.items(): print(f'{a:18} {"the same as" if o else "unlike":12} {b}')
raise SystemExit([*found.values()]!=[True]*6+[False]*3+[True]*2)
EOF
