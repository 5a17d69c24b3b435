import type { Mail } from '../../context.ts';

export type MailText = Omit<Mail, 'to' | 'unsubscribe'>;

/**
 * A text of paragraphs; all of a subject and of a sentence is ours. What people typed stands on lines of its own, see `typed`:
 * within a sentence it could end it and go on in our name. Nobody is greeted by name, for of an address that is not proved
 * a stranger may have typed that too.
 */
export const mail = (subject: string, ...paragraphs: string[]): MailText => ({
  subject,
  text: `${['Hello,', ...paragraphs].join('\n\n')}\n\n-- \nPromptory\n`,
});

export const turnedOffHere = (choiceLink: string): [string, string] => [
  'You can turn mails of this kind off here:',
  choiceLink,
];
