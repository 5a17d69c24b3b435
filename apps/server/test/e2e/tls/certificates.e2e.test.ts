import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { Agent, get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { connect, getCACertificates, setDefaultCACertificates } from 'node:tls';
import { createTestDatabase, startEphemeralCluster } from '@promptory/db/testing';
import { expect, it, onTestFinished } from 'vitest';
import { localCertificate, renewedCertificate } from '../../harness/local-certificate.ts';
import { runServer } from '../harness/run-server.ts';

/** The text of the certificate that a new connection is shown. */
function shownAt(url: string): Promise<string> {
  const { hostname: host, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port: Number(port) }, () => {
      resolve(`${socket.getPeerX509Certificate()}`.trim());
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

function ask(url: string, agent: Agent): Promise<{ body: string; isOld: boolean }> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent }, (answer) => {
      text(answer).then((body) => resolve({ body, isOld: request.reusedSocket }), reject);
    });
    request.on('error', reject);
  });
}

it('shows a renewed certificate without a restart, to connections that begin then, and keeps the one before where the new files are of no use', async () => {
  setDefaultCACertificates([...getCACertificates(), localCertificate.cert, renewedCertificate.cert]);
  const folder = await mkdtemp(join(tmpdir(), 'promptory-tls-'));
  const cluster = await startEphemeralCluster();
  onTestFinished(async () => {
    await cluster.stop();
    await rm(folder, { recursive: true });
  });
  const database = await createTestDatabase({ server: cluster });
  const put = async (name: string, content: string): Promise<void> => {
    await writeFile(join(folder, `${name}.new`), content);
    await rename(join(folder, `${name}.new`), join(folder, name));
  };
  await put('tls.crt', localCertificate.cert);
  await put('tls.key', localCertificate.key);
  const server = await runServer({
    NODE_ENV: 'development',
    DATABASE_URL: database.applicationConnectionString,
    DATA_FOLDER: folder,
    TLS_CERT: join(folder, 'tls.crt'),
    TLS_KEY: join(folder, 'tls.key'),
  });
  onTestFinished(() => server.kill());
  expect(server.url).toMatch(/^https:/);
  expect(await shownAt(server.url)).toBe(localCertificate.cert);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => agent.destroy());
  expect(await ask(`${server.url}/health/live`, agent)).toMatchObject({ isOld: false });

  // Half of a renewal: the key is not that of the certificate. It finds that by itself.
  await put('tls.crt', renewedCertificate.cert);
  await expect.poll(() => server.log()).toContain('is of no use, and the one before is still shown');
  expect(await shownAt(server.url)).toBe(localCertificate.cert);
  const { body } = await ask(`${server.url}/metrics`, agent);
  expect(body).toContain('promptory_tls_files_usable 0');

  await put('tls.key', renewedCertificate.key);
  process.kill(server.pid, 'SIGHUP');
  await expect.poll(() => shownAt(server.url), { interval: 50 }).toBe(renewedCertificate.cert);
  const after = await ask(`${server.url}/metrics`, agent);
  expect(after.isOld).toBe(true);
  expect(after.body).toContain('promptory_tls_files_usable 1');
  await server.stop();
});
