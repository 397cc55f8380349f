// Killed while a mailbox is being fetched. Dovecot keeps every mail; the desk must show each once.
import { randomBytes } from 'node:crypto';
import { fetched } from '../lib/desk.mjs';
import { faultStory } from '../lib/fault.mjs';
import { append } from '../lib/imap.mjs';
import { Ledger } from '../lib/ledger.mjs';
import { mail } from '../lib/mails.mjs';
import { eventually } from '../lib/wait.mjs';

const TO = 'orders@shop.example';
const MAILS = 40;

faultStory('IMAP fetch', {
  async prepare(scene) {
    scene.ledger = new Ledger();
    scene.user = `fetch.${randomBytes(4).toString('hex')}`;
    const mailbox = fetched(TO, { sending: 'off' });
    mailbox.incoming.user = scene.user;
    const { id } = await scene.api.post('/mailboxes', mailbox);
    await eventually(
      'the first connection to the mailbox',
      async () => (await scene.api.get(`/mailboxes/${id}`)).health.state === 'ok',
    );
  },

  async play(scene) {
    const mails = Array.from({ length: MAILS }, (_, n) => order(scene.round, n));
    const appending = append(scene.user, mails);
    const ms = await scene.kill();
    await appending;
    for (const bytes of mails) scene.ledger.add(bytes);
    await scene.return();
    scene.tell(`killed after ${ms} ms; ready after ${Math.round(scene.henji.readyAfter)} ms`);
    await eventually('the next mails', async () => (await scene.api.all('/tickets')).length >= scene.ledger.size, {
      within: 60_000,
    });
  },

  judge: ({ api, ledger }) => ledger.compare(api),
});

const order = (round, n) =>
  mail({
    from: { address: `buyer${n}@customer.example` },
    to: { address: TO },
    subject: `注文 ${round}-${n}`,
    text: `${'茶'.repeat(n * 30)}を一つ。\n`,
  });
