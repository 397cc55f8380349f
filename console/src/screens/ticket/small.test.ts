import { beforeEach, expect, it } from 'vitest';
import { ITO, message, SUZUKI } from '../../lib/api/answering';
import type { HistoryEntry } from '../../lib/api/types';
import { speak } from '../../lib/text/words.svelte';
import { readable, sentence } from './history';
import { asText, isCut, linesOf, toggled } from './quote';
import { Shelf } from './shelf';
import { firstView, nextView } from './views';

beforeEach(() => speak('ja'));

/** A newer server may tell of kinds that this console does not know. */
const entry = (kind: string, detail = {}, actor: HistoryEntry['actor'] = SUZUKI): HistoryEntry => ({
  ...{ id: 1, at: '2026-11-21T00:00:00Z', kind: kind as HistoryEntry['kind'], detail, actor },
});

it('cuts whole lines and joins neighbours to one gap', () => {
  let cut = toggled([], 1, 4);
  cut = toggled(cut, 2, 4);
  expect(cut).toEqual([[1, 3]]);
  expect(toggled(cut, 1, 4)).toEqual([[2, 3]]);
  expect([0, 1, 2, 3].map((line) => isCut(cut, line))).toEqual([false, true, true, false]);
});

it('quotes every line as it is, for answers between the lines', () => {
  const lines = linesOf('一行目\r\n\r\n  三行目\n\n');
  expect(lines).toEqual(['一行目', '', '  三行目']);
  expect(asText(lines, [])).toBe('> 一行目\n>\n>   三行目');
  expect(asText(lines, [[0, 2]])).toBe('>   三行目');
});

it('goes round the views of a message and begins with what can be read', () => {
  const both = message(1, { has_html: true });
  expect(firstView(both)).toBe('text');
  expect(firstView(message(1, { has_html: true, text: ' \n' }))).toBe('html');
  const round = [nextView(both, 'text'), nextView(both, 'html'), nextView(both, 'headers'), nextView(both, 'raw')];
  expect(round).toEqual(['html', 'headers', 'raw', 'text']);
  expect(nextView(message(1), 'text')).toBe('headers');
});

it('keeps the last things used and forgets the oldest', () => {
  const shelf = new Shelf<string>(2);
  shelf.put(1, 'a');
  shelf.put(2, 'b');
  shelf.get(1);
  shelf.put(3, 'c');
  expect([shelf.get(1), shelf.get(2), shelf.get(3)]).toEqual(['a', undefined, 'c']);
});

it('tells the history in words', () => {
  const people = [SUZUKI, ITO];
  expect(sentence(entry('ticket_assigned', { to: 2 }), people)).toBe('鈴木 美咲さんが伊藤 大輔さんの担当にしました');
  expect(sentence(entry('ticket_assigned', { to: 1 }), people)).toBe('鈴木 美咲さんが担当になりました');
  expect(sentence(entry('ticket_assigned', { to: null }), people)).toBe('鈴木 美咲さんが未担当に戻しました');
  expect(sentence(entry('status_changed', { to: 'done' }), people)).toBe('鈴木 美咲さんが完了にしました');
});

it('hides nothing that it has no words for, and leaves out what nobody reads', () => {
  expect(sentence(entry('never_heard_of', {}, null), [])).toBe('never_heard_of');
  expect(readable([entry('mail_kept'), entry('note_added')]).map((one) => one.kind)).toEqual(['note_added']);
});
