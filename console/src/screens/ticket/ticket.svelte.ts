// One ticket on screen: its head, its conversation from the newest page, its history. The page is
// quick (changes show at once), the server is right (its answer or refusal corrects them).
import { outbound, tickets as api } from '../../lib/api/desk';
import type {
  HistoryEntry,
  Message,
  Outcome,
  Person,
  Priority,
  Status,
  Ticket,
  TicketChange,
} from '../../lib/api/types';
import { ApiError, newKey } from '../../lib/api/client';
import { live, type LiveEvent } from '../../lib/live.svelte';
import { session } from '../../lib/session.svelte';
import { is, trouble } from '../../lib/text/trouble';
import { t } from '../../lib/text/words.svelte';
import { toasts } from '../../lib/toasts.svelte';
import { inbox } from '../inbox/inbox.svelte';
import { Shelf } from './shelf';

interface Seen {
  ticket: Ticket;
  messages: Message[];
  older: string | null;
}

export class TicketScreen {
  number = $state(0);
  ticket = $state.raw<Ticket | null>(null);
  /** Oldest first, as far as they are loaded. */
  messages = $state.raw<Message[]>([]);
  /** Leads to older messages; null when all are here. */
  older = $state<string | null>(null);
  loading = $state(false);
  loadingOlder = $state(false);
  missing = $state(false);
  trouble = $state<string | null>(null);
  history = $state.raw<HistoryEntry[] | null>(null);
  historyNext = $state<string | null>(null);
  /** Something came in while this was open; told, never scrolled to. */
  fresh = $state(false);
  #turn = 0;
  /** The last tickets looked at, so that going back shows them at once. */
  readonly #seen = new Shelf<Seen>(30);
  #again: ReturnType<typeof setTimeout> | undefined;

  /** The last message of the customer, which facts and replies are about. */
  lastIncoming = $derived(this.messages.findLast((one) => one.direction === 'in') ?? null);
  newest = $derived(this.messages.at(-1) ?? null);
  /** Somebody of the desk has written to the customer; null while older messages are not loaded. */
  answered = $derived.by(() => {
    if (this.messages.some((one) => one.direction === 'out' && one.author)) return true;
    return this.older === null ? false : null;
  });

  /** Follows the desk; returns the end. */
  start(): () => void {
    return live.listen((event) => this.hear(event));
  }

