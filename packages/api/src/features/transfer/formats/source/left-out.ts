/** Names that an import answers with, and characters of each. */
const MOST = 100;
const MAX_LENGTH = 200;
/** Characters of what one row says of them. */
const MAX_NOTE = 200;

/** What a file names that means nothing here, each said at the first row that has it; at most MOST of them. */
export class LeftOut {
  readonly #names = new Set<string>();

  /** Notes names down; what is to be said of those that are new, if any are. */
  add(what: 'Columns' | 'Keys', names: readonly string[]): string | null {
    const added: string[] = [];
    for (const name of names) {
      const short = name.slice(0, MAX_LENGTH).toWellFormed();
      if (this.#names.size >= MOST || this.#names.has(short)) continue;
      this.#names.add(short);
      added.push(short);
    }
    return added.length === 0 ? null : `${what} not known and left out: ${added.join(', ').slice(0, MAX_NOTE)}`;
  }

  get names(): string[] {
    return [...this.#names];
  }
}
