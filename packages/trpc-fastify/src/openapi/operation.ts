import { STATUS_CODES } from 'node:http';
import type { z } from 'zod';
import { answeredTypes, EVENTS, JSON_TYPE, NDJSON, takesJson } from '../router/media-types.ts';
import type { RestProcedure } from '../router/procedures.ts';
import { ifMatchField, namesIn, type RestMeta } from '../router/rest-meta.ts';
import type { Components } from './components.ts';
import type { JsonSchema, OpenApiError, OpenApiOptions, Operation } from './document.ts';
import { authorExample, exampleOf } from './example-of.ts';
import type { ExampleRegistry } from './examples.ts';
import { type ProblemSchemas, problemSchemas } from './problems.ts';
import { propertiesOf, type SchemaRegistry } from './schemas.ts';

/** One operation of the document. */
export function operationOf(
  procedure: RestProcedure,
  operationId: string,
  schemas: SchemaRegistry,
  {
    examples,
    errorResponses,
    errors,
  }: { examples: ExampleRegistry; errorResponses: Components; errors: OpenApiError[] },
  options: OpenApiOptions,
): Operation {
  const { path, rest, meta, inputs } = procedure;
  const parameters = [...parametersOf(procedure, schemas, examples), ...requestHeadersOf(procedure, options)];
  const requestBody = inputs === undefined ? undefined : requestBodyOf(rest, inputs, schemas, examples);
  const refused = withHeaders(
    errorResponsesOf(errors, rest, problemSchemas(schemas, options.problemSchema), examples),
    procedure,
    options,
  );
  const shared = Object.entries(refused).map(([status, response]) => {
    const codes = errors.filter((error) => error.status === Number(status)).map(({ code }) => code);
    return [status, errorResponses.refer([status, ...codes].join('-'), response)];
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
      ...withHeaders(successesOf(procedure, schemas, examples), procedure, options),
      ...Object.fromEntries(shared),
    },
  };
}

