// How the open conversation is looked at: which message keys are about, how each is shown.
import type { Message } from '../../lib/api/types';
import { screen } from './ticket.svelte';
import { firstView, nextView, type View } from './views';

class Look {
  #views = $state<Record<number, View>>({});
  #quotes = $state<Record<number, boolean>>({});
  #pointed = $state<number | null>(null);

  /** The message that O, I and the facts are about: the one pointed at, else the customer's newest. */
  current = $derived(
    screen.messages.find((one) => one.id === this.#pointed && one.direction !== 'note') ??
      screen.lastIncoming ??
      screen.messages.findLast((one) => one.direction !== 'note') ??
      null,
  );

  /** Another ticket: everything as at first sight. */
  reset(): void {
    this.#views = {};
    this.#quotes = {};
    this.#pointed = null;
  }

  point(message: Message): void {
    this.#pointed = message.id;
  }

  view(message: Message): View {
    return this.#views[message.id] ?? firstView(message);
  }

  show(message: Message, view: View): void {
    this.#views[message.id] = view;
  }

  quotes(message: Message): boolean | null {
    return this.#quotes[message.id] ?? null;
  }

  /** The key I: text, HTML, headers, original, and round again. */
  turn(): boolean {
    if (!this.current) return false;
    this.show(this.current, nextView(this.current, this.view(this.current)));
    return true;
  }

  /** The key O: opens what is folded in the current message, or folds it. */
  foldQuotes(): boolean {
    if (!this.current) return false;
    this.#quotes[this.current.id] = !(this.#quotes[this.current.id] ?? false);
    return true;
  }
}

export const look = new Look();
