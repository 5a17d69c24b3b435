import Mustache from 'mustache';
import { escapeFilters, MUSTACHE_HTML } from '../liquid/html-escape.ts';
import { LiquidWriter } from '../liquid/liquid-writer.ts';
import { FreshNames, shown } from '../liquid/paths.ts';
import { isTruthy } from '../liquid/truth.ts';
import { Places, type Position, Refusal } from '../refusal.ts';
import { refuseLongWhitespace } from '../source-bounds.ts';
import { type Context, candidatesOf } from './contexts.ts';

const MAX_DEPTH = 20;

/**
 * Mustache as mustache.js renders it. A section may be a list, an object, or a yes or no, and a name is looked up in every
 * section around it: only the values say which, so the converted template asks them.
 */
export function convertMustache(source: string, escapesHtml: boolean, warnings: string[]): string {
  const converter = new MustacheConverter(source, escapesHtml);
  converter.convertTokens(parseMustache(source), []);
  if (converter.hasEscaped) warnings.push('Values are escaped for HTML, as Mustache does unless it is told otherwise.');
  return converter.writer.end();
}

/** The parser's tokens: [type, value, start, end], and for a section its tokens. */
type Token = [type: string, value: string, start: number, end: number, children?: Token[], close?: number];

function parseMustache(source: string): Token[] {
  refuseLongWhitespace(source);
  const writer = new Mustache.Writer();
  try {
    // A writer keeps what it has parsed; this one is thrown away.
    return writer.parse(source) as unknown as Token[];
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const at = message.lastIndexOf(' at ');
    const offset = Number(message.slice(at + 4));
    throw new Refusal(`Mustache says: ${shown(message.slice(0, at))}.`, new Places(source).at(offset));
  }
}

class MustacheConverter {
  readonly writer = new LiquidWriter();
  hasEscaped = false;
  readonly #places: Places;
  readonly #names: FreshNames;
  readonly #escape: boolean;

  constructor(source: string, escapesHtml: boolean) {
    this.#places = new Places(source);
    this.#names = new FreshNames(source);
    this.#escape = escapesHtml;
  }

  convertTokens(tokens: readonly Token[], contexts: readonly Context[]): void {
    for (const token of tokens) this.#convertToken(token, contexts);
  }

  #convertToken(token: Token, contexts: readonly Context[]): void {
    const [type, value, start] = token;
    if (type === 'text') this.writer.literal(value);
    else if (type !== '!' && type !== '=') this.#convertTag(token, contexts, this.#places.at(start));
  }

  #convertTag(token: Token, contexts: readonly Context[], position: Position): void {
    const [type, value] = token;
    if (contexts.length >= MAX_DEPTH) throw new Refusal('Sections are nested too deeply.', position);
    if (type === '>') throw new Refusal('A partial is another template, which is not at hand.', position);
    if (type === '#') this.#convertSection(token, contexts, position);
    else if (type === '^') this.#convertInverted(token, contexts, position);
    else if (value === '.' && contexts.length > 0)
      this.#convertItem(contexts, type === 'name' && this.#escape, position);
    else this.#convertValue(candidatesOf(value, contexts, position), type === 'name' && this.#escape, position);
  }

  #convertValue(candidates: readonly string[], isEscaped: boolean, position: Position): void {
    const filters = this.#filters(isEscaped);
    this.#firstFound(candidates, position, (path) => `{{ ${path}${filters} }}`);
  }

  #filters(isEscaped: boolean): string {
    this.hasEscaped ||= isEscaped;
    return isEscaped ? escapeFilters(MUSTACHE_HTML) : '';
  }

  /** The item of the nearest section that has one; below all are the inputs together, as JavaScript writes an object. */
  #convertItem(contexts: readonly Context[], isEscaped: boolean, position: Position): void {
    const filters = this.#filters(isEscaped);
    const liquid = contexts.reduce(
      (below, { item, value }) => `{% if ${value} == true %}${below}{% else %}{{ ${item}${filters} }}{% endif %}`,
      '[object Object]',
    );
    this.writer.markup(liquid, position);
  }

  #convertSection(token: Token, contexts: readonly Context[], position: Position): void {
    const list = this.#names.take('list');
    const item = this.#names.take('item');
    const path = this.#valueOf(token[1], contexts, position);
    this.writer.markup(
      `{% if ${isTruthy(path)} %}{% assign ${list} = ${path} | concat: (1..0) %}{% for ${item} in ${list} %}`,
      position,
    );
    this.convertTokens(token[4] ?? [], [...contexts, { item, value: path }]);
    this.writer.markup('{% endfor %}{% endif %}', position);
  }

  #convertInverted(token: Token, contexts: readonly Context[], position: Position): void {
    this.writer.markup(`{% unless ${isTruthy(this.#valueOf(token[1], contexts, position))} %}`, position);
    this.convertTokens(token[4] ?? [], contexts);
    this.writer.markup('{% endunless %}', position);
  }

  /** One path that has what is found; a variable holds it where it may be at several. */
  #valueOf(name: string, contexts: readonly Context[], position: Position): string {
    if (name === '.' && contexts.length > 1) return this.#itemOf(contexts, position);
    const candidates = candidatesOf(name, contexts, position);
    const [only] = candidates;
    if (candidates.length === 1 && only !== undefined) return only;
    const found = this.#names.take('found');
    this.#firstFound(candidates, position, (path) => `{% assign ${found} = ${path} %}`);
    return found;
  }

  /** The item that `.` is: of a mere `true` that of the section around it. The inputs together are true. */
  #itemOf(contexts: readonly Context[], position: Position): string {
    const found = this.#names.take('found');
    const liquid = contexts.reduce(
      (below, { item, value }) =>
        `{% if ${value} == true %}${below}{% else %}{% assign ${found} = ${item} %}{% endif %}`,
      `{% assign ${found} = true %}`,
    );
    this.writer.markup(liquid, position);
    return found;
  }

  /** What `write` makes of the first candidate that is there. */
  #firstFound(candidates: readonly string[], position: Position, write: (path: string) => string): void {
    const last = candidates.at(-1) ?? 'nil';
    const others = candidates.slice(0, -1);
    for (const [index, path] of others.entries()) {
      this.writer.markup(`{% ${index === 0 ? 'if' : 'elsif'} ${path} != nil %}${write(path)}`, position);
    }
    this.writer.markup(others.length > 0 ? `{% else %}${write(last)}{% endif %}` : write(last), position);
  }
}
