// The tools of the stories themselves: a story that passes is worth nothing if its tools are blind.
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertAccessible, barriers } from '../lib/accessible.mjs';
import { openBrowser, openPage } from '../lib/browser.mjs';
import { decoded, header, headers, ids, plainText } from '../lib/header.mjs';
import { append } from '../lib/imap.mjs';
import { bounce, mail } from '../lib/mails.mjs';
import { receivedBy, waitForMail } from '../lib/sink.mjs';
import { smtpSink } from '../lib/surroundings.mjs';
import { swaks } from '../lib/swaks.mjs';
import { eventually } from '../lib/wait.mjs';
import { pattern, word } from '../lib/words.mjs';

const LONG = '注文した商品がまだ届きません。いつごろ届くか教えていただけますでしょうか（至急）';
const HANAKO = { name: '山田 花子', address: 'hanako@customer.example' };

const question = (to) =>
  mail({ from: HANAKO, to: { address: to }, subject: LONG, text: 'こんにちは。\n..点から始まる行\nおわり\n' });

test('a mail sent with swaks reaches the sink byte for byte', async () => {
  const bytes = question('tools-swaks@shop.example');
  await swaks(smtpSink(), { from: '', to: 'tools-swaks@shop.example', bytes });
  const [kept] = await waitForMail('tools-swaks@shop.example');
  assert.equal(kept.from, '');
  assert.deepEqual(kept.bytes, bytes);
});

test('swaks tells the whole dialogue when a mail is not taken', async () => {
  const send = swaks(smtpSink(), {
    from: HANAKO.address,
    to: 'refuse@shop.example',
    bytes: question('refuse@shop.example'),
  });
  await assert.rejects(send, /550 5\.1\.1/);
  assert.deepEqual(await receivedBy('refuse@shop.example'), []);
});

test('an appended mail lies in the mailbox of Dovecot', async () => {
  const user = 'tools-imap@shop.example';
  const bytes = question(user);
  await append(user, [bytes, question(user)]);
  const folder = join(process.env.HENJI_TEST_DOVECOT_DIR, user, 'new');
  const names = await readdir(folder);
  assert.equal(names.length, 2);
  const stored = await Promise.all(names.map((name) => readFile(join(folder, name), 'latin1')));
  // Maildir keeps lines with LF; over IMAP they come back with CRLF.
  assert.ok(stored.some((text) => text.replaceAll('\n', '\r\n') === bytes.toString('latin1')));
});

test('a wrong command to Dovecot is an error and not silence', async () => {
  await assert.rejects(
    append('tools-imap@shop.example', [question('x@shop.example')], { folder: 'NoSuchFolder' }),
    /TRYCREATE|doesn't exist/,
  );
});

test('what was written into a mail is read out of it again', () => {
  const bytes = question('support@shop.example');
  assert.equal(decoded(header(bytes, 'subject')), LONG);
  assert.match(plainText(bytes), /^こんにちは。\r\n\.\.点/);
  assert.ok(headers(bytes).every(({ raw }) => raw.split('\r\n').every((line) => line.length <= 76)));
  const returned = bounce({ original: bytes, recipient: 'nobody@customer.example', to: 'support@shop.example' });
  assert.match(header(returned, 'content-type'), /report-type=delivery-status/);
  assert.ok(returned.includes(`<${ids(bytes, 'message-id')[0]}>`), 'the report names the mail');
});

test('an unknown word is an error', () => {
  assert.equal(typeof word('app.name'), 'string');
  assert.match(word('cli.error.folder', { folder: 'a', why: 'b' }), pattern('cli.error.folder'));
  assert.throws(() => word(`${'no'}.such.word`), /no\.such\.word/);
});

test('waiting in vain says for what', async () => {
  await assert.rejects(
    eventually('the moon', () => false, { within: 10 }),
    /in vain for the moon/,
  );
});

test('the browser sees barriers, errors and requests to others', async (t) => {
  const pages = {
    '/good': '<html lang="ja"><title>良い</title><main><h1>こんにちは</h1></main></html>',
    '/bad':
      '<html lang="ja"><title>悪い</title><main><img src="http://127.0.0.1:9/pixel.png"><script>throw new Error("oops")</script></main></html>',
  };
  const server = createServer((request, answer) =>
    answer.setHeader('content-type', 'text/html; charset=utf-8').end(pages[request.url] ?? ''),
  );
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const browser = await openBrowser();
  t.after(async () => {
    await browser.close();
    server.close();
  });
  const page = await openPage(browser, { url: `http://127.0.0.1:${server.address().port}` });
  await page.goto('/good');
  await assertAccessible(page, 'a good page');
  assert.deepEqual(page.troubles, []);
  await page.goto('/bad');
  assert.match((await barriers(page)).join('\n'), /image-alt/);
  assert.match(page.troubles.join('\n'), /oops/);
  assert.match(page.troubles.join('\n'), /request to another host: http:\/\/127\.0\.0\.1:9\//);
});
