import type { FastifyInstance } from 'fastify';
import { openApiInTurns } from '../../reference/open-api.ts';
import { loadApiReference, SCRIPT_PATH } from './api-reference.ts';
import { errorCodesPage } from './error-codes-page.ts';
import { sendStatic, staticAnswer } from './static-answer.ts';

/** `/openapi.json`, its reference at `/docs` from local files alone, and the page of every error code. */
export async function docsRoutes(app: FastifyInstance, options: { publicUrl: string }): Promise<void> {
  const document = lazy(async () =>
    staticAnswer(`${JSON.stringify(await openApiInTurns(), null, 2)}\n`, 'application/json; charset=utf-8'),
  );
  const reference = lazy(loadApiReference);
  const errors = lazy(async () => {
    const { page, policy } = errorCodesPage();
    return { page: await staticAnswer(page, 'text/html; charset=utf-8'), policy };
  });

  app.get('/openapi.json', async (req, reply) => sendStatic(req, reply, await document()));
  app.get('/docs', async (req, reply) => {
    const { page, policy } = await reference();
    return sendStatic(req, reply.header('content-security-policy', policy), page);
  });
  app.get(SCRIPT_PATH, async (req, reply) => sendStatic(req, reply, (await reference()).script));
  app.get('/docs/errors', async (req, reply) => {
    const { page, policy } = await errors();
    return sendStatic(req, reply.header('content-security-policy', policy), page);
  });
  // Browsers ask for one beside each page.
  app.get('/favicon.ico', async (_req, reply) => reply.header('cache-control', 'max-age=86400').code(204).send());
  app.get('/', async (_req, reply) => reply.redirect(`${options.publicUrl}/docs`, 302));
}

/** Made at the first call, and the same for every later one. */
function lazy<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null;
  return () => {
    made ??= make();
    return made;
  };
}
