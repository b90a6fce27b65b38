// Pages of a PDF as pictures, drawn by pdf.js: fetched only when a PDF comes
import * as pdf from './pdf/pdf.min.mjs'

const DPI = 200, MOST = 50e6       // as latexocr.predict draws them; pixels
pdf.GlobalWorkerOptions.workerSrc = new URL('./pdf/pdf.worker.min.mjs', import.meta.url).href

/** @param {ArrayBuffer} data @returns {Promise<{pages:number, draw:(number:number) => Promise<Blob>, destroy:() => void}>} errors say what is wrong, after the file's name */
export async function open(data) {
  const task = pdf.getDocument({data, isEvalSupported: false, useWorkerFetch: false, useWasm: false, enableXfa: false, stopAtErrors: false, verbosity: 0})
  let doc
  try { doc = await task.promise } catch (e) {
    task.destroy()
    throw new Error(e?.name==='PasswordException' ? 'is locked by a password: open it, and take a screenshot of the formula.' : 'is a PDF that cannot be read: it is damaged.')
  }
  return {pages: doc.numPages, draw: number => draw(doc, number), destroy: () => { task.destroy() }}
}

async function draw(doc, number) {
  const page = await doc.getPage(number), viewport = page.getViewport({scale: DPI/72}), [width, height] = [viewport.width, viewport.height].map(Math.ceil)
  if (!(width*height>0 && width*height<=MOST)) throw new Error(`is too large: ${width}×${height} pixels.`)
  const canvas = Object.assign(document.createElement('canvas'), {width, height})
  try { await page.render({canvas, viewport, background: 'white', annotationMode: 0}).promise }
  catch { throw new Error('has a page that cannot be drawn: it is damaged.') }
  finally { page.cleanup() }
  return new Promise((done, failed) => canvas.toBlob(o => o ? done(o) : failed(new Error('is too large for this browser.')), 'image/png'))
}
