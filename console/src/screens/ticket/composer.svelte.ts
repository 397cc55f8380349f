// The reply being written. Every input goes into this browser's keep at once and half a second
// later to the server, with the version it grew from. Nothing here ever throws away words: when
// the server has other words, both are kept until a person chooses.
import { drafts, outbound } from '../../lib/api/desk';
import type { Draft, DraftBody, Message, Replied, Upload } from '../../lib/api/types';
import { ApiError, newKey } from '../../lib/api/client';
import { bodyOf, EMPTY, lineOf, notReady, sameWords } from './draft';
import { keep, Writing, type Keep, type Kept } from '../../lib/keep';
import { session } from '../../lib/session.svelte';
import { is, trouble } from '../../lib/text/trouble';
import { t } from '../../lib/text/words.svelte';
import { toasts } from '../../lib/toasts.svelte';

export type SaveState = 'none' | 'waiting' | 'saving' | 'saved' | 'failed' | 'conflict';

/** Other words for the same draft; the person chooses. */
export interface Other {
  body: DraftBody;
  version: number;
  from: 'server' | 'browser';
}

const WAIT = 500;
const RETRY = 5000;
export class Composer {
  number = $state(0);
  /** The editor is on screen. */
  open = $state(false);
  loading = $state(false);
  body = $state.raw<DraftBody>(EMPTY);
  /** As the server has it: subject, quote, writer, version. */
  draft = $state.raw<Draft | null>(null);
  save = $state<SaveState>('none');
  other = $state.raw<Other | null>(null);
  trouble = $state<string | null>(null);
  /** Line of the text (from 1) that the trouble is about. */
  line = $state<number | null>(null);
  /** A newer message came in after this reply was begun: look first, then send. */
  movedOn = $state(false);
  sending = $state(false);
  uploading = $state.raw<string[]>([]);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #flight: Promise<void> | null = null;
  #dirty = false;
  #version = 0;
  #lastSaved: { number: number; version: number } | null = null;
  #turn = 0;
  /** Stays the same until an answer came, so that a second try cannot send twice. */
  #sendKey: string | null = null;

  readonly #keeper: Writing<DraftBody>;

  constructor(keeper: () => Promise<Keep> = keep) {
    this.#keeper = new Writing('reply', keeper);
  }

