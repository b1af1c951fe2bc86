// When something is due, in words. Pure: the present is an argument.
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export function dueWords(due, now, t) {
  if (!due) return t('due.none');
  const at = new Date(due);
  const left = at - now;
  if (left < 0) return t('due.late', { span: span(-left, t) });
  if (left < HOUR) return t('due.soon', { span: span(left, t) });
  const days = Math.round((midnight(at) - midnight(now)) / DAY);
  if (days === 0) return t('due.today', { time: clock(at) });
  if (days === 1) return t('due.tomorrow', { time: clock(at) });
  return t('due.on', { date: `${at.getMonth() + 1}-${at.getDate()}`, time: clock(at) });
}

export function span(ms, t) {
  if (ms >= 2 * DAY) return t('span.days', { n: Math.floor(ms / DAY) });
  if (ms >= HOUR) return t('span.hours', { n: Math.floor(ms / HOUR) });
  return t('span.minutes', { n: Math.max(1, Math.floor(ms / MINUTE)) });
}

export function stamp(value) {
  const at = new Date(value);
  const two = (n) => String(n).padStart(2, '0');
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${clock(at)}`;
}

const clock = (at) => `${String(at.getHours()).padStart(2, '0')}:${String(at.getMinutes()).padStart(2, '0')}`;
const midnight = (at) => new Date(at.getFullYear(), at.getMonth(), at.getDate());
