import type { Mail } from '../../context.ts';

type MailText = Omit<Mail, 'to'>;

/** A text of paragraphs. What people named is on one line and quoted, so that it cannot pose as ours. */
const mail = (subject: string, ...paragraphs: string[]): MailText => ({
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a line break in a subject would start another header
  subject: subject.replace(/[\u0000-\u001f\u007f\u2028\u2029]+/g, ' '),
  text: `${paragraphs.join('\n\n')}\n\n-- \nPromptory\n`,
});

/** A name in which no mail program finds an address to link: who is mailed may not know who chose it. */
const unlinked = (name: string): string => name.replace(/[.．。｡@＠](?=\p{L})|[:/\\](?=\S)/gu, '$& ');

const hello = (name: string): string => `Hello ${unlinked(name)},`;

const quoted = (name: string): string => `“${unlinked(name).replace(/\s+/gu, ' ')}”`;

export const verifyEmailMail = (name: string, link: string): MailText =>
  mail(
    'Confirm your e-mail address',
    hello(name),
    'please confirm that this is your e-mail address by opening this link within 24 hours:',
    link,
    'If you did not create an account at Promptory, you need do nothing: without the link the address stays unconfirmed.',
  );

export const newAddressMail = (name: string, link: string): MailText =>
  mail(
    'Confirm your new e-mail address',
    hello(name),
    'you asked to use this address for your Promptory account. It takes effect when you open this link within 24 hours:',
    link,
    'If this was not you, you need do nothing, and the account keeps the address that it has.',
  );

export const resetPasswordMail = (name: string, link: string): MailText =>
  mail(
    'Choose a new password',
    hello(name),
    'somebody, probably you, asked for a new password. Choose one by opening this link within 15 minutes; it works once:',
    link,
    'Every device will then have to sign in again. If this was not you, you need do nothing: your password stays as it is.',
  );

export const alreadyRegisteredMail = (name: string, signInLink: string, forgotLink: string): MailText =>
  mail(
    'You have an account already',
    hello(name),
    'somebody, probably you, tried to register with this address, which has an account already. You can sign in here:',
    signInLink,
    'If you do not remember the password, choose a new one here:',
    forgotLink,
    'If this was not you, you need do nothing: nothing was changed.',
  );

export const registeredAgainMail = (name: string, link: string): MailText =>
  mail(
    'Choose a password for your account',
    hello(name),
    'an account was created with this address more than once, so no password given so far counts. Choose one by opening this link within 15 minutes; it works once, and confirms the address:',
    link,
    'If this was not you, you need do nothing: without the link nobody can sign in.',
  );

export const passwordChangedMail = (name: string, forgotLink: string): MailText =>
  mail(
    'Your password was changed',
    hello(name),
    'the password of your Promptory account was just changed, and your other devices were signed out.',
    'If this was not you, choose a new password at once:',
    forgotLink,
  );

export const securityMailsOffMail = (name: string, forgotLink: string): MailText =>
  mail(
    'You get no more mails about the security of your account',
    hello(name),
    'mails that tell of a changed password were just turned off in the preferences of your Promptory account.',
    'If this was not you, somebody else is signed in as you: choose a new password at once, which signs every device out:',
    forgotLink,
  );

export const emailChangedMail = (name: string, newAddress: string): MailText =>
  mail(
    'The e-mail address of your account was changed',
    hello(name),
    `your Promptory account now uses another e-mail address: ${masked(newAddress)}`,
    'Mails about the account no longer come here. If this was not you, tell those who run this server.',
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
export const secondFactorMail = (
  name: string,
  event: keyof typeof factorEvents,
  at: string,
  forgotLink: string,
): MailText => {
  const [subject, what] = factorEvents[event];
  return mail(
    subject,
    hello(name),
    `on ${at.slice(0, 10)} at ${at.slice(11, 16)} UTC ${what}.`,
    'If this was not you, somebody knows your password: choose a new one at once, which signs every device out:',
    forgotLink,
  );
};

export const groupInvitationMail = (inviter: string, group: string, registerLink: string): MailText =>
  mail(
    'An invitation to a group of prompts',
    'Hello,',
    `${quoted(inviter)} would like to share the group ${quoted(group)} with you at Promptory, a place to keep and share prompts.`,
    'Create an account with this e-mail address, and the group is there once you have confirmed it:',
    registerLink,
    'If you do not wish to, you need do nothing.',
  );

export const groupSharedMail = (name: string, sharer: string, group: string, groupLink: string): MailText =>
  mail(
    'A group of prompts was shared with you',
    hello(name),
    `${quoted(sharer)} shared the group ${quoted(group)} with you:`,
    groupLink,
    'You can turn these mails off in your preferences.',
  );

/** `j…@example.com`: enough to recognise one's own address by, and no more. */
function masked(address: string): string {
  const at = address.lastIndexOf('@');
  return `${[...address][0] ?? ''}…${address.slice(at)}`;
}
