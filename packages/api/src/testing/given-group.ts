import type { Services } from '../context.ts';
import { callersOf } from './callers.ts';
import type { Cast } from './given.ts';
import { givenPrompt } from './given-prompt.ts';

/** Alice's group, with bob as editor and carol as viewer, and alice's private prompts of these titles in it. */
export async function givenGroup(
  services: Services,
  { alice }: Cast,
  titles: readonly string[] = [],
): Promise<{ id: string; prompts: string[] }> {
  const caller = callersOf(services).as(alice.principal);
  const { id } = await caller.groups.create({ name: 'Support' });
  await caller.members.add({ id, handle: 'bob', role: 'editor' });
  await caller.members.add({ id, handle: 'carol', role: 'viewer' });
  const prompts: string[] = [];
  for (const title of titles) {
    const prompt = await givenPrompt(services.db, alice, title);
    await caller.groups.addPrompt({ id, promptId: prompt.id });
    prompts.push(prompt.id);
  }
  return { id, prompts };
}
