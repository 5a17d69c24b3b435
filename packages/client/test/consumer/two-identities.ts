import { createPromptory } from '@promptory/client';

createPromptory({ url: 'https://prompts.example.org', apiKey: 'pty_live_x', getToken: () => null });
