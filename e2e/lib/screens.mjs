// What a person does on the screens, found by the words that stand there.
import { word } from './words.mjs';

const button = (page, key) => page.getByRole('button', { name: word(key) });

/** Fills in the first screen of a new desk, which must be open, and goes on to the question about mail. */
export async function beginDesk(page, { desk, administrator }) {
  await page.getByLabel(word('setup.desk_name')).fill(desk.name);
  await page.getByLabel(word('setup.your_name')).fill(administrator.name);
  await page.getByLabel(word('sign_in.email')).fill(administrator.email);
  await page.getByLabel(word('sign_in.password')).fill(administrator.password);
  await button(page, 'setup.next').click();
  await page.getByRole('heading', { name: word('setup.mail_title') }).waitFor();
}

/** Signs in on the sign-in screen, which must be open. */
export async function signIn(page, { email, password }) {
  await page.getByLabel(word('sign_in.email')).fill(email);
  await page.getByLabel(word('sign_in.password')).fill(password);
  await button(page, 'sign_in.do').click();
}

/** Opens the desk signed in, at a lane of the inbox. */
export async function openInbox(page, administrator, lane = 'new') {
  await page.goto(`/inbox/${lane}`);
  await signIn(page, administrator);
  await here(page, lane).waitFor();
}

const lanes = (page) => page.getByRole('navigation', { name: word('nav.label') });

/** The mark on the lane that is open. */
const here = (page, lane) =>
  lanes(page)
    .locator('[aria-current=page]')
    .filter({ hasText: word(`lane.${lane}`) });

/** The list of a lane. */
export const list = (page, lane) =>
  page.getByRole('listbox', { name: word('list.label', { lane: word(`lane.${lane}`) }) });

/** Goes to another lane by its link, without loading the page. */
export async function goTo(page, lane) {
  await lanes(page)
    .getByRole('link', { name: word(`lane.${lane}`) })
    .click();
  await here(page, lane).waitFor();
}

/** The row of the ticket whose subject or person is `text`. */
export const row = (page, text) => page.getByRole('option', { name: text });

/** The ticket that is open. */
export const ticket = (page) => page.getByRole('region', { name: word('ticket.label'), exact: true });

/** Opens the ticket of a row and waits for its conversation. */
export async function openTicket(page, subject) {
  await row(page, subject).click();
  await ticket(page).getByRole('heading', { name: subject }).waitFor();
}

/** Writes `text` as the answer to the open ticket and sends it. */
export async function reply(page, text) {
  await button(page, 'composer.begin').click();
  await page.getByRole('textbox', { name: word('composer.text') }).fill(text);
  await button(page, 'send.waiting_on_customer').click();
}
