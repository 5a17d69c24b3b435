import {
  DisableTotpInput,
  type ErrorCode,
  RecoveryCodes,
  SecondFactorInput,
  SecondFactorVerified,
  StartTotpInput,
  TotpCodeInput,
  TotpSetup,
  TotpStatus,
} from '@promptory/schemas';
import { z } from 'zod';
import { router, sessionProcedure } from '../../../trpc.ts';
import { confirmTotp } from './confirm-totp.ts';
import { disableTotp } from './disable-totp.ts';
import { getTotpStatus } from './get-totp-status.ts';
import { renewRecoveryCodes } from './renew-recovery-codes.ts';
import { startTotp } from './start-totp.ts';
import { verifySecondFactor } from './verify-second-factor.ts';

const tags = ['Accounts'];
const codeErrors: readonly ErrorCode[] = ['auth.second_factor_invalid', 'auth.second_factor_off'];

export const totpRouter = router({
  get: sessionProcedure
    .meta({
      can: 'account.secure',
      batch: false,
      reads: 'primary',
      rest: {
        method: 'GET',
        path: '/auth/totp',
        summary: 'Whether your account has a second factor',
        description: 'Answers whether it is on and how many recovery codes are left, never the key or a code.',
        tags,
      },
    })
    .input(z.strictObject({}).prefault({}))
    .output(TotpStatus)
    .query(({ ctx }) => getTotpStatus(ctx)),

  start: sessionProcedure
    .meta({
      can: 'account.secure',
      batch: false,
      errors: ['auth.invalid_credentials', 'auth.session_ended', 'auth.email_not_verified', 'auth.second_factor_on'],
      rest: {
        method: 'POST',
        path: '/auth/totp',
        summary: 'Get a key for an authenticator app',
        description: 'Nothing changes until a code that the app makes of it is confirmed, within a quarter of an hour.',
        tags,
      },
    })
    .input(StartTotpInput)
    .output(TotpSetup)
    .mutation(({ ctx, input }) => startTotp(ctx, input)),

  confirm: sessionProcedure
    .meta({
      can: 'account.secure',
      batch: false,
      errors: [...codeErrors, 'auth.second_factor_on', 'auth.session_ended'],
      rest: {
        method: 'POST',
        path: '/auth/totp/confirm',
        summary: 'Turn the second factor on with its first code',
        description:
          'The recovery codes are in this answer and are never shown again. Your other devices are signed out.',
        tags,
      },
    })
    .input(TotpCodeInput)
    .output(RecoveryCodes)
    .mutation(({ ctx, input }) => confirmTotp(ctx, input)),

  verify: sessionProcedure
    .meta({
      can: 'account.secure',
      batch: false,
      errors: [...codeErrors, 'auth.second_factor_required', 'auth.session_ended'],
      rest: {
        method: 'POST',
        path: '/auth/totp/verify',
        summary: 'Prove the second factor in this session',
        description: 'What answers `auth.second_factor_required` can then be called for ten minutes.',
        tags,
      },
    })
    .input(SecondFactorInput)
    .output(SecondFactorVerified)
    .mutation(({ ctx, input }) => verifySecondFactor(ctx, input)),

  renewRecoveryCodes: sessionProcedure
    .meta({
      can: 'account.secure',
      batch: false,
      errors: [...codeErrors, 'auth.session_ended'],
      rest: {
        method: 'POST',
        path: '/auth/totp/recovery-codes',
        summary: 'Get new recovery codes in place of the former ones',
        description:
          'Takes a code of the authenticator app. The new codes are in this answer and are never shown again.',
        tags,
      },
    })
    .input(TotpCodeInput)
    .output(RecoveryCodes)
    .mutation(({ ctx, input }) => renewRecoveryCodes(ctx, input)),

  // Not DELETE /auth/totp: the password and the code belong in a body, and addresses end up in logs.
  disable: sessionProcedure
    .meta({
      can: 'account.secure',
      batch: false,
      errors: [...codeErrors, 'auth.second_factor_required', 'auth.invalid_credentials', 'auth.session_ended'],
      rest: {
        method: 'POST',
        path: '/auth/totp/disable',
        summary: 'Turn the second factor off',
        description: 'Takes the password, and a code or a recovery code. The key and the recovery codes are forgotten.',
        tags,
        status: 204,
      },
    })
    .input(DisableTotpInput)
    .output(z.void())
    .mutation(({ ctx, input }) => disableTotp(ctx, input)),
});
