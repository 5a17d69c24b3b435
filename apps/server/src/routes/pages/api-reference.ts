import fastify from 'fastify';
import { sourceHash } from './source-hash.ts';
import { type StaticAnswer, staticAnswer } from './static-answer.ts';

export const SCRIPT_PATH = '/docs/scalar.js';

export interface ApiReference {
  readonly page: StaticAnswer;
  readonly script: StaticAnswer;
  /** The Content-Security-Policy of the page. */
  readonly policy: string;
}

/**
 * Scalar's page and program, taken once from its plugin in an app that never listens: so the page can be given a policy
 * that names its one inline script by hash, and five megabytes are read only when somebody opens the documentation.
 */
export async function loadApiReference(): Promise<ApiReference> {
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
      authentication: { preferredSecurityScheme: 'accessToken' },
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
    page: await staticAnswer(page.body, 'text/html; charset=utf-8'),
    script: await staticAnswer(script.body, 'text/javascript; charset=utf-8'),
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
