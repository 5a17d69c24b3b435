import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type PromptFields, readPromptFile, writePromptFile } from './prompt-file.ts';

const cases = Number(process.env.PROPERTY_CASES ?? 300);

/** Text of every kind, and what this format itself is made of. */
const text = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 8 }),
      fc.constantFrom(
        '\n',
        '\r\n',
        '\r',
        '---',
        '\n---\n',
        '::: user',
        '\n::: system\n',
        '\\::: tool',
        '{{ x }}',
        ' ',
        '\t',
        '\u2028',
        '\ufeff',
      ),
      fc.constantFrom(
        '# a',
        '- b',
        'key: value',
        '"',
        "'",
        '|',
        '>',
        '&a',
        '*a',
        '!!str',
        '%YAML',
        'null',
        'yes',
        '0x1F',
        '1e3',
        '2026-01-01',
      ),
    ),
    { maxLength: 12 },
  )
  .map((pieces) => pieces.join(''));
const title = text.filter((value) => value !== '');
// What JSON carries: a member named as JavaScript's own is one like another.
const object = fc.dictionary(fc.oneof(text, fc.constant('__proto__')), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 4 });
const json = object.map((value) => JSON.parse(JSON.stringify(value)) as PromptFields['config']);
const roles = fc.constantFrom('system', 'developer', 'user', 'assistant', 'tool');
const message = fc.oneof(
  fc.record({ role: roles, content: text }),
  fc.record({
    role: roles,
    content: fc.array(fc.record({ type: fc.constant('text'), text }), { minLength: 1, maxLength: 3 }),
  }),
  fc.record({ type: fc.constant('placeholder'), name: fc.constantFrom('history', 'a1') }),
) as fc.Arbitrary<NonNullable<PromptFields['messages']>[number]>;

const shared = {
  title,
  description: text,
  category: fc.option(title),
  tags: fc.array(title, { maxLength: 3 }),
  isTemplate: fc.boolean(),
  visibility: fc.constantFrom('private' as const, 'public' as const),
  config: json,
  inputSchema: fc.option(json),
  outputSchema: fc.option(json),
};
const prompts: fc.Arbitrary<PromptFields> = fc.oneof(
  fc.record({ ...shared, kind: fc.constant('text' as const), content: text, messages: fc.constant(null) }),
  fc.record({
    ...shared,
    kind: fc.constant('chat' as const),
    content: fc.constant(''),
    messages: fc.array(message, { minLength: 1, maxLength: 5 }),
  }),
);

it('reads from a file just what was written, in its order, also where git has changed the ends of its lines', () => {
  fc.assert(
    fc.property(prompts, fc.boolean(), (prompt, isWindows) => {
      const written = writePromptFile(prompt);
      const file = isWindows ? written.replaceAll('\n', '\r\n') : written;
      const read = readPromptFile(new TextEncoder().encode(file));
      expect(read).toEqual(prompt);
      expect(JSON.stringify([read.config, read.inputSchema, read.messages])).toBe(
        JSON.stringify([prompt.config, prompt.inputSchema, prompt.messages]),
      );
      expect(writePromptFile(read)).toBe(written);
    }),
    // Each is written twice and read once.
    { numRuns: Math.ceil(cases / 3) },
  );
});
