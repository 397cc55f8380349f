import { expect, it } from 'vitest';
import { marks, partsOf, pieces, writtenInside } from './parts';
import { unitsOf } from './scalars';

function spanOf(text: string, part: string): { start: number; end: number } {
  const before = text.slice(0, text.indexOf(part));
  return { start: [...before].length, end: [...before].length + [...part].length };
}

it('puts the parts together to the very text, even behind characters of two units', () => {
  const text = '𠮷田です😀\n> 引用\nあと';
  const parts = partsOf(text, [spanOf(text, '> 引用\n')], null);
  expect(parts.map((one) => one.kind)).toEqual(['new', 'quote', 'new']);
  expect(parts[1]?.text).toBe('> 引用\n');
  expect(parts.map((one) => one.text).join('')).toBe(text);
});

it('counts positions in scalars', () => {
  expect(unitsOf('a𠮷b', [0, 1, 2, 3, 9])).toEqual([0, 1, 3, 4, 4]);
});

it('sees words written inside a quote', () => {
  const text = 'はじめに\n> 問い1\n答え1\n> 問い2\n答え2\n';
  const parts = partsOf(text, [spanOf(text, '> 問い1\n'), spanOf(text, '> 問い2\n')], null);
  expect(writtenInside(parts)).toBe(true);
});

it('does not call an answer above or below one quote written inside', () => {
  const above = '答え\n> 引用\n';
  expect(writtenInside(partsOf(above, [spanOf(above, '> 引用\n')], null))).toBe(false);
  const below = '> 引用\n答え\n';
  expect(writtenInside(partsOf(below, [spanOf(below, '> 引用\n')], null))).toBe(false);
});

it('folds a signature, but never the postscript behind it', () => {
  const parts = partsOf('本文\n--\n田中\n追伸 急ぎません', [], '--\n田中');
  expect(parts.map((one) => [one.kind, one.text])).toEqual([
    ['new', '本文\n'],
    ['signature', '--\n田中'],
    ['new', '\n追伸 急ぎません'],
  ]);
});

it('makes links of web addresses only, without the sentence around them', () => {
  const found = pieces('こちら(https://a.example/x?q=1)です。javascript:alert(1) http://b.example。');
  expect(found.filter((piece) => piece.href).map((piece) => piece.href)).toEqual([
    'https://a.example/x?q=1',
    'http://b.example',
  ]);
  expect(found.map((piece) => piece.text).join('')).toContain('javascript:alert(1)');
});

it('marks what was searched without regard to case and width', () => {
  expect(marks('ＡＢＣ茶の返品', 'abc 返品').map((one) => [one.text, one.hit])).toEqual([
    ['ＡＢＣ', true],
    ['茶の', false],
    ['返品', true],
  ]);
});

it('marks no field, no operator and nothing that was excluded', () => {
  const hits = (query: string): string[] =>
    marks('田中さんの tea pot or 急須、返品と交換', query)
      .filter((one) => one.hit)
      .map((one) => one.text);
  expect(hits('差出人：田中 （返品 OR 交換）')).toEqual(['返品', '交換']);
  expect(hits('「tea pot」 -急須 −返品')).toEqual(['tea pot']);
  expect(hits('from:"tea pot" -"急須" status:new')).toEqual([]);
});
