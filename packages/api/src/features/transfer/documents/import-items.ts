import { type Database, othersTurn } from '@promptory/db';
import { cutTo, ImportRow, ImportWarning, MAX_IMPORT_WARNINGS } from '@promptory/schemas';
import { sql, type Transaction } from 'kysely';
import { transactAsCaller } from '../../../access/transact-as-caller.ts';
import { recordAudit } from '../../../audit/record-audit.ts';
import type { SignedInContext } from '../../../context.ts';
import { type SchemaFaults, schemaFaults } from '../../../domain/declarations/given-schemas.ts';
import { mayInclude } from '../../../domain/signatures/included-texts.ts';
import { type IncludePlaces, withIncludePlaces } from '../../../domain/stored-signatures/include-places.ts';
import { settleIncludes } from '../../../domain/stored-signatures/save-includes.ts';
import type { VersionText } from '../../../domain/stored-signatures/signature-for.ts';
import { keepSignatures } from '../../../domain/stored-signatures/signed.ts';
import { AppError, toAppError } from '../../../errors.ts';
import { lockImports, lockPrompts } from '../import/import-batch.queries.ts';
import { added, noRows, type RowEvent } from '../import/import-counts.ts';
import { newContent } from '../import/import-plan.ts';
import { type ImportedPrompt, reasonOf } from '../import/imported-prompt.ts';
import { type GroupedPrompts, joinGroups, lockOwnGroups } from './bundle/bundle-groups.ts';
import { type BundledPrompt, pinIncludes } from './bundle/bundle-pins.ts';
import { findKnown } from './documents.queries.ts';
import type { ImportItem, ItemsRun, ReadItems } from './import-item.ts';
import { type SavedVersion, writeItem } from './write-item.ts';

/** How long it waits for another import of the account. */
const PATIENCE_MS = 60_000;

/** Versions whose schemas are checked at once. */
const SCHEMAS_AT_ONCE = 20;
/** Versions of which it is settled at once what they include: each may name fifty prompts. */
const INCLUDING_AT_ONCE = 20;
/** How long its transaction may take, in milliseconds: as long it has a connection, and whatever it has locked. */
const MOST_MS = 120_000;

/** Ends the transaction of a dry run, which has then changed nothing. */
class DryRunEnd extends Error {
  readonly events: RowEvent[];

  constructor(events: RowEvent[]) {
    super('A dry run ends.');
    this.events = events;
  }
}

/** What the items so far have become. */
interface Written {
  /** The prompts that they are, and how their files call them. */
  readonly ids: Map<string, string | undefined>;
  readonly versions: SavedVersion[];
  readonly places: IncludePlaces;
  /** The prompts of bundles by their ids there. */
  readonly bundled: Map<string, BundledPrompt>;
  /** The ids here by the references there. */
  readonly refs: Map<string, string>;
}

/**
 * Imports prompts with their versions, labels and aliases in one transaction. One that is refused is as if it had not been
 * there, and the others are imported. A dry run does the same, and takes it back.
 * @throws AppError server.busy, auth.invalid_token, request.aborted
 */
export async function importItems(
  ctx: SignedInContext,
  run: ItemsRun,
  { items, groups }: ReadItems,
): Promise<RowEvent[]> {
  const versions = items.flatMap(({ prompt }) => prompt?.versions.map((version) => version.prompt) ?? []);
  const faultsOf = await allSchemaFaults(ctx, run, versions);
  const checked = items.map((item) => {
    if (item.prompt === null) return item;
    const withFaults = item.prompt.versions.map((version) => ({
      ...version,
      prompt: { ...version.prompt, schemaFaults: faultsOf.get(version.prompt) ?? {} },
    }));
    return { ...item, prompt: { ...item.prompt, versions: withFaults } };
  });
  try {
    const { events, saved } = await withIncludePlaces(ctx.workers, versions.map(newContent), (places) =>
      transactAsCaller(ctx, (trx) => importAll(trx, ctx, run, { items: checked, groups }, places), {
        patienceMs: PATIENCE_MS,
      }),
    );
    await keepSignatures(ctx, saved);
    return events;
  } catch (error) {
    if (error instanceof DryRunEnd) return error.events;
    throw error;
  }
}

/** A few at once: all schemas of an import would be one long text. */
async function allSchemaFaults(
  { workers }: Pick<SignedInContext, 'workers'>,
  { running }: Pick<ItemsRun, 'running'>,
  versions: readonly ImportedPrompt[],
): Promise<ReadonlyMap<object, SchemaFaults>> {
  const faultsOf = new Map<object, SchemaFaults>();
  for (let start = 0; start < versions.length; start += SCHEMAS_AT_ONCE) {
    const some = versions.slice(start, start + SCHEMAS_AT_ONCE);
    for (const [index, faults] of (await schemaFaults(workers, some)).entries())
      faultsOf.set(some[index] as object, faults);
    await othersTurn();
    running.requireCaller();
  }
  return faultsOf;
}

