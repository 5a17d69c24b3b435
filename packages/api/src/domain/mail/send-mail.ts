import type { AddMemberInput, Preferences } from '@promptory/schemas';
import { sql } from 'kysely';
import type { Db, Mail, Mailer, Services } from '../../context.ts';
import { readPreferences } from '../accounts/stored-preferences.ts';
import { isOpen } from '../invitations/invitation-state.ts';
import { issueLink, pageUrl } from './issue-link.ts';
import { choiceToken, type MailedNotification } from './mail-choice.ts';
import type { MailJob } from './mail-job.ts';
import { consumeMailLimit } from './mail-limit.ts';
import {
  accountDeletedMail,
  addressInUseMail,
  alreadyRegisteredMail,
  emailChangedMail,
  groupInvitationMail,
  groupSharedMail,
  labelsMovedMail,
  newAddressMail,
  notInvitedMail,
  passwordChangedMail,
  registeredAgainMail,
  resetPasswordMail,
  secondFactorMail,
  securityMailsOffMail,
  verifyEmailMail,
} from './mail-text.ts';
import { type DaySummary, dailySummaryMail } from './summary-text.ts';

type MemberRole = AddMemberInput['role'];

export type MailServices = Pick<Services, 'db' | 'clock' | 'settings' | 'log' | 'limiter' | 'serverKey'> & {
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
    case 'account_deleted':
      return { to: job.email, ...accountDeletedMail(job.at) };
    case 'second_factor':
      return writeSecondFactor(services, job);
    case 'group_invitation':
      return writeInvitation(services, job.invitationId);
    case 'group_shared':
      return writeShared(services, job);
    case 'labels_moved':
      return writeLabelsMoved(services, job);
    case 'daily_summary':
      return writeDailySummary(services, job);
  }
}

interface Recipient {
  readonly id: string;
  readonly email: string;
  readonly verified: boolean;
  readonly notify: Preferences['emailNotifications'];
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
  if (to === account.email) return { to, ...verifyEmailMail(url) };
  const holder = await services.db.selectFrom('users').select('id').where('email', '=', to).executeTakeFirst();
  const isFree = holder === undefined;
  return { to, ...(isFree ? newAddressMail(url) : addressInUseMail(pageUrl(services, '/sign-in'))) };
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
      sql<MemberRole>`group_invitations.role`.as('role'),
      'groups.name as group',
      'inviter.name as name',
      'inviter.handle as handle',
    ])
    .where('group_invitations.id', '=', invitationId)
    .where(isOpen(services.clock.now()))
    .executeTakeFirst();
  if (invitation === undefined) return null;
  const { email, group, role, ...sharer } = invitation;
  const of = { sharer, group, role, ...services.settings };
  return { to: email, ...groupInvitationMail(of, pageUrl(services, '/register')) };
}

async function writeShared(
  services: MailServices,
  { groupId, userId, sharedBy }: Extract<MailJob, { kind: 'group_shared' }>,
): Promise<Mail | null> {
  return writeChosen(services, userId, 'groupInvitations', async (choiceLink) => {
    const shared = await services.db
      .selectFrom('group_members')
      .innerJoin('groups', 'groups.id', 'group_members.group_id')
      .innerJoin('users as sharer', (join) => join.on('sharer.id', '=', sharedBy))
      .select([
        'groups.name as group',
        sql<MemberRole>`group_members.role`.as('role'),
        'sharer.name as name',
        'sharer.handle as handle',
      ])
      .where('group_members.group_id', '=', groupId)
      .where('group_members.user_id', '=', userId)
      .executeTakeFirst();
    if (shared === undefined) return null;
    const { group, role, ...sharer } = shared;
    return groupSharedMail({ sharer, group, role }, pageUrl(services, `/shared/${groupId}`), choiceLink);
  });
}

const SHOWN_PROMPTS = 20;

async function writeLabelsMoved(
  services: MailServices,
  { userId, moveId, isLast = false }: Extract<MailJob, { kind: 'labels_moved' }>,
): Promise<Mail | null> {
  return writeChosen(services, userId, 'labelMoves', async (choiceLink) => {
    const moves = await services.db
      .selectFrom('label_moves as asked')
      .innerJoin('label_moves as move', (join) =>
        join.on(({ eb, or, ref }) =>
          or([eb('move.id', '=', ref('asked.id')), eb('move.release_id', '=', ref('asked.release_id'))]),
        ),
      )
      .innerJoin('prompts', 'prompts.id', 'move.prompt_id')
      .innerJoin('users as mover', 'mover.id', 'move.moved_by')
      .select([
        'prompts.slug',
        'move.from_version as from',
        'move.to_version as to',
        'move.label',
        'move.reason',
        'move.undoes',
        'mover.name',
        'mover.handle',
        sql<number>`count(*) OVER ()::integer`.as('promptCount'),
      ])
      .where('asked.id', '=', moveId)
      .where('prompts.user_id', '=', userId)
      .orderBy('prompts.slug')
      .orderBy('prompts.id')
      .limit(SHOWN_PROMPTS)
      .execute();
    const [first] = moves;
    if (first === undefined) return null;
    const { name, handle, label, reason, undoes, promptCount } = first;
    return labelsMovedMail(
      { mover: { name, handle }, label, reason, isUndoing: undoes !== null, prompts: moves, promptCount, isLast },
      choiceLink,
    );
  });
}

/** To whoever administers the server still. */
async function writeDailySummary(
  services: MailServices,
  { userId, day }: Extract<MailJob, { kind: 'daily_summary' }>,
): Promise<Mail | null> {
  return writeChosen(services, userId, 'dailySummary', async (choiceLink) => {
    const { rows } = await sql<SummaryRow>`
      SELECT summary.totals, summary.happened, summary.backup_made_at AS "backupMadeAt", before.happened AS before
      FROM daily_statistics AS summary
      JOIN users ON users.id = ${userId}::uuid AND users.role = 'admin'
      LEFT JOIN daily_statistics AS before ON before.day = summary.day - 1
      WHERE summary.day = ${day}::date AND summary.happened IS NOT NULL
    `.execute(services.db);
    const [row] = rows;
    return row === undefined ? null : dailySummaryMail({ day, ...row }, choiceLink);
  });
}

type SummaryRow = Omit<DaySummary, 'day'>;

/** A mail that people can turn off: to who has not, and has proved the address. It says by which link they do. */
async function writeChosen(
  services: MailServices,
  userId: string,
  notification: MailedNotification,
  write: (choiceLink: string) => Promise<Omit<Mail, 'to'> | null>,
): Promise<Mail | null> {
  const user = await findRecipient(services.db, userId);
  if (user === null || !user.verified || !user.notify[notification]) return null;
  const token = choiceToken(services, { notification, userId, email: user.email });
  const unsubscribe = `${pageUrl(services, '/mail-preferences')}?token=${token}`;
  const text = await write(unsubscribe);
  return text && { to: user.email, ...text, unsubscribe };
}
