import { totpCodeAt } from '@promptory/auth';
import { emailTokenRow, newAddress, newApiKey, newSession, totpRow } from '@promptory/auth/testing';
import { insertRows } from '@promptory/db/testing';
import { sql } from 'kysely';
import type { Db } from '../../../src/context.ts';
import { choiceToken } from '../../../src/domain/mail/mail-choice.ts';
import type { MailJob } from '../../../src/domain/mail/mail-job.ts';
import { newPeople, type Person } from '../../fixtures/people.ts';
import type { TestServices } from '../../harness/services.ts';

/** What an account is before two actions race in it. */
export type WorldKind = 'plain' | 'factor' | 'unverified' | 'admin';

/** An account with two sessions, of its owner and of a thief who knows the password, and all that may be open in one. */
export interface World {
  readonly kind: WorldKind;
  readonly account: Person;
  readonly owner: Person;
  readonly thief: Person & { readonly refreshToken: string };
  /** An administrator, and somebody whom an administrator may suspend. */
  readonly root: Person;
  readonly bystander: Person;
  readonly keyId: string;
  /** What the authenticator shows now. */
  readonly code: string;
  readonly resetToken: string;
  /** Of the account's own address where that is not verified, else of `newEmail`. */
  readonly verifyToken: string;
  readonly newEmail: string;
  /** Of the link by which the account's mails are turned off. */
  readonly mailChoiceToken: string;
  readonly thiefsEmail: string;
  /** A change to the thief's address that was asked for, and whose mail waits. */
  readonly waitingJob: MailJob;
}

const KEY = Buffer.alloc(20, 7);
let tokens = 0;

function newToken(): string {
  tokens += 1;
  return `${process.pid}-${tokens}-`.padEnd(43, 'x');
}

export async function givenWorld(services: TestServices, kind: WorldKind, root: Person): Promise<World> {
  const now = services.clock.now();
  const { people, rows } = newPeople(now, [
    { verified: kind !== 'unverified', role: kind === 'admin' ? 'admin' : 'user' },
    {},
  ]);
  const [account, bystander] = people as [Person, Person];
  const [owners, thiefs] = [newSession(account, now), newSession(account, now)];
  const key = newApiKey(account, now);
  const [newEmail, thiefsEmail] = [newAddress(), newAddress()];
  const [resetToken, verifyToken] = [newToken(), newToken()];
  const provedAt = kind === 'factor' ? now : null;
  const asked = kind === 'unverified' ? account : { ...account, email: newEmail };
  await insertRows(services.db, {
    ...rows,
    sessions: [owners.row, thiefs.row].map((row) => ({ ...row, second_factor_at: provedAt })),
    api_keys: [key.row],
    // Where the account has no factor, its owner has begun to set one up.
    user_totp: [totpRow(account, { key: KEY, box: services.secretBox, now, confirmedAt: provedAt })],
    email_tokens: [
      emailTokenRow(account, { purpose: 'reset_password', token: resetToken, now }),
      emailTokenRow(asked, { purpose: 'verify_email', token: verifyToken, now }),
    ],
  });
  const inSession = (sessionId: string): Person => ({ ...account, principal: { ...account.principal, sessionId } });
  return {
    kind,
    account,
    owner: inSession(owners.row.id),
    thief: { ...inSession(thiefs.row.id), refreshToken: thiefs.refreshToken },
    root,
    bystander,
    keyId: key.row.id,
    code: await totpCodeAt(KEY, now),
    resetToken,
    verifyToken,
    newEmail,
    mailChoiceToken: choiceToken(services, {
      ...{ notification: 'groupInvitations', userId: account.id, email: account.email },
    }),
    thiefsEmail,
    waitingJob: { kind: 'verify_email', userId: account.id, email: thiefsEmail, securityStamp: 0 },
  };
}

/** All that is stored of an account but ids and times, which differ from run to run. */
export async function stateOf(db: Db, world: World): Promise<string> {
  const { account, owner, thief, bystander, newEmail, thiefsEmail } = world;
  const { rows } = await sql<{ state: string }>`
    SELECT jsonb_build_object(
      'user', (SELECT jsonb_build_object('email', email, 'verified', email_verified_at IS NOT NULL, 'role', role,
        'status', status, 'stamp', security_stamp, 'preferences', preferences) FROM users WHERE id = ${account.id}),
      'bystander', (SELECT status FROM users WHERE id = ${bystander.id}),
      'password', (SELECT hash FROM user_passwords WHERE user_id = ${account.id}),
      'factor', (SELECT jsonb_build_array(confirmed_at IS NOT NULL, last_step) FROM user_totp WHERE user_id = ${account.id}),
      'codes', (SELECT count(*) FROM recovery_codes WHERE user_id = ${account.id}),
      'sessions', (SELECT jsonb_agg(jsonb_build_array(CASE id WHEN ${owner.principal.sessionId} THEN 'owner'
        WHEN ${thief.principal.sessionId} THEN 'thief' ELSE 'new' END, second_factor_at IS NOT NULL, rotated_at IS NOT NULL)
        ORDER BY id) FROM sessions WHERE user_id = ${account.id}),
      'keys', (SELECT jsonb_agg(jsonb_build_array(name, revoked_at IS NOT NULL) ORDER BY name)
        FROM api_keys WHERE user_id = ${account.id}),
      'links', (SELECT jsonb_agg(jsonb_build_array(purpose, email)
        ORDER BY purpose, email = ${account.email}, email = ${newEmail}) FROM email_tokens
        WHERE user_id = ${account.id}),
      'jobs', (SELECT jsonb_agg(payload::jsonb - 'at' - 'requestId' ORDER BY payload->>'kind',
        payload->>'email' = ${account.email}, payload->>'email' = ${newEmail}) FROM graphile_worker._private_jobs
        WHERE payload::text LIKE ${`%${account.id}%`} OR payload::text LIKE ${`%${account.email}%`}),
      'audit', (SELECT jsonb_agg(jsonb_build_array(action, details) ORDER BY action, details::text) FROM audit_log
        WHERE target_id IN (${account.id}, ${bystander.id}) OR actor_id = ${account.id}),
      'attempts', (SELECT jsonb_agg(kind ORDER BY kind) FROM auth_attempts
        WHERE succeeded AND (user_id = ${account.id} OR email = ${account.email}))
    )::text AS state
  `.execute(db);
  let state = rows[0]?.state ?? '';
  const names = { 'the account': account.id, 'its address': account.email, 'new address': newEmail };
  for (const [name, value] of Object.entries({ ...names, 'thief’s address': thiefsEmail, bystander: bystander.id })) {
    state = state.replaceAll(value, name);
  }
  // What stands in the place of a deleted account's address is drawn.
  state = state.replaceAll(/[0-9a-f]{12}@deleted\.invalid/g, 'nobody’s address');
  // Another account, where registering again has made one.
  return state.replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'another id');
}
