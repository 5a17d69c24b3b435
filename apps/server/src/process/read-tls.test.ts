import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { localCertificate } from '../../test/harness/local-certificate.ts';
import { readTls } from './read-tls.ts';

let folder: string;
const paths = (cert: string, key: string) => ({ cert: join(folder, cert), key: join(folder, key) });
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptory-tls-'));
  const { privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const files = {
    'one.crt': localCertificate.cert,
    'one.key': localCertificate.key,
    'other.key': privateKey,
    empty: '',
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
});
afterAll(() => rm(folder, { recursive: true }));

it('reads a certificate with its key', async () => {
  expect(await readTls(paths('one.crt', 'one.key'))).toMatchObject({ cert: expect.stringContaining('CERTIFICATE') });
});

it.each([
  ['one.crt', 'other.key', 'TLS_KEY is not the key of the certificate in TLS_CERT.'],
  ['one.key', 'one.crt', 'TLS_CERT and TLS_KEY are no certificate and key in PEM: '],
  ['empty', 'one.key', 'TLS_CERT and TLS_KEY are no certificate and key in PEM: '],
  ['none', 'one.key', 'TLS_CERT cannot be read: ENOENT'],
  ['one.crt', 'none', 'TLS_KEY cannot be read: ENOENT'],
])('says in one line what is wrong with %s and %s', async (cert, key, says) => {
  const failure = await readTls(paths(cert, key)).catch((error: unknown) => error);
  expect(failure).toHaveProperty('name', 'StartError');
  expect(String(failure)).toContain(says);
  expect(String(failure)).not.toContain('\n');
});
