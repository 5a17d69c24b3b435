import { expect, it } from 'vitest';
import { openApi } from '../../src/reference/open-api.ts';

// Whoever reads the document learns of each parameter, and of each field that is sent, what it is for.

interface Schema {
  readonly $ref?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}

interface Parameter {
  readonly $ref?: string;
  readonly name: string;
  readonly description?: string;
  readonly schema?: Schema;
}

const document = openApi();

function resolved<T extends { readonly $ref?: string }>(value: T): T {
  if (value.$ref === undefined) return value;
  const [, , kind = '', name = ''] = value.$ref.split('/');
  const found = (document.components as unknown as Record<string, Record<string, T>>)[kind]?.[name];
  return { ...found, ...value, $ref: undefined } as T;
}

const choicesOf = ({ anyOf = [], oneOf = [] }: Schema): Schema[] => [...anyOf, ...oneOf].map(resolved);

/** A field that tells shapes apart, `type`, is said by the shapes. */
const isConstant = (schema: Schema): boolean => 'const' in schema;

/** Fields without a word, at whatever depth; a part of what names itself is described where it stands. */
function undescribed(schema: Schema, path: string, depth = 0): string[] {
  if (depth > 5) return [];
  const { properties = {}, items } = schema;
  return [
    ...Object.entries(properties).flatMap(([name, given]) => {
      const field = resolved(given);
      const isSaid =
        isConstant(field) || [field, ...choicesOf(field)].some(({ description = '' }) => description.length >= 10);
      return [...(isSaid ? [] : [`${path}.${name}`]), ...undescribed(field, `${path}.${name}`, depth + 1)];
    }),
    ...(items === undefined ? [] : undescribed(resolved(items), `${path}[]`, depth + 1)),
    ...choicesOf(schema).flatMap((choice) => undescribed(choice, path, depth + 1)),
  ];
}

const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, operation })),
);

it('are many', () => {
  expect(operations.length).toBeGreaterThan(80);
});

it.each(operations)('$name says what each of its parameters is for', ({ operation }) => {
  const parameters = (operation.parameters ?? []) as Parameter[];
  const bare = parameters.map(resolved).filter(({ description, schema = {} }) => {
    return (description ?? resolved(schema).description ?? '').length < 10;
  });
  expect(bare.map(({ name }) => name)).toEqual([]);
});

it.each(operations)('$name says what each field of its body is for', ({ name, operation }) => {
  const body = operation.requestBody as { content: Record<string, { schema?: Schema }> } | undefined;
  const schema = body?.content['application/json']?.schema;
  expect(schema === undefined ? [] : undescribed(resolved(schema), name)).toEqual([]);
});
