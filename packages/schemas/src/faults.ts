import { z } from 'zod';

/** One thing that is wrong with an input. */
export interface Fault {
  readonly path: readonly PropertyKey[];
  /** A sentence that says what was expected there; it never repeats what was sent. */
  readonly message: string;
}

/** Faults that are named of one input. */
const MAX_FAULTS = 100;

const types: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object',
  array: 'a list',
  null: 'null',
  undefined: 'left out',
};

const formats: Readonly<Record<string, string>> = {
  uuid: 'a UUID, such as 01900000-0000-7000-8000-000000000000',
  datetime: 'a time in UTC as ISO 8601 has it, such as 2026-01-31T09:30:00.000Z',
  date: 'a day that there is, as YYYY-MM-DD',
  url: 'a URL that begins with http:// or https://',
};

const received = (input: unknown): string => {
  if (input === null) return 'null';
  if (Array.isArray(input)) return 'a list';
  if (typeof input === 'number' && !Number.isInteger(input)) return 'a number with a fraction';
  return types[typeof input] ?? typeof input;
};

const listed = (values: readonly unknown[]): string => values.map((value) => JSON.stringify(value)).join(', ');

const counted = (origin: string, count: number | bigint): string => {
  if (origin === 'string') return `${count} ${count === 1 ? 'character' : 'characters'}`;
  return `${count} ${count === 1 ? 'item' : 'items'}`;
};

/** What was expected, as it follows on `Must be` and on `Is required:`; undefined where zod's own words are as good. */
function expectedOf(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === 'invalid_type') return types[issue.expected] ?? issue.expected;
  if (issue.code !== 'invalid_value') return undefined;
  return issue.values.length === 1 ? listed(issue.values) : `one of ${listed(issue.values)}`;
}

/** A size that is out of bounds. */
function sizeFault(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code !== 'too_big' && issue.code !== 'too_small') return undefined;
  const isNumber = issue.origin === 'number' || issue.origin === 'int' || issue.origin === 'bigint';
  if (issue.code === 'too_big') {
    return isNumber ? `Must be at most ${issue.maximum}` : `Must have at most ${counted(issue.origin, issue.maximum)}`;
  }
  if (isNumber) return `Must be at least ${issue.minimum}`;
  return issue.minimum === 1 ? 'Must not be empty' : `Must have at least ${counted(issue.origin, issue.minimum)}`;
}

/** The words for a fault whose schema has none of its own: what is expected, in a sentence that a person can act on. */
export function faultMessage(issue: z.core.$ZodRawIssue): string | undefined {
  const expected = expectedOf(issue);
  if (expected !== undefined) {
    if (issue.input === undefined) return `Is required: it must be ${expected}`;
    return issue.code === 'invalid_value' ? `Must be ${expected}` : `Must be ${expected}, not ${received(issue.input)}`;
  }
  if (issue.code === 'invalid_format') {
    const format = formats[issue.format];
    return format === undefined ? undefined : `Must be ${format}`;
  }
  return sizeFault(issue);
}

// For every schema of the process: zod takes words for all of them in this place only.
z.config({ customError: faultMessage });

type Issue = z.core.$ZodIssue;

/**
 * What is wrong with an input, one entry for each fault, at most a hundred. Of a union, the faults of the shape that the input
 * comes nearest to; of unknown fields, one for each; of a text with a format, that and not its length.
 */
export const faultsOf = (error: Pick<z.core.$ZodError, 'issues'>): Fault[] =>
  withoutEchoes(error.issues.flatMap((issue) => flatten(issue, []))).slice(0, MAX_FAULTS);

function flatten(issue: Issue, under: readonly PropertyKey[]): Fault[] {
  const path = [...under, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys
      .slice(0, MAX_FAULTS)
      .map((key) => ({ path: [...path, key], message: 'Is no field that is known here: leave it out' }));
  }
  if (issue.code === 'invalid_key' || issue.code === 'invalid_element') {
    return issue.issues.map(({ message }) => ({ path, message: `Has a name that is refused. The name: ${message}` }));
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) return ofUnion(issue.errors, path);
  return [{ path, message: issue.message }];
}

interface Branch {
  readonly faults: readonly Fault[];
  /** The input is of another type altogether. */
  readonly isOther: boolean;
  readonly distance: number;
}

/** A field that should have told which shape this is counts for more than another one. */
const MARK = 1.5;

function ofUnion(errors: readonly (readonly Issue[])[], path: readonly PropertyKey[]): Fault[] {
  const branches = errors.map((issues): Branch => {
    const faults = issues.flatMap((issue) => flatten(issue, path));
    const marks = issues.filter(({ code }) => code === 'invalid_value').length;
    return {
      faults,
      isOther: issues.some((issue) => issue.path.length === 0 && issue.code !== 'unrecognized_keys'),
      distance: faults.length + marks * MARK,
    };
  });
  const near = branches.filter(({ isOther }) => !isOther).toSorted((one, other) => one.distance - other.distance)[0];
  if (near !== undefined) return [...near.faults];
  const messages = new Set(branches.flatMap(({ faults }) => faults.map(({ message }) => message)));
  return [{ path, message: [...messages].join(', or: ') }];
}

/** What zod says of a whole number that no double counts to, beside the bounds that a schema has of its own. */
const UNCOUNTABLE = new Set([
  `Must be at most ${Number.MAX_SAFE_INTEGER}`,
  `Must be at least ${Number.MIN_SAFE_INTEGER}`,
]);

/** A text that is no UUID is not said to be too long as well, nor a number too large twice. */
function withoutEchoes(faults: readonly Fault[]): Fault[] {
  const formatted = new Set(Object.values(formats).map((format) => `Must be ${format}`));
  const settled = new Set<string>();
  return faults.filter(({ path, message }) => {
    const key = JSON.stringify(path.map(String));
    if (settled.has(key)) return false;
    if (UNCOUNTABLE.has(message) && faults.some((other) => isBeside(other, message, key))) return false;
    if (formatted.has(message)) settled.add(key);
    return true;
  });
}

const isBeside = (other: Fault, message: string, key: string): boolean =>
  other.message !== message && JSON.stringify(other.path.map(String)) === key;
