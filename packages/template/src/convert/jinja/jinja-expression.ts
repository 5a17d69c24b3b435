import { shown } from '../liquid/paths.ts';
import { type Places, type Position, Refusal } from '../refusal.ts';

/** What a tag of Jinja asks or prints; only what may have a counterpart in Liquid. */
export type Expression = { readonly position: Position } & (
  | { readonly kind: 'path'; readonly name: string; readonly members: readonly Member[] }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'filter'; readonly name: string; readonly of: Expression; readonly args: readonly Expression[] }
  | { readonly kind: 'comparison'; readonly operator: string; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'not'; readonly of: Expression }
  | { readonly kind: 'defined' | 'none'; readonly of: Expression }
  | { readonly kind: 'same'; readonly of: Expression; readonly value: boolean }
);

export interface Member {
  readonly key: string;
  /** Written `.key`, which Python reads as an attribute first. */
  readonly isAttribute: boolean;
}

const TOKEN = /([A-Za-z_]\w*)|(\d+(?:\.\d+)?)|("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(==|!=|<=|>=|[<>|.,()[\]=])/suy;
const MAX_DEPTH = 30;

interface Token {
  readonly type: 'name' | 'number' | 'text' | 'mark' | 'end';
  readonly text: string;
  readonly position: Position;
}

/** Reads expressions from the code of one tag. */
export class ExpressionReader {
  readonly #code: string;
  readonly #offset: number;
  readonly #places: Places;
  #index = 0;
  #depth = 0;
  #next: Token;

  constructor(code: string, offset: number, places: Places) {
    this.#code = code;
    this.#offset = offset;
    this.#places = places;
    this.#next = this.#scan();
  }

  get position(): Position {
    return this.#next.position;
  }

  /** @throws Refusal where the next token is another one */
  expect(text: string): void {
    if (!this.#take(text)) throw this.#unexpected();
  }

  /** The name of a tag, which may be a word that no input can have. */
  expectWord(text: string): void {
    if (this.#next.text !== text) throw this.#unexpected();
    this.#advance();
  }

  name(): string {
    const { type, text } = this.#next;
    if (type !== 'name' || WORDS.has(text)) throw this.#unexpected();
    this.#advance();
    return text;
  }

  end(): void {
    if (this.#next.type !== 'end') throw this.#unexpected();
  }

  expression(): Expression {
    if (++this.#depth > MAX_DEPTH) throw new Refusal('This is nested too deeply.', this.position);
    let left = this.#conjunction();
    for (let { position } = this; this.#take('or'); position = this.position) {
      left = { kind: 'or', left, right: this.#conjunction(), position };
    }
    this.#depth--;
    return left;
  }

  #conjunction(): Expression {
    let left = this.#negation();
    for (let { position } = this; this.#take('and'); position = this.position) {
      left = { kind: 'and', left, right: this.#negation(), position };
    }
    return left;
  }

  #negation(): Expression {
    const { position } = this;
    let isNegated = false;
    while (this.#take('not')) isNegated = !isNegated;
    const of = this.#comparison();
    return isNegated ? { kind: 'not', of, position } : of;
  }

  #comparison(): Expression {
    const left = this.filtered();
    const { position } = this;
    if (this.#take('is')) return this.#test(left, position);
    const isNegated = this.#take('not');
    const operator = isNegated ? 'in' : COMPARISONS.find((text) => text === this.#next.text);
    if (operator === undefined) return left;
    this.expect(operator);
    const comparison: Expression = { kind: 'comparison', operator, left, right: this.filtered(), position };
    if (COMPARISONS.includes(this.#next.text)) throw new Refusal('Liquid compares two values only.', this.position);
    return isNegated ? { kind: 'not', of: comparison, position } : comparison;
  }

  #test(of: Expression, position: Position): Expression {
    const isNegated = this.#take('not');
    const { text } = this.#next;
    if (text === 'none' || text === 'sameas') {
      this.#advance();
      const test = text === 'none' ? ({ kind: 'none', of, position } as const) : this.#same(of, position);
      return isNegated ? { kind: 'not', of: test, position } : test;
    }
    if (text !== 'defined' && text !== 'undefined') {
      throw new Refusal(`The test "${shown(text)}" has no counterpart in Liquid.`, this.position);
    }
    this.#advance();
    const defined: Expression = { kind: 'defined', of, position };
    return isNegated === (text === 'defined') ? { kind: 'not', of: defined, position } : defined;
  }

  /** `sameas(false)`, which 0 is not. */
  #same(of: Expression, position: Position): Expression {
    this.expect('(');
    const value = this.filtered();
    this.expect(')');
    if (value.kind !== 'boolean')
      throw new Refusal('Only true and false are told from what is like them.', value.position);
    return { kind: 'same', of, value: value.value, position };
  }

  filtered(): Expression {
    let of = this.#operand();
    while (this.#take('|')) {
      const { position } = this;
      of = { kind: 'filter', of, name: this.name(), args: this.#take('(') ? this.#args() : [], position };
    }
    return of;
  }

  #args(): Expression[] {
    const args: Expression[] = [];
    while (!this.#take(')')) {
      if (args.length > 0) this.expect(',');
      args.push(this.filtered());
    }
    return args;
  }

  #operand(): Expression {
    const { type, text, position } = this.#next;
    if (this.#take('(')) {
      const inner = this.expression();
      this.expect(')');
      return inner;
    }
    if (type === 'text' || type === 'number') {
      this.#advance();
      return type === 'text'
        ? { kind: 'text', value: textOf(text, position), position }
        : { kind: 'number', text, position };
    }
    if (/^(?:true|false|True|False)$/.test(text)) {
      this.#advance();
      return { kind: 'boolean', value: text.toLowerCase() === 'true', position };
    }
    return { kind: 'path', name: this.name(), members: this.#members(), position };
  }

  #members(): Member[] {
    const members: Member[] = [];
    for (;;) {
      if (this.#take('.')) members.push({ key: this.#key('name', 'number'), isAttribute: true });
      else if (this.#take('[')) {
        members.push({ key: this.#key('text', 'number'), isAttribute: false });
        this.expect(']');
      } else return members;
    }
  }

  #key(...types: readonly Token['type'][]): string {
    const { type, text, position } = this.#next;
    if (!types.includes(type)) throw this.#unexpected();
    this.#advance();
    return type === 'text' ? textOf(text, position) : text;
  }

  #take(text: string): boolean {
    if (this.#next.text !== text || this.#next.type === 'text') return false;
    this.#advance();
    return true;
  }

  #advance(): void {
    this.#next = this.#scan();
  }

  #scan(): Token {
    while (this.#code[this.#index]?.trim() === '') this.#index++;
    const position = this.#places.at(this.#offset + this.#index);
    if (this.#index >= this.#code.length) return { type: 'end', text: '', position };
    TOKEN.lastIndex = this.#index;
    const match = TOKEN.exec(this.#code);
    if (match === null)
      throw new Refusal(`"${shown(this.#code[this.#index] ?? '')}" has no counterpart here.`, position);
    this.#index = TOKEN.lastIndex;
    const type =
      match[1] !== undefined ? 'name' : match[2] !== undefined ? 'number' : match[3] !== undefined ? 'text' : 'mark';
    return { type, text: match[0], position };
  }

  #unexpected(): Refusal {
    const { type, text, position } = this.#next;
    return new Refusal(
      type === 'end' ? 'Something is missing here.' : `"${shown(text)}" has no counterpart here.`,
      position,
    );
  }
}

const COMPARISONS = ['==', '!=', '<=', '>=', '<', '>', 'in'];
const WORDS = new Set('and or not in is if else true false True False none None null'.split(' '));
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['t', '\t'],
  ['r', '\r'],
  ['\\', '\\'],
  ['"', '"'],
  ["'", "'"],
]);

function textOf(quoted: string, position: Position): string {
  return quoted.slice(1, -1).replaceAll(/\\(.)/gs, (_, unit: string) => {
    const escaped = ESCAPES.get(unit);
    if (escaped === undefined) throw new Refusal(`"\\${unit}" in a text is not read here.`, position);
    return escaped;
  });
}
