// Keeps a gate's page, its scripts, the keys and the list of withdrawn passes, so that the page works without a network.
// The network comes first: a stored list is used only where none comes. It sees no pass; those never leave the page.
addEventListener('install', () => skipWaiting());
addEventListener('activate', (event) => event.waitUntil(clients.claim()));

addEventListener('fetch', (event) => {
  const { method, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (method !== 'GET' || origin !== location.origin || !/^\/(gate|static)\//.test(pathname)) return;
  event.respondWith(fresh(event.request, pathname));
});

async function fresh(request, pathname) {
  const store = await caches.open('gate');
  try {
    const answer = await fetch(request);
    if (answer.ok) await store.put(pathname, answer.clone());
    return answer;
  } catch (why) {
    const kept = await store.match(pathname);
    if (!kept) throw why;
    const headers = new Headers(kept.headers);
    headers.set('x-from-store', 'yes');
    return new Response(kept.body, { status: kept.status, headers });
  }
}
