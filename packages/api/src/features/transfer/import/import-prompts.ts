import { retryTransaction, storeVectors } from '@promptory/db';
import type { ImportEvent, ImportPromptsInput, PromptVisibility } from '@promptory/schemas';
import { recordAudit } from '../../../audit/record-audit.ts';
import type { SignedInContext } from '../../../context.ts';
import { readPreferences } from '../../../domain/accounts/stored-preferences.ts';
import { findResources } from '../../../domain/quotas/account-resources.ts';
import { keepSignatures } from '../../../domain/stored-signatures/signed.ts';
import { AppError } from '../../../errors.ts';
import { importItems } from '../documents/import-items.ts';
import { readItems } from '../documents/reading/read-items.ts';
import { sentSource } from '../documents/reading/sent-files.ts';
import { ahead } from './ahead.ts';
import { withCheckedSchemas } from './checked-schemas.ts';
import { Claims } from './claims.ts';
import { type AuditRows, type ImportRun, importBatch, MAX_REFUSED, noAudit, type Saved } from './import-batch.ts';
import { added, type Counts, noRows } from './import-counts.ts';
import { roomLeft } from './import-room.ts';
import { type RunningImport, startImport } from './running-import.ts';
import { counted, newSourceFile, type SourceRow, sourceRows } from './source-rows.ts';

const ROWS_A_BATCH = 500;
/** Characters of a batch, about, so that its search vectors are made well within a statement's time. */
const CHARACTERS_A_BATCH = 1_000_000;

/**
 * Imports prompts as the caller's own while their file arrives, holding one batch of it at a time. Yields each row when its
 * batch is written, then the counts so far, and all of them at the end. What is written stays, also when the file turns out
 * to be unreadable further on: the error then says how far it came. When `signal` fires nothing more is begun; of files, which are
 * one transaction, nothing is kept then.
 * @throws AppError import.unreadable, request.too_large, quota.exceeded where as many imports run as the account may have at once
 */
export async function* importPrompts(
  ctx: SignedInContext,
  input: ImportPromptsInput,
  signal?: AbortSignal,
): AsyncGenerator<ImportEvent> {
  const running = await startImport(ctx, signal);
  try {
    yield* importAll(ctx, input, running);
  } finally {
    await running.end();
  }
}

async function* importAll(
  ctx: SignedInContext,
  input: ImportPromptsInput,
  running: RunningImport,
): AsyncGenerator<ImportEvent> {
  const kept = newKeeping(ctx);
  const run: ImportRun = {
    onSaved: kept.add,
    room: input.dryRun ? roomLeft(await findResources(ctx.db, ctx, ctx.who.userId)) : null,
    visibility: input.visibility ?? (await defaultVisibility(ctx)),
    claims: new Claims(),
    refused: 0,
  };
  const counts = { ...noRows };
  const file = newSourceFile();
  const read = { bytes: 0 };
  const source = { ...input.source, body: counted(input.source.body, read) };
  const sent = await sentSource(ctx, { ...input, source }, file);
  if ('files' in sent) {
    const items = await readItems(ctx, sent.files, running);
    const events = await importItems(ctx, { ...input, visibility: run.visibility, running }, items);
    yield* events;
    const all = added(noRows, events);
    yield { type: 'progress', ...all, bytes: read.bytes };
    yield { type: 'done', dryRun: input.dryRun, ...all, file: { ...file, leftOut: [] } };
    return;
  }
  let audited = input.dryRun;
  const auditWith: AuditRows = async (trx, events) => {
    const all = added(counts, events);
    if (all.created + all.updated === 0) return;
    await recordAudit(trx, ctx, {
      action: 'prompt.imported',
      targetType: 'user',
      targetId: ctx.who.userId,
      details: { ...all },
    });
  };
  try {
    for await (const { rows, isLast, failure } of ahead(batchesOf(sourceRows(sent.rows, file)))) {
      running.requireCaller();
      await running.goOn();
      await kept.last();
      const checked = await withCheckedSchemas(ctx.workers, rows);
      const events = await importBatch(ctx, run, checked, isLast && !input.dryRun ? auditWith : noAudit);
      audited ||= isLast;
      Object.assign(counts, added(counts, events));
      yield* events;
      yield { type: 'progress', ...counts, bytes: read.bytes };
      if (failure !== null) throw withCounts(failure, counts, input);
      if (run.refused >= MAX_REFUSED) throw withCounts(tooManyRefused(), counts, input);
    }
    yield { type: 'done', dryRun: input.dryRun, ...counts, file: { ...file, leftOut: file.leftOut.names } };
  } finally {
    await kept.done();
    // The file broke off, or the caller went away.
    if (!audited) await retryTransaction(ctx.db, (trx) => auditWith(trx, []));
  }
}

