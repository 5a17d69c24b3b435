import {
  Accepted,
  ById,
  ChangePasswordInput,
  EmailInput,
  LoginInput,
  LogoutInput,
  PageInput,
  RefreshInput,
  Registered,
  RegisterInput,
  ResetPasswordInput,
  SessionPage,
  SignedIn,
  VerifyEmailInput,
} from '@promptory/schemas';
import { z } from 'zod';
import { open, router, sessionProcedure } from '../../trpc.ts';
import { changePassword } from './recovery/change-password.ts';
import { forgotPassword } from './recovery/forgot-password.ts';
import { resendVerification } from './recovery/resend-verification.ts';
import { resetPassword } from './recovery/reset-password.ts';
import { verifyEmail } from './recovery/verify-email.ts';
import { totpRouter } from './second-factor/totp.router.ts';
import { logOut } from './sessions/log-out.ts';
import { endOwnSession, listOwnSessions } from './sessions/own-sessions.ts';
import { refresh } from './sessions/refresh.ts';
import { logIn } from './sign-in/log-in.ts';
import { isVerificationSent, register } from './sign-in/register.ts';

const tags = ['Accounts'];

export const authRouter = router({
  register: open
    .meta({
      can: 'account.register',
      signInAttempt: true,
      batch: false,
      errors: [
        'request.cookie_not_kept',
        'auth.password_too_weak',
        'auth.email_taken',
        'auth.registration_closed',
        'user.handle_taken',
      ],
      rest: {
        method: 'POST',
        path: '/auth/register',
        summary: 'Make an account',
        description:
          'Answers the account, signed in (201), or, where addresses must be verified first, only that a mail is on its way (202). With `"session": "cookie"` the refresh token travels in a cookie that no script can read.',
        tags,
        status: 201,
        location: '/users/me',
        orStatus: {
          status: 202,
          description:
            'The address must be verified first; the same answer whether or not it has an account, or is invited.',
          when: isVerificationSent,
        },
      },
    })
    .input(RegisterInput)
    .output(Registered)
    .mutation(({ ctx, input }) => register(ctx, input)),

  login: open
    .meta({
      can: 'account.signIn',
      signInAttempt: true,
      batch: false,
      errors: [
        'request.cookie_not_kept',
        'auth.invalid_credentials',
        'auth.email_not_verified',
        'auth.second_factor_required',
        'auth.second_factor_invalid',
      ],
      rest: {
        method: 'POST',
        path: '/auth/login',
        summary: 'Sign in with address and password',
        description:
          'An account with a second factor answers `auth.second_factor_required` to a right password; then make the same call with `code` or `recoveryCode` too.',
        tags,
      },
    })
    .input(LoginInput)
    .output(SignedIn)
    .mutation(({ ctx, input }) => logIn(ctx, input)),

  refresh: open
    .meta({
      can: 'account.signIn',
      limit: 'refresh',
      takesRefreshToken: true,
      signInAttempt: true,
      batch: false,
      errors: ['request.cookie_not_kept', 'auth.required', 'auth.session_ended'],
      rest: {
        method: 'POST',
        path: '/auth/refresh',
        summary: 'Exchange a refresh token for the next tokens',
        description:
          'The refresh token is in the body or in the cookie, and good once; asked again within ten seconds, the same tokens are answered. A token that was used before ends its session.',
        tags,
      },
    })
    .input(RefreshInput.prefault({}))
    .output(SignedIn)
    .mutation(({ ctx, input }) => refresh(ctx, input)),

  logout: open
    .meta({
      can: 'account.signIn',
      batch: false,
      token: 'optional',
      takesRefreshToken: true,
      rest: {
        method: 'POST',
        path: '/auth/logout',
        summary: 'Sign out',
        description:
          'Ends the session of the access token, of the refresh token or of the cookie. Answers the same where there is none.',
        tags,
        status: 204,
      },
    })
    .input(LogoutInput.prefault({}))
    .output(z.void())
    .mutation(({ ctx, input }) => logOut(ctx, input)),

  forgotPassword: open
    .meta({
      can: 'account.recover',
      signInAttempt: true,
      batch: false,
      rest: {
        method: 'POST',
        path: '/auth/forgot-password',
        summary: 'Have a link to choose a new password mailed',
        description:
          'Answers the same whether or not the address has an account. The link is good for a quarter of an hour, and once.',
        tags,
        status: 202,
      },
    })
    .input(EmailInput)
    .output(Accepted)
    .mutation(({ ctx, input }) => forgotPassword(ctx, input)),

  resetPassword: open
    .meta({
      can: 'account.recover',
      limit: 'verify',
      signInAttempt: true,
      batch: false,
      errors: ['auth.password_too_weak', 'auth.link_invalid'],
      rest: {
        method: 'POST',
        path: '/auth/reset-password',
        summary: 'Choose a new password with the mailed link',
        description: 'Ends every session of the account, and signs nobody in; a notice is mailed to its address.',
        tags,
        status: 204,
      },
    })
    .input(ResetPasswordInput)
    .output(z.void())
    .mutation(({ ctx, input }) => resetPassword(ctx, input)),

  verifyEmail: open
    .meta({
      can: 'account.verify',
      limit: 'verify',
      signInAttempt: true,
      batch: false,
      errors: ['auth.link_invalid', 'auth.email_taken', 'auth.password_too_weak', 'auth.invalid_credentials'],
      rest: {
        method: 'POST',
        path: '/auth/verify-email',
        summary: 'Confirm an address with the mailed link',
        description:
          'With the `password` of the account; or with a `newPassword`, which ends every session and API key of before, where nobody has proved the address of the account yet.',
        tags,
        status: 204,
      },
    })
    .input(VerifyEmailInput)
    .output(z.void())
    .mutation(({ ctx, input }) => verifyEmail(ctx, input)),

  resendVerification: open
    .meta({
      can: 'account.verify',
      batch: false,
      rest: {
        method: 'POST',
        path: '/auth/resend-verification',
        summary: 'Have the link that confirms an address mailed again',
        description: 'Answers the same whether or not the address has an account that waits for it.',
        tags,
        status: 202,
      },
    })
    .input(EmailInput)
    .output(Accepted)
    .mutation(({ ctx, input }) => resendVerification(ctx, input)),

  changePassword: sessionProcedure
    .meta({
      can: 'account.secure',
      stepUp: 'always',
      signInAttempt: true,
      batch: false,
      errors: ['auth.password_too_weak', 'auth.invalid_credentials', 'auth.session_ended'],
      rest: {
        method: 'POST',
        path: '/auth/change-password',
        summary: 'Change the password and sign the other devices out',
        description:
          'Takes the password of before too. This session goes on; a notice is mailed to the address of the account.',
        tags,
        status: 204,
      },
    })
    .input(ChangePasswordInput)
    .output(z.void())
    .mutation(({ ctx, input }) => changePassword(ctx, input)),

  totp: totpRouter,

  sessions: router({
    list: sessionProcedure
      .meta({
        can: 'account.secure',
        batch: false,
        reads: 'primary',
        rest: {
          method: 'GET',
          path: '/auth/sessions',
          summary: 'List the devices that are signed in',
          description:
            'Each with the device and the network address that it was last used from; `current` is the one that asks.',
          tags,
        },
      })
      .input(PageInput.prefault({}))
      .output(SessionPage)
      .query(({ ctx, input }) => listOwnSessions(ctx, input)),

    end: sessionProcedure
      .meta({
        can: 'account.secure',
        batch: false,
        errors: ['session.not_found', 'auth.session_ended'],
        rest: {
          method: 'DELETE',
          path: '/auth/sessions/{id}',
          summary: 'Sign a device out',
          description: 'Its next call is refused, and its refresh token is of no more use.',
          tags,
          status: 204,
        },
      })
      .input(ById)
      .output(z.void())
      .mutation(({ ctx, input }) => endOwnSession(ctx, input)),
  }),
});
