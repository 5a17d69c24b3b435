import type { Db, Mail, Mailer, Services } from '../../context.ts';
import { readPreferences } from '../accounts/stored-preferences.ts';
import { isOpen } from '../invitations/invitation-state.ts';
import { issueLink, pageUrl } from './issue-link.ts';
import type { MailJob } from './mail-job.ts';
import { consumeMailLimit } from './mail-limit.ts';
import {
  alreadyRegisteredMail,
  emailChangedMail,
  groupInvitationMail,
  groupSharedMail,
  newAddressMail,
  notInvitedMail,
  passwordChangedMail,
  registeredAgainMail,
  resetPasswordMail,
  secondFactorMail,
  securityMailsOffMail,
  verifyEmailMail,
} from './mail-text.ts';

export type MailServices = Pick<Services, 'db' | 'clock' | 'settings' | 'log' | 'limiter'> & {
  readonly mailer: Mailer;
};

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
      return writeVerification(services, job);
    case 'resend_verification':
      return writeVerificationAgain(services, job.email);
    case 'reset_password':
      return writeReset(services, job.email);
    case 'already_registered':
      return writeAlreadyRegistered(services, job.userId);
    case 'not_invited':
      return { to: job.email, ...notInvitedMail() };
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
  readonly email: string;
  readonly verified: boolean;
  readonly notify: { readonly groupInvitations: boolean; readonly security: boolean };
}

/** An active account, for a mail that holds no secret; `issueLink` reads it for one that does. */
async function findRecipient(db: Db, userId: string): Promise<Recipient | null> {
  const row = await db
    .selectFrom('users')
    .select(['id', 'email', 'email_verified_at as verifiedAt', 'preferences'])
    .where('id', '=', userId)
    .where('status', '=', 'active')
    .executeTakeFirst();
  if (row === undefined) return null;
  const { id, email, verifiedAt } = row;
  const notify = readPreferences(row.preferences).emailNotifications;
  return { id, email, verified: verifiedAt !== null, notify };
}

/**
 * Who is notified of what was done in an account. An address that nobody has proved may be a stranger's, to whom whoever typed
 * it could write at will: it gets few of all notices together.
 */
async function findNotified(services: MailServices, userId: string): Promise<Recipient | null> {
  const user = await findRecipient(services.db, userId);
  if (user === null || user.verified) return user;
  return (await consumeMailLimit(services, `notice|${user.email}`)) ? user : null;
}

type VerifyJob = Extract<MailJob, { kind: 'verify_email' }>;

/** To the address that the account has and has not proved, or to a new one, which it is to have. */
async function writeVerification(services: MailServices, job: VerifyJob): Promise<Mail | null> {
  const link = await issueLink(services, { id: job.userId }, (account) => {
    const isOwn = job.email === account.email;
    // What was set since then may have been set against whoever asked for a new address.
    const isDue = isOwn ? !account.isVerified : job.securityStamp === account.securityStamp;
    return isDue ? { purpose: 'verify_email', email: job.email } : null;
  });
  if (link === null) return null;
  const { account, to, url } = link;
  return { to, ...(to === account.email ? verifyEmailMail : newAddressMail)(url) };
}

async function writeVerificationAgain(services: MailServices, email: string): Promise<Mail | null> {
  const link = await issueLink(services, { email }, ({ isVerified }) =>
    isVerified ? null : { purpose: 'verify_email', email },
  );
  return link && { to: link.to, ...verifyEmailMail(link.url) };
}

async function writeReset(services: MailServices, email: string): Promise<Mail | null> {
  const link = await issueLink(services, { email }, () => ({ purpose: 'reset_password', email }));
  return link && { to: link.to, ...resetPasswordMail(link.url) };
}

async function writeAlreadyRegistered(services: MailServices, userId: string): Promise<Mail | null> {
  const link = await issueLink(services, { id: userId }, ({ email, isVerified }) =>
    isVerified ? null : { purpose: 'reset_password', email },
  );
  if (link !== null) return { to: link.to, ...registeredAgainMail(link.url) };
  const user = await findRecipient(services.db, userId);
  if (user === null) return null;
  const text = alreadyRegisteredMail(pageUrl(services, '/sign-in'), pageUrl(services, '/forgot-password'));
  return { to: user.email, ...text };
}

async function writePasswordChanged(services: MailServices, userId: string): Promise<Mail | null> {
  const user = await findNotified(services, userId);
  if (user === null || !user.notify.security) return null;
  return { to: user.email, ...passwordChangedMail(pageUrl(services, '/forgot-password')) };
}

/** The last of them, so that nobody turns them off in the owner's place and then changes the password in silence. */
async function writeSecurityMailsOff(services: MailServices, userId: string): Promise<Mail | null> {
  const user = await findNotified(services, userId);
  if (user === null) return null;
  return { to: user.email, ...securityMailsOffMail(pageUrl(services, '/forgot-password')) };
}

async function writeEmailChanged(
  services: MailServices,
  job: Extract<MailJob, { kind: 'email_changed' }>,
): Promise<Mail | null> {
  const user = await findRecipient(services.db, job.userId);
  return user === null ? null : { to: job.email, ...emailChangedMail(user.email) };
}

/** Whatever the preferences say: whoever is in the account in its owner's place could have changed them. */
async function writeSecondFactor(
  services: MailServices,
  { userId, event, at }: Extract<MailJob, { kind: 'second_factor' }>,
): Promise<Mail | null> {
  const user = await findNotified(services, userId);
  if (user === null) return null;
  return { to: user.email, ...secondFactorMail(event, at, pageUrl(services, '/forgot-password')) };
}

async function writeInvitation(services: MailServices, invitationId: string): Promise<Mail | null> {
  const invitation = await services.db
    .selectFrom('group_invitations')
    .innerJoin('groups', 'groups.id', 'group_invitations.group_id')
    .innerJoin('users as inviter', 'inviter.id', 'group_invitations.invited_by')
    .select([
      'group_invitations.email as email',
      'groups.name as group',
      'inviter.name as name',
      'inviter.handle as handle',
    ])
    .where('group_invitations.id', '=', invitationId)
    .where(isOpen(services.clock.now()))
    .executeTakeFirst();
  if (invitation === undefined) return null;
  const { email, group, ...sharer } = invitation;
  return { to: email, ...groupInvitationMail({ sharer, group, ...services.settings }, pageUrl(services, '/register')) };
}

async function writeShared(
  services: MailServices,
  { groupId, userId, sharedBy }: Extract<MailJob, { kind: 'group_shared' }>,
): Promise<Mail | null> {
  const user = await findRecipient(services.db, userId);
  if (user === null || !user.verified || !user.notify.groupInvitations) return null;
  const shared = await services.db
    .selectFrom('group_members')
    .innerJoin('groups', 'groups.id', 'group_members.group_id')
    .innerJoin('users as sharer', (join) => join.on('sharer.id', '=', sharedBy))
    .select(['groups.name as group', 'sharer.name as name', 'sharer.handle as handle'])
    .where('group_members.group_id', '=', groupId)
    .where('group_members.user_id', '=', userId)
    .executeTakeFirst();
  if (shared === undefined) return null;
  const { group, ...sharer } = shared;
  return { to: user.email, ...groupSharedMail({ sharer, group }, pageUrl(services, `/shared/${groupId}`)) };
}
