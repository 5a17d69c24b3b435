import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Generator } from './generators.ts';

const run = promisify(execFile);
const PACKAGE = join(import.meta.dirname, '../..');
const ROOT = join(PACKAGE, '../..');

const compilerOptions = {
  target: 'es2022',
  module: 'esnext',
  moduleResolution: 'bundler',
  strict: true,
  skipLibCheck: true,
  lib: ['es2024', 'dom', 'dom.iterable'],
  types: [],
  rootDir: '.',
  outDir: 'js',
};

/** What generators made of the document, compiled beside the files that use it. */
export interface CompiledClients {
  /** The compiler's complaints, one a line. */
  readonly complaints: string[];
  /** Each generated file of TypeScript by its name, for those who look. */
  text(file: string): Promise<string>;
  /** The compiled file of `test/consumer`. */
  load<Module>(name: string): Promise<Module>;
  remove(): Promise<void>;
}

/** Generates every client from the committed document, and compiles all strictly, in a folder of its own. */
export async function compileClients(generators: readonly Generator[]): Promise<CompiledClients> {
  const folder = await mkdtemp(join(tmpdir(), 'promptory-generated-'));
  const generated = join(folder, 'generated');
  await mkdir(generated);
  await symlink(join(PACKAGE, 'node_modules'), join(folder, 'node_modules'));
  await cp(join(PACKAGE, 'test/consumer'), folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts', 'generated'] }));
  const document = await readFile(join(ROOT, 'openapi.json'), 'utf8');
  for (const { write } of generators) await write(document, generated);
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  const outcome = await run(process.execPath, [tsc, '--singleThreaded', '-p', folder, '--pretty', 'false']).catch(
    (failure: { stdout: string }) => failure,
  );
  return {
    complaints: outcome.stdout.split('\n').filter((line) => line !== ''),
    text: (file) => readFile(join(generated, file), 'utf8'),
    load: (name) => import(join(folder, 'js', `${name}.js`)),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
