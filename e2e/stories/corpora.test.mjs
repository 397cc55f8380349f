// Real mails by others, hundreds of them: what is imported is given back to the last byte over the API.
import assert from 'node:assert/strict';
import { access, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { test } from 'node:test';
import { DATABASES } from '../lib/database.mjs';
import { setUp } from '../lib/desk.mjs';
import { digest } from '../lib/ledger.mjs';
import { story } from '../lib/story.mjs';

const CORPORA = process.env.HENJI_CORPORA;
const FILES = 933;

if (!CORPORA) {
  test('the corpora come back byte for byte', { skip: 'HENJI_CORPORA is not set' }, () => {});
} else {
  for (const database of DATABASES) story(`the corpora come back byte for byte (${database})`, (stage) => tell(stage, database));
}

async function tell(stage, database) {
  const list = join(CORPORA, 'expectations/mime.jsonl');
  await access(list);
  const rows = (await readFile(list, 'utf8')).trim().split('\n').map((line) => JSON.parse(line));
  const files = rows.map(({ file }) => join(CORPORA, file));
  assert.equal(files.length, FILES);
  const henji = await stage.henji({ database });
  const api = await setUp(henji);

  const first = await imported(henji, files);
  assert.equal(first.files, FILES);
  assert.equal(first.kept + first.duplicates, FILES);
  const again = await imported(henji, files);
  assert.deepEqual([again.files, again.kept, again.duplicates, again.tickets], [FILES, 0, FILES, 0]);

  const given = new Set();
  for (const { number } of await api.all('/tickets'))
    for (const message of await api.all(`/tickets/${number}/messages`)) {
      given.add(digest(await api.bytes(`/messages/${message.id}/raw`)));
      // The same mail in other bytes is one message with several originals.
      for (const { sha256 } of message.copies) {
        given.add(digest(await api.bytes(`/messages/${message.id}/raw?sha256=${sha256}`)));
      }
    }
  const kept = new Set();
  for (const file of files) kept.add(digest(withoutMboxLine(file, await readFile(file))));
  assert.equal(kept.size, first.kept);
  const missing = [...kept].filter((one) => !given.has(one));
  const strange = [...given].filter((one) => !kept.has(one));
  assert.deepEqual({ missing, strange }, { missing: [], strange: [] });
}

async function imported(henji, files) {
  const { code, out, err } = await henji.command(['import', '--json', ...files]);
  assert.equal(code, 0, err);
  return JSON.parse(out.trim().split('\n').at(-1));
}

/** A file that begins with an mbox line, and is no .eml, goes in without it (a line without a time is none). */
function withoutMboxLine(file, bytes) {
  if (extname(file) === '.eml' || !bytes.subarray(0, 5).equals(Buffer.from('From '))) return bytes;
  const end = bytes.indexOf('\n') + 1;
  return /\d\d:\d\d/.test(bytes.subarray(0, end).toString('latin1')) ? bytes.subarray(end) : bytes;
}
