// What the phone knows while it is open. Nothing about people goes to localStorage; drafts and the queue live with the tab.
import { reactive, shallowReactive } from 'vue';
import { call, SignedOut, toLogin } from './api.js';
import { Queue } from './queue.js';
import { uuid7 } from './uuid7.js';

export const state = reactive({
  me: null,
  today: null,
  rechecks: null,
  online: navigator.onLine,
  wired: navigator.onLine,
  skew: 0,
  synced_at: null,
});
export const sending = shallowReactive({ waiting: 0, refused: [], leads: new Set(), tasks: new Set() });
export const now = () => new Date(Date.now() + state.skew);

// -- drafts: what is on the form now, by lead
const draftKey = (kind, lead) => `wg-draft-${kind}-${lead}`;
export const loadDraft = (kind, lead) => JSON.parse(sessionStorage.getItem(draftKey(kind, lead)) ?? 'null');
export const saveDraft = (kind, lead, draft) => sessionStorage.setItem(draftKey(kind, lead), JSON.stringify(draft));
export const dropDraft = (kind, lead) => sessionStorage.removeItem(draftKey(kind, lead));

// -- the queue: an in-tab shelf now; an encrypted store on the phone comes with offline work
let owner = '';
const shelf = {
  load: () => JSON.parse(sessionStorage.getItem(`wg-queue-${owner}`) ?? '[]'),
  save: (items) => sessionStorage.setItem(`wg-queue-${owner}`, JSON.stringify(items)),
};

async function send(kind, path, items) {
  if (kind === 'close') {
    await call(path, {});
    return [{ id: items[0].id, state: 'accepted' }];
  }
  return (await call(path, { answers: items.map((i) => i.body) })).results;
}

let queue = null;

function show(q) {
  sending.waiting = q.waiting.length;
  sending.refused = q.refused.map((i) => ({ ...i }));
  sending.leads = new Set(q.waiting.filter((i) => i.kind === 'answer').map((i) => i.body.lead_id));
  sending.tasks = new Set(q.waiting.filter((i) => i.kind === 'close').map((i) => i.task));
}

export async function flush() {
  if (!queue) return 'offline';
  const how = await queue.flush();
  if (how === 'signed_out') toLogin();
  if (how === 'sent') state.synced_at = now();
  state.online = how !== 'offline' && navigator.onLine;
  return how;
}

export function answer(path, task, body) {
  const id = uuid7();
  queue.add({ id, kind: 'answer', path, task, body: { id, ...body } });
  return flush();
}

export function close(task) {
  queue.add({ id: uuid7(), kind: 'close', path: `tasks/${task}/close`, task });
  return flush();
}

export const settle = (id) => queue.drop(id);
export const isClosedRefused = (task) => queue?.refused.some((i) => i.kind === 'close' && i.task === task);

// -- reading
export async function read(path) {
  try {
    const data = await call(path);
    state.online = true;
    return data;
  } catch (error) {
    if (error instanceof SignedOut) toLogin();
    if (error.status === undefined) state.online = false;
    throw error;
  }
}

export async function start() {
  const me = await read('me');
  state.skew = me.server_time ? new Date(me.server_time) - Date.now() : 0;
  state.me = me;
  owner = `${me.name}/${me.unit}`;
  queue = new Queue({ send, shelf, changed: show });
  show(queue);
  flush();
}

export async function refreshToday() {
  state.today = await read('today');
  state.synced_at = now();
}

export async function refreshRechecks() {
  state.rechecks = await read('rechecks');
  state.synced_at = now();
}

// -- when to try again: network back, page in front again, every half minute while something waits
addEventListener('online', () => {
  state.wired = true;
  flush();
});
addEventListener('offline', () => {
  state.online = state.wired = false;
});
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) flush();
});
setInterval(() => sending.waiting && flush(), 30_000);
addEventListener('beforeunload', (event) => {
  if (sending.waiting) event.preventDefault();
});
