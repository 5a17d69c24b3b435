import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { openApi } from '../../reference/open-api.ts';
import { errorCodesPage } from './error-codes-page.ts';
import { sourceHash } from './source-hash.ts';

const SCRIPT_PATH = '/docs/scalar.js';
const REVALIDATE = 'no-cache';

interface Asset {
  readonly body: Buffer;
  readonly zipped: Buffer;
  readonly etag: string;
}

interface Reference {
  readonly page: Asset;
  readonly script: Asset;
  readonly policy: string;
}

async function assetOf(text: string): Promise<Asset> {
  const body = Buffer.from(text);
  return { body, zipped: await promisify(gzip)(body), etag: `"${createHash('sha256').update(body).digest('base64')}"` };
}

/**
 * Scalar's page and program, taken once from its plugin in an app that never listens: so the page can be given a policy
 * that names its one inline script by hash, and five megabytes are read only when somebody opens the documentation.
 */
async function loadReference(): Promise<Reference> {
  const { default: scalar } = await import('@scalar/fastify-api-reference');
  const inner = fastify();
  await inner.register(scalar, {
    routePrefix: '/docs',
    configuration: {
      url: '/openapi.json',
      cdn: SCRIPT_PATH,
      pageTitle: 'Promptory API',
      // Nothing of the page comes from, or goes to, another host.
      withDefaultFonts: false,
      telemetry: false,
      showDeveloperTools: 'never',
      agent: { disabled: true },
      mcp: { disabled: true },
      hideClientButton: true,
      persistAuth: false,
    },
  });
  const [page, script] = await Promise.all([inner.inject('/docs/'), inner.inject('/docs/js/scalar.js')]);
  await inner.close();
  const inline = page.body
    .split('<script type="text/javascript">')
    .slice(1)
    .map((rest) => rest.split('</script>', 1)[0]);
  const hashes = inline.map((text) => sourceHash(text ?? '')).join(' ');
  return {
    page: await assetOf(page.body),
    script: await assetOf(script.body),
    policy: [
      "default-src 'none'",
      `script-src 'self' ${hashes}`,
      // Scalar writes its styles into the page.
      "style-src 'self' 'unsafe-inline'",
      "img-src 'self' data: blob:",
      "font-src 'self' data:",
      "connect-src 'self'",
      "worker-src 'self' blob:",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
  };
}

function sendAsset(req: FastifyRequest, reply: FastifyReply, asset: Asset, type: string): FastifyReply {
  reply.headers({ 'cache-control': REVALIDATE, etag: asset.etag, 'content-type': type });
  reply.header('vary', [reply.getHeader('vary'), 'accept-encoding'].filter((name) => name !== undefined).join(', '));
  if (req.headers['if-none-match'] === asset.etag) return reply.code(304).send();
  const zips = /\bgzip\b/.test(req.headers['accept-encoding'] ?? '');
  return zips ? reply.header('content-encoding', 'gzip').send(asset.zipped) : reply.send(asset.body);
}

/** `/openapi.json`, its reference at `/docs` from local files alone, and the page of every error code. */
export async function docsRoutes(app: FastifyInstance, options: { publicUrl: string }): Promise<void> {
  let reference: Promise<Reference> | null = null;
  let document: Promise<Asset> | null = null;
  const loaded = (): Promise<Reference> => {
    reference ??= loadReference();
    return reference;
  };

  app.get('/openapi.json', async (req, reply) => {
    document ??= assetOf(`${JSON.stringify(openApi(), null, 2)}\n`);
    return sendAsset(req, reply, await document, 'application/json; charset=utf-8');
  });
  app.get('/docs', async (req, reply) => {
    const { page, policy } = await loaded();
    reply.header('content-security-policy', policy);
    return sendAsset(req, reply, page, 'text/html; charset=utf-8');
  });
  app.get(SCRIPT_PATH, async (req, reply) => {
    const { script } = await loaded();
    return sendAsset(req, reply, script, 'text/javascript; charset=utf-8');
  });
  const { page, policy } = errorCodesPage();
  const errors = assetOf(page);
  app.get('/docs/errors', async (req, reply) => {
    reply.header('content-security-policy', policy);
    return sendAsset(req, reply, await errors, 'text/html; charset=utf-8');
  });
  // Browsers ask for one beside each page.
  app.get('/favicon.ico', async (_req, reply) => reply.header('cache-control', 'max-age=86400').code(204).send());
  app.get('/', async (_req, reply) => reply.redirect(`${options.publicUrl}/docs`, 302));
}
