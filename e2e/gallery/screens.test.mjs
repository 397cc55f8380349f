// Pictures of every screen with the sample mails in it, wide and narrow, light and dark, for people to look at
// (`make pictures`). They go to e2e/pictures/. Nothing is judged here beyond what axe finds.
import { assertAccessible } from '../lib/accessible.mjs';
import { ADMINISTRATOR, setUp } from '../lib/desk.mjs';
import { picture } from '../lib/picture.mjs';
import { list, signIn, ticket } from '../lib/screens.mjs';
import { story } from '../lib/story.mjs';
import { word } from '../lib/words.mjs';

const LOOKS = [
  { name: 'wide', width: 1440, height: 900, colours: 'light' },
  { name: 'wide-dark', width: 1440, height: 900, colours: 'dark' },
  { name: 'narrow', width: 390, height: 844, colours: 'light' },
  { name: 'narrow-dark', width: 390, height: 844, colours: 'dark' },
];
const SETTINGS = ['mailboxes', 'desk', 'people', 'profile', 'tokens', 'health'];

for (const look of LOOKS) {
  story(`the screens are shown: ${look.name}`, async (stage) => {
    const henji = await stage.henji();
    const api = await setUp(henji);
    const { mailbox } = await prepare(api);
    const page = await stage.page(henji, look);
    const show = async (screen) => {
      await page.waitForLoadState('networkidle').catch(() => {});
      await assertAccessible(page, `${screen} ${look.name}`);
      await picture(page, `${screen}-${look.name}`);
    };
    await page.goto('/inbox/new');
    await signIn(page, ADMINISTRATOR);
    await list(page, 'new').getByRole('option').first().waitFor();
    await show('inbox');
    await list(page, 'new').getByRole('option').nth(1).click();
    await ticket(page).getByRole('article').first().waitFor();
    await show('ticket');
    await page.keyboard.press('r');
    await page.getByRole('textbox', { name: word('composer.text') }).fill(ANSWER);
    await show('composer');
    for (const name of SETTINGS) {
      await page.goto(`/settings/${name}`);
      await page.getByRole('heading').first().waitFor();
      await show(`settings-${name}`);
    }
    await page.goto(`/settings/mailboxes/${mailbox}`);
    await page.getByRole('heading').first().waitFor();
    await show('settings-mailbox');
  });
}

const ANSWER = [
  'こもれび茶舗の佐藤でございます。',
  '',
  'このたびは茶筒のふたが割れて届き、',
  'お電話も何度もつながらず、',
  '大変ご不快な思いをおかけいたしました。',
  '誠に申し訳ございません。',
  '',
  '責任者の高橋より、明日の午前中に',
  '必ずお電話を差し上げます。',
].join('\n');

/** The sample mails, and their mailbox as if it might send. */
async function prepare(api) {
  await api.post('/samples', {});
  const [{ id, version }] = await api.all('/mailboxes');
  await api.patch(`/mailboxes/${id}`, {
    version,
    sending: 'on',
    outgoing: { host: '127.0.0.1', port: 9, tls: 'none' },
  });
  return { mailbox: id };
}
