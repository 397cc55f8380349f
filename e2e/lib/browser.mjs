// A real Chromium, as a person would use it.
import { chromium } from 'playwright-core';
import { browserProgram } from './surroundings.mjs';
import { LANGUAGE } from './words.mjs';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const LOCALES = { ja: 'ja-JP', en: 'en-GB' };

/** Starts the browser; `close()` it. */
export const openBrowser = () => chromium.launch({ executablePath: browserProgram(), args: FLAGS });

/**
 * A page of its own person: own cookies, own storage. Whatever goes wrong in the page (an error in
 * a script, a dialog, a request to another host) is kept in `page.troubles`.
 */
export async function openPage(browser, henji, { colours = 'light', width = 1440, height = 900 } = {}) {
  const context = await browser.newContext({
    baseURL: henji.url,
    viewport: { width, height },
    colorScheme: colours,
    locale: LOCALES[LANGUAGE],
    timezoneId: 'Asia/Tokyo',
  });
  const page = await context.newPage();
  page.troubles = [];
  page.on('pageerror', (error) => page.troubles.push(`error in the page: ${error.stack ?? error}`));
  page.on('dialog', (dialog) => {
    page.troubles.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    const address = new URL(request.url());
    const ours = address.origin === henji.url || ['data:', 'blob:', 'about:'].includes(address.protocol);
    if (!ours) page.troubles.push(`request to another host: ${request.url()}`);
  });
  return page;
}
