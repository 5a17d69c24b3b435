// What a router needs to say how it is served: no Fastify behind this entry.
export type { RawBody, RestMeta, RestMethod, SuccessStatus } from './rest-meta.ts';
export { streamOf } from './stream-of.ts';
