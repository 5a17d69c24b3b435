import { createHash, createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { StoreSettings } from '../src/backup/index.ts';

/** One bucket that speaks as Amazon S3 does, for what backups need of it. */
export interface BucketServer {
  readonly settings: StoreSettings;
  readonly objects: Map<string, Buffer>;
  /** Requests that were answered, such as `PUT promptory-….zip`. */
  readonly requests: string[];
  /** What a request is answered instead; undefined lets it through. */
  interfere: (request: string) => number | undefined;
  /** Whether the connection breaks off in the middle of the answer. */
  breaksOff: (request: string) => boolean;
  close(): Promise<void>;
}

const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
const escaped = (text: string): string =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

/** Whether a request is signed with a secret, by version 4 of the signature. */
function isSigned({ method, url = '', headers }: IncomingMessage, { keyId, secret }: StoreSettings): boolean {
  const form =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, SignedHeaders=([\w;-]+), Signature=(\w{64})$/;
  const [, key, day = '', region = '', names = '', signature] = form.exec(headers.authorization ?? '') ?? [];
  const { pathname, searchParams } = new URL(url, 'http://bucket');
  const query = [...searchParams].map(([name, value]) => `${escaped(name)}=${escaped(value)}`).toSorted();
  const signed = names.split(';').map((name) => `${name}:${headers[name]}\n`);
  const canonical = [method, pathname, query.join('&'), signed.join(''), names, headers['x-amz-content-sha256']];
  const scope = [day, region, 's3', 'aws4_request'];
  const digest = createHash('sha256').update(canonical.join('\n')).digest('hex');
  const text = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope.join('/'), digest].join('\n');
  const signing = scope.reduce<string | Buffer>((one, part) => hmac(one, part), `AWS4${secret}`);
  return key === keyId && signature === hmac(signing, text).toString('hex');
}

export async function startBucket(): Promise<BucketServer> {
  const objects = new Map<string, Buffer>();
  const uploads = new Map<string, Map<number, Buffer>>();
  const requests: string[] = [];
  const xml = (name: string, inner: string): string =>
    `<?xml version="1.0" encoding="UTF-8"?><${name} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${inner}</${name}>`;
  const listed = (): string =>
    [...objects]
      .map(
        ([key, { length }]) =>
          `<Contents><Key>${key}</Key><Size>${length}</Size><LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>"a"</ETag></Contents>`,
      )
      .join('');

  interface Answer {
    readonly status: number;
    readonly body?: string | Buffer;
    readonly etag?: string;
  }
  function answer(method: string, key: string, query: URLSearchParams, body: Buffer): Answer {
    const upload = query.get('uploadId');
    if (query.get('list-type') === '2')
      return { status: 200, body: xml('ListBucketResult', `<IsTruncated>false</IsTruncated>${listed()}`) };
    if (method === 'POST' && upload === null) {
      const id = `upload-${uploads.size}`;
      uploads.set(id, new Map());
      return { status: 200, body: xml('InitiateMultipartUploadResult', `<Key>${key}</Key><UploadId>${id}</UploadId>`) };
    }
    if (upload !== null) {
      const parts = uploads.get(upload);
      if (parts === undefined) return { status: 404 };
      if (method === 'PUT') {
        parts.set(Number(query.get('partNumber')), body);
        return { status: 200, etag: `"${body.length}"` };
      }
      uploads.delete(upload);
      if (method === 'DELETE') return { status: 204 };
      const sorted = [...parts].sort(([one], [other]) => one - other);
      objects.set(key, Buffer.concat(sorted.map(([, part]) => part)));
      return { status: 200, body: xml('CompleteMultipartUploadResult', `<Key>${key}</Key><ETag>"b"</ETag>`) };
    }
    if (method === 'PUT') {
      objects.set(key, body);
      return { status: 200, etag: '"c"' };
    }
    if (method === 'DELETE') {
      objects.delete(key);
      return { status: 204 };
    }
    const object = objects.get(key);
    return object === undefined ? { status: 404 } : { status: 200, body: object };
  }

  const bucket: BucketServer = {
    settings: { url: '', region: 'eu-central-1', keyId: 'AKIATEST', secret: 'a secret of nobody' },
    objects,
    requests,
    interfere: () => undefined,
    breaksOff: () => false,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  const server = createServer((request, response) => {
    void buffer(request).then((body) => {
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://bucket');
      const key = decodeURIComponent(pathname.replace(/^\/our-backups\/?/, ''));
      const name = `${request.method} ${key}`.trim();
      const {
        status,
        body: sent = '',
        etag,
      } = isSigned(request, bucket.settings)
        ? { ...answer(request.method ?? '', key, searchParams, body), ...statusOf(bucket.interfere(name)) }
        : { status: 403, body: xml('Error', '<Code>SignatureDoesNotMatch</Code><Message>Not signed so.</Message>') };
      requests.push(name);
      response.writeHead(status, {
        'content-length': Buffer.byteLength(sent),
        ...(etag === undefined ? {} : { etag }),
      });
      if (bucket.breaksOff(name)) response.write(sent.slice(0, sent.length / 2), () => response.destroy());
      else response.end(request.method === 'HEAD' ? undefined : sent);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  Object.assign(bucket.settings, { url: `http://127.0.0.1:${port}/our-backups` });
  return bucket;
}

const statusOf = (status: number | undefined): { status?: number; body?: string } =>
  status === undefined ? {} : { status, body: '' };
