import { z } from 'zod';
import type { Diagnosis, FaultParams } from './fault.ts';
import { namedFormat, ownDiagnosis } from './refusing.ts';
import { fault, formatsBySentence } from './sentences.ts';

type Raw = z.core.$ZodRawIssue;
type Issue = z.core.$ZodIssue;

type Expected = NonNullable<FaultParams['expected']>;

/** Types by zod's names for them. */
const types: Readonly<Record<string, Expected>> = {
  string: 'string',
  number: 'number',
  int: 'integer',
  bigint: 'integer',
  boolean: 'boolean',
  object: 'object',
  record: 'object',
  map: 'object',
  array: 'array',
  tuple: 'array',
  set: 'array',
  null: 'null',
  undefined: 'nothing',
  void: 'nothing',
  never: 'nothing',
  file: 'bytes',
};

const units: Readonly<Record<string, NonNullable<FaultParams['unit']>>> = {
  string: 'characters',
  array: 'items',
  set: 'items',
  map: 'items',
  object: 'items',
  record: 'items',
  file: 'bytes',
};

const isJsonScalar = (value: unknown) =>
  value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);

/** The size that is out of bounds: what is counted, and how strictly. */
function sizeOf({ origin, inclusive, exact }: { origin: string; inclusive?: boolean; exact?: boolean }): FaultParams {
  const unit = units[origin];
  return {
    ...(unit === undefined ? {} : { unit }),
    ...(exact === true ? { exact } : {}),
    ...(inclusive === false ? { exclusive: true } : {}),
  };
}

const received = (input: unknown): string => {
  if (input === null) return 'null';
  if (Array.isArray(input)) return 'a list';
  if (typeof input === 'string') return 'a text';
  if (typeof input === 'boolean') return 'true or false';
  if (typeof input === 'bigint') return 'a whole number without bounds';
  if (typeof input !== 'number') return 'an object';
  if (!Number.isFinite(input)) return 'one that JSON has no number for';
  return Number.isInteger(input) ? 'a number' : 'a number with a fraction';
};

/** What an issue of zod's says by its code and its facts; for those of our own checks see `ownDiagnosis`. */
function diagnosisOf(issue: Raw | Issue, isLeftOut: boolean): Diagnosis {
  switch (issue.code) {
    case 'invalid_type': {
      if (issue.expected === 'nonoptional') return fault('required');
      return fault(isLeftOut ? 'required' : 'invalid_type', { expected: types[issue.expected] ?? 'other' });
    }
    case 'invalid_value': {
      const values = issue.values.filter(isJsonScalar) as NonNullable<FaultParams['values']>;
      return fault(isLeftOut ? 'required' : 'invalid_value', { values });
    }
    case 'too_small':
      return fault('too_small', { minimum: Number(issue.minimum), ...sizeOf(issue) });
    case 'too_big':
      return fault('too_big', { maximum: Number(issue.maximum), ...sizeOf(issue) });
    case 'invalid_format':
      return fault('invalid_format', { format: issue.format });
    case 'not_multiple_of':
      return fault('not_multiple_of', { divisor: Number(issue.divisor) });
    case 'unrecognized_keys':
      return fault('unrecognized_key');
    case 'invalid_key':
    case 'invalid_element':
      return fault('invalid_key');
    case 'invalid_union': {
      const options = 'options' in issue ? issue.options : undefined;
      if (!Array.isArray(options)) return fault('invalid_union');
      return fault(isLeftOut ? 'required' : 'invalid_value', { values: options.filter(isJsonScalar) });
    }
    default:
      return fault('invalid');
  }
}

/** What stands where the issue is: of a field that tells shapes apart, zod gives the object that it is in. */
function inputOf(issue: Raw): unknown {
  if (issue.code !== 'invalid_union' || issue.discriminator === undefined) return issue.input;
  return Reflect.get(Object(issue.input), issue.discriminator);
}

/** The sentence for an issue whose schema has none of its own. */
export function sentenceOf(issue: Raw): string {
  const format = issue.code === 'invalid_type' && issue.input === undefined ? namedFormat(issue.inst) : undefined;
  if (format !== undefined) return fault('required', { expected: 'string', format }).message;
  const { code, message } = diagnosisOf(issue, inputOf(issue) === undefined);
  return code === 'invalid_type' ? `${message}, not ${received(issue.input)}` : message;
}

// For every schema of the process: zod takes words for all of them in this place only.
z.config({ customError: sentenceOf });

/** What one issue says. zod keeps no input, so whether the field was left out shows in the sentence only. */
export function faultOfIssue(issue: Issue): Diagnosis {
  const own = ownDiagnosis(issue);
  if (own !== undefined) return own;
  const format = issue.code === 'invalid_type' ? formatsBySentence.get(issue.message) : undefined;
  if (format !== undefined) return fault('required', { expected: 'string', format });
  const leftOut = diagnosisOf(issue, true);
  const found = issue.message === leftOut.message ? leftOut : diagnosisOf(issue, false);
  return { ...found, message: issue.message };
}
