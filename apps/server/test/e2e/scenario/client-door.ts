import { createPromptory, type Promptory } from '@promptory/client';
import type { Door, Visitor } from './door.ts';

const visitor = (promptory: Promptory): Visitor => ({
  calls: promptory,
  importFile: (file, options) => promptory.$import(file, options),
});

/** The server as programs in TypeScript reach it: the tRPC wire, through the typed client. */
export const clientDoor = (url: string): Door => ({
  nobody: () => visitor(createPromptory({ url, session: 'token' })),
  async person(tokens) {
    const promptory = createPromptory({ url, session: 'token' });
    await promptory.$signIn(tokens);
    return visitor(promptory);
  },
  program: (apiKey) => visitor(createPromptory({ url, apiKey })),
});
