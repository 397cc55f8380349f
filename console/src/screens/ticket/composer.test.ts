import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { answering, draft, ITO, me, message, Refuses, SILENCE, SUZUKI, ticket } from '../../lib/api/answering';
import type { Asked } from '../../lib/api/answering';
import { MemoryKeep } from '../../lib/keep';
import { session } from '../../lib/session.svelte';
import { Composer } from './composer.svelte';

const DRAFT = '/tickets/1/draft';
const REPLY = '/tickets/1/reply';
let browser: MemoryKeep;

/** A composer on ticket 1; `answers` come on top of a server that has the given draft. */
async function opened(answers: Record<string, unknown> = {}, saved = draft()): Promise<[Composer, Asked[]]> {
  const asked = answering({
    [`GET ${DRAFT}`]: saved,
    [`PUT ${DRAFT}`]: (one: Asked) => ({
      ...saved,
      ...(one.body as object),
      version: Number((one.body as { version: number }).version) + 1,
      writer: SUZUKI,
    }),
    ...answers,
  });
  const composer = new Composer(async () => browser);
  await composer.load(1);
  return [composer, asked];
}

const saves = (asked: Asked[]): unknown[] => asked.filter((one) => one.method === 'PUT').map((one) => one.body);
const kept = (): Promise<{ body: { text: string } } | null> => browser.get('reply/1/1');

