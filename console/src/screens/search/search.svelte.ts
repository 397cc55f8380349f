// What was found. Newest first; the server knows the language of the question.
import { ApiError } from '../../lib/api/client';
import { tickets } from '../../lib/api/desk';
import type { Found } from '../../lib/api/types';
import { trouble } from '../../lib/text/trouble';
import { t } from '../../lib/text/words.svelte';
import { toasts } from '../../lib/toasts.svelte';

export class Search {
  q = $state('');
  items = $state.raw<Found[]>([]);
  next = $state<string | null>(null);
  loading = $state(false);
  trouble = $state<string | null>(null);
  /** The list beside a ticket holds what was found, not a lane. */
  shown = $state(false);
  /** Place in `items` the cursor is on, -1 before the first step. */
  cursor = $state(-1);
  #asked: AbortController | null = null;

  /** Asks for `q`; an answer that comes after a newer question is thrown away. */
  async find(q: string): Promise<void> {
    if (q === this.q && (this.items.length > 0 || this.loading)) return;
    this.q = q;
    this.items = [];
    this.next = null;
    this.cursor = -1;
    this.trouble = null;
    this.#asked?.abort();
    if (q.trim() === '') return;
    await this.#read(null);
    if (!this.trouble) toasts.announce(t('search.found', { n: this.items.length }));
  }

  async more(): Promise<void> {
    if (this.next && !this.loading) await this.#read(this.next);
  }

  move(by: 1 | -1): Found | null {
    this.cursor = Math.max(0, Math.min(this.items.length - 1, this.cursor + by));
    return this.items[this.cursor] ?? null;
  }

  async #read(after: string | null): Promise<void> {
    const asked = (this.#asked = new AbortController());
    this.loading = true;
    try {
      const page = await tickets.search(this.q, after, asked.signal);
      this.items = [...this.items, ...page.items];
      this.next = page.next;
    } catch (cause) {
      if (asked.signal.aborted) return;
      this.trouble = unknownWord(cause) ?? trouble(cause);
    }
    this.loading = false;
  }
}

/** A value that a field cannot have: the server names it. */
function unknownWord(cause: unknown): string | null {
  if (!(cause instanceof ApiError) || !cause.problem.errors?.some((error) => error.field === 'q')) return null;
  return t('search.unknown_word', { word: String(cause.problem.params?.['word'] ?? '') });
}

export const search = new Search();
