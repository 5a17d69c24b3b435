import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import type { DocumentPrompt, PromptDocument } from '../../src/formats/document/prompt-document.ts';
import {
  type DotpromptFile,
  partialIn,
  type ReadFile,
  readDotpromptFiles,
} from '../../src/formats/dotprompt/dotprompt-files.ts';
import { outlineOf } from '../../src/formats/dotprompt/outline.ts';
import { detectFormat, nameWithoutEnding, readPrompts } from '../../src/formats/read-prompts.ts';
import type { ResolveInclude } from '../../src/language/includes.ts';
import { type MessageSource, parseMessages, renderMessages } from '../../src/language/rendering/messages.ts';

// The samples of dotprompt and Prompty lie beside the collection that PROMPTORY_CORPUS names, in `formats`. What becomes of each
// is a page of the documentation, which `-u` writes anew.
const folder = join(dirname(process.env.PROMPTORY_CORPUS ?? ''), 'formats');

const filesIn = (under: string, ending: RegExp): string[] =>
  (readdirSync(join(folder, under), { recursive: true }) as string[])
    .filter((name) => ending.test(name))
    .map((name) => join(under, name))
    .toSorted();

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

function outcomeOf({ prompts, warnings, refusals }: PromptDocument): string {
  const [refusal] = refusals;
  if (refusal !== undefined) {
    const { within, line, column, message } = refusal;
    const place = within === null ? `line ${line}, column ${column}` : `\`${within}\``;
    return `refused at ${place}: ${message}`;
  }
  const count = prompts[0]?.messages?.length ?? 0;
  const kind = count === 0 ? 'a text' : count === 1 ? 'one message' : `${count} messages`;
  const left = warnings.map(({ within, message }) => (within === null ? message : `\`${within}\``));
  return `read as ${kind}${left.length === 0 ? '' : `; warned of ${left.join(', ')}`}`;
}

/** The files of one import, in which others stand. */
const readTogether = (files: readonly DotpromptFile[]): Promise<ReadFile[]> =>
  readDotpromptFiles(files, {
    outline: async (file) => outlineOf(files[file]?.text ?? ''),
    read: async (file, partials) => readPrompts('dotprompt', files[file]?.text ?? '', { partials }),
    partial: async (content) => partialIn(content),
    referenceOf: (file) => nameWithoutEnding(files[file]?.name ?? ''),
  });

interface Expected {
  readonly role: string;
  readonly content: readonly { readonly text?: string }[];
}
interface SpecCase {
  readonly name: string;
  readonly template?: string;
  readonly partials?: { readonly [name: string]: string };
  readonly resolverPartials?: { readonly [name: string]: string };
  readonly data?: { readonly messages?: readonly Expected[] };
  readonly tests: readonly {
    readonly data?: { readonly input?: object; readonly messages?: readonly Expected[] };
    readonly options?: { readonly input?: { readonly default?: object } };
    readonly expect: { readonly messages?: readonly Expected[] };
  }[];
}

const plain = (messages: readonly Expected[]): MessageSource[] =>
  messages.map(({ role, content }) => ({
    role: (role === 'model' ? 'assistant' : role) as MessageSource['role'],
    content: content.map(({ text = '' }) => text).join(''),
  }));

/** Whether a prompt makes the messages that a case of the specification expects, blank ones aside. */
function holds(
  prompt: DocumentPrompt,
  { data: shared }: SpecCase,
  test: SpecCase['tests'][number],
  resolve: ResolveInclude,
): boolean {
  const { input = {}, messages: history = shared?.messages ?? [] } = test.data ?? {};
  const values = { ...test.options?.input?.default, ...input, history: plain(history) };
  const messages = prompt.messages ?? [{ role: 'user' as const, content: prompt.content ?? '' }];
  const made = renderMessages(parseMessages(messages).link(resolve), values, 'lenient').filter(
    ({ content }) => typeof content !== 'string' || content.trim() !== '',
  );
  return JSON.stringify(made) === JSON.stringify(plain(test.expect.messages ?? []));
}

async function specRows(file: string): Promise<string[]> {
  const cases = parseYaml(readFileSync(join(folder, file), 'utf8')) as SpecCase[];
  const rows: string[] = [];
  for (const one of cases) {
    const partials = Object.entries({ ...one.partials, ...one.resolverPartials });
    const others = partials.map(([name, text]) => ({ name: `_${name}.prompt`, text }));
    const [main, ...read] = await readTogether([{ name: 'main.prompt', text: one.template ?? '' }, ...others]);
    const { document } = main as ReadFile;
    const [prompt] = document.prompts;
    const resolve: ResolveInclude = (reference) => {
      const content =
        read[others.findIndex(({ name }) => name === `${reference}.prompt`)]?.document.prompts[0]?.content;
      return typeof content === 'string' ? { key: reference, source: content } : undefined;
    };
    const withMessages = one.tests.filter((test) => test.expect.messages !== undefined);
    const held = prompt === undefined ? [] : withMessages.filter((test) => holds(prompt, one, test, resolve));
    const counted =
      prompt === undefined || withMessages.length === 0
        ? ''
        : `; ${held.length} of ${withMessages.length} cases render alike`;
    // dotprompt looks for a place for messages that a program hands over.
    const isPlaced = one.data?.messages === undefined || one.template?.includes('{{history}}') === true;
    const why =
      isPlaced || prompt === undefined ? '' : ': without `{{history}}` no messages of a program have a place here';
    rows.push(`| ${file}: \`${one.name}\` | ${cell(outcomeOf(document) + counted + why)} |`);
  }
  return rows;
}

it('reads each sample, or refuses it with the place', async () => {
  const files = filesIn('', /\.prompty?$/).map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }));
  for (const { name, text } of files)
    expect(detectFormat(text, name)).toBe(name.endsWith('.prompty') ? 'prompty' : 'dotprompt');
  // As one import, in which files may include one another.
  const together = files.filter(({ name }) => name.endsWith('.prompt'));
  const read = await readTogether(together);
  const samples = files.map(({ name, text }) => {
    const at = together.findIndex((file) => file.name === name);
    const document = read[at]?.document ?? readPrompts('prompty', text);
    expect(document.prompts.length + document.refusals.length).toBe(1);
    return `| ${name} | ${cell(outcomeOf(document))} |`;
  });
  const cases: string[] = [];
  for (const file of filesIn('dotprompt/spec', /\.yaml$/)) cases.push(...(await specRows(file)));
  const head = '| file | becomes |\n|---|---|\n';
  const page = [
    '# What is read of samples',
    '',
    'The samples of dotprompt and Prompty, and what becomes of each. Written by `pnpm test:corpus -u`, where the files are at hand.',
    '',
    `${head}${samples.join('\n')}`,
    '',
    '## Cases of the specification of dotprompt',
    '',
    `${head}${cases.join('\n')}`,
    '',
  ].join('\n');
  await expect(page).toMatchFileSnapshot('../../../../docs/samples-of-formats.md');
});
