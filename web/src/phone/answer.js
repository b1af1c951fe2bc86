// The form's meaning, apart from its looks. Pure.
//
// A draft: {person, residence, status, temperature, symptoms, needs, result, note}; empty text means "not said yet".

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

// What still has to be said before the draft can be saved: names of fields, empty when it is whole.
export function missing(draft) {
  const bad = temperatureOk(draft.temperature) ? [] : ['temperature'];
  if (draft.result && draft.result !== 'visited') return bad;
  return [...['person', 'residence', 'status'].filter((k) => !draft[k]), ...bad];
}

export function temperatureOk(text) {
  if (String(text ?? '').trim() === '') return true;
  const value = Number(text);
  return Number.isFinite(value) && value >= 34 && value <= 43;
}

// Seen in person, at or in the dwelling, and asked: only this counts as verified.
export const isFull = (d) => d.person === 'seen' && ['inside', 'door'].includes(d.residence) && d.status === 'assessed';

// What goes to the server. Another result than a visit says "not seen" for what was not said: a gap is never sent as a fact.
export function toAnswer(draft, lead_id, observed_at) {
  const assessed = draft.status === 'assessed';
  return {
    lead_id,
    person: draft.person || 'not_seen',
    residence: draft.residence || 'not_seen',
    status: draft.status || 'not_assessed',
    temperature: assessed && String(draft.temperature).trim() !== '' ? Number(draft.temperature) : null,
    symptoms: assessed ? [...draft.symptoms] : [],
    needs: [...draft.needs],
    result: draft.result || 'visited',
    note: draft.note.trim(),
    observed_at,
  };
}

export const isBlank = (d) => JSON.stringify(d) === JSON.stringify(blank());
