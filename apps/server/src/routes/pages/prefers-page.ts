import type { FastifyReply, FastifyRequest } from 'fastify';
import Negotiator from 'negotiator';

// A browser's has about 150; reading nonsense of 14 KB takes 17 ms.
const MAX_LENGTH = 500;
/** Of most programs. */
const PROGRAMS: ReadonlySet<string> = new Set(['*/*', 'application/json']);

/** Whether it is a person in front of a browser: who names HTML before what programs get, the type `other`. */
export function prefersPage(req: FastifyRequest, other: string): boolean {
  const { accept } = req.headers;
  if (accept === undefined || PROGRAMS.has(accept) || accept.length > MAX_LENGTH) return false;
  return new Negotiator(req).mediaType([other, 'text/html']) === 'text/html';
}

/** Says in `Vary` that the answer depends on this header too. */
export function addVary(reply: FastifyReply, name: string): void {
  const before = reply.getHeader('vary');
  reply.header('vary', before === undefined ? name : `${String(before)}, ${name}`);
}
