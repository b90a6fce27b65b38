#!/bin/sh
# What the tests need beside Python: a TeX of the system's own, to compare with the one that comes from PyPI, with Times and Palatino and the packages of books; Ghostscript, which draws as im2latex did; and a Chromium, to open pages in.
# Installs them where that needs no question (root on Debian); elsewhere says what is missing and goes on.
missing=
command -v pdflatex >/dev/null 2>&1 || missing="$missing texlive-latex-base"
[ -n "$(kpsewhich utmr8a.pfb 2>/dev/null)" ] || missing="$missing texlive-fonts-recommended"
[ -n "$(kpsewhich mathtools.sty 2>/dev/null)" ] || missing="$missing texlive-latex-recommended"
[ -n "$(kpsewhich cancel.sty 2>/dev/null)" ] || missing="$missing texlive-latex-extra"
command -v gs >/dev/null 2>&1 || missing="$missing ghostscript"
command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1 || missing="$missing chromium"
[ -n "$missing" ] || exit 0
if [ "${SYSTEM:-}" = no ]; then
    echo "SYSTEM=no, so this machine is left as it is. Missing:$missing. Tests that need it are skipped, and named at the end."
    exit 0
fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    export DEBIAN_FRONTEND=noninteractive
    echo "The tests need what this machine lacks. apt is about to fetch:$missing (not wanted? Stop, and say: SYSTEM=no make test)"
    for package in $missing; do
        echo "Installing $package for the tests"
        { apt-get install -qq -y --no-install-recommends "$package" || { apt-get update -qq && apt-get install -qq -y --no-install-recommends "$package"; }; } >/dev/null 2>&1 ||
            echo "apt-get could not install $package: tests that need it are skipped, which counts as failed where CI=true" >&2
    done
else
    echo "Missing:$missing. Tests that need it are skipped (Debian and Ubuntu: sudo apt-get install$missing; macOS: brew install basictex, and any Chrome or Chromium)" >&2
fi
exit 0
