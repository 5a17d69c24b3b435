export const countedPrompts = (count: number): string => (count === 1 ? 'one prompt' : `${count} prompts`);

/** The beginning of a sentence: `One prompt is in the trash`. */
export const promptsAre = (count: number, what: string): string =>
  count === 1 ? `One prompt is ${what}` : `${count} prompts are ${what}`;
