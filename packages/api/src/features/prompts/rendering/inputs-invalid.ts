import { type FieldError, type FieldErrorCode, fault } from '@promptory/schemas';
import { namesIn, type ValueFault } from '@promptory/template';
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

function fieldError({ path, code, message }: ValueFault): FieldError {
  const sentence = `${message.slice(0, 1).toUpperCase()}${message.slice(1)}`.replaceAll(/\p{C}/gu, '�');
  return {
    path: ['inputs', ...namesIn(path)].join('.').slice(0, MAX_LENGTH).toWellFormed(),
    ...fault(codes[code], {}, sentence.slice(0, MAX_LENGTH).toWellFormed()),
  };
}
