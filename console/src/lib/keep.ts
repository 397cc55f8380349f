// What is being written, kept in this browser at every input: the server hears of it half a second
// later, a crash does not wait for that. One entry per person and ticket.

import { session } from './session.svelte';

/** A piece of writing as it stood at `at` (milliseconds), with the version of the server it grew from. */
export interface Kept<T> {
  body: T;
  version: number;
  at: number;
}

export interface Keep {
  put(key: string, value: Kept<unknown>): Promise<void>;
  get<T>(key: string): Promise<Kept<T> | null>;
  remove(key: string): Promise<void>;
}

/** Lives as long as the page; where the browser refuses storage, and in tests. */
export class MemoryKeep implements Keep {
  #all = new Map<string, string>();

  async put(key: string, value: Kept<unknown>): Promise<void> {
    this.#all.set(key, JSON.stringify(value));
  }

  async get<T>(key: string): Promise<Kept<T> | null> {
    const text = this.#all.get(key);
    return text === undefined ? null : (JSON.parse(text) as Kept<T>);
  }

  async remove(key: string): Promise<void> {
    this.#all.delete(key);
  }
}

const STORE = 'writing';

class BrowserKeep implements Keep {
  constructor(private readonly db: IDBDatabase) {}

  put(key: string, value: Kept<unknown>): Promise<void> {
    // A copy without Svelte's proxies, which IndexedDB cannot clone.
    const plain: unknown = JSON.parse(JSON.stringify(value));
    return this.#run('readwrite', (store) => store.put(plain, key)).then(() => undefined);
  }

  get<T>(key: string): Promise<Kept<T> | null> {
    return this.#run('readonly', (store) => store.get(key)).then((found) => (found as Kept<T> | undefined) ?? null);
  }

  remove(key: string): Promise<void> {
    return this.#run('readwrite', (store) => store.delete(key)).then(() => undefined);
  }

  #run(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest): Promise<unknown> {
    return new Promise((done, failed) => {
      const transaction = this.db.transaction(STORE, mode, { durability: 'relaxed' });
      const request = act(transaction.objectStore(STORE));
      transaction.oncomplete = () => done(request.result);
      transaction.onabort = () => failed(transaction.error ?? new Error('the browser refused to keep it'));
    });
  }
}

function open(): Promise<Keep> {
  return new Promise((done) => {
    try {
      const request = indexedDB.open('henji', 1);
      request.onupgradeneeded = () => request.result.createObjectStore(STORE);
      request.onsuccess = () => done(new BrowserKeep(request.result));
      request.onerror = () => done(new MemoryKeep());
    } catch {
      done(new MemoryKeep());
    }
  });
}

let opened: Promise<Keep> | undefined;

/** The keep of this browser. */
export function keep(): Promise<Keep> {
  return (opened ??= open());
}

/** What this person writes on tickets, in the keep; a keep that fails is as if it were empty. */
export class Writing<T> {
  constructor(
    private readonly kind: 'reply' | 'note',
    private readonly keeper: () => Promise<Keep> = keep,
  ) {}

  async put(ticket: number, body: T, version: number): Promise<void> {
    const value: Kept<T> = { body, version, at: Date.now() };
    await this.#try((store) => store.put(this.#key(ticket), value));
  }

  async get(ticket: number): Promise<Kept<T> | null> {
    return (await this.#try((store) => store.get<T>(this.#key(ticket)))) ?? null;
  }

  async remove(ticket: number): Promise<void> {
    await this.#try((store) => store.remove(this.#key(ticket)));
  }

  #key(ticket: number): string {
    return `${this.kind}/${session.me?.agent.id ?? 0}/${ticket}`;
  }

  async #try<R>(work: (store: Keep) => Promise<R>): Promise<R | undefined> {
    try {
      return await work(await this.keeper());
    } catch {
      // Storage is full or closed: the server still gets it half a second later.
      return undefined;
    }
  }
}
