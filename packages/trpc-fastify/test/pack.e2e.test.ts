import { execFile, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';

const run = promisify(execFile);
const project = mkdtempSync(join(tmpdir(), 'promptory-consumer-'));
const installed = join(project, 'node_modules/@promptory/trpc-fastify');
// npm's own settings of the workspace must not reach the project.
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_|^NODE_OPTIONS$/i.test(name)));

const folder = join(import.meta.dirname, '..');
const [, example = ''] = /^```ts\n([\s\S]*?)^```$/m.exec(readFileSync(join(folder, 'README.md'), 'utf8')) ?? [];

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
  // As anybody packs it: pnpm would write other exports into the manifest.
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', project], { cwd: folder, env });
  const [made] = [JSON.parse(stdout.slice(stdout.search(/^[[{]$/m)))].flat();
  packed = 'filename' in made ? made : Object.values(made)[0];
  cpSync(join(import.meta.dirname, 'consumer'), project, { recursive: true });
  writeFileSync(join(project, 'package.json'), '{ "name": "consumer", "private": true, "type": "module" }');
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }));
  writeFileSync(join(project, 'example.ts'), example);
  const dependencies = [
    join(project, packed.filename),
    '@trpc/server@11.25.2',
    'older-trpc@npm:@trpc/server@11.4.4',
    'fastify@5.12.8',
    'zod@4.6.7',
    'typescript@7.0.2',
    'typescript-5@npm:typescript@5.9.3',
    '@types/node@24.19.2',
    // The oldest that `engines` lets in; its package is a binary.
    'node@20.12.0',
  ];
  await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', ...dependencies], { cwd: project, env });
});

afterAll(() => rmSync(project, { recursive: true, force: true }));

it('packs what is built, the sources that its maps and conditions name, the readme and the licence', () => {
  const files = packed.files.map(({ path }) => path);
  const others = files.filter((path) => !/^(?:dist|src)\/[\w/-]+\.(?:js|js\.map|d\.ts|d\.ts\.map|ts)$/.test(path));
  expect(others.sort()).toEqual(['LICENSE.md', 'README.md', 'package.json']);
  expect(files.filter((path) => /test/.test(path))).toEqual([]);
  const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
  expect(manifest.dependencies).toBeUndefined();
  const named = JSON.stringify(manifest.exports).match(/(?<="\.\/)[^"]+(?=")/g) ?? [];
  expect(named.filter((path) => path.includes('.') && !files.includes(path))).toEqual([]);
  const maps = files.filter((path) => path.endsWith('.map'));
  expect(maps.length).toBeGreaterThan(60);
  for (const map of maps) {
    const { sources } = JSON.parse(readFileSync(join(installed, map), 'utf8'));
    for (const source of sources) expect(existsSync(join(installed, dirname(map), source)), source).toBe(true);
  }
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

it('lets the procedures of another tRPC be run by their own', async () => {
  const { stdout } = await run(process.execPath, [join(project, 'older.ts')], { cwd: project, env });
  const traces: string[] = JSON.parse(stdout);
  expect(traces).toHaveLength(3);
  for (const trace of traces) {
    expect(trace).toContain('node_modules/older-trpc/');
    expect(trace).not.toContain('at runFrom');
  }
});

/** What the readme's example answers, run as a server of its own by a Node. */
async function answersOf(node: string, file: string): Promise<unknown[]> {
  const server = spawn(node, [join(project, file)], { cwd: project, env: { ...env, PORT: '0' } });
  try {
    const url = await new Promise<string>((resolve, reject) => {
      let output = '';
      const read = (chunk: Buffer) => {
        output += chunk.toString();
        const [found] = /http:\/\/\S+/.exec(output) ?? [];
        if (found !== undefined) resolve(found);
      };
      server.stdout.on('data', read);
      server.stderr.on('data', read);
      server.once('exit', () => reject(new Error(`The example ended: ${output}`)));
    });
    const paths = ['/notes/7', '/notes/8', '/notes/seven', '/trpc/notes.get?input={"id":7}', '/trpc/nothing'];
    return await Promise.all(
      paths.map(async (path) => {
        const response = await fetch(url + path);
        return [response.status, await response.json()];
      }),
    );
  } finally {
    server.kill();
  }
}

it("runs the readme's example, on this Node and on the oldest that it is for", async () => {
  const compiled = { ...compilerOptions, noEmit: false, outDir: 'compiled' };
  writeFileSync(
    join(project, 'tsconfig.example.json'),
    JSON.stringify({ compilerOptions: compiled, include: ['example.ts'] }),
  );
  await run(process.execPath, [join(project, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.example.json'], {
    cwd: project,
  });
  const note = { id: 7, text: 'Buy tea', version: 1 };
  const expected = [
    [200, note],
    [404, { title: 'NOT_FOUND', status: 404, detail: 'There is no such note.' }],
    [400, expect.objectContaining({ title: 'BAD_REQUEST' })],
    [200, { result: { data: note } }],
    [404, expect.objectContaining({ error: expect.objectContaining({ code: -32004 }) })],
  ];
  for (const node of [process.execPath, join(project, 'node_modules/node/bin/node')]) {
    expect(await answersOf(node, 'compiled/example.js')).toEqual(expected);
  }
});
