import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';
import { budget } from './build-checks/budget.js';
import { words } from './build-checks/words.js';

/** Where `henji serve` listens while the console is being worked on. */
const server = process.env.HENJI_DEV_SERVER ?? 'http://127.0.0.1:8480';

export default defineConfig(({ mode }) => ({
  plugins: [svelte(), words('../i18n'), budget({ js: 120, css: 25 })],
  // The words lie beside the console, because the server reads the same files.
  server: { fs: { allow: ['..'] }, proxy: { '/api': server } },
  json: { namedExports: false, stringify: true },
  // Vitest needs the browser build of Svelte, or `$state` would be the server's.
  resolve: mode === 'test' ? { conditions: ['browser'] } : {},
  build: {
    // A strict Content-Security-Policy allows neither data: scripts nor inline ones.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2022',
    reportCompressedSize: false,
  },
  test: {
    environment: 'jsdom',
    // One page for all files: making a new one takes ten times longer than the tests in it.
    pool: 'threads',
    isolate: false,

    include: ['src/**/*.test.ts', 'build-checks/**/*.test.js'],
    setupFiles: ['src/test-setup.ts'],
  },
}));
