import { STATUS_CODES } from 'node:http';
import type { z } from 'zod';
import { NDJSON, takesJson } from './media-types.ts';
import type { OpenApiError, OpenApiOptions, Operation } from './openapi.ts';
import { type JsonSchema, propertiesOf, type SchemaBook, withoutProperties } from './openapi-schemas.ts';
import type { RestProcedure } from './procedures.ts';
import { namesIn, type RestMeta } from './rest-meta.ts';

interface ErrorParts {
  options: OpenApiOptions;
  /** The example of an error, usually by reference. */
  example(error: OpenApiError): object;
}

/** One operation of the document. */
export function operationOf(
  procedure: RestProcedure,
  operationId: string,
  book: SchemaBook,
  { options, example }: ErrorParts,
): Operation {
  const { path, rest, meta, inputs } = procedure;
  const parameters = parametersOf(procedure, book);
  const requestBody = inputs === undefined ? undefined : requestBodyOf(rest, inputs, book);
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
      ...successesOf(procedure, book),
      ...failuresOf(options.errors(meta, procedure), rest, book.output(options.problemSchema), example),
    },
  };
}

function parametersOf({ rest, inputs }: RestProcedure, book: SchemaBook): object[] {
  const found: object[] = [];
  const properties = inputs === undefined ? new Map() : propertiesOf(book.input(inputs), book.resolve);
  const inPath = namesIn(rest.path);
  const parameter = (name: string, where: 'path' | 'query') => {
    const { schema, required } = properties.get(name) as { schema: JsonSchema; required: boolean };
    const { description, ...bare } = schema;
    found.push({
      name,
      in: where,
      required: where === 'path' || required,
      ...(typeof description === 'string' ? { description } : {}),
      schema: schema.$ref === undefined ? bare : schema,
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

function header(name: string, description: string): object {
  return { name, in: 'header', required: false, description, schema: { type: 'string' } };
}

function requestBodyOf(rest: RestMeta, inputs: z.ZodType, book: SchemaBook): object | undefined {
  if (rest.body !== undefined) {
    const content = rest.body.types.map((type) => [type, { schema: { type: 'string', contentMediaType: type } }]);
    return {
      required: true,
      description: `At most ${rest.body.limit} bytes, read as a stream.`,
      content: Object.fromEntries(content),
    };
  }
  if (!takesJson(rest)) return undefined;
  const schema = withoutProperties(book.input(inputs), new Set(namesIn(rest.path)), book.resolve);
  const properties = propertiesOf(schema, book.resolve);
  if (properties.size === 0) return undefined;
  const required = [...properties.values()].some((property) => property.required);
  return { required, content: { 'application/json': { schema } } };
}

function isEmpty(output: z.ZodType): boolean {
  return output.def.type === 'void' || output.def.type === 'undefined';
}

function contentOf({ rest, output }: RestProcedure, book: SchemaBook): object | undefined {
  if (rest.stream !== undefined) {
    const others = Object.keys(rest.stream.types ?? {}).map((type) => [type, { schema: { type: 'string' } }]);
    return { [NDJSON]: { schema: book.output(rest.stream.item) }, ...Object.fromEntries(others) };
  }
  if (output === undefined || isEmpty(output)) return undefined;
  return { 'application/json': { schema: book.output(output) } };
}

const ETAG = { description: 'The strong ETag of this representation.', schema: { type: 'string' } };
const LOCATION = {
  description: 'Where the created resource is.',
  schema: { type: 'string', format: 'uri-reference' },
};

function successesOf(procedure: RestProcedure, book: SchemaBook): Record<string, object> {
  const { rest } = procedure;
  const content = contentOf(procedure, book);
  const success = (status: number, description: string): object => {
    const headers = {
      ...(status === 201 && rest.location !== undefined ? { Location: LOCATION } : {}),
      ...(rest.etag === undefined ? {} : { ETag: ETAG }),
    };
    return {
      description,
      ...(Object.keys(headers).length === 0 ? {} : { headers }),
      ...(status === 204 || content === undefined ? {} : { content }),
    };
  };
  const status = rest.status ?? 200;
  const stream = 'One JSON document on each line; after a failure the last line has "type": "error".';
  const responses: Record<string, object> = {
    [status]: success(status, rest.stream === undefined ? (STATUS_CODES[status] ?? 'Success') : stream),
  };
  if (rest.orStatus !== undefined) {
    responses[rest.orStatus.status] = success(rest.orStatus.status, rest.orStatus.description);
  }
  if (rest.etag !== undefined) responses[304] = { description: 'Not Modified', headers: { ETag: ETAG } };
  return responses;
}

function failuresOf(
  errors: OpenApiError[],
  rest: RestMeta,
  schema: JsonSchema,
  example: ErrorParts['example'],
): Record<string, object> {
  const byStatus = new Map<number, OpenApiError[]>();
  for (const error of errors) byStatus.set(error.status, [...(byStatus.get(error.status) ?? []), error]);
  const responses: Record<string, object> = {};
  for (const [status, group] of byStatus) {
    const description = group.map((error) => `\`${error.code}\`: ${error.description}`).join('\n\n');
    const examples = Object.fromEntries(group.map((error) => [error.code, example(error)]));
    responses[status] = { description, content: { 'application/problem+json': { schema, examples } } };
  }
  if (rest.ifMatch !== undefined && !byStatus.has(412)) {
    const description = 'If-Match is not the ETag of the current version.';
    responses[412] = { description, content: { 'application/problem+json': { schema } } };
  }
  return responses;
}
