import { beforeEach, expect, it } from 'vitest';
import { ticket } from '../../lib/api/answering';
import { speak } from '../../lib/text/words.svelte';
import { rowLabel, rowTags } from './row';

const now = Date.parse('2026-11-21T03:00:00Z');
beforeEach(() => speak('ja'));

it('says a row in one sentence, with what is urgent first', () => {
  const one = ticket(1, {
    subject: 'キャンペーンの応募ができません',
    due_at: '2026-11-21T03:38:00Z',
    delivery: 'failed',
    last_message_at: '2026-11-21T00:42:00Z',
  });
  const label = rowLabel(one, rowTags(one, 'todo', now), now, 'Asia/Tokyo');
  expect(label).toBe('お客様 1、キャンペーンの応募ができません、届いていません、あと 38分、担当 鈴木 美咲、9:42');
});

it('has no deadline any more once it is done', () => {
  const one = ticket(1, { lane: 'done', due_at: '2026-11-21T02:00:00Z' });
  expect(rowTags(one, 'done', now)).toEqual([]);
});

it('names the lane only where lanes are mixed', () => {
  const one = ticket(1, { due_at: null });
  expect(rowTags(one, 'todo', now)).toEqual([]);
  expect(rowTags(one, 'mine', now).map((tag) => tag.text)).toEqual(['未対応']);
});

it('says how long a customer has been waited for', () => {
  const one = ticket(1, { lane: 'waiting_on_customer', due_at: null, last_message_at: '2026-11-19T03:00:00Z' });
  expect(rowTags(one, 'mine', now)[0]?.text).toBe('お客様待ち 2日');
});
