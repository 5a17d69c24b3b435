import { type Database, retryTransaction, type StoredVectors } from '@promptory/db';
import { cutTo, ImportRow, type PromptVisibility } from '@promptory/schemas';
import type { Transaction } from 'kysely';
import { transactAsCaller } from '../../../access/transact-as-caller.ts';
import type { Db, SignedInContext } from '../../../context.ts';
import { type InsertedPrompt, insertPrompts, type NewPrompt } from '../../../domain/prompts/insert-prompts.ts';
import { writeVersion } from '../../../domain/prompts/write-version.ts';
import { lockResources, requireVersionFits } from '../../../domain/quotas/account-resources.ts';
import { listShadowing, shadowing } from '../../../domain/references/reference-targets.ts';
import { type IncludePlaces, withIncludePlaces } from '../../../domain/stored-signatures/include-places.ts';
import { settleIncludes } from '../../../domain/stored-signatures/save-includes.ts';
import type { VersionText } from '../../../domain/stored-signatures/signature-for.ts';
import { toAppError } from '../../../errors.ts';
import type { Claims, EqualSearch } from './claims.ts';
import { findEqual } from './find-equal.ts';
import { listBySlug, lockImports, lockPrompts, updateOwnFields } from './import-batch.queries.ts';
import type { RowEvent } from './import-counts.ts';
import { newContent, planByContent, planBySlug, type Step } from './import-plan.ts';
import { type Room, roomLeft, whatFits } from './import-room.ts';
import { reasonOf } from './imported-prompt.ts';
import type { SourceRow } from './source-rows.ts';

/** What one import goes by from its first batch to its last. */
export interface ImportRun {
  /** Of new prompts whose row does not say. */
  readonly visibility: PromptVisibility;
  readonly claims: Claims;
  /** Rows that the database refused so far. */
  refused: number;
  /** Of a dry run: what the rows before would have left. */
  readonly room: Room | null;
  /** Is given what was written, once it is committed. */
  readonly onSaved: (saved: Saved) => void;
}

/** What was written of one batch. */
export interface Saved {
  readonly versions: readonly VersionText[];
  /** By what prompts that are new are found: nobody has written that yet. */
  readonly vectors: readonly StoredVectors[];
  /** When they were made. */
  readonly at: Date;
}

/** Writes the import's audit entry in the transaction of its last rows. */
export type AuditRows = (trx: Transaction<Database>, events: readonly RowEvent[]) => Promise<void>;

/** How long a batch waits for the batch of another import of the account, on a machine however busy. */
const PATIENCE_MS = 60_000;

/** Rows that the database may refuse in one import. What it refuses costs a dozen transactions to single out. */
export const MAX_REFUSED = 100;

/**
 * Imports rows in one transaction, or under a dry run only says what it would do. Rows that the database refuses together
 * are tried by halves, so that a bad row fails alone; once MAX_REFUSED have failed, no more are tried. `audit` has run when
 * this returns, unless it is a dry run.
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
    const refusal = refusalOf(error);
    const events = rows.length > 1 ? await importByHalves(ctx, run, rows) : refusedEvents(run, rows, refusal);
    await retryTransaction(ctx.db, (trx) => audit(trx, events));
    return events;
  }
}

async function importByHalves(ctx: SignedInContext, run: ImportRun, rows: readonly SourceRow[]): Promise<RowEvent[]> {
  const middle = Math.ceil(rows.length / 2);
  const events: RowEvent[] = [];
  for (const half of [rows.slice(0, middle), rows.slice(middle)]) {
    if (run.refused >= MAX_REFUSED) {
      events.push(...failed(half, 'Not tried: the database refused too many rows'));
      continue;
    }
    try {
      events.push(...(await importTogether(ctx, run, half, noAudit)));
    } catch (error) {
      const refusal = refusalOf(error);
      events.push(...(half.length > 1 ? await importByHalves(ctx, run, half) : refusedEvents(run, half, refusal)));
    }
  }
  return events;
}

function refusedEvents(run: ImportRun, rows: readonly SourceRow[], reason: string): RowEvent[] {
  run.refused += rows.length;
  return failed(rows, reason);
}

const failed = (rows: readonly SourceRow[], reason: string): RowEvent[] =>
  rows.map((row) => eventOf({ row, outcome: 'failed', reason }, null));

export const noAudit: AuditRows = async () => undefined;

/** Why the database refuses a row. Throws the error again when it is not the rows' fault: a fault of ours, or the caller's end. */
function refusalOf(error: unknown): string {
  const known = toAppError(error);
  if (known.status >= 500 || known.code === 'auth.invalid_token') throw error;
  return known.errors.length > 0 ? reasonOf(known.errors) : known.message;
}

async function importTogether(
  ctx: SignedInContext,
  run: ImportRun,
  rows: readonly SourceRow[],
  audit: AuditRows,
): Promise<RowEvent[]> {
  const { events, searches, saved } =
    run.room === null ? await writeTogether(ctx, run, rows, audit) : await dryRows(ctx, run, rows, run.room);
  claim(run.claims, rows, events, searches);
  run.onSaved(saved);
  return events;
}

interface Done {
  readonly events: RowEvent[];
  readonly searches: readonly EqualSearch[];
  readonly saved: Saved;
}

const writeTogether = (
  ctx: SignedInContext,
  run: ImportRun,
  rows: readonly SourceRow[],
  audit: AuditRows,
): Promise<Done> =>
  withIncludePlaces(
    ctx.workers,
    rows.flatMap(({ prompt }) => (prompt === null ? [] : newContent(prompt))),
    (places) =>
      transactAsCaller(ctx, (trx) => writeRows(trx, ctx, run, rows, { audit, places }), { patienceMs: PATIENCE_MS }),
  );

