import type { AppError } from '@promptory/api/server';
import type { ErrorCode } from '@promptory/schemas';

/** What a form sent, by name. */
export type Fields = Readonly<Record<string, string>>;

const MINUTE_SECONDS = 60;

function waitOf(seconds: number | null): string {
  if (seconds === null) return 'a little';
  if (seconds <= MINUTE_SECONDS) return 'a minute';
  return `${Math.ceil(seconds / MINUTE_SECONDS)} minutes`;
}

/** Where the words for programs would not help a person in front of a page. */
const words: Partial<Record<ErrorCode, string>> = {
  'request.invalid': 'Something is missing or not right yet: see below.',
  'request.cross_site':
    'This page was not sent by a form of ours, or your browser does not say so. Open it again here.',
  'request.cookie_not_kept':
    'Your browser would not stay signed in here, for this page is not reached by https. Open it at its https address.',
  'request.unsupported_media_type': 'This page takes what its own form sends.',
  'route.not_found': 'There is nothing at this address: it is not whole, or was never one.',
  'request.method_not_allowed': 'This address is for programs, and not for a browser.',
  'request.too_large': 'That is more than this form takes.',
  'auth.required': 'You are not signed in, or no longer.',
  'auth.invalid_token': 'You are not signed in any more.',
  'auth.session_ended': 'You are not signed in any more.',
  'auth.email_not_verified': 'Your e-mail address is not confirmed yet. Open the link in the mail that was sent to it.',
  'auth.email_taken': 'There is an account with this e-mail address already.',
  'auth.registration_closed': 'Promptory takes no account with this e-mail address here.',
  'auth.second_factor_required':
    'Your account has a second factor. Give your password once more, and a code of your authenticator app or a recovery code.',
  'auth.second_factor_invalid': 'The code is not right, has run out, or was used before. Take the next one.',
  'group.not_found': 'This group is not there any more, or is not shared with you.',
  'group.invitation_not_found': 'This invitation is not there any more, or was answered already.',
  'server.busy': 'Too much is going on here at the moment. Try again in a minute.',
  'server.unavailable': 'Something that we need is away at the moment. Try again in a minute.',
  'server.internal': 'Something went wrong here, and it was not you. Try again in a while.',
};

/**
 * What a failure is to a person.
 * @param fields of the form that it is said at, which says itself what is wrong with them; none where there is no form
 */
export function wordsOf(error: AppError, fields: readonly string[] = []): string {
  // What no field of the form shows is said here.
  const others = error.errors.filter(({ path }) => !fields.includes(path));
  if (error.code === 'request.invalid' && (others.length > 0 || fields.length === 0)) {
    return fields.length === 0
      ? 'There is nothing at this address: it is not whole, or was never one.'
      : ['That is not possible.', ...others.map(({ path, message }) => `${path}: ${message}.`)].join(' ');
  }
  if (error.code === 'limit.exceeded') return `That was often. Wait ${waitOf(error.retryAfterSeconds)}, and try again.`;
  return words[error.code] ?? error.message;
}
