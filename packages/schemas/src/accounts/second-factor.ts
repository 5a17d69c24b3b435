import { z } from 'zod';
import { faultOptions, formatted } from '../faults/refusing.ts';
import { fault } from '../faults/sentences.ts';
import { Timestamp } from '../values/ids.ts';
import { inputType, type OneOf } from '../values/input-type.ts';
import { text } from '../values/text.ts';

/** What an authenticator shows. Blanks and hyphens between its digits do not matter, nor how wide they are. */
export const TotpCode = z
  .string()
  .max(40, { abort: true })
  .normalize('NFKC')
  .overwrite((code) => code.replace(/[\s\p{Pd}]/gu, ''))
  .check(formatted('totp_code', /^[0-9]{6}$/))
  .describe('What the authenticator shows.');

/** `xxxx-xxxx-xxxx`; capitals, blanks and hyphens do not matter. */
export const RecoveryCode = text(40, 1).describe('One of the recovery codes, in place of `code`; each works once.');

const CurrentPassword = text(1024, 1).describe('The password of the account.');

/** Proof of the second factor: one of the two. */
export const factorFields = { code: TotpCode.optional(), recoveryCode: RecoveryCode.optional() };

interface Factor {
  readonly code?: string | undefined;
  readonly recoveryCode?: string | undefined;
}

export const hasBoth = ({ code, recoveryCode }: Factor): boolean => code !== undefined && recoveryCode !== undefined;
const hasOne = ({ code, recoveryCode }: Factor): boolean => (code === undefined) !== (recoveryCode === undefined);
export const oneOfTwo = {
  ...faultOptions(
    fault('one_of_fields', { fields: ['code', 'recoveryCode'] }, 'Give a code or a recovery code, one of the two'),
  ),
  path: ['code'],
};

export const StartTotpInput = z.strictObject({ currentPassword: CurrentPassword });
export type StartTotpInput = z.infer<typeof StartTotpInput>;

/** `setupKey` and `uri` say the same, for typing and for a QR code. In force once a first code is confirmed. */
export const TotpSetup = z
  .strictObject({ setupKey: z.string().max(64), uri: z.string().max(1024), expiresAt: Timestamp })
  .meta({ id: 'TotpSetup' });
export type TotpSetup = z.infer<typeof TotpSetup>;

export const TotpCodeInput = z.strictObject({ code: TotpCode });
export type TotpCodeInput = z.infer<typeof TotpCodeInput>;

/** Shown here and never again; each works once. */
export const RecoveryCodes = z
  .strictObject({ recoveryCodes: z.array(z.string().max(40)).max(10) })
  .meta({ id: 'RecoveryCodes' });
export type RecoveryCodes = z.infer<typeof RecoveryCodes>;

type OneProof = OneOf<{ code: string }, { recoveryCode: string }>;

export const SecondFactorInput = inputType<OneProof>()(
  z
    .strictObject(factorFields)
    .refine(hasOne, oneOfTwo)
    .meta({ examples: [{ code: '123456' }] }),
);
export type SecondFactorInput = z.infer<typeof SecondFactorInput>;

export const DisableTotpInput = inputType<{ currentPassword: string } & OneProof>()(
  z
    .strictObject({ currentPassword: CurrentPassword, ...factorFields })
    .refine(hasOne, oneOfTwo)
    .meta({ examples: [{ currentPassword: 'the password of today', code: '123456' }] }),
);
export type DisableTotpInput = z.infer<typeof DisableTotpInput>;

/** `verifiedUntil`: until when this session does dangerous steps without being asked again. */
export const TotpStatus = z
  .strictObject({
    enabled: z.boolean(),
    since: Timestamp.nullable(),
    recoveryCodesLeft: z.int().min(0).max(10),
    verifiedUntil: Timestamp.nullable(),
  })
  .meta({ id: 'TotpStatus' });
export type TotpStatus = z.infer<typeof TotpStatus>;

export const SecondFactorVerified = z.strictObject({ verifiedUntil: Timestamp }).meta({ id: 'SecondFactorVerified' });
export type SecondFactorVerified = z.infer<typeof SecondFactorVerified>;
