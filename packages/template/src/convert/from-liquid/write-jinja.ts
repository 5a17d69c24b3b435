import type { JsonValue } from '../../json-value.ts';
import type { FilterCall } from '../../language/syntax/syntax.ts';
import { PartWriter, shownPath } from './body.ts';
import {
  type Choice,
  keyOf,
  type Literal,
  type Loop,
  type Operand,
  type Part,
  type Reference,
  type Test,
} from './parts.ts';
import { readParts } from './read-parts.ts';
import { answerFor, type Question } from './values/choice-of-kinds.ts';
import {
  ALL,
  areSame,
  BOOLEANS,
  EMPTY_LIST,
  EMPTY_TEXT,
  FALSE,
  isWithin,
  type Kinds,
  LIST,
  LISTS,
  NIL,
  NUMBERS,
  OBJECTS,
  TEXT,
  TEXTS,
  TRUE,
  TRUE_IN_JAVASCRIPT,
  TRUE_IN_PYTHON,
  ZERO,
} from './values/value-kinds.ts';

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** Jinja reads these otherwise than as a name of an input. */
const TAKEN: ReadonlySet<string> = new Set(
  'range dict lipsum cycler joiner namespace self super caller varargs kwargs loop true false none True False None not and or in is if else null'.split(
    ' ',
  ),
);
/** Methods of Python's dictionaries, which `.name` finds before a member. */
const METHODS: ReadonlySet<string> = new Set(
  'clear copy fromkeys get items keys pop popitem setdefault update values'.split(' '),
);
/** What `== ""` is true for in JavaScript. */
const LIKE_NO_TEXT: Kinds = EMPTY_TEXT | FALSE | ZERO | EMPTY_LIST;
const LOOP: Readonly<Record<string, string>> = {
  index: 'index',
  index0: 'index0',
  rindex: 'revindex',
  rindex0: 'revindex0',
  first: 'first',
  last: 'last',
  length: 'length',
};
const FILTERS: Readonly<Record<string, string>> = {
  upcase: 'upper',
  downcase: 'lower',
  capitalize: 'capitalize',
  strip: 'trim',
};

/**
 * A Liquid template in Jinja.
 *
 * @param isPython whether Jinja2 renders it, which takes empty lists and objects for false; else Nunjucks does
 * @throws Refusal at the first place that Jinja cannot say
 */
export function jinjaOf(source: string, inputs: JsonValue, isPython: boolean): string {
  const text = new JinjaWriter(source, isPython).body(readParts(source, inputs), false);
  // Of a line end at the very end Jinja2 takes one away.
  return isPython && text.endsWith('\n') ? `${text}\n` : text;
}

class JinjaWriter extends PartWriter {
  readonly #isPython: boolean;
  readonly #truth: Kinds;

  constructor(source: string, isPython: boolean) {
    super(source);
    this.#isPython = isPython;
    this.#truth = isPython ? TRUE_IN_PYTHON : TRUE_IN_JAVASCRIPT;
  }

  body(parts: readonly Part[], isInBlock: boolean): string {
    return parts
      .map((part, index) =>
        part.kind === 'text' ? textOf(part.text, index < parts.length - 1 || isInBlock) : this.#markup(part),
      )
      .join('');
  }

