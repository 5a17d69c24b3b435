import { createHash } from 'node:crypto';
import { ErrorCode } from '@promptory/schemas';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { describe, expect, it } from 'vitest';
import { givenApp } from '../harness/boot.ts';

const server = await givenApp();

/** The linter's own look at examples: each against its schema. */
const EXAMPLES = {
  'no-invalid-media-type-examples': 'error',
  'no-invalid-parameter-examples': 'error',
  'no-invalid-schema-examples': 'error',
} as const;

describe('/openapi.json', () => {
  it('has no error in the eyes of a linter, and no example that its schema refuses', async () => {
    const { body } = await server.call({ url: '/openapi.json' });
    const problems = await lintFromString({
      source: body,
      absoluteRef: 'openapi.json',
      config: await createConfig({ extends: ['recommended'], rules: EXAMPLES }),
    });
    expect(problems.filter(({ severity }) => severity === 'error').map(({ message }) => message)).toEqual([]);
  });

  it('holds every REST route, and no other', async () => {
    const { paths } = (await server.call({ url: '/openapi.json' })).json<{ paths: Record<string, object> }>();
    for (const path of ['/auth/register', '/prompts', '/prompts/{id}', '/groups/{id}/reorder', '/users/me']) {
      expect(paths).toHaveProperty([path]);
    }
    for (const path of Object.keys(paths)) {
      const url = path.replaceAll(/\{[^}]+\}/g, 'x');
      const { headers } = await server.call({ method: 'OPTIONS', url });
      expect(headers.allow, path).toBeDefined();
    }
  });

  it('is not sent again to those who have it', async () => {
    const { headers } = await server.call({ url: '/openapi.json' });
    const again = await server.call({ url: '/openapi.json', headers: { 'if-none-match': String(headers.etag) } });
    expect([again.statusCode, again.body]).toEqual([304, '']);
  });
});

describe('/docs', () => {
  it('names no other host, and its policy lets in nothing but what is ours', async () => {
    const page = await server.call({ url: '/docs' });
    expect(page.statusCode).toBe(200);
    expect(page.body).not.toMatch(/https?:\/\//);
    const policy = String(page.headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toMatch(/script-src 'self' 'sha256-[^']+'/);
    expect(policy).toContain("connect-src 'self'");
    expect(policy).not.toMatch(/https?:|\*|'unsafe-eval'/);
    expect(policy.match(/script-src[^;]*/)?.[0]).not.toContain('unsafe-inline');
  });

  it('brings its program from this server, small over the wire', async () => {
    const script = await server.call({ url: '/docs/scalar.js', headers: { 'accept-encoding': 'gzip' } });
    expect(script.headers['content-type']).toContain('text/javascript');
    expect(script.headers['content-encoding']).toBe('gzip');
    expect(script.rawPayload.length).toBeLessThan(2_000_000);
  });

  it('is all that is compressed, or given an ETag, beside what procedures answer', async () => {
    for (const url of ['/health/live', '/prompts', '/trpc/prompts.list', '/verify-email', '/nowhere']) {
      const { headers } = await server.call({ url, headers: { 'accept-encoding': 'gzip, br' } });
      expect(headers, url).not.toHaveProperty('content-encoding');
      expect(headers, url).not.toHaveProperty('etag');
    }
  });

  it('has a page with every error code', async () => {
    const { body } = await server.call({ url: '/docs/errors' });
    for (const code of ['request.invalid', 'prompt.version_conflict', 'server.internal']) {
      expect(body).toContain(`id="${code}"`);
    }
    for (const part of ['What happened', 'What to do']) {
      expect(body.split(`<dt>${part}</dt>`).length - 1).toBe(ErrorCode.options.length);
    }
    expect(body.replaceAll(/<pre>[^<]*<\/pre>/g, '')).not.toContain('`');
    expect(body).not.toMatch(/https?:\/\//);
  });

  it('has a page of errors whose policy lets in its own style, by hash, and nothing else', async () => {
    const { body, headers } = await server.call({ url: '/docs/errors' });
    const styles = [...body.matchAll(/<style>([^<]*)<\/style>/g)].map(([, style]) => style ?? '');
    expect(styles).toHaveLength(1);
    const hash = createHash('sha256').update(styles.join('')).digest('base64');
    expect(headers['content-security-policy']).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    );
  });
});
