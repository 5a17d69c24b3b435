import { STATUS_CODES } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getTRPCErrorFromUnknown, type TRPCError } from '@trpc/server';
import { getHTTPStatusCodeFromError } from '@trpc/server/http';
import fastify, {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifyServerOptions,
} from 'fastify';
import { RequestRefused } from '../request-refused.ts';
import type { Problem, RestOptions } from '../rest-options.ts';
import { restRoutes } from '../rest-routes.ts';
import { trpcWire } from '../trpc-wire.ts';
import type { WireOptions } from '../wire/wire-options.ts';
import { notesRouter, type Witness } from './notes.ts';

export interface NotesApp {
  app: FastifyInstance;
  witness: Witness;
  /** Names that reached auth.login. */
  seen: string[];
  /** Errors that reached the host's table or onError. */
  errors: TRPCError[];
  /** What createContext was told. */
  contexts: object[];
  listen(): Promise<string>;
}

function problemOf(error: TRPCError): Problem {
  const status = error.cause instanceof RequestRefused ? error.cause.status : getHTTPStatusCodeFromError(error);
  return {
    status,
    body: {
      type: 'about:blank',
      title: STATUS_CODES[status] ?? 'Error',
      status,
      detail: status >= 500 ? 'Something went wrong.' : error.message,
      code: error.cause instanceof RequestRefused ? error.cause.reason : error.code.toLowerCase(),
    },
  };
}

/** An app with both doors, as a host would make it. */
export async function notesApp(
  settings: {
    fastify?: FastifyServerOptions;
    rest?: Partial<RestOptions>;
    wire?: Partial<WireOptions>;
    /** The host's own hook, before both doors. */
    onRequest?(req: FastifyRequest, reply: FastifyReply): Promise<void>;
  } = {},
): Promise<NotesApp> {
  const { router, witness } = notesRouter();
  const seen: string[] = [];
  const errors: TRPCError[] = [];
  const contexts: object[] = [];
  const app = fastify({ forceCloseConnections: true, ...settings.fastify });
  app.setErrorHandler((error, _req, reply) => reply.code(500).send({ host: getTRPCErrorFromUnknown(error).message }));
  if (settings.onRequest !== undefined) app.addHook('onRequest', settings.onRequest);
  await app.register(restRoutes, {
    router,
    createContext: ({ procedure }) => {
      contexts.push(procedure);
      return { user: 'alice', seen };
    },
    problem: (error) => {
      errors.push(error);
      return problemOf(error);
    },
    ...settings.rest,
  });
  await app.register(trpcWire, {
    router,
    prefix: '/trpc',
    createContext: ({ procedure, info }) => {
      const calls = info.calls.map((call) => ({ path: call.path, type: call.procedure?._def.type ?? 'unknown' }));
      contexts.push({ ...procedure, calls });
      return { user: 'alice', seen };
    },
    onError: ({ error }) => errors.push(error),
    refuseInBatch: (path) => path.startsWith('auth.'),
    ...settings.wire,
  });
  return {
    app,
    witness,
    seen,
    errors,
    contexts,
    async listen() {
      await app.listen({ port: 0, host: '127.0.0.1' });
      return `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
    },
  };
}
