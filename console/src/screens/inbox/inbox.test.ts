import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { answering, change, ITO, me, Refuses, SUZUKI, ticket } from '../../lib/api/answering';
import type { Ticket } from '../../lib/api/types';
import { session } from '../../lib/session.svelte';
import { toasts } from '../../lib/toasts.svelte';
import { Inbox } from './inbox.svelte';
import { fits, placed } from './order';

async function showing(items: Ticket[], more: Record<string, unknown> = {}): Promise<Inbox> {
  answering({
    'GET /tickets': { items, next: null },
    'GET /tickets/counts': { lanes: {}, shelves: {}, mine: 0 },
    ...more,
  });
  const inbox = new Inbox();
  await inbox.show('todo');
  return inbox;
}

const numbers = (inbox: Inbox): number[] => inbox.items.map((one) => one.number);

beforeEach(async () => {
  vi.useFakeTimers();
  await session.take(me());
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it('asks for the lane in the order that is shown', async () => {
  const asked = answering({ 'GET /tickets': { items: [], next: null } });
  const inbox = new Inbox();
  await inbox.show('spam', '-last_message');
  expect(Object.fromEntries(asked[0]?.query ?? [])).toMatchObject({
    lane: 'aside',
    shelf: 'spam',
    sort: '-last_message',
  });
});

it('takes a new ticket into its place and says so, while the cursor stays on its ticket', async () => {
  const inbox = await showing([ticket(3), ticket(7)]);
  inbox.cursor = 7;
  answering({ 'GET /tickets': { items: [ticket(5)], next: null }, 'GET /tickets/counts': {} });
  inbox.hear(change(5));
  await vi.advanceTimersByTimeAsync(6000);
  expect(numbers(inbox)).toEqual([3, 5, 7]);
  expect(inbox.cursor).toBe(7);
  expect(toasts.spoken).toContain('1件');
});

it('gathers what happened within half a second into one question', async () => {
  const inbox = await showing([ticket(1), ticket(2), ticket(3)]);
  const asked = answering({ 'GET /tickets': { items: [], next: null }, 'GET /tickets/counts': {} });
  [1, 2, 3, 2].forEach((number) => inbox.hear(change(number)));
  await vi.advanceTimersByTimeAsync(600);
  const lists = asked.filter((one) => one.path === '/tickets');
  expect(lists.map((one) => one.query.get('numbers'))).toEqual(['1,2,3']);
  expect(asked.filter((one) => one.path === '/tickets/counts')).toHaveLength(1);
});

it('asks nothing about tickets of other lanes that are not on screen', async () => {
  const inbox = await showing([ticket(1)]);
  const asked = answering({ 'GET /tickets/counts': {} });
  inbox.hear(change(99, { lane: 'done' }));
  await vi.advanceTimersByTimeAsync(600);
  expect(asked.map((one) => one.path)).toEqual(['/tickets/counts']);
});

it('drops a ticket that left the lane, and the next step goes to the one that took its place', async () => {
  const inbox = await showing([ticket(1), ticket(2), ticket(3)]);
  inbox.cursor = 2;
  inbox.put(ticket(2, { lane: 'done', status: 'done' }));
  expect(numbers(inbox)).toEqual([1, 3]);
  expect(inbox.move(1)?.number).toBe(3);
});

it('steps back over the gap as well', async () => {
  const inbox = await showing([ticket(1), ticket(2), ticket(3)]);
  inbox.cursor = 2;
  inbox.put(ticket(2, { lane: 'done', status: 'done' }));
  expect(inbox.move(-1)?.number).toBe(1);
});

it('does not walk off its ends', async () => {
  const inbox = await showing([ticket(1), ticket(2)]);
  expect(inbox.move(1)?.number).toBe(1);
  expect(inbox.move(-1)?.number).toBe(1);
  expect([inbox.move(1)?.number, inbox.move(1)?.number]).toEqual([2, 2]);
});

it('reads the next page once, however often it is asked', async () => {
  answering({ 'GET /tickets': { items: [ticket(1)], next: 'page2' } });
  const inbox = new Inbox();
  await inbox.show('todo');
  const asked = answering({ 'GET /tickets': { items: [ticket(1), ticket(2)], next: null } });
  await Promise.all([inbox.more(), inbox.more()]);
  expect(asked).toHaveLength(1);
  expect(asked[0]?.query.get('after')).toBe('page2');
  expect(numbers(inbox)).toEqual([1, 2]);
});

it('says in words why there is no list', async () => {
  answering({ 'GET /tickets': new Refuses('busy', 503) });
  const inbox = new Inbox();
  await inbox.show('todo');
  expect(inbox.trouble).toContain('混み合って');
});

it('forgets tickets that are no longer to be seen', async () => {
  const inbox = await showing([ticket(1), ticket(2)]);
  answering({ 'GET /tickets': { items: [ticket(1)], next: null }, 'GET /tickets/counts': {} });
  inbox.hear(change(2));
  await vi.advanceTimersByTimeAsync(600);
  expect(numbers(inbox)).toEqual([1]);
});

it('keeps done work and other people out of my own list', () => {
  expect(fits('mine', ticket(1), SUZUKI.id)).toBe(true);
  expect(fits('mine', ticket(1, { assignee: ITO }), SUZUKI.id)).toBe(false);
  expect(fits('mine', ticket(1, { lane: 'done' }), SUZUKI.id)).toBe(false);
});

it('does not put a row below the end of what is loaded', () => {
  const list = [ticket(1), ticket(2)];
  expect(placed(list, ticket(9), 'due', false).map((one) => one.number)).toEqual([1, 2]);
  expect(placed(list, ticket(9), 'due', true).map((one) => one.number)).toEqual([1, 2, 9]);
});
