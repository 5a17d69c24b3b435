import type { JsonValue } from '../json-value.ts';
import { callerInputs } from './caller-inputs.ts';
import { checkValue, documentOf, type ValueFault } from './check.ts';

const callersOf = new WeakMap<object, JsonValue>();

/**
 * Everything that is wrong with the values that a caller gives for the inputs of a version, as `checkValue` lists it: an input
 * that is not declared is unknown, and one that has a default may be left out. The schema must not be changed afterwards.
 *
 * @throws SchemaError where `checkSchema` refuses the schema
 */
export function checkInputs(schema: { readonly [keyword: string]: JsonValue }, values: unknown): ValueFault[] {
  let callers = callersOf.get(schema);
  if (callers === undefined) {
    callers = callerInputs(documentOf(schema));
    callersOf.set(schema, callers);
  }
  return checkValue(callers, values);
}
