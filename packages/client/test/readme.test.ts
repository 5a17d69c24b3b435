import { readFileSync } from 'node:fs';
import { transform } from 'esbuild';
import { expect, it } from 'vitest';
import { createPromptory } from '../src/create-promptory.ts';
import { isPromptoryError } from '../src/errors/promptory-error.ts';
import type { PromptoryOptions } from '../src/options.ts';
import { toGenerateText } from '../src/providers/ai-sdk.ts';
import { toMessage } from '../src/providers/anthropic.ts';
import { toChatCompletion, toResponse } from '../src/providers/openai.ts';
import { unlisted } from '../src/registry/prompt-types.ts';
import { givenPrompt } from './given-prompt.ts';
import { stubPromptory } from './stub-promptory.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const [, prompts = ''] = /^## Prompts\n([\s\S]*?)^## /m.exec(readme) ?? [];
const blocks = Array.from(prompts.matchAll(/^```ts\n([\s\S]*?)^```$/gm), ([, code = '']) => code);

const outputSchema = {
  type: 'object',
  properties: { urgency: { type: 'integer' }, reply: { type: 'string' } },
  required: ['urgency', 'reply'],
};
const answer = '```json\n{ "urgency": 3, "reply": "We look into it." }\n```';

/** What the code of the readme takes as given, and what it has reported. */
function given() {
  const stub = stubPromptory();
  const config = { model: 'm' };
  const prompt = givenPrompt({ content: 'Sort: {{ ticket }}', config, outputSchema });
  stub.state.prompts.set('support/triage@production', prompt);
  const log: unknown[] = [];
  const create = async (request: object) => log.push(request) && { choices: [{ message: { content: answer } }] };
  const given = {
    createPromptory: (options: PromptoryOptions) =>
      createPromptory({ ...options, ...stub, apiKey: 'pty_live_x' } as PromptoryOptions),
    promptory: createPromptory({ ...stub, apiKey: 'pty_live_x' }),
    ...{ isPromptoryError, unlisted, toChatCompletion, toResponse, toMessage, toGenerateText },
    askModel: async (text: string) => log.push(text) && answer,
    report: (fields: object) => log.push(Object.keys(fields)),
    count: (name: string) => log.push(name),
    openai: { chat: { completions: { create } }, responses: { create } },
    anthropic: { messages: { create } },
    openaiProvider: (name: string) => name,
    generateText: async (request: object) => log.push(request) && { output: null },
    readBundle: async (path: string) => log.push(path) && { find: () => givenPrompt() },
    keys: { keys: [] },
  };
  return { given, log };
}

it('does what the readme says of prompts', async () => {
  const { given: scope, log } = given();
  // What one block declares, a later one uses; `promptory` is made anew.
  const code = blocks.map((block) => block.replace(/^const promptory = /m, 'promptory = ')).join('\n');
  const { code: script } = await transform(code.replaceAll(/^import .*$/gm, ''), { loader: 'ts' });
  const AsyncFunction = (async () => {}).constructor as new (
    ...code: string[]
  ) => (...given: unknown[]) => Promise<unknown>;
  const run = new AsyncFunction(...Object.keys(scope), `${script}\nreturn { urgency, reply, said, greeting };`);
  expect(await run(...Object.values(scope))).toMatchObject({
    ...{ urgency: 3, reply: 'We look into it.', said: { urgency: 3 }, greeting: { text: 'Hello Ann!', version: null } },
  });
  expect(log).toMatchObject([
    'Sort: My invoice is wrong, and nobody answers!',
    ['inputs.ticket', 'inputs.tikcet'],
    ['reply', 'urgency'],
    { model: 'm', messages: [{ role: 'user' }], response_format: { json_schema: { name: 'ann_greet', strict: true } } },
    { store: false, input: [{ role: 'user' }] },
    { max_tokens: 1024, model: 'm' },
    { model: 'gpt-5', output: {} },
    ...['prompt.miss', 'prompt.error', 'prompt.fallback'],
    'prompts.json',
  ]);
});
