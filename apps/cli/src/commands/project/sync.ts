import { resolve } from 'node:path';
import type { Command } from '@commander-js/extra-typings';
import type { Prompt, Promptory } from '@promptory/client';
import type { Cli } from '../../cli.ts';
import { ExitCode, Failure, failureOf } from '../../failure.ts';
import { EXTENSION, readFolder, removePrompt, writePrompt } from '../../files/folder.ts';
import { type LockEntry, readLock, writeLock } from '../../files/lock.ts';
import { hashOf, type Pair, pairUp } from '../../files/pair.ts';
import { FileFault, type PromptFields, writePromptFile } from '../../files/prompt-file.ts';
import { conflictLines, type Outcome, outcomeLines } from '../../files/sync-report.ts';
import { visible } from '../../terminal/visible.ts';
import { repeated } from '../options.ts';

interface SyncOptions {
  readonly folder: string;
  readonly dryRun?: true | undefined;
  readonly force?: string[] | undefined;
  readonly delete?: true | undefined;
  readonly note?: string | undefined;
}

/** What a pull and a push have to do with. */
interface Sync {
  readonly cli: Cli;
  readonly promptory: Promptory;
  readonly root: string;
  readonly options: SyncOptions;
  /** Changed as prompts come to be the same. */
  readonly lock: Map<string, LockEntry>;
  /** The files that are there, by slug: of which prompt, where of any. Changed as they are written and removed. */
  readonly places: Map<string, string | null>;
}

type Done = Omit<Outcome, 'slug'>;

const done = (outcome: Outcome['outcome'], reason: string | null = null): Done => ({ outcome, reason });

/** From now on both sides are the same, as far as either can say what the other does. */
function agree(sync: Sync, pair: Pair, file: PromptFields, prompt: Prompt): void {
  forget(sync, pair);
  sync.lock.set(prompt.slug, { id: prompt.id, version: prompt.version, file: hashOf(file), server: hashOf(prompt) });
}

/** By its id: another prompt may have come to that slug meanwhile. */
const forget = ({ lock }: Sync, { base }: Pair) =>
  base !== null && lock.get(base.slug)?.id === base.id && lock.delete(base.slug);

const idOf = ({ prompt, base }: Pair): string | null => prompt?.id ?? base?.id ?? null;

/** Whether the file that a prompt is to be written to is there, and another prompt's or nobody's yet. */
const isTaken = ({ places }: Sync, { prompt }: Pair): boolean =>
  prompt !== null && places.has(prompt.slug) && places.get(prompt.slug) !== prompt.id;

/** Removes the file of a pair, unless another prompt has been written to its place. */
async function removeFile({ root, options, places }: Sync, pair: Pair): Promise<void> {
  if (places.get(pair.slug) !== idOf(pair)) return;
  if (options.dryRun !== true) await removePrompt(root, pair.slug);
  places.delete(pair.slug);
}

async function pullOne(sync: Sync, pair: Pair, isForced: boolean): Promise<Done> {
  const { root, options, cli } = sync;
  const { slug, file, prompt, base, here, there } = pair;
  if (there === 'same' && !(isForced && here !== 'same'))
    return done('unchanged', here === 'same' ? null : `${here} here`);
  if (prompt === null) {
    if (file !== null && options.delete !== true && !isForced)
      return done('kept', 'it is gone on the server: --delete removes the file');
    if (file !== null) await removeFile(sync, pair);
    forget(sync, pair);
    return done('deleted');
  }
  if (!isForced && isTaken(sync, pair))
    return done('conflict', `another file is at ${prompt.slug}: move it and pull again, or --force ${prompt.slug}`);
  const isMoved = file !== null && slug !== prompt.slug;
  if (options.dryRun !== true) await writePrompt(root, prompt.slug, writePromptFile(prompt), cli.surroundings.platform);
  sync.places.set(prompt.slug, prompt.id);
  if (isMoved) await removeFile(sync, pair);
  agree(sync, pair, prompt, prompt);
  if (isMoved) return done('moved', `from ${slug}`);
  return done(base === null || file === null ? 'created' : 'updated');
}

