/**
 * A creating call that is sent again with the same Idempotency-Key has one effect and one answer
 * (draft-ietf-httpapi-idempotency-key-header), because the answer is stored in the transaction of the effect: both are
 * committed or neither, whenever the server dies. The same call sent meanwhile waits for the transaction's advisory lock,
 * and then finds the answer. A call that fails stores nothing, so that it is tried anew.
 *
 * The stored answer may be the only place that holds a secret, so it is sealed: see sealed-answer.ts. So is the hash of the
 * input, from which a short input could be guessed.
 */
import { type Database, readJson, sqlState, TurnTakenError, takeTurn } from '@promptory/db';
import { sql, type Transaction } from 'kysely';
import { transactAsCaller } from '../access/transact-as-caller.ts';
import type { IdempotencyKey, SignedInContext } from '../context.ts';
import { AppError } from '../errors.ts';
import { inputHash } from './input-hash.ts';
import { openText, sealText } from './sealed-answer.ts';

/** How long an answer is stored. */
export const ANSWER_HOURS = 24;
/** Of one account, by all its sessions and keys. The largest answer has room in it several times. */
const MOST_ANSWERS = 1_000;
const MOST_BYTES = 16 * 1_048_576;

/** An answer that was stored at this time or before is no longer given. */
export const answerHorizon = (now: Date): string => new Date(now.getTime() - ANSWER_HOURS * 3_600_000).toISOString();

const RETRY_AFTER_SECONDS = 1;
const LOCK_NOT_AVAILABLE = '55P03';

type Act<T> = (trx: Transaction<Database>, afterCommit: (effect: () => void) => void) => Promise<T>;

/** Throws where the caller may no longer see the answer. */
type AuthorizeReplay = (trx: Transaction<Database>) => Promise<unknown>;

/** For an action whose answer is of what it made for the caller, which nobody else can take away. */
export const replayOwnResult: AuthorizeReplay = async () => undefined;

/**
 * Runs a creating action in its transaction, once for an Idempotency-Key. `act` returns the whole answer as plain JSON; the
 * effects that it gives to `afterCommit` run when the transaction is committed, and not where an answer is replayed.
 *
 * @param authorizeReplay runs before an answer is replayed: the caller may have lost access to its target since
 * @throws AppError request.in_progress, request.idempotency_mismatch, request.conflict, and what both throw
 */
export async function runIdempotent<T>(
  ctx: SignedInContext,
  input: object,
  authorizeReplay: AuthorizeReplay,
  act: Act<T>,
): Promise<T> {
  const { idempotencyKey: key } = ctx;
  const { answer, effects } = await orInProgress(key, () =>
    transactAsCaller(ctx, async (trx) => {
      const effects: Array<() => void> = [];
      const run = async () => ({ answer: await act(trx, (effect) => effects.push(effect)), effects });
      if (key === null) return run();
      await lockKey(trx, key);
      const stored = await findAnswer<T>(trx, ctx, key, inputHash(input));
      if (stored !== null) {
        await authorizeReplay(trx);
        return { answer: stored.answer, effects: [() => key.markReplayed()] };
      }
      const done = await run();
      await storeAnswer(trx, ctx, key, { input: inputHash(input), answer: done.answer });
      return done;
    }),
  );
  for (const effect of effects) effect();
  return answer;
}

/** Tells of a lock that did not come free that it is the key's: then the same call is still being done. */
async function orInProgress<T>(key: IdempotencyKey | null, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const isOfKey =
      error instanceof KeyLockedError || (key !== null && error instanceof TurnTakenError && error.key === turnOf(key));
    if (!isOfKey) throw error;
    throw new AppError('request.in_progress', { cause: error, retryAfterSeconds: RETRY_AFTER_SECONDS });
  }
}

interface StoredAnswer<T> {
  readonly input: string;
  readonly answer: T;
}

const sealOf = ({ serverKey }: SignedInContext, { value, hash }: IdempotencyKey) => ({
  key: value,
  secret: serverKey,
  keyHash: hash,
});

const turnOf = ({ hash }: IdempotencyKey): string => `idempotency|${hash.toString('base64url')}`;

/** Another process does the same call. */
class KeyLockedError extends Error {}

/** The lock is released when the transaction ends; how long it is waited for, retryTransaction knows. */
async function lockKey(trx: Transaction<Database>, key: IdempotencyKey): Promise<void> {
  const { hash } = key;
  takeTurn(trx, turnOf(key));
  try {
    await sql`SELECT pg_advisory_xact_lock(${hash.readBigInt64BE(0)}::bigint)`.execute(trx);
  } catch (error) {
    if (sqlState(error) !== LOCK_NOT_AVAILABLE) throw error;
    throw new KeyLockedError('The key is locked.', { cause: error });
  }
}

async function findAnswer<T>(
  trx: Transaction<Database>,
  ctx: SignedInContext,
  key: IdempotencyKey,
  input: string,
): Promise<Pick<StoredAnswer<T>, 'answer'> | null> {
  const row = await trx
    .selectFrom('idempotency_keys')
    .select('sealed_answer as sealed')
    .where('key_hash', '=', key.hash)
    .where('created_at', '>', answerHorizon(ctx.clock.now()))
    .executeTakeFirst();
  if (row === undefined) return null;
  const text = openText(sealOf(ctx, key), row.sealed);
  // The server's secret was changed meanwhile: that the call was done is still known.
  if (text === null) {
    throw new AppError('request.conflict', { message: 'This call was done; its answer can no longer be given.' });
  }
  const stored = readJson(text) as StoredAnswer<T>;
  if (stored.input !== input) throw new AppError('request.idempotency_mismatch');
  return stored;
}

async function storeAnswer<T>(
  trx: Transaction<Database>,
  ctx: SignedInContext,
  key: IdempotencyKey,
  answer: StoredAnswer<T>,
): Promise<void> {
  const { userId } = ctx.who;
  const row = {
    sealed_answer: sealText(sealOf(ctx, key), JSON.stringify(answer)),
    created_at: ctx.clock.now(),
    user_id: userId,
  };
  await trx
    .insertInto('idempotency_keys')
    .values({ key_hash: key.hash, ...row })
    // A row that is there already has expired.
    .onConflict((conflict) => conflict.column('key_hash').doUpdateSet(row))
    .execute();
  await forgetEarlierAnswers(trx, userId);
}

/**
 * An account may store answers all day: only the last of them are kept, by number and by bytes. Of answers stored at once none
 * sees the others, so that each call's room is beside theirs until the next one comes. (The length of bytes that are stored
 * apart is read without them.)
 */
async function forgetEarlierAnswers(trx: Transaction<Database>, userId: string): Promise<void> {
  await sql`
    DELETE FROM idempotency_keys WHERE key_hash IN (
      SELECT key_hash FROM idempotency_keys WHERE key_hash = ANY (ARRAY(
        SELECT key_hash FROM (
          SELECT key_hash, row_number() OVER latest AS place, sum(octet_length(sealed_answer)) OVER latest AS bytes
          FROM idempotency_keys WHERE user_id = ${userId}::uuid
          WINDOW latest AS (ORDER BY created_at DESC, key_hash ROWS UNBOUNDED PRECEDING)
        ) AS answers WHERE place > ${MOST_ANSWERS} OR bytes > ${MOST_BYTES}
      )) FOR UPDATE SKIP LOCKED
    )
  `.execute(trx);
}
