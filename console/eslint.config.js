import svelte from 'eslint-plugin-svelte';
import tseslint from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'src/lib/api/schema.d.ts'] },
  ...tseslint.configs.recommended,
  ...svelte.configs.recommended,
  {
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': ['error', { allow: ['info', 'error'] }],
      'no-eval': 'error',
      'no-implied-eval': 'error',
      'max-lines': ['error', 400],
      'max-lines-per-function': ['error', { max: 40, skipComments: true }],
      // Mail is hostile: nothing is ever written into the page as HTML.
      'svelte/no-at-html-tags': 'error',
      // Maps and sets inside functions are not state.
      'svelte/prefer-svelte-reactivity': 'off',
      // Paths of the console are plain history entries, not SvelteKit routes.
      'svelte/no-navigation-without-resolve': 'off',
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: tseslint.parser, extraFileExtensions: ['.svelte'], svelteConfig } },
  },
  { files: ['**/*.test.ts', '**/*.test.js'], rules: { 'max-lines-per-function': 'off' } },
);
