// The main job of the desk, with nothing pretended: mails come in over SMTP and IMAP, an agent
// answers in the browser, the answer leaves once, and what comes back finds its place.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { assertAccessible } from '../lib/accessible.mjs';
import { append } from '../lib/imap.mjs';
import { DATABASES } from '../lib/database.mjs';
import { ADMINISTRATOR, fetched, listening, setUp } from '../lib/desk.mjs';
import { decoded, header, ids, plainText } from '../lib/header.mjs';
import { bounce, mail, messageId } from '../lib/mails.mjs';
import { picture } from '../lib/picture.mjs';
import { goTo, openInbox, openTicket, reply, row, ticket } from '../lib/screens.mjs';
import { receivedBy, waitForMail } from '../lib/sink.mjs';
import { story } from '../lib/story.mjs';
import { swaks } from '../lib/swaks.mjs';
import { eventually } from '../lib/wait.mjs';
import { word } from '../lib/words.mjs';

const SUPPORT = 'support@shop.example';
const ORDERS = 'orders@shop.example';
const PHONE = 'a..b@docomo.ne.jp';
const PHONE_SUBJECT = '深蒸し茶がまだ届きません';
const PHONE_MAIL = await readFile(new URL('../mails/docomo-question.eml', import.meta.url));

const QUESTION = [
  'お世話になっております。山田と申します。',
  '',
  '先月こちらで注文した「雪ふる茶」の缶のふたが、届いたときから少しへこんでいて、きちんと閉まりません。とても楽しみにしていたので残念です。',
  '  交換していただくことはできますか？ 注文番号は A-10234 です。',
  '> 前に店員さんが「交換できます」と言っていました',
  '',
  '山田 花子',
];
const SUBJECT = '届いた缶のふたがへこんでいて、きちんと閉まりません（注文番号 A-10234 について）';
const ANSWER =
  'お問い合わせありがとうございます。緑茶堂の佐藤です。\n\nご不便をおかけし、申し訳ございません。\n本日、新しい缶をお送りいたします。';

/** A customer of this run: the sink is shared by all stories, so addresses must differ. */
const customer = (name, run) => ({
  name,
  address: `${name === '山田 花子' ? 'hanako' : 'jiro'}.${run}@customer.example`,
});

for (const database of DATABASES) {
  story(`a mail comes in, an agent answers it, nothing is lost (${database})`, async (stage) => {
    const scene = await begin(stage, database);
    await bothDoorsLeadToTheOpenInbox(scene);
    await theAnswerLeavesOnceAndFaithfully(scene);
    await theCustomersAnswerJoins(scene);
    await anAddressWithTwoDotsIsAnsweredToo(scene);
    await aBounceReopensAsNotDelivered(scene);
    await aStrangerDoesNotJoin(scene);
    await anAutoReplyGetsNoAnswer(scene);
    assert.equal((await receivedBy(scene.hanako.address)).length, 1, 'the answer left once');
    assert.equal(await scene.page.evaluate(() => globalThis.neverReloaded), true, 'the page was never loaded again');
  });
}

async function begin(stage, database) {
  const henji = await stage.henji({ database });
  const api = await setUp(henji);
  const run = messageId().slice(0, 8);
  // The mailbox of the phone is fetched as its own user of Dovecot, so that runs do not meet.
  const orders = fetched(ORDERS, { acknowledge: 'on' });
  orders.incoming.user = `orders.${run}`;
  await api.post('/mailboxes', listening(SUPPORT));
  await api.post('/mailboxes', orders);
  const page = await stage.page(henji);
  await openInbox(page, ADMINISTRATOR);
  await page.evaluate(() => (globalThis.neverReloaded = true));
  const hanako = customer('山田 花子', run);
  const phoneBefore = (await receivedBy(PHONE)).length;
  return {
    henji,
    api,
    page,
    run,
    phoneBefore,
    hanako,
    jiro: customer('鈴木 次郎', run),
    ordersUser: orders.incoming.user,
  };
}

const send = ({ henji }, to, bytes, from) => swaks(henji.smtp, { from, to, bytes });

