import type { Database } from '@promptory/db';
import { MAX_IMPORT_WARNINGS } from '@promptory/schemas';
import { sql, type Transaction } from 'kysely';
import { transactAsCaller } from '../../../access/transact-as-caller.ts';
import { recordAudit } from '../../../audit/record-audit.ts';
import type { SignedInContext } from '../../../context.ts';
import { type SchemaFaults, schemaFaults } from '../../../domain/declarations/given-schemas.ts';
import { type IncludePlaces, withIncludePlaces } from '../../../domain/stored-signatures/include-places.ts';
import { settleIncludes } from '../../../domain/stored-signatures/save-includes.ts';
import type { VersionText } from '../../../domain/stored-signatures/signature-for.ts';
import { keepSignatures } from '../../../domain/stored-signatures/signed.ts';
import { AppError, toAppError } from '../../../errors.ts';
import { lockImports, lockPrompts } from '../import/import-batch.queries.ts';
import { added, noRows, type RowEvent } from '../import/import-counts.ts';
import { newContent } from '../import/import-plan.ts';
import { reasonOf } from '../import/imported-prompt.ts';
import { findKnown } from './documents.queries.ts';
import type { ImportItem, ItemsRun } from './import-item.ts';
import { writeItem } from './write-item.ts';

/** How long it waits for another import of the account. */
const PATIENCE_MS = 60_000;

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
  readonly ids: Set<string>;
  readonly versions: VersionText[];
  readonly places: IncludePlaces;
}

/**
 * Imports prompts with their versions, labels and aliases in one transaction. One that is refused is as if it had not been
 * there, and the others are imported. A dry run does the same, and takes it back.
 * @throws AppError server.busy, auth.invalid_token
 */
export async function importItems(
  ctx: SignedInContext,
  run: ItemsRun,
  items: readonly ImportItem[],
): Promise<RowEvent[]> {
  const versions = items.flatMap(({ prompt }) => prompt?.versions.map((version) => version.prompt) ?? []);
  const faults = await schemaFaults(ctx.workers, versions);
  const faultsOf = new Map<object, SchemaFaults>(versions.map((version, index) => [version, faults[index] ?? {}]));
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
      transactAsCaller(ctx, (trx) => importAll(trx, ctx, run, checked, places), { patienceMs: PATIENCE_MS }),
    );
    await keepSignatures(ctx, saved);
    return events;
  } catch (error) {
    if (error instanceof DryRunEnd) return error.events;
    throw error;
  }
}

async function importAll(
  trx: Transaction<Database>,
  ctx: SignedInContext,
  run: ItemsRun,
  items: readonly ImportItem[],
  places: IncludePlaces,
): Promise<{ readonly events: RowEvent[]; readonly saved: readonly VersionText[] }> {
  const { userId } = ctx.who;
  await lockImports(trx, userId);
  const known = await findKnown(trx, userId, items);
  await lockPrompts(trx, known.ids);
  const events: RowEvent[] = [];
  const written: Written = { ids: new Set(), versions: [], places };
  for (const item of items) events.push(await importOne(trx, ctx, run, item, written));
  // Once more: what a prompt includes may stand behind it in the files.
  await settleIncludes(trx, ctx, userId, written.versions, places);
  if (run.dryRun) throw new DryRunEnd(events);
  const counts = added(noRows, events);
  if (counts.created + counts.updated > 0) {
    const details = { ...counts };
    await recordAudit(trx, ctx, { action: 'prompt.imported', targetType: 'user', targetId: userId, details });
  }
  return { events, saved: written.versions };
}

async function importOne(
  trx: Transaction<Database>,
  ctx: SignedInContext,
  run: ItemsRun,
  { row, file, title, warnings, prompt, fault }: ImportItem,
  written: Written,
): Promise<RowEvent> {
  const about = { type: 'row' as const, row, file, title: title.slice(0, 200) };
  const failed = (reason: string, code: string | null) => ({
    ...about,
    outcome: 'failed' as const,
    promptId: null,
    reason: reason.slice(0, 500).toWellFormed(),
    code,
    warnings: warnings.slice(0, MAX_IMPORT_WARNINGS),
  });
  if (prompt === null || fault !== null) return failed(fault ?? '', null);
  await sql`SAVEPOINT item`.execute(trx);
  try {
    const done = await writeItem(trx, ctx, run, prompt, written);
    await sql`RELEASE SAVEPOINT item`.execute(trx);
    written.ids.add(done.promptId);
    written.versions.push(...done.saved);
    const promptId = run.dryRun && done.outcome === 'created' ? null : done.promptId;
    const said = [...warnings, ...done.warnings.map((message) => ({ message, within: null, line: 1, column: 1 }))];
    const { outcome, reason } = done;
    return { ...about, outcome, promptId, reason, code: null, warnings: said.slice(0, MAX_IMPORT_WARNINGS) };
  } catch (error) {
    const known = toAppError(error);
    // A conflict of transactions, a fault of ours, or the caller's end: of the import, not of the prompt.
    if (known.status >= 500 || known.code === 'auth.invalid_token' || !(error instanceof AppError)) throw error;
    await sql`ROLLBACK TO SAVEPOINT item`.execute(trx);
    return failed(known.errors.length > 0 ? reasonOf(known.errors) : known.message, known.code);
  }
}