async function importAll(
  trx: Transaction<Database>,
  ctx: SignedInContext,
  run: ItemsRun,
  { items, groups }: ReadItems,
  places: IncludePlaces,
): Promise<{ readonly events: RowEvent[]; readonly saved: readonly VersionText[] }> {
  const { userId } = ctx.who;
  await lockImports(trx, userId);
  const known = await findKnown(trx, userId, items);
  await lockPrompts(trx, known.ids);
  const own = await lockOwnGroups(trx, userId, groups);
  const written: Written = { ids: new Map(), versions: [], places, bundled: new Map(), refs: new Map() };
  const rows: WrittenRow[] = [];
  const since = ctx.clock.now().getTime();
  for (const item of inOrderOfNeeds(items)) {
    run.running.requireCaller();
    rows.push(await importOne(trx, ctx, run, item, written));
    if (ctx.clock.now().getTime() - since > MOST_MS) throw tooLong();
  }
  rows.sort((one, other) => one.event.row - other.event.row);
  // Once more: what a prompt includes may stand behind it in the files.
  const including = written.versions.filter(mayInclude);
  for (let start = 0; start < including.length; start += INCLUDING_AT_ONCE) {
    run.running.requireCaller();
    const some = including.slice(start, start + INCLUDING_AT_ONCE);
    await settleIncludes(trx, ctx, userId, some, places);
    await pinIncludes(trx, some, written.bundled);
  }
  const grouped = await joinGroups(trx, ctx, groups, own, written.refs);
  const events = rows.map((row) => withGroups(row, grouped));
  if (run.dryRun) throw new DryRunEnd(events);
  const counts = added(noRows, events);
  if (counts.created + counts.updated > 0) {
    const details = { ...counts };
    await recordAudit(trx, ctx, { action: 'prompt.imported', targetType: 'user', targetId: userId, details });
  }
  return { events, saved: written.versions };
}

const tooLong = (): AppError =>
  new AppError('import.unreadable', {
    message: 'The import took too long for one transaction, and nothing of it was kept: import the files in parts.',
  });

/** Each item behind those that it needs, which need nothing in a circle. */
function inOrderOfNeeds(items: readonly ImportItem[]): ImportItem[] {
  const byId = new Map(items.map((item) => [item.prompt?.bundled?.id, item]));
  const ordered = new Set<ImportItem>();
  const put = (item: ImportItem) => {
    if (ordered.has(item)) return;
    for (const id of item.prompt?.needs ?? []) {
      const needed = byId.get(id);
      if (needed !== undefined && needed !== item) put(needed);
    }
    ordered.add(item);
  };
  for (const item of items) put(item);
  return [...ordered];
}

/** What an item became, and the prompt that it is. */
interface WrittenRow {
  readonly writtenId: string | null;
  readonly event: RowEvent;
}

/** A prompt that was put into a group is not as it was. */
function withGroups({ writtenId, event }: WrittenRow, { joined, left }: GroupedPrompts): RowEvent {
  if (writtenId === null) return event;
  const said = (left.get(writtenId) ?? []).map((message) => warning(cutTo(ImportWarning.shape.message, message)));
  const warnings = [...event.warnings, ...said].slice(0, MAX_IMPORT_WARNINGS);
  const isUpdated = event.outcome === 'unchanged' && joined.has(writtenId);
  return { ...event, warnings, ...(isUpdated ? { outcome: 'updated' as const, reason: null } : {}) };
}

const warning = (message: string) => ({ message, within: null, line: 1, column: 1 });

async function importOne(
  trx: Transaction<Database>,
  ctx: SignedInContext,
  run: ItemsRun,
  { row, file, title, warnings, prompt, fault }: ImportItem,
  written: Written,
): Promise<WrittenRow> {
  const about = { type: 'row' as const, row, file, title: cutTo(ImportRow.shape.title, title) };
  const failed = (reason: string, code: string | null) => ({
    writtenId: null,
    event: {
      ...about,
      outcome: 'failed' as const,
      promptId: null,
      reason: cutTo(ImportRow.shape.reason, reason),
      code,
      warnings: warnings.slice(0, MAX_IMPORT_WARNINGS),
    },
  });
  if (prompt === null || fault !== null) return failed(fault ?? '', null);
  if (prompt.needs?.some((id) => !written.bundled.has(id)) === true)
    return failed('A prompt that it includes could not be imported.', null);
  await sql`SAVEPOINT item`.execute(trx);
  try {
    const done = await writeItem(trx, ctx, run, prompt, written);
    await sql`RELEASE SAVEPOINT item`.execute(trx);
    written.ids.set(done.promptId, prompt.calledAs);
    written.versions.push(...done.saved);
    if (prompt.bundled !== undefined) {
      written.bundled.set(prompt.bundled.id, done);
      if (prompt.bundled.ref !== '') written.refs.set(prompt.bundled.ref, done.promptId);
    }
    const promptId = run.dryRun && done.outcome === 'created' ? null : done.promptId;
    const said = [...warnings, ...done.warnings.map(warning)];
    const { outcome, reason } = done;
    const event = { ...about, outcome, promptId, reason, code: null, warnings: said.slice(0, MAX_IMPORT_WARNINGS) };
    return { writtenId: done.promptId, event };
  } catch (error) {
    const known = toAppError(error);
    // A conflict of transactions, a fault of ours, or the caller's end: of the import, not of the prompt.
    if (known.status >= 500 || known.code === 'auth.invalid_token' || !(error instanceof AppError)) throw error;
    await sql`ROLLBACK TO SAVEPOINT item`.execute(trx);
    return failed(known.errors.length > 0 ? reasonOf(known.errors) : known.message, known.code);
  }
}
