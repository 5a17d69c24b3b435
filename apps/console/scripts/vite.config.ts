import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import tailwind from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defaultClientConditions, defineConfig, type Plugin } from 'vite';
import { addresses } from '../src/addresses.ts';

const PAGE = 'index.html';
/** Where the server has the files; the page itself stands at its addresses. */
const BASE = '/console/';
/** In development some scripts and styles stand in the page: the server puts a nonce of its policy in place of this. */
export const NONCE = 'nonce-of-the-page';

/**
 * Compresses all that was built, once and as small as it gets, and writes `console.json` for the server: which file is the page,
 * which others there are, and the addresses that the page is shown at.
 */
const forTheServer = (): Plugin => ({
  name: 'for-the-server',
  apply: 'build',
  writeBundle({ dir = '' }, bundle) {
    const names = Object.keys(bundle);
    for (const name of names) {
      const body = readFileSync(join(dir, name));
      writeFileSync(join(dir, `${name}.br`), brotliCompressSync(body));
      writeFileSync(join(dir, `${name}.gz`), gzipSync(body, { level: 9 }));
    }
    const manifest = {
      page: PAGE,
      files: names.filter((name) => name !== PAGE),
      addresses: Object.values(addresses),
    };
    writeFileSync(join(dir, 'console.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  },
});

const THEME = 'kept-theme.js';

/** Puts the script that shows the theme of somebody's choice before all else: a file of its own, as the policy takes none in the page. */
const themeFirst = (): Plugin => ({
  name: 'theme-first',
  buildStart() {
    if (this.meta.watchMode) return;
    const source = readFileSync(join(import.meta.dirname, '../src/theme', THEME), 'utf8').replaceAll(
      /^\s*\/\/.*\n/gm,
      '',
    );
    this.emitFile({ type: 'asset', name: THEME, source });
  },
  transformIndexHtml: {
    order: 'post',
    handler(_html, { bundle }) {
      const built = Object.values(bundle ?? {}).find((file) => file.type === 'asset' && file.names.includes(THEME));
      const src = built === undefined ? `${BASE}src/theme/${THEME}` : BASE + built.fileName;
      return [{ tag: 'script', attrs: { src }, injectTo: 'head-prepend' }];
    },
  },
});

export default defineConfig(({ command }) => ({
  root: join(import.meta.dirname, '..'),
  base: BASE,
  plugins: [react(), tailwind(), themeFirst(), forTheServer()],
  resolve: {
    conditions: ['@promptory/source', ...defaultClientConditions],
    // What stands around Liquid is words here: HTML, with the scripts and styles in it, would be a third of the editor.
    alias: { '@codemirror/lang-html': join(import.meta.dirname, '../src/prompt/edit/code/words.ts') },
  },
  build: {
    target: 'es2023',
    assetsDir: '',
    // Not into the page or a style: its policy takes files of this server only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // What the first page needs is one file: a compressed whole is smaller than its parts, however many pages share those.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'first', tags: ['$initial'] }] } } },
  },
  worker: { format: 'es' },
  html: command === 'serve' ? { cspNonce: NONCE } : {},
}));
