import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { initTRPC } from '@trpc/server';
import fastify from 'fastify';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { restRoutes } from '../../src/rest/rest-routes.ts';
import type { RawBody, RestMeta } from '../../src/router/rest-meta.ts';
import { streamOf } from '../../src/router/stream-of.ts';
import { notesApp } from '../fixtures/notes-app.ts';
import { eventually, openResponse, sendChunked, standstill } from '../fixtures/sockets.ts';

const lines = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('streaming out', () => {
  it('writes one JSON document on each line', async () => {
    const { app } = await notesApp();
    const res = await app.inject('/notes/export?count=3');
    expect(res.headers['content-type']).toBe('application/x-ndjson');
    expect(lines(res.body).map(({ version }) => version)).toEqual([0, 1, 2]);
  });

  it('answers an error before the first item like any other error', async () => {
    const { app } = await notesApp();
    const res = await app.inject('/notes/export?failAt=0');
    expect([res.statusCode, res.json().code]).toEqual([409, 'conflict']);
  });

  it('ends with a line that reports an error after the first item', async () => {
    const { app } = await notesApp();
    const res = await app.inject('/notes/export?count=9&failAt=2');
    expect(res.statusCode).toBe(200);
    expect(lines(res.body).at(-1)).toEqual({
      type: 'error',
      title: 'Conflict',
      status: 409,
      detail: 'row conflict',
      code: 'conflict',
    });
    expect(lines(res.body)).toHaveLength(3);
  });

  it('cuts the connection on a late error where the type has no place for one', async () => {
    const base = await (await notesApp()).listen();
    const response = await openResponse(`${base}/notes/export?count=9&failAt=2`, { accept: 'text/csv' });
    const read = async () => {
      for await (const chunk of response) expect(chunk).toBeDefined();
    };
    await expect(read()).rejects.toThrow('aborted');
  });

  it('reads the items no faster than the client reads the answer', async () => {
    const { listen, counters } = await notesApp();
    const base = await listen();
    const response = await openResponse(`${base}/notes/export?count=20000&padding=10000`);
    response.pause();
    expect(await standstill(() => counters.yielded)).toBeLessThan(5000);
    response.destroy();
    expect(await eventually(() => counters.returned === 1)).toBe(true);
  });

  it('ends the iterator and the signal when the client disconnects, and logs no error', async () => {
    const { listen, counters, errors } = await notesApp();
    const base = await listen();
    const response = await openResponse(`${base}/notes/export?count=1000000&padding=1000`);
    response.destroy();
    expect(await eventually(() => counters.returned === 1 && counters.aborted === 1)).toBe(true);
    expect(errors).toEqual([]);
  });

  it('does not let the app’s handler timeout cut a stream', async () => {
    const { listen } = await notesApp({ fastify: { handlerTimeout: 1_500 } });
    const response = await openResponse(`${await listen()}/notes/export?count=1000&padding=10000`);
    await sleep(2_000);
    let bytes = 0;
    for await (const chunk of response) bytes += (chunk as Buffer).length;
    expect(bytes).toBeGreaterThan(10_000_000);
  });
});

describe('a client that disconnects', () => {
  it('aborts the signal of its procedure, and nothing is logged', async () => {
    const { listen, counters, errors } = await notesApp();
    const base = await listen();
    const leave = new AbortController();
    const answer = fetch(`${base}/slow`, { signal: leave.signal }).catch((error: Error) => error.name);
    expect(await eventually(() => counters.yielded === 1)).toBe(true);
    leave.abort();
    expect(await answer).toBe('AbortError');
    expect(await eventually(() => counters.aborted === 1)).toBe(true);
    await sleep(20);
    expect(errors).toEqual([]);
  });

  it('does not abort a procedure that was answered', async () => {
    const { listen, counters } = await notesApp();
    const base = await listen();
    await (await fetch(`${base}/notes/export?count=3`)).text();
    await sleep(50);
    expect(counters).toEqual({ yielded: 3, returned: 1, aborted: 0 });
  });
});

