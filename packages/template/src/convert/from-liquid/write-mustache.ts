import type { JsonValue } from '../../json-value.ts';
import type { Refusal } from '../refusal.ts';
import { PartWriter, shownPath } from './body.ts';
import type { Choice, Loop, Part, Reference, Test } from './parts.ts';
import { readParts } from './read-parts.ts';
import { cannotHave, elementOf, type Known } from './values/known-values.ts';
import { areSame, LISTS, MISSING, NULL, NUMBERS, OBJECTS, TEXTS, TRUE_IN_HANDLEBARS } from './values/value-kinds.ts';

const NAME = /^[A-Za-z_][A-Za-z0-9_-]*$/;

/**
 * A Liquid template in Mustache, as mustache.js renders it: a loop is a section, within which a name is looked up in its element
 * first.
 *
 * @throws Refusal at the first place that Mustache cannot say
 */
export function mustacheOf(source: string, inputs: JsonValue, escapesHtml: boolean): string {
  const writer = new MustacheWriter(source, inputs, escapesHtml);
  writer.parts(readParts(source, inputs), []);
  return writer.end();
}

/** Text, a value, or the beginning or end of a section; alone on its line such a tag takes away the line. */
interface Token {
  readonly kind: 'text' | 'value' | 'section';
  readonly text: string;
  readonly at: number;
}

/** What is looked into for a name; null for a value that has no names, but is what "." means. */
type Context = (Known & { readonly name: string }) | null;

class MustacheWriter extends PartWriter {
  readonly #inputs: JsonValue;
  readonly #escape: boolean;
  readonly #tokens: Token[] = [];
  #length = 0;

  constructor(source: string, inputs: JsonValue, escapesHtml: boolean) {
    super(source);
    this.#inputs = inputs;
    this.#escape = escapesHtml;
  }

  parts(parts: readonly Part[], contexts: readonly Context[]): void {
    for (const part of parts) this.#part(part, contexts);
  }

