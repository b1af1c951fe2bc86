// The form's meaning, apart from its looks. Pure. The rules come as data with the form (`door`), the same data the server
// checks by; the server's check is the one that counts.
//
// A draft: {person, residence, status, temperature, symptoms, needs, result, note}; empty text means "not said yet".

const LONG_NUMBER = /\d{17}[\dXx]|(?<!\d)1\d{10}(?!\d)|(?<!\d)\d{15}(?!\d)/;

export const blank = () => ({
  person: '',
  residence: '',
  status: '',
  temperature: '',
  symptoms: [],
  needs: [],
  result: '',
  note: '',
});

export const isBlank = (draft) => JSON.stringify(draft) === JSON.stringify(blank());

const isVisit = (draft) => !draft.result || draft.result === 'visited';
const rule = (draft, door) => door.result?.find((r) => r.code === (draft.result || 'visited')) ?? {};

// What may be said of the person under this result; all where the form does not say.
export const personOptions = (draft, door) =>
  door.person.filter((o) => !rule(draft, door).person || rule(draft, door).person.includes(o.code));

// What keeps the draft from being saved: names of fields, empty when it is whole.
export function missing(draft, door) {
  const must = isVisit(draft)
    ? ['person', 'residence', 'status']
    : ['person', 'residence', ...(rule(draft, door).needs ?? [])];
  const bad = must.filter((k) => !String(draft[k]).trim());
  if (!temperatureOk(draft.temperature)) bad.push('temperature');
  if (LONG_NUMBER.test(draft.note)) bad.push('note_number');
  if (isVisit(draft) && draft.person === 'seen' && draft.residence === 'not_seen') bad.push('residence');
  return bad;
}

export function temperatureOk(text) {
  if (String(text ?? '').trim() === '') return true;
  const value = Number(text);
  return Number.isFinite(value) && value >= 34 && value <= 43;
}

// One answer can rule another out: nobody seen, nothing asked; a result narrows what may be said of the person.
export function tidy(draft, door) {
  const allowed = personOptions(draft, door).map((o) => o.code);
  if (draft.person && !allowed.includes(draft.person)) draft.person = '';
  if (!draft.person && allowed.length === 1) [draft.person] = allowed;
  if (draft.person === 'not_seen' && draft.status === 'assessed') draft.status = 'not_assessed';
  return draft;
}

// "None" and a symptom exclude each other.
export function toggled(list, code) {
  if (list.includes(code)) return list.filter((c) => c !== code);
  return code === 'none' ? ['none'] : [...list.filter((c) => c !== 'none'), code];
}

// Seen in person, at or in the dwelling, and asked: only this counts as verified.
export const isFull = (d) =>
  isVisit(d) && d.person === 'seen' && ['inside', 'door'].includes(d.residence) && d.status === 'assessed';

// What this answer decides by itself, or "" where the lead stays open (a partial visit; nobody found so far).
export function ends(d, door) {
  if (isFull(d)) return 'full';
  if (isVisit(d)) return d.person === 'video' && d.status === 'assessed' ? 'video' : '';
  return rule(d, door).closes === 'attempts' ? '' : d.result;
}

// What goes to the server: nothing that was filled in and then taken back.
export function toAnswer(draft, lead_id, observed_at) {
  const assessed = isVisit(draft) && draft.status === 'assessed';
  return {
    lead_id,
    person: draft.person,
    residence: draft.residence,
    status: assessed ? 'assessed' : 'not_assessed',
    temperature: assessed && String(draft.temperature).trim() !== '' ? Number(draft.temperature) : null,
    symptoms: assessed ? [...draft.symptoms] : [],
    needs: isVisit(draft) ? [...draft.needs] : [],
    result: draft.result || 'visited',
    note: draft.note.trim(),
    observed_at,
  };
}

// Back from what was sent to a draft, so that a refused answer can be mended instead of typed again.
export const toDraft = (answer) => ({
  ...blank(),
  ...Object.fromEntries(Object.keys(blank()).map((k) => [k, answer[k] ?? blank()[k]])),
  temperature: answer.temperature == null ? '' : String(answer.temperature),
  result: answer.result === 'visited' ? '' : answer.result,
});
