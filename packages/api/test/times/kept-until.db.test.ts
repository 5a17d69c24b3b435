import { randomBytes } from 'node:crypto';
import { deleteExpiredEmailTokens, deleteExpiredSessions, deleteOldAttempts } from '@promptory/auth';
import { newApiKey, newSession } from '@promptory/auth/testing';
import { newId } from '@promptory/db';
import { bytea, insertRows } from '@promptory/db/testing';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { deleteOldInvitations } from '../../src/domain/invitations/invitation-state.ts';
import { deleteDeadImports } from '../../src/domain/quotas/running-imports.ts';
import { deleteOldRows } from '../../src/domain/retention/delete-old-rows.ts';
import { purgeTrash } from '../../src/features/prompts/trash/purge-trash.ts';
import { deleteOldAnswers } from '../../src/idempotency/delete-old-answers.ts';
import { codeOf, givenApi, givenGroup, givenPrompt, newAddress } from '../index.ts';

// What a job removes by its age: of two rows, one a millisecond or a day younger than the other, it removes the older one alone.

const { db, services, cast, as } = await givenApi();
const { alice } = cast;

const [MINUTE, DAY] = [60_000, 24 * 3_600_000];
const now = services.clock.now();
const before = (milliseconds: number): Date => new Date(now.getTime() - milliseconds);
const STEP = 1;

interface Kept {
  /** The age of the younger of two rows, which is kept; the other one is older by `step`. */
  readonly keptAt: number;
  readonly step?: number;
  /** Puts a row there; answers its id, or what else names it. */
  put(at: Date): Promise<string>;
  remove(): Promise<unknown>;
  /** What is left of such rows. */
  left(): Promise<readonly string[]>;
}

const names = async (rows: Promise<readonly { readonly id: string }[]>): Promise<string[]> =>
  (await rows).map(({ id }) => id);
const oldRows = () => deleteOldRows(db, now);
const { id: promptId } = await givenPrompt(services, alice, 'Used');
const groupId = await givenGroup(services, { owner: alice });
const use = { prompt_id: promptId, version: 1 };

