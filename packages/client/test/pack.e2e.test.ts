import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { givenPrompt } from './given-prompt.ts';
import { serveStub } from './serve-stub.ts';

const run = promisify(execFile);
const packageFolder = join(import.meta.dirname, '..');
const project = mkdtempSync(join(tmpdir(), 'promptory-consumer-'));
const installed = join(project, 'node_modules/@promptory/client');
// `npm` by the Node that runs this test has to be found; npm's own settings of the workspace must not reach it.
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_|^NODE_OPTIONS$/i.test(name)));

let packed: { filename: string; files: { path: string }[] };

const compilerOptions = {
  target: 'es2022',
  module: 'nodenext',
  strict: true,
  skipLibCheck: false,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  allowImportingTsExtensions: true,
  noEmit: true,
};
// tRPC's own declarations need the library of the DOM, and that of disposables where Node's types do not bring it.
const settings = {
  browser: { ...compilerOptions, lib: ['es2024', 'esnext.disposable', 'dom', 'dom.iterable'], types: [] },
  node: { ...compilerOptions, lib: ['es2024', 'dom'], types: ['node'] },
};

beforeAll(async () => {
  const { stdout } = await run('pnpm', ['pack', '--json', '--pack-destination', project], { cwd: packageFolder, env });
  packed = JSON.parse(stdout.slice(stdout.indexOf('{\n')));
  cpSync(join(import.meta.dirname, 'consumer'), project, { recursive: true });
  writeFileSync(join(project, 'package.json'), '{ "name": "consumer", "private": true, "type": "module" }');
  for (const [name, options] of Object.entries(settings)) {
    writeFileSync(
      join(project, `tsconfig.${name}.json`),
      JSON.stringify({ compilerOptions: options, include: ['*.ts'] }),
    );
  }
  const dependencies = [
    packed.filename,
    'typescript@7.0.2',
    'typescript-5@npm:typescript@5.9.3',
    '@types/node@24.19.2',
  ];
  await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', ...dependencies], { cwd: project, env });
});

afterAll(() => rmSync(project, { recursive: true, force: true }));

/** The compiler's complaints as `file(line): code`. */
async function compile(compiler: string, config: string): Promise<string[]> {
  const tsc = join(project, 'node_modules', compiler, 'bin/tsc');
  const outcome = await run(process.execPath, [tsc, '-p', config, '--pretty', 'false'], { cwd: project }).catch(
    (failure: { stdout: string }) => failure,
  );
  return Array.from(
    outcome.stdout.matchAll(/^(\S.*)\((\d+),\d+\): error (TS\d+)/gm),
    ([, file, line, code]) => `${file}(${line}): ${code}`,
  );
}

it('packs the built files, the readme and the licence, and nothing of the workspace', () => {
  const files = packed.files
    .map(({ path }) => path)
    .filter((path) => !/^dist\/(?:[a-z]+\/)?[a-z-]+(?:\.generated)?\.d\.ts$/.test(path))
    .map((path) => path.replace(/-[0-9A-Z]{8}\.js$/, '.js'));
  expect([...new Set(files)].sort()).toEqual([
    ...['LICENSE.md', 'README.md', 'dist/bundle/open-bundle.js', 'dist/bundle/read-bundle.js'],
    // The registry and the prompt language are loaded with the first prompt, streams and imports with the first of them.
    ...['dist/chunks/chunk.js', 'dist/chunks/event-stream.js', 'dist/chunks/import-file.js'],
    ...['dist/chunks/open-registry.js', 'dist/index.js'],
    ...['ai-sdk', 'anthropic', 'openai'].map((maker) => `dist/providers/${maker}.js`),
    'package.json',
  ]);
  const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
  expect(Object.keys(manifest.dependencies)).toEqual([
    'eventsource-parser',
    'liquidjs',
    'lru-cache',
    'p-limit',
    're2js',
  ]);
  // One copy of tRPC: that of whoever installs it, which other libraries around it want too.
  expect(Object.keys(manifest.peerDependencies)).toEqual(['@trpc/client', '@trpc/server', 'ai']);
  // For those alone who import `@promptory/client/ai-sdk`, and so have it, in whichever version.
  expect(manifest.peerDependenciesMeta).toEqual({ ai: { optional: true } });
  expect(JSON.stringify({ ...manifest.dependencies, ...manifest.peerDependencies })).not.toContain('workspace:');
});

