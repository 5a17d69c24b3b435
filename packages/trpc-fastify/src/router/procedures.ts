import type { AnyTRPCProcedure, AnyTRPCRouter } from '@trpc/server';
import { z } from 'zod';
import { eventItemOf } from './event-stream.ts';
import { type RestMeta, restEntriesOf } from './rest-meta.ts';

/** One REST entry of one procedure: what routes, documents and contract tests are made of. */
export interface RestProcedure {
  /** `prompts.get` */
  path: string;
  type: AnyTRPCProcedure['_def']['type'];
  meta: unknown;
  rest: RestMeta;
  /**
   * The input schema, without what stands for no input at all, since REST always has an object; an intersection where
   * `.input()` was called more than once.
   */
  inputs: z.ZodType | undefined;
  output: z.ZodType | undefined;
  /** What the events are of a subscription that answers an EventStream. */
  events: z.ZodType | undefined;
  procedure: AnyTRPCProcedure;
}

function isZod(schema: unknown): schema is z.ZodType {
  return typeof schema === 'object' && schema !== null && '_zod' in schema;
}

/** The schema of an input that is there: `.prefault({})`, `.default({})` and `.optional()` say what stands for none. */
function ofGiven(schema: z.ZodType): z.ZodType {
  const standsForNone =
    schema instanceof z.ZodPrefault || schema instanceof z.ZodDefault || schema instanceof z.ZodOptional;
  return standsForNone ? ofGiven(schema.unwrap() as z.ZodType) : schema;
}

/**
 * Every REST entry of a router, in the router's order. Lazy routers are not looked into; of subscriptions those have REST whose output
 * is `eventsOf`.
 */
export function restProceduresOf(router: AnyTRPCRouter): RestProcedure[] {
  const procedures = router._def.procedures as Record<string, AnyTRPCProcedure>;
  const found: RestProcedure[] = [];
  for (const [path, procedure] of Object.entries(procedures)) {
    const def: AnyTRPCProcedure['_def'] & { output?: unknown } = procedure._def;
    const events = eventItemOf(def.output);
    if (def.type === 'subscription' && events === undefined) continue;
    const schemas = def.inputs.filter(isZod).map(ofGiven);
    const inputs = schemas.length === 0 ? undefined : schemas.reduce((left, right) => z.intersection(left, right));
    const output = isZod(def.output) ? def.output : undefined;
    for (const rest of restEntriesOf(def.meta)) {
      found.push({ path, type: def.type, meta: def.meta, rest, inputs, output, events, procedure });
    }
  }
  return found;
}

/** The methods that entries of one address answer, sorted: HEAD comes with GET, OPTIONS with every one. */
export function methodsOf(entries: Iterable<Pick<RestProcedure, 'rest'>>): string[] {
  const methods = new Set<string>(['OPTIONS']);
  for (const { rest } of entries) {
    methods.add(rest.method);
    if (rest.method === 'GET') methods.add('HEAD');
  }
  return [...methods].sort();
}

/** REST path → the methods it answers: `/prompts/{id}` → `['GET', 'HEAD', 'OPTIONS', 'PUT']`, sorted. */
export function allowedMethods(router: AnyTRPCRouter): Map<string, string[]> {
  const byPath = new Map<string, RestProcedure[]>();
  for (const entry of restProceduresOf(router)) {
    const { path } = entry.rest;
    byPath.set(path, [...(byPath.get(path) ?? []), entry]);
  }
  return new Map(Array.from(byPath, ([path, entries]) => [path, methodsOf(entries)]));
}
