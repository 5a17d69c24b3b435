export type { Call, CallHooks, Outcome } from './call/call-hooks.ts';
export { type RefusalReason, RequestRefused } from './http/request-refused.ts';
export {
  type OpenApiDocument,
  type OpenApiError,
  type OpenApiHeader,
  type OpenApiOptions,
  openApiDocument,
} from './openapi/generate.ts';
export { possibleRefusals } from './rest/possible-refusals.ts';
export type { ContextRequest, Problem, RestOptions } from './rest/rest-options.ts';
export { restRoutes } from './rest/rest-routes.ts';
export { allowedMethods, type RestProcedure, restProceduresOf } from './router/procedures.ts';
export type { RawBody, RestMeta, RestMethod, SuccessStatus } from './router/rest-meta.ts';
export { streamOf } from './router/stream-of.ts';
export { trpcWire } from './wire/trpc-wire.ts';
export type { WireContextRequest, WireMeta, WireOptions } from './wire/wire-options.ts';
