export type * from './contract/contract.ts';
export type { inferInputs, inferOutputs, ProcedurePath } from './contract/infer.ts';
export { createPromptory, type Promptory, type PromptorySurface } from './create-promptory.ts';
export {
  type ClientErrorCode,
  type DetailsOf,
  isPromptoryError,
  PromptoryError,
  type PromptoryErrorOf,
} from './errors/promptory-error.ts';
export type { ImportFile, ImportFileEvent, ImportFileOptions } from './import/import-file.ts';
export type { Wait } from './links/call-link.ts';
export { withIdempotencyKey } from './links/idempotency-key.ts';
export type { Fetch } from './links/read-fetch.ts';
export type { BatchOptions } from './links/sending-links.ts';
export type { ItemsOf } from './lists/items-of.ts';
export type {
  ApiKeyOptions,
  ConnectionOptions,
  CredentialsOptions,
  GetTokenOptions,
  PromptoryOptions,
  SessionOptions,
} from './options.ts';
export type {
  FallbackPrompt,
  FetchedPrompt,
  PromptHandle,
  PromptOf,
  PromptOptions,
  RenderedMessage,
  RenderedPrompt,
} from './registry/prompt-handle.ts';
export type { JsonObject, PromptOrigin, PromptSource, SourceMessage } from './registry/prompt-source.ts';
export {
  type KnownReference,
  type PromptInputs,
  type PromptOutput,
  type PromptTypes,
  type UnlistedReference,
  unlisted,
} from './registry/prompt-types.ts';
export type { PromptBundle, PromptEvent, PromptsOptions } from './registry/prompts-options.ts';
export type { RetryOptions } from './retry/retry-policy.ts';
export type { RefreshTokenStorage } from './session/refresh-token-storage.ts';
export type { Credentials, SessionCarrier, SessionState, SignInInput } from './session/session.ts';
export type { SessionEvent, SessionListener } from './session/session-events.ts';
export type { GetToken } from './session/token-source.ts';
