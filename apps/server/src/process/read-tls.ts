import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Env } from '../settings/env.ts';
import { ROOT } from '../settings/project-root.ts';
import { StartError } from './start-error.ts';

/** The certificate and its key, in PEM. @throws StartError where a file cannot be read, or the two are no pair */
export async function readTls({ cert, key }: NonNullable<Env['tls']>): Promise<{ cert: string; key: string }> {
  const read = (name: string, path: string): Promise<string> =>
    readFile(resolve(ROOT, path), 'utf8').catch((error: unknown) => {
      throw new StartError(`${name} cannot be read: ${messageOf(error)}.`);
    });
  const [certText, keyText] = await Promise.all([read('TLS_CERT', cert), read('TLS_KEY', key)]);
  if (!isPair(certText, keyText)) throw new StartError('TLS_KEY is not the key of the certificate in TLS_CERT.');
  return { cert: certText, key: keyText };
}

function isPair(cert: string, key: string): boolean {
  try {
    return new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
  } catch (error) {
    throw new StartError(`TLS_CERT and TLS_KEY are no certificate and key in PEM: ${messageOf(error)}.`);
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
