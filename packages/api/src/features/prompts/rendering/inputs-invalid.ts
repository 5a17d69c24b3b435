import { MAX_FAULTS } from '@promptory/schemas';
import { fieldFault, type ValueFault } from '@promptory/template';
import { AppError } from '../../../errors.ts';

/** Refuses values that are not what a version takes: each fault by its path, `inputs.user.name`. */
export const inputsInvalid = (faults: readonly ValueFault[]): AppError =>
  new AppError('prompt.inputs_invalid', {
    errors: faults.slice(0, MAX_FAULTS).map((fault) => fieldFault(fault, 'inputs')),
  });
