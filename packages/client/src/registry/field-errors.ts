import { namesIn } from '@promptory/template';
import type { FieldError } from '../contract/contract.ts';

interface Fault {
  /** A JSON Pointer. */
  readonly path: string;
  readonly code: keyof typeof codes;
  readonly message: string;
}

const codes = {
  missing: 'required',
  unknown: 'unrecognized_key',
  type: 'invalid_type',
  value: 'invalid',
} as const;

/** The faults of a value as the server says those of a call: `inputs.user.name`. */
export const fieldErrors = (faults: readonly Fault[], ...root: string[]): FieldError[] =>
  faults.map(({ path, code, message }) => ({
    path: [...root, ...namesIn(path)].join('.'),
    code: codes[code],
    params: {},
    message: `${message.slice(0, 1).toUpperCase()}${message.slice(1)}.`,
  }));
