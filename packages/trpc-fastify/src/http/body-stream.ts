import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import type { RawBody, RestMeta } from '../router/rest-meta.ts';
import { namedType } from './content-type.ts';
import { refuse } from './request-refused.ts';

type BodyRule = NonNullable<RestMeta['body']>;

const CHARSET = /;[ \t]*charset="?([\w-]{1,40})"?/i;

const UTF_8 = ['utf-8', 'us-ascii'];

/** The charsets that a raw body may be said to be in. */
export const charsetsOf = (rule: Pick<BodyRule, 'charsets'>): readonly string[] => rule.charsets ?? UTF_8;

/** The charset that a Content-Type names, in lower case. */
export function namedCharset(req: FastifyRequest): string | undefined {
  return CHARSET.exec(req.headers['content-type'] ?? '')?.[1]?.toLowerCase();
}

/** The media type of a raw body in lower case; undefined where the rule does not list it, or not the charset. */
export function mediaTypeOf(req: FastifyRequest, rule: BodyRule): string | undefined {
  const type = namedType(req.headers['content-type']);
  if (!rule.types.includes(type)) return undefined;
  const charset = namedCharset(req);
  const isTaken = charset === undefined || charsetsOf(rule).includes(charset === 'utf8' ? 'utf-8' : charset);
  return isTaken ? type : undefined;
}

/** Refuses a body whose announced length is over the limit, before a byte of it is read. */
export function refuseAnnouncedLength(req: FastifyRequest, { limit }: Pick<BodyRule, 'limit'>): void {
  if (Number(req.headers['content-length'] ?? 0) > limit) throw tooLarge(limit);
}

function tooLarge(limit: number): Error {
  return refuse('too_large', `The body is larger than ${limit} bytes.`);
}

/** The bytes of a body as they come; throws PAYLOAD_TOO_LARGE where they are more than `limit`. */
export async function* countedBody(payload: Readable, limit: number): AsyncGenerator<Uint8Array> {
  let received = 0;
  // A procedure that stops early must not destroy the socket its answer goes to.
  for await (const chunk of payload.iterator({ destroyOnReturn: false })) {
    received += (chunk as Uint8Array).byteLength;
    if (received > limit) throw tooLarge(limit);
    yield chunk as Uint8Array;
  }
}

/** The raw body of a request as its procedure's field; reading past the limit throws PAYLOAD_TOO_LARGE. */
export function rawBodyOf(req: FastifyRequest, rule: BodyRule): RawBody {
  const payload = (req.body ?? req.raw) as Readable;
  return { type: mediaTypeOf(req, rule) ?? '', body: countedBody(payload, rule.limit) };
}

const DISCARD_MS = 5_000;

/**
 * Once the answer is out, reads and forgets what is left of a body that nobody wanted to its end, so that the connection
 * can carry the next request; one that takes longer than five seconds is ended.
 */
export function discardAfterAnswer(req: IncomingMessage, res: ServerResponse): void {
  res.once('finish', () => {
    if (req.complete || req.destroyed) return;
    const timer = setTimeout(() => req.destroy(), DISCARD_MS).unref();
    for (const event of ['end', 'close']) req.once(event, () => clearTimeout(timer));
    req.resume();
  });
}
