// What needs no engine: the language of a form, and text as a value.
export function languageFor(languages, lang) {
  const wanted = String(lang).toLowerCase();
  const code = (l) => (/\(([^()]+)\)\s*$/.exec(l.language)?.[1] ?? l.language).toLowerCase();
  const named = languages.filter((l) => !l.isSyntheticDefault);
  return (
    named.find((l) => code(l) === wanted) ??
    named.find((l) => wanted.startsWith('zh') && code(l).startsWith('zh')) ??
    named.find((l) => code(l).split('-')[0] === wanted.split('-')[0])
  );
}

// Text of an input as the engine wants it; undefined where it is no number, so that nothing wrong replaces what stood.
export function typed(valueType, text) {
  const value = text.normalize('NFKC').trim();
  if (value === '') return null;
  if (valueType === 'int') return /^[-+]?\d{1,9}$/.test(value) ? BigInt(value) : undefined;
  if (valueType === 'decimal') return /^[-+]?\d{1,15}(\.\d{1,9})?$/.test(value) ? Number(value) : undefined;
  if (valueType === 'time') return /^\d\d:\d\d$/.test(value) ? `${value}:00.000` : value;
  return valueType === 'string' || valueType === 'barcode' ? text : value;
}
