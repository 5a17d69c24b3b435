import {
  AppError,
  consumeLimit,
  generalLimit,
  type Limiter,
  procedureFacts,
  type Services,
} from '@promptory/api/server';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { anonymous } from '../http/caller/find-principal.ts';
import { presentedCredential } from '../http/caller/presented-credential.ts';
import { clientAddress } from '../http/client-address.ts';
import { SMALL_BODY_BYTES } from '../http/connections/bodies/arriving-bodies.ts';
import { announcesBody } from '../http/connections/bodies/gathered-pieces.ts';
import type { BodyRefusal, Connections } from '../http/connections/connections.ts';
import type { Origins } from '../http/request-origin.ts';
import { busy, STREAM_BYTES, tooMany } from './bounded-memory.ts';

interface BodyParts {
  readonly services: Services;
  readonly connections: Pick<Connections, 'admitBody'>;
  limiterOf(req: FastifyRequest): Limiter;
  /** Origins whose pages may act with a cookie. */
  readonly trusted: Origins;
}

const refusals: Readonly<Record<BodyRefusal, () => AppError>> = {
  address: () => tooMany('arrivingBytes'),
  all: busy,
  body: () => new AppError('request.too_large'),
};

/**
 * Refuses a large body whose address, or all together, hold as much as they may, at its head or while it arrives; and one of
 * somebody who shows no credential at its head, since no call that anyone may make needs one.
 */
export function boundBodies(app: FastifyInstance, parts: BodyParts): void {
  const admit = async (req: FastifyRequest, reply: FastifyReply, announced: number): Promise<void> => {
    const isNobody = await showsNothing(parts, req, announced);
    const refused = parts.connections.admitBody(req.raw, {
      address: clientAddress(req),
      mostHeld: isJson(req) ? req.routeOptions.bodyLimit : STREAM_BYTES,
      mostBytes: isNobody ? SMALL_BODY_BYTES : Number.POSITIVE_INFINITY,
      onRefused: (why) => void (reply.sent || reply.header('connection', 'close').send(refusals[why]())),
    });
    if (refused !== null) throw refusals[refused]();
  };
  app.addHook('onRequest', (req, reply, done) => {
    const announced = announcedBytes(req);
    if (announced <= SMALL_BODY_BYTES) done();
    else admit(req, reply, announced).then(() => done(), done);
  });
}

/** Infinity where it does not say how long its body is. */
function announcedBytes({ method, headers }: FastifyRequest): number {
  if (method === 'GET' || method === 'HEAD' || !announcesBody(headers)) return 0;
  return Number(headers['content-length'] ?? Number.POSITIVE_INFINITY);
}

/** Only JSON is gathered before its call is made. */
const isJson = ({ headers }: FastifyRequest): boolean =>
  headers['content-type']?.toLowerCase().startsWith('application/json') === true;

/**
 * Whether a request shows no credential that could be good. Its body is small then, or of unknown length.
 * @throws AppError limit.exceeded; what the guard of its calls would say; request.too_large
 */
async function showsNothing(
  { services, limiterOf, trusted }: BodyParts,
  req: FastifyRequest,
  announced: number,
): Promise<boolean> {
  const presented = await presentedCredential(services, req, trusted);
  if (presented.kind !== 'nothing') return false;
  const needsToken = calledBy(req).every((path) => procedureFacts.get(path)?.token === 'required');
  if (!needsToken && announced === Number.POSITIVE_INFINITY) return true;
  const { name, key } = generalLimit(anonymous(presented.rejected), clientAddress(req));
  await consumeLimit({ limiter: limiterOf(req) }, name, key);
  throw needsToken ? new AppError(presented.rejected ?? 'auth.required') : refusals.body();
}

/** The procedure of an address of REST; the tRPC wire has one address for all. */
const procedureOf = ({ routeOptions }: FastifyRequest): string | undefined =>
  (routeOptions.config as { readonly procedure?: string }).procedure;

/** The procedures that an address names, over REST or the tRPC wire; else one name that none has. */
function calledBy(req: FastifyRequest): readonly string[] {
  const procedure = procedureOf(req);
  return procedure === undefined ? String(Object(req.params)['*']).split(',') : [procedure];
}
