#!/bin/sh
# Run every finding, or those named, one after the other, each at most five minutes: `make findings`. --index prints findings/README.md
cd "$(dirname "$0")" || exit 1
title() { sed -n '/^# /{s/^# *//p;q;}' "$1"; }          # the first line of comment
if [ "${1:-}" = --index ]; then
    printf '# Findings\nEach script here shows one thing that a library, a format or a tool of this field does, and that nobody expected. It installs the packages it names into a folder of its own, runs them without `latexocr`, prints versions and what happened, and fails if that has changed. `make findings` runs all of them; `make test` none, for they fetch other projects from the network. This page is made by `sh findings/run.sh --index`.\n\n| script | what it shows |\n|---|---|\n'
    for f in *.sh; do [ "$f" = run.sh ] || printf '| [%s](%s) | %s |\n' "${f%.sh}" "$f" "$(title "$f")"; done
    exit 0
fi
failed=0
[ $# -gt 0 ] || set -- *.sh
for f in "$@"; do
    [ "$f" != run.sh ] || continue
    printf '== %s: %s\n' "$f" "$(title "$f")"
    timeout 300 sh "$f" || { echo "$f: not as it was written down, exit code $?"; failed=$((failed+1)); }
done
echo "$failed findings are not as they were written down"
[ "$failed" = 0 ]