/** The ticket with this subject, as the API tells it, as soon as `look` likes it. */
function ticketOf(api, subject, look = () => true) {
  return eventually(`the ticket 「${subject}」`, async () => {
    const { items } = await api.get('/tickets?sort=-created&limit=100');
    return items.find((one) => one.subject === subject && look(one));
  });
}

const messagesOf = (api, number) => api.all(`/tickets/${number}/messages`);

async function bothDoorsLeadToTheOpenInbox(scene) {
  const { page, hanako } = scene;
  await page.getByText(word('empty.new')).waitFor();
  scene.question = mail({
    from: hanako,
    to: { address: SUPPORT },
    subject: SUBJECT,
    text: `${QUESTION.join('\n')}\n`,
    references: ['earlier@customer.example'],
  });
  await send(scene, SUPPORT, scene.question, hanako.address);
  await row(page, SUBJECT).waitFor();
  await append(scene.ordersUser, [PHONE_MAIL]);
  await row(page, PHONE_SUBJECT).waitFor();
  await assertAccessible(page, 'inbox with mails');
  await picture(page, 'inbox');
}

async function theAnswerLeavesOnceAndFaithfully(scene) {
  const { api, page, hanako, question } = scene;
  await openTicket(page, SUBJECT);
  await reply(page, ANSWER);
  const [sent] = await waitForMail(hanako.address);
  assert.deepEqual(sent.to, [hanako.address]);
  assert.equal(sent.from, SUPPORT);

  const { bytes } = sent;
  const [questionId] = ids(question, 'message-id');
  assert.equal(decoded(header(bytes, 'subject')), `Re: ${SUBJECT}`);
  for (const [encodedWord] of header(question, 'subject').matchAll(/=\?[^?]+\?B\?[^?]+\?=/g)) {
    assert.ok(header(bytes, 'subject').includes(encodedWord), 'the customer’s own encoded words are copied');
  }
  assert.deepEqual(ids(bytes, 'references'), ['earlier@customer.example', questionId]);
  assert.deepEqual(ids(bytes, 'in-reply-to'), [questionId]);
  assert.match(header(bytes, 'content-type'), /^text\/plain; charset="?utf-8"?$/i);
  const raw = bytes.toString('latin1');
  assert.match(raw, /^[\x00-\x7f]*$/, 'every byte is 7-bit');
  assert.doesNotMatch(raw, /[^\r]\n|\r[^\n]/, 'every line ends with CRLF');
  assert.deepEqual(
    raw.split('\r\n').filter((line) => line.length > 78),
    [],
    'every line is short',
  );

  const lines = plainText(bytes).split('\r\n');
  assert.ok(plainText(bytes).includes(ANSWER.replaceAll('\n', '\r\n')), 'the agent’s words stand there as written');
  for (const line of QUESTION)
    assert.ok(lines.includes(`> ${line}`) || lines.includes(`> ${line}`.trimEnd()), `quoted as it was: ${line}`);

  scene.first = await ticketOf(api, SUBJECT, (one) => one.lane === 'waiting_on_customer');
  const ours = (await messagesOf(api, scene.first.number)).find((one) => one.direction === 'out');
  assert.equal(ours.outbound.state, 'accepted');
  assert.deepEqual(await api.bytes(`/messages/${ours.id}/raw`), bytes, 'what left is what was kept');
  [scene.ourId] = ids(bytes, 'message-id');
}

async function theCustomersAnswerJoins(scene) {
  const { api, page, hanako, question, ourId, first } = scene;
  const thanks = 'ありがとうございます。新しい缶、お待ちしております。';
  const bytes = mail({
    from: hanako,
    to: { address: SUPPORT },
    subject: `Re: ${SUBJECT}`,
    text: `${thanks}\n`,
    references: [...ids(question, 'message-id'), ourId],
  });
  await send(scene, SUPPORT, bytes, hanako.address);
  await goTo(page, 'todo');
  await openTicket(page, SUBJECT);
  await ticket(page).getByText(thanks).waitFor();
  await assertAccessible(page, 'ticket');
  await picture(page, 'ticket');
  const again = await ticketNumbered(api, first.number);
  assert.equal(again.status, 'open');
  const joined = (await messagesOf(api, first.number)).at(-1);
  assert.equal(joined.because.code, 'answers_our_mail');
}

