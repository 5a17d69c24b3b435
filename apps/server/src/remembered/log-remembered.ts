import type { IncomingMessage } from 'node:http';
import type { Logger } from '../observability/logger.ts';
import type { ConnectionLog } from '../plugins/connection-log.ts';
import type { AnswerLog, LoggedRequest } from '../plugins/request-log.ts';
import type { RememberedAnswer, RememberedParts } from './answer-remembered.ts';

/** What the log and the measures of the routes say that it is answered in place of. */
const PLACES = {
  REST: { path: '/prompts/resolve', route: '/prompts/resolve' },
  wire: { path: '/trpc/prompts.resolve', route: '/trpc/*' },
};

/** Has what is remembered logged as what routes answer, also where its connection is cut. */
export function logRemembered(parts: {
  readonly logger: Logger;
  readonly write: AnswerLog;
  readonly connectionLog: Pick<ConnectionLog, 'answers'>;
}): RememberedParts['logAnswer'] {
  const { logger, write, connectionLog } = parts;
  return (req, answered) => {
    const request = new Remembered(req, answered, logger);
    connectionLog.answers(req.socket, request);
    return (status) => {
      const { requestId, caller, over, began } = answered;
      const { path, route } = PLACES[over];
      write({ requestId, method: request.method, path, route, status, elapsedMs: performance.now() - began, caller });
    };
  };
}

class Remembered implements LoggedRequest {
  readonly method: string;
  readonly url: string;
  readonly state: LoggedRequest['state'];
  readonly #requestId: string;
  readonly #logger: Logger;

  constructor({ method = '', url = '' }: IncomingMessage, { requestId, caller }: RememberedAnswer, logger: Logger) {
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
