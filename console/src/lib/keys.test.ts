import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { entryFor, KEYS, keys } from './keys.svelte';

function press(
  code: string,
  init: KeyboardEventInit & { keyCode?: number } = {},
  target: Element = document.body,
): boolean {
  const event = new KeyboardEvent('keydown', { code, bubbles: true, cancelable: true, ...init });
  let meant = false;
  const hear = (heard: Event): void => void (meant = keys.press(heard as KeyboardEvent));
  document.addEventListener('keydown', hear, { once: true });
  target.dispatchEvent(event);
  document.removeEventListener('keydown', hear);
  return meant;
}

function field(): HTMLTextAreaElement {
  return document.body.appendChild(document.createElement('textarea'));
}

let end = (): void => undefined;
beforeEach(() => keys.switch(true));
afterEach(() => {
  end();
  document.body.replaceChildren();
});

it('goes by the place of the key, whatever the input method makes of it', () => {
  const next = vi.fn();
  end = keys.bind({ next });
  press('KeyJ', { key: 'ｊ' });
  expect(next).toHaveBeenCalledOnce();
});

it('is silent while an input method composes', () => {
  const next = vi.fn();
  end = keys.bind({ next, main: next });
  press('KeyJ', { isComposing: true });
  press('KeyJ', { key: 'Process', keyCode: 229 });
  press('Enter', { ctrlKey: true, isComposing: true }, field());
  expect(next).not.toHaveBeenCalled();
});

it('is silent in fields, but Ctrl+Enter sends from there and Enter alone never', () => {
  const [reply, main] = [vi.fn(), vi.fn()];
  end = keys.bind({ reply, main });
  const text = field();
  press('KeyR', {}, text);
  press('Enter', {}, text);
  expect(main).not.toHaveBeenCalled();
  press('Enter', { ctrlKey: true }, text);
  press('Enter', { metaKey: true }, text);
  expect(reply).not.toHaveBeenCalled();
  expect(main).toHaveBeenCalledTimes(2);
});

it('leaves Enter to the button that has the focus', () => {
  const open = vi.fn();
  end = keys.bind({ open });
  press('Enter', {}, document.body.appendChild(document.createElement('button')));
  expect(open).not.toHaveBeenCalled();
  press('Enter');
  expect(open).toHaveBeenCalledOnce();
});

it('tells A from Shift+A and G N from N', () => {
  const acts = { assign: vi.fn(), take: vi.fn(), note: vi.fn(), go_new: vi.fn() };
  end = keys.bind(acts);
  press('KeyA', { shiftKey: true });
  press('KeyG');
  press('KeyN');
  expect(acts.take).toHaveBeenCalledOnce();
  expect(acts.assign).not.toHaveBeenCalled();
  expect(acts.go_new).toHaveBeenCalledOnce();
  expect(acts.note).not.toHaveBeenCalled();
});

it('hands on what the newest screen does not want', () => {
  const below = vi.fn();
  const endBelow = keys.bind({ back: below });
  const endAbove = keys.bind({ back: () => false });
  end = () => [endBelow, endAbove].forEach((one) => one());
  expect(press('Escape')).toBe(true);
  expect(below).toHaveBeenCalledOnce();
});

it('can be switched off, except for Ctrl+Enter', () => {
  const acts = { next: vi.fn(), main: vi.fn() };
  end = keys.bind(acts);
  keys.switch(false);
  press('KeyJ');
  press('Enter', { ctrlKey: true });
  expect(acts.next).not.toHaveBeenCalled();
  expect(acts.main).toHaveBeenCalledOnce();
});

it('gives no key two meanings', () => {
  const places = KEYS.flatMap((entry) =>
    entry.codes.map((code) => [code, entry.shift ?? false, entry.ctrl ?? false, entry.after ?? ''].join()),
  );
  expect(new Set(places).size).toBe(places.length);
});

it('leaves Alt combinations to the browser', () => {
  expect(entryFor(new KeyboardEvent('keydown', { code: 'KeyJ', altKey: true }), null)).toBeNull();
});
