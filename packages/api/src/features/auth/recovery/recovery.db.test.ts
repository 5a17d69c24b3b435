import { findLiveApiKey } from '@promptory/auth';
import { newId } from '@promptory/db';
import { givenDatabase } from '@promptory/db/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  callersOf,
  codeOf,
  deliverMail,
  errorOf,
  givenApiKey,
  givenGroup,
  givenPerson,
  PASSWORD,
  type Person,
  queuedMail,
  type TestServices,
  takeInvitations,
  testServices,
  tokenIn,
} from '../../../../test/index.ts';
import type { Limiter } from '../../../context.ts';
import { sendMail } from '../../../domain/mail/send-mail.ts';

const { db } = await givenDatabase({ max: 12 });
let services: TestServices;

const password = PASSWORD;
const newPassword = 'an entirely new one';

beforeEach(async () => {
  services = testServices(db, { publicUrl: 'https://prompts.example/' });
  await deliverMail(services);
  services.mailer.sent.length = 0;
});

const auth = () => callersOf(services).asAnyone().auth;
const me = (someone: Person) => callersOf(services).as(someone.principal).me;

async function givenInvitation(email: string, role: 'viewer' | 'editor'): Promise<string> {
  const owner = await givenPerson(services);
  const groupId = await givenGroup(services, { owner, name: 'Support' });
  await db
    .insertInto('group_invitations')
    .values({ id: newId(), group_id: groupId, email, role, invited_by: owner.id })
    .execute();
  return groupId;
}

const groupsOf = (userId: string) =>
  db.selectFrom('group_members').select(['group_id as groupId', 'role']).where('user_id', '=', userId).execute();
const stored = (userId: string) =>
  db
    .selectFrom('users')
    .select(['email', 'email_verified_at as verifiedAt'])
    .where('id', '=', userId)
    .executeTakeFirstOrThrow();
async function resetToken(email: string): Promise<string> {
  await auth().forgotPassword({ email });
  const mails = await deliverMail(services);
  return tokenIn(mails.find(({ text }) => text.includes('/reset-password')));
}

