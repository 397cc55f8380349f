// The build stops when Japanese and English do not have the same words, or not the
// same blanks in them: half a translation must never reach a screen.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The names of the blanks in a sentence: `{name}`, and `{n|ticket|tickets}` counts as `n`. */
export function blanks(sentence) {
  return [...new Set([...sentence.matchAll(/\{([a-z_]+)(?:\|[^{}]*)?\}/g)].map((found) => found[1]))].sort();
}

/** What differs between two languages, one line each; empty when all is well. */
export function differences(ja, en) {
  const keys = [...new Set([...Object.keys(ja), ...Object.keys(en)])].sort();
  return keys.flatMap((key) => {
    if (!(key in en)) return [`${key}: missing in en.json`];
    if (!(key in ja)) return [`${key}: missing in ja.json`];
    const [a, b] = [blanks(ja[key]).join(), blanks(en[key]).join()];
    return a === b ? [] : [`${key}: blanks differ (ja: ${a || 'none'}; en: ${b || 'none'})`];
  });
}

/** The words that screens use; those of the command line stay out of the browser. */
export function forScreens(all) {
  return Object.fromEntries(Object.entries(all).filter(([key]) => !/^(cli|doctor)\./.test(key)));
}

/** Vite plugin: refuses the build when the two languages differ, and ships only the screens' words. */
export function words(folder) {
  const read = (language) => JSON.parse(readFileSync(join(folder, `${language}.json`), 'utf8'));
  return {
    name: 'henji-words',
    enforce: 'pre',
    transform(code, id) {
      return /\/i18n\/(ja|en)\.json$/.test(id)
        ? { code: JSON.stringify(forScreens(JSON.parse(code))), map: null }
        : null;
    },
    buildStart() {
      if (this.environment?.mode === 'dev') return;
      const wrong = differences(read('ja'), read('en'));
      if (wrong.length > 0) this.error(`i18n: ja.json and en.json differ\n  ${wrong.join('\n  ')}`);
    },
  };
}
