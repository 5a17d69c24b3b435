import { STATUS_CODES } from 'node:http';
import { componentsOf } from './components.ts';
import type { JsonSchema, OpenApiError, OpenApiOptions } from './document.ts';
import { exampleOf, examplesOf } from './example-of.ts';
import type { SchemaRegistry } from './schemas.ts';

const SCHEMA = '#/components/schemas/';

/** The examples of a document: those of named schemas and of error codes are components, said once. */
export interface ExampleRegistry {
  /** `example` or `examples` beside a body's schema; empty where no example is found. `fits` chooses among a union's. */
  ofBody(schema: JsonSchema, fits?: (example: unknown) => boolean): object;
  /** The text of one line of a stream of such items. */
  lineOf(schema: JsonSchema, fits: (example: unknown) => boolean): string | undefined;
  /** `example` beside a parameter's schema; empty where none is found. */
  ofParameter(schema: JsonSchema, name: string): object;
  /** The example of an error: a reference, or the example itself where its code has another one already. */
  ofError(error: OpenApiError): object;
  /** Those that are components, sorted by name. */
  components(): Record<string, object>;
}

export function exampleRegistry(schemas: SchemaRegistry, options: OpenApiOptions): ExampleRegistry {
  const parts = componentsOf('examples');
  const { resolve } = schemas;
  // Most codes are those of most procedures, and say the same there.
  const errors = new Map<string, { of: OpenApiError; example: object }>();
  const exampleOfError = (error: OpenApiError): object => {
    const known = errors.get(error.code);
    if (known !== undefined && isSame(known.of, error)) return known.example;
    const value = options.problemExample?.(error) ?? problemExample(error, schemas, options);
    const example = parts.refer(error.code, { summary: error.description, value });
    if (known === undefined) errors.set(error.code, { of: error, example });
    return example;
  };

  return {
    ofBody(schema, fits) {
      const value = examplesOf(schema, resolve).find((example) => fits?.(example) ?? true);
      if (value === undefined) return {};
      if (typeof schema.$ref !== 'string') return { example: value };
      const name = schema.$ref.slice(SCHEMA.length);
      return { examples: { [name]: parts.refer(name, { value }) } };
    },
    lineOf(schema, fits) {
      const value = examplesOf(schema, resolve).find(fits);
      return value === undefined ? undefined : `${JSON.stringify(value)}\n`;
    },
    ofParameter(schema, name) {
      const value = exampleOf(schema, resolve, name);
      return value === undefined ? {} : { example: value };
    },
    ofError: exampleOfError,
    components: parts.all,
  };
}

const isSame = (a: OpenApiError, b: OpenApiError): boolean =>
  a.status === b.status && a.description === b.description && a.details === b.details;

/** What RFC 9457 says of an error, in the members that the host's problem has. */
function problemExample(
  { status, code, description, details }: OpenApiError,
  schemas: SchemaRegistry,
  options: OpenApiOptions,
): object {
  const added = details === undefined ? {} : Object(exampleOf(schemas.output(details), schemas.resolve));
  const plain = { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, detail: description, code };
  const made = exampleOf(schemas.output(options.problemSchema), schemas.resolve);
  if (typeof made !== 'object' || made === null) return { ...plain, ...added };
  const known = Object.entries(plain).filter(([name]) => name in made);
  return { ...made, ...Object.fromEntries(known), ...added };
}
