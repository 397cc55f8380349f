import { beforeEach, expect, it } from 'vitest';
import EN from '../../../../i18n/en.json';
import { countdown, deadline, shortTime, span } from './dates';
import { parseAddresses, size } from './people';
import { speak, t, tCode } from './words.svelte';

const TOKYO = 'Asia/Tokyo';
const noon = Date.parse('2026-11-21T03:00:00Z');

beforeEach(() => speak('ja'));

it('fills blanks and separates thousands, but leaves ticket numbers alone', () => {
  expect(t('list.count', { n: 12345 })).toBe('12,345件');
  expect(t('done.joined', { number: 20418 })).toBe('#20418 にまとめました。');
});

it('says a number once: a blank that chooses between one and many shows it already', () => {
  const twice = Object.entries(EN).filter(([, sentence]) => /\{(\w+)\}.*\{\1\|/.test(sentence));
  expect(twice).toEqual([]);
});

it('chooses one and many in English', async () => {
  await speak('en');
  expect(t('date.days', { n: 1 })).toBe('1 day');
  expect(t('date.days', { n: 2 })).toBe('2 days');
});

it('knows which codes it has no words for', () => {
  expect(tCode('kind', 'bounce')).toBe('不達');
  expect(tCode('kind', 'never_heard_of')).toBeNull();
  expect(tCode('kind', null)).toBeNull();
});

it('says the day as the person lives it, not as UTC has it', () => {
  expect(shortTime('2026-11-20T15:30:00Z', noon, TOKYO)).toBe('0:30');
  expect(shortTime('2026-11-20T14:59:00Z', noon, TOKYO)).toBe('昨日');
  expect(shortTime('2026-11-03T00:00:00Z', noon, TOKYO)).toBe('11月3日');
});

it('is loud in the last hour and when late, silent while there is time', () => {
  expect(deadline('2026-11-21T03:38:00Z', noon)).toMatchObject({ late: false, soon: true, text: 'あと 38分' });
  expect(deadline('2026-11-21T02:35:00Z', noon)).toMatchObject({ late: true, soon: true, text: '25分超過' });
  expect(deadline('2026-11-21T08:00:00Z', noon)).toMatchObject({ soon: false });
  expect(deadline('2026-12-01T00:00:00Z', noon)).toBeNull();
});

it('says lengths of time in one unit', () => {
  expect([span(20_000), span(35 * 3_600_000), span(40 * 3_600_000)]).toEqual(['1分', '35時間', '2日']);
});

it('counts down to zero and not below', () => {
  expect(countdown('2026-11-21T03:01:04Z', noon)).toBe('1:04');
  expect(countdown('2026-11-21T02:00:00Z', noon)).toBe('0:00');
});

it('reads what people paste into a line of recipients', () => {
  expect(parseAddresses('田中 翔太 <tanaka@example.jp>、a..b@docomo.ne.jp; なにか')).toEqual({
    good: [
      { name: '田中 翔太', address: 'tanaka@example.jp' },
      { name: null, address: 'a..b@docomo.ne.jp' },
    ],
    wrong: ['なにか'],
  });
});

it('says sizes as people do', () => {
  expect([size(812), size(84_213), size(1_240_133)]).toEqual(['812 B', '84 KB', '1.2 MB']);
});
