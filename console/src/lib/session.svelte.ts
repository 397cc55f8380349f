// Who sits here, and what they may do.
import { ApiError, setCsrf, whenSignedOut } from './api/client';
import { session as api } from './api/desk';
import type { Me, Verb } from './api/types';
import { speak } from './text/words.svelte';

class Session {
  /** Null until signed in. */
  me = $state.raw<Me | null>(null);
  /** Signed in before, but the server no longer knows us: sign in again above the screen, nothing is lost. */
  expired = $state(false);
  /** The desk has nobody yet. */
  setupNeeded = $state(false);
  /** The server could not be reached at the start. */
  unreachable = $state(false);
  ready = $state(false);

  constructor() {
    whenSignedOut(() => {
      if (this.me) this.expired = true;
    });
  }

  /** Time zone of the person, for every time on screen. */
  get zone(): string {
    return this.me?.agent.timezone || this.me?.desk.timezone || 'Asia/Tokyo';
  }

  may(verb: Verb): boolean {
    return this.me?.rights.includes(verb) ?? false;
  }

  /** True while the mailbox only receives. */
  sendingOff(mailbox: number): boolean {
    return this.me?.sending_off.includes(mailbox) ?? false;
  }

  /** Asks the server who we are; called once at the start and after a lost connection. */
  async load(): Promise<void> {
    this.unreachable = false;
    try {
      await this.take(await api.me());
    } catch (cause) {
      const status = cause instanceof ApiError ? cause.status : 0;
      if (status === 401) await this.#askSetup();
      else this.unreachable = true;
    }
    this.ready = true;
  }

  /** The server told us who we are. */
  async take(me: Me): Promise<void> {
    setCsrf(me.csrf);
    this.me = me;
    this.expired = false;
    this.setupNeeded = false;
    await speak(me.agent.language);
  }

  /** Reads `GET /me` again, after a setting changed; a failure leaves all as it was. */
  async refresh(): Promise<void> {
    try {
      const me = await api.me();
      setCsrf(me.csrf);
      this.me = me;
    } catch {
      // The next event or request will tell.
    }
  }

  async signOut(): Promise<void> {
    await api.signOut();
    this.me = null;
    this.expired = false;
    setCsrf('');
  }

  async #askSetup(): Promise<void> {
    try {
      this.setupNeeded = (await api.setupNeeded()).needed;
    } catch {
      this.unreachable = true;
    }
  }
}

export const session = new Session();
