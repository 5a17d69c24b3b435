import type { Command } from '@commander-js/extra-typings';
import type { RouterOutputs } from '@promptory/client';
import type { Cli } from '../../cli.ts';
import { ExitCode, Failure } from '../../failure.ts';
import { table } from '../../terminal/table.ts';
import { requireReason, VERSION_HELP, wholeNumber } from '../options.ts';
import { firstOf } from '../page.ts';
import { namedPrompt, referenceOfVersion } from '../references.ts';

type Release = RouterOutputs['releases']['list']['items'][number];

const MAX_RELEASES = 1000;

interface MakeOptions {
  readonly from?: string | undefined;
  readonly reason?: string | undefined;
  readonly acceptBreaking?: true | undefined;
}

function showMade(cli: Cli, made: RouterOutputs['releases']['create'], names: ReadonlyMap<string, string>): void {
  cli.out.answer(made, () => {
    const step = (version: number | null) => (version === null ? 'nothing' : `#${version}`);
    const rows = made.results.map(({ promptId, outcome, from, to }) => [
      names.get(promptId) ?? promptId,
      outcome,
      `${step(from)} → ${step(to)}`,
    ]);
    return `${made.id === null ? 'Every label points there already.' : `Release ${made.id}`}\n${table(rows)}`;
  });
}

async function make(
  cli: Cli,
  label: string,
  references: readonly string[],
  { from, ...options }: MakeOptions,
): Promise<void> {
  requireReason(options);
  const { prompts, releases } = await cli.promptory();
  const refs = references.map((reference) => referenceOfVersion(reference, from));
  const { results } = await prompts.resolveMany.query({ refs });
  const refused = results.flatMap((result) =>
    result.outcome === 'refused' ? [`${refs[result.index]}: ${result.error.message}`] : [],
  );
  if (refused.length > 0)
    throw new Failure(ExitCode.notFound, 'Nothing was released: not each of these is there.', refused);
  const found = results.flatMap((result) => (result.outcome === 'resolved' ? [result.prompt] : []));
  const made = await releases.create.mutate({
    label,
    prompts: found.map(({ promptId, version }) => ({ promptId, version })),
    ...options,
  });
  showMade(cli, made, new Map(found.map(({ promptId, slug }) => [promptId, slug])));
}

async function list(cli: Cli, { limit, prompt }: { limit: number; prompt?: string | undefined }): Promise<void> {
  const promptory = await cli.promptory();
  const input = prompt === undefined ? {} : { promptId: (await namedPrompt(promptory, prompt)).promptId };
  const page = await firstOf<object, Release>(promptory.releases.list, input, limit);
  cli.out.answer(page, () =>
    table(
      page.items.map(({ id, label, promptCount, releasedAt, releasedBy, reason, undoneBy, undoes }) => {
        const state = undoneBy !== null ? 'undone' : undoes !== null ? 'an undoing' : '';
        return [
          id,
          releasedAt.slice(0, 16).replace('T', ' '),
          label,
          `${promptCount} prompts`,
          releasedBy.handle,
          state,
          reason ?? '',
        ];
      }),
    ),
  );
}

async function undo(cli: Cli, id: string, { reason }: { reason?: string | undefined }): Promise<void> {
  const { releases } = await cli.promptory();
  showMade(cli, await releases.undo.mutate({ id, ...(reason === undefined ? {} : { reason }) }), new Map());
}

export function addReleaseCommands(program: Command, cli: Cli): void {
  const release = program.command('release').description('move a label on many prompts at once, or on none');
  release
    .command('make')
    .description('let a label point at these versions, all or none')
    .argument('<label>')
    .argument('<references...>', VERSION_HELP)
    .option('--from <label>', 'the version of another label, for those that name none')
    .option('--reason <text>', 'why, for the history')
    .option('--accept-breaking', 'also where that breaks callers; asks for a reason')
    .action((label, references, options) => make(cli, label, references, options));
  release
    .command('list')
    .description('list your releases, the last one first')
    .option('--prompt <prompt>', 'all that have moved a label of this prompt')
    .option('--limit <count>', `how many, up to ${MAX_RELEASES}`, wholeNumber(1, MAX_RELEASES), 20)
    .action((options) => list(cli, options));
  release
    .command('undo')
    .description('take a release back, all or nothing')
    .argument('<id>')
    .option('--reason <text>', 'why, for the history')
    .action((id, options) => undo(cli, id, options));
}