const kept: Record<string, Kept> = {
  'an invitation, for thirty days after it could be answered': {
    keptAt: 30 * DAY - STEP,
    put: async (at) => {
      const id = newId();
      const times = { created_at: new Date(at.getTime() - DAY), expires_at: at };
      const invitation = { id, group_id: groupId, email: newAddress(), role: 'viewer', invited_by: alice.id, ...times };
      await insertRows(db, { group_invitations: [invitation] });
      return id;
    },
    remove: () => deleteOldInvitations(db, now),
    left: () => names(db.selectFrom('group_invitations').select('id').execute()),
  },
  'the place of an import, for two minutes of silence': {
    keptAt: 2 * MINUTE - STEP,
    put: async (at) => {
      const id = newId();
      await insertRows(db, { running_imports: [{ id, user_id: alice.id, seen_at: at }] });
      return id;
    },
    remove: () => deleteDeadImports(db, now),
    left: () => names(db.selectFrom('running_imports').select('id').execute()),
  },
  'the answer of a creating call, for a day': {
    keptAt: DAY - STEP,
    put: async (at) => {
      const hash = randomBytes(32);
      const row = { key_hash: bytea(hash), sealed_answer: bytea(randomBytes(40)), user_id: alice.id, created_at: at };
      await insertRows(db, { idempotency_keys: [row] });
      return hash.toString('hex');
    },
    remove: () => deleteOldAnswers(db, now),
    left: () =>
      names(db.selectFrom('idempotency_keys').select(sql<string>`encode(key_hash, 'hex')`.as('id')).execute()),
  },
  'an attempt to sign in, for ninety days': {
    keptAt: 90 * DAY,
    put: async (at) => {
      const id = newId();
      await insertRows(db, { auth_attempts: [{ id, kind: 'login', succeeded: true, occurred_at: at }] });
      return id;
    },
    remove: () => deleteOldAttempts(db, now),
    left: () => names(db.selectFrom('auth_attempts').select('id').execute()),
  },
  'a session, until it ends': {
    keptAt: -STEP,
    put: async (at) => {
      const { row } = newSession(alice, before(DAY));
      await insertRows(db, { sessions: [{ ...row, idle_expires_at: at }] });
      return row.id;
    },
    remove: () => deleteExpiredSessions(db, now),
    left: () => names(db.selectFrom('sessions').select('id').execute()),
  },
  'a link, until it ends': {
    keptAt: -STEP,
    put: async (at) => {
      const link = { id: newId(), user_id: alice.id, email: alice.email, token_hash: bytea(randomBytes(32)) };
      const purpose = at < now ? 'reset_password' : 'verify_email';
      await insertRows(db, {
        email_tokens: [{ ...link, purpose, created_at: new Date(at.getTime() - MINUTE), expires_at: at }],
      });
      return link.id;
    },
    remove: () => deleteExpiredEmailTokens(db, now),
    left: () => names(db.selectFrom('email_tokens').select('id').execute()),
  },
  'a prompt in the trash, for thirty days': {
    keptAt: 30 * DAY,
    put: async (at) => {
      const { id } = await givenPrompt(services, alice, 'Trashed');
      await db.updateTable('prompts').set({ deleted_at: at }).where('id', '=', id).execute();
      return id;
    },
    remove: () => purgeTrash(db, now),
    left: () => names(db.selectFrom('prompts').select('id').execute()),
  },
  'a use, for four hundred days': {
    keptAt: 400 * DAY,
    put: async (at) => {
      const id = newId();
      await insertRows(db, {
        usage_events: [{ id, ...use, user_id: alice.id, kind: 'read', consumer: 'web', occurred_at: at }],
      });
      return id;
    },
    remove: oldRows,
    left: () => names(db.selectFrom('usage_events').select('id').execute()),
  },
  'the uses of a day, for four hundred days': {
    keptAt: 400 * DAY,
    step: DAY,
    put: async (at) => {
      const day = at.toISOString().slice(0, 10);
      await insertRows(db, { usage_daily: [{ ...use, day, consumer: 'web', uses: 1 }] });
      return day;
    },
    remove: oldRows,
    left: () => names(db.selectFrom('usage_daily').select(sql<string>`day::text`.as('id')).execute()),
  },
  'the last use of a version by a program, for four hundred days': {
    keptAt: 400 * DAY,
    put: async (at) => {
      const consumer = newId();
      await insertRows(db, { version_uses: [{ ...use, consumer, uses: 1, first_used_at: at, last_used_at: at }] });
      return consumer;
    },
    remove: oldRows,
    left: () => names(db.selectFrom('version_uses').select('consumer as id').execute()),
  },
  'a key that was revoked, for ninety days': {
    keptAt: 90 * DAY,
    put: async (at) => {
      const { row } = newApiKey(alice, before(100 * DAY), { revoked_at: at });
      await insertRows(db, { api_keys: [row] });
      return row.id;
    },
    remove: oldRows,
    left: () => names(db.selectFrom('api_keys').select('id').execute()),
  },
  'a job that failed for good, for thirty days': {
    keptAt: 30 * DAY,
    put: async (at) => {
      const { rows } = await sql<{
        id: string;
      }>`SELECT id FROM graphile_worker.add_job('failing', max_attempts => 1)`.execute(db);
      const id = rows[0]?.id ?? '';
      await sql`UPDATE graphile_worker._private_jobs SET attempts = 1, updated_at = ${at} WHERE id = ${id}`.execute(db);
      return id;
    },
    remove: oldRows,
    left: async () =>
      names(sql<{ id: string }>`SELECT id FROM graphile_worker.jobs`.execute(db).then(({ rows }) => rows)),
  },
  'an entry of the audit log, for two years': {
    keptAt: 730 * DAY,
    put: async (at) => {
      const id = newId();
      const entry = { id, actor_id: alice.id, action: 'prompt.created', target_type: 'prompt', target_id: promptId };
      await insertRows(db, { audit_log: [{ ...entry, occurred_at: at }] });
      return id;
    },
    remove: oldRows,
    left: () => names(db.selectFrom('audit_log').select('id').execute()),
  },
};

it.each(Object.entries(kept))('keeps %s', async (_what, { keptAt, step = STEP, put, remove, left }) => {
  const younger = await put(before(keptAt));
  const older = await put(before(keptAt + step));
  expect((await left()).filter((id) => [younger, older].includes(id))).toHaveLength(2);
  await remove();
  expect((await left()).filter((id) => [younger, older].includes(id))).toEqual([younger]);
});

it('keeps a job that will be tried again, or is at work, however old it is', async () => {
  const put = async (set: string) => {
    const { rows } = await sql<{
      id: string;
    }>`SELECT id FROM graphile_worker.add_job('waiting', max_attempts => 2)`.execute(db);
    const id = rows[0]?.id ?? '';
    const isLocked = set === 'locked';
    await sql`UPDATE graphile_worker._private_jobs SET attempts = ${isLocked ? 2 : 1}, updated_at = ${before(31 * DAY)},
      locked_at = ${isLocked ? before(0) : null}::timestamptz WHERE id = ${id}`.execute(db);
    return id;
  };
  const ids = [await put('waiting'), await put('locked')];
  await oldRows();
  const { rows } = await sql<{
    id: string;
  }>`SELECT id FROM graphile_worker.jobs WHERE id = ANY(${ids}::bigint[])`.execute(db);
  expect(rows).toHaveLength(2);
});

it('shows and restores a prompt of the trash as long as it is kept there', async () => {
  const mine = as(alice).prompts;
  for (const [age, codes] of [
    [30 * DAY, ['ok', 1]],
    [30 * DAY + STEP, ['prompt.not_found', 0]],
  ] as const) {
    const { id } = await givenPrompt(services, alice, 'Deleted');
    await db
      .updateTable('prompts')
      .set({ deleted_at: before(age) })
      .where('id', '=', id)
      .execute();
    const listed = (await mine.list({ trashed: true, limit: 100 })).items.filter((item) => item.id === id).length;
    expect([await codeOf(mine.restore({ id })), listed]).toEqual(codes);
  }
});
