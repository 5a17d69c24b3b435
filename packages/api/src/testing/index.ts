export { authenticatorOf } from './authenticator.ts';
export { callersOf, contextOf } from './callers.ts';
export { codeOf, errorOf } from './code-of.ts';
export { collect } from './collect.ts';
export { deliverMail, queuedMail, tokenIn } from './deliver-mail.ts';
export { type Cast, givenCast, givenUser, keyOf, type Person } from './given.ts';
export { givenGroup } from './given-group.ts';
export { givenPrompt, givenPrompts } from './given-prompt.ts';
export {
  ManualClock,
  MemoryMailer,
  noLimits,
  plainPasswords,
  silentLog,
  type TestServices,
  testServices,
} from './services.ts';