describe('a forgotten password', () => {
  it('is answered and queued alike for a known and an unknown address, and only the known one gets a mail', async () => {
    const { email } = await givenPerson(services);
    const answers = [
      await auth().forgotPassword({ email: email.toUpperCase() }),
      await auth().forgotPassword({ email: 'nobody@example.com' }),
    ];
    expect(answers).toEqual([{ status: 'accepted' }, { status: 'accepted' }]);
    expect(await queuedMail(db)).toEqual([
      { kind: 'reset_password', email },
      { kind: 'reset_password', email: 'nobody@example.com' },
    ]);
    const mails = await deliverMail(services);
    expect(mails.map(({ to }) => to)).toEqual([email]);
    expect(mails[0]?.text).toMatch(/^https:\/\/prompts\.example\/reset-password\?token=[\w-]{43}$/m);
  });

  it('sends nothing beyond the limit of an address, and says nothing of it', async () => {
    const { email } = await givenPerson(services);
    const counted: string[] = [];
    const limiter: Limiter = {
      consume: async (name, key) => {
        if (name === 'mail') counted.push(key);
        return {
          allowed: name !== 'mail' || counted.length <= 3,
          retryAfterSeconds: 60,
          isFirstRefusal: counted.length === 4,
        };
      },
    };
    const limited = callersOf({ ...services, limiter }).asAnyone().auth;
    for (let call = 0; call < 5; call += 1) {
      expect(await limited.forgotPassword({ email })).toEqual({ status: 'accepted' });
    }
    expect(counted).toEqual([email, email, email, email, email]);
    // Of the calls beyond the limit the first leaves a row, and not each that whoever calls likes to make.
    const attempts = await db
      .selectFrom('auth_attempts')
      .select('reason')
      .where('email', '=', email)
      .where('kind', '=', 'forgot_password')
      .orderBy('id')
      .execute();
    expect(attempts.map(({ reason }) => reason)).toEqual([null, null, null, 'limit.exceeded']);
    expect(await deliverMail(services)).toHaveLength(3);
  });

  it('leaves no secret in the queue or the database', async () => {
    const { email } = await givenPerson(services);
    await auth().forgotPassword({ email });
    expect(JSON.stringify(await queuedMail(db))).not.toMatch(/token/);
    const token = tokenIn((await deliverMail(services))[0]);
    const rows = await db.selectFrom('email_tokens').select(['token_hash', 'email', 'id']).execute();
    expect(rows.some(({ token_hash }) => token_hash.toString().includes(token))).toBe(false);
    expect(JSON.stringify(rows)).not.toContain(token);
  });

  it('is replaced by one of twenty parallel uses of the link; every session ends and nobody is signed in', async () => {
    const { id, email } = await givenPerson(services, { verified: false });
    await auth().login({ email, password });
    const token = await resetToken(email);
    const codes = await Promise.all(
      Array.from({ length: 20 }, () => codeOf(auth().resetPassword({ token, password: newPassword }))),
    );
    expect(codes.filter((code) => code === 'ok')).toHaveLength(1);
    expect(codes.filter((code) => code === 'auth.link_invalid')).toHaveLength(19);
    const sessions = await db.selectFrom('sessions').select('id').where('user_id', '=', id).execute();
    expect(sessions).toEqual([]);
    expect((await stored(id)).verifiedAt).not.toBeNull();
    expect((await deliverMail(services)).map(({ subject }) => subject)).toEqual(['Your password was changed']);
    expect(await codeOf(auth().login({ email, password }))).toBe('auth.invalid_credentials');
    expect(await codeOf(auth().login({ email, password: newPassword }))).toBe('ok');
  });

  it('is no password to compare with for who comes a moment later by the same link', async () => {
    for (const by of ['resetPassword', 'verifyEmail'] as const) {
      const { email } = await givenPerson(services, { verified: false });
      await (by === 'resetPassword' ? auth().forgotPassword({ email }) : auth().resendVerification({ email }));
      const mails = await deliverMail(services);
      const token = tokenIn(mails.find(({ text }) => /\/(?:reset-password|verify-email)/.test(text)));
      const used = (given: typeof services) => {
        const { auth } = callersOf(given).asAnyone();
        return by === 'resetPassword'
          ? auth.resetPassword({ token, password: newPassword })
          : auth.verifyEmail({ token, newPassword });
      };
      let isFirst = true;
      // Once the link was looked at, and before the password is.
      const limiter: Limiter = {
        async consume(_name, key) {
          if (isFirst && key.startsWith('replaced|')) {
            isFirst = false;
            await used(services);
          }
          return { allowed: true, retryAfterSeconds: 0 };
        },
      };
      expect([by, await codeOf(used({ ...services, limiter })), isFirst]).toEqual([by, 'auth.link_invalid', false]);
    }
  });

  it('leaves a row for the attempt that replaced it, of the account and its address, and none for a weak password', async () => {
    const { id, email } = await givenPerson(services);
    const token = await resetToken(email);
    expect(await codeOf(auth().resetPassword({ token, password: 'short' }))).toBe('auth.password_too_weak');
    await auth().resetPassword({ token, password: newPassword });
    const attempts = db.selectFrom('auth_attempts').where('kind', '=', 'reset_password').where('user_id', '=', id);
    expect(await attempts.select(['email', 'succeeded', 'reason']).execute()).toEqual([
      { email, succeeded: true, reason: null },
    ]);
  });

  it('is not replaced by a link that is older than fifteen minutes, voided by a newer one, or of another kind', async () => {
    const { email } = await givenPerson(services, { verified: false });
    const voided = await resetToken(email);
    const token = await resetToken(email);
    expect(await codeOf(auth().resetPassword({ token: voided, password: newPassword }))).toBe('auth.link_invalid');
    await auth().resendVerification({ email });
    const verification = tokenIn((await deliverMail(services))[0]);
    expect(await codeOf(auth().resetPassword({ token: verification, password: newPassword }))).toBe(
      'auth.link_invalid',
    );
    services.clock.advance(15 * 60_000);
    expect(await codeOf(auth().resetPassword({ token, password: newPassword }))).toBe('auth.link_invalid');
  });

  it('keeps the link when the new password is refused', async () => {
    const { email } = await givenPerson(services);
    const token = await resetToken(email);
    const refused = await errorOf(auth().resetPassword({ token, password: 'short' }));
    expect(refused).toMatchObject({ code: 'auth.password_too_weak', errors: [{ path: 'password' }] });
    expect(await codeOf(auth().resetPassword({ token, password: newPassword }))).toBe('ok');
  });

  it('voids a change of address that whoever knew the old password asked for', async () => {
    const someone = await givenPerson(services);
    await me(someone).update({ email: 'thief@example.com', currentPassword: password });
    const stolen = tokenIn((await deliverMail(services))[0]);
    await me(someone).update({ email: 'thief@example.com', currentPassword: password });
    const [waiting] = await queuedMail(db);
    services.clock.advance(1_000);
    const token = await resetToken(someone.email);
    await auth().resetPassword({ token, password: newPassword });
    expect(await codeOf(auth().verifyEmail({ token: stolen, password }))).toBe('auth.link_invalid');
    services.mailer.sent.length = 0;
    if (waiting === undefined) throw new Error('no mail waits');
    await sendMail(services, waiting);
    expect(services.mailer.sent).toEqual([]);
  });
});

