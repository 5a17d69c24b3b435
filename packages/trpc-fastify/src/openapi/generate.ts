import type { AnyTRPCRouter } from '@trpc/server';
import { z } from 'zod';
import { checkRestProcedures } from '../router/check-routes.ts';
import { type RestProcedure, restProceduresOf } from '../router/procedures.ts';
import { byName, componentsOf } from './components.ts';
import type { JsonSchema, OpenApiDocument, OpenApiError, OpenApiHeader, OpenApiOptions } from './document.ts';
import { exampleRegistry } from './examples.ts';
import { operationOf } from './operation.ts';
import { convert, refsIn, schemaRegistry } from './schemas.ts';

/**
 * The OpenAPI 3.1 document of a router's REST routes. The same router and options make the same document, byte for byte:
 * paths, methods and components are sorted, so neither the order of procedures nor one more of them moves the others.
 * Throws where {@link restRoutes} would refuse to start.
 */
export function openApiDocument<M = unknown>(router: AnyTRPCRouter, options: OpenApiOptions<M>): OpenApiDocument {
  const steps = build(router, options);
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

/** The same document, made in many turns of the event loop: for a server that is already answering. */
export async function openApiDocumentInTurns<M = unknown>(
  router: AnyTRPCRouter,
  options: OpenApiOptions<M>,
): Promise<OpenApiDocument> {
  const steps = build(router, options);
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
    await new Promise(setImmediate);
  }
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

/** Pauses where another turn of the event loop may begin. */
function* build<M>(router: AnyTRPCRouter, options: OpenApiOptions<M>): Generator<void, OpenApiDocument, void> {
  const procedures = restProceduresOf(router);
  checkRestProcedures(procedures);
  const sorted = procedures.sort(byRoute);
  const errors = new Map<RestProcedure, OpenApiError[]>();
  for (const one of sorted) {
    errors.set(one, options.errors(one.meta as M, one));
    yield;
  }
  const named = Object.values(options.schemas ?? {});
  const inputs = sorted.flatMap(({ inputs, rest }) => [inputs ?? [], rest.body?.json ?? []].flat());
  const outputs = sorted.flatMap(({ rest, output, events }) => events ?? rest.stream?.item ?? output ?? []);
  const details = [...errors.values()].flat().flatMap((error) => error.details ?? []);
  const names = { Problem: options.problemSchema, ...options.schemas };
  const taken = withNames(names, () => convert(inputs, 'input'));
  yield;
  const given = withNames(names, () => convert([...outputs, ...named, ...details, options.problemSchema], 'output'));
  yield;
  const schemas = schemaRegistry(taken, given, options.problemSchema);
  yield;
  const examples = exampleRegistry(schemas, options as OpenApiOptions);
  const errorResponses = componentsOf('responses');
  const ids = new Set<string>();
  const paths: OpenApiDocument['paths'] = {};
  for (const procedure of sorted) {
    yield;
    const methods = paths[procedure.rest.path] ?? {};
    const id = uniqueId(procedure.path, ids);
    const parts = { examples, errorResponses, errors: errors.get(procedure) ?? [] };
    methods[procedure.rest.method.toLowerCase()] = operationOf(
      procedure,
      id,
      schemas,
      parts,
      options as OpenApiOptions,
    );
    paths[procedure.rest.path] = methods;
  }
  const used = new Set(Object.values(paths).flatMap((methods) => Object.values(methods).flatMap(({ tags }) => tags)));
  const headers = { ...knownHeaders(sorted), ...headerComponents(options.responseHeaders) };
  const parameters = headerComponents(options.requestHeaders, ([name, header]) => ({ name, in: 'header', ...header }));
  const responses = errorResponses.all();
  return {
    openapi: '3.1.0',
    info: options.info,
    servers: options.servers ?? [{ url: '/' }],
    tags: options.tags ?? [...used].sort().map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: options.securitySchemes,
      schemas: reachable(schemas.components, [paths, responses, ...named.map((schema) => schemas.output(schema))]),
      responses,
      examples: examples.components(),
      ...(Object.keys(headers).length === 0 ? {} : { headers: byName(headers) }),
      ...(Object.keys(parameters).length === 0 ? {} : { parameters: byName(parameters) }),
    },
  };
}

type Named = [name: string, header: object];

function headerComponents(
  headers: Record<string, OpenApiHeader & { when: unknown }> | undefined,
  shape: (named: Named) => object = ([, header]) => header,
): Record<string, object> {
  return Object.fromEntries(
    Object.entries(headers ?? {}).map(([name, { when: _when, ...header }]) => [name, shape([name, header])]),
  );
}

function knownHeaders(procedures: RestProcedure[]): Record<string, OpenApiHeader> {
  return {
    ...(procedures.some(({ rest }) => rest.etag !== undefined) ? { ETag } : {}),
    ...(procedures.some(({ rest }) => rest.location !== undefined) ? { Location } : {}),
  };
}

const ETag = { description: 'The strong ETag of this representation.', schema: { type: 'string' } };
const Location = {
  description: 'Where the created resource is.',
  schema: { type: 'string', format: 'uri-reference' },
};

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
