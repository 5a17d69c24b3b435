import { type Database, retryTransaction } from '@promptory/db';
import type { ImportEvent, PromptVisibility } from '@promptory/schemas';
import type { Transaction } from 'kysely';
import type { Db, SignedInContext } from '../../../context.ts';
import { type InsertedPrompt, insertPrompts, type NewPrompt } from '../../../domain/prompts/insert-prompts.ts';
import { writeVersion } from '../../../domain/prompts/write-version.ts';
import { toAppError } from '../../../errors.ts';
import { listExistingPrompts, lockImports, updateOwnFields } from './import-batch.queries.ts';
import { type Claims, hashOf, planImport, type Step } from './import-plan.ts';
import { reasonOf } from './imported-prompt.ts';
import type { SourceRow } from './source-rows.ts';

export type RowEvent = Extract<ImportEvent, { type: 'row' }>;

/** What one import goes by from its first batch to its last. */
export interface ImportRun {
  readonly dryRun: boolean;
  /** Of new prompts whose row does not say. */
  readonly visibility: PromptVisibility;
  readonly promptIds: Set<string>;
  readonly slugs: Set<string>;
}

/** Writes the import's audit entry in the transaction of its last rows. */
export type AuditRows = (trx: Transaction<Database>, events: readonly RowEvent[]) => Promise<void>;

/**
 * Imports rows in one transaction, or under a dry run only says what it would do. Rows that the database refuses together
 * are tried one by one, so that a bad row fails alone. `audit` has run when this returns, unless it is a dry run.
 */
export async function importBatch(
  ctx: SignedInContext,
  run: ImportRun,
  rows: readonly SourceRow[],
  audit: AuditRows,
): Promise<RowEvent[]> {
  try {
    return await importTogether(ctx, run, rows, audit);
  } catch (error) {
    refusalOf(error);
  }
  const events: RowEvent[] = [];
  for (const row of rows) {
    try {
      events.push(...(await importTogether(ctx, run, [row], noAudit)));
    } catch (error) {
      events.push(eventOf({ row, outcome: 'failed', reason: refusalOf(error) }, null));
    }
  }
  await retryTransaction(ctx.db, (trx) => audit(trx, events));
  return events;
}

export const noAudit: AuditRows = async () => undefined;

/** Why the database refuses a row. Throws the error again when it is not the rows' fault. */
function refusalOf(error: unknown): string {
  const known = toAppError(error);
  if (known.status >= 500) throw error;
  return known.errors.length > 0 ? reasonOf(known.errors) : known.message;
}

async function importTogether(
  ctx: SignedInContext,
  run: ImportRun,
  rows: readonly SourceRow[],
  audit: AuditRows,
): Promise<RowEvent[]> {
  const events = run.dryRun
    ? (await plan(ctx.db, ctx, run, rows)).map((step) => eventOf(step, null))
    : await retryTransaction(ctx.db, (trx) => writeRows(trx, ctx, run, rows, audit));
  claim(run, rows, events);
  return events;
}

async function plan(
  db: Db,
  ctx: SignedInContext,
  run: Claims & Pick<ImportRun, 'visibility'>,
  rows: readonly SourceRow[],
): Promise<Step[]> {
  const prompts = rows.flatMap(({ prompt }) => (prompt === null ? [] : [prompt]));
  const slugs = prompts.flatMap(({ slug }) => (slug === undefined ? [] : [slug]));
  const existing = await listExistingPrompts(db, ctx.who.userId, slugs, prompts.map(hashOf));
  return planImport(rows, existing, run, run.visibility);
}

async function writeRows(
  trx: Transaction<Database>,
  ctx: SignedInContext,
  run: ImportRun,
  rows: readonly SourceRow[],
  audit: AuditRows,
): Promise<RowEvent[]> {
  const { userId } = ctx.who;
  const at = ctx.clock.now();
  await lockImports(trx, userId);
  const steps = await plan(trx, ctx, run, rows);
  const created = steps.flatMap((step) => (step.outcome === 'created' ? [step] : []));
  const made = new Map<Step, InsertedPrompt>();
  // Slugs that rows name come first: one made from a title then makes room for them.
  const isGiven = ({ slug }: NewPrompt): boolean => slug !== undefined && 'given' in slug;
  for (const group of [
    created.filter(({ prompt }) => isGiven(prompt)),
    created.filter(({ prompt }) => !isGiven(prompt)),
  ]) {
    const prompts = group.map(({ prompt }) => prompt);
    const inserted = await insertPrompts(trx, { ownerId: userId, authorId: userId, at }, prompts);
    for (const [index, step] of group.entries()) {
      const prompt = inserted[index];
      if (prompt !== undefined) made.set(step, prompt);
    }
  }
  for (const step of steps) {
    if (step.outcome !== 'updated') continue;
    const { promptId, content, fields } = step;
    if (content !== null) await writeVersion(trx, { promptId, authorId: userId, at }, content);
    if (Object.keys(fields).length > 0) await updateOwnFields(trx, promptId, fields, at);
  }
  const events = steps.map((step) => eventOf(step, made.get(step) ?? null));
  await audit(trx, events);
  return events;
}

/** Only once the rows are committed: a transaction that is tried again starts from what was before. */
function claim(run: ImportRun, rows: readonly SourceRow[], events: readonly RowEvent[]): void {
  for (const [index, { promptId, outcome }] of events.entries()) {
    if (promptId !== null) run.promptIds.add(promptId);
    const slug = rows[index]?.prompt?.slug;
    if (slug !== undefined && outcome === 'created') run.slugs.add(slug);
  }
}

function eventOf(step: Step, made: InsertedPrompt | null): RowEvent {
  const { row, title, note, prompt } = step.row;
  const renamed = made !== null && prompt?.slug !== undefined && prompt.slug !== made.slug;
  const why = 'reason' in step ? step.reason : renamed ? `The slug was in use: it is ${made.slug}` : null;
  return {
    type: 'row',
    row,
    title,
    outcome: step.outcome,
    promptId: 'promptId' in step ? step.promptId : (made?.id ?? null),
    reason:
      [note, why]
        .filter((part) => part !== null)
        .join('. ')
        .slice(0, 500)
        .toWellFormed() || null,
  };
}
