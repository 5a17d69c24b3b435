import { type Database, newId, takeTurn } from '@promptory/db';
import type { UserRole } from '@promptory/schemas';
import type { Transaction } from 'kysely';
import { findFreeHandle, handleBase, isReservedHandle, MAX_HANDLE_BASE } from './handles.ts';

export interface NewAccount {
  /** Normalised. */
  readonly email: string;
  readonly name: string;
  readonly passwordHash: string;
  /** Wanted; made from the name or address where none is given. */
  readonly handle: string | undefined;
  readonly role: UserRole;
  readonly verified: boolean;
}

export type InsertedAccount =
  | { readonly outcome: 'inserted'; readonly userId: string }
  | { readonly outcome: 'email_taken'; readonly userId: string; readonly verified: boolean }
  | { readonly outcome: 'handle_taken' };

const MOST_ATTEMPTS = 20;

/**
 * Inserts an account and its password hash. Of any number of transactions at once with one address one inserts; the
 * others wait for it and get `email_taken`.
 *
 * `otherHandle` gives a number to a wanted handle that is taken, rather than say so.
 */
export async function insertAccount(
  trx: Transaction<Database>,
  account: NewAccount,
  now: Date,
  { otherHandle = false }: { otherHandle?: boolean } = {},
): Promise<InsertedAccount> {
  const { email, name, role, verified, passwordHash } = account;
  // The second of an address waits for the first in the unique key: of many only one does, and the others hold no connection.
  takeTurn(trx, `address|${email}`);
  if (!otherHandle && account.handle !== undefined && isReservedHandle(account.handle)) {
    return { outcome: 'handle_taken' };
  }
  const base = /^.*[^-]/.exec(account.handle?.slice(0, MAX_HANDLE_BASE) ?? '')?.[0] ?? handleBase(name, email);
  const id = newId();
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
    const wanted = attempt === 0 ? account.handle : undefined;
    const handle = wanted === undefined || isReservedHandle(wanted) ? await findFreeHandle(trx, base, attempt) : wanted;
    const inserted = await trx
      .insertInto('users')
      .values({
        id,
        email,
        name,
        handle,
        role,
        email_verified_at: verified ? now : null,
        created_at: now,
        updated_at: now,
      })
      // Either unique key: an error would end the transaction.
      .onConflict((conflict) => conflict.doNothing())
      .returning('id')
      .executeTakeFirst();
    if (inserted !== undefined) {
      await trx.insertInto('user_passwords').values({ user_id: id, hash: passwordHash, changed_at: now }).execute();
      return { outcome: 'inserted', userId: id };
    }
    const holder = await trx
      .selectFrom('users')
      .select(['id', 'email_verified_at as verifiedAt'])
      .where('email', '=', email)
      .executeTakeFirst();
    if (holder !== undefined) {
      return { outcome: 'email_taken', userId: holder.id, verified: holder.verifiedAt !== null };
    }
    if (account.handle !== undefined && !otherHandle) return { outcome: 'handle_taken' };
  }
  throw new Error('No free handle was found');
}
