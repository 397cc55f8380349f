import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { answering, Refuses } from '../../lib/api/answering';
import type { Mailbox } from '../../lib/api/types';
import { speak } from '../../lib/text/words.svelte';
import { MailboxForm } from './mailbox-form.svelte';

const SAVED: Mailbox = {
  ...{ id: 3, version: 4, address: 'support@shop.example', name: '窓口', company: 'お店', signature: '' },
  incoming: { kind: 'imap', host: 'imap.shop.example', port: 993, tls: 'required', user: null, has_password: true },
  outgoing: { host: 'smtp.shop.example', port: 465, tls: 'required', user: null, has_password: true },
  ...{ sending: 'off', hold_seconds: 20, cool_down_seconds: 600, line_width: 35, after_fetch: 'leave' },
  ...{ acknowledge: 'off', acknowledge_text: '', catch_all: false },
  health: { state: 'ok', code: null, said: null, since: null, last_ok_at: null, folders: [] },
};

const GOOD = { ok: true, code: null, said: null, folders: [], messages: 5 };

beforeEach(() => speak('ja'));
afterEach(() => vi.unstubAllGlobals());

it('fills in the usual servers of an address, once', async () => {
  const preset = {
    incoming: { kind: 'imap', host: 'imap.gmail.com', port: 993, tls: 'required', user: 'a@gmail.com' },
    outgoing: { host: 'smtp.gmail.com', port: 465, tls: 'required', user: 'a@gmail.com' },
    note: 'app_password',
  };
  const asked = answering({ 'GET /mailboxes/presets': preset });
  const form = new MailboxForm();
  form.body.address = 'a@gmail.com';
  await form.look();
  form.body.incoming.host = 'own.example';
  await form.look();
  expect(asked).toHaveLength(1);
  expect(form.body.outgoing.host).toBe('smtp.gmail.com');
  expect(form.body.incoming.host).toBe('own.example');
  expect(form.note).toBe('app_password');
});

it('asks for the servers itself when nothing is known about the address', async () => {
  answering({ 'GET /mailboxes/presets': null });
  const form = new MailboxForm();
  form.body.address = 'a@shop.example';
  await form.look();
  expect(form.details).toBe(true);
});

it('uses one password for both ways, and never sends an empty one', () => {
  const form = new MailboxForm(SAVED);
  expect(form.toSend().incoming).not.toHaveProperty('password');
  expect(form.toSend().incoming).not.toHaveProperty('has_password');
  form.body.incoming.password = 'word';
  expect(form.toSend()).toMatchObject({ incoming: { password: 'word' }, outgoing: { password: 'word' } });
  form.samePassword = false;
  expect(form.toSend().outgoing).not.toHaveProperty('password');
});

it('changes the port with the protection', () => {
  const form = new MailboxForm();
  form.protect('outgoing', 'starttls');
  form.protect('incoming', 'starttls');
  expect([form.body.outgoing.port, form.body.incoming.port]).toEqual([587, 143]);
});

it('tries a saved mailbox with the password that the server keeps', async () => {
  const asked = answering({ 'POST /mailboxes/test': { incoming: GOOD, outgoing: null } });
  const form = new MailboxForm(SAVED);
  expect(await form.test()).toBe(true);
  expect(asked[0]?.body).toMatchObject({ id: 3, incoming: { host: 'imap.shop.example' } });
});

it('does not work when one of both ways does not', async () => {
  const refused = { ...GOOD, ok: false, code: 'login_refused' };
  answering({ 'POST /mailboxes/test': { incoming: refused, outgoing: GOOD } });
  const form = new MailboxForm();
  expect(await form.test()).toBe(false);
  expect(form.works).toBe(false);
});

it('saves on the version it saw and shows which field is wrong', async () => {
  const errors = [{ field: 'incoming.host', code: 'not_a_host' }];
  const asked = answering({ 'PATCH /mailboxes/3': new Refuses('invalid-input', 422, { errors }) });
  const form = new MailboxForm(SAVED);
  form.details = false;
  expect(await form.save()).toBeNull();
  expect(asked[0]?.body).toMatchObject({ version: 4 });
  expect(form.fields['incoming.host']).toContain('サーバーの名前');
  expect(form.details).toBe(true);
});
