import type { ErrorCode } from '@promptory/schemas';
import { type AppError, toAppError } from '../../src/errors.ts';

/** The error that a call fails with. Throws when it does not fail. */
export async function errorOf(call: Promise<unknown>): Promise<AppError> {
  try {
    await call;
  } catch (error) {
    return toAppError(error);
  }
  throw new Error('The call succeeded.');
}

/** The code that a call fails with, or `ok`. */
export async function codeOf(call: Promise<unknown>): Promise<ErrorCode | 'ok'> {
  try {
    await call;
    return 'ok';
  } catch (error) {
    return toAppError(error).code;
  }
}