async function pushOne(sync: Sync, pair: Pair, isForced: boolean): Promise<Done> {
  const { promptory, options } = sync;
  const { slug, file, prompt, here, there } = pair;
  if (here === 'same' && !(isForced && there !== 'same'))
    return done('unchanged', there === 'same' ? null : `${there} on the server`);
  if (file === null) {
    if (prompt !== null && options.delete !== true && !isForced)
      return done('kept', 'its file is gone: --delete puts the prompt into the trash');
    if (prompt !== null && options.dryRun !== true) await promptory.prompts.delete.mutate({ id: prompt.id });
    forget(sync, pair);
    return done('deleted');
  }
  const outcome = prompt === null ? 'created' : slug === prompt.slug ? 'updated' : 'moved';
  if (options.dryRun === true) return done(outcome);
  const pushed = prompt === null ? await create(sync, slug, file) : await update(sync, pair, file, prompt);
  if (pushed === null) return done('conflict', 'somebody has changed it just now: run it again');
  agree(sync, pair, file, pushed);
  return done(outcome, outcome === 'moved' ? `from ${prompt?.slug}` : null);
}

/** As the server takes it: of a chat the messages say what `content` is. */
const sentFields = ({ content, messages, ...rest }: PromptFields) => ({
  ...rest,
  ...(messages === null ? { content } : { messages }),
});

const create = ({ promptory, options }: Sync, slug: string, file: PromptFields): Promise<Prompt> =>
  promptory.prompts.create.mutate({ ...sentFields(file), slug, ...noteOf(options) });

/** Only what differs is sent, so that the rest stays as the server has it; null where that is another by now. */
async function update(
  { promptory, options }: Sync,
  { slug }: Pair,
  file: PromptFields,
  seen: Prompt,
): Promise<Prompt | null> {
  const { revision, ...current } = await promptory.prompts.get.query({ id: seen.id });
  if (current.slug !== seen.slug || hashOf(current) !== hashOf(seen)) return null;
  const before = sentFields(current) as Record<string, unknown>;
  const changed = Object.entries(sentFields(file)).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name]),
  );
  const fields = Object.fromEntries(changed) as Partial<ReturnType<typeof sentFields>>;
  const slugs = slug === seen.slug ? {} : { slug };
  return promptory.prompts.update.mutate({ id: seen.id, revision, ...slugs, ...fields, ...noteOf(options) });
}

const noteOf = ({ note }: SyncOptions) => (note === undefined ? {} : { changeNote: note });

async function conflictOf({ cli, promptory }: Sync, pair: Pair): Promise<void> {
  const { base, prompt } = pair;
  const version =
    base === null || prompt === null
      ? null
      : await promptory.versions.get.query({ id: base.id, version: base.version }).catch(() => null);
  for (const line of conflictLines(pair, version, cli.out.paint)) cli.out.note(line);
}

/** By when they were made, which stays: none is missed that is changed between two pages. */
const OWN = { owner: 'me', sort: 'created' } as const;

async function ownPrompts(promptory: Promptory): Promise<Prompt[]> {
  const prompts: Prompt[] = [];
  for await (const prompt of promptory.$items(promptory.prompts.list, OWN)) prompts.push(prompt);
  return prompts;
}

/** `pull` and `push` go through all pairs alike. What fails of one does not stop the others. */
async function synchronize(
  cli: Cli,
  names: readonly string[],
  options: SyncOptions,
  direction: Direction,
): Promise<void> {
  const account = await cli.account();
  const promptory = cli.connect(account);
  const root = resolve(cli.surroundings.cwd, options.folder);
  const [{ url, entries }, { prompts: files, faults }, prompts] = await Promise.all([
    readLock(root, account.url),
    readFolder(root),
    ownPrompts(promptory),
  ]);
  const forced = options.force ?? [];
  const isForced = (name: string): boolean => forced.length > 0 && isNamed(name, forced);
  const all = pairUp(entries, files, prompts);
  const places = new Map<string, string | null>([...faults.keys()].map((path) => [slugOf(path), null]));
  for (const pair of all) if (pair.file !== null) places.set(pair.slug, idOf(pair));
  const sync: Sync = { cli, promptory, root, options, lock: new Map(entries), places };
  // A file that cannot be read is not one that is gone: only a pull that is forced to writes over it.
  const faulty = new Map(
    [...faults]
      .map(([path, reason]): [string, string] => [slugOf(path), reason])
      .filter(([slug]) => isNamed(slug, names) && !(direction.verb === 'Pull' && isForced(slug))),
  );
  const wanted = all
    .filter(({ slug, prompt }) => isNamed(slug, names) || (prompt !== null && isNamed(prompt.slug, names)))
    // What is in the way of others moves first.
    .sort((one, other) => Number(isTaken(sync, one)) - Number(isTaken(sync, other)));
  const missing = [...names, ...forced].find(
    (name) => !all.some(({ slug, prompt }) => isNamed(slug, [name]) || prompt?.slug === name),
  );
  if (missing !== undefined && !faulty.has(missing))
    throw new Failure(ExitCode.notFound, `There is neither a file nor a prompt ${missing}.`);
  const outcomes = [...faulty].map(([slug, reason]): Outcome => ({ slug, ...done('failed', reason) }));
  const bar = cli.out.progress(direction.verb, wanted.length);
  try {
    for (const [at, pair] of wanted.entries()) {
      if (cli.surroundings.signal.aborted) break;
      const { slug } = pair;
      const isWanted = isForced(slug) || (pair.prompt !== null && isForced(pair.prompt.slug));
      if (faulty.has(slug)) continue;
      outcomes.push({ slug, ...(await outcomeOf(sync, pair, isWanted, direction)) });
      bar.to(at + 1, slug);
    }
  } finally {
    // What was done is known the next time, also where something has ended the rest.
    bar.end(`${outcomes.length} prompts`);
    if (options.dryRun !== true && !(sync.lock.size === 0 && entries.size === 0))
      await writeLock(root, { url, entries: sync.lock });
  }
  finish(cli, outcomes, options);
}

