import { type MailText, mail, turnedOffHere } from './mail-form.ts';
import { shownHandle, shownName } from './shown-name.ts';

/** What people typed, each on an indented line below what it is. */
const typed = (lines: Readonly<Record<string, string>>): string =>
  Object.entries(lines)
    .map(([what, text]) => `${what}:\n    ${text}`)
    .join('\n');

export const verifyEmailMail = (link: string): MailText =>
  mail(
    'Confirm your e-mail address',
    'please confirm that this is your e-mail address by opening this link within 24 hours:',
    link,
    'The page asks for the password of the account, or lets you choose a new one. If you did not create an account at Promptory, you need do nothing: without the link the address stays unconfirmed.',
  );

export const newAddressMail = (link: string): MailText =>
  mail(
    'Confirm your new e-mail address',
    'you asked to use this address for your Promptory account. It takes effect when you open this link and confirm it within 24 hours:',
    link,
    'The page asks for the password of the account. If this was not you, you need do nothing, and the account keeps the address that it has.',
  );

/** In place of the mail before, to an address that another account has: its link could do nothing. */
export const addressInUseMail = (signInLink: string): MailText =>
  mail(
    'This address has an account already',
    'somebody, probably you, asked to use this address for another Promptory account. It belongs to an account already, and an address has one only, so nothing was changed.',
    'If both accounts are yours, sign in to the one of this address and give it another address; then ask again in the other:',
    signInLink,
    'If this was not you, you need do nothing.',
  );

export const resetPasswordMail = (link: string): MailText =>
  mail(
    'Choose a new password',
    'somebody, probably you, asked for a new password. Choose one by opening this link within 15 minutes; it works once:',
    link,
    'Every device will then have to sign in again. If this was not you, you need do nothing: your password stays as it is.',
  );

export const alreadyRegisteredMail = (signInLink: string, forgotLink: string): MailText =>
  mail(
    'You have an account already',
    'somebody, probably you, tried to register with this address, which has an account already. You can sign in here:',
    signInLink,
    'If you do not remember the password, choose a new one here:',
    forgotLink,
    'If this was not you, you need do nothing: nothing was changed.',
  );

export const notInvitedMail = (): MailText =>
  mail(
    'No account was made',
    'somebody, probably you, tried to register with this address. Here accounts are by invitation, and this address has none, so no account was made.',
    'Ask somebody who has a group to invite the address, and register again then. If this was not you, you need do nothing.',
  );

export const registeredAgainMail = (link: string): MailText =>
  mail(
    'Choose a password for your account',
    'an account was created with this address more than once, so no password given so far counts. Choose one by opening this link within 15 minutes; it works once, and confirms the address:',
    link,
    'If this was not you, you need do nothing: without the link nobody can sign in.',
  );

export const passwordChangedMail = (forgotLink: string): MailText =>
  mail(
    'Your password was changed',
    'the password of your Promptory account was just changed, and your other devices were signed out.',
    'If this was not you, choose a new password at once:',
    forgotLink,
  );

export const securityMailsOffMail = (forgotLink: string): MailText =>
  mail(
    'You get no more mails about the security of your account',
    'mails that tell of a changed password were just turned off in the preferences of your Promptory account.',
    'If this was not you, somebody else is signed in as you: choose a new password at once, which signs every device out:',
    forgotLink,
  );

export const emailChangedMail = (newAddress: string): MailText =>
  mail(
    'The e-mail address of your account was changed',
    'your Promptory account now uses another e-mail address. Of it we show here only how its two parts begin:',
    typed({ 'The new address': masked(newAddress) }),
    'Mails about the account no longer come here. If this was not you, tell those who run this server.',
  );

/** @param at ISO 8601 */
export const accountDeletedMail = (at: string): MailText =>
  mail(
    'Your account was deleted',
    `on ${at.slice(0, 10)} at ${at.slice(11, 16)} UTC your Promptory account was deleted, with its password, from one of your devices.`,
    'What it shared has passed to others or is removed, as was shown before; nobody can sign in to it any more. If this was not you, tell those who run this server at once.',
  );

const factorEvents = {
  on: ['The second factor of your account is on', 'a second factor was set up: signing in takes a code as well'],
  off: ['The second factor of your account is off', 'the second factor was turned off: the password alone signs in'],
  recovery_code_used: ['A recovery code was used', 'one of your recovery codes was used, and does not work again'],
  recovery_codes_renewed: ['You have new recovery codes', 'new recovery codes were made, and the former ones are void'],
  guessed_at: [
    'Somebody knows your password',
    'somebody gave your password and too many wrong codes, and was not let in',
  ],
} as const;

