import { filters as engineFilters } from 'liquidjs';
import { STEP } from './budget.ts';
import { type FilterRule, filterRules } from './filters.ts';
import { searched } from './operators.ts';
import { RenderContext, textOf } from './render-context.ts';

type Handler = (this: { context: unknown }, value: unknown, ...args: unknown[]) => unknown;

/** The most that a range may reach; from there on, adding one changes nothing. */
const MAX_INDEX = Number.MAX_SAFE_INTEGER - 1;
/** As the engine counts them, each a word. */
const CJK = /[\u4E00-\u9FFF\uF900-\uFAFF\u3400-\u4DBF\u3040-\u30FF\uAC00-\uD7AF]/u;
/** Units for a name of a day or a month. */
const NAME = 2_000;
/** The filter that the ends of a range go through; no template can name it. */
export const RANGE_END = 'end of a range';

const SEARCHING = new Set([
  'split',
  'replace',
  'replace_first',
  'replace_last',
  'remove',
  'remove_first',
  'remove_last',
]);

function counted(name: string, rule: FilterRule): Handler {
  const handler = changed[name] ?? (engineFilters[name as keyof typeof engineFilters] as Handler);
  return function (this: { context: unknown }, value, ...args) {
    if (!(this.context instanceof RenderContext)) throw new TypeError('a filter runs only in a RenderContext');
    const { budget } = this.context;
    const length = Array.isArray(value) ? value.length : 1;
    const read = {
      shallow: rule.shallow === true,
      weight: (rule.cost ?? 1) * (rule.sorts ? Math.log2(length + 2) : 1),
    };
    budget.spend(2 * STEP);
    budget.read(value, read);
    for (const argument of args) budget.read(argument, read);
    if (SEARCHING.has(name)) searched(textOf(value), textOf(args[0]), budget);
    return orNothing(() => handler.call(this, value, ...args), rule.output === 'same' ? value : undefined);
  };
}

/** An object with a property `toString` has no text, and the engine would fail: it is passed over. */
function orNothing(act: () => unknown, instead: unknown): unknown {
  try {
    const result = act();
    return isGenerator(result) ? laterOrNothing(result, instead) : result;
  } catch (error) {
    if (error instanceof TypeError) return instead;
    throw error;
  }
}

function* laterOrNothing(steps: Generator<unknown>, instead: unknown): Generator<unknown> {
  try {
    return yield* steps;
  } catch (error) {
    if (error instanceof TypeError) return instead;
    throw error;
  }
}

/** Values have no functions, so only a filter of the engine is one. */
function isGenerator(value: unknown): value is Generator<unknown> {
  return typeof value === 'object' && value !== null && 'next' in value && typeof value.next === 'function';
}

/** Where the engine's filter fails, or depends on the machine, for values that no one could check before. */
const changed: Record<string, Handler> = {
  url_decode: (value) => orItself(value, () => decodeURIComponent(textOf(value).replaceAll('+', ' '))),
  base64_decode(value) {
    return orItself(value, () => (engineFilters.base64_decode as Handler).call(this, value));
  },
  date(value, ...args) {
    spendNames(this.context, args[0] === undefined ? '%A %B' : textOf(args[0]));
    return orItself(value, () => (engineFilters.date as Handler).call(this, moment(value, this.context), ...args));
  },
  // The engine's `auto` remembers where it found a character in the text before.
  number_of_words(value, mode) {
    const counted = mode !== 'auto' ? mode : CJK.test(textOf(value)) ? 'cjk' : undefined;
    return (engineFilters.number_of_words as Handler).call(this, value, counted);
  },
  // The engine counts the length that is asked for, not the one that there is.
  slice(value, begin, length = 1) {
    const most = Array.isArray(value) ? value.length : textOf(value).length;
    const bounded = typeof length === 'number' && length > most ? most : length;
    return (engineFilters.slice as Handler).call(this, value, begin, bounded);
  },
};
// Half a surrogate pair has no bytes in UTF-8, and what writes bytes would fail: U+FFFD takes its place, as everywhere else.
for (const name of ['url_encode', 'cgi_escape', 'uri_escape', 'base64_encode', 'sha256', 'hmac_sha256'] as const) {
  changed[name] = function (value, ...args) {
    const written = args.map((argument) => textOf(argument).toWellFormed());
    return (engineFilters[name] as Handler).call(this, textOf(value).toWellFormed(), ...written);
  };
}
for (const name of ['date_to_xmlschema', 'date_to_rfc822', 'date_to_string', 'date_to_long_string'] as const) {
  changed[name] = function (value, ...args) {
    spendNames(this.context, '%A %B');
    return (engineFilters[name] as Handler).call(this, moment(value, this.context), ...args);
  };
}

function orItself(value: unknown, act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    if (error instanceof URIError || error instanceof RangeError || isRefusal(error)) return value;
    throw error;
  }
}

/** The engine's own `assert`. */
function isRefusal(error: unknown): boolean {
  return error instanceof Error && error.name === 'AssertionError';
}

/** Names of days and months are asked of Intl, which takes its time. */
function spendNames(context: unknown, format: string): void {
  const names = format.match(/[aAbBchxXZ]/g)?.length ?? 0;
  if (context instanceof RenderContext) context.budget.spend(names * NAME);
}

/** `now` as the rendering means it, and a time without a zone as UTC, so that every machine shows the same. */
function moment(value: unknown, context: unknown): unknown {
  if ((value === 'now' || value === 'today') && context instanceof RenderContext) return context.now / 1000;
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?$/.test(value)) return value;
  return `${value.replace(' ', 'T')}Z`;
}

function rangeEnd(value: unknown): number {
  const end = typeof value === 'object' && value !== null ? Number.NaN : Number(value);
  return Math.max(-MAX_INDEX, Math.min(MAX_INDEX, end));
}

/** The filters of the language as the engine takes them: each counts what it reads before it starts. */
export const countedFilters: ReadonlyMap<string, Handler> = new Map([
  ...[...filterRules].map(([name, rule]): [string, Handler] => [name, counted(name, rule)]),
  [RANGE_END, rangeEnd],
]);
