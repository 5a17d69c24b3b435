import type { IncomingMessage } from 'node:http';
import type { Logger } from '../observability/logger.ts';
import type { ConnectionLog } from '../plugins/connection-log.ts';
import type { AnswerLog, LoggedRequest } from '../plugins/request-log.ts';
import type { Tracing } from '../tracing/tracing.ts';
import type { Answered, RememberedParts } from './answer-remembered.ts';

/** Has what is remembered logged as what routes answer, also where its connection is cut. */
export function logRemembered(parts: {
  readonly logger: Logger;
  readonly write: AnswerLog;
  readonly connectionLog: Pick<ConnectionLog, 'answers'>;
  readonly tracing: Pick<Tracing, 'answered'> | null;
}): RememberedParts['logAnswer'] {
  const { logger, write, connectionLog, tracing } = parts;
  return (req, answered) => {
    const request = new Remembered(req, answered, logger);
    connectionLog.answers(req.socket, request);
    return (status) => {
      const { requestId, caller, call, began } = answered;
      const { path, route } = call;
      const elapsedMs = performance.now() - began;
      const line = { requestId, method: request.method, path, route, status, elapsedMs, caller };
      write(line);
      tracing?.answered(line, call.procedure);
    };
  };
}

class Remembered implements LoggedRequest {
  readonly method: string;
  readonly url: string;
  readonly state: LoggedRequest['state'];
  readonly #requestId: string;
  readonly #logger: Logger;

  constructor({ method = '', url = '' }: IncomingMessage, { requestId, caller }: Answered, logger: Logger) {
    this.method = method;
    this.url = url;
    this.state = { caller };
    this.#requestId = requestId;
    this.#logger = logger;
  }

  get log(): Logger {
    return this.#logger.child({ requestId: this.#requestId });
  }
}
