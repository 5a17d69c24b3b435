export {
  type ApiKeyParts,
  emailTokenRow,
  givenApiKey,
  newApiKey,
  newSession,
  passwordRow,
  totpRow,
} from './fixtures/credentials.ts';
export { newAddress, newUser, type User, type UserParts, userRow } from './fixtures/users.ts';
