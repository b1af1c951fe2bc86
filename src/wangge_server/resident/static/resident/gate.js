// A gate's page. Keys and the list of withdrawn passes come with the first load and are kept; passes stay in this page's memory for as
// long as they are on the screen. Nothing about a pass is stored, counted or sent.
import { readList, Refused, verify } from './gate_read.js';

const $ = (id) => document.getElementById(id);
const told = (id) => JSON.parse($(id).textContent);
const words = told('words');
const numbers = told('numbers');
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const SHAPES = { green: '●', yellow: '▲', red: '■', refused: '✕' };
let trusted = { keys: {}, marks: new Set(), until: 0 };
let ahead = 0; // the server's clock minus ours, as of the last contact
let window_ = null;

const now = () => Math.floor(Date.now() / 1000) + ahead;
const stamp = (seconds) => new Date(seconds * 1000).toLocaleString('sv', { timeZone: 'Asia/Shanghai' }).slice(0, 16);

async function renew() {
  try {
    const answer = await fetch('/gate/keys.json', { credentials: 'omit' });
    const said = await answer.json();
    const list = await readList(Uint8Array.from(atob(said.list), (c) => c.charCodeAt(0)), said.keys);
    // An answer from the store carries the instant it was made: only a fresh one may set the clock.
    if (!answer.headers.get('x-from-store')) ahead = said.now - Math.floor(Date.now() / 1000);
    trusted = { keys: said.keys, ...list };
    $('fresh').textContent = `${words.fresh} ${stamp(said.now)}`;
  } catch {
    $('fresh').textContent = words.E6079;
  }
  $('offline').hidden = navigator.onLine;
}

function newWord() {
  const picked = crypto.getRandomValues(new Uint8Array(6));
  window_ = { word: [...picked].map((b) => LETTERS[b & 31]).join(''), at: now(), seen: new Set() };
  $('word').textContent = window_.word;
}

function say(tone, title, lines) {
  const box = $('verdict');
  box.className = `wg-verdict is-${tone}`;
  box.replaceChildren();
  for (const [tag, text] of [['strong', `${SHAPES[tone]} ${title}`], ...lines.filter(Boolean).map((line) => ['span', line])]) {
    const part = document.createElement(tag);
    part.textContent = text;
    box.append(part);
  }
}

async function check(text) {
  try {
    const held = await verify(text.trim(), now(), trusted, numbers, $('ask').checked ? window_ : null);
    say(held.colour, words[held.colour], [
      held.colour === 'green' ? words.pass : words.lane,
      held.name,
      `${words[held.kind]} · ${words.until} ${stamp(held.until)}`,
      held.unproven ? words.unproven : '',
    ]);
  } catch (why) {
    const code = why instanceof Refused ? why.code : 'E6070';
    const [what, todo] = words[code].split(' -> ');
    say('refused', what, [todo, words.lane]);
  }
  $('code').value = '';
  $('code').focus();
}

$('form').addEventListener('submit', (event) => {
  event.preventDefault();
  check($('code').value);
});
$('ask').addEventListener('change', () => {
  $('asked').hidden = !$('ask').checked;
  if ($('ask').checked) newWord();
});
setInterval(() => $('ask').checked && newWord(), numbers.window * 1000);
setInterval(renew, 10 * 60 * 1000);
addEventListener('online', renew);
addEventListener('offline', () => {
  $('offline').hidden = false;
});

// A phone's own reader of codes, where the browser has one; a hand scanner types into the field everywhere.
if ('BarcodeDetector' in globalThis) {
  $('camera').hidden = false;
  $('camera').addEventListener('change', async () => {
    const picture = await createImageBitmap($('camera').files[0]);
    const found = await new BarcodeDetector({ formats: ['qr_code'] }).detect(picture);
    check(found[0]?.rawValue ?? '');
  });
}

await renew();
if ('serviceWorker' in navigator) {
  await navigator.serviceWorker.register('/gate/worker.js');
  await navigator.serviceWorker.ready;
  const store = await caches.open('gate');
  const mine = performance.getEntriesByType('resource').map((r) => r.name).filter((url) => url.startsWith(`${location.origin}/static/`));
  await store.addAll([...new Set([...mine, location.pathname, '/gate/keys.json'])]);
}
$('code').dataset.ready = 'yes';
