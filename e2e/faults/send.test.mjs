// Killed while replies leave. Each reply that the desk took on is at the customer exactly once, or
// is shown to a person as unknown; never twice, never forgotten.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { listening } from '../lib/desk.mjs';
import { faultStory, ROUNDS } from '../lib/fault.mjs';
import { ids } from '../lib/header.mjs';
import { mail } from '../lib/mails.mjs';
import { received } from '../lib/sink.mjs';
import { SmtpClient } from '../lib/smtp.mjs';
import { eventually } from '../lib/wait.mjs';

const FROM = 'support@shop.example';
const TICKETS = 12;
const SETTLED = ['accepted', 'unknown'];
const SETTLE_MS = 150_000;

faultStory('send', {
  async prepare(scene) {
    scene.run = randomBytes(4).toString('hex');
    await scene.api.post('/mailboxes', listening(FROM));
  },

  async play(scene) {
    const tickets = await askedBy(scene);
    const posts = tickets.map((ticket) => post(scene.api, ticket));
    const all = Promise.allSettled(posts);
    // In odd rounds the kill comes while replies are taken on, in even ones while they leave.
    await (scene.round % 2 === 1 ? Promise.any(posts) : theFirstArrives(scene));
    const ms = await scene.kill();
    const answers = await all;
    await scene.return();
    const taken = answers.filter(({ status }) => status === 'fulfilled').length;
    scene.tell(
      `killed after ${ms} ms: ${taken} of ${TICKETS} replies taken on; ready after ${Math.round(scene.henji.readyAfter)} ms`,
    );
    // Who got no answer asks again with the same key, as the console does.
    const unanswered = tickets.filter((_, index) => answers[index].status === 'rejected');
    for (const ticket of unanswered) await post(scene.api, ticket);
    await settled(scene, tickets);
  },

  async judge({ t, api, run }) {
    const unknown = new Set((await api.all('/outbound?state=unknown')).map((row) => row.id));
    t.diagnostic(`${unknown.size} of ${ROUNDS * TICKETS} are shown as unknown`);
    const copies = new Map();
    for (const { bytes } of (await received()).filter((one) => one.to.some((to) => to.includes(run)))) {
      const [id] = ids(bytes, 'message-id');
      copies.set(id, (copies.get(id) ?? 0) + 1);
    }
    for (const { number } of await api.all('/tickets')) {
      const replies = (await api.all(`/tickets/${number}/messages`)).filter((message) => message.direction === 'out');
      assert.equal(replies.length, 1, `ticket ${number} has one reply`);
      const [{ id, outbound }] = replies;
      const [messageId] = ids(await api.bytes(`/messages/${id}/raw`), 'message-id');
      const arrived = copies.get(messageId) ?? 0;
      assert.ok(arrived <= 1, `reply of ticket ${number} arrived ${arrived} times`);
      if (outbound.state === 'accepted')
        assert.equal(arrived, 1, `reply of ticket ${number} was accepted but never arrived`);
      if (outbound.state === 'unknown')
        assert.ok(unknown.has(outbound.id), `the unknown reply of ticket ${number} is shown to a person`);
    }
  },
});

/** Customers of this round write; every third lives behind a slow server, so that a kill can hit the moment after the dot. */
async function askedBy({ henji, api, round, run }) {
  const client = await SmtpClient.connect(henji.smtp);
  const known = new Set((await api.all('/tickets')).map(({ number }) => number));
  for (let n = 0; n < TICKETS; n += 1) {
    const address = `${n % 3 === 0 ? 'slow' : 'quick'}.${run}.${round}.${n}@customer.example`;
    const bytes = mail({
      from: { address },
      to: { address: FROM },
      subject: `質問 ${round}-${n}`,
      text: '教えてください。\n',
    });
    assert.equal(await client.send({ from: address, to: FROM, bytes }), 'acked');
  }
  client.close();
  return eventually('the questions of this round', async () => {
    const fresh = (await api.all('/tickets')).filter(({ number }) => !known.has(number));
    return fresh.length === TICKETS && fresh;
  });
}

/** Waits until a reply of this round is at the sink; behind a slow server it has no answer yet. */
const theFirstArrives = ({ run, round }) =>
  eventually('a reply at the sink', async () => {
    const ours = `.${run}.${round}.`;
    return (await received()).some((one) => one.to.some((to) => to.includes(ours)));
  });

/** Answers a ticket; the key makes the same answer the same reply. */
const post = (api, { number }) =>
  api.post(
    `/tickets/${number}/reply`,
    { text: 'お答えします。', attachments: [], then: 'waiting_on_customer' },
    { 'idempotency-key': `answer-${number}` },
  );

/** Waits until the fate of every reply is known, or known to be unknown. */
function settled({ api }, tickets) {
  return eventually(
    'every reply to be settled',
    async () => {
      for (const { number } of tickets) {
        const reply = (await api.all(`/tickets/${number}/messages`)).find((message) => message.direction === 'out');
        if (!reply || !SETTLED.includes(reply.outbound.state))
          throw new Error(`ticket ${number}: ${reply?.outbound.state ?? 'no reply'}`);
      }
      return true;
    },
    { within: SETTLE_MS },
  );
}
