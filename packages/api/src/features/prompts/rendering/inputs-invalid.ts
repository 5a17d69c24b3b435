import { type FieldError, type FieldErrorCode, type FieldErrorParams, fault } from '@promptory/schemas';
import { namesIn, type ValueFault, type ValueRule } from '@promptory/template';
import { AppError } from '../../../errors.ts';

const MAX_FAULTS = 100;
const MAX_LENGTH = 500;

const codes: Readonly<Record<ValueFault['code'], FieldErrorCode>> = {
  missing: 'required',
  unknown: 'unrecognized_key',
  type: 'invalid_type',
  value: 'invalid',
};

/** Refuses values that are not what a version takes: each fault by its path, `inputs.user.name`. */
export const inputsInvalid = (faults: readonly ValueFault[]): AppError =>
  new AppError('prompt.inputs_invalid', { errors: faults.slice(0, MAX_FAULTS).map(fieldError) });

function fieldError({ path, code, message, rule }: ValueFault): FieldError {
  const sentence = `${message.slice(0, 1).toUpperCase()}${message.slice(1)}`.replaceAll(/\p{C}/gu, '�');
  const broken = rule === undefined ? {} : brokenRule(rule);
  const kept = code === 'value' ? (broken.code ?? codes.value) : codes[code];
  return {
    path: ['inputs', ...namesIn(path)].join('.').slice(0, MAX_LENGTH).toWellFormed(),
    ...fault(kept, broken.params ?? {}, sentence.slice(0, MAX_LENGTH).toWellFormed()),
  };
}

const expectedTypes: Readonly<Record<string, FieldErrorParams['expected']>> = {
  string: 'string',
  number: 'number',
  integer: 'integer',
  boolean: 'boolean',
  object: 'object',
  array: 'array',
  null: 'null',
};

/** As faults of other fields say it. */
function brokenRule(rule: ValueRule): { readonly code?: FieldErrorCode; readonly params?: FieldErrorParams } {
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

const counted = ({ unit, exclusive }: Extract<ValueRule, { kind: 'least' | 'most' }>): FieldErrorParams => ({
  ...(unit === undefined ? {} : { unit: unit === 'members' ? 'items' : unit }),
  ...(exclusive === undefined ? {} : { exclusive }),
});
