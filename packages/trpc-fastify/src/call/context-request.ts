import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Call } from './call-hooks.ts';

/** For whom a context is made: on REST one call, on the tRPC wire the first of `batchSize` calls. */
export interface ContextRequest {
  req: FastifyRequest;
  res: FastifyReply;
  procedure: Pick<Call, 'path' | 'type' | 'batchIndex' | 'batchSize'>;
}
