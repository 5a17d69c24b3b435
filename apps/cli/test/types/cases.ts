import type { TypedPrompt, TypedVersion } from '../../src/types/declarations.ts';

type Schema = NonNullable<TypedVersion['inputs']>;

const closed = (properties: Record<string, Schema>, required = Object.keys(properties)) => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});
const text = { type: 'string' };
const version = (number: number, inputs: Schema, output: Schema | null = null): TypedVersion => ({
  version: number,
  title: `Version ${number}`,
  description: '',
  inputs,
  output,
});

/** What placeholders of messages take: as long as those of the server, and of the same kinds. */
const messages: Schema = {
  type: 'array',
  items: {
    anyOf: [
      closed({ role: { enum: ['user', 'assistant'] }, content: text }),
      closed({
        role: { enum: ['user', 'assistant'] },
        content: {
          type: 'array',
          items: {
            anyOf: [closed({ type: { const: 'text' }, text }), closed({ type: { const: 'image' }, url: text })],
          },
        },
      }),
    ],
  },
};

const triage = closed(
  {
    ticket: {
      ...closed({ subject: text, body: text, tags: { type: 'array', items: text } }, ['subject', 'body']),
      description: 'As it came in.',
    },
    urgency: { enum: ['low', 'high'] },
    language: { ...text, default: 'English' },
    customer: { anyOf: [{ type: 'null' }, closed({ id: { type: 'integer' }, plan: { enum: ['free', 'pro'] } })] },
    limit: { type: ['number', 'null'] },
  },
  ['ticket', 'urgency'],
);
const verdict = closed(
  {
    category: { enum: ['bug', 'question'] },
    confidence: { type: 'number' },
    steps: { type: 'array', items: closed({ order: { type: 'integer' }, text }) },
    answer: { anyOf: [closed({ kind: { const: 'reply' }, text }), closed({ kind: { const: 'escalate' }, to: text })] },
  },
  ['category', 'steps', 'answer'],
);

/** Prompts of every kind of schema. */
export const prompts: readonly TypedPrompt[] = [
  {
    name: 'support/triage',
    labels: { production: 2, staging: 3, latest: 3 },
    versions: [
      {
        ...version(2, triage, verdict),
        title: 'Support triage',
        description: 'Sorts tickets */ export {}; /*\n@deprecated not',
      },
      version(3, closed({ ticket: text, product: text }), verdict),
    ],
  },
  { name: 'ann/tone', labels: { production: 1, latest: 1 }, versions: [version(1, closed({}))] },
  {
    name: 'chat',
    labels: { production: 1, latest: 1 },
    versions: [version(1, closed({ history: messages, question: text }))],
  },
  {
    name: 'draft',
    labels: { latest: 1 },
    versions: [version(1, closed({ 'due-at': text, 'it’s "odd"\n*/': text }, ['due-at']))],
  },
  { name: 'broken', labels: { latest: 4 }, versions: [{ ...version(4, true), inputs: null }] },
  // Names that come to the same identifier, and one that ends as versions do.
  { name: 'a-b/c', labels: { latest: 1 }, versions: [version(1, closed({ one: text }))] },
  { name: 'a/b-c', labels: { latest: 1 }, versions: [version(1, closed({ two: text }))] },
  { name: '4/v1', labels: { latest: 1 }, versions: [version(1, closed({ three: text }))] },
];

const ask = "promptory.prompt('support/triage')";
const ticket = "{ subject: 'It broke', body: 'Help' }";
const rendered = `(await ${ask}.render({ ticket: ${ticket}, urgency: 'low' }))`;

/** What compiles. */
export const right: readonly string[] = [
  `await ${ask}.render({ ticket: ${ticket}, urgency: 'low' })`,
  `await ${ask}.render({ ticket: { ...${ticket}, tags: ['a'] }, urgency: 'high', language: 'French', limit: null })`,
  `await ${ask}.render({ ticket: ${ticket}, urgency: 'low', customer: { id: 4, plan: 'pro' } })`,
  `await ${ask}.render({ ticket: ${ticket}, urgency: 'low', customer: null })`,
  "await promptory.prompt('support/triage@production').render({ ticket: { subject: '', body: '' }, urgency: 'low' })",
  "await promptory.prompt('support/triage#2').render({ ticket: { subject: '', body: '' }, urgency: 'low' })",
  "await promptory.prompt('support/triage@staging').render({ ticket: 'text', product: 'Lamp' })",
  "await promptory.prompt('support/triage@latest').render({ ticket: 'text', product: 'Lamp' })",
  `{ const category: 'bug' | 'question' = ${rendered}.parse('{}').category; use(category) }`,
  `{ const n: number | undefined = ${rendered}.parse('{}').confidence; use(n) }`,
  `{ const { answer } = ${rendered}.parse('{}'); use(answer.kind === 'reply' ? answer.text : answer.to) }`,
  `{ const orders: number[] = (await ${ask}.parse('{}')).steps.map(({ order }) => order); use(orders) }`,
  "await promptory.prompt('ann/tone').render()",
  "{ const tone: string = (await promptory.prompt('ann/tone').render()).parse('x'); use(tone) }",
  "await promptory.prompt('chat').render({ question: '?', history: [{ role: 'user', content: 'Hi' }] })",
  "await promptory.prompt('chat').render({ question: '?', history: [{ role: 'user', content: [{ type: 'image', url: 'https://x' }] }] })",
  "await promptory.prompt('draft@latest').render({ 'due-at': 'today', 'it’s \"odd\"\\n*/': 'x' })",
  "await promptory.prompt('broken@latest').render({ anything: [1] })",
  "await promptory.prompt('a-b/c@latest').render({ one: '' })",
  "await promptory.prompt('a/b-c@latest').render({ two: '' })",
  "await promptory.prompt('4/v1@latest').render({ three: '' })",
];