  #part(part: Part, contexts: readonly Context[]): void {
    const { at } = part;
    switch (part.kind) {
      case 'text':
        if (part.text.includes('{{')) throw this.refusal('Braces that are text cannot be written there', at);
        this.#add('text', part.text, at);
        return;
      case 'value':
        this.#value(part, contexts);
        return;
      case 'choice':
        this.#choice(part, contexts);
        return;
      case 'loop':
        this.#loop(part, contexts);
        return;
      case 'set':
        throw this.refusal('A value cannot be given a name in Mustache', at);
      case 'include':
        throw this.refusal('Another prompt is not at hand there', at);
    }
  }

  #value({ value, filters, at }: Extract<Part, { kind: 'value' }>, contexts: readonly Context[]): void {
    const [filter] = filters;
    if (filter !== undefined) throw this.refusal(`The filter "${filter.name}" has no counterpart in Mustache`, at);
    if (value.kind === 'literal') throw this.refusal('A literal has no counterpart in Mustache', at);
    if ((value.kinds & (LISTS | OBJECTS)) !== 0)
      throw this.refusal(`"${shownPath(value)}" may be a list or an object, which is written otherwise there`, at);
    const path = this.#path(value, contexts, at);
    this.#add('value', this.#escape ? `{{{${path}}}}` : `{{${path}}}`, at);
  }

  #choice({ test, yes, no, at }: Choice, contexts: readonly Context[]): void {
    const write = (parts: readonly Part[]) => (inner: readonly Context[]) => this.parts(parts, inner);
    this.#chosen(test, write(yes), write(no), contexts, at);
  }

  #chosen(test: Test, yes: Body, no: Body, contexts: readonly Context[], at: number): void {
    switch (test.kind) {
      case 'constant':
        (test.value ? yes : no)(contexts);
        return;
      case 'not':
        this.#chosen(test.of, no, yes, contexts, at);
        return;
      case 'and':
      case 'or': {
        const [first, ...rest] = test.tests;

        if (first === undefined) {
          (test.kind === 'and' ? yes : no)(contexts);
          return;
        }
        const others: Body = (inner) => this.#chosen({ ...test, tests: rest }, yes, no, inner, at);
        if (test.kind === 'and') this.#chosen(first, others, no, contexts, at);
        else this.#chosen(first, yes, others, contexts, at);
        return;
      }
      case 'is':
        this.#chosenByTruth(test, yes, no, contexts, at);
        return;
      default:
        throw this.refusal(`Mustache cannot compare "${shownPath(test.left)}" with that`, at);
    }
  }

  #chosenByTruth(
    { of, kinds }: Extract<Test, { kind: 'is' }>,
    yes: Body,
    no: Body,
    contexts: readonly Context[],
    at: number,
  ): void {
    const isTrue = areSame(kinds, TRUE_IN_HANDLEBARS, of.kinds);
    if (of.origin === 'loop' || (!isTrue && !areSame(~kinds, TRUE_IN_HANDLEBARS, of.kinds)))
      throw this.refusal(
        `What is asked of "${shownPath(of)}" cannot be asked there for every value that it may have`,
        at,
      );
    const truths = of.kinds & TRUE_IN_HANDLEBARS;
    if ((truths & (LISTS | OBJECTS)) !== 0)
      throw this.refusal(
        `A section of "${shownPath(of)}" would be about its own names, or be there for each element`,
        at,
      );
    const path = this.#path(of, contexts, at);
    const inner = (truths & (TEXTS | NUMBERS)) === 0 ? contexts : [...contexts, null];
    const [filled, empty] = isTrue ? [yes, no] : [no, yes];
    this.#section('#', path, () => filled(inner), at);
    this.#section('^', path, () => empty(contexts), at);
  }

  #loop({ name, list, body, none, at }: Loop, contexts: readonly Context[]): void {
    const path = this.#path(list, contexts, at);
    this.#section('#', path, () => this.parts(body, [...contexts, { ...elementOf(list), name }]), at);
    this.#section('^', path, () => this.parts(none, contexts), at);
  }

  /** None where nothing would stand in it. */
  #section(mark: '#' | '^', path: string, write: () => void, at: number): void {
    const before = this.#tokens.length;
    this.#add('section', `{{${mark}${path}}}`, at);
    write();
    if (this.#tokens.length === before + 1) this.#tokens.pop();
    else this.#add('section', `{{/${path}}}`, at);
  }

  #path(reference: Reference, contexts: readonly Context[], at: number): string {
    const { origin, root, steps } = reference;
    if (origin === 'loop') throw this.refusal(`"${shownPath(reference)}" has no counterpart in Mustache`, at);
    if (origin === 'input') {
      this.#refuseNull([root, ...steps], contexts, at);
      return this.#found([root, ...steps], contexts, at);
    }
    const index = contexts.findLastIndex((context) => context?.name === root);
    if (steps.length === 0) {
      if (index < contexts.length - 1)
        throw this.refusal(`"${root}" cannot be named there, in a section within its own`, at);
      return '.';
    }
    this.#refuseNull(steps, contexts.slice(index), at);
    if ((reference.kinds & MISSING) !== 0) {
      const outer: readonly Context[] = [
        { name: '', kinds: OBJECTS, schema: this.#inputs },
        ...contexts.slice(0, index),
      ];
      this.#refuseOthers(steps, outer, at);
    }
    return this.#found(steps, contexts.slice(index + 1), at);
  }

  /** mustache.js fails where it looks up one name in an element that is null; of names behind one another it finds nothing. */
  #refuseNull(path: readonly (string | number)[], contexts: readonly Context[], at: number): void {
    if (path.length === 1 && contexts.some((context) => context !== null && (context.kinds & NULL) !== 0))
      throw this.refusal(`"${path[0]}" would be looked up in an element that may be null there`, at);
  }

  /** Written where no section around it has the name. */
  #found(path: readonly (string | number)[], contexts: readonly Context[], at: number): string {
    this.#refuseOthers(path, contexts, at);
    if (!path.every((name) => typeof name === 'number' || NAME.test(name))) {
      throw this.refusal(`"${path.join('.')}" cannot be written there`, at);
    }
    return path.join('.');
  }

  #refuseOthers([head = '', ...rest]: readonly (string | number)[], contexts: readonly Context[], at: number): void {
    const isFound = contexts.some((context) => context !== null && !cannotHave(context, String(head)));
    if (isFound) throw this.refusal(`"${[head, ...rest].join('.')}" might be found elsewhere there`, at);
  }

  #add(kind: Token['kind'], text: string, at: number): void {
    this.#tokens.push({ kind, text, at });
    this.#length += text.length;
    this.bound(this.#length, at);
  }

  /** A line of sections and white space alone is taken away with its end: so another end stands there. */
  end(): string {
    const lines = new Lines((at) =>
      this.refusal(
        'A section that stands alone on its line, and not at its beginning, takes white space away there',
        at,
      ),
    );
    for (const [index, token] of this.#tokens.entries()) {
      const next = this.#tokens[index + 1];
      if (token.kind === 'text' && next !== undefined && token.text.endsWith('{')) {
        throw this.refusal('A brace right before a value cannot be written there', token.at);
      }
      lines.add(token);
    }
    return lines.end();
  }
}

type Body = (contexts: readonly Context[]) => void;

class Lines {
  readonly #refusal: (at: number) => Refusal;
  readonly #written: string[] = [];
  #hasSection = false;
  #hasText = false;
  #hasSpace = false;
  #at = 0;

  constructor(refusal: (at: number) => Refusal) {
    this.#refusal = refusal;
  }

  add({ kind, text, at }: Token): void {
    if (kind !== 'text') {
      this.#at = at;
      if (kind === 'section') this.#hasSection = true;
      else this.#hasText = true;
      this.#written.push(text);
      return;
    }
    for (const piece of text.split(/(?<=\n)/)) {
      this.#piece(piece);
      this.#written.push(piece);
    }
  }

  #piece(piece: string): void {
    const isEnd = piece.endsWith('\n');
    const inLine = isEnd ? piece.slice(0, -1) : piece;
    if (inLine.trim() !== '') this.#hasText = true;
    else if (inLine !== '') this.#hasSpace = true;
    if (!isEnd) return;
    if (this.#isAlone()) this.#written.push('\n');
    [this.#hasSection, this.#hasText, this.#hasSpace] = [false, false, false];
  }

  #isAlone(): boolean {
    const isAlone = this.#hasSection && !this.#hasText;
    if (isAlone && this.#hasSpace) throw this.#refusal(this.#at);
    return isAlone;
  }

  end(): string {
    this.#isAlone();
    return this.#written.join('');
  }
}
