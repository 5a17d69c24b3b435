import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { type Command, Option } from '@commander-js/extra-typings';
import type { Promptory } from '@promptory/client';
import { writeAtomically } from '../../account/write-atomically.ts';
import type { Cli } from '../../cli.ts';
import { ExitCode, Failure } from '../../failure.ts';
import { visible } from '../../terminal/visible.ts';
import { repeated } from '../options.ts';

/** The formats that give one file, and those that give one for each prompt. */
const WHOLE = ['jsonl', 'langfuse', 'bundle'] as const;
const FORMATS = [...WHOLE, 'dotprompt', 'prompty', 'langsmith', 'github-models'] as const;

interface ExportOptions {
  readonly format: (typeof FORMATS)[number];
  readonly out?: string | undefined;
  readonly tag?: string[] | undefined;
  readonly all?: true | undefined;
  readonly force?: true | undefined;
}

interface ExportedFile {
  readonly name: string;
  readonly content: string;
  readonly prompts: number;
}

/** A path below the folder: the server names it, so it is looked at. */
const SAFE_NAME = /^[\w-][\w.-]*(?:\/[\w-][\w.-]*)*$/;

async function exported(cli: Cli, promptory: Promptory, { format, tag, all }: ExportOptions): Promise<ExportedFile[]> {
  const filters = {
    scope: all === true ? ('readable' as const) : ('mine' as const),
    ...(tag === undefined ? {} : { tag }),
  };
  if (format === 'jsonl') {
    const lines: string[] = [];
    for await (const prompt of await promptory.transfer.export.query(filters))
      lines.push(`${JSON.stringify(prompt)}\n`);
    return [{ name: 'prompts.jsonl', content: lines.join(''), prompts: lines.length }];
  }
  const files: ExportedFile[] = [];
  for await (const item of await promptory.transfer.exportFiles.query({ format, ...filters })) {
    if (item.type === 'file') files.push(item);
    else cli.out.note(visible(`${item.ref}: ${item.message}`));
  }
  return files;
}

async function exportPrompts(cli: Cli, options: ExportOptions): Promise<void> {
  const { stdout, cwd } = cli.surroundings;
  const { format, out } = options;
  const isWhole = (WHOLE as readonly string[]).includes(format);
  if (out === undefined && !isWhole)
    throw new Failure(ExitCode.usage, `${format} gives a file for each prompt: say into which folder with --out.`);
  const files = await exported(cli, await cli.promptory(), options);
  if (out === undefined) {
    // As JSON, lines are one list; the other formats are JSON by themselves.
    if (cli.isJson && format === 'jsonl') {
      const lines = files.flatMap(({ content }) => content.trimEnd().split('\n')).filter((line) => line !== '');
      // Text by text, so that numbers and the order of members stay as they are.
      stdout.write(`[${lines.join(',\n')}]\n`);
      return;
    }
    for (const { content } of files) stdout.write(content);
    return;
  }
  const root = resolve(cwd, out);
  const places = files.map((file) => ({ ...file, path: isWhole ? root : pathBelow(root, file.name) }));
  // What is there stays unless it says the same: all is looked at before anything is written.
  for (const { path, content } of places) {
    const present = await readFile(path, 'utf8').catch(() => null);
    if (present !== null && present !== content && options.force !== true) {
      throw new Failure(ExitCode.conflict, `${path} is there already and says something else: --force overwrites it.`);
    }
  }
  for (const { path, content } of places) {
    await mkdir(dirname(path), { recursive: true });
    await writeAtomically(path, content);
  }
  const prompts = files.reduce((sum, file) => sum + file.prompts, 0);
  cli.out.answer({ out, files: files.map(({ name }) => name), prompts }, () => `Wrote ${prompts} prompts to ${out}.`);
}

function pathBelow(root: string, name: string): string {
  if (!SAFE_NAME.test(name))
    throw new Failure(ExitCode.refused, `The server names a file "${name}", which is written nowhere.`);
  return join(root, name);
}

export function addExportCommand(program: Command, cli: Cli): void {
  program
    .command('export')
    .description('write your prompts as lines of JSON, as files of another system, or as a signed bundle')
    .addOption(new Option('--format <format>', 'what to write').choices(FORMATS).default('jsonl' as const))
    .option('--out <path>', 'the file, or the folder of several, instead of standard output')
    .option('--force', 'overwrite what is there')
    .option('--tag <tag>', 'only prompts that carry it; may be repeated', repeated)
    .option('--all', 'all that you may read, not only your own')
    .action((options) => exportPrompts(cli, options));
}
