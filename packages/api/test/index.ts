export { type Cast, givenCast, givenUser, keyOf, type Person } from './fixtures/given.ts';
export { givenGroup } from './fixtures/given-group.ts';
export { givenPrompt, givenPrompts } from './fixtures/given-prompt.ts';
export { authenticatorOf } from './harness/authenticator.ts';
export { callersOf, contextOf } from './harness/callers.ts';
export { codeOf, errorOf } from './harness/code-of.ts';
export { collect } from './harness/collect.ts';
export { deliverMail, queuedMail, tokenIn } from './harness/deliver-mail.ts';
export {
  ManualClock,
  MemoryMailer,
  noLimits,
  plainPasswords,
  silentLog,
  type TestServices,
  testServices,
} from './harness/services.ts';
