// A reply can be taken back while it is held, and what leaves afterwards is what was written last.
import assert from 'node:assert/strict';
import { ADMINISTRATOR, listening, setUp } from '../lib/desk.mjs';
import { plainText } from '../lib/header.mjs';
import { mail, messageId } from '../lib/mails.mjs';
import { openInbox, openTicket, reply, ticket } from '../lib/screens.mjs';
import { receivedBy, waitForMail } from '../lib/sink.mjs';
import { story } from '../lib/story.mjs';
import { swaks } from '../lib/swaks.mjs';
import { word } from '../lib/words.mjs';

const SUPPORT = 'support@shop.example';
const SUBJECT = '返品の送料について';
const HASTY = '送料はお客様のご負担です。';
const BETTER = '送料は当店で負担いたします。';

story('a hasty reply is taken back, rewritten, and only the second one leaves', async (stage) => {
  const henji = await stage.henji();
  const api = await setUp(henji);
  const { id, version } = await api.post('/mailboxes', listening(SUPPORT, { hold_seconds: 60 }));
  const customer = { name: '田中 翔太', address: `shota.${messageId().slice(0, 8)}@customer.example` };
  const bytes = mail({ from: customer, to: { address: SUPPORT }, subject: SUBJECT, text: 'どちらが負担しますか。\n' });
  await swaks(henji.smtp, { from: customer.address, to: SUPPORT, bytes });

  const page = await stage.page(henji);
  await openInbox(page, ADMINISTRATOR);
  await openTicket(page, SUBJECT);
  await reply(page, HASTY);
  await ticket(page)
    .getByRole('button', { name: word('outbound.undo') })
    .click();
  await page.getByText(word('done.reply_undone')).first().waitFor();
  assert.deepEqual(await receivedBy(customer.address), [], 'nothing has left');

  const text = page.getByRole('textbox', { name: word('composer.text') });
  if (!(await text.isVisible())) await page.getByRole('button', { name: word('composer.go_on') }).click();
  assert.equal(await text.inputValue(), HASTY, 'the words are back in the draft');
  await api.patch(`/mailboxes/${id}`, { version, hold_seconds: 0 });
  await text.fill(BETTER);
  await page.getByRole('button', { name: word('send.waiting_on_customer') }).click();

  const [sent] = await waitForMail(customer.address);
  assert.match(plainText(sent.bytes), new RegExp(BETTER));
  assert.doesNotMatch(plainText(sent.bytes), new RegExp(HASTY));
});
