// Keeps the page for times without a connection, and isolates it, so that browsers let its reader use several threads
const VERSION = '@VERSION@', FILES = '@FILES@'.split(' '), NAME = `latexocr-read-${VERSION}`

self.addEventListener('install', e => e.waitUntil((async () => {
  const cache = await caches.open(NAME)
  await cache.addAll(FILES.map(o => new Request(o, {cache: 'no-cache'})))
  await self.skipWaiting()
})()))

self.addEventListener('activate', e => e.waitUntil((async () => {
  for (const o of await caches.keys()) if (o.startsWith('latexocr-read-') && o!==NAME) await caches.delete(o)
  await self.clients.claim()
})()))

/** The same answer, marked as safe to be isolated */
function isolated(answer) {
  const headers = new Headers(answer.headers)
  for (const [k, v] of [['Cross-Origin-Opener-Policy', 'same-origin'], ['Cross-Origin-Embedder-Policy', 'require-corp'], ['Cross-Origin-Resource-Policy', 'same-origin']]) headers.set(k, v)
  return new Response(answer.body, {status: answer.status, statusText: answer.statusText, headers})
}

self.addEventListener('fetch', e => {
  const url = new URL(e.request.url)
  if (e.request.method!=='GET' || url.origin!==location.origin) return
  e.respondWith((async () => {
    const kept = await (await caches.open(NAME)).match(e.request, {ignoreSearch: true})
    return isolated(kept ?? await fetch(e.request))
  })())
})
