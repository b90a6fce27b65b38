// The page of `latexocr app`, as an anywidget. The browser sends pictures and edited LaTeX as messages, Python answers in traits.
// Whatever is shown is set as text or as a picture, never as markup.

const make = (tag, props = {}, ...children) => {
  const o = Object.assign(document.createElement(tag), props)
  o.append(...children)
  return o
}
const MOST = 20e6                                                            // bytes of a picture
const percent = p => p>.995 && p<1 ? '> 99 %' : p<.005 ? '< 1 %' : `${Math.round(100*p)} %`
const image = (src, alt) => src ? [make('img', {src, alt})] : []
const larger = o => o.width = Math.max(o.naturalWidth, Math.min(360, 3*o.naturalWidth))   // a small picture is hard to compare

function render({model, el}) {
  const file = make('input', {type: 'file', id: 'latexocr-file', accept: 'image/*,application/pdf'})
  const intake = make('div', {className: 'intake'},
    make('p', {className: 'large', textContent: 'Paste a picture of a formula'}),
    make('p', {}, 'Ctrl+V or ⌘V · or drop one here · or ', make('label', {className: 'button', htmlFor: file.id, textContent: 'choose a file', tabIndex: 0}), file,
                  ' · or ', make('button', {className: 'link', textContent: 'take an example', onclick: () => ask({kind: 'example'})})))
  const status = make('p', {className: 'status'}); status.setAttribute('role', 'status')
  const given = make('div', {className: 'given'}), drawn = make('div', {className: 'drawn'})
  const text = make('textarea', {id: 'latexocr-text', rows: 3, spellcheck: false}); text.setAttribute('autocapitalize', 'off')
  const refused = make('p', {className: 'refused'})
  let forms = {}
  const formsNow = () => ({...(forms.latex?.text == text.value ? forms : {}), latex: {text: text.value}})   // what came for an older text is nothing
  const copy = copyMenu(formsNow)                                            // of page.copy.js, which stands before this
  const sure = make('span', {className: 'sure'}), meter = make('meter', {min: 0, max: 1, low: .5, high: .8, optimum: 1}), others = make('div', {className: 'others'})
  const stepper = make('iframe', {title: 'Where the model looked', className: 'stepper'})
  const result = make('div', {className: 'result', hidden: true},
    make('div', {className: 'pair'},
      make('figure', {}, given, make('figcaption', {textContent: 'your picture'})),
      make('figure', {}, drawn, make('figcaption', {textContent: 'the LaTeX below, drawn'}))),
    make('div', {className: 'bar'}, make('label', {htmlFor: text.id, textContent: 'LaTeX'}), make('span', {className: 'how'}, meter, sure), copy.menu, copy.button),
    text, refused, others, stepper)
  el.classList.add('latexocr')
  el.append(make('h1', {textContent: 'latexocr'}),
    make('p', {className: 'lead', textContent: 'A picture of a formula goes in, LaTeX comes out. Nothing leaves this computer.'}), intake, status, result)

  let id = 0, waiting = null
  const say = (line, kind = '') => { status.textContent = line; status.className = `status ${kind}` }
  function ask(message, buffers) {                                           // a new picture: what comes for an older one is ignored
    clearTimeout(waiting)
    waiting = setTimeout(() => say('No answer yet. Is `latexocr app` still running? If so, reload this page.', 'bad'), 60_000)
    result.hidden = true; stepper.hidden = true
    say('Reading…', 'busy')
    model.send({...message, id: ++id}, undefined, buffers)
  }
  async function take(o) {
    if (!o) return say('There is no picture in what you gave.', 'bad')
    if (o.size > MOST) return say(`${o.name} is too large: ${Math.round(o.size/1e6)} MB, and 20 are the most.`, 'bad')
    say('Reading…', 'busy')                                                  // at once: its bytes may take a moment
    try { ask({kind: 'picture', name: o.name}, [await o.arrayBuffer()]) }
    catch { say(`${o.name} cannot be read.`, 'bad') }
  }
  function write(latex) { text.value = latex; text.rows = Math.min(8, Math.max(2, Math.ceil(latex.length/70))) }

  function show() {
    const o = model.get('answer')
    if (o.id != id) return
    clearTimeout(waiting)
    if (o.trouble) return say(o.trouble, 'bad')
    say(o.remark || '', o.remark ? 'bad' : '')
    given.replaceChildren(...image(o.picture, 'the picture that was given'))
    given.querySelectorAll('img').forEach(o => o.onload = () => larger(o))
    write(o.latex)
    sure.textContent = `${percent(o.confidence)} sure`; meter.value = o.confidence
    others.replaceChildren(...o.alternatives.length<2 ? [] : [make('h2', {textContent: 'Other readings'}), ...o.alternatives.slice(1).map(a => make('button',
      {className: 'other', title: 'take this one', onclick: () => { write(a.latex); redraw() }},
      make('span', {className: 'percent', textContent: percent(a.confidence)}), ...image(a.drawn, ''), make('code', {textContent: a.latex})))])
    result.hidden = false
    drawn.replaceChildren(); redrawn(o)
  }
  function redrawn(o) {
    forms = o.forms || {}; copy.refresh()
    if (o.drawn) drawn.replaceChildren(...image(o.drawn, text.value))
    drawn.classList.toggle('stale', !o.drawn)
    drawn.querySelectorAll('img').forEach(o => o.onload = () => larger(o))
    refused.textContent = o.refused || ''
  }
  function redraw() { model.send({kind: 'draw', latex: text.value, id}) }
  function step() {
    const o = model.get('stepper')
    if (o.id == id && o.page) { stepper.hidden = false; stepper.srcdoc = o.page }
  }
  stepper.onload = () => {                                                   // as high as what it shows, also when that grows
    const inside = stepper.contentDocument?.documentElement
    if (!inside?.querySelector('body *')) return
    const fit = () => stepper.style.height = `${Math.ceil(inside.querySelector('body').getBoundingClientRect().height)+48}px`
    new stepper.contentWindow.ResizeObserver(fit).observe(inside.querySelector('body'))
    fit()
  }

  let soon = null
  text.oninput = () => { clearTimeout(soon); soon = setTimeout(redraw, 400) }
  file.onchange = () => { if (file.files.length) take(file.files[0]); file.value = '' }
  const label = intake.querySelector('label')
  label.onkeydown = e => { if (e.key=='Enter' || e.key==' ') { e.preventDefault(); file.click() } }

  const off = new AbortController(), on = (name, f) => document.addEventListener(name, f, {signal: off.signal})
  on('paste', e => {
    const o = [...e.clipboardData.files][0]
    if (!o && e.target==text) return                                         // text into the text
    e.preventDefault(); take(o)
  })
  on('dragover', e => { e.preventDefault(); intake.classList.add('over') })
  on('dragleave', e => { if (!e.relatedTarget) intake.classList.remove('over') })
  on('drop', e => { e.preventDefault(); intake.classList.remove('over'); take(e.dataTransfer.files[0]) })

  model.on('change:answer', show)
  model.on('change:redrawn', () => { if (model.get('redrawn').id==id && model.get('redrawn').latex==text.value) redrawn(model.get('redrawn')) })
  model.on('change:stepper', step)
  return () => off.abort()
}

export default {render}
