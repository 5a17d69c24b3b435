// The last step of `pnpm build`: joins what a start of the server reads into a few files, dist/bundled.
import { readFile, rm } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';

const ROOT = resolve(import.meta.dirname, '../../..');
const SERVER = join(ROOT, 'apps/server');
// As deep below the root as the folders of dist, so that paths of the root are the same from both.
const BUNDLED = join(SERVER, 'dist/bundled');

/** Packages that stay as they are installed: they read files of their own, or are loaded only once somebody needs them. */
const INSTALLED = ['@scalar/fastify-api-reference', 'graphile-worker', 'ioredis', 'pg-native', 'piscina'];
/** Those that ask where they lie in parts that the server never runs: pino's transports and what they start. */
const NEVER_ASKED = ['pino/lib/transport.js', 'thread-stream/index.js'];

/** What a module of ours reads beside itself stays where tsc has put it: its address is that of its own file. */
const ownAddresses: Plugin = {
  name: 'own-addresses',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]dist[\\/].*\.js$/ }, async ({ path }) => {
      if (path.includes('node_modules')) return null;
      const contents = await readFile(path, 'utf8');
      const own = `new URL(${JSON.stringify(addressOf(path))}, import.meta.url).href`;
      return { contents: contents.replaceAll('import.meta.url', own), loader: 'js' };
    });
  },
};

/** Native code is loaded from where it is installed, as the library that brings it would find it. */
const nativeParts: Plugin = {
  name: 'native-parts',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^@node-rs\// }, ({ path }) => ({ path, namespace: 'native', sideEffects: false }));
    onLoad({ filter: /.*/, namespace: 'native' }, ({ path }) => ({
      contents: `
        import { createRequire } from 'node:module';
        const auth = createRequire(new URL(${JSON.stringify(addressOf(join(ROOT, 'packages/auth/package.json')))}, import.meta.url));
        export const { hash, verify } = createRequire(auth.resolve('oslo/password'))(${JSON.stringify(path)});`,
      loader: 'js',
    }));
  },
};

/** As libraries in CommonJS ask for it: an `import` of it reads all that it has, and so loads Node's client of WebSockets. */
const plainHttp: Plugin = {
  name: 'plain-http',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:http$/ }, ({ kind }) =>
      kind === 'require-call' ? { path: 'node:http', external: true } : { path: 'node:http', namespace: 'plain' },
    );
    onLoad({ filter: /.*/, namespace: 'plain' }, () => ({
      contents: "module.exports = require('node:http');",
      loader: 'js',
    }));
  },
};

const addressOf = (path: string): string => relative(BUNDLED, path).replaceAll('\\', '/');

await rm(BUNDLED, { recursive: true, force: true });
const { metafile } = await build({
  absWorkingDir: ROOT,
  entryPoints: { main: join(SERVER, 'dist/main.js') },
  outdir: BUNDLED,
  chunkNames: '[name]-[hash]',
  bundle: true,
  // What is loaded only once it is needed stays in files of its own.
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: ['node22.18'],
  mainFields: ['module', 'main'],
  external: INSTALLED,
  // Libraries in CommonJS ask for parts of Node by `require`.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module';\nconst require = __createRequire(import.meta.url);",
  },
  // Not minified: lines and names of a stack can be read without the maps, which only --enable-source-maps reads.
  sourcemap: true,
  sourcesContent: false,
  legalComments: 'linked',
  plugins: [ownAddresses, nativeParts, plainHttp],
  metafile: true,
  logLevel: 'warning',
});
for (const input of Object.keys(metafile.inputs).filter((name) => name.includes('node_modules'))) {
  if (NEVER_ASKED.some((end) => input.endsWith(end))) continue;
  if (/\b__(?:dirname|filename)\b/.test(await readFile(join(ROOT, input), 'utf8'))) {
    throw new Error(`${input} asks where it lies: name its package among those that stay as they are installed.`);
  }
}
