import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { newId } from '@promptory/db';
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import type { Logger } from '../observability/logger.ts';
import type { Connections } from './connections/connections.ts';
import { badConnection } from './errors/bad-connection.ts';
import { frameworkErrors } from './errors/framework-errors.ts';

const BODY_BYTES = 1_048_576;
const HEADER_BYTES = 16_384;
const HEADERS_TIMEOUT_MS = 10_000;
/** Of the largest body on the slowest line that is borne with; one that sends less is cut long before. */
const REQUEST_TIMEOUT_MS = 600_000;
const HANDLER_TIMEOUT_MS = 15_000;
const KEEP_ALIVE_MS = 65_000;
const CONNECTIONS_CHECK_MS = 2_000;
const TLS_HANDSHAKE_TIMEOUT_MS = 10_000;
const MAX_PARAM_LENGTH = 500;

export interface FastifyParts {
  readonly logger: Logger;
  /** Networks of proxies whose X-Forwarded-For counts. */
  readonly trustProxy: readonly string[];
  /** PEM texts. */
  readonly tls: { readonly cert: string; readonly key: string } | null;
  readonly connections: Connections;
  /** What is asked before the routes. */
  before(routes: RequestListener): RequestListener;
  /** How long a call may take, in milliseconds; fifteen seconds unless given. */
  readonly callTimeoutMs?: number | undefined;
  /** Which requests may become something else than HTTP, as listeners of `upgrade` make of them; none unless given. */
  readonly mayUpgrade?: ((req: IncomingMessage) => boolean) | undefined;
  readonly publicUrl: string;
  /** What an answer carries that no hook sees. */
  readonly plainHeaders: Readonly<Record<string, string>>;
  /** The parts of a path that the log may show. */
  readonly knownSegments: ReadonlySet<string>;
}

/** A Fastify with limits on all that it reads, and nothing on it yet. */
export function createFastify(parts: FastifyParts): FastifyInstance {
  const loggerInstance: FastifyBaseLogger = parts.logger;
  return fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    genReqId: () => newId(),
    requestIdHeader: false,
    trustProxy: parts.trustProxy.length === 0 ? false : [...parts.trustProxy],
    bodyLimit: BODY_BYTES,
    handlerTimeout: parts.callTimeoutMs ?? HANDLER_TIMEOUT_MS,
    // `/prompts/` is `/prompts`.
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH, ignoreTrailingSlash: true },
    // A request that was accepted is served, also while the server closes.
    return503OnClosing: false,
    serverFactory: (handler): Server => {
      const settings = {
        maxHeaderSize: HEADER_BYTES,
        headersTimeout: HEADERS_TIMEOUT_MS,
        requestTimeout: REQUEST_TIMEOUT_MS,
        keepAliveTimeout: KEEP_ALIVE_MS,
        connectionsCheckingInterval: CONNECTIONS_CHECK_MS,
        ...(parts.mayUpgrade === undefined ? {} : { shouldUpgradeCallback: parts.mayUpgrade }),
      };
      const inTurn = parts.connections.inTurn(parts.before(handler));
      const server =
        parts.tls === null
          ? createServer(settings, inTurn)
          : createTlsServer({ ...settings, ...parts.tls, handshakeTimeout: TLS_HANDSHAKE_TIMEOUT_MS }, inTurn);
      parts.connections.watch(server);
      return server;
    },
    clientErrorHandler: badConnection(parts.publicUrl, parts.plainHeaders),
    frameworkErrors: frameworkErrors(parts),
  });
}
