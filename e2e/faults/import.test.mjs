// Killed while a folder is imported beside the serving desk. Run again, it takes only the rest.
import assert from 'node:assert/strict';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fetched } from '../lib/desk.mjs';
import { faultStory } from '../lib/fault.mjs';
import { Ledger } from '../lib/ledger.mjs';
import { mail } from '../lib/mails.mjs';
import { scratchFolder } from '../lib/surroundings.mjs';

const TO = 'archive@shop.example';
const FILES = 500;
/** A command needs a moment before it touches anything; this is about as long as the import takes. */
const LATEST_MS = 1_500;

faultStory('import', {
  async prepare(scene) {
    scene.ledger = new Ledger();
    const mailbox = fetched(TO, { sending: 'off' });
    await scene.api.post('/mailboxes', { ...mailbox, incoming: { kind: 'none' } });
  },

  async play(scene) {
    const { henji, round, ledger } = scene;
    const folder = await mkdtemp(join(scratchFolder(), 'import-'));
    for (let n = 0; n < FILES; n += 1) {
      const bytes = old(round, n);
      ledger.add(bytes);
      await writeFile(join(folder, `${n}.eml`), bytes);
    }
    const killed = await henji.command(importing(folder), { onStart: (child) => void killLater(scene, child) });
    assert.ok(killed.signal === 'SIGKILL' || killed.code === 0, killed.err);

    const again = await counted(henji, folder);
    assert.equal(again.files, FILES);
    assert.equal(again.kept + again.duplicates, FILES, 'files = kept + duplicates');
    scene.tell(`${again.duplicates} were kept before the kill, ${again.kept} after it`);
    const third = await counted(henji, folder);
    assert.deepEqual([third.kept, third.duplicates, third.tickets], [0, FILES, 0]);
  },

  judge: ({ api, ledger }) => ledger.compare(api),
});

async function killLater(scene, child) {
  const ms = await scene.randomMoment(LATEST_MS);
  const killed = child.kill('SIGKILL');
  scene.tell(killed ? `killed after ${ms} ms` : `finished before the kill at ${ms} ms`);
}

const importing = (folder) => ['import', '--json', '--mailbox', TO, folder];

async function counted(henji, folder) {
  const { code, out, err } = await henji.command(importing(folder));
  assert.equal(code, 0, err);
  return JSON.parse(out.trim().split('\n').at(-1));
}

const old = (round, n) =>
  mail({
    from: { address: `old${n}@customer.example` },
    to: { address: TO },
    subject: `昔のメール ${round}-${n}`,
    text: `${'昔'.repeat(n % 50)}\n`,
    date: new Date(Date.UTC(2020, 1, 1, 0, n)),
  });
