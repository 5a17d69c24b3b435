// What a router needs to say how it is served, and what a test needs to check it: no Fastify behind this entry.
export { allowedMethods, type RestProcedure, restProceduresOf } from './procedures.ts';
export type { RawBody, RestMeta, RestMethod, SuccessStatus } from './rest-meta.ts';
export { streamOf } from './stream-of.ts';
export type { WireMeta } from './wire/wire-options.ts';
