import { expect, it } from 'vitest';
import { signatureOf } from '../signatures/signature-of.ts';
import { isSmall, signatureFor } from './signature-for.ts';

const asked: string[] = [];
const workers = {
  async run(_: string, source: string) {
    asked.push(source);
    return JSON.stringify(signatureOf(JSON.parse(source)));
  },
} as unknown as Parameters<typeof signatureFor>[0];
const text = { messages: null, inputSchema: null, outputSchema: null };

it.each(['', 'Say it.', 'a { b } % {', '}} %}', '{ {x} }', 'x'.repeat(200_000)])(
  'is what its text reads as, where that has nothing of the language, without reading it: %.20j',
  async (content) => {
    const read = signatureOf({ ...text, content });
    if (!read.ok) throw new Error('It is a template.');
    expect(await signatureFor(workers, { ...text, content }, null, false)).toEqual({
      ...{ inputs: read.signature.inputs, fault: null, conflicts: [] },
    });
    expect(asked).toEqual([]);
  },
);

it.each(['{{ name }}', '{% if a %}{% endif %}', '{{', '{%- raw %}', '{% comment %}'])(
  'is read, where there may be something of it: %j',
  async (content) => {
    await signatureFor(workers, { ...text, content }, null, false);
    expect(asked.splice(0)).toHaveLength(1);
  },
);

it('is read with what the author declares', async () => {
  const inputSchema = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] };
  const { inputs } = await signatureFor(workers, { ...text, content: 'None.', inputSchema }, null, false);
  expect([inputs, asked.splice(0).length]).toMatchObject([{ required: ['name'] }, 1]);
});

const short = { ...text, content: 'x' };
const file = (length: number) => [{ role: 'user', content: [{ type: 'file', url: 'y'.repeat(length), name: 'x' }] }];

it.each<[string, Parameters<typeof isSmall>[0], boolean]>([
  ['a text of 4,000 characters', { ...short, content: 'x'.repeat(4_000) }, true],
  ['a longer one', { ...short, content: 'x'.repeat(4_001) }, false],
  ['a chat', { ...short, messages: file(3_000) }, true],
  [
    'a chat whose files have long addresses, which its content does not show',
    { ...short, messages: file(4_000) },
    false,
  ],
])('reads %s in this thread or by a worker', (_, given, small) => {
  expect(isSmall(given)).toBe(small);
});
