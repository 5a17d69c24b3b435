// The procedure of what an editor offers: prompts.list, for prompts that are included.
import { promptory } from '../../../data/promptory.ts';

/** Prompts of one text, by what is typed of their name. */
export async function promptsToInclude(
  typed: string,
): Promise<readonly { readonly ref: string; readonly title: string }[]> {
  const q = typed.replace(/[^\p{L}\p{N}]+/gu, ' ').trim();
  const { items } = await promptory.prompts.list.query({ limit: 20, ...(q === '' ? {} : { q }) });
  return items.filter(({ kind }) => kind === 'text');
}
