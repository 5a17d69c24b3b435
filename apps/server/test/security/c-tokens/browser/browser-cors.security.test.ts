import { givenPerson } from '@promptory/api/testing';
import type { InjectOptions } from 'fastify';
import { givenApp, ORIGIN } from '../../../harness/boot.ts';
import type { Headers } from '../../../harness/transports.ts';
import { type Proof, proves } from '../../harness/proof.ts';

// Which pages may read answers: those of exactly the listed origins, whatever else looks like one of them.

const LISTED = 'https://app.example.com';
const PORTED = 'http://localhost:5173';

const server = await givenApp({ app: { corsOrigins: [LISTED, PORTED] } });
const caller = await server.as.person(await givenPerson(server.services, { handle: 'alice' }));

const unlisted: readonly string[] = [
  'http://app.example.com',
  'https://app.example.com:443',
  'https://app.example.com:8443',
  'https://app.example.com:',
  'https://APP.example.com',
  'HTTPS://app.example.com',
  'https://app.example.com/',
  'https://app.example.com/?',
  'https://app.example.com.',
  'https://app.example.com.evil.example',
  'https://evil-app.example.com',
  'https://x.app.example.com',
  'https://example.com',
  'https://appXexample.com',
  'https://app.example.co',
  'https://app.example.comm',
  'https://app.example.com@evil.example',
  'https://user:pass@app.example.com',
  'https://evil.example/https://app.example.com',
  'https://app.example.com%00.evil.example',
  'https://app.example.com%2eevil.example',
  'https://app.example.com\\.evil.example',
  'https://app.example.com#evil.example',
  'https://аpp.example.com',
  'https://xn--pp-6kc.example.com',
  'https://app。example.com',
  'https://app.example.com, https://evil.example',
  'https://evil.example https://app.example.com',
  ' https://app.example.com',
  'https://app.example.com ',
  'null',
  'NULL',
  'undefined',
  'file://',
  'data:text/html,x',
  'blob:https://app.example.com/x',
  'chrome-extension://app.example.com',
  'about:blank',
  '*',
  '*.example.com',
  'https://*.example.com',
  'http://localhost',
  'http://localhost:5174',
  'http://127.0.0.1:5173',
  'http://[::1]:5173',
  'https://localhost:5173',
  '',
  ORIGIN,
];

const requests = (origin: string): Array<[what: string, request: InjectOptions]> => {
  const headers = { ...caller, origin };
  const asks = { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' };
  const named = (list: Array<[string, InjectOptions]>) => list;
  return named([
    ['a call over REST', { url: '/users/me', headers }],
    ['a call over tRPC', { url: '/trpc/me.get', headers }],
    ['a batch', { url: `/trpc/me.get,preferences.get?batch=1&input=${encodeURIComponent('{}')}`, headers }],
    ['a change', { method: 'PUT', url: '/users/preferences', headers, payload: { theme: 'dark' } }],
    ['a refusal', { url: '/users/me', headers: { origin } }],
    ['what is not there', { url: '/nowhere', headers }],
    ['a method that is not there', { method: 'DELETE', url: '/users/me', headers }],
    ['a malformed address', { url: '/%', headers }],
    ['a malformed body', { method: 'PUT', url: '/users/preferences', headers, payload: '{' }],
    ['HEAD', { method: 'HEAD', url: '/users/me', headers }],
    ['the health check', { url: '/health/live', headers }],
    ['the document', { url: '/openapi.json', headers }],
    ['a preflight over REST', { method: 'OPTIONS', url: '/users/preferences', headers: asks }],
    ['a preflight over tRPC', { method: 'OPTIONS', url: '/trpc/preferences.update', headers: asks }],
    ['a preflight of nothing', { method: 'OPTIONS', url: '/nowhere', headers: asks }],
    ['OPTIONS that asks nothing', { method: 'OPTIONS', url: '/users/me', headers: { origin } }],
  ]);
};

const CORS_HEADER = /^access-control-/;

proves('C4', `${unlisted.length} origins that are not listed read no answer, preflights included`, async (proof) => {
  proof.atLeast(1_000);
  for (const origin of unlisted) {
    for (const [what, request] of requests(origin)) {
      const { headers, statusCode } = await server.call(request);
      const given = Object.keys(headers).filter(
        (name) => CORS_HEADER.test(name) && name !== 'access-control-expose-headers',
      );
      proof.check(given.length === 0, () => `${origin}, ${what}: ${given.join()}`);
      proof.check(statusCode < 500, () => `${origin}, ${what}: ${statusCode}`);
      checkVary(proof, `${origin}, ${what}`, headers.vary);
    }
  }
  await checkListed(proof);
});

proves('C4', 'a listed origin reads every answer, under its own name and never under *', async (proof) => {
  proof.atLeast(60);
  for (const origin of [LISTED, PORTED]) {
    for (const [what, request] of requests(origin)) {
      if (what === 'a malformed address') continue;
      const { headers } = await server.call(request);
      const allowed = headers['access-control-allow-origin'];
      proof.works(allowed === origin, () => `${origin}, ${what}: ${allowed}`);
      proof.check(headers['access-control-allow-credentials'] === 'true', () => `${origin}, ${what}: no credentials`);
      checkVary(proof, `${origin}, ${what}`, headers.vary);
    }
  }
});

proves('C4', 'without an Origin no page is named, and answers vary by it all the same', async (proof) => {
  proof.atLeast(30);
  await checkListed(proof);
  for (const [what, request] of requests('')) {
    const { origin: _origin, ...headers } = request.headers as Headers;
    const answer = await server.call({ ...request, headers });
    const allowed = answer.headers['access-control-allow-origin'];
    proof.check(allowed === undefined, () => `${what}: ${allowed}`);
    checkVary(proof, what, answer.headers.vary);
  }
});

/** A page that is listed reads an answer: headers are given at all. */
async function checkListed(proof: Proof): Promise<void> {
  const { headers } = await server.call({ url: '/users/me', headers: { ...caller, origin: LISTED } });
  const allowed = headers['access-control-allow-origin'];
  proof.works(allowed === LISTED, () => `${LISTED} is allowed ${allowed}`);
}

function checkVary(proof: Proof, what: string, vary: unknown): void {
  const names = String(vary).toLowerCase().split(/, */);
  proof.check(names.includes('origin'), () => `${what}: Vary is ${String(vary)}`);
}
