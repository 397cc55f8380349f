// The words on the screens. They lie in i18n/ja.json and i18n/en.json, which the server reads as
// well; a key that is not there is a type error, a language that lacks one stops the build.
import { untrack } from 'svelte';
import type japanese from '../../../../i18n/ja.json';
import type { Language } from '../api/types';

export type Key = keyof typeof japanese;
export type Blanks = Record<string, string | number>;
type Words = Record<string, string>;

const BLANK = /\{([a-z_]+)(?:\|([^{}|]*)\|([^{}|]*))?\}/g;
const LOAD: Record<Language, () => Promise<{ default: Words }>> = {
  ja: () => import('../../../../i18n/ja.json'),
  en: () => import('../../../../i18n/en.json'),
};

class Speech {
  language = $state<Language>('ja');
  words = $state.raw<Words>({});
  locale = $derived(this.language === 'ja' ? 'ja-JP' : 'en-GB');
  plural = $derived(new Intl.PluralRules(this.locale));
  figures = $derived(new Intl.NumberFormat(this.locale));
}

const speech = new Speech();

/** The language of the screens just now. */
export function language(): Language {
  return speech.language;
}

/** What `Intl` calls it. */
export function locale(): string {
  return speech.locale;
}

/** Loads a language and shows everything in it. */
export async function speak(wanted: Language): Promise<void> {
  const { default: words } = await LOAD[wanted]();
  speech.words = words;
  speech.language = wanted;
  document.documentElement.lang = wanted;
  try {
    localStorage.setItem('henji-language', wanted);
  } catch {
    // Without storage the next visit starts in the language of the browser.
  }
}

/** The language to begin with: chosen before, else the browser's, else Japanese. */
export function firstLanguage(): Language {
  let chosen: string | null = null;
  try {
    chosen = localStorage.getItem('henji-language');
  } catch {
    // As above.
  }
  const tag = chosen ?? navigator.language;
  return tag.startsWith('en') ? 'en' : 'ja';
}

/** A sentence with its blanks filled: `{name}`, and `{n|ticket|tickets}` as the number wants it. */
export function t(key: Key, blanks: Blanks = {}): string {
  return fill(speech.words[key] ?? key, blanks);
}

/** Like `t` for keys made of a server's code; null where the code is new to us. */
export function tCode(prefix: string, code: string | null | undefined, blanks: Blanks = {}): string | null {
  const sentence = code == null ? undefined : speech.words[`${prefix}.${code}`];
  return sentence === undefined ? null : fill(sentence, blanks);
}

/** A whole number as people of this language write it: 12,345. */
export function figure(value: number): string {
  return speech.figures.format(value);
}

/** Runs `work` again whenever the language changes, without depending on anything else it reads. */
export function onLanguage(work: () => void): void {
  $effect(() => {
    void speech.words;
    untrack(work);
  });
}

/** Quantities get their thousands separated; the number of a ticket is a name. */
function shown(name: string, value: string | number): string {
  return typeof value === 'number' && name !== 'number' ? figure(value) : String(value);
}

function fill(sentence: string, blanks: Blanks): string {
  return sentence.replace(BLANK, (whole, name: string, one?: string, many?: string) => {
    const value = blanks[name];
    if (value === undefined) return whole;
    if (one === undefined) return shown(name, value);
    return `${shown(name, value)} ${speech.plural.select(Number(value)) === 'one' ? one : many}`;
  });
}
