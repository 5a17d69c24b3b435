import {
  type DocumentMessage,
  type DocumentPart,
  type DocumentPrompt,
  link,
  outlineOf,
  parse,
  partialIn,
  readDotpromptFiles,
  readPrompts,
  render,
} from '@promptory/template';
import { Dotprompt, type Part } from 'dotprompt';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cases } from '../cases.ts';
import { renderLiquid, type Values } from '../convert/engines.ts';
import { literal, values } from '../convert/values.ts';

const piece = fc.oneof(
  { arbitrary: literal, weight: 6 },
  { arbitrary: fc.constantFrom('{{name}}.', '{{title}} ', '{{person.name}}!', '{{! note }}', '\\{{x}}'), weight: 6 },
  {
    arbitrary: fc.constantFrom('{{role "system"}}', '{{role "user"}}\n', '{{role "model"}}', ' {{ role "tool" }}'),
    weight: 4,
  },
  {
    arbitrary: fc.constantFrom(
      '{{media url="https://x.test/a.png"}}',
      '{{media url="data:a" contentType="image/png"}}',
    ),
    weight: 2,
  },
  {
    arbitrary: fc.constantFrom('{{#if flag}}yes {{title}}{{else}}\nno\n{{/if}}', '{{#each tags}}- {{this}}\n{{/each}}'),
    weight: 3,
  },
  {
    arbitrary: fc.constantFrom('{{json items}}', '{{json person indent=2}}', '{{#ifEquals title "a"}}A{{/ifEquals}}'),
    weight: 2,
  },
  { arbitrary: fc.constantFrom('{{#unlessEquals name title}}B{{else}}C{{/unlessEquals}}', '{{history}}'), weight: 1 },
  fc.constantFrom('{{> card}}', '{{section "a"}}', '{{#if flag}}{{role "user"}}{{/if}}', '{{role name}}'),
);
const body = fc.array(piece, { minLength: 1, maxLength: 8 }).map((parts) => parts.join(''));

// dotprompt writes "undefined" for a missing value as JSON.
const given = values.map((some): Values => ({ items: [], person: {}, ...some }));

it('makes the messages that dotprompt makes, or refuses', async () => {
  let read = 0;
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(body, given, async (text, inputs) => {
      const source = `---\nmodel: x\n---\n${text}\n`;
      const [prompt] = readPrompts('dotprompt', source).prompts;
      if (prompt === undefined) {
        refused++;
        return;
      }
      read++;
      const { messages } = await new Dotprompt().render(source, { input: inputs });
      const original = messages.map(({ role, content }) => ({
        role: role === 'model' ? 'assistant' : role,
        content: content.map(partOf),
      }));
      expect(rendered(prompt, inputs)).toEqual(original);
    }),
    { numRuns: cases },
  );
  expect(read).toBeGreaterThanOrEqual(refused);
});

const partOf = (part: Part) => {
  if ('media' in part && part.media !== undefined)
    return { type: 'media', url: part.media.url, contentType: part.media.contentType ?? null };
  return { type: 'text', text: 'text' in part ? part.text : '' };
};

/** Our messages with these values; what is blank is no message and no part in dotprompt. */
function rendered({ content, messages }: DocumentPrompt, inputs: Values) {
  const all: readonly DocumentMessage[] = messages ?? [{ role: 'user', content: content ?? '' }];
  return all
    .flatMap((message) => ('role' in message ? [message] : []))
    .map(({ role, content: parts }) => ({
      role,
      content: (typeof parts === 'string' ? [{ type: 'text', text: parts }] : parts)
        .map((part) => renderedPart(part, inputs))
        .filter((part) => part.type !== 'text' || part.text.trim() !== ''),
    }))
    .filter((message) => message.content.length > 0);
}

const renderedPart = ({ type, text, url, mediaType }: DocumentPart, inputs: Values) =>
  type === 'text'
    ? { type: 'text' as const, text: renderLiquid(String(text), inputs) }
    : { type: 'media' as const, url: renderLiquid(String(url), inputs), contentType: mediaType ?? null };

const inner = fc.oneof(
  { arbitrary: literal, weight: 4 },
  {
    arbitrary: fc.constantFrom(
      '{{name}}',
      '{{title}}: {{name}}.',
      '{{person.name}}!',
      '{{#if flag}}{{title}}{{/if}}',
      '{{#each tags}}{{this}};{{/each}}',
    ),
    weight: 6,
  },
);
const call = fc.constantFrom(
  '{{> card}}',
  '{{> card name=title}}',
  '{{> card name="N" title=person.name flag=true}}',
  '{{#if flag}}{{> card title=name}}{{/if}}\n',
  '{{#each items}}{{> card}}{{/each}}',
  '{{#each items as |item|}}{{> card name=item.name title=@root.title}}\n{{/each}}',
  '{{#with person}}{{> card}}{{/with}}',
  '{{> card person}}',
  '\n{{> card}}\n',
  '{{> outer}}',
  '{{> outer name=title person=person}}',
  '{{#with person}}{{> outer title="T"}}{{/with}}',
);
const texts = (arbitrary: fc.Arbitrary<string>) =>
  fc.array(arbitrary, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(''));
const partialFiles = fc.record({
  main: texts(fc.oneof({ arbitrary: call, weight: 2 }, inner)),
  outer: texts(fc.oneof(fc.constantFrom('{{> card}}', '{{> card title=name}}', '{{> card person name="I"}}'), inner)),
  card: texts(inner),
});

it('includes partials as dotprompt does, or refuses', async () => {
  let read = 0;
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(partialFiles, given, async (files, inputs) => {
      const sources = [files.main, files.outer, files.card];
      const names = ['main', '_outer', '_card'];
      const done = await readDotpromptFiles(
        sources.map((text, at) => ({ name: `${names[at]}.prompt`, text })),
        {
          outline: async (at) => outlineOf(sources[at] ?? ''),
          read: async (at, partials) => readPrompts('dotprompt', sources[at] ?? '', { partials }),
          partial: async (content) => partialIn(content),
          referenceOf: (at) => names[at] ?? null,
        },
      );
      const contents = done.map(({ document }) => document.prompts[0]?.content);
      const [content] = contents;
      if (typeof content !== 'string') {
        refused++;
        return;
      }
      read++;
      const partials = { outer: files.outer, card: files.card };
      const { messages } = await new Dotprompt({ partials }).render(files.main, { input: inputs });
      const original = messages
        .flatMap((message) => message.content.map((part) => ('text' in part ? part.text : '')))
        .join('');
      const linked = link(parse(content), (reference) => {
        const source = contents[names.indexOf(reference)];
        return typeof source === 'string' ? { key: reference, source } : undefined;
      });
      const text = render(linked, inputs, 'lenient');
      // What is blank is no message there.
      expect(text.trim() === '' ? '' : text).toBe(original);
    }),
    { numRuns: cases },
  );
  expect(read).toBeGreaterThanOrEqual(refused / 2);
});
