import type { ListedPrompt } from '@promptory/client';

/** Prompts that somebody has chosen, by their ids, whether they are in sight or not. */
export type Chosen = ReadonlyMap<string, ListedPrompt>;

/** More at once wait too long, and are too many to look at before. */
export const MOST_CHOSEN = 200;

/** Those of a list between two places, both ends included. */
const between = (items: readonly ListedPrompt[], from: string, to: string): readonly ListedPrompt[] => {
  const [one, other] = [from, to].map((id) => items.findIndex((item) => item.id === id)).toSorted((a, b) => a - b);
  return one === undefined || other === undefined || one === -1 ? [] : items.slice(one, other + 1);
};

/** With more of them chosen, as many as may be at once. */
export const withMore = (chosen: Chosen, more: readonly ListedPrompt[]): Chosen =>
  new Map([...new Map([...chosen, ...more.map((prompt) => [prompt.id, prompt] as const)])].slice(0, MOST_CHOSEN));

/**
 * Chooses a prompt, or lets it go.
 *
 * @param since the one that was chosen last: all from there to this one are chosen too
 */
export function toggled(
  chosen: Chosen,
  prompt: ListedPrompt,
  items: readonly ListedPrompt[],
  since?: string | undefined,
): Chosen {
  if (since !== undefined) return withMore(chosen, [prompt, ...between(items, since, prompt.id)]);
  if (!chosen.has(prompt.id)) return withMore(chosen, [prompt]);
  return new Map([...chosen].filter(([id]) => id !== prompt.id));
}
