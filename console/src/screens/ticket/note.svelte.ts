// The note being written; kept in this browser at every input like a reply.
import { newKey } from '../../lib/api/client';
import { keep, Writing, type Keep } from '../../lib/keep';
import { trouble } from '../../lib/text/trouble';
import { screen } from './ticket.svelte';

export class NoteWriter {
  open = $state(false);
  text = $state('');
  saving = $state(false);
  trouble = $state<string | null>(null);
  #number = 0;
  #once = newKey();
  readonly #keeper: Writing<string>;

  constructor(keeper: () => Promise<Keep> = keep) {
    this.#keeper = new Writing('note', keeper);
  }

  /** Another ticket: what was begun there before comes back. */
  async load(number: number): Promise<void> {
    this.#number = number;
    this.#clear();
    const kept = await this.#keeper.get(number);
    if (this.#number !== number || !kept?.body) return;
    this.text = kept.body;
    this.open = true;
  }

  change(text: string): void {
    this.text = text;
    this.#once = newKey();
    void this.#keeper.put(this.#number, text, 0);
  }

  /** Puts the note on the ticket; false when it could not, the words then stay. */
  async save(): Promise<boolean> {
    const number = this.#number;
    if (this.saving || this.text.trim() === '') return false;
    this.saving = true;
    this.trouble = null;
    try {
      await screen.note(this.text, this.#once);
      await this.#keeper.remove(number);
      if (this.#number === number) this.#clear();
      return true;
    } catch (cause) {
      this.trouble = trouble(cause);
      return false;
    } finally {
      this.saving = false;
    }
  }

  #clear(): void {
    this.open = false;
    this.text = '';
    this.trouble = null;
    this.#once = newKey();
  }
}

export const noteWriter = new NoteWriter();
