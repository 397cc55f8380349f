import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { answering, me, Refuses } from '../../lib/api/answering';
import { session } from '../../lib/session.svelte';
import { speak } from '../../lib/text/words.svelte';
import { Setup } from './setup.svelte';

function filled(): Setup {
  const setup = new Setup(' abc ');
  setup.desk.name = 'こもれび茶舗';
  setup.administrator = { name: '鈴木', email: 's@shop.example', password: 'komorebi-cha' };
  return setup;
}

beforeEach(async () => {
  session.me = null;
  session.setupNeeded = true;
  await speak('ja');
});
afterEach(() => vi.unstubAllGlobals());

it('makes the desk and its first administrator, and is signed in', async () => {
  const asked = answering({ 'POST /setup': me() });
  const setup = filled();
  expect(await setup.begin()).toBe(true);
  expect(asked[0]?.body).toMatchObject({
    secret: 'abc',
    desk: { name: 'こもれび茶舗' },
    administrator: { name: '鈴木' },
  });
  expect(setup.step).toBe('mail');
  expect(setup.administrator.password).toBe('');
  expect(session.me).not.toBeNull();
});

it('says which field wants another value, and keeps what was typed', async () => {
  const errors = [{ field: 'administrator.password', code: 'too_short' }];
  answering({ 'POST /setup': new Refuses('invalid-input', 422, { errors }) });
  const setup = filled();
  expect(await setup.begin()).toBe(false);
  expect(setup.fields).toEqual({ 'administrator.password': '短すぎます。' });
  expect(setup.administrator.email).toBe('s@shop.example');
  expect(setup.step).toBe('desk');
});

it('says what to do when the link is used up', async () => {
  answering({ 'POST /setup': new Refuses('setup-secret-wrong', 403) });
  const setup = filled();
  await setup.begin();
  expect(setup.trouble).toContain('起動し直す');
});

it('loads the samples and is ready', async () => {
  answering({ 'POST /samples': {}, 'GET /me': me() });
  const setup = filled();
  expect(await setup.samples()).toBe(true);
  expect([setup.step, setup.filled]).toEqual(['ready', 'samples']);
});
