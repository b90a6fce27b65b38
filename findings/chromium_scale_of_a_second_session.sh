#!/bin/sh
# A screenshot by a second DevTools session of the same page ignores the device scale factor, while devicePixelRatio says 2
# Guessed: Page.captureScreenshot through page.createCDPSession() is the same call that puppeteer's page.screenshot makes, without its detours.
# So: setViewport's scale belongs to puppeteer's own session. Another session of the same page gets 300 x 100 pixels where page.screenshot gets 600 x 200;
# the page itself says devicePixelRatio 2 to both. Pictures "at 2x" are then 1x, without an error.
set -e
chromium=$(command -v chromium || command -v chromium-browser || command -v google-chrome)
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
echo '{"private": true, "type": "module"}' > package.json
npm install --no-audit --no-fund --no-package-lock --ignore-scripts --loglevel=error puppeteer-core@24.43.1 >/dev/null
cat > show.mjs <<'EOF'
import puppeteer from 'puppeteer-core'
const browser = await puppeteer.launch({executablePath: process.argv[2], userDataDir: 'profile', pipe: true, args: ['--no-sandbox', '--disable-gpu',
  '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']})
console.log(await browser.version())
const page = await browser.newPage()
await page.setViewport({width: 800, height: 600, deviceScaleFactor: 2})
await page.goto('data:text/html,<p>x')
const size = data => [16, 20].map(o => Buffer.from(data, 'base64').readUInt32BE(o)).join(' x ')
const clip = {x: 0, y: 0, width: 300, height: 100}
const session = await page.createCDPSession()
const ratio = async () => (await session.send('Runtime.evaluate', {expression: 'devicePixelRatio'})).result.value
const before = await ratio()
const other = size((await session.send('Page.captureScreenshot', {format: 'png', clip: {...clip, scale: 1}})).data)
const after = await ratio()
const own = size(await page.screenshot({encoding: 'base64', clip}))
const last = await ratio()
console.log({before, other, after, own, last})
await browser.close()
process.exit(before === 2 && own === '600 x 200' && other === '300 x 100' ? 0 : 1)
EOF
node show.mjs "$chromium"
