import { newId, type RowChange } from '@promptory/db';
import { beforeEach, describe, expect, it } from 'vitest';
import { givenApi, givenGroup, givenPerson, type TestServices, testServices } from '../../../test/index.ts';
import type { Limiter } from '../../context.ts';
import { type MailJob, parseMailJob } from './mail-job.ts';
import { sendMail } from './send-mail.ts';

const api = await givenApi();
const { db } = api;
const { alice, bob } = api.cast;
const groupId = await givenGroup(api.services, { owner: alice, name: 'Support', viewers: [bob] });
let services: TestServices;
beforeEach(() => {
  services = testServices(db);
});

const setUser = (id: string, columns: RowChange<'users'>) =>
  db.updateTable('users').set(columns).where('id', '=', id).execute();

async function sent(job: MailJob) {
  services.mailer.sent.length = 0;
  await sendMail(services, job);
  return services.mailer.sent;
}

describe('sending a mail', () => {
  it('tells of a shared group, unless the member turned that off or is one no more', async () => {
    const job: MailJob = { kind: 'group_shared', groupId, userId: bob.id, sharedBy: alice.id };
    const [mail] = await sent(job);
    expect(mail).toMatchObject({ to: bob.email, subject: 'A group of prompts was shared with you' });
    expect(mail?.text).toMatch(/typed it:\n {4}Alice\nTheir handle:\n {4}alice\n.* typed:\n {4}Support\n/);
    expect(mail?.text).toContain(`https://promptory.example/shared/${groupId}`);
    await setUser(bob.id, { preferences: JSON.stringify({ emailNotifications: { groupInvitations: false } }) });
    expect(await sent(job)).toEqual([]);
    await setUser(bob.id, { preferences: '{}' });
    expect(await sent({ ...job, groupId: newId() })).toEqual([]);
  });

  it('invites an address, and sends nothing for an invitation that was withdrawn', async () => {
    const invitationId = newId();
    const job: MailJob = { kind: 'group_invitation', invitationId };
    expect(await sent(job)).toEqual([]);
    await db
      .insertInto('group_invitations')
      .values({ id: invitationId, group_id: groupId, email: 'new@example.com', role: 'viewer', invited_by: alice.id })
      .execute();
    const [mail] = await sent(job);
    expect(mail?.to).toBe('new@example.com');
    expect(mail?.text).toContain('https://promptory.example/register');
  });

  it('keeps notices of changed passwords from who wants none, but never a reset', async () => {
    expect(await sent({ kind: 'password_changed', userId: alice.id })).toHaveLength(1);
    await setUser(alice.id, { preferences: JSON.stringify({ emailNotifications: { security: false } }) });
    expect(await sent({ kind: 'password_changed', userId: alice.id })).toEqual([]);
    expect(await sent({ kind: 'reset_password', email: alice.email })).toHaveLength(1);
    await setUser(alice.id, { preferences: '{}' });
  });

  it('sends few notices, of whatever kind, to an address that nobody has proved', async () => {
    const person = await givenPerson(services, { verified: false });
    const counted: string[] = [];
    const limiter: Limiter = {
      async consume(name, key) {
        counted.push(`${name} ${key}`);
        return { allowed: counted.length <= 1, retryAfterSeconds: 60 };
      },
    };
    services = { ...services, limiter };
    const { id: userId, email } = person;
    expect(await sent({ kind: 'password_changed', userId })).toMatchObject([{ to: email }]);
    expect(await sent({ kind: 'security_mails_off', userId })).toEqual([]);
    const secondFactor = {
      kind: 'second_factor',
      userId,
      event: 'on',
      at: services.clock.now().toISOString(),
    } as const;
    expect(await sent(secondFactor)).toEqual([]);
    expect(counted).toEqual(Array(3).fill(`mail notice|${email}`));
    expect(await sent({ kind: 'password_changed', userId: bob.id })).toMatchObject([{ to: bob.email }]);
    expect(counted).toHaveLength(3);
  });

  it('sends nothing to a suspended account', async () => {
    await setUser(alice.id, { status: 'suspended' });
    expect(await sent({ kind: 'reset_password', email: alice.email })).toEqual([]);
    await setUser(alice.id, { status: 'active' });
  });

  it('sends no link to a new address that was asked for before the account was secured', async () => {
    const job = { kind: 'verify_email', userId: alice.id, email: 'elsewhere@example.com' } as const;
    expect(await sent({ ...job, securityStamp: 0 })).toHaveLength(1);
    await setUser(alice.id, { security_stamp: 1 });
    expect(await sent({ ...job, securityStamp: 0 })).toEqual([]);
    expect(await sent({ ...job, securityStamp: 1 })).toHaveLength(1);
    await setUser(alice.id, { security_stamp: 0 });
  });

  it('takes a job that says only when it was asked for, of a release before, and sends nothing', async () => {
    const requestedAt = services.clock.now().toISOString();
    const job = { kind: 'verify_email', userId: alice.id, email: 'elsewhere@example.com', requestedAt };
    expect(await sent(parseMailJob(job))).toEqual([]);
  });

  it('fails when the mail server does not take the mail, and makes another link when tried again', async () => {
    const failing = { ...services, mailer: { send: () => Promise.reject(new Error('421 try later')) } };
    await expect(sendMail(failing, { kind: 'reset_password', email: alice.email })).rejects.toThrow('421');
    expect(await sent({ kind: 'reset_password', email: alice.email })).toHaveLength(1);
    const tokens = await db.selectFrom('email_tokens').select('id').where('user_id', '=', alice.id).execute();
    expect(tokens.length).toBeLessThanOrEqual(2);
  });
});
