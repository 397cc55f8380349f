// A story: a test with a stage that is always cleared, and that explains itself when it fails.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openBrowser, openPage } from './browser.mjs';
import { Henji } from './henji.mjs';
import { picture } from './picture.mjs';

const LONGEST_MS = 300_000;

/** Tells one story. `tell` receives a Stage. */
export function story(name, tell) {
  test(name, { timeout: LONGEST_MS }, async () => {
    const stage = new Stage();
    try {
      await tell(stage);
      await stage.close();
    } catch (error) {
      await stage.explain(name);
      throw error;
    } finally {
      await stage.clear();
    }
  });
}

class Stage {
  #desks = [];
  #pages = [];
  #browser = null;

  /** A fresh desk that is being served. */
  async henji(options) {
    const henji = await Henji.start(options);
    this.#desks.push(henji);
    return henji;
  }

  /** A person's browser in front of `henji`. */
  async page(henji, options) {
    this.#browser ??= await openBrowser();
    const page = await openPage(this.#browser, henji, options);
    this.#pages.push(page);
    return page;
  }

  /** The end of a story that went well: no page had trouble, every desk leaves when asked. */
  async close() {
    assert.deepEqual(
      this.#pages.flatMap((page) => page.troubles),
      [],
      'a page had trouble',
    );
    await this.#browser?.close();
    for (const henji of this.#desks) await henji.stop();
  }

  /** What a person needs to understand a failure. */
  async explain(name) {
    for (const [index, page] of this.#pages.entries()) {
      const path = await picture(page, `failed-${name}-${index + 1}`).catch(() => 'no picture');
      console.error(`page ${index + 1} stands at ${page.url()}, see ${path}`);
      for (const trouble of page.troubles) console.error(`  ${trouble}`);
    }
    for (const henji of this.#desks) console.error(`the last words of henji:\n${henji.lastWords()}`);
  }

  /** Nothing may run on, whatever happened. */
  async clear() {
    await this.#browser?.close().catch(() => {});
    for (const henji of this.#desks) await henji.kill().catch(() => {});
  }
}
