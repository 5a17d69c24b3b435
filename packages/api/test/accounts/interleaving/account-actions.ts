import { findLiveSession } from '@promptory/auth';
import type { MailJob } from '../../../src/domain/mail/mail-job.ts';
import { sendMail } from '../../../src/domain/mail/send-mail.ts';
import { AppError } from '../../../src/errors.ts';
import { PASSWORD, type Person } from '../../fixtures/people.ts';
import { callersOf } from '../../harness/callers.ts';
import type { TestServices } from '../../harness/services.ts';
import type { World, WorldKind } from './account-world.ts';

/** What somebody does to an account, as one of two that race. */
export interface AccountAction {
  readonly name: string;
  /** The procedure that it calls; null for the job of a mail. */
  readonly calls: string | null;
  readonly in: readonly WorldKind[];
  /** It waits for no lock where it changes nothing: that the address has just moved away it need not see. */
  readonly eitherOrder?: true;
  /** It takes a right from the account: what began with that right may be refused whole, though it would be let in without. */
  readonly refusesWhatIsUnderWay?: true;
  act(services: TestServices, world: World): Promise<unknown>;
}

const currentPassword = PASSWORD;
const newPassword = 'what the owner chose at last';
const everywhere: readonly WorldKind[] = ['plain', 'factor', 'unverified', 'admin'];
const proved: readonly WorldKind[] = ['plain', 'factor', 'admin'];

const anyone = (services: TestServices) => callersOf(services).asAnyone();

/** The procedures in a person's session, once it is found to live, as the host finds it before each call. */
async function as(services: TestServices, { principal }: Person) {
  const now = services.clock.now();
  const session = await findLiveSession(services.db, { sessionId: principal.sessionId, now });
  if (session === null) throw new AppError('auth.session_ended');
  return callersOf(services).as({ ...principal, role: session.role });
}

const owner = (services: TestServices, world: World) => as(services, world.owner);
const thief = (services: TestServices, world: World) => as(services, world.thief);
const root = (services: TestServices, world: World) => as(services, world.root);

/** Where registering is answered by mail alone. */
const closed = (services: TestServices): TestServices => ({
  ...services,
  settings: { ...services.settings, requireEmailVerification: true },
});

function action(name: string, calls: string, kinds: readonly WorldKind[], act: AccountAction['act']): AccountAction {
  return { name, calls, in: kinds, act };
}

function mail(name: string, kinds: readonly WorldKind[], job: (world: World) => MailJob): AccountAction {
  return { name, calls: null, in: kinds, act: (services, world) => sendMail(services, job(world)) };
}

