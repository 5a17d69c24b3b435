import { sql } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  callersOf,
  deliverMail,
  givenApi,
  givenGroup,
  givenPerson,
  givenPrompts,
  type Person,
  queuedMail,
  type TestServices,
  testServices,
} from '../../../test/index.ts';
import type { Limiter } from '../../context.ts';
import { tellOwners } from './tell-owners.ts';

const { db, cast } = await givenApi();
const { alice, bob } = cast;
let services: TestServices;
beforeEach(async () => {
  services = testServices(db);
  await deliverMail(services);
  services.mailer.sent.length = 0;
});

const labelsOf = (someone: Person, by = services) => callersOf(by).as(someone.principal).labels;
const releasesOf = (someone: Person) => callersOf(services).as(someone.principal).releases;

/** Prompts of an owner that bob may edit too. */
async function shared(owner: Person, count = 1): Promise<string[]> {
  const promptIds = (await givenPrompts(services, owner, count)).map(({ id }) => id);
  await givenGroup(services, { owner, editors: [bob], promptIds });
  return promptIds;
}

const label = 'production';
const received = async (to: Person) => (await deliverMail(services)).filter((mail) => mail.to === to.email);

describe('the owner of a prompt', () => {
  it('is told when somebody else moves a label of it, takes it away, or takes a move back', async () => {
    const [id = ''] = await shared(alice);
    const moved = await labelsOf(bob).move({ id, label, version: 1, reason: 'Reviewed' });
    const [mail] = await received(alice);
    expect(mail?.subject).toBe('A label of a prompt of yours was moved');
    expect(mail?.text).toMatch(/Their handle:\n {4}bob\nThe label:\n {4}production\nThe reason.*:\n {4}Reviewed\n/);
    expect(mail?.text).toMatch(/The prompt:\n {4}[\w-]+: from nowhere to version 1\n/);
    await labelsOf(bob).undo({ id, label, moveId: moved.lastMove?.id ?? '' });
    expect((await received(alice)).map(({ text }) => /took back/.test(text))).toEqual([true]);
    await labelsOf(alice).move({ id, label, version: 1 });
    await labelsOf(bob).remove({ id, label });
    expect((await received(alice)).map(({ text }) => /from version 1 to nowhere/.test(text))).toEqual([true]);
  });

  it('is not told of what they do, of what moves nothing, of what is undone with its transaction, or unless they wish', async () => {
    const [id = ''] = await shared(alice);
    await labelsOf(alice).move({ id, label, version: 1 });
    await labelsOf(bob).move({ id, label, version: 1 });
    await expect(labelsOf(bob).move({ id, label, version: 9 })).rejects.toThrow();
    expect([await received(alice), await queuedMail(db)]).toEqual([[], []]);
    const { preferences } = callersOf(services).as(alice.principal);
    await preferences.update({ emailNotifications: { labelMoves: false } });
    await labelsOf(bob).remove({ id, label });
    expect([await received(alice), await queuedMail(db)]).toEqual([[], []]);
    await preferences.update({ emailNotifications: { labelMoves: true } });
    await labelsOf(bob).move({ id, label, version: 1 });
    await preferences.update({ emailNotifications: { labelMoves: false } });
    expect(await received(alice)).toEqual([]);
    await preferences.update({ emailNotifications: { labelMoves: true } });
  });

  it('gets one mail for a release, of their own prompts alone, and so does each other owner', async () => {
    const dora = await givenPerson(services);
    const unproved = await givenPerson(services, { verified: false });
    const [mine, hers, unknown] = [await shared(alice, 25), await shared(dora, 2), await shared(unproved)];
    const prompts = [...mine, ...hers, ...unknown].map((promptId) => ({ promptId, version: 1 }));
    const { id = '' } = await releasesOf(bob).create({ label, prompts, reason: 'Spring' });
    const mails = await deliverMail(services);
    expect(mails.map(({ to }) => to).toSorted()).toEqual([alice.email, dora.email].toSorted());
    const toAlice = mails.find(({ to }) => to === alice.email);
    expect(toAlice?.text).toContain('moved a label of 25 prompts of yours');
    expect(toAlice?.text.match(/from nowhere to version 1/g)).toHaveLength(20);
    expect(toAlice?.text).toContain('\n    and 5 more\n');
    expect(mails.find(({ to }) => to === dora.email)?.text.match(/to version 1/g)).toHaveLength(2);
    await releasesOf(bob).undo({ id: id ?? '' });
    expect((await received(dora)).map(({ text }) => text.match(/took back|to nowhere/g))).toEqual([
      ['took back', 'to nowhere', 'to nowhere'],
    ]);
  });

  it('gets few within an hour, of which the last says so, and one person causes few', async () => {
    const [id = ''] = await shared(alice);
    const counted = new Map<string, number>();
    const limiter: Limiter = {
      consume: async (name, key) => {
        const calls = (counted.get(`${name}|${key}`) ?? 0) + 1;
        counted.set(`${name}|${key}`, calls);
        const most = name === 'mail' ? 3 : name === 'mailSender' ? 6 : 1_000;
        return { allowed: calls <= most, retryAfterSeconds: 60, isFirstRefusal: calls === most + 1 };
      },
    };
    const limited = { ...services, limiter };
    const mailed = async (to: Person) => (await deliverMail(limited)).filter((mail) => mail.to === to.email);
    for (let time = 0; time < 5; time += 1) {
      await labelsOf(bob, limited).move({ id, label, version: 1 });
      await labelsOf(alice, limited).remove({ id, label });
    }
    // No limit is asked for while a prompt is locked.
    expect([...counted.keys()].filter((key) => key.includes('labels|'))).toEqual([]);
    expect((await mailed(alice)).map(({ text }) => /no further mail of this kind/.test(text))).toEqual([
      ...[false, false, false, true],
    ]);
    const dora = await givenPerson(services);
    const hers = await shared(dora, 3);
    for (const id of hers) await labelsOf(bob, limited).move({ id, label, version: 1 });
    expect(await mailed(dora)).toHaveLength(1);
    // Apart from the invitations of the same person.
    expect(counted.get(`mailSender|${bob.id}`)).toBeUndefined();
  });

  it('waits behind whoever wants to get into their own account', async () => {
    const [id = ''] = await shared(alice);
    const { lastMove } = await labelsOf(bob).move({ id, label, version: 1 });
    await tellOwners(services, { moveId: lastMove?.id ?? '', movedBy: bob.id });
    await callersOf(services).asAnyone().auth.forgotPassword({ email: alice.email });
    const { rows } = await sql<{ kind: string }>`
      SELECT coalesce(payload ->> 'kind', 'owners') AS kind FROM graphile_worker._private_jobs ORDER BY priority, id
    `.execute(db);
    expect(rows.map(({ kind }) => kind)).toEqual(['reset_password', 'owners', 'labels_moved']);
  });
});

