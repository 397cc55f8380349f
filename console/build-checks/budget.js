// The build stops when the first load grows beyond its budget (gzip, in KB of 1000 bytes).
import { gzipSync } from 'node:zlib';

const WORDS = /^assets\/(ja|en)-/;

/** Everything the first screen of a signed-in agent loads: the entry, what it imports, one language. */
export function firstLoad(bundle) {
  const chunks = Object.values(bundle).filter((file) => file.type === 'chunk');
  const taken = new Set();
  const take = (name) => {
    const chunk = bundle[name];
    if (!chunk || taken.has(name)) return;
    taken.add(name);
    chunk.imports.forEach(take);
  };
  chunks.filter((chunk) => chunk.isEntry).forEach((chunk) => take(chunk.fileName));
  const languages = chunks.filter((chunk) => WORDS.test(chunk.fileName)).sort((a, b) => size(b.code) - size(a.code));
  if (languages[0]) take(languages[0].fileName);
  return [...taken].map((name) => bundle[name]);
}

/** Gzipped size in bytes. */
export function size(content) {
  return gzipSync(content, { level: 9 }).length;
}

/** Vite plugin: prints the sizes of the first load and refuses the build beyond `js` or `css` KB. */
export function budget(limits) {
  return {
    name: 'henji-budget',
    apply: 'build',
    generateBundle(_, bundle) {
      const js = firstLoad(bundle).reduce((sum, chunk) => sum + size(chunk.code), 0) / 1000;
      const sheets = Object.values(bundle).filter((file) => file.fileName.endsWith('.css'));
      const css = sheets.reduce((sum, sheet) => sum + size(sheet.source), 0) / 1000;
      console.info(
        `first load, gzipped: JS ${js.toFixed(1)} of ${limits.js} KB, CSS (all) ${css.toFixed(1)} of ${limits.css} KB`,
      );
      if (js > limits.js)
        this.error(`the first load is ${js.toFixed(1)} KB of JavaScript; the budget is ${limits.js} KB`);
      if (css > limits.css) this.error(`the style sheets are ${css.toFixed(1)} KB; the budget is ${limits.css} KB`);
    },
  };
}
