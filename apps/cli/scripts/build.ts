import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..');
const at = (...parts: string[]) => join(root, ...parts);
const manifestIn = (folder: string) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));

rmSync(at('dist'), { recursive: true, force: true });
const { metafile } = await build({
  entryPoints: { promptory: at('src/main.ts') },
  outdir: at('dist'),
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: ['node20.12'],
  conditions: ['@promptory/source'],
  mainFields: ['module', 'main'],
  define: { CLI_VERSION: JSON.stringify(manifestIn(root).version) },
  // Libraries in CommonJS ask for parts of Node by `require`.
  banner: {
    js: "#!/usr/bin/env node\nimport { createRequire as __createRequire } from 'node:module';\nconst require = __createRequire(import.meta.url);",
  },
  legalComments: 'none',
  minifySyntax: true,
  minifyWhitespace: true,
  metafile: true,
  logLevel: 'warning',
});
chmodSync(at('dist/promptory.js'), 0o755);
writeFileSync(at('dist/LICENSES.txt'), licenses(Object.keys(metafile.inputs)));

/** The licences of all libraries that are in the bundle, as they ask for. */
function licenses(inputs: readonly string[]): string {
  const folders = new Set(inputs.filter((input) => input.includes('node_modules/')).map(packageFolder));
  const texts = new Map<string, string>();
  for (const folder of folders) {
    const { name, version, license } = manifestIn(folder);
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    texts.set(
      `${name} ${version} (${license})`,
      file === undefined ? '' : readFileSync(join(folder, file), 'utf8').trim(),
    );
  }
  const parts = [...texts].sort().map(([name, text]) => `${name}\n\n${text}\n`);
  return `This program contains parts of these libraries.\n\n${parts.join(`\n${'-'.repeat(80)}\n\n`)}`;
}

/** The folder of the package that a file belongs to: the nearest one whose package.json has a name. */
function packageFolder(input: string): string {
  for (let folder = dirname(join(process.cwd(), input)); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json')) && manifestIn(folder).name !== undefined) return folder;
  }
}
