import type { JsonValue } from '../../json-value.ts';
import { PartWriter, shownPath } from './body.ts';
import type { Choice, Literal, Loop, Operand, Part, Reference, Test } from './parts.ts';
import { readParts } from './read-parts.ts';
import { type Answer, answerFor, type Question } from './values/choice-of-kinds.ts';
import {
  BOOLEANS,
  EMPTY_TEXT,
  FALSE,
  isWithin,
  LISTS,
  MISSING,
  NIL,
  NULL,
  NUMBERS,
  OBJECTS,
  TRUE,
  TRUE_IN_HANDLEBARS,
  ZERO,
} from './values/value-kinds.ts';

/** Of a name. */
const NAME = /^[A-Za-z_][A-Za-z0-9_-]*$/;
/** What a name would call, or mean. */
const TAKEN: ReadonlySet<string> = new Set(
  'if unless each with lookup log helperMissing blockHelperMissing this else true false null undefined as role history media section json ifEquals unlessEquals'.split(
    ' ',
  ),
);
const LOOP: Readonly<Record<string, string>> = { index0: '@index', first: '@first', last: '@last' };

/** Blocks of Handlebars: how one begins and is called. */
interface Block {
  readonly open: string;
  readonly name: string;
  /** The same with its bodies the other way round. */
  readonly turned: readonly [open: string, name: string];
}

export interface HandlebarsOptions {
  /** Whether values are escaped for HTML where they stand in two braces. */
  readonly escape: boolean;
  /** Whether dotprompt's helpers are there. */
  readonly isDotprompt: boolean;
  /** Whether other markup stands right before it, and right after it. */
  readonly isAfter?: boolean;
  readonly isFollowed?: boolean;
}

/**
 * A Liquid template in Handlebars. Names of inputs within a loop begin with `@root`, and elements have the name that the loop
 * gives them.
 *
 * @throws Refusal at the first place that Handlebars cannot say
 */
export function handlebarsOf(source: string, inputs: JsonValue, options: HandlebarsOptions): string {
  const { isAfter = false, isFollowed = false } = options;
  return new HandlebarsWriter(source, options).body(readParts(source, inputs), 'root', { isAfter, isFollowed });
}

/** Where a body stands: `root` is what the template begins with, `loop` within a loop. */
type Place = 'root' | 'loop';

/** Whether markup stands right before a body, and right after it. */
interface Around {
  readonly isAfter: boolean;
  readonly isFollowed: boolean;
}

const inBlock: Around = { isAfter: true, isFollowed: true };

class HandlebarsWriter extends PartWriter {
  readonly #options: HandlebarsOptions;

  constructor(source: string, options: HandlebarsOptions) {
    super(source);
    this.#options = options;
  }

  body(parts: readonly Part[], place: Place, around: Around): string {
    this.#refuseAddition(parts);
    return parts
      .map((part, index) =>
        part.kind === 'text'
          ? this.#text(
              part.text,
              { isAfter: index > 0 || around.isAfter, isFollowed: index < parts.length - 1 || around.isFollowed },
              part.at,
            )
          : this.bounded(this.#markup(part, place), part.at),
      )
      .join('');
  }

