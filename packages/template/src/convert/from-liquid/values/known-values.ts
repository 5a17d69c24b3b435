import { isJsonObject, type JsonValue } from '../../../json-value.ts';
import { ALL, type Kinds, kindsOf, MISSING, OBJECTS } from './value-kinds.ts';

/** What is known of the value at a place. */
export interface Known {
  readonly kinds: Kinds;
  /** Of the value where it is there. */
  readonly schema: JsonValue;
}

export const unknown: Known = { kinds: ALL, schema: true };

/** An input of a schema of inputs. */
export const inputOf = (inputs: JsonValue, name: string): Known => memberOf({ kinds: OBJECTS, schema: inputs }, name);

/** A member of an object, or an element of a list by its index. */
export function memberOf({ kinds, schema }: Known, step: string | number): Known {
  if (typeof step === 'number') return { kinds: kindsOf(itemsOf(schema)) | MISSING, schema: itemsOf(schema) };
  const { properties, required } = isJsonObject(schema) ? schema : {};
  const isDeclared = isJsonObject(properties) && Object.hasOwn(properties, step);
  const member = isDeclared ? (properties[step] ?? true) : true;
  const isSure = kinds !== 0 && (kinds & ~OBJECTS) === 0 && Array.isArray(required) && required.includes(step);
  return { kinds: kindsOf(member) | (isSure ? 0 : MISSING), schema: member };
}

/** Whether a value of which the member is read may be missing. */
export const mayBeMissing = ({ kinds }: Known): boolean => (kinds & MISSING) !== 0;

/** An element of a list. */
export const elementOf = ({ schema }: Known): Known => ({ kinds: kindsOf(itemsOf(schema)), schema: itemsOf(schema) });

/** Whether a value can have no member of that name. */
export function cannotHave({ kinds, schema }: Known, name: string): boolean {
  if ((kinds & OBJECTS) === 0) return true;
  const { properties, additionalProperties, patternProperties } = isJsonObject(schema) ? schema : {};
  const isDeclared = isJsonObject(properties) && Object.hasOwn(properties, name);
  return !isDeclared && additionalProperties === false && patternProperties === undefined;
}

function itemsOf(schema: JsonValue): JsonValue {
  const { items, prefixItems } = isJsonObject(schema) ? schema : {};
  return prefixItems === undefined ? (items ?? true) : true;
}
