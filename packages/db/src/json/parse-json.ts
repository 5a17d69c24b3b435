import { isExact } from './exact-number.ts';
import { indexOf, inOrder } from './member-order.ts';
import { syntaxFault } from './syntax-fault.ts';

/**
 * What JSON holds that is not taken. The message follows “is”; `path` leads to the place, by dots, and is null where the text
 * is no JSON at all.
 */
export class JsonFault extends Error {
  readonly path: string | null;

  constructor(message: string, path: string | null) {
    super(message);
    this.name = 'JsonFault';
    this.path = path;
  }
}

/**
 * Reads JSON so that `JSON.stringify` writes it again in the same meaning: every member in its place, every number at its
 * value. What JavaScript cannot hold is refused, never changed: a number that would be rounded, a name that stands twice,
 * `__proto__`, and a `constructor` with a `prototype`. Whoever calls has bounded the length and the depth.
 *
 * @throws JsonFault, which for what is not JSON says where it ends to be
 */
export function parseJson(text: string): unknown {
  // Only to know that it is JSON. Of what it makes nothing is taken: V8 may give a name that is escaped as another one that
  // it has seen before (https://github.com/nodejs/node/issues/63785).
  try {
    JSON.parse(text);
  } catch {
    throw new JsonFault(notJson(text), null);
  }
  return new Reader(text, true).read();
}

function notJson(text: string): string {
  const fault = syntaxFault(text);
  if (fault === null) return 'not JSON';
  return `not JSON: at line ${fault.line}, column ${fault.column} there must be ${fault.expected}`;
}

/** A name that may be a whole number, with its colon. */
const NUMERIC_NAME = /"\d{1,10}"[ \t\n\r]*:/;

/** Reads JSON that was written by `JSON.stringify` or by PostgreSQL, with every member in its place. */
export function readJson(text: string): unknown {
  return hasEscapedName(text) || NUMERIC_NAME.test(text) ? new Reader(text, false).read() : JSON.parse(text);
}

/** Whether a backslash stands in a name, or a text holds what looks like the end of one. */
function hasEscapedName(text: string): boolean {
  if (!text.includes('\\')) return false;
  for (let end = text.indexOf('":'); end !== -1; end = text.indexOf('":', end + 2)) {
    let at = end - 1;
    while (at > 0 && text.charCodeAt(at) !== QUOTE && text.charCodeAt(at) !== BACKSLASH) at--;
    if (text.charCodeAt(at) === BACKSLASH || text.charCodeAt(at - 1) === BACKSLASH) return true;
  }
  return false;
}

/** An array or object whose end is not reached yet. */
interface Open {
  readonly value: object;
  /** Undefined in an array. */
  readonly names: Set<string> | undefined;
  /** The name or the index of what is read next. */
  at: string | number;
  /** Whether JavaScript would list the names in another order. */
  isDisordered: boolean;
  /** The largest name so far that is a number; infinite once one was text. */
  last: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const LITERALS: Readonly<Record<string, [value: boolean | null, length: number]>> = {
  t: [true, 4],
  f: [false, 5],
  n: [null, 4],
};

/** Characters of a number, from `+` to `9` and `E`, `e`. */
const isOfNumber = (code: number): boolean =>
  (code >= 0x2b && code <= 0x39 && code !== COMMA) || (code | 0x20) === 0x65;
const isSpace = (code: number): boolean => code === 0x20 || (code >= 0x09 && code <= 0x0d);

/** Makes the value of a text that is known to be JSON, in one pass and without recursion. */
class Reader {
  readonly #text: string;
  /** Whether what cannot be kept is refused. */
  readonly #refuses: boolean;
  readonly #open: Open[] = [];
  #root: unknown;

  constructor(text: string, refuses: boolean) {
    this.#text = text;
    this.#refuses = refuses;
  }

