import { namesIn } from '../json-pointer.ts';
import type { ValueFault, ValueRule } from './check/value-fault.ts';

/** What a sentence on a fault is made of. */
export interface FieldFaultParams {
  expected?: 'string' | 'number' | 'integer' | 'boolean' | 'object' | 'array' | 'null' | 'other' | undefined;
  values?: (string | number | boolean | null)[];
  minimum?: number;
  maximum?: number;
  unit?: 'characters' | 'items';
  exclusive?: boolean;
  divisor?: number;
  format?: string;
}

/** A fault of a value as that of a field of a call: for programs, for translations, and as a sentence. */
export interface FieldFault {
  /** By dots: `inputs.user.name`. */
  path: string;
  code:
    | 'required'
    | 'unrecognized_key'
    | 'invalid_type'
    | 'invalid'
    | 'invalid_value'
    | 'too_small'
    | 'too_big'
    | 'not_multiple_of'
    | 'invalid_format'
    | 'not_unique';
  params: FieldFaultParams;
  message: string;
}

const MAX_LENGTH = 500;

const codes: Readonly<Record<ValueFault['code'], FieldFault['code']>> = {
  missing: 'required',
  unknown: 'unrecognized_key',
  type: 'invalid_type',
  value: 'invalid',
};

/** The fault of a value as that of a field, whose path begins with `root`. */
export function fieldFault({ path, code, message, rule }: ValueFault, ...root: string[]): FieldFault {
  const sentence = `${message.slice(0, 1).toUpperCase()}${message.slice(1)}`.replaceAll(/\p{C}/gu, '�');
  const broken = rule === undefined ? {} : brokenRule(rule);
  return {
    path: [...root, ...namesIn(path)].join('.').slice(0, MAX_LENGTH).toWellFormed(),
    code: code === 'value' ? (broken.code ?? codes.value) : codes[code],
    params: broken.params ?? {},
    message: sentence.slice(0, MAX_LENGTH).toWellFormed(),
  };
}

const expectedTypes: Readonly<Record<string, FieldFaultParams['expected']>> = {
  string: 'string',
  number: 'number',
  integer: 'integer',
  boolean: 'boolean',
  object: 'object',
  array: 'array',
  null: 'null',
};

/** As faults of other fields say it. */
function brokenRule(rule: ValueRule): Partial<Pick<FieldFault, 'code' | 'params'>> {
  switch (rule.kind) {
    case 'type': {
      const [only = '', ...others] = rule.types;
      return { params: { expected: (others.length === 0 ? expectedTypes[only] : undefined) ?? 'other' } };
    }
    case 'values':
      return { code: 'invalid_value', params: { values: rule.values.map(shortened) } };
    case 'least':
      return { code: 'too_small', params: { minimum: rule.bound, ...counted(rule) } };
    case 'most':
      return { code: 'too_big', params: { maximum: rule.bound, ...counted(rule) } };
    case 'multiple':
      return { code: 'not_multiple_of', params: { divisor: rule.of } };
    case 'format':
      return { code: 'invalid_format', params: { format: rule.format.slice(0, MAX_FORMAT).toWellFormed() } };
    case 'pattern':
      return { code: 'invalid_format' };
    case 'unique':
      return { code: 'not_unique' };
  }
}

const MAX_FORMAT = 50;
const MAX_VALUE = 200;

const shortened = <Value>(value: Value) =>
  typeof value === 'string' ? value.slice(0, MAX_VALUE).toWellFormed() : value;

const counted = ({ unit, exclusive }: Extract<ValueRule, { kind: 'least' | 'most' }>): FieldFaultParams => ({
  ...(unit === undefined ? {} : { unit: unit === 'members' ? 'items' : unit }),
  ...(exclusive === undefined ? {} : { exclusive }),
});
