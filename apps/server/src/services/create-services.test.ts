import { randomBytes } from 'node:crypto';
import { publicBundleKey } from '@promptory/api/server';
import { expect, it } from 'vitest';
import { createServices } from './create-services.ts';

const [first, second, signing] = [randomBytes(32), randomBytes(32), randomBytes(32)].map((bytes) =>
  bytes.toString('base64url'),
) as [string, string, string];

function keysOf(jwtSecrets: readonly string[], bundleSigningKey: string | null = null) {
  const unused = {} as Parameters<typeof createServices>[0];
  const publicUrl = 'https://prompts.example';
  const { bundleKey, serverKey } = createServices({ ...unused, publicUrl, jwtSecrets, bundleSigningKey });
  return { bundle: publicBundleKey(bundleKey).kid, server: serverKey.toString('hex') };
}

it('makes the keys of cursors and bundles of the first secret, by which the others only verify', () => {
  const keys = keysOf([first]);
  expect(keysOf([first, second])).toEqual(keys);
  const others = keysOf([second, first]);
  expect([others.bundle === keys.bundle, others.server === keys.server]).toEqual([false, false]);
});

it('signs bundles by a key of their own where there is one, whatever the secrets become', () => {
  const keys = keysOf([first], signing);
  expect(keys.bundle).not.toBe(keysOf([first]).bundle);
  expect(keysOf([second], signing).bundle).toBe(keys.bundle);
  expect(keys.server).toBe(keysOf([first]).server);
});
