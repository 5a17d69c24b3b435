import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { getHttpOperationsFromSpec } from '@stoplight/prism-http';
import { createServer } from '@stoplight/prism-http-server';

const DOCUMENT = join(import.meta.dirname, '../../../../openapi.json');

type Logger = Parameters<typeof createServer>[1]['components']['logger'];

/** Prism between a client and a server: it passes everything on, and notes what the committed document does not say. */
export interface ValidatingProxy {
  readonly url: string;
  /** Requests that it passed on. */
  readonly requests: () => number;
  /** What was wrong with a request or an answer, in its words. */
  readonly violations: readonly string[];
  close(): Promise<void>;
}

export async function validatingProxy(upstream: string): Promise<ValidatingProxy> {
  const document: object = JSON.parse(await readFile(DOCUMENT, 'utf8'));
  const operations = await getHttpOperationsFromSpec(document);
  const violations: string[] = [];
  let requests = 0;
  const note = (about: object, message: string): void => {
    if ('input' in about || ('name' in about && about.name === 'VALIDATOR')) violations.push(message);
  };
  const silent = (): void => undefined;
  // Prism says what it finds to its log, and to nothing else but headers.
  const logger = {
    info: (_about: object, message?: string) => {
      if (message === 'Request received') requests += 1;
    },
    warn: note,
    error: note,
    debug: silent,
    trace: silent,
    success: silent,
    child: () => ({ ...logger, warn: silent, info: silent }),
  };
  const server = createServer(operations, {
    components: { logger: logger as unknown as Logger },
    config: {
      isProxy: true,
      upstream: new URL(upstream),
      upstreamProxy: undefined,
      validateRequest: true,
      validateResponse: true,
      checkSecurity: true,
      errors: false,
      mock: { dynamic: false },
    },
    cors: false,
  });
  return {
    url: await server.listen(0, '127.0.0.1'),
    requests: () => requests,
    violations,
    close: () => server.close(),
  };
}