async function dryRows(ctx: SignedInContext, run: ImportRun, rows: readonly SourceRow[], room: Room): Promise<Done> {
  const { steps, searches } = await plan(ctx.db, ctx, run, rows);
  return {
    events: whatFits(steps, room).map((step) => eventOf(step, null)),
    searches,
    saved: { versions: [], vectors: [], at: ctx.clock.now() },
  };
}

async function plan(
  db: Db,
  ctx: SignedInContext,
  { claims, visibility }: ImportRun,
  rows: readonly SourceRow[],
): Promise<{ steps: Step[]; searches: EqualSearch[] }> {
  const { userId } = ctx.who;
  const named = await listBySlug(
    db,
    userId,
    rows.flatMap(({ prompt }) => prompt?.slug ?? []),
  );
  const { steps, claimed } = planBySlug(rows, named, claims, visibility);
  const unmatched = steps.flatMap((step) => (step.outcome === 'unmatched' ? [step] : []));
  const wanted = Array.from(
    Map.groupBy(unmatched, ({ hash }) => hash),
    ([hash, equal]) => ({ hash, rows: equal.length }),
  );
  const searches = await findEqual(db, userId, wanted, {
    isClaimed: (id) => claimed.has(id) || claims.hasPrompt(id),
    claimedUpTo: (hash) => claims.claimedUpTo(hash),
  });
  return { steps: await unshadowed(db, ctx, planByContent(steps, searches, visibility)), searches };
}

async function unshadowed(db: Db, { who }: SignedInContext, steps: readonly Step[]): Promise<Step[]> {
  const slugOf = (step: Step): string[] =>
    step.outcome === 'created' && step.prompt.slug !== undefined && 'given' in step.prompt.slug
      ? [step.prompt.slug.given]
      : [];
  const refused = await listShadowing(db, who, steps.flatMap(slugOf));
  return steps.map((step): Step => {
    const [slug] = slugOf(step);
    if (slug === undefined || !refused.has(slug)) return step;
    return { row: step.row, outcome: 'failed', reason: `slug: ${shadowing(slug)}` };
  });
}

async function writeRows(
  trx: Transaction<Database>,
  ctx: SignedInContext,
  run: ImportRun,
  rows: readonly SourceRow[],
  { audit, places }: { readonly audit: AuditRows; readonly places: IncludePlaces },
): Promise<Done> {
  const { userId } = ctx.who;
  const at = ctx.clock.now();
  await lockImports(trx, userId);
  const { steps: planned, searches } = await plan(trx, ctx, run, rows);
  // Prompts that are there are locked before what the account holds, as by everyone.
  await lockPrompts(
    trx,
    planned.flatMap((step) => (step.outcome === 'updated' ? [step.promptId] : [])),
  );
  const steps = whatFits(planned, roomLeft(await lockResources(trx, ctx, userId)));
  const created = steps.flatMap((step) => (step.outcome === 'created' ? [step] : []));
  const made = new Map<Step, InsertedPrompt>();
  const vectors: StoredVectors[] = [];
  // Slugs that rows name come first: one made from a title then makes room for them.
  const isGiven = ({ slug }: NewPrompt): boolean => slug !== undefined && 'given' in slug;
  for (const group of [
    created.filter(({ prompt }) => isGiven(prompt)),
    created.filter(({ prompt }) => !isGiven(prompt)),
  ]) {
    const prompts = group.map(({ prompt }) => prompt);
    const writing = { ownerId: userId, authorId: userId, at };
    const inserted = await insertPrompts(trx, writing, prompts, (made) => void vectors.push(...made));
    for (const [index, step] of group.entries()) {
      const prompt = inserted[index];
      if (prompt !== undefined) made.set(step, prompt);
    }
  }
  const versions: VersionText[] = created.flatMap((step) => {
    const promptId = made.get(step)?.id;
    return promptId === undefined ? [] : [{ ...step.prompt, promptId, version: 1 }];
  });
  for (const step of steps) {
    if (step.outcome !== 'updated') continue;
    const { promptId, content, fields } = step;
    if (content !== null) {
      const { version, written } = await writeVersion(trx, { promptId, authorId: userId, at }, content);
      versions.push({ ...content, promptId, version });
      if (written) await requireVersionFits(trx, ctx, { ownerId: userId, authorId: userId, version });
    }
    if (Object.keys(fields).length > 0) await updateOwnFields(trx, { promptId, ownerId: userId }, fields, at);
  }
  await settleIncludes(trx, ctx, userId, versions, places);
  const events = steps.map((step) => eventOf(step, made.get(step) ?? null));
  await audit(trx, events);
  return { events, searches, saved: { versions, vectors, at } };
}

/** Only once the rows are committed: a transaction that is tried again starts from what was before. */
function claim(
  claims: Claims,
  rows: readonly SourceRow[],
  events: readonly RowEvent[],
  searches: readonly EqualSearch[],
): void {
  for (const [index, { promptId, outcome }] of events.entries()) {
    if (promptId !== null) claims.addPrompt(promptId);
    const slug = rows[index]?.prompt?.slug;
    if (slug !== undefined && outcome === 'created') claims.addSlug(slug);
  }
  for (const search of searches) claims.addSearch(search);
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
    reason: cutTo(ImportRow.shape.reason, [note, why].filter((part) => part !== null).join('. ')) || null,
    code: null,
    file: null,
    warnings: [],
  };
}
