// The words on the screens, read from the product's own files: a story finds a button by what a
// person reads on it, in Japanese or (HENJI_E2E_LANGUAGE=en) in English.
import { readFileSync } from 'node:fs';

/** The language the stories are played in. */
export const LANGUAGE = process.env.HENJI_E2E_LANGUAGE === 'en' ? 'en' : 'ja';
const WORDS = JSON.parse(readFileSync(new URL(`../../i18n/${LANGUAGE}.json`, import.meta.url), 'utf8'));
const BLANK = /\{([a-z_]+)(?:\|[^{}]*)?\}/g;

/** The sentence of `key` with its blanks filled; an unknown key is an error, not an empty search. */
export function word(key, blanks = {}) {
  if (!(key in WORDS)) throw new Error(`i18n/${LANGUAGE}.json has no ${key}`);
  return WORDS[key].replace(BLANK, (whole, name) => blanks[name] ?? whole);
}

/** The sentence of `key` as a pattern that lets anything stand in its blanks. */
export function pattern(key) {
  const parts = word(key)
    .split(BLANK)
    .filter((_, index) => index % 2 === 0);
  return new RegExp(parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*'));
}