describe('an address that was never proved', () => {
  const live = (key: string) => findLiveApiKey(db, { key, now: services.clock.now() });

  it('loses the API keys made before, once its owner recovers the account', async () => {
    const someone = await givenPerson(services, { verified: false });
    const { key } = await givenApiKey(db, someone);
    await auth().resetPassword({ token: await resetToken(someone.email), password: newPassword });
    expect(await live(key)).toBeNull();
  });

  it('keeps the API keys of an account whose address was proved', async () => {
    const someone = await givenPerson(services);
    const { key } = await givenApiKey(db, someone);
    await auth().resetPassword({ token: await resetToken(someone.email), password: newPassword });
    expect((await live(key))?.userId).toBe(someone.id);
  });
});

describe('a new password', () => {
  const taken = 'auth.password_too_weak';
  const tooWeak = (path: string, code: string) => ({ code: taken, errors: [{ path, code }] });
  const ada = 'ada.lovelace@example.com';

  it.each([ada, ' ADA.lovelace@EXAMPLE.com', 'ada.lovelace', 'ＡＤＡ．ＬＯＶＥＬＡＣＥ'])(
    'is not the address of the account, by no way in: %j',
    async (own) => {
      expect(await errorOf(auth().register({ email: ada, name: 'Ada', password: own }))).toMatchObject(
        tooWeak('password', 'own_address'),
      );
      for (const verified of [true, false]) {
        const someone = await givenPerson(services, { verified });
        await db.updateTable('users').set({ email: ada }).where('id', '=', someone.id).execute();
        const mine = callersOf(services).as(someone.principal).auth;
        expect(await errorOf(mine.changePassword({ currentPassword: password, newPassword: own }))).toMatchObject(
          tooWeak('newPassword', 'own_address'),
        );
        const token = await resetToken(ada);
        expect(await errorOf(auth().resetPassword({ token, password: own }))).toMatchObject(
          tooWeak('password', 'own_address'),
        );
        if (!verified) {
          await auth().resendVerification({ email: ada });
          const link = tokenIn((await deliverMail(services))[0]);
          expect(await errorOf(auth().verifyEmail({ token: link, newPassword: own }))).toMatchObject(
            tooWeak('newPassword', 'own_address'),
          );
        }
        await db.updateTable('users').set({ email: someone.email }).where('id', '=', someone.id).execute();
      }
    },
  );

  it('is not the one that the account has, by no way in', async () => {
    const someone = await givenPerson(services, { verified: false });
    const mine = callersOf(services).as(someone.principal).auth;
    expect(await errorOf(mine.changePassword({ currentPassword: password, newPassword: password }))).toMatchObject(
      tooWeak('newPassword', 'same_password'),
    );
    const token = await resetToken(someone.email);
    expect(await errorOf(auth().resetPassword({ token, password }))).toMatchObject(
      tooWeak('password', 'same_password'),
    );
    await auth().resendVerification({ email: someone.email });
    const link = tokenIn((await deliverMail(services))[0]);
    expect(await errorOf(auth().verifyEmail({ token: link, newPassword: password }))).toMatchObject(
      tooWeak('newPassword', 'same_password'),
    );
    expect(await codeOf(auth().resetPassword({ token, password: newPassword }))).toBe('ok');
  });

  it('does not become the address of the account by a change of that either', async () => {
    const someone = await givenPerson(services);
    await auth().resetPassword({ token: await resetToken(someone.email), password: 'grace@navy.example' });
    const refused = await errorOf(
      me(someone).update({ email: 'Grace@navy.example', currentPassword: 'grace@navy.example' }),
    );
    expect(refused).toMatchObject({ code: 'request.invalid', errors: [{ path: 'email', code: 'own_address' }] });
  });
});

