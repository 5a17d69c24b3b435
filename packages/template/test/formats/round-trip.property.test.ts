import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/canonical-json.ts';
import { compareBodies } from '../../src/formats/document/compare/compare-bodies.ts';
import { type DocumentPrompt, emptyPrompt } from '../../src/formats/document/prompt-document.ts';
import { nameWithoutEnding, readPrompts } from '../../src/formats/read-prompts.ts';
import { filesOf, type WrittenFormat, writePrompt, writtenFormats } from '../../src/formats/write-prompts.ts';
import { parse } from '../../src/language/parse.ts';
import { render } from '../../src/language/rendering/render.ts';
import { cases } from '../cases.ts';

/** Each reads and writes files, so that fewer are tried unless a run asks for more. */
const runs = process.env.PROPERTY_CASES === undefined ? 100 : cases;

const word = fc.constantFrom('name', 'topic', 'tone', 'user_id', 'x1', 'history', 'size2');
const literal = fc.oneof(
  {
    arbitrary: fc.constantFrom(
      'Hello',
      ', ',
      'a: "b"',
      '{"k": 1}',
      '雪 😀',
      '\n# Title\n',
      '$5',
      "it's",
      '\n---\n',
      '<b>&',
    ),
    weight: 20,
  },
  // What some language takes for its own, or for the end of a message.
  fc.constantFrom(
    ' ',
    '\n',
    '{',
    '}',
    '}}',
    '\\',
    '{{ "{{" }}',
    '{{ "{%" }}',
    '\nuser:\n',
    '\r\n',
    '<<<dotprompt:x',
    '@@@',
  ),
);
const value = fc.oneof(
  { arbitrary: word.map((name) => `{{ ${name} }}`), weight: 30 },
  fc.constantFrom(
    '{{ user.name }}',
    '{{ a.b.c }}',
    '{{ name | upcase }}',
    '{% if a %}b{% endif %}',
    '{% if photo %}{{ photo }}{% else %}none{% endif %}',
    '{% unless name != "" %}-{% endunless %}',
    '{% for one in tags %}- {{ one }}\n{% endfor %}',
    '{% if tone == "a" and a %}x{% elsif topic %}y{% endif %}',
    '{{ tone | default: "calm" }}',
    '{{name}}',
    '{% comment %}why{% endcomment %}',
    '{% render "tone@production" %}',
  ),
);
const text = fc
  .array(fc.oneof({ arbitrary: literal, weight: 5 }, { arbitrary: value, weight: 3 }), { maxLength: 8 })
  .map((pieces) => pieces.join(''));

const json: fc.Arbitrary<unknown> = fc.jsonValue({ maxDepth: 2 });
const property = fc.oneof(
  fc.record({ type: fc.constantFrom('string', 'number', 'integer', 'boolean') }),
  fc.record({ type: fc.constant('string'), description: fc.constantFrom('What it is', 'a: b # c') }),
  fc.record({ type: fc.constant('string'), enum: fc.constant(['a', 'b']), default: fc.constant('a') }),
  fc.record({ type: fc.constant('array'), items: fc.constant({ type: 'string' }) }),
  fc.record({ default: fc.constantFrom('x', 1, true) }),
  fc.constant({ type: 'object', properties: { name: { type: 'string' } }, required: ['name'] }),
);
const schema = fc.oneof(
  fc.constant(null),
  fc.constant({}),
  fc
    .dictionary(fc.constantFrom('name', 'topic', 'tone', 'photo'), property, { maxKeys: 3 })
    .map((properties) => ({ type: 'object', properties })),
  fc.constant({ type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false }),
  fc.constant({ anyOf: [{ type: 'string' }, { type: 'null' }] }),
);
const part = fc.oneof(
  text.map((some) => ({ type: 'text', text: some })),
  fc.constantFrom({ type: 'image', url: '{{ photo }}' }, { type: 'audio', url: '{{ tone }}' }),
  fc.constantFrom(
    { type: 'image', url: 'https://x.test/a.png', mediaType: 'image/png' },
    { type: 'file', url: '{{ photo }}', mediaType: 'application/pdf' },
    { type: 'image', url: '{{ photo }}', detail: 'low' },
    { type: 'tool_call', id: '1', name: 'f', arguments: { a: 1 } },
  ),
);
const message = fc.oneof(
  {
    arbitrary: fc.record({ role: fc.constantFrom('system', 'developer', 'user', 'assistant', 'tool'), content: text }),
    weight: 6,
  },
  fc.record({ role: fc.constantFrom('user', 'system'), content: fc.array(part, { minLength: 1, maxLength: 3 }) }),
  fc.constantFrom('history', 'talk').map((name) => ({ type: 'placeholder', name })),
);
const body = fc.oneof(
  text.map((content) => ({ content, messages: null })),
  fc.array(message, { minLength: 1, maxLength: 4 }).map((messages) => ({ content: null, messages })),
);
const config = fc.oneof(
  fc.constant({}),
  fc.record({ model: fc.constantFrom('gpt-4o', 'openai/gpt-5'), temperature: fc.constantFrom(0, 0.5) }),
  fc.record({ model: fc.constant('m'), tools: fc.constantFrom(['search'], [{ name: 'find' }]), other: json }),
  fc.record({ apiType: fc.constant('chat'), provider: fc.constant('openai'), topP: fc.constant(1) }),
);
const orNull = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });
const prompt = fc
  .record({
    name: fc.constantFrom('greet', 'team/greet'),
    title: orNull(fc.constantFrom('Greet', 'Greet: all # people', '雪')),
    description: orNull(fc.constantFrom('Says hello', '- a\n- b\n')),
    body,
    config,
    inputSchema: schema,
    outputSchema: schema,
    tags: fc.constantFrom([], ['a', 'b c']),
    labels: fc.constantFrom([], ['production']),
    version: orNull(fc.constant(3)),
    changeNote: orNull(fc.constant('Why')),
    aliases: fc.constantFrom([], ['pmpt_1']),
  })
  .map(({ body: some, ...rest }) => ({ ...rest, ...some }) as unknown as DocumentPrompt);

