// A pass, read and checked in the browser, the same rules in the same order as wangge/risk/pass_code.py. Sends nothing, keeps nothing.
// Reads of CBOR (RFC 8949) only what a pass holds: whole numbers, bytes, text, lists, maps, tags. Anything else is no pass.

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';
const ISS = 1, EXP = 4, NBF = 5, CTI = 7, NONCE = 10, SAID = -70001, MARKS = -70002;

export class Refused extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

export function base45(text) {
  if (text.length % 3 === 1) throw new Refused('E6070');
  const out = [];
  for (let i = 0; i < text.length; i += 3) {
    const digits = [...text.slice(i, i + 3)].map((c) => ALPHABET.indexOf(c));
    const size = digits.length - 1;
    const number = digits.reduce((sum, digit, place) => sum + digit * 45 ** place, 0);
    if (digits.includes(-1) || number >= 256 ** size) throw new Refused('E6070');
    for (let place = size - 1; place >= 0; place -= 1) out.push((number >> (8 * place)) & 255);
  }
  return Uint8Array.from(out);
}

export function cbor(bytes) {
  let at = 0;
  const need = (n) => {
    if (at + n > bytes.length) throw new Refused('E6070');
    const part = bytes.slice(at, at + n);
    at += n;
    return part;
  };
  const size = (low) => {
    if (low < 24) return low;
    if (low > 27) throw new Refused('E6070');
    return need(2 ** (low - 24)).reduce((sum, byte) => sum * 256 + byte, 0);
  };
  const item = (depth) => {
    const head = need(1)[0];
    const kind = head >> 5;
    const n = size(head & 31);
    if (depth > 6 || kind > 6 || (kind > 1 && kind < 6 && n > bytes.length)) throw new Refused('E6070');
    if (kind === 0) return n;
    if (kind === 1) return -1 - n;
    if (kind === 2) return need(n);
    if (kind === 3) return new TextDecoder('utf-8', { fatal: true }).decode(need(n));
    if (kind === 4) return Array.from({ length: n }, () => item(depth + 1));
    if (kind === 6) return { tag: n, value: item(depth + 1) };
    return new Map(Array.from({ length: n }, () => [item(depth + 1), item(depth + 1)]));
  };
  try {
    const found = item(0);
    if (at !== bytes.length) throw new Refused('E6070');
    return found;
  } catch {
    throw new Refused('E6070'); // whatever a stranger's bytes do to the reader, the answer is the same
  }
}

const hex = (bytes) => [...bytes].map((b) => b.toString(16).padStart(2, '0')).join('');
const unhex = (text) => Uint8Array.from(text.match(/../g).map((b) => Number.parseInt(b, 16)));
const bstr = (b) => (b.length < 24 ? [0x40 + b.length, ...b] : b.length < 256 ? [0x58, b.length, ...b] : b.length < 65536
  ? [0x59, b.length >> 8, b.length & 255, ...b] : [0x5a, 0, b.length >> 16, (b.length >> 8) & 255, b.length & 255, ...b]);

// The payload of a COSE_Sign1 (RFC 9052) by one of the keys: { hex key id: hex public key }.
export async function unseal(bytes, keys) {
  const sign1 = cbor(bytes);
  const [head, open, payload, signature] = Array.isArray(sign1.value) ? sign1.value : [];
  const shaped = sign1.tag === 18 && head instanceof Uint8Array && open instanceof Map && open.size === 0 &&
    payload instanceof Uint8Array && signature instanceof Uint8Array && signature.length === 64;
  const said = shaped ? cbor(head) : null;
  if (!(said instanceof Map) || said.get(1) !== -8 || !(said.get(4) instanceof Uint8Array)) throw new Refused('E6070');
  const key = keys[hex(said.get(4))];
  if (!key) throw new Refused('E6073');
  const words = Uint8Array.from([0x84, 0x6a, ...new TextEncoder().encode('Signature1'), ...bstr(head), 0x40, ...bstr(payload)]);
  const known = await crypto.subtle.importKey('raw', unhex(key), 'Ed25519', false, ['verify']);
  if (!(await crypto.subtle.verify('Ed25519', known, signature, words))) throw new Refused('E6072');
  return cbor(payload);
}

// The signed list of withdrawn passes -> { marks: Set of hex, until }.
export async function readList(bytes, keys) {
  const claims = await unseal(bytes, keys);
  const joined = claims instanceof Map ? claims.get(MARKS) : null;
  if (!(joined instanceof Uint8Array) || joined.length % 8) throw new Refused('E6070');
  const marks = new Set();
  for (let i = 0; i < joined.length; i += 8) marks.add(hex(joined.slice(i, i + 8)));
  return { marks, until: claims.get(EXP) };
}

// Does this code hold, now, here? trusted: { keys, marks, until }; numbers: from the page; window: { word, at, seen } or null.
export async function verify(text, now, trusted, numbers, window = null) {
  if (text.length > numbers.most) throw new Refused('E6071');
  if (!text.startsWith('WG1:')) throw new Refused('E6070');
  const held = readClaims(await unseal(base45(text.slice(4)), trusted.keys), numbers);
  if (now < held.from) throw new Refused('E6075');
  if (now >= held.until) throw new Refused('E6074');
  if (now >= trusted.until) throw new Refused('E6079');
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', held.id));
  if (trusted.marks.has(hex(digest.slice(0, 8)))) throw new Refused('E6076');
  if (!window || held.kind === 'paper') return { ...held, unproven: true };
  if (held.word !== window.word || now < window.at || now >= window.at + numbers.window) throw new Refused('E6078');
  if (window.seen.has(hex(held.id))) throw new Refused('E6077');
  window.seen.add(hex(held.id));
  return { ...held, unproven: false };
}

function readClaims(claims, numbers) {
  const said = claims instanceof Map ? claims.get(SAID) : null;
  const named = (table, n) => Object.keys(table).find((name) => table[name] === n);
  if (!(said instanceof Map) || !(claims.get(CTI) instanceof Uint8Array)) throw new Refused('E6070');
  const held = {
    id: claims.get(CTI), issuer: claims.get(ISS), from: claims.get(NBF), until: claims.get(EXP), word: claims.get(NONCE) ?? '',
    colour: named(numbers.colour, said.get(1)), kind: named(numbers.kind, said.get(2)), name: said.get(3) ?? '',
  };
  const lasts = held.until - held.from;
  if (!held.colour || !held.kind || !(lasts > 0 && lasts <= numbers.hours * 3600)) throw new Refused('E6070');
  return held;
}