it('brings no package of the server into the project that installs it', () => {
  const names = readdirSync(join(project, 'node_modules'));
  const scoped = ['@trpc', '@promptory'].flatMap((scope) =>
    readdirSync(join(project, 'node_modules', scope)).map((name) => `${scope}/${name}`),
  );
  expect(scoped.sort()).toEqual(['@promptory/client', '@trpc/client', '@trpc/server']);
  expect(names.filter((name) => /^(?:kysely|pg|fastify|lucia|oslo|zod|pino)/.test(name))).toEqual([]);
});

it('declares its types without a word of kysely, pg or fastify', () => {
  const declarations = readdirSync(join(installed, 'dist'), { encoding: 'utf8', recursive: true }).filter((name) =>
    name.endsWith('.d.ts'),
  );
  expect(declarations).toContain('contract/contract.d.ts');
  for (const name of declarations) {
    expect(readFileSync(join(installed, 'dist', name), 'utf8')).not.toMatch(
      /\b(?:kysely|pg|fastify|zod)\b|@promptory\/(?!client\b)/i,
    );
  }
});

it('says of every type that it exports what it is', () => {
  const at = (name: string) => readFileSync(join(installed, 'dist', name), 'utf8');
  const files = Array.from(at('index.d.ts').matchAll(/from '\.\/([\w./-]+)\.js'/g), ([, name]) => `${name}.d.ts`);
  const exported = new Set(at('index.d.ts').match(/\b\w+\b/g));
  const undocumented = files.flatMap((file) => {
    const declarations = at(file).matchAll(
      /^(.*)\nexport (?:declare )?(?:type|interface|class|const|function) (\w+)/gm,
    );
    return Array.from(declarations, ([, before = '', name = '']) => ({ before, name }))
      .filter(({ name }) => file.startsWith('contract/contract') || exported.has(name))
      .filter(({ before, name }) => !before.trimEnd().endsWith('*/') && name !== 'isPromptoryError')
      .map(({ name }) => `${file}: ${name}`);
  });
  expect(files.length).toBeGreaterThan(8);
  expect(undocumented).toEqual([]);
});

it.each([
  ['typescript', 'browser', 'TS2741'],
  ['typescript', 'node', 'TS2741'],
  ['typescript-5', 'browser', 'TS2345'],
  ['typescript-5', 'node', 'TS2345'],
])(
  'lets a right call compile and no wrong one, with %s and the types of a %s',
  async (compiler, kind, missingField) => {
    const complaints = await compile(compiler, `tsconfig.${kind}.json`);
    expect(complaints.sort()).toEqual([
      `missing-input.ts(3): ${missingField}`,
      'missing-input.ts(4): TS2554',
      'misspelt-answer.ts(3): TS2339',
      'misspelt-field.ts(3): TS2561',
      'two-identities.ts(3): TS2345',
      'wrong-details.ts(4): TS2339',
      'wrong-details.ts(5): TS2551',
      'wrong-prompts.ts(10): TS2353',
      'wrong-prompts.ts(11): TS2322',
      'wrong-prompts.ts(12): TS2345',
      'wrong-prompts.ts(13): TS2322',
      'wrong-prompts.ts(14): TS2551',
      'wrong-prompts.ts(15): TS2322',
      'wrong-prompts.ts(4): TS2345',
      'wrong-prompts.ts(5): TS2345',
      'wrong-prompts.ts(7): TS2554',
      `wrong-prompts.ts(8): ${missingField}`,
      'wrong-prompts.ts(9): TS2322',
      'wrong-type.ts(3): TS2322',
    ]);
  },
);

it('runs in plain Node: signs in, batches, streams, renders, signs out', async () => {
  const { stub, url, close } = await serveStub();
  stub.state.prompts.set('greet@production', givenPrompt());
  try {
    const { stdout } = await run(process.execPath, ['run.mjs', url], { cwd: project, env });
    expect(JSON.parse(stdout)).toEqual({
      titles: ['Prompt 1', 'Prompt 2'],
      streamed: ['a', 'b'],
      broken: true,
      greeting: 'Hello Ann!',
      refused: 'auth.required',
    });
    expect(stub.state.logins).toBe(1);
    expect(stub.requestsOf('prompts.get')[0]?.paths).toHaveLength(2);
  } finally {
    close();
  }
});