const call = (inputs: string) => `await ${ask}.render(${inputs})`;
const good = `ticket: ${ticket}, urgency: 'low'`;

/** What is wrong, and a program that says it. */
export const wrong: readonly (readonly [fault: string, program: string])[] = [
  ['a name that no prompt has', "promptory.prompt('support/triag')"],
  ['another’s prompt without its handle', "promptory.prompt('tone')"],
  ['a name in capitals', "promptory.prompt('Support/triage')"],
  ['a label that the prompt has not', "promptory.prompt('support/triage@prod')"],
  ['a label of another prompt', "promptory.prompt('chat@staging')"],
  ['a version that no label names', "promptory.prompt('support/triage#7')"],
  ['a prompt that is not in production', "promptory.prompt('draft')"],
  ['any text', "promptory.prompt(String('support/triage'))"],
  ['no inputs at all', call('')],
  ['an input left out', call(`{ ticket: ${ticket} }`)],
  ['another input left out', call("{ urgency: 'low' }")],
  ['a misspelt input', call(`{ ticket: ${ticket}, urgancy: 'low' }`)],
  ['an input too many', call(`{ ${good}, colour: 'red' }`)],
  ['an input of undefined', call(`{ ticket: ${ticket}, urgency: undefined }`)],
  ['an input of null', call(`{ ticket: ${ticket}, urgency: null }`)],
  ['a number for a text', call(`{ ${good}, language: 4 }`)],
  ['a text for an object', call("{ ticket: 'It broke', urgency: 'low' }")],
  ['a list for an object', call("{ ticket: [], urgency: 'low' }")],
  ['a value that an enum has not', call(`{ ticket: ${ticket}, urgency: 'medium' }`)],
  ['any text for an enum', call(`{ ticket: ${ticket}, urgency: String('low') }`)],
  ['a member of an input left out', call("{ ticket: { subject: '' }, urgency: 'low' }")],
  ['a misspelt member', call("{ ticket: { subject: '', bdoy: '' }, urgency: 'low' }")],
  ['a member of the wrong type', call("{ ticket: { subject: 1, body: '' }, urgency: 'low' }")],
  ['a member too many', call("{ ticket: { subject: '', body: '', html: '' }, urgency: 'low' }")],
  ['a text for a list', call("{ ticket: { subject: '', body: '', tags: 'a' }, urgency: 'low' }")],
  ['an item of the wrong type', call("{ ticket: { subject: '', body: '', tags: [1] }, urgency: 'low' }")],
  ['neither of a union', call(`{ ${good}, customer: 'Ann' }`)],
  ['half of a union', call(`{ ${good}, customer: { id: 4 } }`)],
  ['an enum within a union', call(`{ ${good}, customer: { id: 4, plan: 'gold' } }`)],
  ['a text for a number or null', call(`{ ${good}, limit: '5' }`)],
  [
    'inputs of another label',
    "await promptory.prompt('support/triage@staging').render({ ticket: { subject: '', body: '' }, urgency: 'low' })",
  ],
  [
    'the new input of another label left out',
    "await promptory.prompt('support/triage@staging').render({ ticket: '' })",
  ],
  ['an input for a prompt that has none', "await promptory.prompt('ann/tone').render({ tone: 'warm' })"],
  ['a text for messages', "await promptory.prompt('chat').render({ question: '?', history: 'Hi' })"],
  [
    'a role that there is not',
    "await promptory.prompt('chat').render({ question: '?', history: [{ role: 'bot', content: '' }] })",
  ],
  [
    'a message without content',
    "await promptory.prompt('chat').render({ question: '?', history: [{ role: 'user' }] })",
  ],
  [
    'a part of no kind',
    "await promptory.prompt('chat').render({ question: '?', history: [{ role: 'user', content: [{ type: 'video', url: '' }] }] })",
  ],
  [
    'a part of another kind',
    "await promptory.prompt('chat').render({ question: '?', history: [{ role: 'user', content: [{ type: 'image', text: '' }] }] })",
  ],
  ['a name that is no identifier left out', "await promptory.prompt('draft@latest').render({})"],
  ['the input of a prompt whose name looks alike', "await promptory.prompt('a-b/c@latest').render({ two: '' })"],
  ['a field that the output has not', `use(${rendered}.parse('{}').categories)`],
  ['a field of the output as another type', `{ const c: number = ${rendered}.parse('{}').category; use(c) }`],
  ['an optional field as one that is there', `{ const n: number = ${rendered}.parse('{}').confidence; use(n) }`],
  ['a value that a field cannot have', `use(${rendered}.parse('{}').category === 'praise')`],
  ['a member of one kind of a union', `use(${rendered}.parse('{}').answer.text)`],
  ['a misread item', `use(${rendered}.parse('{}').steps.map(({ number }) => number))`],
  ['a list as one thing', `use(${rendered}.parse('{}').steps.order)`],
  ['a field of an answer that is text', "use((await promptory.prompt('ann/tone').render()).parse('x').tone)"],
  ['the output by the handle, misread', `use((await ${ask}.parse('{}')).verdict)`],
  ['an answer that is not waited for', `use(${ask}.parse('{}').category)`],
];
