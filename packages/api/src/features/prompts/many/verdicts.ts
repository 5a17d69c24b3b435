import type { Database } from '@promptory/db';
import { MAX_FAULTS_OF_ONE, type PromptRefusal, RefusedItem } from '@promptory/schemas';
import { sql, type Transaction } from 'kysely';
import type { Who } from '../../../context.ts';
import { AppError, fieldErrors } from '../../../errors.ts';
import { getReceipts } from '../prompts.queries.ts';

/** What became of one of many that was refused. */
export interface Refused {
  readonly index: number;
  readonly outcome: 'refused';
  readonly error: PromptRefusal;
}

/**
 * One of many as it was sent, or the refusal of its schema.
 * @throws AppError request.invalid
 */
export function requireValid<Input>(item: Input | RefusedItem): Input {
  if (item instanceof RefusedItem) throw new AppError('request.invalid', { errors: fieldErrors(item.faults) });
  return item;
}

/**
 * Does one of many by itself: what refuses it is its verdict. Anything else, such as a lock that did not come free, is none
 * and is thrown.
 */
export async function decided<Verdict>(
  index: number,
  act: () => Verdict | Promise<Verdict>,
): Promise<Awaited<Verdict> | Refused> {
  try {
    return await act();
  } catch (error) {
    if (!isVerdict(error)) throw error;
    return refused(index, error);
  }
}

/** Undoes, within a transaction that goes on, what `act` did before it threw. */
export async function undoneIfThrown<T>(trx: Transaction<Database>, act: () => Promise<T>): Promise<T> {
  await sql`SAVEPOINT item`.execute(trx);
  try {
    const done = await act();
    await sql`RELEASE SAVEPOINT item`.execute(trx);
    return done;
  } catch (error) {
    if (isVerdict(error)) await sql`ROLLBACK TO SAVEPOINT item`.execute(trx);
    throw error;
  }
}

const isVerdict = (error: unknown): error is AppError => error instanceof AppError && error.status < 500;

export const refused = (index: number, { code, message, errors, extra }: AppError): Refused => ({
  index,
  outcome: 'refused',
  error: {
    code,
    message,
    errors: errors.slice(0, MAX_FAULTS_OF_ONE),
    // Of the codes that an item is refused by, these add something.
    details:
      code === 'prompt.version_conflict' || code === 'quota.exceeded' ? (extra as PromptRefusal['details']) : null,
  },
});

/** What was refused, and what was not. */
export function apart<Done extends object>(
  verdicts: readonly (Done | Refused)[],
): { done: Done[]; refusals: Refused[] } {
  const isRefused = (verdict: Done | Refused): verdict is Refused =>
    'outcome' in verdict && verdict.outcome === 'refused';
  return {
    done: verdicts.filter((verdict): verdict is Done => !isRefused(verdict)),
    refusals: verdicts.filter(isRefused),
  };
}

/** A verdict for each in the order of the call; of those that were not refused with where their prompts stand now. */
export async function inPlace<Done extends { readonly index: number; readonly id: string }>(
  trx: Transaction<Database>,
  who: Who,
  done: readonly Done[],
  refusals: readonly Refused[],
) {
  const receipts = await getReceipts(
    trx,
    who,
    done.map(({ id }) => id),
  );
  const verdicts = done.map((one) => {
    const receipt = receipts.get(one.id);
    if (receipt === undefined) throw new Error('A prompt that was just written is not there.');
    return { ...one, ...receipt };
  });
  return [...verdicts, ...refusals].toSorted((one, other) => one.index - other.index);
}
