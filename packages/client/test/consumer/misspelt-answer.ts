import { promptory } from './right.ts';

export const { tilte } = await promptory.prompts.get.query({ id: 'an id' });