  /** Shows a ticket: at once what is known of it, then as the server has it. */
  async open(number: number): Promise<void> {
    const turn = (this.#turn += 1);
    const known = this.#seen.get(number);
    this.number = number;
    this.ticket = known?.ticket ?? inbox.items.find((one) => one.number === number) ?? null;
    this.messages = known?.messages ?? [];
    this.older = known?.older ?? null;
    this.history = null;
    this.missing = false;
    this.trouble = null;
    this.fresh = false;
    this.loading = this.messages.length === 0;
    await this.#read(turn);
  }

  /** Reads head and newest page again; what is on screen stays until the answer is here. */
  async reload(): Promise<void> {
    if (this.number) await this.#read(this.#turn);
  }

  async loadOlder(): Promise<void> {
    if (!this.older || this.loadingOlder) return;
    const turn = this.#turn;
    this.loadingOlder = true;
    try {
      const page = await api.messages(this.number, this.older);
      if (turn !== this.#turn) return;
      this.messages = merged(page.items, this.messages);
      this.older = page.next;
      this.#remember();
    } catch (cause) {
      toasts.wrong(trouble(cause));
    } finally {
      this.loadingOlder = false;
    }
  }

  hear(event: LiveEvent): void {
    if (event.name === 'resync') void this.reload();
    if (event.name !== 'change' || event.data.ticket !== this.number) return;
    clearTimeout(this.#again);
    this.#again = setTimeout(() => void this.reload(), 300);
  }

  /** The server's newest word on this ticket. */
  put(ticket: Ticket): void {
    if (ticket.number === this.number) this.ticket = ticket;
    inbox.put(ticket);
    this.#remember();
  }

  async assign(to: Person | null): Promise<void> {
    const before = this.ticket;
    if (!before || before.assignee?.id === to?.id) return;
    const words = to ? t('done.assigned', { name: to.name }) : t('done.unassigned');
    await this.#change({ ...before, assignee: to }, () => api.assign(before.number, to?.id ?? null), {
      words,
      back: () => this.assign(before.assignee),
    });
  }

  async setStatus(status: Status, outcome: Outcome | null = null, reason: string | null = null): Promise<void> {
    const before = this.ticket;
    if (!before) return;
    const change: TicketChange = outcome ? { status, outcome, outcome_reason: reason } : { status };
    const words = outcome === 'spam' ? t('done.spam') : t('done.status', { status: t(`status.${status}`) });
    await this.#patch(change, words, {
      // Nobody makes a ticket new again; it lies open instead. Only a shelf gives it back as new.
      status: before.status === 'new' && !before.shelf ? 'open' : before.status,
      ...(before.status === 'done' ? { outcome: before.outcome, outcome_reason: before.outcome_reason } : {}),
    });
  }

  /** From a shelf into the inbox: a person should see it. */
  async notSpam(): Promise<void> {
    await this.#patch({ not_spam: true }, t('done.not_spam'), null);
  }

  async setPriority(priority: Priority): Promise<void> {
    const before = this.ticket;
    if (!before || before.priority === priority) return;
    await this.#patch({ priority }, t('done.priority', { priority: t(`priority.${priority}`) }), {
      priority: before.priority,
    });
  }

  /** Joins this ticket into the suggested one and goes there; the number to go to, or null. */
  async join(): Promise<number | null> {
    const into = this.ticket?.suggestion?.number;
    if (!into) return null;
    try {
      await api.join(this.number, into);
      this.#seen.drop(this.number);
      this.#seen.drop(into);
      toasts.done(t('done.joined', { number: into }));
      return into;
    } catch (cause) {
      toasts.wrong(trouble(cause));
      return null;
    }
  }

  /** A note for colleagues; throws what went wrong, so that the writer keeps the text. */
  async note(text: string, once: string = newKey()): Promise<void> {
    const turn = this.#turn;
    const message = await api.note(this.number, text, once);
    if (turn !== this.#turn) return;
    this.messages = merged(this.messages, [message]);
    this.#remember();
  }

  /** What became of a reply that nobody knows: the person decides. */
  async resolve(outboundId: number, as: 'sent' | 'send_again'): Promise<void> {
    try {
      await outbound.resolve(outboundId, as);
      toasts.done(t(as === 'sent' ? 'done.resolved_sent' : 'done.resolved_again'));
      await this.reload();
    } catch (cause) {
      toasts.wrong(trouble(cause));
    }
  }

  async loadHistory(more = false): Promise<void> {
    const turn = this.#turn;
    try {
      const page = await api.history(this.number, more ? this.historyNext : null);
      if (turn !== this.#turn) return;
      this.history = more ? [...(this.history ?? []), ...page.items] : page.items;
      this.historyNext = page.next;
    } catch (cause) {
      toasts.wrong(trouble(cause));
    }
  }

  async #read(turn: number): Promise<void> {
    try {
      const [ticket, page] = await Promise.all([api.show(this.number), api.messages(this.number)]);
      if (turn !== this.#turn) return;
      this.fresh ||= this.#hasNews(page.items);
      const known = new Set(this.messages.map((one) => one.id));
      // Without a message in common there would be a gap between what was seen before and now.
      const joins = page.items.some((one) => known.has(one.id));
      this.messages = joins ? merged(this.messages, page.items) : page.items;
      if (!joins) this.older = page.next;
      this.put(ticket);
      if (this.history) void this.loadHistory();
    } catch (cause) {
      if (turn !== this.#turn) return;
      this.missing = cause instanceof ApiError && cause.status === 404;
      if (!this.missing) this.trouble = trouble(cause);
    } finally {
      if (turn === this.#turn) this.loading = false;
    }
  }

  /** Something stands behind the newest message on screen that this person did not write. */
  #hasNews(read: Message[]): boolean {
    const newest = this.newest;
    if (!newest) return false;
    const known = new Set(this.messages.map((one) => one.id));
    const me = session.me?.agent.id;
    return read.some((one) => !known.has(one.id) && one.at >= newest.at && one.author?.id !== me);
  }

  async #patch(change: TicketChange, words: string, back: TicketChange | null): Promise<void> {
    const before = this.ticket;
    if (!before) return;
    const work = (): Promise<Ticket> => api.change(before.number, { ...change, version: before.version });
    const undo = back && (() => this.#patchBack(before.number, back));
    await this.#change({ ...before, ...change }, work, { words, back: undo });
  }

  async #patchBack(number: number, change: TicketChange): Promise<void> {
    try {
      const now = await api.show(number);
      this.put(await api.change(number, { ...change, version: now.version }));
    } catch (cause) {
      toasts.wrong(trouble(cause));
    }
  }

  /** Shows `wanted` at once, does the work, and puts right what the server sees otherwise. */
  async #change(
    wanted: Ticket,
    work: () => Promise<Ticket>,
    done: { words: string; back: (() => Promise<void>) | null },
  ): Promise<void> {
    const before = this.ticket;
    this.ticket = wanted;
    try {
      this.put(await work());
      toasts.done(done.words, done.back);
    } catch (cause) {
      const current = is(cause, 'changed-meanwhile') ? (cause.problem.current as Ticket | undefined) : undefined;
      if (this.ticket === wanted) this.ticket = current ?? before;
      if (current) inbox.put(current);
      toasts.wrong(trouble(cause));
    }
  }

  #remember(): void {
    if (!this.ticket || this.ticket.number !== this.number || this.messages.length === 0) return;
    this.#seen.put(this.number, { ticket: this.ticket, messages: this.messages, older: this.older });
  }
}

/** Both pages in the order of their times, each message once, the newer copy of it. */
export function merged(before: Message[], news: Message[]): Message[] {
  const all = new Map(before.map((one) => [one.id, one]));
  for (const one of news) all.set(one.id, one);
  return [...all.values()].sort((a, b) => (a.at === b.at ? a.id - b.id : a.at < b.at ? -1 : 1));
}

export const screen = new TicketScreen();
