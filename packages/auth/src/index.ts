export { type AccessTokenClaims, type AccessTokens, createAccessTokens } from './access-tokens.ts';
export {
  apiKeyLooksValid,
  findLiveApiKey,
  type GeneratedApiKey,
  generateApiKey,
  hashApiKey,
  type LiveApiKey,
} from './api-keys.ts';
export { type Attempt, type AttemptKind, deleteOldAttempts, recordAttempt } from './attempts.ts';
export { type CallerOrigin, originColumns } from './caller-origin.ts';
export { deriveKey } from './derived-key.ts';
export { normalizeEmailAddress } from './email-address.ts';
export {
  deleteExpiredEmailTokens,
  type EmailTokenPurpose,
  issueEmailToken,
  redeemEmailToken,
  voidEmailTokens,
} from './email-tokens.ts';
export {
  createPasswordHasher,
  HasherBusyError,
  type PasswordHasher,
  type PreparedPassword,
  preparePassword,
} from './passwords.ts';
export { resealSecondFactors } from './reseal-second-factors.ts';
export {
  confirmTotp,
  deleteTotp,
  findSecondFactor,
  redeemSecondFactor,
  replaceRecoveryCodes,
  type SecondFactorOutcome,
  type SecondFactorProof,
  type SecondFactorStatus,
  selectSecondFactors,
  startTotp,
  type TotpSetup,
} from './second-factor.ts';
export { createSecretBox, type SecretBox } from './secret-box.ts';
export type { SessionCarrier } from './session-carrier.ts';
export {
  findLiveSession,
  findSessionByRefreshToken,
  type LiveSession,
  type RefreshOutcome,
  refreshSession,
  type StartedSession,
  startSession,
} from './sessions.ts';
export {
  deleteExpiredSessions,
  endSession,
  endSessionByRefreshToken,
  endSessions,
  type ListedSession,
  listSessions,
} from './signed-in-devices.ts';
export { findStepUpEnd, lacksSecondFactor, markSecondFactor } from './step-up.ts';
export { totpCodeAt } from './totp.ts';
export type { UserRole } from './user-role.ts';