/** Writes by what the prompts of one batch are found, and what they promise, while the next is read and written. */
function newKeeping(ctx: SignedInContext) {
  let before: Promise<unknown> = Promise.resolve();
  let pending: Promise<unknown> = before;
  return {
    add: (saved: Saved): void => {
      before = pending;
      pending = before.then(() => Promise.all([keepWords(ctx, saved), keepSignatures(ctx, saved.versions)]));
    },
    /** All but what was added last. */
    last: (): Promise<unknown> => before,
    done: (): Promise<unknown> => pending,
  };
}

/** What is not kept, since the disk is full or this process ends, is made by a job within minutes. */
async function keepWords({ db, log }: SignedInContext, { vectors, at }: Saved): Promise<void> {
  try {
    await storeVectors(db, vectors, at);
  } catch (error) {
    log.warn({ err: error }, 'the words of imported prompts could not be kept');
  }
}

async function defaultVisibility(ctx: SignedInContext): Promise<PromptVisibility> {
  const { preferences } = await ctx.db
    .selectFrom('users')
    .select('preferences')
    .where('id', '=', ctx.who.userId)
    .executeTakeFirstOrThrow();
  return readPreferences(preferences).defaultVisibility;
}

const tooManyRefused = (): AppError =>
  new AppError('request.invalid', { message: `The database refused ${MAX_REFUSED} rows; the others were not tried.` });

/** Says with an error how far the import came, or under a dry run would have come. */
function withCounts(failure: unknown, counts: Counts, { dryRun }: Pick<ImportPromptsInput, 'dryRun'>): unknown {
  if (!(failure instanceof AppError) || counts.rows === 0) return failure;
  const rows = counts.rows === 1 ? 'The row before' : `The ${counts.rows} rows before`;
  const { created, updated, unchanged, failed } = counts;
  const each = `${created} created, ${updated} updated, ${unchanged} left unchanged and ${failed} failed`;
  const sofar = dryRun
    ? `This was a dry run, and nothing is changed. ${rows} would have been imported: ${each}.`
    : `${rows} ${counts.rows === 1 ? 'is' : 'are'} done: ${each}.`;
  return new AppError(failure.code, {
    message: `${failure.message} ${sofar}`,
    errors: failure.errors,
    extra: { ...failure.extra, ...(dryRun ? { dryRun } : {}), ...counts },
    ...(failure.retryAfterSeconds === null ? {} : { retryAfterSeconds: failure.retryAfterSeconds }),
    cause: failure,
  });
}

interface Batch {
  readonly rows: SourceRow[];
  readonly isLast: boolean;
  /** Why the rows end here before the file does. */
  readonly failure: unknown;
}

async function* batchesOf(rows: AsyncIterable<SourceRow>): AsyncGenerator<Batch, void> {
  let batch: SourceRow[] = [];
  let characters = 0;
  try {
    for await (const row of rows) {
      if (batch.length === ROWS_A_BATCH || characters >= CHARACTERS_A_BATCH) {
        yield { rows: batch, isLast: false, failure: null };
        batch = [];
        characters = 0;
      }
      batch.push(row);
      characters += row.length;
    }
  } catch (failure) {
    if (batch.length === 0) throw failure;
    yield { rows: batch, isLast: true, failure };
    return;
  }
  if (batch.length > 0) yield { rows: batch, isLast: true, failure: null };
}
