// All that this package knows of the server: types, gone at run time. In dist a generated file stands in this one's
// place, with the same names written out in full (scripts/write-contract.ts).
export type { AppRouter, RouterInputs, RouterOutputs } from '@promptory/api/router';
export type {
  ApiKey,
  ErrorCode,
  FieldError,
  Group,
  GroupEntry,
  GroupInvitation,
  GroupMember,
  GroupWithPrompts,
  HistoryItem,
  ImportEvent,
  Me,
  Preferences,
  Prompt,
  PromptVersion,
  PromptVisibility,
  PublicUser,
  Scope,
  Session,
  SignedIn,
  TransferFormat,
  VersionDiff,
  VersionSummary,
} from '@promptory/schemas';
