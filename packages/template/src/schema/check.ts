import type { JsonValue } from '../json-value.ts';
import { Explanation } from './check/explain.ts';
import { notJson } from './check/is-json.ts';
import { SchemaDocument, type SchemaNode } from './check/schema-document.ts';
import { TooMuchWork, Validity } from './check/validity.ts';
import type { ValueFault } from './check/value-fault.ts';
import { checkSchema, type SchemaFault } from './check-schema.ts';

export type { ValueFault, ValueRule } from './check/value-fault.ts';

/** A schema that `checkSchema` refuses, with what it says of it. */
export class SchemaError extends Error {
  override readonly name = 'SchemaError';
  readonly faults: readonly SchemaFault[];

  constructor(faults: readonly SchemaFault[]) {
    super(`This schema cannot be used: ${faults.map(({ path, message }) => `${path || 'it'} ${message}`).join('; ')}`);
    this.faults = faults;
  }
}

const documents = new WeakMap<object, SchemaDocument>();

/**
 * Everything that is wrong with a value by a schema, by path; empty where the value satisfies it. At most 1,000 faults.
 * The value is compared as it is: nothing is converted, no default is filled in, and only own members count; one that is
 * undefined is absent. A schema given as an object is checked once and must not be changed after.
 *
 * Follows JSON Schema 2020-12, with `format` as an assertion for dates, times, e-mail addresses, hosts, IPv4 addresses,
 * URIs and UUIDs. Patterns are matched in linear time, and a check ends after 300,000 steps with a fault that says so.
 *
 * @throws SchemaError where `checkSchema` refuses the schema
 */
export function checkValue(schema: JsonValue, value: unknown): ValueFault[] {
  const document = documentOf(schema);
  const foreign = notJson(value);
  if (foreign.length > 0) return foreign;
  try {
    const json = value as JsonValue;
    if (new Validity(document).of(document.root, json)) return [];
    const explanation = new Explanation(new Validity(document));
    explanation.explain(document.root, json);
    return explanation.faults.length > 0 ? explanation.faults : [unexplained];
  } catch (error) {
    if (error instanceof TooMuchWork) return [tooMuch];
    throw error;
  }
}

const unexplained: ValueFault = { path: '', code: 'value', expected: 'another value', message: 'does not fit' };
const tooMuch: ValueFault = {
  path: '',
  code: 'value',
  expected: 'a smaller value',
  message: 'takes too much work to check',
};

/** The document of a schema that is checked; the same for the same object. */
export function documentOf(schema: JsonValue): SchemaDocument {
  const known = typeof schema === 'object' && schema !== null ? documents.get(schema) : undefined;
  if (known !== undefined) return known;
  const faults = checkSchema(schema);
  if (faults.length > 0) throw new SchemaError(faults);
  const document = new SchemaDocument(schema as SchemaNode);
  if (typeof schema === 'object' && schema !== null) documents.set(schema, document);
  return document;
}
