let words: string | null = null;

/** Leaves a sentence for the page of signing in, which is all that is left to say it. */
export function sayFarewell(text: string): void {
  words = text;
}

/** What was left to say, once. */
export function takeFarewell(): string | null {
  const taken = words;
  words = null;
  return taken;
}
