export {
  type ApiKeyParts,
  emailTokenRow,
  givenApiKey,
  newAddress,
  newApiKey,
  newSession,
  totpRow,
  type User,
} from '@promptory/auth/testing';
export { choiceToken } from '../src/domain/mail/mail-choice.ts';
export { actionsIn } from './accounts/interleaving/account-actions.ts';
export type { WorldKind } from './accounts/interleaving/account-world.ts';
export { openInterleaver } from './accounts/interleaving/interleave.ts';
export { openSide } from './accounts/interleaving/stepped-database.ts';
export { givenGroup, givenTeam, newGroup } from './fixtures/groups.ts';
export {
  type Cast,
  givenCast,
  givenKeyPrincipal,
  givenPerson,
  givenSession,
  keyPrincipal,
  newPeople,
  PASSWORD,
  type Person,
  type PersonParts,
} from './fixtures/people.ts';
export { givenPrompt, givenPrompts, newPrompt, promptRow, versionRows } from './fixtures/prompts.ts';
export { madeUpCorpus } from './fixtures/search-corpus.ts';
export { type Acknowledged, MOST_AGE_MS, visibleStates } from './harness/acknowledged-states.ts';
export { givenApi, isAwaitingLock } from './harness/api.ts';
export { authenticatorOf } from './harness/authenticator.ts';
export { callersOf, contextOf } from './harness/callers.ts';
export { codeOf, errorOf } from './harness/code-of.ts';
export { collect } from './harness/collect.ts';
export { cursorBehind, explainedLists, listCases, principalIn } from './harness/list-cases.ts';
export { deliverMail, finishDeletions, queuedMail, takeInvitations, tokenIn } from './harness/mail-queue.ts';
export {
  MailOutbox,
  ManualClock,
  noLimits,
  plainPasswords,
  silentLog,
  type TestServices,
  testServices,
} from './harness/services.ts';
