import { expect, it } from 'vitest';
import { signatureOf } from '../signatures/signature-of.ts';
import { signatureFor } from './signature-for.ts';

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
