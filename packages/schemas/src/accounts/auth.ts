import { z } from 'zod';
import { alsoNaming, faultOptions } from '../faults/refusing.ts';
import { fault } from '../faults/sentences.ts';
import { Handle, Id, Timestamp } from '../values/ids.ts';
import { inputType, type OneOf } from '../values/input-type.ts';
import { pageOf } from '../values/page.ts';
import { EmailAddress, name, text } from '../values/text.ts';
import { factorFields, hasBoth, oneOfTwo } from './second-factor.ts';
import { Me } from './users.ts';

/** 10 to 128 characters are required of a new one; longer input is refused, never cut. */
export const Password = text(1024, 1).describe('The password of the account.');

/** One to be. */
const NewPassword = Password.describe(
  '10 to 128 characters, not one of those that are tried first, and neither the address nor the password of the account.',
);

/** `cookie`: the refresh token travels in an HttpOnly cookie and `refreshToken` is null. */
const SessionCarrier = z
  .enum(['token', 'cookie'])
  .default('token')
  .describe('How the refresh token travels: in the answer, or in a cookie that no script can read.');

const LEAST_CHARACTERS = 10;

/** A password that is too short has an error of its own; beside other faults it is named with them, so that all are mended at once. */
function shortPassword(input: unknown) {
  const password: unknown = Reflect.get(Object(input), 'password');
  if (typeof password !== 'string' || password === '') return null;
  if ([...password.normalize('NFKC').slice(0, 2 * LEAST_CHARACTERS)].length >= LEAST_CHARACTERS) return null;
  return { path: 'password', found: fault('too_small', { minimum: LEAST_CHARACTERS, unit: 'characters' }) };
}

export const RegisterInput = alsoNaming(
  z
    .strictObject({
      email: EmailAddress,
      password: NewPassword,
      name: name(100).describe('What others read who somebody is by.'),
      handle: Handle.optional(),
      session: SessionCarrier,
    })
    .meta({ examples: [{ email: 'ada@example.com', password: 'a long and quiet river', name: 'Ada' }] }),
  shortPassword,
);
export type RegisterInput = z.infer<typeof RegisterInput>;

/** Where the account has a second factor, the same call again with a code or a recovery code. */
export const LoginInput = inputType<
  { email: string; password: string; session?: z.input<typeof SessionCarrier> } & OneOf<
    { code?: string | undefined },
    { recoveryCode?: string | undefined }
  >
>()(
  z
    .strictObject({ email: EmailAddress, password: Password, ...factorFields, session: SessionCarrier })
    .refine((input) => !hasBoth(input), oneOfTwo)
    .meta({ examples: [{ email: 'ada@example.com', password: 'a long and quiet river' }] }),
);
export type LoginInput = z.infer<typeof LoginInput>;

/** A session that has begun, with its tokens; `refreshToken` is null where a cookie carries it. */
export const SignedIn = z
  .strictObject({
    user: Me,
    accessToken: z.string().max(4096),
    accessTokenExpiresAt: Timestamp,
    refreshToken: z.string().max(200).nullable(),
  })
  .meta({ id: 'SignedIn' });
export type SignedIn = z.infer<typeof SignedIn>;

/** Where an address must be verified first: the same answer whether or not it is known. */
export const VerificationSent = z
  .strictObject({ status: z.literal('verification_sent') })
  .meta({ id: 'VerificationSent' });
export type VerificationSent = z.infer<typeof VerificationSent>;

export const Registered = z.union([SignedIn, VerificationSent]);
export type Registered = z.infer<typeof Registered>;

/** Without a token, the one in the cookie is used. */
const RefreshToken = z.string().min(1).max(200).optional().describe('In a browser left out: there the cookie has it.');

export const RefreshInput = z.strictObject({ refreshToken: RefreshToken });
export type RefreshInput = z.infer<typeof RefreshInput>;

export const LogoutInput = z.strictObject({ refreshToken: RefreshToken });
export type LogoutInput = z.infer<typeof LogoutInput>;

export const EmailInput = z.strictObject({ email: EmailAddress });
export type EmailInput = z.infer<typeof EmailInput>;

export const Accepted = z.strictObject({ status: z.literal('accepted') }).meta({ id: 'Accepted' });
export type Accepted = z.infer<typeof Accepted>;

const MailToken = z.string().min(1).max(200).describe('The `token` of the link in the mail.');

export const ResetPasswordInput = z
  .strictObject({ token: MailToken, password: NewPassword })
  .meta({ examples: [{ token: 'the token of the link', password: 'another long and quiet river' }] });
export type ResetPasswordInput = z.infer<typeof ResetPasswordInput>;

const ownerFields = {
  password: Password.optional(),
  newPassword: NewPassword.optional().describe(
    'In place of `password`, for who did not choose one: a new password, which ends what the former one had opened.',
  ),
};
const oneOfBoth = {
  ...faultOptions(
    fault(
      'one_of_fields',
      { fields: ['password', 'newPassword'] },
      'Give the password of the account, or a new one for it',
    ),
  ),
  path: ['password'],
};

/**
 * Who opens the link reads the mails of the address, and may not be who registered with it: they give the password of the
 * account, or a new one, which ends what the former one had opened. An account moves to a new address by its password only.
 */
export const VerifyEmailInput = inputType<{ token: string } & OneOf<{ password: string }, { newPassword: string }>>()(
  z
    .strictObject({ token: MailToken, ...ownerFields })
    .refine(({ password, newPassword }) => (password === undefined) !== (newPassword === undefined), oneOfBoth)
    .meta({ examples: [{ token: 'the token of the link', password: 'the password of the account' }] }),
);
export type VerifyEmailInput = z.infer<typeof VerifyEmailInput>;

export const ChangePasswordInput = z
  .strictObject({ currentPassword: Password, newPassword: NewPassword })
  .meta({ examples: [{ currentPassword: 'a long and quiet river', newPassword: 'another long and quiet river' }] });
export type ChangePasswordInput = z.infer<typeof ChangePasswordInput>;

/** One of the sessions of an account. */
export const Session = z
  .strictObject({
    id: Id,
    current: z.boolean(),
    carrier: z.enum(['token', 'cookie']),
    ip: z.string().max(50).nullable(),
    userAgent: z.string().max(512).nullable(),
    createdAt: Timestamp,
    lastUsedAt: Timestamp,
    expiresAt: Timestamp,
  })
  .meta({ id: 'Session' });
export type Session = z.infer<typeof Session>;

export const SessionPage = pageOf(Session).meta({ id: 'SessionPage' });
