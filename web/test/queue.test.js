import { describe, expect, it } from 'vitest';
import { Queue } from '../src/phone/queue.js';

const answer = (id, task = 't1') => ({ id, kind: 'answer', path: 'answers', task, body: { id } });
const close = (id, task = 't1') => ({ id, kind: 'close', path: `tasks/${task}/close`, task });
const memory = (items = []) => {
  const shelf = {
    items,
    load: () => structuredClone(shelf.items),
    save: (now) => {
      shelf.items = structuredClone(now);
    },
  };
  return shelf;
};
const accept = (items) => items.map((i) => ({ id: i.id, state: 'accepted' }));

function recorder(reply = (_kind, _path, items) => accept(items)) {
  const calls = [];
  const send = async (kind, path, items) => {
    calls.push({ kind, path, ids: items.map((i) => i.id) });
    return reply(kind, path, items, calls.length);
  };
  return { calls, send };
}

describe('queue', () => {
  it('sends oldest first and empties', async () => {
    const { calls, send } = recorder();
    const q = new Queue({ send, shelf: memory() });
    q.add(answer('a'));
    q.add(answer('b'));
    expect(await q.flush()).toBe('sent');
    expect(calls).toEqual([{ kind: 'answer', path: 'answers', ids: ['a', 'b'] }]);
    expect(q.items).toEqual([]);
  });

  it('keeps everything when the network fails and retries with the same ids', async () => {
    const { calls, send } = recorder((_k, _p, items, n) => {
      if (n === 1) throw new Error('no network');
      return accept(items);
    });
    const q = new Queue({ send, shelf: memory() });
    q.add(answer('a'));
    expect(await q.flush()).toBe('offline');
    expect(q.waiting.map((i) => [i.id, i.tries])).toEqual([['a', 1]]);
    expect(await q.flush()).toBe('sent');
    expect(calls.map((c) => c.ids)).toEqual([['a'], ['a']]);
  });

  it('takes "same" as sent: the first answer arrived and only its receipt was lost', async () => {
    const { send } = recorder((_k, _p, items) => items.map((i) => ({ id: i.id, state: 'same' })));
    const q = new Queue({ send, shelf: memory() });
    q.add(answer('a'));
    await q.flush();
    expect(q.items).toEqual([]);
  });

  it('keeps a refusal in sight, does not send it again, and sends the others', async () => {
    const { calls, send } = recorder((_k, _p, items) =>
      items.map((i) =>
        i.id === 'bad'
          ? { id: 'bad', state: 'conflict', code: 'E7005', text: 'differs' }
          : { id: i.id, state: 'accepted' },
      ),
    );
    const q = new Queue({ send, shelf: memory() });
    q.add(answer('bad'));
    q.add(answer('good'));
    await q.flush();
    await q.flush();
    expect(calls).toHaveLength(1);
    expect(q.refused.map((i) => [i.id, i.code, i.text])).toEqual([['bad', 'E7005', 'differs']]);
    q.drop('bad');
    expect(q.items).toEqual([]);
  });

  it('never takes silence for a receipt: an answer without a result is not dropped', async () => {
    const { send } = recorder(() => []);
    const q = new Queue({ send, shelf: memory() });
    q.add(answer('a'));
    await q.flush();
    expect(q.refused.map((i) => i.id)).toEqual(['a']);
  });

  it('closes a door only after its answers are gone', async () => {
    const { calls, send } = recorder();
    const q = new Queue({ send, shelf: memory() });
    q.add(answer('a'));
    q.add(close('c'));
    q.add(answer('b', 't2'));
    await q.flush();
    expect(calls.map((c) => c.kind)).toEqual(['answer', 'close']);
    expect(calls[0].ids).toEqual(['a', 'b']);
  });

  it('shows the number and text of a refused closing', async () => {
    const { send } = recorder(() => {
      throw Object.assign(new Error(), { status: 409, code: 'E7004', text: 'someone has no outcome' });
    });
    const q = new Queue({ send, shelf: memory() });
    q.add(close('c'));
    expect(await q.flush()).toBe('sent');
    expect(q.refused[0]).toMatchObject({ code: 'E7004', text: 'someone has no outcome' });
  });

  it('does not send twice when asked twice at once, and sends what was added meanwhile', async () => {
    let release;
    const gate = new Promise((done) => {
      release = done;
    });
    const { calls, send } = recorder(async (_k, _p, items, n) => {
      if (n === 1) await gate;
      return accept(items);
    });
    const q = new Queue({ send, shelf: memory() });
    q.add(answer('a'));
    const runs = [q.flush(), q.flush()];
    q.add(answer('b'));
    release();
    await Promise.all(runs);
    expect(calls.map((c) => c.ids)).toEqual([['a'], ['b']]);
  });

  it('adds an id once', () => {
    const q = new Queue({ send: async () => [], shelf: memory() });
    q.add(answer('a'));
    q.add(answer('a'));
    expect(q.items).toHaveLength(1);
  });

  it('says when the session ended and keeps the answers', async () => {
    const { send } = recorder(() => {
      throw Object.assign(new Error(), { name: 'SignedOut' });
    });
    const q = new Queue({ send, shelf: memory() });
    q.add(answer('a'));
    expect(await q.flush()).toBe('signed_out');
    expect(q.waiting).toHaveLength(1);
  });

  it('comes back from its shelf after a reload', async () => {
    const shelf = memory();
    new Queue({ send: async () => [], shelf }).add(answer('a'));
    const { calls, send } = recorder();
    await new Queue({ send, shelf }).flush();
    expect(calls[0].ids).toEqual(['a']);
  });

  it('tells of every change', () => {
    const seen = [];
    const q = new Queue({ send: async () => [], shelf: memory(), changed: (now) => seen.push(now.waiting.length) });
    q.add(answer('a'));
    q.add(answer('b'));
    expect(seen).toEqual([1, 2]);
  });
});
