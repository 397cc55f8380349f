// Every key of the console, as data. Matched by the place of the key (`event.code`), so that J is
// J with full-width input on; silent while an input method composes and inside fields; can be
// switched off altogether (WCAG 2.1.4).

export type KeyAction =
  | 'next'
  | 'previous'
  | 'open'
  | 'back'
  | 'search'
  | 'reply'
  | 'note'
  | 'main'
  | 'undo'
  | 'assign'
  | 'take'
  | 'status'
  | 'waiting'
  | 'done'
  | 'spam'
  | 'priority'
  | 'join'
  | 'quote'
  | 'source'
  | 'side'
  | 'keys'
  | 'go_mine'
  | 'go_new'
  | 'go_waiting'
  | 'go_settings'
  | `lane_${1 | 2 | 3 | 4 | 5 | 6 | 7}`;

export type KeyGroup = 'list' | 'ticket' | 'write' | 'everywhere';

export interface KeyEntry {
  action: KeyAction;
  group: KeyGroup;
  /** Places of the key; more than one where keyboards differ. */
  codes: string[];
  shift?: boolean;
  /** Ctrl, or ⌘ on a Mac; such keys work inside fields, too. */
  ctrl?: boolean;
  /** A key pressed just before, as in G then I. */
  after?: string;
  /** What stands on the key caps. */
  shown: string[];
}

const LANE_NUMBERS = [1, 2, 3, 4, 5, 6, 7] as const;

export const KEYS: KeyEntry[] = [
  { action: 'next', group: 'list', codes: ['KeyJ', 'ArrowDown'], shown: ['J', '↓'] },
  { action: 'previous', group: 'list', codes: ['KeyK', 'ArrowUp'], shown: ['K', '↑'] },
  { action: 'open', group: 'list', codes: ['Enter', 'NumpadEnter'], shown: ['Enter'] },
  { action: 'back', group: 'list', codes: ['KeyU', 'Escape'], shown: ['U', 'Esc'] },
  { action: 'search', group: 'list', codes: ['Slash'], shown: ['/'] },
  { action: 'reply', group: 'write', codes: ['KeyR'], shown: ['R'] },
  { action: 'note', group: 'write', codes: ['KeyN'], shown: ['N'] },
  { action: 'main', group: 'write', codes: ['Enter', 'NumpadEnter'], ctrl: true, shown: ['Ctrl', 'Enter'] },
  { action: 'undo', group: 'write', codes: ['KeyZ'], shown: ['Z'] },
  { action: 'assign', group: 'ticket', codes: ['KeyA'], shown: ['A'] },
  { action: 'take', group: 'ticket', codes: ['KeyA'], shift: true, shown: ['Shift', 'A'] },
  { action: 'status', group: 'ticket', codes: ['KeyS'], shown: ['S'] },
  { action: 'waiting', group: 'ticket', codes: ['KeyW'], shown: ['W'] },
  { action: 'done', group: 'ticket', codes: ['KeyE'], shown: ['E'] },
  { action: 'priority', group: 'ticket', codes: ['KeyP'], shown: ['P'] },
  { action: 'spam', group: 'ticket', codes: ['Digit1'], shift: true, shown: ['!'] },
  { action: 'join', group: 'ticket', codes: ['KeyM'], shown: ['M'] },
  { action: 'quote', group: 'ticket', codes: ['KeyO'], shown: ['O'] },
  { action: 'source', group: 'ticket', codes: ['KeyI'], shown: ['I'] },
  { action: 'side', group: 'ticket', codes: ['Backslash', 'IntlYen', 'IntlRo'], shown: ['\\'] },
  ...LANE_NUMBERS.map((n): KeyEntry => ({
    action: `lane_${n}`,
    group: 'everywhere',
    codes: [`Digit${n}`],
    shown: [String(n)],
  })),
  { action: 'go_mine', group: 'everywhere', codes: ['KeyI'], after: 'KeyG', shown: ['G', 'I'] },
  { action: 'go_new', group: 'everywhere', codes: ['KeyN'], after: 'KeyG', shown: ['G', 'N'] },
  { action: 'go_waiting', group: 'everywhere', codes: ['KeyP'], after: 'KeyG', shown: ['G', 'P'] },
  { action: 'go_settings', group: 'everywhere', codes: ['Comma'], after: 'KeyG', shown: ['G', ','] },
  { action: 'keys', group: 'everywhere', codes: ['Slash'], shift: true, shown: ['?'] },
];

