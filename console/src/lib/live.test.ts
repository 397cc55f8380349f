import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Live } from './live.svelte';

class FakeSource {
  static opened: FakeSource[] = [];
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  closed = false;
  #listeners = new Map<string, (event: { data: string }) => void>();
  constructor(readonly url: string) {
    FakeSource.opened.push(this);
  }
  addEventListener(name: string, listener: (event: { data: string }) => void): void {
    this.#listeners.set(name, listener);
  }
  send(name: string, data: object): void {
    this.#listeners.get(name)?.({ data: JSON.stringify(data) });
  }
  close(): void {
    this.closed = true;
  }
}

/** The locks of one browser: a lock is held until the work of its holder ends. */
function browserLocks(): { request: (name: string, options: object, work: () => Promise<void>) => Promise<void> } {
  let last: Promise<unknown> = Promise.resolve();
  return {
    request(_, options, work) {
      const signal = (options as { signal: AbortSignal }).signal;
      const turn = last.then(() => (signal.aborted ? undefined : work()));
      last = turn;
      return turn as Promise<void>;
    },
  };
}

const settle = (): Promise<void> => new Promise((done) => setTimeout(done, 30));

beforeEach(() => {
  FakeSource.opened = [];
  vi.stubGlobal('EventSource', FakeSource);
  vi.stubGlobal('navigator', { locks: browserLocks() });
});
afterEach(() => vi.unstubAllGlobals());

it('opens one connection for all tabs, and the next tab takes over when the first is closed', async () => {
  const [first, second] = [new Live(), new Live()];
  const heard: unknown[] = [];
  second.listen((event) => heard.push(event));
  first.start();
  second.start();
  await settle();
  expect(FakeSource.opened).toHaveLength(1);
  FakeSource.opened[0]?.send('change', { id: 1, kind: 'note_added', ticket: 5 });
  await settle();
  expect(heard).toEqual([{ name: 'change', data: { id: 1, kind: 'note_added', ticket: 5 } }]);
  first.stop();
  await settle();
  expect(FakeSource.opened).toHaveLength(2);
  expect(FakeSource.opened[0]?.closed).toBe(true);
  second.stop();
});

it('says that it is cut off, and tries again by itself', async () => {
  vi.useFakeTimers();
  const one = new Live();
  one.start();
  await vi.advanceTimersByTimeAsync(10);
  FakeSource.opened[0]?.onopen?.();
  expect(one.state).toBe('open');
  FakeSource.opened[0]?.onerror?.();
  expect(one.state).toBe('lost');
  await vi.advanceTimersByTimeAsync(1000);
  expect(FakeSource.opened).toHaveLength(2);
  one.stop();
  vi.useRealTimers();
});

it('listens for itself where the browser gives no locks', async () => {
  vi.stubGlobal('navigator', {});
  const one = new Live();
  one.start();
  expect(FakeSource.opened).toHaveLength(1);
  one.stop();
});
