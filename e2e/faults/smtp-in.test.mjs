// Killed while mails come in over SMTP. A sender keeps its own ledger and behaves like a mail
// server: what was not promised is sent again, the same bytes.
import { listening } from '../lib/desk.mjs';
import { faultStory } from '../lib/fault.mjs';
import { Ledger } from '../lib/ledger.mjs';
import { mail } from '../lib/mails.mjs';
import { SmtpClient } from '../lib/smtp.mjs';

const TO = 'support@shop.example';
const SENDERS = 3;
const AT_MOST = 30;

faultStory('SMTP in', {
  async prepare(scene) {
    scene.ledger = new Ledger();
    await scene.api.post('/mailboxes', listening(TO, { sending: 'off' }));
  },

  async play(scene) {
    const { henji, round } = scene;
    const mails = Array.from({ length: AT_MOST }, (_, n) => question(round, n));
    const waiting = [...mails];
    const outcomes = { acked: [], unclear: [], unsent: [] };
    const senders = Array.from({ length: SENDERS }, () => sendUntilItBreaks(henji, waiting, outcomes));
    const ms = await scene.kill();
    await Promise.all(senders);
    await scene.return();
    scene.tell(
      `killed after ${ms} ms: ${outcomes.acked.length} promised, ${outcomes.unclear.length} unclear; ready after ${Math.round(henji.readyAfter)} ms`,
    );

    const again = [...outcomes.unclear, ...outcomes.unsent, ...waiting.splice(0)];
    const rest = { acked: [], unclear: [], unsent: [] };
    await sendUntilItBreaks(henji, again, rest);
    if (rest.acked.length + outcomes.acked.length !== mails.length)
      throw new Error('the desk did not take the mails after its return');
    for (const bytes of mails) scene.ledger.add(bytes);
  },

  judge: ({ api, ledger }) => ledger.compare(api),
});

const question = (round, n) =>
  mail({
    from: { address: `customer${n}@customer.example` },
    to: { address: TO },
    subject: `荷物について ${round}-${n}`,
    text: `まだ届きません。${'あ'.repeat(n * 40)}\n`,
  });

/** Takes mails from `waiting` until none is left or the connection breaks. */
async function sendUntilItBreaks(henji, waiting, outcomes) {
  const client = await SmtpClient.connect(henji.smtp).catch(() => null);
  while (client && waiting.length > 0) {
    const bytes = waiting.shift();
    const outcome = await client.send({ from: 'customer@customer.example', to: TO, bytes });
    outcomes[outcome].push(bytes);
    if (outcome !== 'acked') return;
  }
  client?.close();
}
