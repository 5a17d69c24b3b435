import { ChatMessages, MessageRole } from '@promptory/schemas';
import { messageRoles } from '@promptory/template';
import { describe, expect, it } from 'vitest';
import { type Signed, signatureOf } from './signature-of.ts';

const signed = (parts: Partial<Signed>): Signed => ({
  content: '',
  messages: null,
  inputSchema: null,
  outputSchema: null,
  ...parts,
});

describe('the signature of a version', () => {
  it('has what the text reads, narrowed by what the author declares, and the output as it is declared', () => {
    const outputSchema = { type: 'object', properties: { mood: { enum: ['good', 'bad'] } } };
    const inputSchema = { type: 'object', properties: { tone: { enum: ['warm', 'cool'], default: 'warm' } } };
    const content = 'Be {{ tone }} to {{ user.name }}.';
    expect(signatureOf(signed({ content, inputSchema, outputSchema }))).toEqual({
      ok: true,
      conflicts: [],
      signature: {
        inputs: {
          type: 'object',
          properties: {
            tone: { enum: ['warm', 'cool'], default: 'warm' },
            user: expect.objectContaining({ required: ['name'], additionalProperties: false }),
          },
          required: ['user'],
          additionalProperties: false,
        },
        output: outputSchema,
      },
    });
  });

  it('of a chat is that of all its messages, placeholders too', () => {
    const messages = [
      { role: 'system', content: 'Be {{ tone }}.' },
      { type: 'placeholder', name: 'history' },
      { role: 'user', content: '{{ question }}' },
    ];
    const result = signatureOf(signed({ messages }));
    expect(result).toMatchObject({
      signature: { inputs: { required: ['tone', 'question', 'history'] }, output: null },
    });
  });

  it('reads the parts of messages, whose roles are those of the prompt language', () => {
    expect(MessageRole.options).toEqual(messageRoles);
    const messages = ChatMessages.parse([
      {
        role: 'user',
        content: [
          { type: 'text', text: '{{ question }}' },
          { type: 'image', url: '{{ photo }}' },
          { type: 'tool_call', id: 'a', name: 'f', arguments: { of: ['{{ thing }}'] } },
        ],
      },
    ]);
    const result = signatureOf(signed({ messages }));
    expect(result).toMatchObject({ signature: { inputs: { required: ['question', 'photo', 'thing'] } } });
  });

  it('says where the author and the text do not fit', () => {
    const inputSchema = { properties: { articles: { type: 'string' } } };
    const result = signatureOf(signed({ content: '{% for a in articles %}{{ a }}{% endfor %}', inputSchema }));
    expect(result).toMatchObject({ ok: true, conflicts: [{ path: '/articles', code: 'type' }] });
  });
});

describe('what has no signature says why, and where', () => {
  it.each<[string, Partial<Signed>, object]>([
    ['a text that is no template', { content: 'One\nTwo {{ a b }}' }, { code: 'syntax', line: 2, messageIndex: null }],
    ['an open output', { content: 'Use {{ name' }, { code: 'unclosed', line: 1, column: 5 }],
    [
      'a message that is none',
      {
        messages: [
          { role: 'system', content: 'x' },
          { role: 'user', content: '{% frob %}' },
        ],
      },
      { code: 'unknown_tag', line: 1, column: 1, messageIndex: 1 },
    ],
    [
      'a schema that was kept before schemas were checked',
      { content: 'x', inputSchema: { properties: { a: { typ: 'string' } } } },
      { code: 'schema', line: null, column: null, message: expect.stringContaining('/properties/a/typ') },
    ],
    [
      'more inputs than a schema can hold',
      { content: Array.from({ length: 2_000 }, (_, index) => `{{ name_${index}.of_it }}`).join('') },
      { code: 'schema', line: null },
    ],
  ])('%s', (_, parts, fault) => {
    expect(signatureOf(signed(parts))).toMatchObject({ ok: false, fault });
  });
});
