import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';
import Negotiator from 'negotiator';

// Browsers send some thirty characters; reading 15,000 commas and stars takes 20 ms.
const MAX_HEADER_LENGTH = 500;

/** A text that stays the same while the process runs: compressed once, not for each request. */
export interface StaticAnswer {
  /** Its media type. */
  readonly type: string;
  readonly identity: Buffer;
  readonly gzip: Buffer;
}

export async function staticAnswer(text: string, type: string): Promise<StaticAnswer> {
  const identity = Buffer.from(text);
  return { type, identity, gzip: await promisify(gzip)(identity) };
}

/**
 * Sends it as the caller prefers, by Accept-Encoding (RFC 9110, 12.5.3), and to be asked for again before each use. Who
 * accepts neither coding, or sends a header that is too long, is sent the text as it is.
 */
export function sendStatic(req: FastifyRequest, reply: FastifyReply, answer: StaticAnswer): FastifyReply {
  const accepted = req.headers['accept-encoding'] ?? '';
  const zips = accepted.length <= MAX_HEADER_LENGTH && new Negotiator(req).encoding(['gzip', 'identity']) === 'gzip';
  const vary = [reply.getHeader('vary'), 'accept-encoding'].filter((name) => name !== undefined).join(', ');
  reply.headers({ vary, 'cache-control': 'no-cache', 'content-type': answer.type });
  return zips ? reply.header('content-encoding', 'gzip').send(answer.gzip) : reply.send(answer.identity);
}
