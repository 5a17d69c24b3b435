import { timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Metrics } from '../observability/metrics.ts';

/**
 * `/metrics` for Prometheus. With a token it is asked for as a bearer; without one it answers in development only.
 * Whoever may not read it gets a 404.
 */
export async function metricsRoute(
  app: FastifyInstance,
  options: { metrics: Metrics; token: string | null; open: boolean; notFound(): Error },
): Promise<void> {
  const { metrics, token, open, notFound } = options;
  const mayRead = (req: FastifyRequest): boolean => {
    if (token === null) return open;
    const given = Buffer.from(req.headers.authorization ?? '');
    const wanted = Buffer.from(`Bearer ${token}`);
    return given.length === wanted.length && timingSafeEqual(given, wanted);
  };
  app.get('/metrics', { config: { hidden: token !== null || !open } as object }, async (req, reply) => {
    if (!mayRead(req)) throw notFound();
    return reply.header('content-type', metrics.contentType).send(await metrics.text());
  });
}
