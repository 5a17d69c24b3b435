/** Where in a source, both from 1; a column counts UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Thrown inside the converters: this place has no exact counterpart. `convert` answers it. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly position: Position;

  constructor(reason: string, position: Position) {
    super(reason);
    this.position = position;
  }
}

/** The places of offsets in a source. Lines end at `\n`, `\r\n` or `\r`. */
export class Places {
  readonly #lineStarts: readonly number[];

  constructor(source: string) {
    this.#lineStarts = [0, ...Array.from(source.matchAll(/\r\n|\r|\n/g), ({ index, 0: end }) => index + end.length)];
  }

  at(offset: number): Position {
    let low = 0;
    let high = this.#lineStarts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#lineStarts[middle] as number) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (this.#lineStarts[low] as number) + 1 };
  }
}
