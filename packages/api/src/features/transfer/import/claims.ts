/** From how many equal prompts on it is worth to remember where they were looked for last. */
const MANY = 16;

/**
 * What the rows of an import have made use of so far: a prompt is one row's only. It holds an id, and where there is one a
 * slug, for each row, and so at most MAX_IMPORT_ROWS of each.
 */
export class Claims {
  readonly #promptIds = new Set<string>();
  readonly #slugs = new Set<string>();
  /** Content → up to which id its prompts are claimed. */
  readonly #claimedUpTo = new Map<string, string>();

  hasPrompt(id: string): boolean {
    return this.#promptIds.has(id);
  }

  hasSlug(slug: string): boolean {
    return this.#slugs.has(slug);
  }

  /** The id from which on prompts of a content may be free. */
  claimedUpTo(hash: string): string | undefined {
    return this.#claimedUpTo.get(hash);
  }

  addPrompt(id: string): void {
    this.#promptIds.add(id);
  }

  /** A copy: a cell of a file keeps the whole piece of the file that it was cut from. */
  addSlug(slug: string): void {
    this.#slugs.add(Buffer.from(slug, 'latin1').toString('latin1'));
  }

  addSearch({ hash, upTo, passed }: EqualSearch): void {
    if (upTo !== undefined && passed >= MANY) this.#claimedUpTo.set(hash, upTo);
  }
}

/** How far the prompts of one content were looked through. */
export interface EqualSearch {
  readonly hash: string;
  /** Those that no row has claimed, in the order of their ids. */
  readonly free: readonly string[];
  /** The last one that is free no more. */
  readonly upTo: string | undefined;
  /** How many were passed. */
  readonly passed: number;
}