/** @param at ISO 8601 */
export const secondFactorMail = (event: keyof typeof factorEvents, at: string, forgotLink: string): MailText => {
  const [subject, what] = factorEvents[event];
  return mail(
    subject,
    `on ${at.slice(0, 10)} at ${at.slice(11, 16)} UTC ${what}.`,
    'If this was not you, somebody knows your password: choose a new one at once, which signs every device out:',
    forgotLink,
  );
};

/** Who did something. A handle is known to be theirs, as no two people have one. */
interface Doer {
  readonly name: string;
  readonly handle: string;
}

/** Who shares what with somebody, who may then do what. */
export interface Sharing {
  readonly sharer: Doer;
  readonly group: string;
  readonly role: 'viewer' | 'editor';
}

const doer = ({ name, handle }: Doer) => ({
  'Their name, as they typed it': shownName(name),
  'Their handle': shownHandle(handle),
});

const sharing = ({ sharer, group }: Sharing): string =>
  typed({ ...doer(sharer), "The group's name, as it was typed": shownName(group) });

const rights: Readonly<Record<Sharing['role'], string>> = {
  viewer: 'Your role in it is viewer: you may read its prompts.',
  editor:
    'Your role in it is editor: you may read its prompts, add and remove some, and change those that their owners put there.',
};

export const groupInvitationMail = (
  { requireEmailVerification, ...of }: Sharing & { readonly requireEmailVerification: boolean },
  registerLink: string,
): MailText =>
  mail(
    'An invitation to a group of prompts',
    'somebody would like to share a group of prompts with you at Promptory, a place to keep and share prompts.',
    sharing(of),
    rights[of.role],
    requireEmailVerification
      ? 'Create an account with this e-mail address, and the group is there once you have confirmed it:'
      : 'Create an account with this e-mail address, and accept the invitation there within 30 days:',
    registerLink,
    'If you do not wish to, you need do nothing. We ask for no password and no payment by mail, whatever a name says.',
  );

export const groupSharedMail = (of: Sharing, groupLink: string, choiceLink: string): MailText =>
  mail(
    'A group of prompts was shared with you',
    'somebody shared a group of prompts with you.',
    sharing(of),
    rights[of.role],
    'The group is here:',
    groupLink,
    ...turnedOffHere(choiceLink),
  );

/** What somebody did with a label of prompts of somebody else's. */
export interface MovedLabels {
  readonly mover: Doer;
  readonly label: string;
  readonly reason: string | null;
  readonly isUndoing: boolean;
  /** The first of them, by the slugs that their owner gave them. */
  readonly prompts: readonly { readonly slug: string; readonly from: number | null; readonly to: number | null }[];
  readonly promptCount: number;
  /** No more mails of this kind come for a while. */
  readonly isLast: boolean;
}

/** Of words that an editor may give with a move; more than a name. */
const REASON_CHARACTERS = 200;

const versionOf = (version: number | null): string => (version === null ? 'nowhere' : `version ${version}`);

export const labelsMovedMail = (moved: MovedLabels, choiceLink: string): MailText => {
  const { mover, label, reason, isUndoing, prompts, promptCount, isLast } = moved;
  const many = promptCount > 1;
  const whose = many ? `${promptCount} prompts of yours` : 'a prompt of yours';
  const lines = prompts.map(({ slug, from, to }) => `${slug}: from ${versionOf(from)} to ${versionOf(to)}`);
  const others = promptCount > prompts.length ? [`and ${promptCount - prompts.length} more`] : [];
  return mail(
    many ? 'A label of your prompts was moved' : 'A label of a prompt of yours was moved',
    isUndoing
      ? `somebody who may edit them took back how a label of ${whose} had been moved.`
      : `somebody who may edit them moved a label of ${whose}.`,
    typed({
      ...doer(mover),
      'The label': shownHandle(label),
      ...(reason === null ? {} : { 'The reason, as it was typed': shownName(reason, REASON_CHARACTERS) }),
      [many ? 'The prompts' : 'The prompt']: [...lines, ...others].join('\n    '),
    }),
    ...(isLast ? ['Labels of your prompts are moved often: you get no further mail of this kind for an hour.'] : []),
    'The history of the label has all its moves, and each can be taken back there.',
    ...turnedOffHere(choiceLink),
  );
};

/** `j… at e…`: enough to recognise one's own address by, and no link to whatever page stands there. */
function masked(address: string): string {
  const beginnings = [address, address.slice(address.lastIndexOf('@') + 1)].map((part) => Array.from(part)[0] ?? '');
  return beginnings.map((letter) => `${letter}…`).join(' at ');
}
