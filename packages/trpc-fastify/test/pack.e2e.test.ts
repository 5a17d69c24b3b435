import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';

const run = promisify(execFile);
const project = mkdtempSync(join(tmpdir(), 'promptory-consumer-'));
const installed = join(project, 'node_modules/@promptory/trpc-fastify');
// npm's own settings of the workspace must not reach the project.
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_|^NODE_OPTIONS$/i.test(name)));

let packed: { filename: string; files: { path: string }[] };

const compilerOptions = {
  target: 'es2024',
  module: 'nodenext',
  // tRPC's own declarations need the library of the DOM.
  lib: ['es2024', 'dom'],
  types: ['node'],
  strict: true,
  skipLibCheck: false,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noEmit: true,
};

beforeAll(async () => {
  const { stdout } = await run('pnpm', ['pack', '--json', '--pack-destination', project], {
    cwd: join(import.meta.dirname, '..'),
    env,
  });
  packed = JSON.parse(stdout.slice(stdout.indexOf('{\n')));
  cpSync(join(import.meta.dirname, 'consumer'), project, { recursive: true });
  writeFileSync(join(project, 'package.json'), '{ "name": "consumer", "private": true, "type": "module" }');
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }));
  const dependencies = [
    packed.filename,
    '@trpc/server@11.25.2',
    'fastify@5.12.8',
    'zod@4.6.7',
    'typescript@7.0.2',
    'typescript-5@npm:typescript@5.9.3',
    '@types/node@24.19.2',
  ];
  await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', ...dependencies], { cwd: project, env });
});

afterAll(() => rmSync(project, { recursive: true, force: true }));

it('packs the built files, the readme and the licence, and names no source', () => {
  const files = packed.files
    .map(({ path }) => path)
    .filter((path) => !/^dist\/[\w/-]+\.(?:js|js\.map|d\.ts)$/.test(path));
  expect(files.sort()).toEqual(['LICENSE.md', 'README.md', 'package.json']);
  const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
  expect(manifest.dependencies).toBeUndefined();
  expect(JSON.stringify(manifest.exports)).not.toContain('src');
});

it.each(['typescript', 'typescript-5'])(
  'lets a right router compile and no wrong options, with %s',
  async (compiler) => {
    const tsc = join(project, 'node_modules', compiler, 'bin/tsc');
    const { stdout } = await run(process.execPath, [tsc, '--pretty', 'false'], { cwd: project }).catch(
      (failure: { stdout: string }) => failure,
    );
    const complaints = Array.from(
      stdout.matchAll(/^(\S.*)\((\d+),\d+\): error (TS\d+)/gm),
      ([, file, line, code]) => `${file}(${line}): ${code}`,
    );
    expect(complaints).toEqual(['wrong.ts(7): TS2322', 'wrong.ts(8): TS2322', 'wrong.ts(9): TS2741']);
  },
);

it('serves a call over each transport, and the document of its routes', async () => {
  const { stdout } = await run(process.execPath, [join(project, 'serve.ts')], { cwd: project, env });
  const note = { id: 7, text: 'Note 7', writer: 'alice' };
  expect(JSON.parse(stdout)).toEqual({
    rest: note,
    trpc: { result: { data: note } },
    refused: expect.objectContaining({ status: 400 }),
    paths: ['/notes', '/notes/{id}'],
    methods: ['GET', 'HEAD', 'OPTIONS'],
  });
});
