import { expect, it } from 'vitest';

const sources = import.meta.glob<string>(['../**/*.svelte', '../**/*.css'], {
  query: '?raw',
  import: 'default',
  eager: true,
});
const styles = Object.entries(sources)
  .filter(([path]) => !path.endsWith('tokens.css'))
  .map(
    ([path, text]) =>
      [path, path.endsWith('.css') ? text : (/<style>([\s\S]*)<\/style>/.exec(text)?.[1] ?? '')] as const,
  );

it('finds the styles', () => {
  expect(styles.length).toBeGreaterThan(40);
});

it('takes every colour and every size of type from the tokens', () => {
  const own = styles.flatMap(([path, css]) =>
    css
      .split('\n')
      .filter((line) => /#[0-9a-f]{3,8}\b|rgba?\(|hsla?\(|font-size:\s*\d|font:[^;]*\d(px|rem|em)\b/i.test(line))
      .map((line) => `${path}: ${line.trim()}`),
  );
  expect(own).toEqual([]);
});

it('writes no style into the markup, which the policy of the page would refuse', () => {
  const inline = Object.entries(sources).filter(([path, text]) => path.endsWith('.svelte') && /\sstyle="/.test(text));
  expect(inline.map(([path]) => path)).toEqual([]);
});
