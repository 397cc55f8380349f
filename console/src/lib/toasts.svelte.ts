// Short words about what was just done, each with its way back; and what is said to ears.
// Undo is a stack: Z takes back the newest.

export interface Toast {
  id: number;
  text: string;
  tone: 'done' | 'wrong';
  /** Takes it back; null where there is nothing to take back. */
  undo: (() => Promise<void>) | null;
  /** Milliseconds it stays. */
  stays: number;
}

const ANNOUNCE_GAP = 5000;

class Toasts {
  items = $state.raw<Toast[]>([]);
  /** What the polite live region holds. */
  spoken = $state('');
  #last = 0;
  #lastSpoken = 0;
  #waiting: ReturnType<typeof setTimeout> | undefined;

  /** Something was done. */
  done(text: string, undo: (() => Promise<void>) | null = null, stays = undo ? 12_000 : 5000): number {
    return this.#show({ text, tone: 'done', undo, stays });
  }

  /** Something could not be done; stays longer. */
  wrong(text: string): number {
    return this.#show({ text, tone: 'wrong', undo: null, stays: 15_000 });
  }

  close(id: number): void {
    this.items = this.items.filter((toast) => toast.id !== id);
  }

  /** Takes back the newest thing that can be taken back; false when there is none. */
  undoNewest(): boolean {
    const newest = this.items.findLast((toast) => toast.undo);
    if (!newest) return false;
    void this.undo(newest);
    return true;
  }

  async undo(toast: Toast): Promise<void> {
    this.close(toast.id);
    await toast.undo?.();
  }

  /** Says something politely, at most once in five seconds; what comes in between replaces what waits. */
  announce(text: string, now = Date.now()): void {
    clearTimeout(this.#waiting);
    const wait = Math.max(0, this.#lastSpoken + ANNOUNCE_GAP - now);
    this.#waiting = setTimeout(() => {
      this.#lastSpoken = now + wait;
      this.spoken = text;
    }, wait);
  }

  #show(toast: Omit<Toast, 'id'>): number {
    const id = (this.#last += 1);
    this.items = [...this.items.slice(-2), { ...toast, id }];
    this.spoken = toast.text;
    this.#lastSpoken = Date.now();
    setTimeout(() => this.close(id), toast.stays);
    return id;
  }
}

export const toasts = new Toasts();
