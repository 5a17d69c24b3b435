/** Text of a file that is changed by hand: what stands there, once, and what stands there afterwards. */
export interface Edit {
  /** From the root; `…` stands for what a command names. */
  readonly file: string;
  readonly before: string;
  readonly after: string;
}

/** A change that CONTRIBUTING.md describes: what is done by hand, and the commands that do the rest. */
export interface Recipe {
  /** The heading of its section. */
  readonly title: string;
  /** Files changed by hand, at most. */
  readonly byHand: number;
  /** A script that starts a file, before the edits. */
  readonly start?: readonly [script: string, ...args: string[]];
  readonly edits: readonly Edit[];
  /** Scripts that write the rest, after the edits. */
  readonly finish: ReadonlyArray<readonly [script: string, ...args: string[]]>;
  /** What they write. */
  readonly written: readonly string[];
}

/** Text put right behind other text. */
export const behind = (file: string, before: string, text: string): Edit => ({ file, before, after: before + text });
