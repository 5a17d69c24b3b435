import { newId } from '@promptory/db';
import { insertRows } from '@promptory/db/testing';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { givenApi, givenGroup, givenPerson, isAwaitingLock, newGroup, type Person } from '../../../test/index.ts';
import { acceptInvitations } from './accept-invitations.ts';

const { db, services, cast } = await givenApi();
const { alice, bob } = cast;
const HOUR = 3_600_000;

const invitationOf = ({ email }: Person, groupId: string, role: 'viewer' | 'editor' = 'viewer', openMs = HOUR) => ({
  id: newId(),
  group_id: groupId,
  email,
  role,
  invited_by: bob.id,
  created_at: services.clock.now(),
  expires_at: new Date(services.clock.now().getTime() + openMs),
});

const rolesOf = async ({ id }: Person) =>
  new Map(
    (await db.selectFrom('group_members').select(['group_id', 'role']).where('user_id', '=', id).execute()).map(
      ({ group_id, role }) => [group_id, role],
    ),
  );

const answersOf = async ({ email }: Person) =>
  new Map(
    (await db.selectFrom('group_invitations').select(['group_id', 'answer']).where('email', '=', email).execute()).map(
      ({ group_id, answer }) => [group_id, answer],
    ),
  );

describe('who has proved an address', () => {
  it('enters each group once by the role of the invitation, and the audit log says who was invited by whom', async () => {
    const person = await givenPerson(services, { handle: 'invited' });
    const own = await givenGroup(services, { owner: person });
    const joined = await givenGroup(services, { owner: alice, editors: [person] });
    const expired = await givenGroup(services, { owner: alice });
    const entered = await givenGroup(services, { owner: alice });
    await insertRows(db, {
      group_invitations: [
        invitationOf(person, own),
        invitationOf(person, joined),
        invitationOf(person, expired, 'editor', 60_000),
        invitationOf(person, entered, 'editor'),
        invitationOf(bob, entered),
      ],
    });
    services.clock.advance(60_000);
    expect(await acceptInvitations(services, { userId: person.id, requestId: 'proved' })).toBe(1);

    expect(await rolesOf(person)).toEqual(
      new Map([
        [joined, 'editor'],
        [entered, 'editor'],
      ]),
    );
    const answered = new Map([own, joined, entered].map((id) => [id, 'accepted'] as const));
    expect(await answersOf(person)).toEqual(new Map([...answered, [expired, null]]));
    expect(await answersOf(bob)).toEqual(new Map([[entered, null]]));
    const at = services.clock.now().toISOString();
    const dates = await db
      .selectFrom('groups')
      .select(['id', 'updated_at'])
      .where('id', 'in', [own, joined, expired, entered])
      .orderBy('updated_at', 'desc')
      .execute();
    expect(dates.filter(({ updated_at }) => String(updated_at) === at)).toEqual([{ id: entered, updated_at: at }]);
    const { rows: entries } = await sql`
      SELECT action, actor_id AS actor, target_type AS type, target_id AS target, details, request_id AS request,
        ip IS NULL AS nowhere, occurred_at AS at
      FROM audit_log WHERE request_id = 'proved'
    `.execute(db);
    expect(entries).toEqual([
      {
        action: 'group.invitation_accepted',
        actor: person.id,
        type: 'group',
        target: entered,
        details: { userId: person.id, role: 'editor', invitedBy: bob.id },
        request: 'proved',
        nowhere: true,
        at,
      },
    ]);
    expect(await acceptInvitations(services, { userId: person.id, requestId: 'again' })).toBe(0);
  });

  it('enters more groups than one transaction takes, but for those that others hold: these when they are free', async () => {
    const person = await givenPerson(services, { handle: 'much-invited' });
    const other = await givenPerson(services, { handle: 'invited-too' });
    const groups = Array.from({ length: 101 }, () => newGroup(services.clock.now(), { owner: alice }));
    await insertRows(db, {
      groups: groups.flatMap(({ rows }) => rows.groups),
      group_invitations: groups.flatMap(({ id }, at) => [
        invitationOf(person, id),
        ...(at < 51 ? [invitationOf(other, id)] : []),
      ]),
    });
    const ids = groups.map(({ id }) => id).sort();
    const held = [ids[0], ids[100]] as string[];
    const job = { userId: person.id, requestId: newId() };
    await db.transaction().execute(async (trx) => {
      await sql`SELECT FROM groups WHERE id = ANY(${held}::uuid[]) FOR UPDATE`.execute(trx);
      await expect(acceptInvitations(services, job)).rejects.toThrow('2 invitations wait for groups');
    });
    expect([...(await rolesOf(person)).keys()].sort()).toEqual(ids.slice(1, 100));
    expect(await acceptInvitations(services, job)).toBe(2);
    expect([...(await rolesOf(person)).keys()].sort()).toEqual(ids);
    expect(await acceptInvitations(services, { ...job, userId: other.id })).toBe(51);
  });

  it.each([
    ['declined the invitation', () => sql`UPDATE group_invitations SET answer = 'declined', answered_at = now()`],
    ['changed the address', () => sql`UPDATE users SET email = 'changed-' || email`],
  ])('enters nothing where they have %s while the job waited for their account', async (_, change) => {
    const person = await givenPerson(services);
    const group = await givenGroup(services, { owner: alice });
    await insertRows(db, { group_invitations: [invitationOf(person, group)] });
    const { id: userId, email } = person;
    const accepting = await db.transaction().execute(async (trx) => {
      await sql`SELECT FROM users WHERE id = ${userId} FOR UPDATE`.execute(trx);
      const job = { entered: acceptInvitations(services, { userId, requestId: 'waits' }) };
      await expect.poll(() => isAwaitingLock(db)).toBe(true);
      await sql`${change()} WHERE email = ${email}`.execute(trx);
      return job;
    });
    expect(await accepting.entered).toBe(0);
    expect(await rolesOf(person)).toEqual(new Map());
  });
});
