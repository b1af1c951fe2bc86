// Mounts a form where a page has a place for one:
//   <div data-form="/address/of.xml" data-media="/files/" data-lang="zh-Hans" data-preview>
//   <div data-form="…" data-send="/where/it/goes/" data-with="#door">  fields under #door go along; once it is taken, the
//   page opens what the answer names as `next`
import { createApp } from 'vue';
import FormView from './FormView.vue';
import './xform.css';

const cookie = (name) => document.cookie.match(`(?:^|; )${name}=([^;]*)`)?.[1] ?? '';

export function mount(el) {
  const { form, media, lang, send } = el.dataset;
  createApp(FormView, {
    source: form,
    media,
    lang: lang || document.documentElement.lang,
    isPreview: 'preview' in el.dataset,
    send: send ? (made) => post(send, made, el) : null,
  }).mount(el);
}

// -> the text of a refusal; nothing where it was taken, for then the page goes on.
async function post(where, made, el) {
  for (const field of el.dataset.with ? document.querySelectorAll(`${el.dataset.with} [name]`) : [])
    made.body.append(field.name, field.value);
  const answer = await fetch(where, {
    method: 'POST',
    credentials: 'same-origin',
    headers: { 'X-CSRFToken': el.dataset.csrf || cookie('csrftoken'), Accept: 'application/json' },
    body: made.body,
  });
  const said = await answer.json().catch(() => ({}));
  if (answer.ok && said.next) return location.assign(said.next);
  if (answer.ok) return undefined;
  if (!said.text) throw new Error(`HTTP ${answer.status}`);
  return said.code ? `${said.code} ${said.text}` : said.text;
}

for (const el of document.querySelectorAll('[data-form]:not([data-mounted])')) {
  el.dataset.mounted = 'yes';
  mount(el);
}