describe('streaming in', () => {
  it('delivers the body as bytes, with fields from the query', async () => {
    const { app } = await notesApp();
    const res = await app.inject({
      method: 'POST',
      url: '/notes/import?dryRun=true',
      headers: { 'content-type': 'text/csv; charset=utf-8' },
      payload: 'a,b\n1,2\n',
    });
    expect([res.statusCode, lines(res.body)]).toEqual([200, [{ row: 1, bytes: 8 }]]);
  });

  it.each([
    ['another type', 'application/json'],
    ['another charset', 'text/csv; charset=utf-16'],
    ['a form', 'multipart/form-data; boundary=x'],
  ])('answers 415 to %s', async (_name, type) => {
    const { app } = await notesApp();
    const res = await app.inject({
      method: 'POST',
      url: '/notes/import',
      headers: { 'content-type': type },
      payload: '{}',
    });
    expect([res.statusCode, res.json().code]).toEqual([415, 'media_type']);
  });

  it('answers 400 to the body’s field in the query', async () => {
    const { app } = await notesApp();
    const headers = { 'content-type': 'text/csv' };
    const res = await app.inject({ method: 'POST', url: '/notes/import?file=x', headers, payload: 'a' });
    expect([res.statusCode, res.json().code]).toEqual([400, 'field_conflict']);
  });

  it('answers 413 to an announced length over the limit before reading', async () => {
    const { app } = await notesApp();
    const res = await app.inject({
      method: 'POST',
      url: '/notes/import',
      headers: { 'content-type': 'text/csv' },
      payload: 'x'.repeat(100_001),
    });
    expect([res.statusCode, res.json().code]).toEqual([413, 'too_large']);
  });

  it.each([
    ['a raw body', '/notes/import', 'text/csv', 413],
    ['a JSON body', '/notes', 'application/json', 413],
    ['a body of the wrong type', '/notes', 'multipart/form-data; boundary=x', 415],
  ])('stops a chunked 200 MB of %s early', async (_name, path, type, status) => {
    const base = await (await notesApp()).listen();
    const sent = await sendChunked(`${base}${path}`, { type, total: 200_000_000 });
    expect(sent.status).toBe(status);
    expect(sent.sentBytes).toBeLessThan(20_000_000);
  });

  it.each([
    ['a JSON body', '/notes', 'application/json', 413],
    ['a body of the wrong type', '/notes', 'text/plain', 415],
  ])('keeps the answer to %s for a client that goes on writing before it reads', async (_name, path, type, status) => {
    const base = await (await notesApp()).listen();
    const socket = net.connect(Number(new URL(base).port), '127.0.0.1');
    const failures: string[] = [];
    socket.on('error', ({ message }) => failures.push(message));
    socket.write(`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: ${type}\r\nTransfer-Encoding: chunked\r\n\r\n`);
    const chunk = Buffer.concat([Buffer.from('10000\r\n'), Buffer.alloc(65_536, 'x'), Buffer.from('\r\n')]);
    // Until the server takes no more, or has cut the connection.
    for (let taken = true; taken && !socket.destroyed; ) {
      for (let chunks = 0; chunks < 16; chunks += 1) socket.write(chunk);
      const before = socket.writableLength;
      await sleep(50);
      taken = socket.writableLength < before;
    }
    let answer = '';
    socket.on('data', (bytes) => {
      answer += bytes.toString('latin1');
    });
    expect(await eventually(() => answer.includes('\r\n\r\n') || socket.destroyed)).toBe(true);
    socket.destroy();
    expect([answer.split(' ')[1], failures]).toEqual([`${status}`, []]);
  });

  it('answers a procedure that stops reading early, and ends the connection', async () => {
    const base = await (await notesApp()).listen();
    const sent = await sendChunked(`${base}/notes/import?stopAfter=1`, { type: 'text/csv', total: 90_000 });
    expect([sent.status, lines(sent.text)[0].row]).toEqual([200, 1]);
  });
});

describe('streaming in and out', () => {
  it('keeps the connection for the next call when the answer ends before the body', async () => {
    const t = initTRPC.meta<{ rest: RestMeta }>().create();
    const file = { types: ['text/csv'], field: 'file', limit: 100_000_000 };
    const router = t.router({
      first: t.procedure
        .meta({ rest: { method: 'POST', path: '/first', summary: 'x', body: file, stream: { item: z.number() } } })
        .input(z.object({ file: z.custom<RawBody>() }))
        .output(streamOf(z.number()))
        .mutation(async function* ({ input }) {
          for await (const chunk of input.file.body) {
            yield chunk.byteLength;
            return;
          }
        }),
    });
    const app = fastify();
    await app.register(restRoutes, { router, createContext: () => ({}), problem: () => ({ status: 500, body: {} }) });
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    const socket = net.connect(Number(new URL(url).port), '127.0.0.1').setEncoding('latin1');
    let answers = '';
    socket.on('data', (text) => {
      answers += text;
    });
    socket.on('error', ({ message }) => {
      answers += message;
    });
    // The first body is more than the sockets of both sides buffer.
    for (const length of [10_000_000, 3]) {
      socket.write(`POST /first HTTP/1.1\r\nHost: x\r\nContent-Type: text/csv\r\nContent-Length: ${length}\r\n\r\n`);
      socket.write(Buffer.alloc(length));
    }
    expect(await eventually(() => answers.match(/HTTP\/1\.1 200/g)?.length === 2)).toBe(true);
    socket.destroy();
    await app.close();
  });
});
