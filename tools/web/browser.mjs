// Draws formulas in Chromium. A line of standard input is one page, {engine, output, scale, font, items: [{latex, size, ink, paper}, ...]};
// the line that answers it is {errors, letters, shots: [{png, boxes}, ...]}, or {error} where nothing could be drawn.
import puppeteer from 'puppeteer-core'
import { createInterface } from 'node:readline'

const [executablePath, userDataDir, ...flags] = process.argv.slice(2)
const MOST = 8000                   // device pixels: below some 16,000 a screenshot comes out wrong without an error
const WIDE = 1100                   // CSS pixels of a page's width

const browser = await puppeteer.launch({executablePath, userDataDir, pipe: true, headless: true, args: [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update',
  '--disable-sync', '--allow-file-access-from-files', '--host-resolver-rules=MAP * ~NOTFOUND', ...flags]})
const pages = new Map()

async function open({engine, output, scale, font}) {
  const name = `${engine} ${output} ${scale}`
  if (!pages.has(name)) {
    const page = await browser.newPage()
    const faults = []
    page.on('pageerror', e => faults.push(e.message))
    page.on('requestfailed', o => faults.push(`${o.url()}: ${o.failure()?.errorText}`))
    await page.setViewport({width: WIDE, height: 800, deviceScaleFactor: scale})
    await page.goto(new URL(`page.html?engine=${engine}&output=${output}&font=${encodeURIComponent(font || '')}`, import.meta.url).href)
    pages.set(name, {page, faults})
  }
  return pages.get(name)
}

async function answer(job) {
  const {page, faults} = await open(job)
  faults.length = 0
  await page.bringToFront()
  const {errors, letters} = await page.evaluate(items => draw(items), job.items)
  const shots = []
  for (let start = 0; start < job.items.length;) {
    const {stop, boxes, width, height} = await page.evaluate((start, most) => show(start, most), start, MOST / job.scale)
    start = stop
    if (!boxes.length) continue
    const clip = {x: 0, y: 0, width: Math.ceil(width) + 8, height: Math.ceil(height) + 8, scale: 1}
    const data = await page.screenshot({encoding: 'base64', clip, captureBeyondViewport: true, optimizeForSpeed: true})
    shots.push({png: data, boxes})
  }
  if (faults.length) throw new Error(faults[0])
  return {errors, letters, shots}
}

for await (const line of createInterface({input: process.stdin})) {
  let found
  try { found = await answer(JSON.parse(line)) } catch (e) { found = {error: String(e.message || e).split('\n')[0]} }
  if (!browser.connected) process.exit(1)
  process.stdout.write(JSON.stringify(found) + '\n')
}
await browser.close()
