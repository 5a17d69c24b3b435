import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { foreignWords } from './foreign-words.ts';
import { updateProcedureFacts } from './update-procedure-facts.ts';
import { writeContract } from './write-contract.ts';

const root = join(import.meta.dirname, '..');
const at = (...parts: string[]) => join(root, ...parts);

// A build that wrote them would hide from the check of generated files that they are stale.
if (!updateProcedureFacts({ check: true }))
  throw new Error('procedure-facts.generated.ts is stale: run `pnpm generate`.');
rmSync(at('dist'), { recursive: true, force: true });
await build({
  entryPoints: [at('src/index.ts')],
  outfile: at('dist/index.js'),
  bundle: true,
  format: 'esm',
  // Fails on any import of Node's own modules.
  platform: 'browser',
  target: ['es2023'],
  external: ['@trpc/client', '@trpc/server', 'p-limit'],
  logLevel: 'warning',
});

const tsc = join(root, '../../node_modules/typescript/bin/tsc');
execFileSync(process.execPath, [tsc, '-p', at('tsconfig.build.json')], { stdio: 'inherit' });
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
