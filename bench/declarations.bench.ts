import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { declarationsOf, type TypedPrompt } from '@promptory/cli/declarations';
import type { JsonValue } from '@promptory/template';
import { type Benchmark, medians } from './benchmark.ts';

const PROMPTS = 1000;
const CALLS = 100;

const run = promisify(execFile);
const TSC = join(import.meta.dirname, '../node_modules/typescript/bin/tsc');

/** What of the client the compiler needs to check a call. */
const CLIENT = `export interface PromptTypes {}
export interface Handle<Known> {
  render(inputs: Known extends { inputs: infer Inputs } ? Inputs : never): Promise<string>;
  parse(answer: string): Known extends { output: infer Output } ? Output : never;
}
export declare function prompt<Reference extends keyof PromptTypes>(reference: Reference): Handle<PromptTypes[Reference]>;
`;

/** Ten inputs, one of them nested and one of a union, and an output of three fields. */
function promptNo(number: number): TypedPrompt {
  const text = { type: 'string', description: 'What it says, in the words of whoever wrote it.' };
  const names = Array.from({ length: 8 }, (_, at) => `input${at}`);
  const customer: JsonValue = {
    anyOf: [{ type: 'null' }, { type: 'object', properties: { plan: { enum: ['free', 'pro', `p${number}`] } } }],
  };
  const properties: Record<string, JsonValue> = {
    ...Object.fromEntries(names.map((name) => [name, text])),
    ticket: {
      type: 'object',
      properties: { subject: text, tags: { type: 'array', items: text } },
      required: ['subject'],
    },
    customer,
  };
  const versions = [1, 2].map((version) => ({
    ...{ version, title: `Prompt ${number}`, description: 'Sorts what comes in, and says why it does so.' },
    inputs: { type: 'object', properties, required: [...names, 'ticket'], additionalProperties: false },
    output: {
      type: 'object',
      properties: {
        category: { enum: ['bug', 'question', `c${version}`] },
        reasons: { type: 'array', items: text },
        sure: { type: 'boolean' },
      },
      required: ['category', 'reasons'],
    },
  }));
  return { name: `team/prompt-${number}`, versions, labels: { production: 1, staging: 2, latest: 2 } };
}

const inputs = `{ ${Array.from({ length: 8 }, (_, at) => `input${at}: ''`).join(', ')}, ticket: { subject: '' } }`;
const callsTo = (count: number) =>
  Array.from({ length: count }, (_, at) => {
    const handle = `prompt('team/prompt-${at * 7}@production')`;
    return `void ${handle}.render(${inputs});\nvoid ${handle}.parse('').category;\n`;
  }).join('');

/** A project of its own, and its check. */
async function project(folder: string, declarations: string, program: string): Promise<() => Promise<unknown>> {
  const client = join(folder, 'node_modules/@promptory/client');
  await mkdir(client, { recursive: true });
  const compilerOptions = {
    strict: true,
    skipLibCheck: false,
    module: 'nodenext',
    target: 'es2022',
    noEmit: true,
    types: [],
  };
  const files = {
    [join(client, 'package.json')]: '{ "name": "@promptory/client", "type": "module", "types": "./index.d.ts" }',
    [join(client, 'index.d.ts')]: CLIENT,
    [join(folder, 'package.json')]: '{ "type": "module" }',
    [join(folder, 'tsconfig.json')]: JSON.stringify({ compilerOptions, include: ['*.ts'] }),
    [join(folder, 'promptory.d.ts')]: declarations,
    [join(folder, 'program.ts')]: `import { prompt } from '@promptory/client';\nvoid prompt;\n${program}`,
  };
  for (const [file, text] of Object.entries(files)) await writeFile(file, text);
  return () => run(process.execPath, [TSC, '-p', folder]);
}

export default {
  name: 'types',
  claim: `The compiler checks ${CALLS} calls with the types of ${PROMPTS} prompts in at most 3 times what it takes to check an empty program with none.`,
  async run() {
    const folder = await mkdtemp(join(tmpdir(), 'promptory-bench-'));
    try {
      const declarations = declarationsOf(Array.from({ length: PROMPTS }, (_, number) => promptNo(number)));
      const tasks = {
        empty: await project(join(folder, 'empty'), declarationsOf([]), ''),
        types: await project(join(folder, 'types'), declarations, ''),
        calls: await project(join(folder, 'calls'), declarations, callsTo(CALLS)),
      };
      const { empty, types, calls } = await medians(tasks, { rounds: 9 });
      const rows = [
        { label: 'an empty file of types', values: [empty, 0] },
        { label: `${PROMPTS} prompts`, values: [types, types - empty] },
        { label: `${PROMPTS} prompts, ${CALLS} calls`, values: [calls, calls - empty] },
      ];
      return {
        tables: [
          {
            columns: [`${Math.round(declarations.length / 1024)} KiB of types`, 'ms', 'ms beyond the empty file'],
            rows,
          },
        ],
        ratios: [
          {
            label: 'with types and calls',
            value: calls / empty,
            target: { atMost: 3 },
            against: 'an empty file of types',
          },
        ],
      };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
} satisfies Benchmark;
