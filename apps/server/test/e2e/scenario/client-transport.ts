import { createPromptory, type Promptory } from '@promptory/client';
import type { Caller, Transport } from './transport.ts';

const caller = (promptory: Promptory): Caller => ({
  calls: promptory,
  importFile: (file, options) => promptory.$import(file, options),
});

/** The server as programs in TypeScript reach it: the tRPC wire, through the typed client. */
export const clientTransport = (url: string): Transport => ({
  nobody: () => caller(createPromptory({ url, session: 'token' })),
  async person(tokens) {
    const promptory = createPromptory({ url, session: 'token' });
    await promptory.$signIn(tokens);
    return caller(promptory);
  },
  program: (apiKey) => caller(createPromptory({ url, apiKey })),
});