describe('a changed password', () => {
  it('voids a change of address that whoever knew the old password asked for', async () => {
    const someone = await givenPerson(services);
    await me(someone).update({ email: 'thief2@example.com', currentPassword: password });
    const stolen = tokenIn((await deliverMail(services))[0]);
    const mine = callersOf(services).as(someone.principal).auth;
    await mine.changePassword({ currentPassword: password, newPassword });
    expect(await codeOf(auth().verifyEmail({ token: stolen, password }))).toBe('auth.link_invalid');
    expect((await stored(someone.id)).email).toBe(someone.email);
  });

  it('sends an address that is not verified yet another link in place of the one it voids', async () => {
    const someone = await givenPerson(services, { verified: false });
    await auth().resendVerification({ email: someone.email });
    await deliverMail(services);
    const mine = callersOf(services).as(someone.principal).auth;
    await mine.changePassword({ currentPassword: password, newPassword });
    const mails = await deliverMail(services);
    const token = tokenIn(mails.find(({ text }) => text.includes('/verify-email')));
    await auth().verifyEmail({ token, password: newPassword });
    expect((await stored(someone.id)).verifiedAt).not.toBeNull();
  });
});

describe('asking for a link', () => {
  it('leaves an audit entry beside the queued mail, and for an unknown address one that names nobody', async () => {
    const { id, email } = await givenPerson(services, { verified: false });
    const requestId = newId();
    const asking = callersOf(services).asAnyone({ requestId }).auth;
    await asking.forgotPassword({ email });
    await asking.resendVerification({ email });
    await asking.forgotPassword({ email: 'nobody-at-all@example.com' });
    const audit = await db
      .selectFrom('audit_log')
      .select(['action', 'target_id as targetId', 'details'])
      .where('request_id', '=', requestId)
      .orderBy('id')
      .execute();
    expect(audit).toEqual([
      { action: 'user.reset_requested', targetId: id, details: {} },
      { action: 'user.verification_requested', targetId: id, details: {} },
      { action: 'user.reset_requested', targetId: null, details: {} },
    ]);
  });
});

