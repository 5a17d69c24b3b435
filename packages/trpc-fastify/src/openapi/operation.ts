import { STATUS_CODES } from 'node:http';
import type { z } from 'zod';
import { answeredTypes, JSON_TYPE, NDJSON, takesJson } from '../router/media-types.ts';
import type { RestProcedure } from '../router/procedures.ts';
import { namesIn, type RestMeta } from '../router/rest-meta.ts';
import type { NamedParts } from './components.ts';
import type { JsonSchema, OpenApiError, OpenApiOptions, Operation } from './document.ts';
import { exampleOf, given } from './example-of.ts';
import type { ExampleBook } from './examples.ts';
import { propertiesOf, type SchemaBook } from './schemas.ts';

/** One operation of the document. */
export function operationOf(
  procedure: RestProcedure,
  operationId: string,
  book: SchemaBook,
  { examples, failures }: { examples: ExampleBook; failures: NamedParts },
  options: OpenApiOptions,
): Operation {
  const { path, rest, meta, inputs } = procedure;
  const parameters = [...parametersOf(procedure, book, examples), ...requestHeadersOf(procedure, options)];
  const requestBody = inputs === undefined ? undefined : requestBodyOf(rest, inputs, book, examples);
  const errors = options.errors(meta, procedure);
  const refused = withHeaders(
    failuresOf(errors, rest, book.output(options.problemSchema), examples),
    procedure,
    options,
  );
  const shared = Object.entries(refused).map(([status, response]) => {
    const codes = errors.filter((error) => error.status === Number(status)).map(({ code }) => code);
    return [status, failures.refer([status, ...codes].join('-'), response)];
  });
  return {
    operationId,
    summary: rest.summary,
    ...(rest.description === undefined ? {} : { description: rest.description }),
    tags: rest.tags ?? [path.split('.', 1)[0] ?? path],
    ...(rest.deprecated === true ? { deprecated: true as const } : {}),
    security: options.security(meta, procedure),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(requestBody === undefined ? {} : { requestBody }),
    responses: {
      ...withHeaders(successesOf(procedure, book, examples), procedure, options),
      ...Object.fromEntries(shared),
    },
  };
}

function parametersOf({ rest, inputs }: RestProcedure, book: SchemaBook, examples: ExampleBook): object[] {
  const found: object[] = [];
  const properties = inputs === undefined ? new Map() : propertiesOf(book.input(inputs), book.resolve);
  const inPath = namesIn(rest.path);
  const parameter = (name: string, where: 'path' | 'query') => {
    const { schema, required } = properties.get(name) as { schema: JsonSchema; required: boolean };
    const { description, deprecated, examples: _examples, example: _example, ...bare } = schema;
    const isRequired = where === 'path' || required;
    // Pages that let one try a call out send the examples: made-up values of optional fields would only narrow it.
    const hasExample = isRequired || given(schema) !== undefined;
    found.push({
      name,
      in: where,
      required: isRequired,
      ...(typeof description === 'string' ? { description } : {}),
      ...(deprecated === true ? { deprecated } : {}),
      schema: schema.$ref === undefined ? bare : schema,
      ...(hasExample ? examples.ofParameter(schema, name) : {}),
    });
  };
  for (const name of inPath) parameter(name, 'path');
  if (!takesJson(rest)) {
    for (const name of properties.keys()) {
      if (!inPath.includes(name) && name !== rest.body?.field && name !== rest.ifMatch) parameter(name, 'query');
    }
  }
  if (rest.etag !== undefined) {
    found.push(header('If-None-Match', 'An ETag the caller has: the answer is 304 when it is still current.'));
  }
  if (rest.ifMatch !== undefined) {
    found.push(header('If-Match', 'The ETag of the version this write is based on.'));
  }
  return found;
}

function requestHeadersOf(procedure: RestProcedure, { requestHeaders = {} }: OpenApiOptions): object[] {
  return Object.entries(requestHeaders).flatMap(([name, { when }]) =>
    when(procedure.meta, procedure) ? [{ $ref: `#/components/parameters/${name}` }] : [],
  );
}

function header(name: string, description: string): object {
  return { name, in: 'header', required: false, description, schema: { type: 'string' } };
}

function requestBodyOf(rest: RestMeta, inputs: z.ZodType, book: SchemaBook, examples: ExampleBook): object | undefined {
  if (rest.body !== undefined) {
    const content = rest.body.types.map((type) => [type, { schema: { type: 'string', contentMediaType: type } }]);
    return {
      required: true,
      description: `At most ${rest.body.limit} bytes, read as a stream.`,
      content: Object.fromEntries(content),
    };
  }
  if (!takesJson(rest)) return undefined;
  const schema = book.without(book.input(inputs), new Set(namesIn(rest.path)));
  const properties = propertiesOf(schema, book.resolve);
  if (properties.size === 0) return undefined;
  const required = [...properties.values()].some((property) => property.required);
  const fits = (body: unknown): boolean => takes(rest, inputs, book, body);
  return { required, content: { [JSON_TYPE]: { schema, ...examples.ofBody(schema, fits) } } };
}