  #markup(part: Exclude<Part, { kind: 'text' }>, place: Place): string {
    switch (part.kind) {
      case 'value':
        return this.#value(part, place);
      case 'choice':
        return this.#choice(part, place);
      case 'loop':
        return this.#loop(part, place);
      case 'set':
        throw this.refusal('A value cannot be given a name in Handlebars', part.at);
      case 'include':
        throw this.refusal('Another prompt is not at hand there', part.at);
    }
  }

  /** `\{{` writes braces as they are, and `\\` before a value one backslash. Three closing braces would be another tag's end. */
  #text(text: string, { isAfter, isFollowed }: Around, at: number): string {
    if (text.includes('\\{{')) throw this.refusal('A backslash before braces cannot be written there', at);
    if (isFollowed && text.endsWith('{'))
      throw this.refusal('A brace right before a value cannot be written there', at);
    const escaped = text.replaceAll('{{', '\\{{');
    const isolated = isAfter && escaped.startsWith('}') ? `{{!}}${escaped}` : escaped;
    return isFollowed && isolated.endsWith('\\') ? `${isolated}\\` : isolated;
  }

  #value({ value, filters, at }: Extract<Part, { kind: 'value' }>, place: Place): string {
    const [filter, another] = filters;
    if (filter !== undefined) {
      const isJson = filter.name === 'json' && another === undefined && this.#options.isDotprompt;
      const [indent] = filter.args;
      const isPlain = filter.args.length === 0 || (indent?.value?.kind === 'number' && filter.args.length === 1);
      if (!isJson || !isPlain || value.kind !== 'path' || (value.kinds & MISSING) !== 0)
        throw this.refusal(`The filter "${filter.name}" has no counterpart in Handlebars`, at);
      const spaces = indent?.value?.kind === 'number' ? ` indent=${indent.value.digits}` : '';
      return `{{json ${this.#path(value, place, at)}${spaces}}}`;
    }
    if (value.kind === 'literal') throw this.refusal('A literal has no counterpart in Handlebars', at);
    if ((value.kinds & (LISTS | OBJECTS)) !== 0)
      throw this.refusal(`"${shownPath(value)}" may be a list or an object, which is written otherwise there`, at);
    const path = this.#path(value, place, at);
    return this.#options.escape ? `{{{${path}}}}` : `{{${path}}}`;
  }

  #choice({ test, yes, no, at }: Choice, place: Place): string {
    return this.#chosen(test, this.body(yes, place, inBlock), this.body(no, place, inBlock), place, at);
  }

  /** Handlebars has no `and` and `or`: blocks stand within blocks, and a body in two of them. */
  #chosen(test: Test, yes: string, no: string, place: Place, at: number): string {
    this.bounded(yes + no, at);
    switch (test.kind) {
      case 'constant':
        return test.value ? yes : no;
      case 'not':
        return this.#chosen(test.of, no, yes, place, at);
      case 'and':
        return test.tests.reduceRight((inner, one) => this.#chosen(one, inner, no, place, at), yes);
      case 'or':
        return test.tests.reduceRight((inner, one) => this.#chosen(one, yes, inner, place, at), no);
      case 'is':
        return this.#chosenByKinds(test, yes, no, place, at);
      case 'equals':
        return blockOf(this.#equality(test.left, test.right, place, at), yes, no);
      case 'order':
      case 'has':
        throw this.refusal(`Handlebars cannot compare "${shownPath(test.left)}" with that`, at);
    }
  }

  #chosenByKinds(
    { of, kinds }: Extract<Test, { kind: 'is' }>,
    yes: string,
    no: string,
    place: Place,
    at: number,
  ): string {
    const path = this.#path(of, place, at);
    const answer = answerFor(kinds, of.kinds, this.#questions(of, path));
    if (answer === null) {
      throw this.refusal(
        `What is asked of "${shownPath(of)}" cannot be asked there for every value that it may have`,
        at,
      );
    }
    return blocksOf(answer, yes, no, (text) => this.bounded(text, at));
  }

  #questions(of: Reference, path: string): Question<Block>[] {
    const questions: Question<Block>[] = [
      { kinds: TRUE_IN_HANDLEBARS, written: ifBlock(path) },
      { kinds: TRUE_IN_HANDLEBARS | ZERO, written: ifBlock(`${path} includeZero=true`) },
    ];
    if (!this.#options.isDotprompt) return questions;
    const literals: [number, string][] = [
      [TRUE, 'true'],
      [FALSE, 'false'],
      [ZERO, '0'],
      [EMPTY_TEXT, '""'],
    ];
    // Only one of both can be told from all others by one comparison that is read again.
    const nil = of.kinds & NIL;
    if (nil === MISSING) literals.push([MISSING, 'undefined']);
    if (nil === NULL) literals.push([NULL, 'null']);
    return [
      ...questions,
      ...literals.map(([kinds, literal]) => ({ kinds, written: equalityBlock(`${path} ${literal}`) })),
    ];
  }

  #equality(left: Reference, right: Operand, place: Place, at: number): Block {
    if (!this.#options.isDotprompt) throw this.refusal('Handlebars has no comparisons', at);
    if (right.kind === 'path' && ((left.kinds | right.kinds) & (LISTS | OBJECTS | NIL)) !== 0) {
      throw this.refusal(`"${shownPath(left)}" and "${shownPath(right)}" may be what is compared otherwise there`, at);
    }
    const other = right.kind === 'path' ? this.#path(right, place, at) : this.#literal(right, at);
    return equalityBlock(`${this.#path(left, place, at)} ${other}`);
  }

  #literal({ value }: Literal, at: number): string {
    if (typeof value !== 'string') return this.#number(value, at);
    if (/["\\\r\n]|[{}]{2}/.test(value)) throw this.refusal('This text cannot stand in quotes there', at);
    return `"${value}"`;
  }

  #number(value: number | boolean, at: number): string {
    if (!/^(?:-?\d+(?:\.\d+)?|true|false)$/.test(String(value)))
      throw this.refusal('This number cannot be written there', at);
    return String(value);
  }

  #loop({ name, list, body, none, at }: Loop, place: Place): string {
    if (!isWithin(list.kinds, LISTS | NIL)) throw this.refusal(`"${shownPath(list)}" may be no list`, at);
    if (!NAME.test(name) || TAKEN.has(name)) throw this.refusal(`"${name}" is no name for an element there`, at);
    const inner = this.body(body, 'loop', inBlock);
    const otherwise = this.body(none, place, inBlock);
    return blockOf(
      { open: `each ${this.#path(list, place, at)} as |${name}|`, name: 'each', turned: ['', ''] },
      inner,
      otherwise,
    );
  }

  #path({ origin, root, steps }: Reference, place: Place, at: number): string {
    if (origin === 'loop') {
      const fact = steps.length === 1 ? LOOP[String(steps[0])] : undefined;
      if (fact === undefined) throw this.refusal(`"${root}.${steps.join('.')}" has no counterpart in Handlebars`, at);
      return fact;
    }
    const [head, ...members] = [root, ...steps];
    const isPlain = [head, ...members].every((name) => typeof name === 'number' || NAME.test(String(name)));
    if (!isPlain || TAKEN.has(root))
      throw this.refusal(`"${[head, ...members].join('.')}" cannot be written there`, at);
    return `${origin === 'input' && place === 'loop' ? '@root.' : ''}${[head, ...members].join('.')}`;
  }

  /** A body that begins with two values is compiled to `a + b`, which adds two numbers. */
  #refuseAddition(parts: readonly Part[]): void {
    const [first, second] = parts;
    if (first === undefined || second === undefined || this.#options.escape) return;
    if ([first, second].every(mayBeNumber)) {
      throw this.refusal(
        'Handlebars adds this value to the one before, if both are numbers: write something between them',
        second.at,
      );
    }
  }
}