describe('verifying an address', () => {
  it('marks it once, and makes its owner a member of the groups that it was invited to', async () => {
    const { id, email } = await givenPerson(services, { verified: false });
    const [first, second] = [await givenInvitation(email, 'editor'), await givenInvitation(email, 'viewer')];
    const elsewhere = await givenInvitation('another@example.com', 'viewer');
    await db.insertInto('group_members').values({ group_id: second, user_id: id, role: 'editor' }).execute();
    await auth().resendVerification({ email });
    const token = tokenIn((await deliverMail(services))[0]);
    await auth().verifyEmail({ token, password });
    expect((await stored(id)).verifiedAt).toBe(services.clock.now().toISOString());
    await takeInvitations(services);
    expect((await groupsOf(id)).toSorted((a, b) => (a.groupId < b.groupId ? -1 : 1))).toEqual([
      { groupId: first, role: 'editor' },
      { groupId: second, role: 'editor' },
    ]);
    const invitations = await db.selectFrom('group_invitations').select(['group_id', 'answer']).execute();
    expect(new Map(invitations.map(({ group_id, answer }) => [group_id, answer]))).toEqual(
      new Map([
        [first, 'accepted'],
        [second, 'accepted'],
        [elsewhere, null],
      ]),
    );
    const audit = await db
      .selectFrom('audit_log')
      .select(['action', 'target_id as targetId'])
      .where('actor_id', '=', id)
      .orderBy('id')
      .execute();
    expect(audit).toEqual([
      { action: 'user.email_verified', targetId: id },
      { action: 'group.invitation_accepted', targetId: first },
    ]);
    expect(await codeOf(auth().verifyEmail({ token, password }))).toBe('auth.link_invalid');
  });

  async function verificationToken(email: string): Promise<string> {
    await auth().resendVerification({ email });
    return tokenIn((await deliverMail(services))[0]);
  }

  it('takes the password of the account, and keeps the link for another try', async () => {
    const someone = await givenPerson(services, { verified: false });
    const token = await verificationToken(someone.email);
    // @ts-expect-error One of the two is asked for.
    expect(await codeOf(auth().verifyEmail({ token }))).toBe('request.invalid');
    // @ts-expect-error And not both.
    expect(await codeOf(auth().verifyEmail({ token, password, newPassword }))).toBe('request.invalid');
    const wrong = await errorOf(auth().verifyEmail({ token, password: newPassword }));
    expect(wrong).toMatchObject({ code: 'auth.invalid_credentials', errors: [{ path: 'password' }] });
    expect((await stored(someone.id)).verifiedAt).toBeNull();
    expect(await codeOf(auth().verifyEmail({ token, password }))).toBe('ok');
    expect(await codeOf(me(someone).get({}))).toBe('ok');
  });

  it('takes a new password of who did not register, and puts out who did', async () => {
    const squatter = await givenPerson(services, { verified: false });
    const { email } = squatter;
    const { key } = await givenApiKey(db, squatter);
    const token = await verificationToken(email);
    const weak = await errorOf(auth().verifyEmail({ token, newPassword: 'short' }));
    expect(weak).toMatchObject({ code: 'auth.password_too_weak', errors: [{ path: 'newPassword' }] });
    await auth().verifyEmail({ token, newPassword });
    expect((await stored(squatter.id)).verifiedAt).not.toBeNull();
    expect(await db.selectFrom('sessions').select('id').where('user_id', '=', squatter.id).execute()).toEqual([]);
    expect(await findLiveApiKey(db, { key, now: services.clock.now() })).toBeNull();
    expect(await codeOf(auth().login({ email, password }))).toBe('auth.invalid_credentials');
    expect(await codeOf(auth().login({ email, password: newPassword }))).toBe('ok');
  });

  it('lets nobody choose a password by a link to a new address', async () => {
    const someone = await givenPerson(services);
    await me(someone).update({ email: 'mistyped@example.com', currentPassword: password });
    const token = tokenIn((await deliverMail(services))[0]);
    const refused = await errorOf(auth().verifyEmail({ token, newPassword }));
    expect(refused).toMatchObject({ code: 'auth.invalid_credentials', errors: [{ path: 'newPassword' }] });
    expect((await stored(someone.id)).email).toBe(someone.email);
    expect(await codeOf(auth().verifyEmail({ token, password }))).toBe('ok');
    expect((await stored(someone.id)).email).toBe('mistyped@example.com');
  });

  it('hashes no more guesses at the password than the limit of the account allows', async () => {
    const { id, email } = await givenPerson(services, { verified: false });
    const token = await verificationToken(email);
    const counted: string[] = [];
    const limiter: Limiter = {
      consume: async (name, key) => {
        if (name === 'login') counted.push(key);
        return { allowed: name !== 'login' || counted.length <= 3, retryAfterSeconds: 60 };
      },
    };
    const limited = callersOf({ ...services, limiter }).asAnyone().auth;
    const codes = [];
    for (let guess = 0; guess < 5; guess += 1)
      codes.push(await codeOf(limited.verifyEmail({ token, password: `${guess}` })));
    expect(codes.filter((code) => code === 'limit.exceeded')).toHaveLength(2);
    expect(new Set(counted)).toEqual(new Set([`link|${id}`]));
  });

  it('sends no second link to an address that is verified or unknown, and answers all the same', async () => {
    const { email } = await givenPerson(services);
    expect(await auth().resendVerification({ email })).toEqual({ status: 'accepted' });
    expect(await auth().resendVerification({ email: 'nobody@example.com' })).toEqual({ status: 'accepted' });
    expect(await deliverMail(services)).toEqual([]);
  });

  it('does nothing a day later', async () => {
    const { id, email } = await givenPerson(services, { verified: false });
    await auth().resendVerification({ email });
    const token = tokenIn((await deliverMail(services))[0]);
    services.clock.advance(24 * 3_600_000);
    expect(await codeOf(auth().verifyEmail({ token, password }))).toBe('auth.link_invalid');
    expect((await stored(id)).verifiedAt).toBeNull();
  });
});

