import { promptory } from './right.ts';

await promptory.prompts.list.query({ limit: '5' });
