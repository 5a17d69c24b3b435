import { promptory } from './right.ts';

await promptory.prompts.create.mutate({ title: 'A title', contnet: 'Misspelt' });
