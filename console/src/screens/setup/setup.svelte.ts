// The first start: who we are, then where mail comes from. Two steps are enough to begin.
import { ApiError } from '../../lib/api/client';
import { desk, session as api } from '../../lib/api/desk';
import type { Language } from '../../lib/api/types';
import { session } from '../../lib/session.svelte';
import { fieldTroubles, trouble } from '../../lib/text/trouble';
import { language } from '../../lib/text/words.svelte';

export type Step = 'desk' | 'mail' | 'connect' | 'ready';

export class Setup {
  step = $state<Step>('desk');
  secret = $state('');
  desk = $state({ name: '', language: language() as Language, timezone: machineZone() });
  administrator = $state({ name: '', email: '', password: '' });
  busy = $state(false);
  trouble = $state<string | null>(null);
  fields = $state.raw<Record<string, string>>({});
  /** What stands in the inbox when it is done: `samples`, `mailbox`, or nothing yet. */
  filled = $state<'samples' | 'mailbox' | null>(null);

  constructor(secret: string) {
    this.secret = secret;
  }

  /** The link is good as long as nobody has used it; true when the next step is shown. */
  async begin(): Promise<boolean> {
    return this.#work(async () => {
      const me = await api.setUp({
        secret: this.secret.trim(),
        desk: $state.snapshot(this.desk),
        administrator: $state.snapshot(this.administrator),
      });
      this.administrator.password = '';
      await session.take(me);
      this.step = 'mail';
    });
  }

  /** Fills the desk with sample mails; nothing is ever sent from them. */
  async samples(): Promise<boolean> {
    return this.#work(async () => {
      await desk.loadSamples();
      this.filled = 'samples';
      this.step = 'ready';
      await session.refresh();
    });
  }

  /** A mailbox was saved. */
  async connected(): Promise<void> {
    this.filled = 'mailbox';
    this.step = 'ready';
    await session.refresh();
  }

  async #work(work: () => Promise<void>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.trouble = null;
    this.fields = {};
    try {
      await work();
      return true;
    } catch (cause) {
      this.fields = fieldTroubles(cause);
      this.trouble = trouble(cause);
      // Somebody was faster, or this is the second try of a first one that went through.
      if (cause instanceof ApiError && cause.slug === 'setup-done') session.setupNeeded = false;
      return false;
    } finally {
      this.busy = false;
    }
  }
}

/** The zone this machine stands in; Tokyo where it does not say. */
function machineZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || 'Asia/Tokyo';
}
