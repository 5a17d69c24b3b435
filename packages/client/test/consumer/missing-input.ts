import { promptory } from './right.ts';

await promptory.prompts.create.mutate({ content: 'Without a title' });
await promptory.prompts.get.query();
