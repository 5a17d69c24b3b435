import type { RestProcedure } from './procedures.ts';
import type { RestMeta } from './rest-meta.ts';

export const JSON_TYPE = 'application/json';
export const EVENTS = 'text/event-stream';
export const NDJSON = 'application/x-ndjson';

/** Whether the input's fields come in a JSON body. */
export function takesJson({ body, method }: RestMeta): boolean {
  return body === undefined && method !== 'GET' && method !== 'DELETE';
}

/** The media types of the body that an entry reads; none where all of its input is in the address. */
export function takenTypes(rest: RestMeta): readonly string[] {
  return rest.body?.types ?? (takesJson(rest) ? [JSON_TYPE] : []);
}

/** The media types that an entry can answer in, the usual one first; none where its answer has no body. */
export function answeredTypes({
  rest,
  output,
  events,
}: Pick<RestProcedure, 'rest' | 'output' | 'events'>): readonly string[] {
  if (events !== undefined) return [EVENTS];
  if (rest.stream !== undefined) return [NDJSON, ...Object.keys(rest.stream.types ?? {})];
  const isEmpty = output === undefined || output.def.type === 'void' || output.def.type === 'undefined';
  const isBare = rest.status === 204 && rest.orStatus === undefined;
  return isEmpty || isBare ? [] : [JSON_TYPE];
}