  /** Somebody else holds the pen. */
  heldBy = $derived(this.draft?.writer && this.draft.writer.id !== session.me?.agent.id ? this.draft.writer : null);
  /** Words of a person are in it, not only the proposal. */
  begun = $derived(this.#begun());

  /** Reads the draft of a ticket; opens the editor when one was begun. */
  async load(number: number): Promise<void> {
    this.leave();
    const turn = (this.#turn += 1);
    this.number = number;
    this.#reset();
    this.loading = true;
    try {
      const [draft, kept] = await Promise.all([drafts.show(number), this.#keeper.get(number)]);
      if (turn === this.#turn) this.#choose(draft, kept);
    } catch (cause) {
      if (turn !== this.#turn) return;
      const kept = await this.#keeper.get(number);
      if (kept && turn === this.#turn) this.#show(kept.body, kept.version);
      this.trouble = trouble(cause);
    }
    if (turn === this.#turn) this.loading = false;
  }

  /** A colleague did something with this draft: shown at once as long as nobody types here. */
  async refresh(): Promise<void> {
    const turn = this.#turn;
    const quiet = (): boolean => turn === this.#turn && !this.#dirty && ['none', 'saved'].includes(this.save);
    if (this.loading || this.sending || !quiet()) return;
    try {
      const draft = await drafts.show(this.number);
      if (quiet() && draft.version !== this.#version) this.#choose(draft, null);
      else if (quiet()) this.draft = draft;
    } catch {
      // The next save tells.
    }
  }

  /** Takes what was typed or chosen. */
  change(part: Partial<DraftBody>): void {
    // Words changed here are not those of a program's HTML any more; the customer must not get the old ones.
    const html = 'text' in part ? null : this.body.html;
    this.body = { ...this.body, html, ...part };
    this.#dirty = true;
    this.#sendKey = null;
    this.line = null;
    void this.#keeper.put(this.number, this.body, this.#version);
    if (this.save !== 'conflict') this.#later(WAIT);
  }

  /** Saves what is not saved yet, now; resolves when the server has it or refused it. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#flight) await this.#flight;
    if (this.#dirty && this.save !== 'conflict') await this.#save();
  }

  /** Another ticket is opened: what is unsaved goes to the server behind the scenes. */
  leave(): void {
    clearTimeout(this.#timer);
    if (this.#dirty && this.save !== 'conflict') void this.#saveAway(this.number, this.body, this.#version);
  }

  /** Keeps the words on screen and puts them over the others. */
  async keepMine(): Promise<void> {
    if (!this.other) return;
    if (this.other.from === 'server') this.#version = this.other.version;
    if (this.heldBy && !(await this.#takePen())) return;
    this.other = null;
    this.save = 'waiting';
    this.#dirty = true;
    await this.flush();
  }

  async #takePen(): Promise<boolean> {
    try {
      this.draft = await drafts.take(this.number);
      this.#version = this.draft.version;
      return true;
    } catch (cause) {
      this.trouble = trouble(cause);
      return false;
    }
  }

  /** Takes the other words; those on screen go where the others came from, so nothing is lost. */
  async takeOther(): Promise<void> {
    const other = this.other;
    if (!other) return;
    const mine: Other = { body: this.body, version: this.#version, from: 'browser' };
    this.#show(other.body, other.from === 'server' ? other.version : this.#version);
    this.other = mine.body.text.trim() === '' || mine.body.text === other.body.text ? null : mine;
    this.save = 'saved';
    if (other.from === 'browser') this.change({});
    else await this.#keeper.put(this.number, this.body, this.#version);
  }

  /** Takes the pen from the colleague who holds it. */
  async take(): Promise<void> {
    try {
      const draft = await drafts.take(this.number);
      this.#choose(draft, await this.#keeper.get(this.number));
      this.open = true;
    } catch (cause) {
      this.trouble = trouble(cause);
    }
  }

  /** Throws the draft away; the returned function brings it back. */
  async discard(): Promise<(() => Promise<void>) | null> {
    const { number, body } = this;
    await this.flush();
    try {
      if (this.#version > 0) await drafts.discard(number, this.#version);
      await this.#keeper.remove(number);
      await this.load(number);
      this.open = false;
    } catch (cause) {
      this.trouble = trouble(cause);
      return null;
    }
    return async () => {
      if (this.number !== number) return;
      this.open = true;
      this.change(body);
    };
  }

  /** Sends; null when it did not happen, the reason then stands in `trouble` and the words stay. */
  async send(): Promise<Replied | null> {
    if (this.sending) return null;
    this.trouble = notReady(this.body, this.uploading.length);
    if (this.trouble) return null;
    this.sending = true;
    const { number } = this;
    const turn = this.#turn;
    try {
      await this.flush();
      // Another ticket was opened meanwhile: nothing of it must ever leave by this send.
      if (turn !== this.#turn) return null;
      if (this.save === 'conflict' || this.save === 'failed') return this.#refused(t('composer.not_saved'));
      this.#sendKey ??= newKey();
      const replied = await outbound.reply(number, this.body, this.#version, this.#sendKey);
      await this.#keeper.remove(number);
      if (turn === this.#turn) this.#reset();
      return replied;
    } catch (cause) {
      if (turn === this.#turn) this.#explain(cause);
      else toasts.wrong(t('composer.not_sent', { number, why: trouble(cause) }));
      return null;
    } finally {
      this.sending = false;
    }
  }

  /** Sends although something newer came in, which the person has now seen. */
  async sendAnyway(newest: Message | null): Promise<Replied | null> {
    if (newest) this.change({ based_on: newest.id });
    this.movedOn = false;
    return this.send();
  }

  /** Takes back a reply that still waits; its words are a draft again. */
  async undo(id: number, number: number): Promise<void> {
    const draft = await outbound.undo(id);
    if (this.number !== number) return;
    await this.#keeper.remove(number);
    this.#choose(draft, null);
    this.open = true;
  }

  /** Sends files to the server and puts them under the reply. */
  async attach(files: File[]): Promise<void> {
    const turn = this.#turn;
    for (const file of files) {
      this.uploading = [...this.uploading, file.name];
      try {
        const upload: Upload = await drafts.upload(file, newKey());
        // Another ticket is open by now: the file must not go to its customer.
        if (turn !== this.#turn) return;
        this.change({ attachments: [...this.body.attachments, upload] });
      } catch (cause) {
        this.trouble = t('composer.attach_failed', { name: file.name, why: trouble(cause) });
      } finally {
        this.uploading = this.uploading.filter((name) => name !== file.name);
      }
    }
  }

  #begun(): boolean {
    return (
      (this.draft?.version ?? 0) > 0 || this.save === 'waiting' || this.save === 'saving' || this.save === 'failed'
    );
  }

  #choose(draft: Draft, kept: Kept<DraftBody> | null): void {
    this.draft = draft;
    this.#show(draft, draft.version);
    this.save = draft.version > 0 ? 'saved' : 'none';
    this.other = null;
    this.open ||= draft.version > 0;
    if (!kept || sameWords(kept.body, bodyOf(draft))) return;
    this.open = true;
    const newer = kept.at > Date.parse(draft.saved_at ?? '1970-01-01');
    if (newer && kept.version === draft.version) {
      this.#show(kept.body, draft.version);
      this.change({});
    } else if (newer) {
      this.#show(kept.body, draft.version);
      this.other = { body: bodyOf(draft), version: draft.version, from: 'server' };
      this.save = 'conflict';
    } else {
      this.other = { body: kept.body, version: kept.version, from: 'browser' };
    }
  }

  #show(body: DraftBody, version: number): void {
    this.body = bodyOf(body);
    this.#version = version;
    this.#dirty = false;
  }

  #reset(): void {
    clearTimeout(this.#timer);
    this.#show(EMPTY, 0);
    this.draft = null;
    this.open = false;
    this.save = 'none';
    this.other = null;
    this.trouble = null;
    this.line = null;
    this.movedOn = false;
    this.#sendKey = null;
  }

  #later(wait: number): void {
    this.save = 'waiting';
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), wait);
  }

  #save(): Promise<void> {
    return (this.#flight ??= this.#put().finally(() => (this.#flight = null)));
  }

  async #put(): Promise<void> {
    const turn = this.#turn;
    const { number } = this;
    this.#dirty = false;
    this.save = 'saving';
    try {
      const draft = await drafts.save(this.number, this.#version, this.body);
      this.#lastSaved = { number, version: draft.version };
      if (turn !== this.#turn) return;
      this.draft = draft;
      this.#version = draft.version;
      this.save = 'saved';
      void this.#keeper.put(number, this.body, this.#version);
      if (this.#dirty) this.#later(WAIT);
    } catch (cause) {
      if (turn === this.#turn) this.#notSaved(cause);
    }
  }

  #notSaved(cause: unknown): void {
    this.#dirty = true;
    if (is(cause, 'draft-changed') || is(cause, 'pen-taken')) {
      this.save = 'conflict';
      void this.#readOther();
      return;
    }
    this.save = 'failed';
    const passing = !(cause instanceof ApiError) || cause.status === 0 || cause.status >= 500 || cause.status === 401;
    if (!passing) this.trouble = trouble(cause);
    else this.#timer = setTimeout(() => void this.flush(), RETRY);
  }

  /** Somebody else saved: their words are shown beside ours. */
  async #readOther(): Promise<void> {
    const turn = this.#turn;
    try {
      const draft = await drafts.show(this.number);
      if (turn !== this.#turn) return;
      this.draft = draft;
      this.other = { body: bodyOf(draft), version: draft.version, from: 'server' };
    } catch {
      // Ours are kept; the next input or the next look asks again.
    }
  }

  async #saveAway(number: number, body: DraftBody, version: number): Promise<void> {
    this.#dirty = false;
    try {
      await this.#flight;
      const last = this.#lastSaved;
      await drafts.save(number, last?.number === number ? Math.max(last.version, version) : version, body);
    } catch {
      // The keep of this browser has it; it is offered when the ticket is opened again.
    }
  }

  #refused(why: string): null {
    this.trouble = why;
    return null;
  }

  #explain(cause: unknown): void {
    this.trouble = trouble(cause);
    if (!(cause instanceof ApiError)) return;
    // The server has answered: the next try is a new one.
    if (cause.status !== 0) this.#sendKey = null;
    if (is(cause, 'ticket-moved-on')) this.movedOn = true;
    if (is(cause, 'draft-changed') || is(cause, 'pen-taken')) this.#notSaved(cause);
    if (is(cause, 'quote-altered')) this.line = lineOf(cause.problem);
  }
}

export const composer = new Composer();
