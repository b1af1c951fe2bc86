// A clerk never leaves the keyboard: "/" to the filter; j, k and the arrows along the rows; Enter opens; Home and End;
// a button that names a key (data-hotkey) is pressed by it.
const STEP = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 };

export function bindKeys(doc) {
  doc.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.key === '/') return toFilter(doc, event);
    if (byHotkey(doc, event)) return;
    const table = event.target.closest('table[data-keys], .wg-table-wrap')?.closest('.wg-table-wrap') ?? null;
    if (table) alongRows(table, event);
  });
  doc.addEventListener('click', (event) => {
    const row = event.target.closest('tr[data-url]');
    if (row && !event.target.closest('a, button, input, select, summary') && !String(getSelection()))
      location.assign(row.dataset.url);
  });
}

const typing = (el) => el.closest?.('input, textarea, select, [contenteditable]');

function byHotkey(doc, event) {
  const button = [...doc.querySelectorAll('[data-hotkey]')].find((el) => el.dataset.hotkey === event.key.toLowerCase());
  if (!button || button.disabled || event.repeat) return false;
  event.preventDefault();
  button.click();
  return true;
}

function toFilter(doc, event) {
  const field = doc.querySelector('.wg-filter input:not([type=hidden]), .wg-filter select');
  if (!field) return;
  event.preventDefault();
  field.focus();
}

function alongRows(table, event) {
  const rows = [...table.querySelectorAll('tbody tr')];
  const now = rows.indexOf(event.target.closest('tr'));
  if (event.key === 'Enter' && rows[now]?.dataset.url && event.target.tagName === 'TR')
    return location.assign(rows[now].dataset.url);
  const next =
    event.key === 'Home' ? 0 : event.key === 'End' ? rows.length - 1 : STEP[event.key] ? now + STEP[event.key] : null;
  if (next === null || !rows[next]) return;
  event.preventDefault();
  rows[next].tabIndex = -1;
  rows[next].focus();
}
