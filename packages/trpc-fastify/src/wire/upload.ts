import type { AnyTRPCProcedure, AnyTRPCRouter } from '@trpc/server';
import type { FastifyRequest } from 'fastify';
import { isJsonType, namedType } from '../http/content-type.ts';
import { refuse } from '../http/request-refused.ts';
import type { WireMeta } from '../router/wire-meta.ts';
import { findProcedure, procedurePaths } from './requested-calls.ts';

/** The types of body besides JSON that tRPC knows. */
export const UPLOAD_TYPES = ['multipart/form-data', 'application/octet-stream'] as const;

/** What a request uploads: the call that its body is for, and how many bytes it may have. */
interface Upload {
  call: { path: string; procedure: AnyTRPCProcedure };
  limit: number;
}

/** The type of a body that is an upload, undefined for JSON and for what tRPC does not know. */
export function uploadType(req: FastifyRequest): (typeof UPLOAD_TYPES)[number] | undefined {
  const header = req.headers['content-type'];
  if (req.method !== 'POST' || header === undefined || isJsonType(header)) return undefined;
  const type = namedType(header);
  return UPLOAD_TYPES.find((one) => one === type);
}

/** The upload of a request whose procedure asks for that type of body by `meta.wire`; undefined where it does not. */
export async function findUpload(router: AnyTRPCRouter, req: FastifyRequest): Promise<Upload | undefined> {
  const type = uploadType(req);
  if (type === undefined) return undefined;
  const [path = ''] = procedurePaths(router, req, false);
  const procedure = await findProcedure(router, path);
  const { wire } = (procedure?._def.meta ?? {}) as { wire?: WireMeta };
  if (procedure === null || !wire?.body?.types.includes(type)) return undefined;
  return { call: { path, procedure }, limit: wire.body.limit };
}

/** The refusal of a body that is not JSON; of an upload it says what its procedure would have to declare. */
export function refuseBody(req: FastifyRequest): Error {
  const type = uploadType(req);
  const how = type === undefined ? '.' : `: a procedure that reads ${type} says so in its meta.wire.body.`;
  return refuse('media_type', `A tRPC call must be application/json in UTF-8${how}`);
}
