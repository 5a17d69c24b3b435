import type { FastifyInstance, FastifyReply, HTTPMethods } from 'fastify';
import { refuse } from '../http/request-refused.ts';
import { closeIfUnread } from '../http/unread-body.ts';
import { takenTypes } from '../router/media-types.ts';
import { methodsOf, type RestProcedure } from '../router/procedures.ts';
import { toRoutePath } from '../router/rest-meta.ts';
import { lacksParameter } from './rest-guard.ts';

const METHODS: readonly HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE'];

interface Address {
  url: string;
  entries: RestProcedure[];
}

const shapeOf = (path: string): string => path.replace(/\{[^{}]*\}/g, '{}');

/** Whether every address of the first shape is one of the second: `/notes/new` is also a `/notes/{}`. */
function isWithin(shape: string, wider: string): boolean {
  const parts = shape.split('/');
  const others = wider.split('/');
  return parts.length === others.length && others.every((other, at) => other === '{}' || other === parts[at]);
}

/**
 * OPTIONS of every REST address (RFC 9110, 9.3.7), and 405 with the same Allow for its other methods unless `refuseOthers`
 * is false: the app then decides on those, and a parameter's routes answer them on a fixed path too.
 */
export function restMethods(
  app: FastifyInstance,
  procedures: readonly RestProcedure[],
  { refuseOthers }: { refuseOthers: boolean },
): void {
  const addresses = new Map<string, Address>();
  for (const entry of procedures) {
    const shape = shapeOf(entry.rest.path);
    const known = addresses.get(shape);
    if (known === undefined) addresses.set(shape, { url: toRoutePath(entry.rest.path), entries: [entry] });
    else known.entries.push(entry);
  }
  for (const [shape, { url, entries }] of addresses) {
    const answering = refuseOthers ? entries : procedures.filter(({ rest }) => isWithin(shape, shapeOf(rest.path)));
    addOptions(app, url, answering);
    if (refuseOthers) addRefusal(app, url, entries);
  }
}

function addOptions(app: FastifyInstance, url: string, entries: readonly RestProcedure[]): void {
  const headers: Record<string, string> = { allow: methodsOf(entries).join(', ') };
  const taken = new Set(entries.flatMap(({ rest }) => takenTypes(rest)));
  const patched = new Set(entries.flatMap(({ rest }) => (rest.method === 'PATCH' ? takenTypes(rest) : [])));
  // In an answer, what the next request's body may be: RFC 9110, 12.5.1, and of a PATCH RFC 5789, 3.1.
  if (taken.size > 0) headers.accept = [...taken].sort().join(', ');
  if (patched.size > 0) headers['accept-patch'] = [...patched].sort().join(', ');
  const answer = (reply: FastifyReply) => reply.code(204).headers(headers).send();
  app.route({
    method: 'OPTIONS',
    url,
    onRequest: async (req, reply) => {
      closeIfUnread(req, reply);
      return lacksParameter(req) ? reply.callNotFound() : answer(reply);
    },
    handler: (_req, reply) => answer(reply),
  });
}

function addRefusal(app: FastifyInstance, url: string, entries: readonly RestProcedure[]): void {
  const methods = methodsOf(entries);
  const allow = methods.join(', ');
  app.route({
    method: METHODS.filter((method) => !methods.includes(method)),
    url,
    exposeHeadRoute: false,
    onRequest: async (req, reply) => {
      if (lacksParameter(req)) return reply.callNotFound();
      reply.header('allow', allow);
      throw refuse('method', `This path answers ${allow}.`);
    },
    handler: async () => undefined,
  });
}
