import { STATUS_CODES } from 'node:http';
import type { AnyTRPCRouter } from '@trpc/server';
import { z } from 'zod';
import { checkRestProcedures } from './check-routes.ts';
import { operationOf } from './openapi-operation.ts';
import { type JsonSchema, refsIn, schemaBook } from './openapi-schemas.ts';
import { type RestProcedure, restProceduresOf } from './procedures.ts';

export interface OpenApiError {
  status: number;
  code: string;
  description: string;
}

export interface OpenApiOptions<M = unknown> {
  info: { title: string; version: string; [key: string]: unknown };
  /** `[{ url: '/' }]` unless given. */
  servers?: Array<{ url: string; description?: string }>;
  securitySchemes: Record<string, object>;
  /** The security requirements of one procedure; `[]` for an open one. */
  security(meta: M, procedure: RestProcedure): Array<Record<string, string[]>>;
  /** The errors one procedure may answer with; several codes of one status become one response with examples. */
  errors(meta: M, procedure: RestProcedure): OpenApiError[];
  /** The body of every error; a component, named by its id or `Problem`. */
  problemSchema: z.ZodType;
  /** The example shown for an error; a plain RFC 9457 body unless given. */
  problemExample?(error: OpenApiError): object;
  /** One for each tag that the operations use, in this order; their names alone unless given. */
  tags?: Array<{ name: string; description?: string }>;
  /** Schemas that become named components, although they carry no id of their own. */
  schemas?: Record<string, z.ZodType>;
}

/** An OpenAPI 3.1 document as plain data, its keys in a fixed order. */
export interface OpenApiDocument {
  openapi: '3.1.0';
  info: OpenApiOptions['info'];
  servers: Array<{ url: string; description?: string }>;
  tags: Array<{ name: string; description?: string }>;
  paths: Record<string, Record<string, Operation>>;
  components: {
    securitySchemes: Record<string, object>;
    schemas: Record<string, JsonSchema>;
    /** One for each error code. */
    examples: Record<string, object>;
  };
}

export interface Operation {
  operationId: string;
  summary: string;
  description?: string;
  tags: string[];
  deprecated?: true;
  security: Array<Record<string, string[]>>;
  parameters?: object[];
  requestBody?: object;
  responses: Record<string, object>;
}

/**
 * The OpenAPI 3.1 document of a router's REST door. The same router and options make the same document, byte for byte.
 * Throws where {@link restRoutes} would refuse to start.
 */
export function openApiDocument<M = unknown>(router: AnyTRPCRouter, options: OpenApiOptions<M>): OpenApiDocument {
  const procedures = restProceduresOf(router);
  checkRestProcedures(procedures);
  return withNames({ Problem: options.problemSchema, ...options.schemas }, () => build(procedures, options));
}

/** Gives schemas without an id one in zod's registry while `work` runs. */
function withNames<T>(names: Record<string, z.ZodType>, work: () => T): T {
  const restore: Array<() => void> = [];
  try {
    for (const [id, schema] of Object.entries(names)) {
      const known = z.globalRegistry.get(schema);
      if (known?.id !== undefined) continue;
      z.globalRegistry.add(schema, { ...known, id });
      restore.push(() => {
        z.globalRegistry.remove(schema);
        if (known !== undefined) z.globalRegistry.add(schema, known);
      });
    }
    return work();
  } finally {
    for (const undo of restore) undo();
  }
}

function build<M>(procedures: RestProcedure[], options: OpenApiOptions<M>): OpenApiDocument {
  const named = Object.values(options.schemas ?? {});
  const inputs = procedures.flatMap(({ inputs }) => inputs ?? []);
  const outputs = procedures.flatMap(({ rest, output }) => rest.stream?.item ?? output ?? []);
  const book = schemaBook(inputs, [...outputs, options.problemSchema, ...named]);
  const ids = new Set<string>();
  const examples = new Map<string, object>();
  const example = (error: OpenApiError) => namedExample(error, examples, options as OpenApiOptions);
  const paths: OpenApiDocument['paths'] = {};
  for (const procedure of [...procedures].sort(byRoute)) {
    const operation = operationOf(procedure, uniqueId(procedure.path, ids), book, {
      options: options as OpenApiOptions,
      example,
    });
    const methods = paths[procedure.rest.path] ?? {};
    methods[procedure.rest.method.toLowerCase()] = operation;
    paths[procedure.rest.path] = methods;
  }
  const used = new Set(Object.values(paths).flatMap((methods) => Object.values(methods).flatMap(({ tags }) => tags)));
  return {
    openapi: '3.1.0',
    info: options.info,
    servers: options.servers ?? [{ url: '/' }],
    tags: options.tags ?? [...used].sort().map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: options.securitySchemes,
      schemas: reachable(book.components, [paths, ...named.map((schema) => book.output(schema))]),
      examples: Object.fromEntries([...examples].sort(([a], [b]) => (a < b ? -1 : 1))),
    },
  };
}

/** A reference to the example of this error's code, or the example itself where the code has another one already. */
function namedExample(error: OpenApiError, examples: Map<string, object>, options: OpenApiOptions): object {
  const { status, code, description } = error;
  const plain = { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, detail: description, code };
  const example = { summary: description, value: options.problemExample?.(error) ?? plain };
  const known = examples.get(code) ?? example;
  examples.set(code, known);
  return JSON.stringify(known) === JSON.stringify(example) ? { $ref: `#/components/examples/${code}` } : example;
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

function byRoute(a: RestProcedure, b: RestProcedure): number {
  if (a.rest.path !== b.rest.path) return a.rest.path < b.rest.path ? -1 : 1;
  return METHODS.indexOf(a.rest.method) - METHODS.indexOf(b.rest.method);
}

/** `auth.forgotPassword` → `authForgotPassword`; a second one of that name gets `_2`. */
function uniqueId(path: string, taken: Set<string>): string {
  const id = path.replace(/[^A-Za-z0-9]+(.)?/g, (_, next: string | undefined) => next?.toUpperCase() ?? '');
  let unique = id;
  for (let count = 2; taken.has(unique); count++) unique = `${id}_${count}`;
  taken.add(unique);
  return unique;
}

/** The components that the roots refer to, directly or not, by name. */
function reachable(components: Record<string, JsonSchema>, roots: unknown[]): Record<string, JsonSchema> {
  const found = new Set<string>();
  const open: unknown[] = [...roots];
  while (open.length > 0) {
    for (const ref of refsIn(open.pop())) {
      const name = ref.replace('#/components/schemas/', '');
      if (found.has(name) || components[name] === undefined) continue;
      found.add(name);
      open.push(components[name]);
    }
  }
  return Object.fromEntries([...found].sort().map((name) => [name, components[name] ?? {}]));
}
