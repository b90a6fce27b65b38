#!/bin/sh
# A TeX of the system's own, for the tests that compare it with the one that comes from PyPI.
# Installs it where that needs no question (root on Debian); elsewhere says what is missing and goes on.
package=texlive-latex-base
if command -v pdflatex >/dev/null 2>&1; then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "No TeX on the PATH: installing $package"
    export DEBIAN_FRONTEND=noninteractive
    { apt-get install -qq -y --no-install-recommends $package || { apt-get update -qq && apt-get install -qq -y --no-install-recommends $package; }; } >/dev/null 2>&1 ||
        echo "apt-get could not install $package: tests that need a system TeX are skipped" >&2
else
    echo "No TeX on the PATH: tests that need one are skipped (Debian and Ubuntu: sudo apt-get install $package; macOS: brew install basictex)" >&2
fi
exit 0
