// Light or dark: the machine's choice, unless the person chose for this browser.

export type Appearance = 'machine' | 'light' | 'dark';

class Look {
  chosen = $state<Appearance>('machine');
  #machineDark = $state(false);

  constructor() {
    const machine = globalThis.matchMedia?.('(prefers-color-scheme: dark)');
    this.#machineDark = machine?.matches ?? false;
    machine?.addEventListener('change', (event) => (this.#machineDark = event.matches));
    const set = document.documentElement.dataset['theme'];
    if (set === 'light' || set === 'dark') this.chosen = set;
  }

  get dark(): boolean {
    return this.chosen === 'machine' ? this.#machineDark : this.chosen === 'dark';
  }

  /** Takes effect at once and is remembered in this browser. */
  choose(wanted: Appearance): void {
    this.chosen = wanted;
    if (wanted === 'machine') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = wanted;
    try {
      if (wanted === 'machine') localStorage.removeItem('henji-theme');
      else localStorage.setItem('henji-theme', wanted);
    } catch {
      // Then only until the page is closed.
    }
  }
}

export const appearance = new Look();