/** Each in the worlds where it can do something, or is refused for a reason of its own. */
export const accountActions: readonly AccountAction[] = [
  {
    ...action('ask for a reset', 'auth.forgotPassword', ['plain'], (s, w) =>
      anyone(s).auth.forgotPassword({ email: w.account.email }),
    ),
    eitherOrder: true,
  },
  mail('mail a reset', everywhere, (w) => ({ kind: 'reset_password', email: w.account.email })),
  action('reset', 'auth.resetPassword', everywhere, (s, w) =>
    anyone(s).auth.resetPassword({ token: w.resetToken, password: newPassword }),
  ),
  action('change the password', 'auth.changePassword', everywhere, async (s, w) =>
    (await owner(s, w)).auth.changePassword({ currentPassword, newPassword }),
  ),
  action('change the password, by a thief', 'auth.changePassword', everywhere, async (s, w) =>
    (await thief(s, w)).auth.changePassword({ currentPassword, newPassword: 'what the thief has chosen' }),
  ),
  action('ask for an address', 'me.update', everywhere, async (s, w) =>
    (await thief(s, w)).me.update({ email: w.thiefsEmail, currentPassword }),
  ),
  mail('mail a new address', proved, (w) => w.waitingJob),
  action('confirm by the password', 'auth.verifyEmail', everywhere, (s, w) =>
    anyone(s).auth.verifyEmail({ token: w.verifyToken, password: PASSWORD }),
  ),
  action('confirm by a new password', 'auth.verifyEmail', ['unverified'], (s, w) =>
    anyone(s).auth.verifyEmail({ token: w.verifyToken, newPassword: 'chosen by who reads the mails' }),
  ),
  {
    ...action('ask for the link again', 'auth.resendVerification', ['unverified'], (s, w) =>
      anyone(s).auth.resendVerification({ email: w.account.email }),
    ),
    eitherOrder: true,
  },
  mail('mail the link again', ['unverified'], (w) => ({ kind: 'resend_verification', email: w.account.email })),
  {
    ...action('register again', 'auth.register', ['plain', 'unverified'], (s, w) =>
      anyone(closed(s)).auth.register({ email: w.account.email, password: 'a third password here', name: 'Another' }),
    ),
    eitherOrder: true,
  },
  mail('mail that it is registered', ['plain', 'unverified'], (w) => ({
    kind: 'already_registered',
    userId: w.account.id,
  })),
  action('begin a factor', 'auth.totp.start', ['plain', 'unverified'], async (s, w) =>
    (await owner(s, w)).auth.totp.start({ currentPassword }),
  ),
  action('turn the factor on', 'auth.totp.confirm', ['plain', 'admin'], async (s, w) =>
    (await owner(s, w)).auth.totp.confirm({ code: w.code }),
  ),
  action('prove the factor', 'auth.totp.verify', ['factor'], async (s, w) =>
    (await thief(s, w)).auth.totp.verify({ code: w.code }),
  ),
  action('renew the codes', 'auth.totp.renewRecoveryCodes', ['factor'], async (s, w) =>
    (await owner(s, w)).auth.totp.renewRecoveryCodes({ code: w.code }),
  ),
  action('turn the factor off', 'auth.totp.disable', ['factor'], async (s, w) =>
    (await owner(s, w)).auth.totp.disable({ currentPassword, code: w.code }),
  ),
  action('log in', 'auth.login', everywhere, (s, w) =>
    anyone(s).auth.login({ email: w.account.email, password: PASSWORD }),
  ),
  action('log in with the factor', 'auth.login', ['factor'], (s, w) =>
    anyone(s).auth.login({ email: w.account.email, password: PASSWORD, code: w.code }),
  ),
  action('refresh', 'auth.refresh', everywhere, (s, w) =>
    anyone(s).auth.refresh({ refreshToken: w.thief.refreshToken }),
  ),
  action('log out', 'auth.logout', ['plain'], (s, w) => anyone(s).auth.logout({ refreshToken: w.thief.refreshToken })),
  action('end the thief’s session', 'auth.sessions.end', everywhere, async (s, w) =>
    (await owner(s, w)).auth.sessions.end({ id: w.thief.principal.sessionId }),
  ),
  action('end the owner’s session', 'auth.sessions.end', ['plain'], async (s, w) =>
    (await thief(s, w)).auth.sessions.end({ id: w.owner.principal.sessionId }),
  ),
  action('delete the account', 'me.delete', everywhere, async (s, w) =>
    (await owner(s, w)).me.delete({ currentPassword }),
  ),
  action('make a key', 'apiKeys.create', everywhere, async (s, w) =>
    (await thief(s, w)).apiKeys.create({ name: 'kept', scopes: ['prompts:read'] }),
  ),
  action('revoke a key', 'apiKeys.revoke', ['plain', 'unverified'], async (s, w) =>
    (await owner(s, w)).apiKeys.revoke({ id: w.keyId }),
  ),
  action('silence the mails', 'preferences.update', ['plain'], async (s, w) =>
    (await thief(s, w)).preferences.update({ emailNotifications: { security: false } }),
  ),
  action('choose mails by their link', 'preferences.chooseMails', ['plain'], (s, w) =>
    anyone(s).preferences.chooseMails({ token: w.mailChoiceToken, wanted: false }),
  ),
  action('suspend', 'admin.users.update', everywhere, async (s, w) =>
    (await root(s, w)).admin.users.update({ id: w.account.id, status: 'suspended' }),
  ),
  {
    ...action('demote', 'admin.users.update', ['admin'], async (s, w) =>
      (await root(s, w)).admin.users.update({ id: w.account.id, role: 'user' }),
    ),
    refusesWhatIsUnderWay: true,
  },
  action('suspend somebody, by a thief', 'admin.users.update', ['admin'], async (s, w) =>
    (await thief(s, w)).admin.users.update({ id: w.bystander.id, status: 'suspended' }),
  ),
];

/** Those of an account in one world. */
export const actionsIn = (kind: WorldKind): readonly AccountAction[] =>
  accountActions.filter((each) => each.in.includes(kind));
