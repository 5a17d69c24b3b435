/** Where a text stops being JSON, from 1 on, and what would have had to stand there. */
export interface SyntaxFault {
  readonly line: number;
  readonly column: number;
  /** As it follows on “there must be”. Never a part of the text, in which secrets may stand. */
  readonly expected: string;
}

/** So many characters are looked through: a moment's work, whatever they are. */
const MOST_SCANNED = 262_144;

/** What may come next, in the words of the fault that anything else is. */
const NEXT = {
  value: 'a value: an object, a list, a text in double quotes, a number, true, false or null',
  item: 'a value or "]"',
  afterItem: '"," or "]"',
  name: 'a name in double quotes, for a comma stands between two members only',
  firstName: 'a name in double quotes, or "}"',
  colon: '":" and a value',
  afterMember: '"," or "}"',
  end: 'the end, for the JSON ends here',
} as const;
type Next = keyof typeof NEXT;

const BLANK = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const LITERAL = /true|false|null/y;
/** Of a text within its quotes, what needs no look. */
const PLAIN = /[ !#-[\]-\uffff]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/** Reads along a text, by what may come next. */
class Scanner {
  readonly #text: string;
  #at = 0;
  #next: Next = 'value';
  readonly #open: ('{' | '[')[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  fault(): SyntaxFault | null {
    while (this.#at <= MOST_SCANNED) {
      this.#take(BLANK);
      const expected = this.#at === this.#text.length && this.#next === 'end' ? null : this.#step();
      if (expected !== undefined) return expected === null ? null : { ...this.#place(this.#at), expected };
    }
    return null;
  }

  /** Takes one sign, name or value; answers what was expected where there is none. */
  #step(): string | undefined {
    const sign = this.#text.charAt(this.#at);
    const next = this.#next;
    const closes = this.#open.at(-1) === '{' ? '}' : ']';
    if (
      sign === closes &&
      (next === 'firstName' || next === 'item' || next === 'afterMember' || next === 'afterItem')
    ) {
      this.#at += 1;
      this.#open.pop();
      return this.#ended();
    }
    if (next === 'colon' && sign === ':') return this.#sign('value');
    if (next === 'afterMember' && sign === ',') return this.#sign('name');
    if (next === 'afterItem' && sign === ',') return this.#sign('value');
    if ((next === 'name' || next === 'firstName') && sign === '"') return this.#string('colon');
    if (next !== 'value' && next !== 'item') return NEXT[next];
    return this.#value(sign);
  }

  #value(sign: string): string | undefined {
    if (sign === '{' || sign === '[') {
      this.#open.push(sign);
      return this.#sign(sign === '{' ? 'firstName' : 'item');
    }
    if (sign === '"') return this.#string(undefined);
    if (this.#take(LITERAL) || this.#take(NUMBER)) return this.#ended();
    return NEXT[this.#next];
  }

  #sign(next: Next): undefined {
    this.#at += 1;
    this.#next = next;
  }

  #ended(): undefined {
    const open = this.#open.at(-1);
    this.#next = open === undefined ? 'end' : open === '{' ? 'afterMember' : 'afterItem';
  }

  #string(next: Next | undefined): string | undefined {
    const start = this.#at;
    this.#at += 1;
    while (this.#at <= MOST_SCANNED) {
      this.#take(PLAIN);
      const sign = this.#text.charAt(this.#at);
      if (sign === '"') {
        this.#at += 1;
        if (next === undefined) return this.#ended();
        this.#next = next;
        return undefined;
      }
      if (sign === '') {
        const { line, column } = this.#place(start);
        return `a quotation mark that ends the text of line ${line}, column ${column}`;
      }
      if (sign !== '\\') return 'no control character within a text: a line break is written \\n, a tab \\t';
      if (!this.#take(ESCAPE))
        return 'an escape that JSON knows: \\" \\\\ \\/ \\b \\f \\n \\r \\t or \\u and four digits';
    }
    return undefined;
  }

  #take(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    const found = pattern.test(this.#text);
    if (found) this.#at = pattern.lastIndex;
    return found;
  }

  #place(at: number): { line: number; column: number } {
    const before = this.#text.slice(0, at);
    const lineStart = before.lastIndexOf('\n') + 1;
    return { line: before.split('\n').length, column: at - lineStart + 1 };
  }
}

/**
 * Why a text is not JSON (RFC 8259); null where it is, or where that shows late in a long text. For what `JSON.parse`
 * refused, whose own words echo the text and mostly name no place. Without recursion.
 */
export const syntaxFault = (text: string): SyntaxFault | null => new Scanner(text).fault();
