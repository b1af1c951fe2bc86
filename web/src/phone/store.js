// What the phone knows while it is open. Nothing about people goes to localStorage; drafts and the queue live with the tab.
import { reactive, shallowReactive } from 'vue';
import { toDraft } from './answer.js';
import { call, SignedOut, toLogin } from './api.js';
import { codeWord } from './i18n.js';
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
export const sending = shallowReactive({ waiting: 0, refused: [], answers: new Map(), tasks: new Set() });
export const now = () => new Date(Date.now() + state.skew);

// The word for a code of the form, as the server's form has it.
export const labelOf = (group, code) =>
  codeWord(group, state.me?.door?.[group]?.find((entry) => entry.code === code) ?? { code });

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
  sending.answers = new Map(q.waiting.filter((i) => i.kind === 'answer').map((i) => [i.body.lead_id, i.body]));
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

// Taken out of the queue to be shown where it can be mended: what the server refused of this lead or of this door's closing.
export function takeRefused(match) {
  const item = sending.refused.find(match);
  if (item) queue.drop(item.id);
  return item;
}

// A refused answer becomes a draft again.
export function mend(item) {
  const kind = item.path === 'answers' ? 'door' : 'recheck';
  saveDraft(kind, item.body.lead_id, toDraft(item.body));
  queue.drop(item.id);
  return kind;
}

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

// A door once opened stays in memory while the phone is open: it can be looked at again without a network.
const doors = new Map();

export async function readDoor(path) {
  try {
    doors.set(path, await read(path));
  } catch (error) {
    if (error.status !== undefined || !doors.has(path)) throw error;
  }
  return doors.get(path);
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
