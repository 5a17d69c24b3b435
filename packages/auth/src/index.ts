export { type Attempt, type AttemptKind, deleteOldAttempts, insertAttempt } from './identity/attempts.ts';
export { type CallerOrigin, originColumns } from './identity/caller-origin.ts';
export { normalizeEmailAddress } from './identity/email-address.ts';
export { shownAddress } from './identity/shown-address.ts';
export type { UserRole } from './identity/user-role.ts';
export { createPasswordHasher, HasherBusyError, type PasswordHasher } from './passwords/password-hasher.ts';
export { isOwnAddress, type PreparedPassword, preparePassword } from './passwords/prepare-password.ts';
export { findSecondFactor, type SecondFactorStatus } from './second-factor/find-second-factor.ts';
export {
  redeemSecondFactor,
  replaceRecoveryCodes,
  type SecondFactorOutcome,
  type SecondFactorProof,
} from './second-factor/redeem-second-factor.ts';
export { resealSecondFactors } from './second-factor/reseal-second-factors.ts';
export { findStepUpEnd, lacksSecondFactor, markSecondFactor } from './second-factor/session-step-up.ts';
export { confirmTotp, deleteTotp, startTotp, type TotpSetup } from './second-factor/set-up-totp.ts';
export { selectSecondFactors } from './second-factor/stored-factor.ts';
export { totpCodeAt } from './second-factor/totp.ts';
export { type CredentialMarks, createCredentialMarks, type MarkedFor } from './secrets/credential-marks.ts';
export { deriveKey } from './secrets/derived-key.ts';
export { openBytes, sealBytes } from './secrets/sealed-bytes.ts';
export { createSecretBox, type SecretBox } from './secrets/secret-box.ts';
export { type ShownSession, shownSession } from './sessions/refresh-token.ts';
export type { SessionCarrier } from './sessions/session-carrier.ts';
export {
  findLiveSession,
  findSessionByRefreshToken,
  type LiveSession,
  type RefreshOutcome,
  refreshSession,
  type StartedSession,
  startSession,
} from './sessions/sessions.ts';
export {
  deleteExpiredSessions,
  endSession,
  endSessionByRefreshToken,
  endSessions,
  keepLatestSessions,
  type ListedSession,
  listSessions,
  lockLiveSession,
  lockSessions,
} from './sessions/user-sessions.ts';
export { type AccessTokenClaims, type AccessTokens, createAccessTokens } from './tokens/access-tokens.ts';
export {
  API_KEY_PREFIX,
  apiKeyLooksValid,
  findApiKey,
  findLiveApiKey,
  type GeneratedApiKey,
  generateApiKey,
  hashApiKey,
  type LiveApiKey,
  lockApiKeys,
  lockLiveApiKey,
  markedApiKeyOwner,
} from './tokens/api-keys.ts';
export {
  deleteExpiredEmailTokens,
  type EmailTokenPurpose,
  findEmailToken,
  issueEmailToken,
  redeemEmailToken,
  voidEmailTokens,
} from './tokens/email-tokens.ts';