  read(): unknown {
    const text = this.#text;
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === QUOTE) at = this.#string(at);
      else if (code === 0x5b) this.#begin([], undefined);
      else if (code === 0x7b) this.#begin({}, new Set());
      else if (code === 0x5d || code === 0x7d) this.#end();
      else if (code === COMMA) this.#next();
      else if (code !== COLON && !isSpace(code)) at = this.#scalar(at);
    }
    return this.#root;
  }

  #begin(value: object, names: Set<string> | undefined): void {
    this.#open.push({ value, names, at: names === undefined ? 0 : '', isDisordered: false, last: -1 });
  }

  #end(): void {
    const { value, names, isDisordered } = this.#open.pop() as Open;
    if (this.#refuses && names?.has('constructor') === true && hasPrototype(value)) {
      throw this.#fault('JSON with "constructor" and "prototype", which is not taken', ['constructor']);
    }
    this.#put(names !== undefined && isDisordered ? inOrder(value, [...names]) : value);
  }

  #put(value: unknown): void {
    const open = this.#open.at(-1);
    if (open === undefined) this.#root = value;
    else if (Array.isArray(open.value)) open.value.push(value);
    else if (open.at === '__proto__') defineMember(open.value, open.at, value);
    else Reflect.set(open.value, open.at, value);
  }

  #next(): void {
    const open = this.#open.at(-1);
    if (typeof open?.at === 'number') open.at += 1;
  }

  /** Takes the string that begins at `start`, and of a name the colon behind it; answers where that ends. */
  #string(start: number): number {
    const text = this.#text;
    const end = endOfString(text, start);
    const escaped = text.slice(start, end + 1);
    const string: string = escaped.includes('\\') ? JSON.parse(escaped) : escaped.slice(1, -1);
    const open = this.#open.at(-1);
    if (open?.names !== undefined) {
      let after = end + 1;
      while (isSpace(text.charCodeAt(after))) after++;
      if (text.charCodeAt(after) === COLON) {
        this.#name(open, open.names, string);
        return after;
      }
    }
    this.#put(string);
    return end;
  }

  #name(open: Open, names: Set<string>, name: string): void {
    open.at = name;
    if (this.#refuses) {
      if (names.has(name)) throw this.#fault(`JSON that names ${shown(JSON.stringify(name))} twice`);
      if (name === '__proto__') throw this.#fault('JSON with "__proto__", which is not taken');
    }
    const index = indexOf(name);
    if (index === undefined) open.last = Number.POSITIVE_INFINITY;
    else if (index < open.last) open.isDisordered = true;
    else open.last = index;
    names.add(name);
  }

  /** Takes a number or a literal; answers where it ends. */
  #scalar(start: number): number {
    const text = this.#text;
    const literal = LITERALS[text.charAt(start)];
    if (literal !== undefined) {
      this.#put(literal[0]);
      return start + literal[1] - 1;
    }
    let end = start + 1;
    while (isOfNumber(text.charCodeAt(end))) end++;
    const number = text.slice(start, end);
    if (this.#refuses && !isExact(number)) {
      throw this.#fault(`JSON with the number ${shown(number)}, which cannot be kept exactly: send it as a string`);
    }
    this.#put(Number(number));
    return end - 1;
  }

  /** @param within names that lead on from what is open */
  #fault(message: string, within: readonly string[] = []): JsonFault {
    const path = [...this.#open.map(({ at }) => at), ...within].join('.');
    return new JsonFault(message, path.slice(0, 500));
  }
}

const shown = (text: string): string => (text.length > 40 ? `${text.slice(0, 40).toWellFormed()}…` : text);

/** Where the string ends that begins at a quotation mark. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); ; end = text.indexOf('"', end + 1)) {
    let escapes = 0;
    while (text.charCodeAt(end - 1 - escapes) === BACKSLASH) escapes++;
    if (escapes % 2 === 0) return end;
  }
}

/** What could reach the prototype of an object that members are copied to, as secure-json-parse knows it. */
function hasPrototype(object: object): boolean {
  const value: unknown = Reflect.get(object, 'constructor');
  return typeof value === 'object' && value !== null && Object.hasOwn(value, 'prototype');
}

function defineMember(object: object, name: string, value: unknown): void {
  Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
}
