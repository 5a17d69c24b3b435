import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { foreignWords } from './foreign-words.ts';
import { updateProcedureFacts } from './update-procedure-facts.ts';
import { writeContract } from './write-contract.ts';

const root = join(import.meta.dirname, '..');
const at = (...parts: string[]) => join(root, ...parts);

interface Manifest {
  readonly exports: Readonly<Record<string, string | { readonly '@promptory/source': string }>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
}
const manifest: Manifest = JSON.parse(readFileSync(at('package.json'), 'utf8'));

// A build that wrote them would hide from the check of generated files that they are stale.
if (!updateProcedureFacts({ check: true }))
  throw new Error('procedure-facts.generated.ts is stale: run `pnpm generate`.');
rmSync(at('dist'), { recursive: true, force: true });
const NODE_ONLY = 'node:fs/promises';
const { outputs } = (
  await build({
    absWorkingDir: root,
    entryPoints: Object.values(manifest.exports).flatMap((entry) =>
      typeof entry === 'string' ? [] : entry['@promptory/source'],
    ),
    outdir: 'dist',
    outbase: 'src',
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    // What one entry or the first use of a prompt needs alone is loaded then.
    splitting: true,
    format: 'esm',
    conditions: ['@promptory/source'],
    // Fails on any import of Node's own modules but the one.
    platform: 'browser',
    target: ['es2023'],
    external: [NODE_ONLY, ...Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })],
    metafile: true,
    logLevel: 'warning',
  })
).metafile;
for (const [name, { imports }] of Object.entries(outputs)) {
  const isNodeOnly = imports.some(({ path }) => path === NODE_ONLY);
  if (isNodeOnly && name !== 'dist/bundle/read-bundle.js') throw new Error(`${name} would run in Node only.`);
}

const tsc = join(root, '../../node_modules/typescript/bin/tsc');
execFileSync(process.execPath, [tsc, '--singleThreaded', '-p', at('tsconfig.build.json')], { stdio: 'inherit' });
writeFileSync(
  at('dist/contract/contract.d.ts'),
  writeContract({
    project: at('tsconfig.json'),
    contract: at('src/contract/contract.ts'),
    schemas: join(root, '../schemas/src/index.ts'),
  }),
);

for (const name of readdirSync(at('dist'), { encoding: 'utf8', recursive: true })) {
  if (!name.endsWith('.d.ts')) continue;
  const text = readFileSync(at('dist', name), 'utf8').replace(/(from '\.\.?\/[\w./-]+)\.ts'/g, "$1.js'");
  const foreign = foreignWords(text);
  if (foreign.length > 0) throw new Error(`dist/${name} names ${foreign.join(', ')}.`);
  writeFileSync(at('dist', name), text);
}
