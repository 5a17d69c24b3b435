import { describe, expect, it } from 'vitest';
import { type PromptFields, readPromptFile, writePromptFile } from './prompt-file.ts';

const prompt: PromptFields = {
  title: 'Support triage',
  description: '',
  kind: 'text',
  content: 'Sort this: {{ ticket }}\n',
  messages: null,
  category: null,
  tags: [],
  isTemplate: false,
  visibility: 'private',
  config: {},
  inputSchema: null,
  outputSchema: null,
};
const bytes = (text: string) => new TextEncoder().encode(text);
const faultOf = (text: string | Uint8Array): string => {
  try {
    readPromptFile(typeof text === 'string' ? bytes(text) : text);
    return 'none';
  } catch (error) {
    return `${(error as { line: number }).line}: ${(error as Error).message}`;
  }
};

describe('the file of a prompt', () => {
  it('is its fields, as far as they say something, and its text', () => {
    expect(writePromptFile(prompt)).toBe('---\ntitle: Support triage\n---\nSort this: {{ ticket }}\n\n');
    const full: PromptFields = {
      ...prompt,
      description: 'Sorts.\nKindly.',
      category: 'Support',
      tags: ['support', 'yes'],
      isTemplate: true,
      visibility: 'public',
      config: { temperature: 0.2, model: 'm' },
      inputSchema: { type: 'object', properties: { z: {}, a: {} } },
      outputSchema: { enum: ['no', 'null', '1', null, 1] },
    };
    const text = writePromptFile(full);
    expect(text).toBe(`---
title: Support triage
description: |-
  Sorts.
  Kindly.
category: Support
tags:
  - support
  - yes
isTemplate: true
visibility: public
config:
  temperature: 0.2
  model: m
inputSchema:
  type: object
  properties:
    z: {}
    a: {}
outputSchema:
  enum:
    - no
    - "null"
    - "1"
    - null
    - 1
---
Sort this: {{ ticket }}

`);
    expect(readPromptFile(bytes(text))).toEqual(full);
  });

  it('holds the messages of a chat under their roles', () => {
    const messages: PromptFields['messages'] = [
      { role: 'system', content: 'Be kind.\n\n::: user\n\\::: user\n' },
      { type: 'placeholder', name: 'history' },
      {
        role: 'user',
        content: [
          { type: 'text', text: '{{ q }}' },
          { type: 'image', url: '{{ photo }}', detail: 'low' },
        ],
      },
      { role: 'assistant', content: '' },
    ];
    const text = writePromptFile({ ...prompt, kind: 'chat', content: 'as it reads', messages });
    expect(text).toBe(`---
title: Support triage
kind: chat
---
::: system
Be kind.

\\::: user
\\\\::: user


::: placeholder history

::: user parts
- type: text
  text: "{{ q }}"
- type: image
  url: "{{ photo }}"
  detail: low

::: assistant

`);
    expect(readPromptFile(bytes(text))).toEqual({ ...prompt, kind: 'chat', content: '', messages });
  });

  it('is read as editors and git leave it', () => {
    const windows = `\ufeff${writePromptFile(prompt).replaceAll('\n', '\r\n')}`;
    expect(readPromptFile(bytes(windows))).toEqual(prompt);
    expect(readPromptFile(bytes('---\ntitle: A # and a comment\n---\nNo end'))).toMatchObject({
      title: 'A',
      content: 'No end',
    });
    expect(readPromptFile(bytes('---\ntitle: A\nkind: chat\n---\n\n::: user\none\n::: assistant\ntwo'))).toMatchObject({
      messages: [
        { role: 'user', content: 'one' },
        { role: 'assistant', content: 'two' },
      ],
    });
    expect(readPromptFile(bytes('---\ntitle: A\n---'))).toMatchObject({ content: '' });
  });

  it('keeps what an end of a line would change in its fields, escaped', () => {
    const fragile = { ...prompt, content: 'one\r\ntwo\u2028\u0007' };
    expect(writePromptFile(fragile)).toMatch(/^---\ntitle: Support triage\ncontent: "[^\n]*"\n---\n$/);
    expect(readPromptFile(bytes(writePromptFile(fragile)))).toEqual(fragile);
  });

  it.each([
    ['', '1: It begins with its fields, as YAML between two lines `---`.'],
    ['title: A', '1: It begins with its fields, as YAML between two lines `---`.'],
    ['---\ntitle: A\n', '1: It begins with its fields, as YAML between two lines `---`.'],
    [
      '---\nb: [\n---\nx',
      '3: Its fields are no YAML: Flow sequence in block collection must be sufficiently indented and end with a ].',
    ],
    ['---\n- a\n---\nx', '2: Its fields are no mapping.'],
    ['---\ntitle: A\ntitle: B\n---\nx', '3: Its fields are no YAML: Map keys must be unique.'],
    ['---\ncontent: x\n---\n', '1: A prompt has a `title`.'],
    ['---\ntitle: 4\n---\nx', '2: `title` is a text.'],
    ['---\ntitle: A\ntags: a\n---\nx', '3: `tags` is a list of texts.'],
    ['---\ntitle: A\nkind: picture\n---\nx', '3: `kind` is "text" or "chat".'],
    ['---\ntitle: A\ntemperature: 1\n---\nx', '3: `temperature` is nothing that a prompt has.'],
    ['---\ntitle: A\nconfig: [1]\n---\nx', '3: `config` is a mapping.'],
    ['---\ntitle: A\ncontent: y\n---\nx', '5: It has its text twice: in the front matter and below it.'],
    ['---\ntitle: A\nmessages: []\n---\n', '3: Messages are for `kind: chat`.'],
    ['---\ntitle: A\nkind: chat\n---\nHi\n::: user\n', '5: Text of a chat stands under a mark, such as `::: user`.'],
    [
      '---\ntitle: A\nkind: chat\n---\n::: bot\nHi',
      '5: A mark is `::: ` and system, developer, user, assistant, tool, or placeholder and a name.',
    ],
    ['---\ntitle: A\nkind: chat\n---\n::: user\n\n::: placeholder h\nHi', '7: A placeholder has no text.'],
    ['---\ntitle: A\nkind: chat\n---\n::: user parts\nHi', '5: The parts of a message are a list, as YAML.'],
    ['---\ntitle: A\nx: &a [*a]\n---\n', '3: `x` is nothing that a prompt has.'],
    [
      '---\ntitle: A\ndescription: *important*\n---\n',
      '3: Its fields: "*important*" refers to nothing: a text that begins with * stands in quotes.',
    ],
    ['---\ntitle: A\nconfig:\n  temperature: .nan\n---\n', '4: Its fields: it holds .nan, which JSON has not.'],
    [
      '---\ntitle: A\nconfig: { seed: 12345678901234567890 }\n---\n',
      '3: Its fields: it holds 12345678901234567890, which cannot be kept exactly: write it in quotes.',
    ],
    [
      '---\ntitle: A\nkind: chat\n---\n::: assistant parts\n- { type: tool_call, id: a, name: b, input: { n: 9007199254740993 } }',
      '5: In the parts of a message, it holds 9007199254740993, which cannot be kept exactly: write it in quotes.',
    ],
    [
      '---\ntitle: A\nkind: chat\n---\n::: user parts\n- { type: text, text: *important* }',
      '5: In the parts of a message, "*important*" refers to nothing: a text that begins with * stands in quotes.',
    ],
    ['---\ntitle: "\0"\n---\n', '1: It is no text in UTF-8.'],
    [new Uint8Array([0x89, 0x50, 0x4e, 0x47]), '1: It is no text in UTF-8.'],
  ])('that is none says why and where: %j', (text, fault) => {
    expect(faultOf(text)).toBe(fault);
  });

  it('repeats of itself what people repeat', () => {
    const tagged = (aliases: number) => `---\ntitle: &a A\ntags: [${Array(aliases).fill('*a').join(', ')}]\n---\n`;
    expect([faultOf(tagged(49)), faultOf(tagged(50))]).toEqual(['none', '2: Its fields repeat themselves too often.']);
  });

  it('does not grow by its aliases', () => {
    const lists = Array.from(
      { length: 9 },
      (_, at) => `a${at + 1}: &a${at + 1} [${Array(9).fill(`*a${at}`).join(', ')}]`,
    );
    expect(faultOf(`---\ntitle: A\na0: &a0 [x]\n${lists.join('\n')}\n---\n`)).toBe(
      '2: Its fields repeat themselves too often.',
    );
  });
});
