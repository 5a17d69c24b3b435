import { describe, expect, it } from 'vitest';
import { type DocumentMessage, emptyPrompt } from './document/prompt-document.ts';
import { type WrittenFormat, writePrompt } from './write-prompts.ts';

const system: DocumentMessage = { role: 'system', content: 'Be kind.' };
const asked: DocumentMessage = { role: 'user', content: 'Sort {{ ticket }} in {{ tone }}.' };
const answer = { type: 'object', properties: { kind: { type: 'string' } } };

const prompt = {
  ...emptyPrompt(),
  name: 'team/triage',
  title: 'Triage',
  description: 'Sorts.',
  config: { model: 'gpt-4o', temperature: 0, extra: { a: 1 } },
  inputSchema: {
    type: 'object',
    properties: { ticket: { type: 'string', description: 'What' }, tone: { type: 'string', default: 'warm' } },
    required: ['ticket'],
  },
  outputSchema: answer,
  tags: ['a'],
  labels: ['production'],
  version: 3,
  changeNote: 'n',
};
const NO_PLACE = 'It has no place in this format.';
const NOT_ALL = 'Not all of it has a place in this format.';

/** What is written of it with a place for messages, and what of it is lost. */
function written(format: WrittenFormat, messages: DocumentMessage[]): { text: string; losses: string[] } {
  const { text, losses } = writePrompt(format, { ...prompt, messages });
  return { text: text ?? 'none', losses: losses.map(({ within, message }) => `${within}: ${message}`) };
}
const chat: DocumentMessage[] = [system, { type: 'placeholder', name: 'history' }, asked];
const missing = (...fields: string[]) => fields.map((field) => `${field}: ${NO_PLACE}`);

describe('a prompt with all that prompts have is written', () => {
  it('as dotprompt', () => {
    const { text, losses } = written('dotprompt', chat);
    expect(text).toBe(`---
name: team/triage
description: Sorts.
model: gpt-4o
config:
  temperature: 0
  extra:
    a: 1
input:
  default:
    tone: warm
  schema:
    type: object
    properties:
      ticket:
        type: string
        description: What
      tone:
        type: string
        default: warm
    required:
      - ticket
output:
  format: json
  schema:
    type: object
    properties:
      kind:
        type: string
promptory.title: Triage
promptory.tags:
  - a
---
{{role "system"}}Be kind.{{history}}{{role "user"}}Sort {{ticket}} in {{tone}}.
`);
    expect(losses).toEqual(missing('labels', 'version', 'changeNote'));
  });

  it('as Prompty', () => {
    const { text, losses } = written('prompty', chat);
    expect(text).toBe(`---
name: team/triage
displayName: Triage
description: Sorts.
metadata:
  tags:
    - a
model:
  id: gpt-4o
  options:
    temperature: 0
    additionalProperties:
      extra:
        a: 1
template:
  format:
    kind: jinja2
  parser:
    kind: prompty
inputs:
  - name: ticket
    kind: string
    description: What
    required: true
  - name: tone
    kind: string
    default: warm
  - name: history
    kind: thread
outputs:
  - name: kind
    kind: string
---
system:
Be kind.

{{ history }}

user:
Sort {{ ticket }} in {{ tone }}.
`);
    expect(losses).toEqual([`outputSchema: ${NOT_ALL}`, ...missing('labels', 'version', 'changeNote')]);
  });

  it('as an item of Langfuse', () => {
    const { text, losses } = written('langfuse', chat);
    expect(JSON.parse(text)).toEqual({
      name: 'team/triage',
      version: 3,
      type: 'chat',
      prompt: [
        { role: 'system', content: 'Be kind.' },
        { type: 'placeholder', name: 'history' },
        { role: 'user', content: 'Sort {{ticket}} in {{tone}}.' },
      ],
      config: prompt.config,
      tags: ['a'],
      labels: ['production'],
      commitMessage: 'n',
    });
    expect(losses).toEqual(missing('title', 'description', 'inputSchema', 'outputSchema'));
  });

  it('as an object of LangChain', () => {
    const { text, losses } = written('langsmith', chat);
    const made = (kind: string, name: string, kwargs: object) => ({
      lc: 1,
      type: 'constructor',
      id: ['langchain_core', 'prompts', kind, name],
      kwargs,
    });
    const message = (name: string, template: string, ...inputs: string[]) =>
      made('chat', `${name}MessagePromptTemplate`, {
        prompt: made('prompt', 'PromptTemplate', { template, input_variables: inputs, template_format: 'f-string' }),
      });
    expect(JSON.parse(text)).toEqual(
      made('structured', 'StructuredPrompt', {
        input_variables: ['history', 'ticket'],
        messages: [
          message('System', 'Be kind.'),
          made('chat', 'MessagesPlaceholder', { variable_name: 'history', optional: false }),
          message('Human', 'Sort {ticket} in {tone}.', 'ticket'),
        ],
        metadata: { lc_hub_repo: 'team/triage' },
        partial_variables: { tone: 'warm' },
        schema_: answer,
      }),
    );
    expect(losses).toEqual([
      ...missing('title', 'description', 'config'),
      `inputSchema: ${NOT_ALL}`,
      ...missing('tags', 'labels', 'version', 'changeNote'),
    ]);
  });

  it('as a file of GitHub Models, which has no place for messages', () => {
    expect(written('github-models', [system, asked]).text).toBe(`name: Triage
description: Sorts.
model: gpt-4o
modelParameters:
  temperature: 0
  extra:
    a: 1
messages:
  - role: system
    content: Be kind.
  - role: user
    content: Sort {{ticket}} in {{tone}}.
responseFormat: json_schema
jsonSchema: '{"name":"answer","strict":true,"schema":{"type":"object","properties":{"kind":{"type":"string"}}}}'
`);
    expect(written('github-models', chat).losses).toEqual([
      'messages[1]: Left out: a place for messages cannot be written there',
    ]);
  });
});
