import { expect, it } from 'vitest';
import { drift, reveal, shown } from './window';

it('draws what is in sight and a few rows around it', () => {
  expect(shown(0, 780, 78, 100_000)).toEqual({ from: 0, to: 16 });
  expect(shown(78_000, 780, 78, 100_000)).toEqual({ from: 994, to: 1016 });
  expect(shown(0, 780, 78, 3)).toEqual({ from: 0, to: 3 });
});

it('moves on by as many rows as came in above', () => {
  expect(drift([1, 2, 3, 4], [9, 8, 1, 2, 3, 4], 100, 78)).toBe(156);
  expect(drift([1, 2, 3, 4], [1, 2, 3, 4, 5], 100, 78)).toBe(0);
  expect(drift([1, 2, 3, 4], [2, 3, 4], 100, 78)).toBe(-78);
});

it('goes by the next row that is left when the one at the top went away', () => {
  expect(drift([1, 2, 3, 4], [1, 3, 4], 80, 78)).toBe(-78);
});

it('brings a row into sight only when it is out of it', () => {
  expect(reveal(3, 0, 780, 78)).toBeNull();
  expect(reveal(12, 0, 780, 78)).toBe(234);
  expect(reveal(1, 400, 780, 78)).toBe(78);
  expect(reveal(-1, 400, 780, 78)).toBeNull();
});
