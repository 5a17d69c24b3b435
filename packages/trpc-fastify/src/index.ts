export type { Call, CallHooks, Outcome } from './call.ts';
export {
  type OpenApiDocument,
  type OpenApiError,
  type OpenApiHeader,
  type OpenApiOptions,
  openApiDocument,
} from './openapi.ts';
export { allowedMethods, type RestProcedure, restProceduresOf } from './procedures.ts';
export { type RefusalReason, RequestRefused } from './request-refused.ts';
export type { RawBody, RestMeta, RestMethod, SuccessStatus } from './rest-meta.ts';
export type { ContextRequest, Problem, RestOptions } from './rest-options.ts';
export { possibleRefusals } from './rest-refusals.ts';
export { restRoutes } from './rest-routes.ts';
export { streamOf } from './stream-of.ts';
export { trpcWire } from './trpc-wire.ts';
export type { WireContextRequest, WireMeta, WireOptions } from './wire/wire-options.ts';