function mayBeNumber(part: Part): boolean {
  if (part.kind === 'value') {
    return part.filters.length === 0 && part.value.kind === 'path' && (part.value.kinds & (NUMBERS | BOOLEANS)) !== 0;
  }
  if (part.kind === 'choice') return [part.yes, part.no].some(isOneNumber);
  return part.kind === 'loop' && isOneNumber(part.none);
}

const isOneNumber = ([only, another]: readonly Part[]): boolean =>
  only !== undefined && another === undefined && mayBeNumber(only);

const ifBlock = (asked: string): Block => ({ open: `if ${asked}`, name: 'if', turned: [`unless ${asked}`, 'unless'] });
const equalityBlock = (compared: string): Block => ({
  open: `ifEquals ${compared}`,
  name: 'ifEquals',
  turned: [`unlessEquals ${compared}`, 'unlessEquals'],
});

function blocksOf(
  { any, isNegated }: Answer<Block>,
  yes: string,
  no: string,
  bounded: (text: string) => string,
): string {
  const [then, otherwise] = isNegated ? [no, yes] : [yes, no];
  return any.reduceRight((inner, block) => bounded(blockOf(block, then, inner)), otherwise);
}

/** Handlebars takes away a line on which a tag stands alone: a comment beside the tag keeps it. */
function blockOf({ open, name, turned }: Block, yes: string, no: string): string {
  if (yes === '' && no === '') return '';
  if (yes === '' && turned[0] !== '') {
    return `{{#${turned[0]}}}${kept(no)}{{/${turned[1]}}}`;
  }
  return `{{#${open}}}${kept(yes)}${no === '' ? '' : `{{else}}${kept(no)}`}{{/${name}}}`;
}

const kept = (body: string): string =>
  `${/^\s*\n/.test(body) ? '{{!}}' : ''}${body}${body.slice(body.trimEnd().length).includes('\n') ? '{{!}}' : ''}`;
