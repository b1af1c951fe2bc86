// UUID version 7 (RFC 9562): 48 bits of milliseconds, then a counter within the millisecond, then chance.
// Ids made on the phone sort by time, and a retry carries the same one.
let lastMs = -1;
let counter = 0;

export function uuid7(ms = Date.now()) {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  [lastMs, counter] = ms > lastMs ? [ms, (bytes[6] & 0x07) * 256 + bytes[7]] : [lastMs, counter + 1];
  // Twelve bits of counter are enough for 2 000 ids in a millisecond; past that the clock is pushed on.
  if (counter > 0xfff) [lastMs, counter] = [lastMs + 1, 0];
  for (let i = 0; i < 6; i++) bytes[i] = Math.floor(lastMs / 2 ** (8 * (5 - i))) % 256;
  bytes[6] = 0x70 | (counter >> 8);
  bytes[7] = counter & 0xff;
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  const hex = [...bytes].map((b) => b.toString(16).padStart(2, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
