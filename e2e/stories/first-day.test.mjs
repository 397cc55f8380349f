// The first quarter of an hour: a link in a terminal, a desk, an empty inbox.
import assert from 'node:assert/strict';
import { assertAccessible } from '../lib/accessible.mjs';
import { ADMINISTRATOR, DESK } from '../lib/desk.mjs';
import { picture } from '../lib/picture.mjs';
import { beginDesk, openInbox, signIn } from '../lib/screens.mjs';
import { story } from '../lib/story.mjs';
import { word } from '../lib/words.mjs';

story('somebody makes the desk, signs out, signs in again and sees an empty inbox', async (stage) => {
  const henji = await stage.henji();
  const page = await stage.page(henji);

  await page.goto(await henji.setupLink());
  await assertAccessible(page, 'setup');
  await picture(page, 'setup');
  await beginDesk(page, { desk: DESK, administrator: ADMINISTRATOR });
  assert.doesNotMatch(page.url(), /#/, 'the secret does not stay in the address');
  await page.getByRole('button', { name: word('setup.later') }).click();
  await page.getByText(word('empty.new')).waitFor();

  await page.getByRole('button', { name: word('nav.account', { name: ADMINISTRATOR.name }) }).click();
  await page.getByRole('menuitem', { name: word('nav.sign_out') }).click();
  await page.getByRole('heading', { name: word('sign_in.title') }).waitFor();
  await assertAccessible(page, 'sign in');

  await signIn(page, { ...ADMINISTRATOR, password: 'これではありません' });
  await page.getByRole('alert').getByText(word('problem.wrong-password')).waitFor();
  assert.equal(
    await page.getByLabel(word('sign_in.email')).inputValue(),
    ADMINISTRATOR.email,
    'what was typed is still there',
  );
  await signIn(page, ADMINISTRATOR);
  // A page that is left too early would take the request to sign in with it.
  await page.getByRole('navigation', { name: word('nav.label') }).waitFor();
  await page.goto('/inbox/new');
  await page.getByText(word('empty.new')).waitFor();
  await assertAccessible(page, 'empty inbox');
  await picture(page, 'inbox-empty');
});

story('the setup link works once', async (stage) => {
  const henji = await stage.henji();
  const link = await henji.setupLink();
  const first = await stage.page(henji);
  await first.goto(link);
  await beginDesk(first, { desk: DESK, administrator: ADMINISTRATOR });
  const second = await stage.page(henji);
  await second.goto(link);
  await second
    .getByRole('heading', { name: word('setup.used') })
    .or(second.getByRole('heading', { name: word('sign_in.title') }))
    .waitFor();
});

story('the empty inbox is for everybody in the dark too', async (stage) => {
  const henji = await stage.henji();
  const first = await stage.page(henji);
  await first.goto(await henji.setupLink());
  await beginDesk(first, { desk: DESK, administrator: ADMINISTRATOR });
  const page = await stage.page(henji, { colours: 'dark' });
  await openInbox(page, ADMINISTRATOR);
  await page.getByText(word('empty.new')).waitFor();
  await assertAccessible(page, 'empty inbox in the dark');
  await picture(page, 'inbox-empty-dark');
});
