// What a router needs to say how it is served, and what a test needs to check it: no Fastify behind this entry.
export { type JsonExcess, jsonBounds, jsonExcess } from './json/json-excess.ts';
export { type EventSink, type EventSource, EventStream, eventsOf, StreamedEvent } from './router/event-stream.ts';
export { allowedMethods, type RestProcedure, restProceduresOf } from './router/procedures.ts';
export type { RawBody, RestMeta, RestMethod, SuccessStatus } from './router/rest-meta.ts';
export { revisionTag } from './router/revision-tag.ts';
export { streamOf } from './router/stream-of.ts';
export type { WireMeta } from './router/wire-meta.ts';
