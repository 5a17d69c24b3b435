import { type EmailTokenPurpose, issueEmailToken } from '@promptory/auth';
import { retryTransaction } from '@promptory/db';
import { sql } from 'kysely';
import type { Db, Mail, Mailer, Services } from '../../context.ts';
import { readPreferences } from '../accounts/stored-preferences.ts';
import type { MailJob } from './mail-job.ts';
import {
  alreadyRegisteredMail,
  emailChangedMail,
  groupInvitationMail,
  groupSharedMail,
  newAddressMail,
  passwordChangedMail,
  registeredAgainMail,
  resetPasswordMail,
  secondFactorMail,
  securityMailsOffMail,
  verifyEmailMail,
} from './mail-text.ts';

export type MailServices = Pick<Services, 'db' | 'clock' | 'settings' | 'log'> & { readonly mailer: Mailer };

/**
 * Writes and sends the mail of a job, with a token made now where it needs one, to the address that is stored now. A
 * job whose account, group or reason is gone sends nothing.
 *
 * @throws what the mailer throws; trying again voids the token of the mail that may not have arrived
 */
export async function sendMail(services: MailServices, job: MailJob): Promise<void> {
  const mail = await writeMail(services, job);
  if (mail === null) {
    services.log.info({ kind: job.kind }, 'mail not needed');
    return;
  }
  await services.mailer.send(mail);
  services.log.info({ kind: job.kind }, 'mail sent');
}

async function writeMail(services: MailServices, job: MailJob): Promise<Mail | null> {
  switch (job.kind) {
    case 'verify_email':
      return writeVerification(services, await findRecipient(services.db, 'id', job.userId), job);
    case 'resend_verification':
      return writeOwnVerification(services, await findRecipient(services.db, 'email', job.email));
    case 'reset_password':
      return writeReset(services, job.email);
    case 'already_registered':
      return writeAlreadyRegistered(services, job.userId);
    case 'password_changed':
      return writePasswordChanged(services, job.userId);
    case 'security_mails_off':
      return writeSecurityMailsOff(services, job.userId);
    case 'email_changed':
      return writeEmailChanged(services, job);
    case 'second_factor':
      return writeSecondFactor(services, job);
    case 'group_invitation':
      return writeInvitation(services, job.invitationId);
    case 'group_shared':
      return writeShared(services, job);
  }
}

interface Recipient {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly verified: boolean;
  /** When the password or the second factor was last set; a change of address that was asked for before counts no more. */
  readonly securedAt: string | null;
  readonly notify: { readonly groupInvitations: boolean; readonly security: boolean };
}

/** An active account by its id or by its address. */
async function findRecipient(db: Db, by: 'id' | 'email', value: string): Promise<Recipient | null> {
  const row = await db
    .selectFrom('users')
    .leftJoin('user_passwords', 'user_passwords.user_id', 'users.id')
    .leftJoin('user_totp', 'user_totp.user_id', 'users.id')
    .select([
      'users.id as id',
      'users.name as name',
      'users.email as email',
      'users.email_verified_at as verifiedAt',
      'users.preferences as preferences',
      sql<string | null>`greatest(user_passwords.changed_at, user_totp.confirmed_at)`.as('securedAt'),
    ])
    .where(by === 'id' ? 'users.id' : 'users.email', '=', value)
    .where('users.status', '=', 'active')
    .executeTakeFirst();
  if (row === undefined) return null;
  const { id, name, email, verifiedAt, securedAt } = row;
  const notify = readPreferences(row.preferences).emailNotifications;
  return { id, name, email, verified: verifiedAt !== null, securedAt, notify };
}

function link({ settings }: MailServices, path: string, token?: string): string {
  const base = /^.*[^/]/s.exec(settings.publicUrl)?.[0] ?? '';
  return token === undefined ? `${base}${path}` : `${base}${path}?token=${token}`;
}

async function linkWithToken(
  services: MailServices,
  token: { userId: string; email: string; purpose: EmailTokenPurpose },
): Promise<string> {
  const issued = await retryTransaction(services.db, (trx) =>
    issueEmailToken(trx, { ...token, now: services.clock.now() }),
  );
  return link(services, token.purpose === 'verify_email' ? '/verify-email' : '/reset-password', issued.token);
}

type VerifyJob = Extract<MailJob, { kind: 'verify_email' }>;

