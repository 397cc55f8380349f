import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { answering, me, Refuses } from '../../lib/api/answering';
import { session } from '../../lib/session.svelte';
import { speak } from '../../lib/text/words.svelte';
import { cookiesWork, SignIn } from './sign-in.svelte';

const CHROME = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0 Safari/537.36';
const SAFARI =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 15) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Safari/605.1.15';

function form(): SignIn {
  const one = new SignIn();
  one.email = ' suzuki@shop.example ';
  one.password = 'secret words';
  return one;
}

beforeEach(async () => {
  session.me = null;
  await speak('ja');
});
afterEach(() => vi.unstubAllGlobals());

it('signs in, and forgets the password', async () => {
  const asked = answering({ 'POST /session': me(), 'GET /me': me() });
  const one = form();
  expect(await one.submit()).toBe(true);
  expect(asked[0]?.body).toEqual({ email: 'suzuki@shop.example', password: 'secret words' });
  expect(one.password).toBe('');
  expect(session.me?.agent.name).toBe('鈴木 美咲');
});

it('says the same whether the address or the password is wrong', async () => {
  answering({ 'POST /session': new Refuses('wrong-password', 401) });
  const one = form();
  expect(await one.submit()).toBe(false);
  expect(one.trouble).toBe('メールアドレスかパスワードが違います。');
});

it('says how long to wait after too many attempts', async () => {
  answering({ 'POST /session': new Refuses('too-many-attempts', 429, {}, { 'Retry-After': '42' }) });
  const one = form();
  await one.submit();
  expect(one.trouble).toContain('42秒');
});

it('tells a lost cookie from a wrong password', async () => {
  answering({ 'POST /session': me(), 'GET /me': new Refuses('not-signed-in', 401) });
  const one = form();
  expect(await one.submit()).toBe(false);
  expect(one.trouble).toContain('https');
});

it('knows where the cookie can live', () => {
  const at = (address: string, agent = CHROME): string => cookiesWork(new URL(address), agent);
  expect(at('https://desk.example/')).toBe('yes');
  expect(at('http://127.0.0.1:8480/')).toBe('yes');
  expect(at('http://localhost:8480/')).toBe('yes');
  expect(at('http://192.168.1.5:8480/')).toBe('no');
  expect(at('http://localhost:8480/', SAFARI)).toBe('perhaps');
});
