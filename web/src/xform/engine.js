// A form of any department, run by ODK's own engine: the same XForm, the same rules as in ODK Collect.
import { loadForm } from '@getodk/xforms-engine';
import { reactive } from 'vue';
import { languageFor } from './typed.js';

export class FormRefused extends Error {}

// xml: the XForm's text. media: where the files it names lie. -> { form, root }
export async function open(xml, { media = '', lang = '', user = '', device = '' } = {}) {
  const form = await loadForm(xml, {
    fetchFormAttachment: (url) => fetch(media + encodeURIComponent(fileName(url)), { credentials: 'same-origin' }),
    missingResourceBehavior: 'BLANK',
  });
  if (form.status === 'failure') throw new FormRefused(form.error?.message ?? 'unreadable');
  const { root } = form.createInstance({
    stateFactory: reactive,
    preloadProperties: { username: user, deviceID: device },
  });
  speak(root, lang);
  return { form, root };
}

const fileName = (url) => String(url.href ?? url).replace(/.*\//, '');

// The page's language where the form has it: by the code in brackets (`简体中文 (zh-Hans)`), else the form's own default.
export function speak(root, lang) {
  const found = languageFor(root.languages, lang);
  if (found) root.setLanguage(found);
}

// What is sent: one XML and the files it names. -> { id, xml, files, body }
export async function payload(root) {
  const made = await root.prepareInstancePayload({ payloadType: 'monolithic' });
  const body = made.data[0];
  const xml = await body.get('xml_submission_file').text();
  const files = [...body.entries()].filter(([name]) => name !== 'xml_submission_file');
  return { id: /<(?:\w+:)?instanceID>([^<]+)</.exec(xml)?.[1] ?? '', xml, files, body };
}

// Every answer that must be mended, in the order of the page. mistyped: node id -> { condition }. -> [{ node, condition, text }]
export function faults(root, mistyped = new Map()) {
  const wrong = new Map(root.validationState.violations.map((v) => [v.nodeId, v.violation]));
  const found = [];
  walk(root, (node) => {
    const one = mistyped.get(node.nodeId) ?? wrong.get(node.nodeId);
    if (one) found.push({ node, condition: one.condition, text: one.message?.asString ?? '' });
  });
  return found;
}

function walk(node, visit) {
  visit(node);
  for (const child of node.currentState.children ?? []) walk(child, visit);
}
