import type { Command } from '@commander-js/extra-typings';
import type { Promptory, RouterOutputs } from '@promptory/client';
import type { Cli } from '../../cli.ts';
import { breakLines, ExitCode, Failure } from '../../failure.ts';
import { table } from '../../terminal/table.ts';
import { visible } from '../../terminal/visible.ts';
import { requireReason, VERSION_HELP, wholeNumber } from '../options.ts';
import { firstOf } from '../page.ts';
import { namedPrompt, versionNamed } from '../references.ts';

type Label = RouterOutputs['labels']['get'];
type Move = RouterOutputs['labels']['history']['items'][number];

const MAX_MOVES = 1000;

const pointsAt = (version: number | null): string => (version === null ? 'nothing' : `#${version}`);
const idOf = async (promptory: Promptory, name: string) => (await namedPrompt(promptory, name)).promptId;

interface MoveOptions {
  readonly reason?: string | undefined;
  readonly from?: string | undefined;
  readonly acceptBreaking?: true | undefined;
}

const moved = (cli: Cli, name: string, label: Label): void =>
  cli.out.answer(label, () => `${name}@${label.label} points at ${pointsAt(label.version)}.`);

async function move(cli: Cli, ref: string, label: string, { from, ...options }: MoveOptions): Promise<void> {
  requireReason(options);
  const promptory = await cli.promptory();
  const { promptId: id, version, slug } = await versionNamed(promptory, ref, from);
  moved(cli, slug, await promptory.labels.move.mutate({ id, label, version, ...options }));
}

async function check(cli: Cli, ref: string, label: string, { from }: MoveOptions): Promise<void> {
  const promptory = await cli.promptory();
  const { promptId: id, version, slug } = await versionNamed(promptory, ref, from);
  const found = await promptory.labels.check.query({ id, label, version });
  const step = `${slug}@${label} from ${pointsAt(found.from)} to #${found.to}`;
  cli.out.answer(found, () => (found.isCompatible ? `Moving ${step} breaks no caller.` : ''));
  if (!found.isCompatible)
    throw new Failure(ExitCode.conflict, `Moving ${step} breaks its callers.`, breakLines(found.breaks));
}

async function undo(
  cli: Cli,
  name: string,
  label: string,
  moveId: string | undefined,
  { reason }: MoveOptions,
): Promise<void> {
  const promptory = await cli.promptory();
  const id = await idOf(promptory, name);
  const last = moveId ?? (await promptory.labels.history.query({ id, label, limit: 1 })).items[0]?.id;
  if (last === undefined) throw new Failure(ExitCode.notFound, `${name}@${label} was never moved.`);
  moved(
    cli,
    name,
    await promptory.labels.undo.mutate({ id, label, moveId: last, ...(reason === undefined ? {} : { reason }) }),
  );
}

function moveRow({ from, to, movedAt, movedBy, reason, isBreaking, id }: Move): string[] {
  const step = `${pointsAt(from)} → ${pointsAt(to)}${isBreaking ? ' (breaking)' : ''}`;
  return [movedAt.slice(0, 16).replace('T', ' '), step, movedBy.handle, id, reason ?? ''];
}

async function history(cli: Cli, name: string, label: string, { limit }: { limit: number }): Promise<void> {
  const promptory = await cli.promptory();
  const page = await firstOf<{ id: string; label: string }, Move>(
    promptory.labels.history,
    { id: await idOf(promptory, name), label },
    limit,
  );
  cli.out.answer(page, () => table(page.items.map(moveRow)));
}

async function list(cli: Cli, name: string): Promise<void> {
  const promptory = await cli.promptory();
  const { promptId: id, version } = await namedPrompt(promptory, name);
  const { items } = await firstOf<{ id: string }, Label>(promptory.labels.list, { id }, MAX_MOVES);
  cli.out.answer({ items, latest: version }, () =>
    table([
      ...items.map((label) => [
        label.label,
        pointsAt(label.version),
        label.isProtected ? 'protected' : '',
        label.lastMove === null ? '' : `${label.lastMove.movedAt.slice(0, 10)} by ${label.lastMove.movedBy.handle}`,
      ]),
      ['latest', pointsAt(version)],
    ]),
  );
}

async function remove(cli: Cli, name: string, label: string, { reason }: MoveOptions): Promise<void> {
  const promptory = await cli.promptory();
  await promptory.labels.remove.mutate({
    id: await idOf(promptory, name),
    label,
    ...(reason === undefined ? {} : { reason }),
  });
  cli.out.answer({ label, version: null }, () => `${visible(name)}@${label} points at nothing any more.`);
}

async function protect(cli: Cli, name: string, label: string, isProtected: boolean): Promise<void> {
  const promptory = await cli.promptory();
  const id = await idOf(promptory, name);
  await promptory.labels[isProtected ? 'protect' : 'unprotect'].mutate({ id, label });
  cli.out.answer({ label, isProtected }, () =>
    isProtected ? `Only its owner moves ${name}@${label} now.` : `Whoever edits ${name} moves @${label} now.`,
  );
}

export function addLabelCommands(program: Command, cli: Cli): void {
  const label = program
    .command('label')
    .description('say which version of a prompt a label such as production points at');
  label
    .command('list')
    .description('list the labels of a prompt')
    .argument('<prompt>')
    .action((name) => list(cli, name));
  label
    .command('move')
    .description('let a label point at a version')
    .argument('<reference>', VERSION_HELP)
    .argument('<label>')
    .option('--from <label>', 'take the version of another label')
    .option('--reason <text>', 'why, for the history')
    .option('--accept-breaking', 'also where that breaks callers; asks for a reason')
    .action((ref, name, options) => move(cli, ref, name, options));
  label
    .command('check')
    .description('say what a move would break, without moving; ends with 5 where it breaks callers')
    .argument('<reference>', VERSION_HELP)
    .argument('<label>')
    .option('--from <label>', 'take the version of another label')
    .action((ref, name, options) => check(cli, ref, name, options));
  label
    .command('history')
    .description('list the moves of a label, the last one first')
    .argument('<prompt>')
    .argument('<label>')
    .option('--limit <count>', `how many, up to ${MAX_MOVES}`, wholeNumber(1, MAX_MOVES), 20)
    .action((name, of, options) => history(cli, name, of, options));
  label
    .command('undo')
    .description('take the last move of a label back')
    .argument('<prompt>')
    .argument('<label>')
    .argument('[move]', 'its id, so that no other one is taken back; the last one unless given')
    .option('--reason <text>', 'why, for the history')
    .action((name, of, moveId, options) => undo(cli, name, of, moveId, options));
  label
    .command('remove')
    .description('let a label point at nothing')
    .argument('<prompt>')
    .argument('<label>')
    .option('--reason <text>', 'why, for the history')
    .action((name, of, options) => remove(cli, name, of, options));
  for (const verb of ['protect', 'unprotect'] as const) {
    label
      .command(verb)
      .description(
        verb === 'protect'
          ? 'let only the owner of a prompt move a label'
          : 'let whoever edits a prompt move a label again',
      )
      .argument('<prompt>')
      .argument('<label>')
      .action((name, of) => protect(cli, name, of, verb === 'protect'));
  }
}
