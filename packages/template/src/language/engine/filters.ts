/** What a filter takes on its left, for the inputs that reach it. */
export type FilterInput = 'any' | 'text' | 'number' | 'list' | 'moment' | 'measured';

/** What comes out: the list, an element of it, the same value, or something new. */
export type FilterOutput = 'same' | 'element' | 'property' | 'new';

/** A filter of the language: what it reads, what it gives, and what it costs beyond reading its values once. */
export interface FilterRule {
  readonly input: FilterInput;
  readonly output: FilterOutput;
  /** Least and most arguments. */
  readonly args: readonly [least: number, most: number];
  /** What the positional arguments are; the last one stands for all that follow. */
  readonly takes?: readonly FilterInput[];
  /** The first argument names a property of the list's elements, so it must be written in the template. */
  readonly property?: true;
  /** Units for each character and element read; 1 where absent. */
  readonly cost?: number;
  /** Compares elements with one another: the cost grows by the logarithm of their number. */
  readonly sorts?: true;
  /** Reads lists and objects only by their length, not what lies in them. */
  readonly shallow?: true;
}

const text = (least: number, most: number, more: Partial<FilterRule> = {}): FilterRule => ({
  input: 'text',
  output: 'new',
  args: [least, most],
  takes: ['text'],
  ...more,
});
const number = (least: number, most: number): FilterRule => ({
  input: 'number',
  output: 'new',
  args: [least, most],
  takes: ['number'],
});
const moment = (least: number, most: number): FilterRule => ({
  input: 'moment',
  output: 'new',
  args: [least, most],
  takes: ['text'],
  cost: 20,
});
const list = (output: FilterOutput, least: number, most: number, more: Partial<FilterRule> = {}): FilterRule => ({
  input: 'list',
  output,
  args: [least, most],
  takes: ['any'],
  ...more,
});
const byProperty = (output: FilterOutput, least: number, most: number, more: Partial<FilterRule> = {}): FilterRule =>
  list(output, least, most, { property: true, cost: 10, ...more });

/**
 * Every filter of the language. Those of LiquidJS that are missing are refused: `sample` rolls dice, `*_exp` parse a text
 * while rendering, `push` and `unshift` nest lists without bound.
 */
export const filterRules: ReadonlyMap<string, FilterRule> = new Map(
  Object.entries({
    // Text
    append: text(1, 1),
    prepend: text(1, 1),
    upcase: text(0, 0),
    downcase: text(0, 0),
    capitalize: text(0, 0),
    strip: text(0, 1),
    lstrip: text(0, 1),
    rstrip: text(0, 1),
    strip_html: text(0, 0),
    strip_newlines: text(0, 0),
    newline_to_br: text(0, 0),
    squish: text(0, 0),
    normalize_whitespace: text(0, 0),
    replace: text(2, 2),
    replace_first: text(2, 2),
    replace_last: text(2, 2),
    remove: text(1, 1),
    remove_first: text(1, 1),
    remove_last: text(1, 1),
    truncate: text(0, 2, { takes: ['number', 'text'] }),
    truncatewords: text(0, 2, { takes: ['number', 'text'] }),
    split: text(1, 1),
    number_of_words: text(0, 1),
    escape: text(0, 0),
    escape_once: text(0, 0),
    xml_escape: text(0, 0),
    url_encode: text(0, 0, { cost: 4 }),
    url_decode: text(0, 0, { cost: 4 }),
    cgi_escape: text(0, 0, { cost: 4 }),
    uri_escape: text(0, 0, { cost: 4 }),
    slugify: text(0, 2, { cost: 8 }),
    base64_encode: text(0, 0),
    base64_decode: text(0, 0),
    sha256: text(0, 0, { cost: 8 }),
    hmac_sha256: text(1, 1, { cost: 8 }),

    // Numbers
    abs: number(0, 0),
    at_least: number(1, 1),
    at_most: number(1, 1),
    ceil: number(0, 0),
    floor: number(0, 0),
    round: number(0, 1),
    plus: number(1, 1),
    minus: number(1, 1),
    times: number(1, 1),
    divided_by: { ...number(1, 2), takes: ['number', 'any'] },
    modulo: number(1, 1),
    to_integer: { ...number(0, 0), input: 'text' },

    // Lists
    join: list('new', 0, 1, { takes: ['text'] }),
    array_to_sentence_string: list('new', 0, 1, { takes: ['text'] }),
    first: list('element', 0, 0, { shallow: true }),
    last: list('element', 0, 0, { shallow: true }),
    reverse: list('same', 0, 0, { shallow: true }),
    compact: list('same', 0, 0, { shallow: true }),
    concat: list('same', 1, 1, { takes: ['list'], shallow: true }),
    pop: list('same', 0, 0, { shallow: true }),
    shift: list('same', 0, 0, { shallow: true }),
    uniq: list('same', 0, 0),
    sort: byProperty('same', 0, 1, { sorts: true }),
    sort_natural: byProperty('same', 0, 1, { sorts: true }),
    sum: byProperty('new', 0, 1),
    map: byProperty('property', 1, 1),
    where: byProperty('same', 1, 2),
    reject: byProperty('same', 1, 2),
    find: byProperty('element', 1, 2),
    has: byProperty('new', 1, 2),
    find_index: byProperty('new', 1, 2),
    group_by: byProperty('new', 1, 1),

    // Text or list
    size: { input: 'measured', output: 'new', args: [0, 0], shallow: true },
    slice: { input: 'measured', output: 'new', args: [1, 2], takes: ['number'], shallow: true },

    // Dates
    date: moment(0, 2),
    date_to_xmlschema: moment(0, 0),
    date_to_rfc822: moment(0, 0),
    date_to_string: moment(0, 2),
    date_to_long_string: moment(0, 2),

    // Anything
    default: { input: 'any', output: 'same', args: [1, 2], shallow: true },
    json: { input: 'any', output: 'new', args: [0, 1], takes: ['number'], cost: 8 },
    jsonify: { input: 'any', output: 'new', args: [0, 1], takes: ['number'], cost: 8 },
    inspect: { input: 'any', output: 'new', args: [0, 1], takes: ['number'], cost: 8 },
    raw: { input: 'any', output: 'same', args: [0, 0], shallow: true },
  } satisfies Record<string, FilterRule>),
);

/** What to write instead of what other engines, or LiquidJS, have. */
export const refusedFilters: ReadonlyMap<string, string> = new Map([
  ['sample', 'it picks by chance, so that no rendering could be repeated'],
  ['push', 'pass the list with the element in it, or use `concat`'],
  ['unshift', 'pass the list with the element in it, or use `concat`'],
  ...['where', 'reject', 'group_by', 'has', 'find_index', 'find'].map((name): [string, string] => [
    `${name}_exp`,
    `it reads a text as an expression; use \`${name}\`, or a loop with \`if\``,
  ]),
]);

/** The names of all filters, by the alphabet. */
export const filterNames: readonly string[] = [...filterRules.keys()].sort();

/** A property as the filters of lists take it: `name`, or `author.name`. */
export const PROPERTY_PATH: RegExp = /^[\p{L}\p{N}_-]+(?:\.[\p{L}\p{N}_-]+)*$/u;
