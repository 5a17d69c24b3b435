import { publicBundleKey, type Services } from '@promptory/api/server';
import type { FastifyInstance } from 'fastify';

/** `/.well-known/promptory-bundle-keys.json`: the public halves of the keys that sign bundles, as a JWK Set (RFC 7517, RFC 8037). */
export async function bundleKeys(app: FastifyInstance, { bundleKey }: Pick<Services, 'bundleKey'>): Promise<void> {
  const keys = [{ ...publicBundleKey(bundleKey), use: 'sig', alg: 'EdDSA' }];
  app.get('/.well-known/promptory-bundle-keys.json', async (_, reply) =>
    reply
      .header('content-type', 'application/jwk-set+json')
      .header('cache-control', 'public, max-age=300')
      .send({ keys }),
  );
}
