/**
 * A creating call that is sent again under its Idempotency-Key has one effect and one answer
 * (draft-ietf-httpapi-idempotency-key-header), because the answer is stored in the transaction of the effect: either both
 * stand or neither, whenever the server dies. Those who come meanwhile wait for the transaction's advisory lock, and then
 * find the answer. A call that fails leaves nothing, so it is tried anew.
 *
 * The stored answer may be all that ever shows a secret, so it is sealed: see sealed-answer.ts. So is the hash of the
 * input, which for a short input tells what it was.
 */
import { createHash } from 'node:crypto';
import { type Database, retryTransaction, sqlState } from '@promptory/db';
import { sql, type Transaction } from 'kysely';
import type { OnceKey, SignedInContext } from '../context.ts';
import { AppError } from '../errors.ts';
import { canonicalJson } from './canonical-json.ts';
import { sealText, unsealText } from './sealed-answer.ts';

/** How long an answer is kept. */
export const ANSWER_HOURS = 24;

/** Answers kept before this time are as good as gone. */
export const answerHorizon = (now: Date): string => new Date(now.getTime() - ANSWER_HOURS * 3_600_000).toISOString();

const RETRY_AFTER_SECONDS = 1;
const LOCK_NOT_AVAILABLE = '55P03';

type Act<T> = (trx: Transaction<Database>, afterwards: (effect: () => void) => void) => Promise<T>;

/** Throws where the caller may no longer see what it was answered. */
type StillMay = (trx: Transaction<Database>) => Promise<unknown>;

/** For an action whose answer is of what it made for the caller, which nobody else can take away. */
export const ofTheirOwn: StillMay = async () => undefined;

/**
 * Runs a creating action in its transaction, once for an Idempotency-Key: `act` answers all that the caller is told, as
 * plain JSON. What it hands to `afterwards` happens when the transaction stands, and not where an answer is given again.
 *
 * @param stillMay asked before an answer is given again, for what was acted upon may have been taken from the caller since
 * @throws AppError request.in_progress, request.idempotency_mismatch, request.conflict, and what both throw
 */
export async function transactOnce<T>(
  ctx: SignedInContext,
  input: object,
  stillMay: StillMay,
  act: Act<T>,
): Promise<T> {
  const { once } = ctx;
  const { answer, effects } = await retryTransaction(ctx.db, async (trx) => {
    const effects: Array<() => void> = [];
    const acted = async () => ({ answer: await act(trx, (effect) => effects.push(effect)), effects });
    if (once === null) return acted();
    await waitForTurn(trx, once);
    const stored = await findAnswer<T>(trx, ctx, once, inputHash(input));
    if (stored !== null) {
      await stillMay(trx);
      return { answer: stored.answer, effects: [() => once.tellReplayed()] };
    }
    const done = await acted();
    await keepAnswer(trx, ctx, once, { input: inputHash(input), answer: done.answer });
    return done;
  });
  for (const effect of effects) effect();
  return answer;
}

interface Kept<T> {
  readonly input: string;
  readonly answer: T;
}

const inputHash = (input: object): string => createHash('sha256').update(canonicalJson(input)).digest('base64url');

const sealOf = ({ cursorKey }: SignedInContext, { value, hash }: OnceKey) => ({
  key: value,
  secret: cursorKey,
  keyHash: hash,
});

/** Held until the transaction ends. How long it waits at most is the connection's lock timeout. */
async function waitForTurn(trx: Transaction<Database>, { hash }: OnceKey): Promise<void> {
  try {
    await sql`SELECT pg_advisory_xact_lock(${hash.readBigInt64BE(0)}::bigint)`.execute(trx);
  } catch (error) {
    if (sqlState(error) !== LOCK_NOT_AVAILABLE) throw error;
    throw new AppError('request.in_progress', { cause: error, retryAfterSeconds: RETRY_AFTER_SECONDS });
  }
}

async function findAnswer<T>(
  trx: Transaction<Database>,
  ctx: SignedInContext,
  once: OnceKey,
  input: string,
): Promise<Pick<Kept<T>, 'answer'> | null> {
  const row = await trx
    .selectFrom('idempotency_keys')
    .select('sealed_answer as sealed')
    .where('key_hash', '=', once.hash)
    .where('created_at', '>', answerHorizon(ctx.clock.now()))
    .executeTakeFirst();
  if (row === undefined) return null;
  const text = unsealText(sealOf(ctx, once), row.sealed);
  // The server's secret was changed meanwhile: that the call was done is still known.
  if (text === null) {
    throw new AppError('request.conflict', { message: 'This call was done; its answer can no longer be given.' });
  }
  const kept: Kept<T> = JSON.parse(text);
  if (kept.input !== input) throw new AppError('request.idempotency_mismatch');
  return kept;
}

async function keepAnswer<T>(
  trx: Transaction<Database>,
  ctx: SignedInContext,
  once: OnceKey,
  kept: Kept<T>,
): Promise<void> {
  const row = { sealed_answer: sealText(sealOf(ctx, once), JSON.stringify(kept)), created_at: ctx.clock.now() };
  await trx
    .insertInto('idempotency_keys')
    .values({ key_hash: once.hash, ...row })
    // Only one that has run out can stand there.
    .onConflict((conflict) => conflict.column('key_hash').doUpdateSet(row))
    .execute();
}