/** A schema that a format may leave out is compared only where it did not say so. */
const compared = (some: DocumentPrompt, lost: ReadonlySet<string>) =>
  canonicalJson(Object.fromEntries(Object.entries(some).filter(([field]) => !lost.has(field))));

/** What comes back in other words renders the same, of values that the inputs allow. */
function expectAlike(given: DocumentPrompt, again: DocumentPrompt): void {
  const [one, other] = [given, again].map(({ content, messages }) =>
    (messages ?? [{ role: 'user' as const, content: content ?? '' }]).flatMap((message) =>
      'content' in message ? [message.content].flat() : [],
    ),
  );
  const isHolder = JSON.stringify(given).includes('a.b.c');
  for (const [index, text] of ['a', '', ' ', 'Ann {{ name }}'].entries()) {
    const tags = [['x', 'y'], [], ['']][index % 3] ?? [];
    const values = {
      ...textsOf(text),
      tags,
      a: isHolder ? { b: { c: text } } : index % 2 === 0,
      ...allowedBy(given.inputSchema, { text, tags, index }),
    };
    const rendered = (parts: typeof one) =>
      JSON.stringify(
        parts
          ?.map((part) => (typeof part === 'string' ? part : part.text))
          .map((said) =>
            typeof said === 'string' && !said.includes('{% render')
              ? render(parse(said), values, 'lenient', { now: 0 })
              : '',
          ),
      );
    expect(rendered(other)).toBe(rendered(one));
  }
}

const textsOf = (text: string) =>
  Object.fromEntries(['name', 'topic', 'tone', 'photo', 'user_id', 'x1'].map((name) => [name, text]));

/** Values of the inputs that a schema declares, of the types that it declares. */
function allowedBy(schema: unknown, { text, tags, index }: { text: string; tags: readonly string[]; index: number }) {
  const { properties = {} } = (schema ?? {}) as { properties?: Record<string, { type?: string; enum?: string[] }> };
  const isEven = index % 2 === 0;
  const ofType: Record<string, unknown> = {
    string: text,
    number: index / 2,
    integer: index,
    boolean: isEven,
    array: tags,
    object: { name: text },
  };
  return Object.fromEntries(
    Object.entries(properties).map(([name, property]) => [
      name,
      property.enum === undefined ? ofType[property.type ?? 'string'] : property.enum[isEven ? 0 : 1],
    ]),
  );
}

/** What a format says by the name of the file. */
const named = (format: WrittenFormat, some: DocumentPrompt, fileName: string): DocumentPrompt =>
  format === 'github-models' ? { ...some, name: nameWithoutEnding(fileName) } : some;

describe.each(writtenFormats)('%s', (format) => {
  it('reads what it has written, but for what it said that it lost', () => {
    let written = 0;
    fc.assert(
      fc.property(prompt, (given) => {
        const { text: file, losses } = writePrompt(format, given);
        if (file === null) {
          expect(losses).toEqual([expect.objectContaining({ message: expect.stringMatching(/^Left out: /) })]);
          return;
        }
        written++;
        const { prompts, refusals } = readPrompts(format, file);
        expect(refusals).toEqual([]);
        expect(prompts).toHaveLength(1);
        const lost = new Set(losses.map(({ within }) => (within ?? '').split('.', 1)[0] ?? ''));
        expect(lost.has(given.messages === null ? 'messages' : 'content')).toBe(false);
        for (const again of prompts) {
          if (['content', 'messages', 'kind'].some((field) => lost.has(field))) expectAlike(given, again);
          else expect(compareBodies(given, again, true)).toBe('same');
          // The spaces in tags may be others.
          for (const field of ['content', 'messages']) lost.add(field);
          const fileName = `${given.name}${filesOf(format).ending}`;
          expect(compared(named(format, again, fileName), lost)).toBe(compared(given, lost));
        }
      }),
      { numRuns: runs },
    );
    expect(written).toBeGreaterThan(runs / 8);
  });

  it('loses nothing of what all of them have', () => {
    const plain = {
      ...emptyPrompt(),
      name: 'greet',
      messages: [
        { role: 'system', content: 'Be {{ tone }}: {"a": 1}' },
        { role: 'user', content: 'Greet {{ name }}' },
      ],
    } satisfies DocumentPrompt;
    expect(writePrompt(format, plain)).toEqual({ text: expect.stringContaining('Greet '), losses: [] });
  });
});
