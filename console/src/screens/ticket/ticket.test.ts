import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { answering, change, ITO, me, message, Refuses, SUZUKI, ticket } from '../../lib/api/answering';
import type { Asked } from '../../lib/api/answering';
import { session } from '../../lib/session.svelte';
import { toasts } from '../../lib/toasts.svelte';
import { merged, TicketScreen } from './ticket.svelte';

async function opened(answers: Record<string, unknown> = {}): Promise<[TicketScreen, Asked[]]> {
  const asked = answering({
    'GET /tickets/1': ticket(1),
    'GET /tickets/1/messages': { items: [message(10), message(11)], next: null },
    ...answers,
  });
  const screen = new TicketScreen();
  await screen.open(1);
  return [screen, asked];
}

beforeEach(async () => {
  vi.useFakeTimers();
  toasts.items = [];
  await session.take(me());
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it('shows a change at once and puts it right by the answer', async () => {
  let answer = (): void => undefined;
  const slow = new Promise((done) => (answer = () => done(ticket(1, { assignee: ITO, version: 2 }))));
  const [screen] = await opened({ 'POST /tickets/1/assign': () => slow });
  const working = screen.assign(ITO);
  expect(screen.ticket?.assignee?.name).toBe('伊藤 大輔');
  answer();
  await working;
  expect(screen.ticket?.version).toBe(2);
});

it('takes a change back when the server refuses, and says why', async () => {
  const [screen] = await opened({ 'POST /tickets/1/assign': new Refuses('not-allowed', 403) });
  await screen.assign(ITO);
  expect(screen.ticket?.assignee?.id).toBe(SUZUKI.id);
  expect(toasts.items.at(-1)).toMatchObject({ tone: 'wrong' });
});

it('shows what stands there now when somebody was faster', async () => {
  const current = ticket(1, { status: 'done', lane: 'done', version: 9 });
  const [screen] = await opened({ 'PATCH /tickets/1': new Refuses('changed-meanwhile', 409, { current }) });
  await screen.setStatus('waiting_inside');
  expect(screen.ticket).toMatchObject({ status: 'done', version: 9 });
});

it('can take back what was done, on the newest version', async () => {
  const patch = (one: Asked): unknown => ticket(1, { ...(one.body as object), version: 5 });
  const [screen, asked] = await opened({ 'PATCH /tickets/1': patch });
  await screen.setStatus('done', 'no_reply_needed', 'thanks_only');
  expect(asked.find((one) => one.method === 'PATCH')?.body).toMatchObject({ version: 1, outcome: 'no_reply_needed' });
  await toasts.items.at(-1)?.undo?.();
  expect(asked.findLast((one) => one.method === 'PATCH')?.body).toMatchObject({ status: 'open', version: 1 });
  expect(screen.ticket?.status).toBe('open');
});

it('tells of what others wrote while it is open, but not of the first reading', async () => {
  const items = [message(10), message(11)];
  const [screen] = await opened({ 'GET /tickets/1/messages': () => ({ items: [...items], next: null }) });
  expect(screen.fresh).toBe(false);
  items.push(message(12));
  screen.hear(change(1, { kind: 'message_received' }));
  await vi.advanceTimersByTimeAsync(400);
  expect(screen.fresh).toBe(true);
  expect(screen.messages.map((one) => one.id)).toEqual([10, 11, 12]);
});

it('does not announce my own note to me', async () => {
  const note = message(13, { direction: 'note', author: SUZUKI, at: '2026-11-21T09:00:00Z' });
  const [screen] = await opened({ 'POST /tickets/1/notes': note });
  await screen.note('メモ');
  expect(screen.messages.at(-1)?.id).toBe(13);
  expect(screen.fresh).toBe(false);
});

it('puts older pages before what is there, and knows when there are no more', async () => {
  const pages = (one: Asked): unknown =>
    one.query.get('after') ? { items: [message(8), message(9)], next: null } : { items: [message(10)], next: 'older' };
  const [screen] = await opened({ 'GET /tickets/1/messages': pages });
  expect(screen.answered).toBeNull();
  await screen.loadOlder();
  expect(screen.messages.map((one) => one.id)).toEqual([8, 9, 10]);
  expect(screen.older).toBeNull();
  expect(screen.answered).toBe(false);
});

it('does not call an automatic acknowledgement an answer', async () => {
  const automatic = message(11, { direction: 'out', kind: 'auto_reply', author: null });
  const [screen] = await opened({ 'GET /tickets/1/messages': { items: [message(10), automatic], next: null } });
  expect(screen.answered).toBe(false);
});

it('throws away an answer for a ticket that was left meanwhile', async () => {
  let answer = (): void => undefined;
  const slow = new Promise((done) => (answer = () => done(ticket(1))));
  answering({
    'GET /tickets/1': () => slow,
    'GET /tickets/1/messages': { items: [message(1)], next: null },
    'GET /tickets/2': ticket(2),
    'GET /tickets/2/messages': { items: [message(2)], next: null },
  });
  const screen = new TicketScreen();
  const first = screen.open(1);
  await screen.open(2);
  answer();
  await first;
  expect(screen.ticket?.number).toBe(2);
  expect(screen.messages.map((one) => one.id)).toEqual([2]);
});

it('says when there is no such ticket', async () => {
  const [screen] = await opened({ 'GET /tickets/1': new Refuses('not-found', 404) });
  expect(screen.missing).toBe(true);
});

it('keeps the newer copy of a message, in the order of time', () => {
  const sent = message(5, { text: '新しい', at: '2026-11-21T05:00:00Z' });
  const all = merged(
    [message(5, { text: '古い', at: '2026-11-21T05:00:00Z' }), message(7, { at: '2026-11-21T01:00:00Z' })],
    [sent],
  );
  expect(all.map((one) => [one.id, one.text])).toEqual([
    [7, '本文 7'],
    [5, '新しい'],
  ]);
});
