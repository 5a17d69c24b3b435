import { createTRPCClient, httpBatchLink, httpLink, isNonJsonSerializable, splitLink } from '@trpc/client';
import { initTRPC } from '@trpc/server';
import { octetInputParser } from '@trpc/server/http';
import superjson from 'superjson';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { WireMeta } from '../../src/router/wire-meta.ts';
import { serveWire } from '../fixtures/serve-wire.ts';

const t = initTRPC.meta<{ wire?: WireMeta }>().create({ isDev: false });
const LIMIT = 200_000;

const ran: string[] = [];

const router = t.router({
  greet: t.procedure
    .meta({ wire: { body: { types: ['multipart/form-data'], limit: LIMIT } } })
    .input(z.instanceof(FormData))
    .mutation(async ({ input }) => {
      const file = input.get('file');
      return { name: input.get('name'), file: file instanceof File ? [file.name, file.size, await file.text()] : null };
    }),
  upload: t.procedure
    .meta({ wire: { body: { types: ['application/octet-stream'], limit: LIMIT } } })
    .input(octetInputParser)
    .mutation(async ({ input }) => {
      let bytes = 0;
      let sum = 0;
      for await (const chunk of input) {
        bytes += chunk.byteLength;
        for (const byte of chunk) sum = (sum + byte) % 65_536;
      }
      return { bytes, sum };
    }),
  plain: t.procedure.input(z.unknown()).mutation(({ path }) => {
    ran.push(path);
    return path;
  }),
  name: t.procedure.input(z.string()).query(({ input }) => input),
});

async function open() {
  const { url, requests } = await serveWire(router);
  return { requests, client: createTRPCClient<typeof router>({ links: [httpLink({ url })] }) };
}

/** Bytes and their sum, as the procedure is to find them. */
function blob(size: number) {
  const bytes = Uint8Array.from({ length: size }, (_, index) => index % 251);
  return { bytes, found: { bytes: size, sum: bytes.reduce((sum, byte) => (sum + byte) % 65_536, 0) } };
}

describe('documented: content types that are not JSON', () => {
  it('gives a procedure that asks for it a form with its fields and files', async () => {
    const { client, requests } = await open();
    const form = new FormData();
    form.append('name', 'Bilbo');
    form.append('file', new File(['there and back'], 'again.txt', { type: 'text/plain' }));
    expect(await client.greet.mutate(form)).toEqual({ name: 'Bilbo', file: ['again.txt', 14, 'there and back'] });
    expect(requests).toEqual(['POST greet']);
  });

  it.each([
    ['bytes', (bytes: Uint8Array<ArrayBuffer>) => bytes],
    ['a Blob', (bytes: Uint8Array<ArrayBuffer>) => new Blob([bytes])],
    ['a File', (bytes: Uint8Array<ArrayBuffer>) => new File([bytes], 'a.bin')],
  ])('streams %s to a procedure that asks for it', async (_name, wrap) => {
    const { client } = await open();
    const { bytes, found } = blob(150_000);
    expect(await client.upload.mutate(wrap(bytes))).toEqual(found);
  });

  it("refuses a body over the procedure's limit", async () => {
    const { client } = await open();
    await expect(client.upload.mutate(blob(LIMIT + 1).bytes)).rejects.toMatchObject({
      data: { code: 'PAYLOAD_TOO_LARGE', httpStatus: 413 },
    });
    const form = new FormData();
    form.append('name', 'x'.repeat(LIMIT));
    await expect(client.greet.mutate(form)).rejects.toMatchObject({ data: { httpStatus: 413 } });
    expect(await client.upload.mutate(blob(10).bytes)).toEqual(blob(10).found);
  });

  it('counts the bytes of a body that does not announce its length', async () => {
    const { url } = await serveWire(router);
    const chunked = (input: string | URL | Request, init?: object) => {
      const { body, ...rest } = init as RequestInit;
      return fetch(input, { ...rest, body: new Response(body ?? null).body, duplex: 'half' } as RequestInit);
    };
    const client = createTRPCClient<typeof router>({ links: [httpLink({ url, fetch: chunked })] });
    expect(await client.upload.mutate(blob(LIMIT).bytes)).toEqual(blob(LIMIT).found);
    await expect(client.upload.mutate(blob(LIMIT + 1).bytes)).rejects.toMatchObject({ data: { httpStatus: 413 } });
  });

  it('aborts the signal of a procedure whose uploader leaves', async () => {
    const started = Promise.withResolvers<void>();
    const aborted = Promise.withResolvers<void>();
    const waiting = t.router({
      keep: t.procedure
        .meta({ wire: { body: { types: ['multipart/form-data'], limit: LIMIT } } })
        .input(z.instanceof(FormData))
        .mutation(async ({ signal }) => {
          signal?.addEventListener('abort', () => aborted.resolve());
          started.resolve();
          await aborted.promise;
        }),
    });
    const { url } = await serveWire(waiting);
    const client = createTRPCClient<typeof waiting>({ links: [httpLink({ url })] });
    const leave = new AbortController();
    const outcome = expect(client.keep.mutate(new FormData(), { signal: leave.signal })).rejects.toThrow();
    await started.promise;
    leave.abort();
    await outcome;
    await aborted.promise;
  });

  it('refuses a form or bytes where the procedure has not asked for them, and runs nothing', async () => {
    const { client } = await open();
    const refused = { data: { code: 'UNSUPPORTED_MEDIA_TYPE', httpStatus: 415 } };
    await expect(client.plain.mutate(new FormData())).rejects.toMatchObject(refused);
    await expect(client.plain.mutate(blob(10).bytes)).rejects.toMatchObject(refused);
    await expect(client.upload.mutate(new FormData() as never)).rejects.toMatchObject(refused);
    expect(ran).toEqual([]);
  });

  it('goes beside batches and a transformer, by a split link', async () => {
    const s = initTRPC.meta<{ wire?: WireMeta }>().create({ transformer: superjson, isDev: false });
    const rich = s.router({
      greet: s.procedure
        .meta({ wire: { body: { types: ['multipart/form-data'], limit: LIMIT } } })
        .input(z.instanceof(FormData))
        .mutation(({ input }) => ({ name: input.get('name'), at: new Date(7) })),
      day: s.procedure.input(z.date()).query(({ input }) => input),
    });
    const { url, requests } = await serveWire(rich);
    const client = createTRPCClient<typeof rich>({
      links: [
        splitLink({
          condition: ({ input }) => isNonJsonSerializable(input),
          true: httpLink({
            url,
            transformer: { serialize: (data: unknown) => data, deserialize: superjson.deserialize },
          }),
          false: httpBatchLink({ url, transformer: superjson }),
        }),
      ],
    });
    const form = new FormData();
    form.append('name', 'Frodo');
    const [greeting, ...days] = await Promise.all([
      client.greet.mutate(form),
      client.day.query(new Date(1)),
      client.day.query(new Date(2)),
    ]);
    expect(greeting).toEqual({ name: 'Frodo', at: new Date(7) });
    expect(days).toEqual([new Date(1), new Date(2)]);
    expect(requests.toSorted()).toEqual(['GET day,day', 'POST greet']);
  });
});
