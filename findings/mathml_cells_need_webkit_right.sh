#!/bin/sh
# In Chromium a MathML cell is not moved by text-align: right or end, but by -webkit-right; without it a column that should end at one edge begins at the other
# Guessed: MathML Core leaves the alignment of <mtd> to CSS, so style="text-align:right" is how one writes what columnalign was.
# So: text-align: right, end and left all put a formula at the left edge; -webkit-right and -webkit-center move it.
set -e
chromium=$(command -v chromium || command -v chromium-browser || command -v google-chrome)
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
cat > page.html <<'EOF'
<!doctype html><meta charset="utf-8"><body><script>
const found = ['left', 'right', 'end', '-webkit-right', '-webkit-center'].map(how => {
  document.body.insertAdjacentHTML('beforeend', `<math><mtable><mtr><mtd style="text-align:${how}"><mn>1</mn></mtd></mtr><mtr><mtd><mn>1000000</mn></mtd></mtr></mtable></math>`)
  const [one, wide] = [...document.body.lastChild.querySelectorAll('mn')].map(o => o.getBoundingClientRect())
  return `${how}=${Math.round(100*(one.left-wide.left)/(wide.width-one.width))}`
})
document.title = 'FOUND ' + found.join(' ')
</script>
EOF
"$chromium" --version 2>/dev/null | tail -1
found=$(timeout 100 "$chromium" --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync \
    --user-data-dir="$work/profile" --dump-dom "file://$work/page.html" 2>/dev/null | sed -n 's/.*FOUND \([^<]*\)<.*/\1/p' | head -1)
echo "percent of the way from the left edge to the right: $found"
[ "$found" = 'left=0 right=0 end=0 -webkit-right=100 -webkit-center=50' ]
