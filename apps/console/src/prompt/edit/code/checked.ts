/** What the language says of a text. */
export interface Checked {
  /** Where it is no template; null where it is one. Line and column from 1. */
  readonly fault: { readonly message: string; readonly line: number; readonly column: number } | null;
  /** The names that it asks for; none where it is no template. */
  readonly inputs: readonly string[];
  /** All filters that there are. */
  readonly filters: readonly string[];
}

/** What the page sends to the worker. */
export interface Asked {
  readonly number: number;
  readonly text: string;
}

export interface Answer {
  readonly number: number;
  readonly checked: Checked;
}
