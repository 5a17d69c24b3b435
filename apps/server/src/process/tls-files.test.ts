import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { endedCertificate, localCertificate, renewedCertificate } from '../../test/harness/local-certificate.ts';
import { createTlsMeasures } from '../measures/tls-measures.ts';
import { TlsFiles } from './tls-files.ts';

let paths: { cert: string; key: string };
let files: TlsFiles;
const shown: object[] = [];
const logged: string[] = [];

beforeEach(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'promptory-tls-'));
  paths = { cert: join(folder, 'tls.crt'), key: join(folder, 'tls.key') };
  [shown, logged].forEach((list) => void list.splice(0));
  await put(localCertificate);
  const log = {
    info: (_: object, message: string) => void logged.push(message),
    warn: ({ reason }: { reason?: string }) => void logged.push(reason ?? ''),
  };
  files = await TlsFiles.open(paths, { clock: { now: () => new Date('2026-12-24T00:00:00Z') }, log });
  files.serve({ setSecureContext: (texts) => void shown.push(texts) });
  onTestFinished(async () => {
    files.close();
    await rm(folder, { recursive: true });
  });
});

async function put({ cert, key }: { cert: string; key: string }): Promise<void> {
  await writeFile(paths.cert, cert);
  await writeFile(paths.key, key);
}

it('shows a certificate that is renewed, and nothing anew while the files are the same', async () => {
  await files.look();
  expect(shown).toEqual([]);
  await put(renewedCertificate);
  await files.look();
  await files.look();
  expect(shown).toEqual([renewedCertificate]);
  expect(files.texts).toEqual(renewedCertificate);
  expect(logged).toEqual(['the certificate was read again']);
});

it('says of the certificate that is shown when it ends', async () => {
  const { metrics } = createTlsMeasures(files);
  const found = await Promise.all(metrics.map((metric) => metric.get()));
  expect(Object.fromEntries(found.map(({ name, values }) => [name, values[0]?.value]))).toEqual({
    promptory_tls_expiry_timestamp_seconds: Date.parse('2126-11-04T13:35:27Z') / 1_000,
    promptory_tls_files_usable: 1,
  });
});

it.each([
  [
    'are no pair',
    { ...renewedCertificate, key: localCertificate.key },
    'TLS_KEY is not the key of the certificate in TLS_CERT.',
  ],
  ['are no PEM', { cert: 'x', key: 'y' }, /^TLS_CERT and TLS_KEY are no certificate and key in PEM: /],
  ['have ended', endedCertificate, /^The certificate in TLS_CERT has ended at 2026-11-/],
])('keeps what is shown where new files %s, and says so once, from the second look on', async (_, wrong, says) => {
  await put(wrong);
  await files.look();
  expect([logged, files.isUsable]).toEqual([[], true]);
  await files.look();
  await files.look();
  expect(logged).toEqual([typeof says === 'string' ? says : expect.stringMatching(says)]);
  expect(files.isUsable).toBe(false);
  expect([shown, files.texts]).toEqual([[], localCertificate]);

  await put(renewedCertificate);
  await files.look();
  expect(shown).toEqual([renewedCertificate]);
  expect(files.isUsable).toBe(true);
});
