import { newId } from '@promptory/db';
import type { UserRole } from '@promptory/schemas';
import type { BootedApp } from '../../harness/boot.ts';
import {
  type Answer,
  callProcedure,
  type Headers,
  type Input,
  type UnbatchedTransport,
} from '../../harness/transports.ts';

export const PASSWORD = 'seven green kettles sing';
export const OTHER_PASSWORD = 'nobody ever chose this one';

export interface Account {
  readonly id: string;
  readonly email: string;
  readonly role: UserRole;
}

/** What an account can be like when somebody guesses at it. */
export const conditions = ['verified', 'unverified', 'suspended', 'without a password'] as const;
export type Condition = (typeof conditions)[number];

let accounts = 0;

/** An address that nobody has. */
export function newAddress(): string {
  accounts += 1;
  return `person${accounts.toString(36)}-${process.pid.toString(36)}@example.com`;
}

/** An account whose password is PASSWORD, hashed by the hasher of the server. */
export async function givenAccount(
  server: BootedApp,
  condition: Condition = 'verified',
  parts: { email?: string; hash?: string; role?: UserRole } = {},
): Promise<Account> {
  const { db, clock, passwords } = server.services;
  const { email = newAddress(), role = 'user' } = parts;
  const id = newId();
  const now = clock.now();
  await db
    .insertInto('users')
    .values({
      id,
      email,
      handle: `h-${id.slice(-12)}`,
      name: 'Somebody',
      role,
      status: condition === 'suspended' ? 'suspended' : 'active',
      email_verified_at: condition === 'unverified' || condition === 'without a password' ? null : now,
    })
    .execute();
  if (condition !== 'without a password') {
    const hash = parts.hash ?? (await passwords.hash(PASSWORD));
    await db.insertInto('user_passwords').values({ user_id: id, hash, changed_at: now }).execute();
  }
  return { id, email, role };
}

/** A session of an account, as its owner signed in from somewhere. */
export async function signedIn(server: BootedApp, account: Account): ReturnType<BootedApp['session']> {
  const principal = { kind: 'user', userId: account.id, role: account.role, sessionId: newId() } as const;
  return server.session({ ...account, handle: '', name: '', principal });
}

export const bearer = (accessToken: string): Headers => ({ authorization: `Bearer ${accessToken}` });

/** One call of a procedure under `auth`. */
export const auth = (
  server: BootedApp,
  transport: UnbatchedTransport,
  procedure: string,
  input: Input,
  headers: Headers = {},
): Promise<Answer> => callProcedure(server, transport, `auth.${procedure}`, input, headers);

export const logIn = (
  server: BootedApp,
  transport: UnbatchedTransport,
  credentials: { email: string; password: string },
  headers: Headers = {},
): Promise<Answer> => auth(server, transport, 'login', credentials, headers);

// Different in every answer, or counting it.
const VARYING_HEADERS = new Set(['date', 'x-request-id', 'ratelimit', 'content-length']);

/** Everything of an answer that a caller can compare: all but its request id and how many calls are left. */
export function comparableAnswer({ response }: Answer): string {
  const headers = Object.entries(response.headers).filter(([name]) => !VARYING_HEADERS.has(name));
  const requestId = String(response.headers['x-request-id']);
  const body = response.body.replaceAll(requestId, '…');
  return JSON.stringify([response.statusCode, headers.toSorted(), body]);
}

/** Runs `work` for each of a list, `width` of them at a time. */
export async function inParallel<T>(
  list: readonly T[],
  width: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const left = list.values();
  const worker = async (): Promise<void> => {
    for (const item of left) await work(item);
  };
  await Promise.all(Array.from({ length: width }, worker));
}
