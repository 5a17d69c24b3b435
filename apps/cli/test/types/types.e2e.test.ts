import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { declarationsOf } from '../../src/types/declarations.ts';
import { givenProject } from '../given-project.ts';
import { prompts, right, wrong } from './cases.ts';

const compilers = { typescript: '7.0.2', 'typescript-5': 'npm:typescript@5.9.3' };
const project = givenProject(
  ['packages/client'],
  [
    '@trpc/client@11.25.2',
    '@trpc/server@11.25.2',
    ...Object.entries(compilers).map(([name, version]) => `${name}@${version}`),
  ],
);
const HEAD = `import { createPromptory } from '@promptory/client';
const promptory = createPromptory({ url: 'https://prompts.example.org', apiKey: 'key' });
const use = (value: unknown) => value;
void [promptory, use];
`;
const compilerOptions = {
  ...{ target: 'es2022', module: 'nodenext', strict: true, skipLibCheck: false, noEmit: true, types: [] },
  ...{ exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true },
  lib: ['es2024', 'esnext.disposable', 'dom', 'dom.iterable'],
};

beforeAll(() => {
  const write = (file: string, text: string) => writeFileSync(join(project.folder, file), text);
  mkdirSync(join(project.folder, 'src'));
  write('src/promptory.d.ts', declarationsOf(prompts));
  for (const [at, program] of right.entries()) write(`src/right-${at}.ts`, `${HEAD}${program};\n`);
  for (const [at, [, program]] of wrong.entries()) write(`src/wrong-${at}.ts`, `${HEAD}${program};\n`);
  write('tsconfig.json', JSON.stringify({ compilerOptions, include: ['src'] }));
});

// One run of a compiler is for all programs, each of which is a file.
describe.each(Object.keys(compilers))('with %s in a project outside of the workspace', (compiler) => {
  let complaints: readonly string[];
  beforeAll(async () => {
    const tsc = join(project.folder, 'node_modules', compiler, 'bin/tsc');
    const { stdout } = await project.execute(process.execPath, [tsc, '-p', '.', '--pretty', 'false']);
    complaints = stdout.split('\n').filter((line) => / error TS/.test(line));
  });

  it('what is right compiles, and so do the types themselves', () => {
    expect(complaints.filter((line) => !line.startsWith('src/wrong-'))).toEqual([]);
  });

  it.each(wrong.map(([fault], at) => [fault, at] as const))('%s does not compile', (_, at) => {
    const own = complaints.filter((line) => line.startsWith(`src/wrong-${at}.ts(`));
    expect(own.every((line) => line.startsWith(`src/wrong-${at}.ts(5,`))).toBe(true);
    expect(own.length).toBeGreaterThan(0);
  });
});

it('tries at least forty ways to be wrong', () => {
  expect(wrong.length).toBeGreaterThanOrEqual(40);
  expect(declarationsOf([...prompts].reverse())).toBe(declarationsOf(prompts));
});
