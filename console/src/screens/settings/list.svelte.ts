// What every list of the settings does: read, show trouble in words, do something, read again.
import type { Page } from '../../lib/api/types';
import { fieldTroubles, trouble } from '../../lib/text/trouble';
import { toasts } from '../../lib/toasts.svelte';

export class SettingsList<T> {
  items = $state.raw<T[] | null>(null);
  trouble = $state<string | null>(null);
  fields = $state.raw<Record<string, string>>({});
  busy = $state(false);

  constructor(private readonly read: () => Promise<Page<T>>) {}

  async load(): Promise<void> {
    try {
      this.items = (await this.read()).items;
      this.trouble = null;
    } catch (cause) {
      this.trouble = trouble(cause);
    }
  }

  /** Does something, says that it was done, and reads the list again; false when it was refused. */
  async act(work: () => Promise<unknown>, done: string): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.trouble = null;
    this.fields = {};
    try {
      await work();
      toasts.done(done);
      await this.load();
      return true;
    } catch (cause) {
      this.fields = fieldTroubles(cause);
      this.trouble = trouble(cause);
      return false;
    } finally {
      this.busy = false;
    }
  }
}
