export type { GetToken } from './access.ts';
export type * from './contract.ts';
export { createPromptory, type Promptory, type PromptorySurface } from './create-promptory.ts';
export type { ImportFile, ImportFileOptions } from './import-file.ts';
export type { inferInputs, inferOutputs, ProcedurePath } from './infer.ts';
export { once } from './once.ts';
export type {
  ApiKeyOptions,
  BatchOptions,
  ConnectionOptions,
  CredentialsOptions,
  GetTokenOptions,
  PromptoryOptions,
  SessionOptions,
} from './options.ts';
export { type ClientErrorCode, isPromptoryError, PromptoryError } from './promptory-error.ts';
export type { Fetch } from './read-fetch.ts';
export type { RefreshTokenStorage } from './refresh-token-storage.ts';
export type { RetryOptions } from './retry-policy.ts';
export type { Credentials, SessionCarrier, SessionState, SignInInput } from './session.ts';
