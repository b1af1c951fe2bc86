// Calls to the server. Three ways a call fails are three classes: told why (Refused), no network (Offline), signed out.
export class Refused extends Error {
  constructor(status, { code = `HTTP ${status}`, text = '', where = '' } = {}) {
    super(text || code);
    Object.assign(this, { status, code, text, where });
  }
}
export class Offline extends Error {}
export class SignedOut extends Error {
  name = 'SignedOut';
}

const cookie = (name) => document.cookie.match(`(?:^|; )${name}=([^;]*)`)?.[1] ?? '';

export async function call(path, body) {
  const res = await reach(path, body);
  if (res.status === 401 || (res.redirected && res.url.includes('/login'))) throw new SignedOut();
  const data = await res.json().catch(() => null);
  if (res.status >= 500 || res.status === 429) throw new Offline(`HTTP ${res.status}`);
  // A bare 403 is the session's or a gateway's, no judgement of the answer: it waits.
  if (res.status === 403 && body !== undefined && !data?.code) throw new Offline('HTTP 403');
  // Some answer of the batch differs from what is stored under its id: each has its own result.
  if (res.status === 409 && Array.isArray(data?.results)) return data;
  if (!res.ok) throw new Refused(res.status, data ?? {});
  if (data === null) throw new Offline('no JSON');
  return data;
}

async function reach(path, body) {
  const options = {
    credentials: 'same-origin',
    headers: { Accept: 'application/json' },
    signal: AbortSignal.timeout(20_000),
  };
  if (body !== undefined) {
    options.method = 'POST';
    options.body = JSON.stringify(body);
    options.headers['Content-Type'] = 'application/json';
    options.headers['X-CSRFToken'] = cookie('csrftoken');
  }
  try {
    return await fetch(`/m/api/${path}`, options);
  } catch (error) {
    throw new Offline(String(error));
  }
}

export const toLogin = () => location.assign('/login/?next=/m/');
