// The queue of what the phone has said and the server has not yet confirmed. No Vue, no DOM: it is given its sender and its shelf.
//
// An item: {id, path, task, kind: "answer" | "close", body, state: "waiting" | "refused", tries, code, text}.
// Oldest first. A retry carries the same id. A closing waits for its door's answers. A refusal stays in sight until settled.
// `store.js` gives it a shelf that lives as long as the tab; a later issue gives it one that outlives it.

export class Queue {
  #send;
  #shelf;
  #changed;
  #running = null;

  constructor({ send, shelf, changed = () => {} }) {
    this.#send = send;
    this.#shelf = shelf;
    this.#changed = changed;
    this.items = shelf.load();
  }

  get waiting() {
    return this.items.filter((i) => i.state === 'waiting');
  }

  get refused() {
    return this.items.filter((i) => i.state === 'refused');
  }

  add(item) {
    if (this.items.some((i) => i.id === item.id)) return;
    this.items.push({ state: 'waiting', tries: 0, ...item });
    this.#keep();
  }

  drop(id) {
    this.items = this.items.filter((i) => i.id !== id);
    this.#keep();
  }

  // -> "sent" when nothing waits, "offline" when the network failed. Two calls at once are one run.
  flush() {
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #run() {
    for (let next = this.#next(); next.length; next = this.#next()) {
      for (const item of next) item.tries += 1;
      try {
        this.#settle(next, await this.#send(next[0].kind, next[0].path, next));
      } catch (error) {
        if (error.status === undefined) {
          this.#keep();
          return error.name === 'SignedOut' ? 'signed_out' : 'offline';
        }
        this.#settle(
          next,
          next.map((i) => ({ id: i.id, state: 'refused', code: error.code, text: error.text })),
        );
      }
    }
    return 'sent';
  }

  // All waiting answers that go to the oldest one's address, at most 20; a closing goes alone, once its door's answers are gone.
  #next() {
    const [first] = this.waiting;
    if (!first) return [];
    if (first.kind === 'close') return [first];
    const same = this.waiting.filter((i) => i.kind === first.kind && i.path === first.path);
    return same.slice(0, 20);
  }

  #settle(sent, results) {
    const by = new Map(results.map((r) => [r.id, r]));
    for (const item of sent) {
      const result = by.get(item.id);
      if (result?.state === 'accepted' || result?.state === 'same') this.items = this.items.filter((i) => i !== item);
      else
        Object.assign(item, {
          state: 'refused',
          code: result?.code ?? '',
          text: result?.text ?? '',
          why: result?.state ?? 'no_result',
        });
    }
    this.#keep();
  }

  #keep() {
    this.#shelf.save(this.items);
    this.#changed(this);
  }
}
