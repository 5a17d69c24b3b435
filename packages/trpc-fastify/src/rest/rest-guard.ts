import type { FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify';
import { acceptedType } from '../http/accept.ts';
import { charsetsOf, mediaTypeOf, namedCharset, refuseAnnouncedLength } from '../http/body-stream.ts';
import { isJsonType } from '../http/content-type.ts';
import { announcesBody } from '../http/json-guard.ts';
import { refuse } from '../http/request-refused.ts';
import { answeredTypes, JSON_TYPE } from '../router/media-types.ts';
import type { RestProcedure } from '../router/procedures.ts';
import type { RestMeta } from '../router/rest-meta.ts';

/** Whether a parameter of the path is empty: `/notes/` is no address of `/notes/{id}`, whatever the router makes of it. */
export const lacksParameter = (req: FastifyRequest): boolean =>
  Object.values(req.params as Record<string, string>).includes('');

/** An onRequest hook that refuses what the headers show, before a byte of the body is read and before the call. */
export function restGuard(endpoint: RestProcedure): onRequestHookHandler {
  const { rest } = endpoint;
  const answered = answeredTypes(endpoint);
  const checkBody = rest.body === undefined ? jsonBodyCheck(rest) : rawBodyCheck(rest.body);
  return (req, reply, done) => {
    try {
      if (lacksParameter(req)) {
        reply.callNotFound();
        return;
      }
      checkBody?.(req, reply);
      const { accept } = req.headers;
      if (accept !== undefined && answered.length > 0) checkAccept(accept, answered);
      done();
    } catch (refusal) {
      done(refusal as Error);
    }
  };
}

/** Checks what the headers say of the body. Throws a refusal. */
type CheckBody = (req: FastifyRequest, reply: FastifyReply) => void;

function jsonBodyCheck({ method }: RestMeta): CheckBody | undefined {
  // Fastify reads no body of a GET.
  if (method === 'GET') return undefined;
  return (req, reply) => {
    const type = req.headers['content-type'];
    if (isJsonType(type)) return;
    // A form of a browser names one too, and brings its user's cookies along: such a request goes on being refused.
    if (!announcesBody(req) && (type === undefined || req.headers.cookie === undefined)) {
      // Of nothing there is no type, although some clients name one with every POST: Fastify would look for its parser.
      delete req.headers['content-type'];
      return;
    }
    reply.header('accept', JSON_TYPE);
    throw refuse('media_type', 'The body must be application/json in UTF-8.');
  };
}

function rawBodyCheck(rule: NonNullable<RestMeta['body']>): CheckBody {
  const taken = rule.types.join(', ');
  const charsets = charsetsOf(rule)
    .filter((charset) => charset !== 'us-ascii')
    .map((charset) => charset.toUpperCase())
    .join(' or ');
  return (req, reply) => {
    if (mediaTypeOf(req, rule) === undefined) {
      // Which types would have been taken: RFC 9110, 15.5.16.
      reply.header('accept', taken);
      const given = namedCharset(req);
      const not = given === undefined ? '' : ` The Content-Type says ${given.toUpperCase()}.`;
      throw refuse('media_type', `The body must be ${rule.types.join(' or ')}, in ${charsets}.${not}`);
    }
    refuseAnnouncedLength(req, rule);
  };
}

function checkAccept(accept: string, answered: readonly string[]): void {
  if (acceptedType(accept, answered) !== undefined) return;
  throw refuse('not_acceptable', `This route answers ${answered.join(' or ')}.`);
}