async function writeVerification(
  services: MailServices,
  user: Recipient | null,
  { email, requestedAt }: VerifyJob,
): Promise<Mail | null> {
  if (user === null || email === user.email) return writeOwnVerification(services, user);
  // A password or a second factor set since then may have been set against whoever asked.
  const isOverruled = requestedAt === undefined || (user.securedAt !== null && user.securedAt > requestedAt);
  if (isOverruled) return null;
  const url = await linkWithToken(services, { userId: user.id, email, purpose: 'verify_email' });
  return { to: email, ...newAddressMail(user.name, url) };
}

async function writeOwnVerification(services: MailServices, user: Recipient | null): Promise<Mail | null> {
  if (user === null || user.verified) return null;
  const url = await linkWithToken(services, { userId: user.id, email: user.email, purpose: 'verify_email' });
  return { to: user.email, ...verifyEmailMail(user.name, url) };
}

async function writeReset(services: MailServices, email: string): Promise<Mail | null> {
  const user = await findRecipient(services.db, 'email', email);
  if (user === null) return null;
  const url = await linkWithToken(services, { userId: user.id, email: user.email, purpose: 'reset_password' });
  return { to: user.email, ...resetPasswordMail(user.name, url) };
}

async function writeAlreadyRegistered(services: MailServices, userId: string): Promise<Mail | null> {
  const user = await findRecipient(services.db, 'id', userId);
  if (user === null) return null;
  if (!user.verified) {
    const url = await linkWithToken(services, { userId, email: user.email, purpose: 'reset_password' });
    return { to: user.email, ...registeredAgainMail(user.name, url) };
  }
  const text = alreadyRegisteredMail(user.name, link(services, '/sign-in'), link(services, '/forgot-password'));
  return { to: user.email, ...text };
}

async function writePasswordChanged(services: MailServices, userId: string): Promise<Mail | null> {
  const user = await findRecipient(services.db, 'id', userId);
  if (user === null || !user.notify.security) return null;
  return { to: user.email, ...passwordChangedMail(user.name, link(services, '/forgot-password')) };
}

/** The last of them, so that nobody turns them off in the owner's place and then changes the password in silence. */
async function writeSecurityMailsOff(services: MailServices, userId: string): Promise<Mail | null> {
  const user = await findRecipient(services.db, 'id', userId);
  if (user === null) return null;
  return { to: user.email, ...securityMailsOffMail(user.name, link(services, '/forgot-password')) };
}

async function writeEmailChanged(
  services: MailServices,
  job: Extract<MailJob, { kind: 'email_changed' }>,
): Promise<Mail | null> {
  const user = await findRecipient(services.db, 'id', job.userId);
  return user === null ? null : { to: job.email, ...emailChangedMail(user.name, user.email) };
}

/** Whatever the preferences say: whoever is in the account in its owner's place could have changed them. */
async function writeSecondFactor(
  services: MailServices,
  { userId, event, at }: Extract<MailJob, { kind: 'second_factor' }>,
): Promise<Mail | null> {
  const user = await findRecipient(services.db, 'id', userId);
  if (user === null) return null;
  return { to: user.email, ...secondFactorMail(user.name, event, at, link(services, '/forgot-password')) };
}

async function writeInvitation(services: MailServices, invitationId: string): Promise<Mail | null> {
  const invitation = await services.db
    .selectFrom('group_invitations')
    .innerJoin('groups', 'groups.id', 'group_invitations.group_id')
    .innerJoin('users as inviter', 'inviter.id', 'group_invitations.invited_by')
    .select(['group_invitations.email as email', 'groups.name as group', 'inviter.name as inviter'])
    .where('group_invitations.id', '=', invitationId)
    .executeTakeFirst();
  if (invitation === undefined) return null;
  const text = groupInvitationMail(invitation.inviter, invitation.group, link(services, '/register'));
  return { to: invitation.email, ...text };
}

async function writeShared(
  services: MailServices,
  { groupId, userId, sharedBy }: Extract<MailJob, { kind: 'group_shared' }>,
): Promise<Mail | null> {
  const user = await findRecipient(services.db, 'id', userId);
  if (user === null || !user.verified || !user.notify.groupInvitations) return null;
  const shared = await services.db
    .selectFrom('group_members')
    .innerJoin('groups', 'groups.id', 'group_members.group_id')
    .innerJoin('users as sharer', (join) => join.on('sharer.id', '=', sharedBy))
    .select(['groups.name as group', 'sharer.name as sharer'])
    .where('group_members.group_id', '=', groupId)
    .where('group_members.user_id', '=', userId)
    .executeTakeFirst();
  if (shared === undefined) return null;
  const text = groupSharedMail(user.name, shared.sharer, shared.group, link(services, `/groups/${groupId}`));
  return { to: user.email, ...text };
}