function parametersOf({ rest, inputs }: RestProcedure, schemas: SchemaRegistry, examples: ExampleRegistry): object[] {
  const found: object[] = [];
  const properties = inputs === undefined ? new Map() : propertiesOf(schemas.input(inputs), schemas.resolve);
  const inPath = namesIn(rest.path);
  const parameter = (name: string, where: 'path' | 'query') => {
    const { schema, required } = properties.get(name) as { schema: JsonSchema; required: boolean };
    const { description, deprecated, examples: _examples, example: _example, ...bare } = schema;
    const isRequired = where === 'path' || required;
    // Pages that let one try a call out send the examples: made-up values of optional fields would only narrow it.
    const hasExample = isRequired || authorExample(schema) !== undefined;
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
      if (!inPath.includes(name) && name !== rest.body?.field && name !== ifMatchField(rest)) parameter(name, 'query');
    }
  }
  if (rest.etag !== undefined) {
    found.push(header('If-None-Match', 'An ETag the caller has: the answer is 304 when it is still current.'));
  }
  if (rest.ifMatch !== undefined) {
    found.push(header('If-Match', 'The ETag of what this write is based on.'));
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

function requestBodyOf(
  rest: RestMeta,
  inputs: z.ZodType,
  schemas: SchemaRegistry,
  examples: ExampleRegistry,
): object | undefined {
  if (rest.body !== undefined) {
    const { json } = rest.body;
    const schemaOf = (type: string): JsonSchema => {
      if (type !== JSON_TYPE) return { type: 'string' };
      // Of JSON that nobody describes, all that is known is that it is some.
      return json === undefined ? {} : schemas.input(json);
    };
    // Of several types, clients are generated for the first, and all can write JSON.
    const types = rest.body.types.toSorted((a, b) => Number(b === JSON_TYPE) - Number(a === JSON_TYPE));
    const content = types.map((type) => [
      type,
      {
        schema: schemaOf(type),
        ...(type === JSON_TYPE && json !== undefined ? examples.ofBody(schemas.input(json)) : {}),
      },
    ]);
    return {
      required: true,
      description: `At most ${rest.body.limit} bytes, read as a stream.`,
      content: Object.fromEntries(content),
    };
  }
  if (!takesJson(rest)) return undefined;
  const schema = schemas.without(schemas.input(inputs), new Set(namesIn(rest.path)));
  const properties = propertiesOf(schema, schemas.resolve);
  if (properties.size === 0) return undefined;
  const required = [...properties.values()].some((property) => property.required);
  const fits = (body: unknown): boolean => takes(rest, inputs, schemas, body);
  return { required, content: { [JSON_TYPE]: { schema, ...examples.ofBody(schema, fits) } } };
}

/** Whether the whole input, with that body, is one for the schema's refinements too, of which JSON Schema says nothing. */
function takes(rest: RestMeta, inputs: z.ZodType, schemas: SchemaRegistry, body: unknown): boolean {
  const properties = propertiesOf(schemas.input(inputs), schemas.resolve);
  const inPath = namesIn(rest.path).map((name) => [
    name,
    exampleOf(properties.get(name)?.schema ?? {}, schemas.resolve, name),
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
  schemas: SchemaRegistry,
  examples: ExampleRegistry,
  fits: (example: unknown) => boolean,
): Record<string, object> {
  const { rest, output, events } = endpoint;
  if (events !== undefined) return { [EVENTS]: eventsOf(schemas.output(events), examples, fits) };
  const whole = rest.stream?.item ?? output;
  const content = answeredTypes(endpoint).map((type) => {
    if (type === NDJSON && rest.stream !== undefined) {
      return [type, linesOf(schemas.output(rest.stream.item), schemas, examples, fits)];
    }
    if (whole === undefined || type !== JSON_TYPE) return [type, { schema: { type: 'string' } }];
    const schema = schemas.output(whole);
    return [type, { schema, ...examples.ofBody(schema, fits) }];
  });
  return Object.fromEntries(content);
}

/**
 * A stream of JSON lines is a text, of which each line is an item or, after a failure, the error. OpenAPI 3.1 has no word
 * for that; `x-itemSchema` says what 3.2 says as `itemSchema`.
 */
function linesOf(
  item: JsonSchema,
  schemas: SchemaRegistry,
  examples: ExampleRegistry,
  fits: (example: unknown) => boolean,
): object {
  const line = examples.lineOf(item, fits);
  return {
    schema: { type: 'string', description: 'One JSON document on each line, as `x-itemSchema` describes it.' },
    ...(line === undefined ? {} : { example: line }),
    'x-itemSchema': { anyOf: [item, schemas.errorLine] },
  };
}

/** A stream of events is a text too: the data of each is an item. */
function eventsOf(item: JsonSchema, examples: ExampleRegistry, fits: (example: unknown) => boolean): object {
  const line = examples.lineOf(item, fits);
  return {
    schema: { type: 'string', description: 'Server-sent events, whose data is JSON as `x-itemSchema` describes it.' },
    ...(line === undefined ? {} : { example: `data: ${line.trimEnd()}\nid: 0\n\n` }),
    'x-itemSchema': item,
  };
}

function successesOf(
  procedure: RestProcedure,
  schemas: SchemaRegistry,
  examples: ExampleRegistry,
): Record<string, object> {
  const { rest } = procedure;
  const { orStatus } = rest;
  const success = (status: number, description: string, fits: (example: unknown) => boolean): object => {
    const content = status === 204 ? {} : contentOf(procedure, schemas, examples, fits);
    return { description, ...(Object.keys(content).length === 0 ? {} : { content }) };
  };
  const isOther = (example: unknown): boolean => orStatus !== undefined && holds(() => orStatus.when(example));
  const status = rest.status ?? 200;
  const events = 'Server-sent events (`EventSource`). Those named `ping` are signs of life, every 15 seconds.';
  const stream = 'One JSON document on each line; after a failure the last line has "type": "error".';
  const responses: Record<string, object> = {
    [status]: success(
      status,
      procedure.events !== undefined
        ? events
        : rest.stream === undefined
          ? (STATUS_CODES[status] ?? 'Success')
          : stream,
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

function errorResponsesOf(
  errors: OpenApiError[],
  rest: RestMeta,
  problems: ProblemSchemas,
  examples: ExampleRegistry,
): Record<string, object> {
  const byStatus = new Map<number, OpenApiError[]>();
  for (const error of errors) byStatus.set(error.status, [...(byStatus.get(error.status) ?? []), error]);
  const responses: Record<string, object> = {};
  for (const [status, group] of byStatus) {
    const description = group.map((error) => `\`${error.code}\`: ${error.description}`).join('\n\n');
    const byCode = Object.fromEntries(group.map((error) => [error.code, examples.ofError(error)]));
    const schema = problems.of(group);
    responses[status] = { description, content: { 'application/problem+json': { schema, examples: byCode } } };
  }
  if (rest.ifMatch !== undefined && !byStatus.has(412)) {
    const description = 'If-Match is not the ETag of what is there.';
    responses[412] = { description, content: { 'application/problem+json': { schema: problems.any } } };
  }
  return responses;
}
