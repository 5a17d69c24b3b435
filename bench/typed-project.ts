import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { declarationsOf, type TypedPrompt } from '@promptory/cli/declarations';
import type { JsonValue } from '@promptory/template';

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
const callsTo = (count: number, stride: number) =>
  Array.from({ length: count }, (_, at) => {
    const handle = `prompt('team/prompt-${at * stride}@production')`;
    return `void ${handle}.render(${inputs});\nvoid ${handle}.parse('').category;\n`;
  }).join('');

/** The types of so many prompts. */
export const typesOf = (count: number): string =>
  declarationsOf(Array.from({ length: count }, (_, number) => promptNo(number)));

/** Writes a project of its own: with these types, and a program that calls so many prompts, each so far from the one before. */
export async function writeProject(folder: string, declarations: string, calls: number, stride = 7): Promise<void> {
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
    [join(folder, 'program.ts')]:
      `import { prompt } from '@promptory/client';\nvoid prompt;\n${callsTo(calls, stride)}`,
  };
  for (const [file, text] of Object.entries(files)) await writeFile(file, text);
}
