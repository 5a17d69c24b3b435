import { type Position, Refusal } from '../refusal.ts';

/** More than a prompt may hold: a converted template that is longer is of no use. */
const MAX_LENGTH = 400_000;

/**
 * A Liquid template while it is written. Literal text comes out of Liquid as it went in: where it has what Liquid takes for
 * markup, or would make markup with what follows, it is written as a quoted output.
 */
export class LiquidWriter {
  readonly #written: string[] = [];
  #literal = '';
  #length = 0;

  literal(text: string): void {
    this.#literal += text;
  }

  /** @throws Refusal when the template becomes too long; `position` is of the source. */
  markup(text: string, position: Position): void {
    this.#flush(true);
    this.#push(text);
    if (this.#length > MAX_LENGTH) throw new Refusal('The converted template would be too long.', position);
  }

  end(): string {
    this.#flush(false);
    return this.#written.join('');
  }

  #flush(isBeforeMarkup: boolean): void {
    const escaped = this.#literal.replaceAll(/\{[{%]/g, (opening) => `{{ "${opening}" }}`);
    this.#push(isBeforeMarkup && escaped.endsWith('{') ? `${escaped.slice(0, -1)}{{ "{" }}` : escaped);
    this.#literal = '';
  }

  #push(text: string): void {
    this.#written.push(text);
    this.#length += text.length;
  }
}