describe('the link in such a mail', () => {
  const choose = (token: string, wanted: boolean) =>
    callersOf(services).asAnyone().preferences.chooseMails({ token, wanted });

  it('turns mails of its kind off and on, for whoever reads the address that the account has', async () => {
    const dora = await givenPerson(services);
    const [id = ''] = await shared(dora);
    await labelsOf(bob).move({ id, label, version: 1 });
    const [mail] = await received(dora);
    const token = new URL(mail?.unsubscribe ?? '').searchParams.get('token') ?? '';
    expect(mail?.text).toContain(`\nhttps://promptory.example/mail-preferences?token=${token}\n`);
    expect(await choose(token, false)).toEqual({ notification: 'labelMoves', wanted: false });
    expect(await choose(token, false)).toEqual({ notification: 'labelMoves', wanted: false });
    const { preferences } = callersOf(services).as(dora.principal);
    expect((await preferences.get()).emailNotifications).toEqual({
      ...{ groupInvitations: true, labelMoves: false, security: true, dailySummary: false },
    });
    expect(await choose(token, true)).toEqual({ notification: 'labelMoves', wanted: true });
    const audit = await db.selectFrom('audit_log').select(['action']).where('actor_id', '=', dora.id).execute();
    expect(audit.map(({ action }) => action)).toEqual(['user.preferences_changed', 'user.preferences_changed']);
    for (let place = 0; place < token.length; place += 7) {
      const other = token[place] === 'A' ? 'B' : 'A';
      const forged = `${token.slice(0, place)}${other}${token.slice(place + 1)}`;
      await expect(choose(forged, false)).rejects.toThrow('The link is not valid');
    }
    await db.updateTable('users').set({ email: 'dora@elsewhere.example' }).where('id', '=', dora.id).execute();
    await expect(choose(token, false)).rejects.toThrow('The link is not valid');
  });
});
