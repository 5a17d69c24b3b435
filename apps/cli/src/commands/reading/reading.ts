import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from '@commander-js/extra-typings';
import type { inferInputs, Prompt } from '@promptory/client';
import type { Cli } from '../../cli.ts';
import { ExitCode, Failure } from '../../failure.ts';
import { readStdin } from '../../terminal/read-stdin.ts';
import { table } from '../../terminal/table.ts';
import { repeated, wholeNumber } from '../options.ts';
import { firstOf } from '../page.ts';
import { bodyText, type ChatMessage } from './show-prompt.ts';

const MAX_LISTED = 1000;

interface ListOptions {
  readonly tag?: string[] | undefined;
  readonly category?: string | undefined;
  readonly owner?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

async function listPrompts(cli: Cli, filters: inferInputs<'prompts.list'>, { limit, cursor, ...options }: ListOptions) {
  const promptory = await cli.promptory();
  const page = await firstOf<object, Prompt>(promptory.prompts.list, { ...filters, ...options, cursor }, limit);
  const { items, nextCursor } = page;
  cli.out.answer(page, (paint) =>
    table(
      items.map(({ ref, version, title, updatedAt }) => [ref, `#${version}`, updatedAt.slice(0, 10), title]),
    ).replace(/^\S+/gm, (ref) => paint('cyan', ref)),
  );
  if (items.length === 0) cli.out.note('No prompts.');
  if (nextCursor !== null) cli.out.note(`There are more: add --limit, or --cursor ${nextCursor}`);
}

async function getPrompt(cli: Cli, ref: string): Promise<void> {
  const prompt = await (await cli.promptory()).prompts.resolve.query({ ref });
  cli.out.answer(prompt, () => cli.out.prose(bodyText(prompt.content, prompt.messages)));
}

/** `name=text`, or `name:=JSON` for a value that is no text. */
function givenInput(argument: string): [string, unknown] {
  const at = argument.indexOf('=');
  const isJson = argument[at - 1] === ':';
  const name = argument.slice(0, isJson ? at - 1 : at);
  const value = argument.slice(at + 1);
  if (at < 1 || name === '') {
    throw new Failure(ExitCode.usage, `"${argument}" is no input: give name=text, or name:=JSON.`);
  }
  return [name, isJson ? parsed(value, `the value of ${name}`) : value];
}

function parsed(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Failure(ExitCode.usage, `${what} is no JSON.`);
  }
}

async function inputsFrom({ surroundings }: Cli, file: string | undefined): Promise<object> {
  if (file === undefined) return {};
  const text =
    file === '-' ? String(await readStdin(surroundings)) : await readFile(resolve(surroundings.cwd, file), 'utf8');
  const value = parsed(text, file === '-' ? 'what was read' : file);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new Failure(ExitCode.usage, `${file} holds no JSON object: it has a member for each input.`);
}

async function renderPrompt(
  cli: Cli,
  ref: string,
  given: readonly string[],
  options: { inputs?: string | undefined; lenient?: true | undefined },
): Promise<void> {
  // A name of the prompt's own, such as `__proto__`, is a member like another.
  const inputs: Record<string, unknown> = Object.assign(Object.create(null), await inputsFrom(cli, options.inputs));
  for (const [name, value] of given.map(givenInput)) inputs[name] = value;
  const promptory = await cli.promptory();
  const { promptId: id, version } = await promptory.prompts.resolve.query({ ref });
  const lenient = options.lenient === true;
  const rendered = await promptory.prompts.render.mutate({ id, version, inputs: { ...inputs }, lenient });
  const { text, messages } = rendered;
  cli.out.answer(rendered, () => cli.out.prose(bodyText(text ?? '', messages as ChatMessage[] | null)));
}

export function addReadingCommands(program: Command, cli: Cli): void {
  const listing = (name: string) =>
    program
      .command(name)
      .option('--tag <tag>', 'only those that carry it; may be repeated', repeated)
      .option('--category <name>', 'only those of a category')
      .option('--owner <handle>', 'only those of an owner, or "me"')
      .option('--limit <count>', `how many, up to ${MAX_LISTED}`, wholeNumber(1, MAX_LISTED), 20)
      .option('--cursor <cursor>', 'go on where a list ended');
  listing('list')
    .description('list the prompts that you may read, the latest change first')
    .action((options) => listPrompts(cli, {}, options));
  listing('search')
    .description('find prompts by words, with slips of the pen')
    .argument('<words...>')
    .action((words, options) => listPrompts(cli, { q: words.join(' ') }, options));
  program
    .command('get')
    .description('print a prompt')
    .argument('<reference>', 'such as support/triage, support/triage@staging or support/triage#4')
    .action((ref) => getPrompt(cli, ref));
  program
    .command('render')
    .description('print a prompt with values for its inputs')
    .argument('<reference>')
    .argument('[inputs...]', 'name=text, or name:=JSON')
    .option('--inputs <file>', 'a JSON object with all of them; "-" is standard input')
    .option('--lenient', 'let what is missing be empty, and pass over what is unknown')
    .action((ref, given, options) => renderPrompt(cli, ref, given, options));
}
