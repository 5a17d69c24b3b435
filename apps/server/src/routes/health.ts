import type { FastifyInstance } from 'fastify';

/**
 * `/health/live`: the process answers. `/health/ready`: it can serve, which a balancer asks before it sends requests;
 * false first when the server begins to stop.
 *
 * @param options.isReady answers within a second or so, and does not throw
 */
export async function healthRoutes(
  app: FastifyInstance,
  options: { isReady(): Promise<boolean>; notReady(): Error },
): Promise<void> {
  app.get('/health/live', async () => ({ status: 'live' }));
  app.get('/health/ready', async () => {
    if (!(await options.isReady())) throw options.notReady();
    return { status: 'ready' };
  });
}