const FIELDS = 'input:not([type=checkbox]):not([type=radio]):not([type=button]),textarea,select,[contenteditable]';
const PREFIX_LASTS = 1500;

/** The entry that a key event means, or null. Pure. */
export function entryFor(event: KeyboardEvent, prefix: string | null): KeyEntry | null {
  if (event.isComposing || event.keyCode === 229 || event.altKey) return null;
  const ctrl = event.ctrlKey || event.metaKey;
  const inField = event.target instanceof Element && event.target.closest(FIELDS) !== null;
  if (inField && !ctrl) return null;
  const fits = KEYS.filter(
    (entry) =>
      entry.codes.includes(event.code) && (entry.ctrl ?? false) === ctrl && (entry.shift ?? false) === event.shiftKey,
  );
  return fits.find((entry) => (entry.after ?? null) === prefix) ?? null;
}

/** True for keys that a focused button, link or menu needs for itself. */
function belongsToControl(event: KeyboardEvent): boolean {
  if (!(event.target instanceof Element)) return false;
  if (event.target.closest('[role=menu],dialog')) return true;
  return event.code === 'Enter' && event.target.closest('button,a,summary') !== null;
}

class Keys {
  on = $state(true);
  #acts = new Map<KeyAction, (() => boolean | void)[]>();
  #prefix: { code: string; at: number } | null = null;

  constructor() {
    try {
      this.on = localStorage.getItem('henji-keys') !== 'off';
    } catch {
      // Then they are on.
    }
  }

  /** Switches all single keys on or off for this browser. Ctrl+Enter always works. */
  switch(on: boolean): void {
    this.on = on;
    try {
      localStorage.setItem('henji-keys', on ? 'on' : 'off');
    } catch {
      // Then only until the page is closed.
    }
  }

  /** Says what keys do while a screen is shown; the newest comes first, `false` hands on. Returns the end. */
  bind(acts: Partial<Record<KeyAction, () => boolean | void>>): () => void {
    const entries = Object.entries(acts) as [KeyAction, () => boolean | void][];
    for (const [action, act] of entries) this.#acts.set(action, [act, ...(this.#acts.get(action) ?? [])]);
    return () => {
      for (const [action, act] of entries) {
        this.#acts.set(
          action,
          (this.#acts.get(action) ?? []).filter((one) => one !== act),
        );
      }
    };
  }

  /** Carries out what a key means; true when it meant something here. */
  press(event: KeyboardEvent): boolean {
    if (event.defaultPrevented) return false;
    const prefix = this.#prefixAt(event.timeStamp);
    this.#prefix = null;
    const entry = entryFor(event, prefix);
    if (!entry) return this.#maybePrefix(event);
    if ((!this.on && !entry.ctrl) || (belongsToControl(event) && !entry.ctrl)) return false;
    for (const act of this.#acts.get(entry.action) ?? []) {
      if (act() === false) continue;
      event.preventDefault();
      return true;
    }
    return false;
  }

  #prefixAt(now: number): string | null {
    return this.#prefix && now - this.#prefix.at < PREFIX_LASTS ? this.#prefix.code : null;
  }

  #maybePrefix(event: KeyboardEvent): boolean {
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.shiftKey;
    const inField = event.target instanceof Element && event.target.closest(FIELDS) !== null;
    if (!this.on || !plain || inField || event.isComposing || event.code !== 'KeyG') return false;
    this.#prefix = { code: event.code, at: event.timeStamp };
    return true;
  }
}

export const keys = new Keys();

/** On a Mac the Ctrl of the list is ⌘. */
export function caps(entry: KeyEntry): string[] {
  const mac = /Mac|iPhone|iPad/.test(navigator.platform);
  return entry.shown.map((cap) => (mac && cap === 'Ctrl' ? '⌘' : cap));
}
