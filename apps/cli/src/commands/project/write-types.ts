import { mkdir, readFile } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from '@commander-js/extra-typings';
import type { Promptory } from '@promptory/client';
import { diffText } from '@promptory/template';
import { writeAtomically } from '../../account/write-atomically.ts';
import type { Cli } from '../../cli.ts';
import { ExitCode, Failure, failureOf } from '../../failure.ts';
import { textDiffLines } from '../../terminal/diff-text.ts';
import { declarationsOf } from '../../types/declarations.ts';
import { readTypes, type Selection } from '../../types/read-types.ts';
import { repeated, wholeNumber } from '../options.ts';

interface TypesOptions extends Selection {
  readonly out: string;
  readonly check?: true | undefined;
  readonly watch?: true | undefined;
  readonly interval: number;
}

/** Of a difference that `--check` shows. */
const MAX_DIFF_BYTES = 20_000;
const MAX_SHOWN = 10;

/** What git has made of its ends of lines does not count. */
async function presentText(file: string): Promise<string | null> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  return text?.replaceAll('\r\n', '\n') ?? null;
}

async function declarations(cli: Cli, promptory: Promptory, options: TypesOptions) {
  const bar = cli.out.progress('Reading prompts', null);
  const prompts = await readTypes(promptory, options, (count) => bar.to(count));
  bar.end(`${prompts.length} prompts`);
  const untyped = prompts.flatMap(({ name, versions }) =>
    versions.filter(({ inputs }) => inputs === null).map(({ version }) => `${name}#${version}`),
  );
  if (untyped.length > 0) {
    const shown = untyped.slice(0, MAX_SHOWN).join(', ');
    const more = untyped.length > MAX_SHOWN ? ` and ${untyped.length - MAX_SHOWN} more` : '';
    cli.out.note(`No template, so that their inputs have no types: ${shown}${more}.`);
  }
  return { text: declarationsOf(prompts), count: prompts.length };
}

async function writeTypes(cli: Cli, promptory: Promptory, options: TypesOptions): Promise<void> {
  const file = resolve(cli.surroundings.cwd, options.out);
  const shown = relative(cli.surroundings.cwd, file);
  const [{ text, count }, present] = await Promise.all([declarations(cli, promptory, options), presentText(file)]);
  const isCurrent = present === text;
  if (options.check === true && !isCurrent) {
    // Without colours: a failure writes out whatever a terminal would obey.
    const diff = textDiffLines(diffText(present ?? '', text, { maxBytes: MAX_DIFF_BYTES }), (_, line) => line);
    throw new Failure(
      ExitCode.refused,
      `${shown} is ${present === null ? 'missing' : 'stale'}: run \`promptory types\`.`,
      diff,
    );
  }
  if (!isCurrent) {
    await mkdir(dirname(file), { recursive: true });
    await writeAtomically(file, text);
  }
  cli.out.answer({ file: shown, prompts: count, changed: !isCurrent }, () =>
    isCurrent ? `${shown} is current: ${count} prompts.` : `Wrote ${shown}: ${count} prompts.`,
  );
}

/** Again and again, until somebody ends it. What fails is said, and tried again. */
async function watchTypes(cli: Cli, promptory: Promptory, options: TypesOptions): Promise<void> {
  const { signal, cwd } = cli.surroundings;
  const file = resolve(cwd, options.out);
  while (!signal.aborted) {
    try {
      const { text } = await declarations(cli, promptory, options);
      if ((await presentText(file)) !== text) await writeTypes(cli, promptory, options);
    } catch (error) {
      if (signal.aborted) throw error;
      cli.out.failure(failureOf(error), error);
    }
    await sleep(options.interval * 1000, undefined, { signal }).catch(() => undefined);
  }
}

export function addTypesCommand(program: Command, cli: Cli): void {
  program
    .command('types')
    .description('write the types of your prompts, so that the compiler checks every call of them')
    .option('--out <file>', 'where to', 'promptory.d.ts')
    .option('--check', 'write nothing, and fail where the file is not what would be written')
    .option('--watch', 'write it anew whenever prompts or labels change')
    .option('--interval <seconds>', 'how often to look while watching', wholeNumber(1, 3600), 10)
    .option('--tag <tag>', 'only prompts that carry it; may be repeated', repeated)
    .option('--group <id>', 'prompts of a group too, by handle and slug; may be repeated', repeated)
    .option('--label <label>', 'only this label and `latest`; may be repeated', repeated)
    .action(async (options) => {
      const promptory = await cli.promptory();
      await (options.watch === true ? watchTypes : writeTypes)(cli, promptory, options);
    });
}
