import { givenPerson, type Person } from '@promptory/api/testing';
import { createPromptory, type Promptory } from '@promptory/client';
import { type BootedApp, givenApp } from '@promptory/server/testing/app';
import { type Ran, type RunOptions, run } from './run-in-process.ts';

/** Somebody with a key, as whom the command runs. */
export interface Someone {
  readonly person: Person;
  readonly apiKey: string;
  readonly promptory: Promptory;
  /** The command with the key in its environment. */
  run(args: readonly string[], options?: RunOptions): Promise<Ran>;
}

/** A server and people on it, for one test file, at its top. */
export async function givenSite(): Promise<{ app: BootedApp; url: string; someone(handle: string): Promise<Someone> }> {
  const app = await givenApp();
  const url = await app.url();
  return {
    app,
    url,
    async someone(handle) {
      const person = await givenPerson(app.services, { handle });
      const { 'x-api-key': apiKey } = await app.as.key(person);
      const env = { PROMPTORY_URL: url, PROMPTORY_API_KEY: apiKey };
      return {
        person,
        apiKey,
        promptory: createPromptory({ url, apiKey, retry: false }),
        run: (args, options = {}) => run(args, { ...options, env: { ...env, ...options.env } }),
      };
    },
  };
}