interface Direction {
  readonly act: (sync: Sync, pair: Pair, isForced: boolean) => Promise<Done>;
  readonly verb: 'Pull' | 'Push';
}

const slugOf = (path: string): string => path.slice(0, -EXTENSION.length);

const isNamed = (slug: string, names: readonly string[]): boolean =>
  names.length === 0 || names.some((name) => slug === name || slug.startsWith(`${name.replace(/\/$/, '')}/`));

async function outcomeOf(sync: Sync, pair: Pair, isForced: boolean, { act, verb }: Direction): Promise<Done> {
  try {
    if (pair.isConflict && !isForced) {
      await conflictOf(sync, pair);
      return done(
        'conflict',
        `${verb.toLowerCase()} --force ${pair.slug} takes ${verb === 'Pull' ? 'the server’s' : 'yours'}`,
      );
    }
    const { file, prompt, base, here, there } = pair;
    if (here !== 'same' && there !== 'same' && !pair.isConflict) {
      // Both came to the same by themselves.
      if (file !== null && prompt !== null) agree(sync, pair, file, prompt);
      else forget(sync, pair);
      return done(base === null ? 'adopted' : 'unchanged');
    }
    return await act(sync, pair, isForced);
  } catch (error) {
    if (error instanceof FileFault) return done('failed', error.message);
    const failure = failureOf(error);
    if ([ExitCode.interrupted, ExitCode.unavailable, ExitCode.notSignedIn].some((code) => code === failure.exitCode))
      throw error;
    return done('failed', [failure.message, ...failure.details].join(' '));
  }
}

function finish(cli: Cli, outcomes: readonly Outcome[], { dryRun }: SyncOptions): void {
  const shown = outcomes.map((outcome) => ({
    ...outcome,
    slug: visible(outcome.slug),
    reason: outcome.reason === null ? null : visible(outcome.reason),
  }));
  cli.out.answer({ dryRun: dryRun === true, prompts: outcomes }, (paint) => outcomeLines(shown, paint).join('\n'));
  if (dryRun === true) cli.out.note('Nothing was changed: this was a dry run.');
  if (cli.surroundings.signal.aborted)
    throw new Failure(ExitCode.interrupted, 'It was interrupted: run it again for the rest.');
  const count = (wanted: Outcome['outcome']) => outcomes.filter(({ outcome }) => outcome === wanted).length;
  const [failed, conflicts] = [count('failed'), count('conflict')];
  if (conflicts > 0)
    throw new Failure(ExitCode.conflict, `${conflicts} changed on both sides, and nothing of them was touched.`);
  if (failed > 0) throw new Failure(ExitCode.refused, `${failed} failed.`);
}

export function addSyncCommands(program: Command, cli: Cli): void {
  const syncing = (name: string) =>
    program
      .command(name)
      .argument('[names...]', 'only these, or what is below them: support, support/triage')
      .option('--folder <folder>', 'where the files are', 'prompts')
      .option('--dry-run', 'say what would happen and change nothing')
      .option(
        '--force <name>',
        'overwrite this one, or what is below it, where both sides have changed; may be repeated',
        repeated,
      )
      .option('--delete', 'delete what is gone on the other side');
  syncing('pull')
    .description('write your prompts as files, which live in git')
    .action((names, options) => synchronize(cli, names, options, { act: pullOne, verb: 'Pull' }));
  syncing('push')
    .description('bring changed files to the server, each as the next version of its prompt')
    .option('--note <text>', 'what was changed and why, for the history of versions')
    .action((names, options) => synchronize(cli, names, options, { act: pushOne, verb: 'Push' }));
}
