// What goes wrong is said in a sentence that tells what to do, and nothing is lost by it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { freePorts } from '../lib/ports.mjs';
import { fetched, listening, setUp } from '../lib/desk.mjs';
import { imap } from '../lib/surroundings.mjs';
import { story } from '../lib/story.mjs';

const LANGUAGES = ['ja', 'en'];
const WORDS = Object.fromEntries(
  LANGUAGES.map((language) => [
    language,
    JSON.parse(readFileSync(new URL(`../../i18n/${language}.json`, import.meta.url), 'utf8')),
  ]),
);

story('a second serve on the same folder is refused in words, and the first goes on', async (stage) => {
  const henji = await stage.henji();
  const [port] = await freePorts(1);
  for (const language of LANGUAGES) {
    const { code, err } = await henji.command(['serve', '--listen', `127.0.0.1:${port}`], { language });
    assert.equal(code, 1);
    const sentence = WORDS[language]['cli.error.already_serving'].replace('{folder}', henji.folder);
    assert.ok(err.includes(sentence), err);
  }
  assert.ok((await fetch(`${henji.url}/health/ready`)).ok);
});

story('wrong mailbox settings are named before anything is saved', async (stage) => {
  const henji = await stage.henji();
  const api = await setUp(henji);
  const [nobody] = await freePorts(1);
  const right = fetched('orders@shop.example').incoming;
  const cases = {
    login_refused: { ...right, password: 'wrong' },
    unreachable: { ...right, port: nobody },
    no_such_host: { ...right, host: 'imap.no-such-host.invalid' },
    not_tls: { ...right, ...imap() },
  };
  for (const [code, incoming] of Object.entries(cases)) {
    const tried = await api.post('/mailboxes/test', { ...fetched('orders@shop.example'), incoming });
    assert.deepEqual([tried.incoming.ok, tried.incoming.code], [false, code]);
    for (const language of LANGUAGES) assert.ok(WORDS[language][`mailbox.error.${code}`], `a sentence for ${code}`);
  }
  const good = await api.post('/mailboxes/test', fetched('orders@shop.example'));
  assert.deepEqual([good.incoming.ok, good.outgoing.ok], [true, true]);
  assert.deepEqual(await api.all('/mailboxes'), [], 'trying saves nothing');
});

story('an edit of something that has changed meanwhile is refused and shows what is there now', async (stage) => {
  const henji = await stage.henji();
  const api = await setUp(henji);
  const { id, version } = await api.post('/mailboxes', listening('support@shop.example'));
  await api.patch(`/mailboxes/${id}`, { version, name: 'first' });
  const stale = api.patch(`/mailboxes/${id}`, { version, name: 'second' });
  await assert.rejects(stale, ({ status, problem }) => status === 409 && problem.current.name === 'first');
  assert.equal((await api.get(`/mailboxes/${id}`)).name, 'first');
});