  #markup(part: Exclude<Part, { kind: 'text' }>): string {
    switch (part.kind) {
      case 'value':
        return this.#value(part);
      case 'choice':
        return this.#default(part) ?? `{% if ${this.#test(part.test)} %}${this.#branches(part)}{% endif %}`;
      case 'loop':
        return this.#loop(part);
      case 'set':
        return `{% set ${this.#name(part.name, part.at)} = ${this.#filtered(part.value, part.filters, part.at)} %}`;
      case 'include':
        throw this.refusal('Another prompt is not at hand there', part.at);
    }
  }

  /** A value, or a text where it is nothing. */
  #default({ test, yes, no }: Choice): string | null {
    const [[value, ...more], [text, ...others]] = [yes, no];
    const isOne = more.length === 0 && others.length === 0 && value?.kind === 'value' && text?.kind === 'text';
    if (test.kind !== 'is' || !isOne || value.filters.length > 0 || value.value.kind !== 'path') return null;
    if (keyOf(value.value) !== keyOf(test.of) || !areSame(test.kinds, this.#truth, test.of.kinds)) return null;
    const printed = this.#value(value);
    return printed.replace(/ \}\}$/, ` | default(${quoted(text.text)}, true) }}`);
  }

  #branches({ yes, no }: Choice): string {
    const body = this.body(yes, true);
    const [only, another] = no;
    if (only === undefined) return body;
    if (only.kind === 'choice' && another === undefined) {
      return `${body}{% elif ${this.#test(only.test)} %}${this.#branches(only)}`;
    }
    return `${body}{% else %}${this.body(no, true)}`;
  }

  #loop({ name, list, body, none, at }: Loop): string {
    const otherwise = none.length === 0 ? '' : `{% else %}${this.body(none, true)}`;
    if (otherwise !== '' && namesIn(none).has(name)) {
      throw this.refusal(`"${name}" is nothing there in the "else" of its loop`, at);
    }
    const over = this.#path(list, at);
    return `{% for ${this.#name(name, at)} in ${over} %}${this.body(body, true)}${otherwise}{% endfor %}`;
  }

  #value({ value, filters, at }: Extract<Part, { kind: 'value' }>): string {
    const isFact = value.kind === 'path' && value.origin === 'loop' && /first|last/.test(String(value.steps[0]));
    const isTruth = value.kind === 'path' && isWithin(value.kinds, BOOLEANS | NIL);
    if (this.#isPython && (isFact || isTruth)) {
      throw this.refusal('Python prints "True" and "False", Liquid "true" and "false"', at);
    }
    return `{{ ${this.#filtered(value, filters, at)} }}`;
  }

  #filtered(value: Operand, filters: readonly FilterCall[], at: number): string {
    const isPrinted = filters.length === 0;
    if (isPrinted && value.kind === 'path' && (value.kinds & (LISTS | OBJECTS)) !== 0) {
      throw this.refusal(`"${shownPath(value)}" may be a list or an object, which is written otherwise there`, at);
    }
    const written = value.kind === 'path' ? this.#path(value, at) : this.#literal(value);
    return filters.reduce(
      (text, filter, index) => `${text} | ${this.#filter(filter, index === 0 ? value : null, at)}`,
      written,
    );
  }

  #filter({ name, args }: FilterCall, of: Operand | null, at: number): string {
    const texts = args.map((arg) => (arg.name === undefined && arg.value?.kind === 'string' ? arg.value.text : null));
    const [from, to] = texts;
    const filter = Object.hasOwn(FILTERS, name) ? FILTERS[name] : undefined;
    // Of true Python makes "True", which only another case makes the same.
    const isCase = this.#isPython && ['upcase', 'downcase', 'capitalize'].includes(name);
    const isText =
      of === null || of.kind === 'literal' || isWithin(of.kinds, TEXTS | NUMBERS | NIL | (isCase ? BOOLEANS : 0));
    if (filter !== undefined && args.length === 0 && isText) return filter;
    const isList = of?.kind === 'path' && isWithin(of.kinds, LISTS);
    if (name === 'join' && isList && args.length === 1 && typeof from === 'string') return `join(${quoted(from)})`;
    if (
      name === 'replace' &&
      isText &&
      args.length === 2 &&
      typeof from === 'string' &&
      from !== '' &&
      typeof to === 'string'
    ) {
      return `replace(${quoted(from)}, ${quoted(to)})`;
    }
    throw this.refusal(`The filter "${name}" has no counterpart in Jinja, or not of this`, at);
  }

  #test(test: Test): string {
    switch (test.kind) {
      case 'constant':
        return String(test.value);
      case 'not':
        return `not ${this.#grouped(test.of)}`;
      case 'and':
      case 'or':
        return test.tests.map((one) => this.#grouped(one)).join(` ${test.kind} `);
      case 'is':
        return this.#kinds(test);
      case 'equals':
        return this.#equality(test.left, test.right, test.at);
      case 'order': {
        const { left, operator, right, at } = test;
        if (!isWithin(left.kinds, NUMBERS)) {
          throw this.refusal(`"${shownPath(left)}" may be no number, and cannot be compared there`, at);
        }
        return `${this.#path(left, at)} ${operator} ${this.#literal(right)}`;
      }
      case 'has': {
        const { left, right, at } = test;
        const isKnown = isWithin(left.kinds, LISTS) || (isWithin(left.kinds, TEXTS) && typeof right.value === 'string');
        if (!isKnown || typeof right.value !== 'string')
          throw this.refusal(`What "${shownPath(left)}" has cannot be asked there`, at);
        return `${this.#literal(right)} in ${this.#path(left, at)}`;
      }
    }
  }

  #grouped(test: Test): string {
    return grouped(this.#test(test));
  }

  #kinds({ of, kinds, at }: Extract<Test, { kind: 'is' }>): string {
    const path = this.#path(of, at);
    const answer = answerFor(kinds, of.kinds, this.#questions(path, of.kinds));
    if (answer === null) {
      throw this.refusal(
        `What is asked of "${shownPath(of)}" cannot be asked there for every value that it may have`,
        at,
      );
    }
    const text = answer.any.join(' or ');
    if (!answer.isNegated) return text;
    return `not ${grouped(text)}`;
  }

  #questions(path: string, possible: number): Question<string>[] {
    const questions: Question<string>[] = [
      { kinds: this.#truth, written: path },
      { kinds: ALL & ~NIL, written: `${path} is defined and ${path} is not none` },
      {
        kinds: ALL & ~NIL & ~FALSE,
        written: `${path} is defined and ${path} is not none and ${path} is not sameas(false)`,
      },
      { kinds: FALSE, written: `${path} is sameas(false)` },
      { kinds: TRUE, written: `${path} is sameas(true)` },
    ];
    // JavaScript finds "" equal to much that is empty, and to some lists that are not.
    if (this.#isPython) questions.push({ kinds: EMPTY_TEXT, written: `${path} == ""` });
    else if ((possible & LIST) === 0) questions.push({ kinds: LIKE_NO_TEXT, written: `${path} == ""` });
    if (isWithin(possible, TEXTS | NIL)) questions.splice(1, 0, { kinds: TEXT, written: `${path} and ${path} | trim` });
    return questions;
  }

  /** Python takes 1 for true, and JavaScript "1" for 1. */
  #equality(left: Reference, right: Operand, at: number): string {
    if (right.kind === 'path') throw this.refusal('Two names are compared otherwise there', at);
    const { value } = right;
    const alike = typeof value === 'string' ? TEXTS : typeof value === 'number' ? NUMBERS : 0;
    const others = left.kinds & ~(alike | NIL);
    const isSafe = this.#isPython && typeof value === 'string' ? true : others === 0;
    const isSafeNumber = this.#isPython && typeof value === 'number' && value !== 1 && value !== 0;
    if (!isSafe && !isSafeNumber)
      throw this.refusal(`"${shownPath(left)}" may be what is compared otherwise there`, at);
    return `${this.#path(left, at)} == ${this.#literal(right)}`;
  }

  #literal({ value }: Literal): string {
    return typeof value === 'string' ? quoted(value) : String(value);
  }

  #path({ origin, root, steps, hasHolder }: Reference, at: number): string {
    if (this.#isPython && !hasHolder) {
      throw this.refusal(`"${[root, ...steps].join('.')}" fails there where what it is a part of is missing`, at);
    }
    if (origin === 'loop') {
      const fact = steps.length === 1 ? LOOP[String(steps[0])] : undefined;
      if (fact === undefined) throw this.refusal(`"${root}.${steps.join('.')}" has no counterpart in Jinja`, at);
      return `loop.${fact}`;
    }
    return steps.reduce<string>(
      (path, step) => {
        if (typeof step === 'number') return `${path}[${step}]`;
        if (NAME.test(step) && !METHODS.has(step)) return `${path}.${step}`;
        if (!/^[A-Za-z0-9_ -]+$/.test(step) || step.trim() !== step)
          throw this.refusal(`"${step}" cannot be written there`, at);
        return `${path}["${step}"]`;
      },
      this.#name(root, at),
    );
  }

  #name(name: string, at: number): string {
    if (!NAME.test(name) || TAKEN.has(name)) throw this.refusal(`"${name}" cannot be written there`, at);
    return name;
  }
}

/** In Nunjucks a `not` is of the next word alone. */
const grouped = (text: string): string => (/^[\w.[\]]+$/.test(text) ? text : `(${text})`);

/** Of braces and the rest, what Jinja would read is written as a text in quotes. */
function textOf(text: string, isFollowed: boolean): string {
  const quotedText = text.replaceAll(/\{[{%#]/g, (opening) => `{{ "${opening}" }}`);
  return isFollowed && quotedText.endsWith('{') ? `${quotedText.slice(0, -1)}{{ "{" }}` : quotedText;
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '"': '\\"', '\n': '\\n', '\r': '\\r', '\t': '\\t' };
const quoted = (text: string): string => `"${text.replaceAll(/[\\"\n\r\t]/g, (unit) => ESCAPES[unit] ?? unit)}"`;

/** The roots of all paths in parts. */
function namesIn(parts: readonly Part[]): Set<string> {
  return new Set(Array.from(JSON.stringify(parts).matchAll(/"root":"((?:[^"\\]|\\.)*)"/g), ([, root = '']) => root));
}