beforeEach(async () => {
  vi.useFakeTimers();
  browser = new MemoryKeep();
  await session.take(me());
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it('keeps every input at once and saves half a second after the last one', async () => {
  const [composer, asked] = await opened();
  composer.change({ text: '田' });
  composer.change({ text: '田中' });
  await vi.advanceTimersByTimeAsync(0);
  expect((await kept())?.body.text).toBe('田中');
  expect(saves(asked)).toHaveLength(0);
  await vi.advanceTimersByTimeAsync(500);
  expect(saves(asked)).toEqual([expect.objectContaining({ text: '田中', version: 0 })]);
  expect(composer.save).toBe('saved');
});

it('builds each save on the version the server gave for the one before', async () => {
  const [composer, asked] = await opened();
  composer.change({ text: 'a' });
  await vi.advanceTimersByTimeAsync(500);
  composer.change({ text: 'ab' });
  await vi.advanceTimersByTimeAsync(500);
  expect(saves(asked)).toMatchObject([{ version: 0 }, { version: 1 }]);
});

it('saves nothing as long as nobody wrote anything', async () => {
  const [composer, asked] = await opened();
  await composer.flush();
  await vi.advanceTimersByTimeAsync(2000);
  expect(saves(asked)).toHaveLength(0);
  expect(composer.open).toBe(false);
});

it('shows both texts when the draft was changed elsewhere, and saves neither over the other by itself', async () => {
  let given = draft();
  const answers: Record<string, unknown> = { [`PUT ${DRAFT}`]: new Refuses('draft-changed', 409) };
  const [composer, asked] = await opened({ ...answers, [`GET ${DRAFT}`]: () => given });
  given = draft({ version: 7, text: '伊藤の文', writer: ITO });
  composer.change({ text: '私の文' });
  await vi.advanceTimersByTimeAsync(500);
  expect(composer.save).toBe('conflict');
  expect(composer.heldBy?.name).toBe('伊藤 大輔');
  expect(composer.body.text).toBe('私の文');
  expect(composer.other?.body.text).toBe('伊藤の文');
  composer.change({ text: '私の文。' });
  await vi.advanceTimersByTimeAsync(2000);
  expect(saves(asked)).toHaveLength(1);
});

it('puts my words over the others only when I say so', async () => {
  let changed = false;
  const put = (one: Asked): unknown => {
    const body = one.body as { version: number };
    return changed ? new Refuses('draft-changed', 409) : draft({ ...(one.body as object), version: body.version + 1 });
  };
  const theirs = draft({ version: 7, text: '別', writer: ITO });
  const [composer, asked] = await opened({
    [`PUT ${DRAFT}`]: put,
    [`GET ${DRAFT}`]: () => (changed ? theirs : draft()),
    [`POST ${DRAFT}/take`]: { ...theirs, version: 8, writer: SUZUKI },
  });
  changed = true;
  composer.change({ text: '私の文' });
  await vi.advanceTimersByTimeAsync(500);
  changed = false;
  await composer.keepMine();
  expect(saves(asked).at(-1)).toMatchObject({ text: '私の文', version: 8 });
  expect(composer.save).toBe('saved');
});

it('brings back what the server never got, after a crash', async () => {
  await browser.put('reply/1/1', { body: { ...draft(), text: '途中まで' }, version: 0, at: Date.now() });
  const [composer, asked] = await opened();
  expect(composer.body.text).toBe('途中まで');
  expect(composer.open).toBe(true);
  await vi.advanceTimersByTimeAsync(500);
  expect(saves(asked)).toMatchObject([{ text: '途中まで', version: 0 }]);
});

it('offers the older words of this browser when the server has newer ones', async () => {
  await browser.put('reply/1/1', { body: { ...draft(), text: '古い' }, version: 1, at: 1000 });
  const [composer] = await opened({}, draft({ version: 4, text: '新しい', saved_at: '2026-11-21T00:00:00Z' }));
  expect(composer.body.text).toBe('新しい');
  expect(composer.other).toMatchObject({ from: 'browser', body: { text: '古い' } });
});

it('shows what is kept even when the server does not answer', async () => {
  await browser.put('reply/1/1', { body: { ...draft(), text: '電車の中で' }, version: 2, at: Date.now() });
  const [composer] = await opened({ [`GET ${DRAFT}`]: SILENCE });
  expect(composer.body.text).toBe('電車の中で');
  expect(composer.trouble).toContain('つながりません');
});

it('tries again by itself when the line was cut, with the newest words', async () => {
  let cut = true;
  const put = (one: Asked): unknown => (cut ? SILENCE : draft({ ...(one.body as object), version: 1 }));
  const [composer] = await opened({ [`PUT ${DRAFT}`]: put });
  composer.change({ text: 'トンネル' });
  await vi.advanceTimersByTimeAsync(500);
  expect(composer.save).toBe('failed');
  cut = false;
  await vi.advanceTimersByTimeAsync(5000);
  expect(composer.save).toBe('saved');
});

it('sends what was just typed, not what was saved before', async () => {
  const replied = { outbound: { id: 9, state: 'held', not_before: null }, message: 5, ticket: ticket(1) };
  const [composer, asked] = await opened({ [`POST ${REPLY}`]: replied });
  composer.change({ text: '最後の一文まで' });
  expect(await composer.send()).toEqual(replied);
  const posted = asked.find((one) => one.method === 'POST');
  expect(posted?.body).toMatchObject({ text: '最後の一文まで', draft_version: 1, attachments: [] });
  expect(posted?.headers['Henji-CSRF']).toBe('counter-sign');
  expect(await kept()).toBeNull();
});

it('uses the same key when the answer was lost, so that nothing is sent twice', async () => {
  let lost = true;
  const [composer, asked] = await opened({
    [`POST ${REPLY}`]: () =>
      lost ? SILENCE : { outbound: { id: 9, state: 'held', not_before: null }, message: 5, ticket: ticket(1) },
  });
  composer.change({ text: '一度だけ' });
  expect(await composer.send()).toBeNull();
  expect(composer.body.text).toBe('一度だけ');
  lost = false;
  expect(await composer.send()).not.toBeNull();
  const used = asked.filter((one) => one.method === 'POST').map((one) => one.headers['Idempotency-Key']);
  expect(used[0]).toMatch(/^[0-9a-f]{32}$/);
  expect(used[1]).toBe(used[0]);
});

it('does not send what was written before a newer message came in, until the person has seen it', async () => {
  let moved = true;
  const reply = (): unknown =>
    moved
      ? new Refuses('ticket-moved-on', 409)
      : { outbound: { id: 9, state: 'held', not_before: null }, message: 5, ticket: ticket(1) };
  const [composer, asked] = await opened({ [`POST ${REPLY}`]: reply });
  composer.change({ text: '返事' });
  await composer.send();
  expect(composer.movedOn).toBe(true);
  expect(composer.body.text).toBe('返事');
  moved = false;
  await composer.sendAnyway(message(42));
  expect(asked.filter((one) => one.method === 'POST').at(-1)?.body).toMatchObject({ based_on: 42 });
});

it('never sends anything of another ticket that was opened while the first was being saved', async () => {
  let answer = (): void => undefined;
  const slow = new Promise((done) => (answer = () => done(draft({ version: 1, text: '一件目' }))));
  const [composer, asked] = await opened({
    [`PUT ${DRAFT}`]: () => slow,
    'GET /tickets/2/draft': draft({ text: '二件目', version: 3 }),
  });
  composer.change({ text: '一件目' });
  const sending = composer.send();
  await composer.load(2);
  answer();
  expect(await sending).toBeNull();
  expect(asked.some((one) => one.method === 'POST')).toBe(false);
  expect(composer.body.text).toBe('二件目');
});

it('does not put a file under the reply of a ticket that was opened later', async () => {
  let answer = (): void => undefined;
  const slow = new Promise(
    (done) => (answer = () => done({ id: 31, name: 'a.pdf', media_type: 'application/pdf', size: 3 })),
  );
  const [composer] = await opened({ 'POST /uploads': () => slow, 'GET /tickets/2/draft': draft() });
  const attaching = composer.attach([new File(['x'], 'a.pdf')]);
  await composer.load(2);
  answer();
  await attaching;
  expect(composer.body.attachments).toEqual([]);
});

it('saves what was typed last when another ticket is opened, on the version of the save before', async () => {
  const [composer, asked] = await opened({ 'GET /tickets/2/draft': draft() });
  composer.change({ text: 'a' });
  await vi.advanceTimersByTimeAsync(500);
  composer.change({ text: 'ab' });
  await composer.load(2);
  await vi.advanceTimersByTimeAsync(0);
  expect(saves(asked)).toMatchObject([
    { text: 'a', version: 0 },
    { text: 'ab', version: 1 },
  ]);
});

it('shows what a colleague saved, but only while nobody types here', async () => {
  let saved = draft({ version: 1, text: '初め' });
  const [composer] = await opened({ [`GET ${DRAFT}`]: () => saved });
  saved = draft({ version: 2, text: '伊藤が書いた', writer: ITO });
  await composer.refresh();
  expect(composer.body.text).toBe('伊藤が書いた');
  composer.change({ text: '私が書いた' });
  saved = draft({ version: 3, text: 'また', writer: ITO });
  await composer.refresh();
  expect(composer.body.text).toBe('私が書いた');
});

it('points at the line whose quote differs', async () => {
  const errors = [{ field: 'text', code: 'quote_altered', line: 3 }];
  const [composer] = await opened({ [`POST ${REPLY}`]: new Refuses('quote-altered', 422, { errors }) });
  composer.change({ text: 'a\nb\n> c' });
  await composer.send();
  expect(composer.line).toBe(3);
  expect(composer.trouble).toContain('引用の行');
});

it('asks for words and recipients before it sends anything', async () => {
  const [composer, asked] = await opened();
  composer.change({ text: '  \n' });
  expect(await composer.send()).toBeNull();
  expect(composer.trouble).toContain('本文');
  composer.change({ text: '本文', to: [] });
  expect(await composer.send()).toBeNull();
  expect(composer.trouble).toContain('宛先');
  expect(asked.some((one) => one.method === 'POST')).toBe(false);
});

it('makes a draft again of a reply that was taken back', async () => {
  const [composer] = await opened({ 'DELETE /outbound/9': draft({ version: 5, text: '取り消した文' }) });
  await composer.undo(9, 1);
  expect(composer.body.text).toBe('取り消した文');
  expect(composer.open).toBe(true);
});

it('leaves the pen with the colleague who holds it', async () => {
  const [composer] = await opened({}, draft({ version: 2, text: '伊藤が書いている', writer: ITO }));
  expect(composer.heldBy?.name).toBe('伊藤 大輔');
});

it('brings a discarded draft back', async () => {
  const [composer] = await opened({ [`DELETE ${DRAFT}`]: undefined });
  composer.change({ text: '捨てる' });
  await composer.flush();
  const back = await composer.discard();
  expect(composer.open).toBe(false);
  await back?.();
  expect(composer.body.text).toBe('捨てる');
});

it('sends files by their ids', async () => {
  const file = { id: 31, name: '伝票.pdf', media_type: 'application/pdf', size: 3, sha256: 'ab' };
  const [composer, asked] = await opened({ 'POST /uploads': file });
  await composer.attach([new File(['x'], '伝票.pdf')]);
  await vi.advanceTimersByTimeAsync(500);
  expect(saves(asked).at(-1)).toMatchObject({ attachments: [31] });
  expect(asked.find((one) => one.path === '/uploads')?.headers['Content-Disposition']).toContain("UTF-8''%E4%BC%9D");
});

it('keeps the words of a file that could not be attached, and says why', async () => {
  const [composer] = await opened({ 'POST /uploads': new Refuses('body-too-large', 413) });
  composer.change({ text: '添付します' });
  await composer.attach([new File(['x'], '伝票.pdf')]);
  expect(composer.body.attachments).toEqual([]);
  expect(composer.trouble).toContain('伝票.pdf');
});

it('drops the HTML of a program once its words are changed here, and keeps its moment', async () => {
  const at = '2026-12-01T00:00:00Z';
  const [composer, asked] = await opened({}, draft({ version: 2, text: '旧', html: '<p>旧</p>', send_at: at }));
  composer.change({ then: 'done' });
  await composer.flush();
  expect(saves(asked).at(-1)).toMatchObject({ html: '<p>旧</p>', send_at: at });
  composer.change({ text: '新' });
  await composer.flush();
  expect(saves(asked).at(-1)).toMatchObject({ text: '新', html: null, send_at: at });
});
