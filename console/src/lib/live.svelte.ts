// What happens at the desk, as it happens. One connection per browser: the tab that holds the Web
// Lock `henji-events` listens and tells the others by BroadcastChannel. There is no replay: after
// every (re)connection the server says `resync` and the screens read again what they show.
import { address } from './api/client';
import { tickets } from './api/desk';
import type { Change, Ticket } from './api/types';

export type LiveEvent =
  { name: 'change'; data: Change } | { name: 'notice'; data: { kind: string; mailbox?: number } } | { name: 'resync' };

const NAME = 'henji-events';
const RETRY = [1000, 2000, 5000, 10_000, 30_000];

export class Live {
  /** `lost` is shown on screen: what is seen may be old. */
  state = $state<'off' | 'connecting' | 'open' | 'lost'>('off');
  #listeners = new Set<(event: LiveEvent) => void>();
  #channel: BroadcastChannel | null = null;
  #source: EventSource | null = null;
  #stop: AbortController | null = null;
  #tries = 0;

  /** Tells `listener` of everything from now on; returns the end. */
  listen(listener: (event: LiveEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  start(): void {
    if (this.#stop) return;
    this.#stop = new AbortController();
    this.state = 'connecting';
    if (typeof BroadcastChannel === 'function') {
      this.#channel = new BroadcastChannel(NAME);
      this.#channel.onmessage = (message: MessageEvent<LiveEvent>) => this.#heard(message.data);
    }
    this.#holdLock(this.#stop.signal);
  }

  stop(): void {
    this.#stop?.abort();
    this.#stop = null;
    this.#source?.close();
    this.#source = null;
    this.#channel?.close();
    this.#channel = null;
    this.state = 'off';
  }

  /** Takes an event in; public so that a test can let something happen. */
  deliver(event: LiveEvent): void {
    this.#listeners.forEach((listener) => listener(event));
  }

  #holdLock(signal: AbortSignal): void {
    // On plain http outside this machine there are no locks: then every tab listens for itself.
    if (!navigator.locks || !this.#channel) return this.#connect(signal);
    // Until the lock is ours another tab listens for us.
    this.state = 'open';
    navigator.locks
      .request(NAME, { signal }, () => {
        this.#connect(signal);
        return new Promise<void>((done) => signal.addEventListener('abort', () => done(), { once: true }));
      })
      .catch(() => undefined);
  }

  #connect(signal: AbortSignal): void {
    if (signal.aborted) return;
    const source = new EventSource(address('/events'));
    this.#source = source;
    source.onopen = () => {
      this.#tries = 0;
      this.state = 'open';
    };
    source.onerror = () => {
      source.close();
      this.state = 'lost';
      const wait = RETRY[Math.min(this.#tries++, RETRY.length - 1)] ?? 30_000;
      setTimeout(() => this.#connect(signal), wait);
    };
    source.addEventListener('resync', () => this.#share({ name: 'resync' }));
    source.addEventListener('change', (event: MessageEvent<string>) =>
      this.#share({ name: 'change', data: JSON.parse(event.data) as Change }),
    );
    source.addEventListener('notice', (event: MessageEvent<string>) =>
      this.#share({ name: 'notice', data: JSON.parse(event.data) as { kind: string } }),
    );
  }

  #share(event: LiveEvent): void {
    this.#channel?.postMessage(event);
    this.deliver(event);
  }

  #heard(event: LiveEvent): void {
    this.state = 'open';
    this.deliver(event);
  }
}

export const live = new Live();

/** Gathers what must be read again over half a second into one question to the server. */
export class Gatherer {
  #wanted = new Set<number>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    /** Gets the tickets as they are now, and the numbers that are no longer to be seen. */
    private readonly arrived: (tickets: Ticket[], gone: number[]) => void,
    private readonly wait = 500,
  ) {}

  want(number: number): void {
    this.#wanted.add(number);
    this.#timer ??= setTimeout(() => void this.#read(), this.wait);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#wanted.clear();
  }

  async #read(): Promise<void> {
    const numbers = [...this.#wanted];
    this.#wanted.clear();
    this.#timer = undefined;
    for (let at = 0; at < numbers.length; at += 100) {
      const asked = numbers.slice(at, at + 100);
      try {
        const { items } = await tickets.byNumbers(asked);
        const seen = new Set(items.map((ticket) => ticket.number));
        this.arrived(
          items,
          asked.filter((number) => !seen.has(number)),
        );
      } catch {
        // The server is away; its return begins with a resync.
      }
    }
  }
}
