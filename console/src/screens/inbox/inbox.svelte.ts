// The list of what needs somebody. Changes of others come in without moving what the reader looks
// at: the cursor stays on its ticket, and a ticket that left stays only where it is open.
import { desk, mailboxes, tickets as api } from '../../lib/api/desk';
import type { Agent, Change, Counts, Mailbox, Sort, Ticket } from '../../lib/api/types';
import { Gatherer, live, type LiveEvent } from '../../lib/live.svelte';
import { session } from '../../lib/session.svelte';
import { trouble } from '../../lib/text/trouble';
import { t } from '../../lib/text/words.svelte';
import { toasts } from '../../lib/toasts.svelte';
import { fits, isShelf, placed, queryOf, type Place } from './order';

const PAGE = 50;

export class Inbox {
  place = $state<Place>('mine');
  sort = $state<Sort>('due');
  items = $state.raw<Ticket[]>([]);
  next = $state<string | null>(null);
  /** The first page of the place is on its way. */
  loading = $state(true);
  trouble = $state<string | null>(null);
  /** Number of the ticket the cursor is on. */
  cursor = $state<number | null>(null);
  counts = $state.raw<Counts | null>(null);
  agents = $state.raw<Agent[]>([]);
  /** All mailboxes with their health, for the banner. */
  mailboxes = $state.raw<Mailbox[]>([]);
  #asked: AbortController | null = null;
  #more: Promise<void> | null = null;
  #countsTimer: ReturnType<typeof setTimeout> | undefined;
  /** Where the row of the cursor stood when it left the list; the next step starts from there. */
  #gap: number | null = null;
  #gatherer = new Gatherer((found, gone) => this.#arrived(found, gone));

  index = $derived(this.items.findIndex((one) => one.number === this.cursor));

  /** Follows the desk from now on; returns the end. */
  start(): () => void {
    const end = live.listen((event) => this.hear(event));
    void this.refreshCounts();
    void this.loadPeople();
    return () => {
      end();
      this.#gatherer.stop();
      clearTimeout(this.#countsTimer);
    };
  }

  /** Shows another lane, shelf or order; the list begins at its top. */
  async show(place: Place, sort: Sort = this.sort): Promise<void> {
    if (place === this.place && sort === this.sort && !this.loading) return;
    this.place = place;
    this.sort = sort;
    this.items = [];
    this.next = null;
    this.cursor = null;
    this.#gap = null;
    await this.#first();
  }

  /** Reads the place again, as long a list as is shown now (at most 100 rows). */
  async reload(): Promise<void> {
    await this.#first(Math.min(100, Math.max(PAGE, this.items.length)));
  }

  /** Reads the next page; asked twice, it reads once. */
  more(): Promise<void> {
    if (!this.next || this.loading) return Promise.resolve();
    return (this.#more ??= this.#readMore().finally(() => (this.#more = null)));
  }

  /** Moves the cursor; the ticket it is on then, or null in an empty list. */
  move(by: 1 | -1): Ticket | null {
    const at = this.#step(by);
    const ticket = this.items[Math.max(0, Math.min(this.items.length - 1, at))] ?? null;
    this.#gap = null;
    if (ticket) this.cursor = ticket.number;
    if (at >= this.items.length - 5) void this.more();
    return ticket;
  }

  /** The ticket as it is now, after an action of this person or an event. */
  put(ticket: Ticket): void {
    // Before the first page is here there is no list to put it into.
    if (this.loading) return;
    const before = this.index;
    const me = session.me?.agent.id ?? 0;
    const known = this.items.some((one) => one.number === ticket.number);
    this.items = fits(this.place, ticket, me)
      ? placed(this.items, ticket, this.sort, this.next === null)
      : this.items.filter((one) => one.number !== ticket.number);
    if (known && ticket.number === this.cursor && this.index < 0) this.#gap = before;
  }

  hear(event: LiveEvent): void {
    if (event.name === 'resync') {
      void this.reload();
      void this.loadPeople();
    } else if (event.name === 'notice') {
      if (event.data.kind === 'mailbox_down') void this.loadPeople();
      return;
    } else {
      this.#changed(event.data);
    }
    this.#countSoon();
  }

  async refreshCounts(): Promise<void> {
    try {
      this.counts = await api.counts();
    } catch {
      // The old figures stay until the server answers again.
    }
  }

  /** Agents for the menus, mailboxes for the banner. */
  async loadPeople(): Promise<void> {
    try {
      this.agents = (await desk.agents()).items;
      this.mailboxes = (await mailboxes.list()).items;
    } catch {
      // Menus then offer only what is known.
    }
  }

  #changed(change: Change): void {
    if (change.kind === 'setting_changed') {
      void session.refresh();
      void this.loadPeople();
    }
    if (change.ticket == null) return;
    const shown = this.items.some((one) => one.number === change.ticket);
    const me = session.me?.agent.id;
    const comes = this.place === 'mine' ? change.assignee === me : change.lane == null || this.#laneFits(change.lane);
    if (shown || comes) this.#gatherer.want(change.ticket);
  }

  #laneFits(lane: string): boolean {
    return isShelf(this.place) ? lane === 'aside' : lane === this.place;
  }

  #arrived(found: Ticket[], gone: number[]): void {
    const before = new Set(this.items.map((one) => one.number));
    found.forEach((ticket) => this.put(ticket));
    this.items = this.items.filter((one) => !gone.includes(one.number));
    const fresh = this.items.filter((one) => !before.has(one.number)).length;
    if (fresh > 0) toasts.announce(t('live.arrived', { n: fresh, lane: t(`lane.${this.place}`) }));
  }

  #step(by: 1 | -1): number {
    if (this.index >= 0) return this.index + by;
    if (this.#gap !== null) return by > 0 ? this.#gap : this.#gap - 1;
    return by > 0 ? 0 : this.items.length - 1;
  }

  #countSoon(): void {
    this.#countsTimer ??= setTimeout(() => {
      this.#countsTimer = undefined;
      void this.refreshCounts();
    }, 500);
  }

  async #first(limit = PAGE): Promise<void> {
    this.#asked?.abort();
    const asked = (this.#asked = new AbortController());
    this.loading = this.items.length === 0;
    this.trouble = null;
    try {
      const page = await this.#page(null, limit, asked.signal);
      this.items = page.items;
      this.next = page.next;
    } catch (cause) {
      if (asked.signal.aborted) return;
      this.trouble = trouble(cause);
    }
    this.loading = false;
  }

  async #readMore(): Promise<void> {
    const asked = this.#asked;
    try {
      const page = await this.#page(this.next, PAGE, asked?.signal);
      if (asked !== this.#asked) return;
      const known = new Set(this.items.map((one) => one.number));
      this.items = [...this.items, ...page.items.filter((one) => !known.has(one.number))];
      this.next = page.next;
    } catch (cause) {
      if (!asked?.signal.aborted) toasts.wrong(trouble(cause));
    }
  }

  async #page(
    after: string | null,
    limit: number,
    signal?: AbortSignal,
  ): Promise<{ items: Ticket[]; next: string | null }> {
    const page = await api.list({ ...queryOf(this.place), sort: this.sort, after, limit }, signal);
    const me = session.me?.agent.id ?? 0;
    return { items: page.items.filter((one) => fits(this.place, one, me)), next: page.next };
  }
}

export const inbox = new Inbox();
