// Copy as …: a menu of the languages that a formula can be copied in. It asks nobody: a page hands it the forms, an object of
// {latex: {text}, mathml: {text} or {refused: why}, …}. Every copy is two at once: what was chosen as plain text, for an editor,
// and MathML as HTML, for Word and what else takes rich text.

export const COPY_TARGETS = {latex: 'LaTeX', mathml: 'MathML', typst: 'Typst', sympy: 'SymPy', text: 'plain text', speech: 'spoken words'}
const COPY_KEY = 'latexocr-copy-as'

export function copyTarget() {                                               // the last choice, if this browser remembers
  try { const o = localStorage.getItem(COPY_KEY); return Object.hasOwn(COPY_TARGETS, o) ? o : 'latex' }
  catch { return 'latex' }
}
export async function copyFormula(forms, target) {                           // true if it is on the clipboard
  const plain = forms[target]?.text, mathml = forms.mathml?.text
  if (plain === undefined) return false
  const parts = {'text/plain': new Blob([plain], {type: 'text/plain'})}
  if (mathml) parts['text/html'] = new Blob([mathml], {type: 'text/html'})
  try { await navigator.clipboard.write([new ClipboardItem(parts)]); return true } catch {}
  const put = e => { e.preventDefault(); e.clipboardData.setData('text/plain', plain); if (mathml) e.clipboardData.setData('text/html', mathml) }
  document.addEventListener('copy', put, {once: true})                       // an older browser, or a page that may not write
  try { return document.execCommand('copy') } finally { document.removeEventListener('copy', put) }
}
export function copyMenu(formsNow) {                                         // formsNow(): the forms at the time of the click
  const menu = document.createElement('select'), button = document.createElement('button')
  menu.className = 'copy-as'; menu.setAttribute('aria-label', 'Copy as'); button.className = 'copy'; button.textContent = 'Copy'
  for (const [value, textContent] of Object.entries(COPY_TARGETS)) menu.append(Object.assign(document.createElement('option'), {value, textContent}))
  menu.value = copyTarget()
  menu.onchange = () => { try { localStorage.setItem(COPY_KEY, menu.value) } catch {} refresh() }
  function refresh() {                                                       // what the chosen language cannot hold, it says
    const why = formsNow()[menu.value]?.refused
    button.disabled = !!why; button.title = why || ''
  }
  button.onclick = async () => {
    button.textContent = await copyFormula(formsNow(), menu.value) ? 'Copied' : 'Not copied'
    setTimeout(() => button.textContent = 'Copy', 1500)
  }
  return {menu, button, refresh}
}

