// The types of its cookies, which packages that read this one's source have not loaded.
import type {} from '@fastify/cookie';
import type { CallHooks } from '@promptory/trpc-fastify';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { addRequestState } from '../../src/http/request-state.ts';
import { linesTo } from '../../src/observability/joined-lines.ts';
import { createLogger } from '../../src/observability/logger.ts';
import { createMetrics } from '../../src/observability/metrics.ts';
import { answerLog, logRequests } from '../../src/plugins/request-log.ts';
import { knownPaths } from '../../src/routes/known-paths.ts';
import { measureCalls } from '../../src/routes/measure-calls.ts';
import { tracedHooks } from '../../src/routes/procedures.ts';
import { tracingOf, tracingVariables } from '../../src/settings/tracing.ts';

/** The routes of any router, watched as those of the server are: each request logged and measured, each call measured and, by the variables, traced. */
export async function watchRoutes(
  app: FastifyInstance,
  options: { logFile: string; variables?: Readonly<Record<string, string>> },
): Promise<Pick<CallHooks, 'afterCall' | 'within'>> {
  const logger = createLogger({ level: 'info', environment: 'production', destination: linesTo(options.logFile) });
  const metrics = createMetrics({ process: true });
  const settings = tracingOf(z.object(tracingVariables).parse(options.variables ?? {}));
  const tracing = settings && (await import('../../src/tracing/open-tracing.ts')).openTracing(settings, logger);
  const paths = knownPaths(['ping']);
  addRequestState(app);
  tracing?.requests(app);
  paths.remember(app);
  logRequests(app, answerLog({ logger, metrics }), paths.knownSegments);
  return tracedHooks({ beforeCall: () => undefined, afterCall: measureCalls(metrics, new Set()).afterCall }, tracing);
}