describe('changing the address', () => {
  it('takes effect when the link sent to the new one is opened; the old one is notified', async () => {
    const someone = await givenPerson(services);
    const groupId = await givenInvitation('moved@example.com', 'viewer');
    const answer = await me(someone).update({ email: ' Moved@example.com', currentPassword: password });
    expect(answer).toMatchObject({ email: someone.email, emailVerified: true });
    const [mail] = await deliverMail(services);
    expect(mail).toMatchObject({ to: 'moved@example.com', subject: 'Confirm your new e-mail address' });
    const reset = await resetToken(someone.email);
    services.clock.advance(1_000);
    await auth().verifyEmail({ token: tokenIn(mail), password });
    expect(await stored(someone.id)).toEqual({
      email: 'moved@example.com',
      verifiedAt: services.clock.now().toISOString(),
    });
    expect((await deliverMail(services)).map(({ to, subject }) => [to, subject])).toEqual([
      [someone.email, 'The e-mail address of your account was changed'],
    ]);
    await takeInvitations(services);
    expect(await groupsOf(someone.id)).toEqual([{ groupId, role: 'viewer' }]);
    expect(await codeOf(auth().resetPassword({ token: reset, password: newPassword }))).toBe('auth.link_invalid');
  });

  it('needs the current password', async () => {
    const someone = await givenPerson(services);
    const without = await errorOf(me(someone).update({ email: 'x@example.com' }));
    expect(without).toMatchObject({ code: 'request.invalid', errors: [{ path: 'currentPassword' }] });
    const wrong = me(someone).update({ email: 'x@example.com', currentPassword: 'not the right one' });
    expect(await codeOf(wrong)).toBe('auth.invalid_credentials');
    expect(await queuedMail(db)).toEqual([]);
  });

  it('tells that the address is taken only to who opens the link sent to it', async () => {
    const [someone, other] = [await givenPerson(services), await givenPerson(services)];
    await me(someone).update({ email: 'free-yet@example.com', currentPassword: password });
    const token = tokenIn((await deliverMail(services))[0]);
    await db.updateTable('users').set({ email: 'free-yet@example.com' }).where('id', '=', other.id).execute();
    expect(await codeOf(auth().verifyEmail({ token, password }))).toBe('auth.email_taken');
    expect((await stored(someone.id)).email).toBe(someone.email);
  });

  it('sends no link to an address that another account has, but says so there, and answers all the same', async () => {
    const [someone, holder] = [await givenPerson(services), await givenPerson(services)];
    const answer = await me(someone).update({ email: holder.email, currentPassword: password });
    expect(answer.pendingEmail).toBe(holder.email);
    const [mail] = await deliverMail(services);
    expect(mail).toMatchObject({ to: holder.email, subject: 'This address has an account already' });
    expect(mail?.text).not.toContain('token=');
    expect(mail?.text).toContain('https://prompts.example/sign-in');
  });

  it('shows the new one as pending until it is the address, the link runs out, or the account is secured', async () => {
    const someone = await givenPerson(services);
    const pending = async () => (await me(someone).get()).pendingEmail;
    expect(await pending()).toBeNull();
    const first = await me(someone).update({ email: ' First@example.com', currentPassword: password });
    expect([first.email, first.pendingEmail]).toEqual([someone.email, 'first@example.com']);
    expect(await pending()).toBe('first@example.com');
    const older = tokenIn((await deliverMail(services))[0]);
    // Asked for once more, the link that is out stays until the next mail.
    await me(someone).update({ email: 'first@example.com', currentPassword: password });
    expect(await codeOf(auth().verifyEmail({ token: older, password: 'not the right one' }))).toBe(
      'auth.invalid_credentials',
    );
    await deliverMail(services);
    expect(await pending()).toBe('first@example.com');
    services.clock.advance(24 * 3_600_000 - 1);
    expect(await pending()).toBe('first@example.com');
    services.clock.advance(1);
    expect(await pending()).toBeNull();
    // A link that has just run out is none: the same address is awaited anew.
    await me(someone).update({ email: 'first@example.com', currentPassword: password });
    expect(await pending()).toBe('first@example.com');
    await me(someone).update({ email: 'second@example.com', currentPassword: password });
    await callersOf(services).as(someone.principal).auth.changePassword({ currentPassword: password, newPassword });
    expect(await pending()).toBeNull();
    await deliverMail(services);
    await me(someone).update({ email: 'third@example.com', currentPassword: newPassword });
    await auth().verifyEmail({ token: tokenIn((await deliverMail(services))[0]), password: newPassword });
    expect((await me(someone).get()).email).toBe('third@example.com');
    expect(await pending()).toBeNull();
  });
});
