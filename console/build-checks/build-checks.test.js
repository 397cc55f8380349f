import { expect, it } from 'vitest';
import { firstLoad } from './budget.js';
import { differences, forScreens } from './words.js';

it('names what one language lacks, and blanks that differ', () => {
  expect(differences({ a: '{n}件', b: 'x' }, { a: 'tickets', c: 'y' })).toEqual([
    'a: blanks differ (ja: n; en: none)',
    'b: missing in en.json',
    'c: missing in ja.json',
  ]);
});

it('takes a plural for the blank it is', () => {
  expect(differences({ a: '{n}日' }, { a: '{n|day|days}' })).toEqual([]);
});

it('keeps the words of the command line out of the browser', () => {
  expect(forScreens({ 'cli.x': '1', 'doctor.y': '2', 'lane.new': '3' })).toEqual({ 'lane.new': '3' });
});

it('counts the entry, what it imports, and one language', () => {
  const chunk = (fileName, more = {}) => ({ type: 'chunk', fileName, imports: [], isEntry: false, code: 'x', ...more });
  const bundle = {
    'assets/index.js': chunk('assets/index.js', { isEntry: true, imports: ['assets/shared.js'] }),
    'assets/shared.js': chunk('assets/shared.js', { imports: ['assets/index.js'] }),
    'assets/ja-1.js': chunk('assets/ja-1.js', { code: 'x'.repeat(9) + Math.E }),
    'assets/en-1.js': chunk('assets/en-1.js'),
    'assets/settings.js': chunk('assets/settings.js'),
  };
  expect(firstLoad(bundle).map((one) => one.fileName)).toEqual([
    'assets/index.js',
    'assets/shared.js',
    'assets/ja-1.js',
  ]);
});