/** Whether the whole input, with that body, is one for the schema's refinements too, of which JSON Schema says nothing. */
function takes(rest: RestMeta, inputs: z.ZodType, book: SchemaBook, body: unknown): boolean {
  const properties = propertiesOf(book.input(inputs), book.resolve);
  const inPath = namesIn(rest.path).map((name) => [
    name,
    exampleOf(properties.get(name)?.schema ?? {}, book.resolve, name),
  ]);
  try {
    return inputs.safeParse({ ...Object.fromEntries(inPath), ...Object(body) }).success;
  } catch {
    // Its refinements are asynchronous: nothing more can be said here.
    return true;
  }
}

function contentOf(
  endpoint: RestProcedure,
  book: SchemaBook,
  examples: ExampleBook,
  fits: (example: unknown) => boolean,
): Record<string, object> {
  const { rest, output } = endpoint;
  const whole = rest.stream?.item ?? output;
  const content = answeredTypes(endpoint).map((type) => {
    const isItself = type === (rest.stream === undefined ? JSON_TYPE : NDJSON);
    if (whole === undefined || !isItself) return [type, { schema: { type: 'string' } }];
    const schema = book.output(whole);
    return [type, { schema, ...examples.ofBody(schema, fits) }];
  });
  return Object.fromEntries(content);
}

function successesOf(procedure: RestProcedure, book: SchemaBook, examples: ExampleBook): Record<string, object> {
  const { rest } = procedure;
  const { orStatus } = rest;
  const success = (status: number, description: string, fits: (example: unknown) => boolean): object => {
    const content = status === 204 ? {} : contentOf(procedure, book, examples, fits);
    return { description, ...(Object.keys(content).length === 0 ? {} : { content }) };
  };
  const isOther = (example: unknown): boolean => orStatus !== undefined && holds(() => orStatus.when(example));
  const status = rest.status ?? 200;
  const stream = 'One JSON document on each line; after a failure the last line has "type": "error".';
  const responses: Record<string, object> = {
    [status]: success(
      status,
      rest.stream === undefined ? (STATUS_CODES[status] ?? 'Success') : stream,
      (example) => !isOther(example),
    ),
  };
  if (orStatus !== undefined) responses[orStatus.status] = success(orStatus.status, orStatus.description, isOther);
  if (rest.etag !== undefined) responses[304] = { description: 'Not Modified' };
  return responses;
}

/** Whether a host's predicate holds for a made-up output, which may be one that it does not expect. */
function holds(predicate: () => boolean): boolean {
  try {
    return predicate();
  } catch {
    return false;
  }
}

/** Each response with the headers that it has, by reference. */
function withHeaders(
  responses: Record<string, object>,
  procedure: RestProcedure,
  { responseHeaders = {} }: OpenApiOptions,
): Record<string, object> {
  const { rest, meta } = procedure;
  const named = (status: number): string[] => [
    ...(rest.etag !== undefined && (status < 300 || status === 304) ? ['ETag'] : []),
    ...(rest.location !== undefined && status === 201 ? ['Location'] : []),
    ...Object.keys(responseHeaders).filter((name) => responseHeaders[name]?.when(status, meta, procedure)),
  ];
  return Object.fromEntries(
    Object.entries(responses).map(([status, { description, ...response }]: [string, { description?: string }]) => {
      const headers = named(Number(status)).map((name) => [name, { $ref: `#/components/headers/${name}` }]);
      const own = headers.length === 0 ? {} : { headers: Object.fromEntries(headers) };
      return [status, { description, ...own, ...response }];
    }),
  );
}

function failuresOf(
  errors: OpenApiError[],
  rest: RestMeta,
  schema: JsonSchema,
  book: ExampleBook,
): Record<string, object> {
  const byStatus = new Map<number, OpenApiError[]>();
  for (const error of errors) byStatus.set(error.status, [...(byStatus.get(error.status) ?? []), error]);
  const responses: Record<string, object> = {};
  for (const [status, group] of byStatus) {
    const description = group.map((error) => `\`${error.code}\`: ${error.description}`).join('\n\n');
    const examples = Object.fromEntries(group.map((error) => [error.code, book.ofError(error)]));
    responses[status] = { description, content: { 'application/problem+json': { schema, examples } } };
  }
  if (rest.ifMatch !== undefined && !byStatus.has(412)) {
    const description = 'If-Match is not the ETag of the current version.';
    responses[412] = { description, content: { 'application/problem+json': { schema } } };
  }
  return responses;
}
