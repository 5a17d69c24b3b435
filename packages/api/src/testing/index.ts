export { callersOf, contextOf } from './callers.ts';
export { type Cast, givenCast, givenUser, keyOf, type Person } from './given.ts';
export {
  ManualClock,
  MemoryMailer,
  noLimits,
  plainPasswords,
  silentLog,
  type TestServices,
  testServices,
} from './services.ts';