async function anAddressWithTwoDotsIsAnsweredToo(scene) {
  const { api, page, phoneBefore } = scene;
  const [acknowledgement] = await forThePhone(phoneBefore, 1);
  assert.match(header(acknowledgement.bytes, 'auto-submitted'), /^auto-(replied|generated)/);
  assert.doesNotMatch(plainText(acknowledgement.bytes), /深蒸し茶|高橋/, 'no word of the customer goes out by itself');

  await goTo(page, 'new');
  await openTicket(page, PHONE_SUBJECT);
  await reply(page, ANSWER);
  const [, sent] = await forThePhone(phoneBefore, 2);
  assert.deepEqual(sent.to, [PHONE]);
  assert.equal(decoded(header(sent.bytes, 'subject')), `Re: ${PHONE_SUBJECT}`);
  assert.match(plainText(sent.bytes), /^> 先週注文した深蒸し茶が、まだ届きません。\r$/m);
  assert.match(plainText(sent.bytes), /^> 　　　　　　　　　　　　高橋\r$/m, 'the signature keeps its place');
  scene.second = await ticketOf(api, PHONE_SUBJECT, (one) => one.lane === 'waiting_on_customer');
  scene.toPhone = sent.bytes;
}

async function aBounceReopensAsNotDelivered({ api, page, ordersUser, toPhone, second }) {
  await append(ordersUser, [bounce({ original: toPhone, recipient: PHONE, to: ORDERS })]);
  await goTo(page, 'todo');
  await row(page, PHONE_SUBJECT)
    .filter({ hasText: word('delivery.failed') })
    .waitFor();
  await openTicket(page, PHONE_SUBJECT);
  await ticket(page).getByText(word('outbound.bounced')).waitFor();
  const again = await ticketNumbered(api, second.number);
  assert.equal(again.delivery, 'failed');
  assert.equal(again.status, 'open');
}

async function aStrangerDoesNotJoin(scene) {
  const { api, page, first, question, ourId, run } = scene;
  const before = (await messagesOf(api, first.number)).length;
  const stranger = { name: '見知らぬ人', address: `eve.${run}@stranger.example` };
  const subject = `Re: ${SUBJECT}（返金先の変更）`;
  const bytes = mail({
    from: stranger,
    to: { address: SUPPORT },
    subject,
    text: '返金先の口座を変えてください。\n',
    references: [...ids(question, 'message-id'), ourId],
  });
  await send(scene, SUPPORT, bytes, stranger.address);
  const other = await ticketOf(api, subject);
  assert.notEqual(other.number, first.number, 'stolen references do not open a ticket');
  assert.equal(other.suggestion.number, first.number, 'but a person is told where it may belong');
  assert.equal((await messagesOf(api, first.number)).length, before);
  await goTo(page, 'new');
  await row(page, subject).waitFor();
}

async function anAutoReplyGetsNoAnswer(scene) {
  const { api, ordersUser, jiro, run } = scene;
  const machine = { name: '不在通知', address: `away.${run}@customer.example` };
  const away = mail({
    from: machine,
    to: { address: ORDERS },
    subject: `不在のお知らせ ${run}`,
    text: '休暇中です。\n',
    headers: [['Auto-Submitted', 'auto-replied']],
  });
  const human = mail({
    from: jiro,
    to: { address: ORDERS },
    subject: `配送日について ${run}`,
    text: '日曜に届きますか。\n',
  });
  await append(ordersUser, [away, human]);
  // The human wrote after the machine: when the human is acknowledged, the machine has been decided on.
  await waitForMail(jiro.address);
  await eventually('the auto-reply on its shelf', async () =>
    (await api.all('/tickets?shelf=automatic')).some((one) => one.contact.address === machine.address),
  );
  assert.deepEqual(await receivedBy(machine.address), []);
}

const ticketNumbered = (api, number) => api.get(`/tickets/${number}`);

/** The phone's address is the same in every run: only what came after the beginning counts. */
const forThePhone = async (before, count) => (await waitForMail(PHONE, before + count)).slice(before);
