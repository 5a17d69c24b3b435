import { describe, expect, it } from 'vitest';
import { ID, MISSING } from '../fixtures/notes.ts';
import { notesApp } from '../fixtures/notes-app.ts';

const PROBLEM = 'application/problem+json; charset=utf-8';

describe('the type of an answer', () => {
  it.each(['*/*', 'application/*', 'application/json;q=0.1', 'text/html, */*;q=0.1', 'nonsense'])(
    'is JSON for Accept: %s',
    async (accept) => {
      const { app } = await notesApp();
      const res = await app.inject({ url: `/notes/${ID}`, headers: { accept } });
      expect([res.statusCode, res.headers['content-type']]).toEqual([200, 'application/json; charset=utf-8']);
    },
  );

  it.each(['text/html', 'application/json;q=0', 'application/problem+json'])(
    'is refused with 406 for Accept: %s, with what there is',
    async (accept) => {
      const { app } = await notesApp();
      const res = await app.inject({ url: `/notes/${ID}`, headers: { accept } });
      expect([res.statusCode, res.headers['content-type']]).toEqual([406, PROBLEM]);
      expect(res.json()).toMatchObject({
        status: 406,
        code: 'not_acceptable',
        detail: 'This route answers application/json.',
      });
    },
  );

  it('is checked before the call and before its body is read', async () => {
    const { app, contexts } = await notesApp();
    const payload = '{"broken":';
    const headers = { accept: 'text/html', 'content-type': 'application/json' };
    const res = await app.inject({ method: 'POST', url: '/notes', headers, payload });
    expect([res.statusCode, res.json().code, contexts]).toEqual([406, 'not_acceptable', []]);
  });

  it('does not matter where the answer has no body', async () => {
    const { app } = await notesApp();
    const res = await app.inject({ method: 'DELETE', url: `/notes/${ID}`, headers: { accept: 'image/png' } });
    expect(res.statusCode).toBe(204);
  });

  it('is a problem document for an error, also where only JSON is accepted', async () => {
    const { app } = await notesApp();
    for (const accept of ['application/json', 'application/json, application/problem+json;q=0']) {
      const res = await app.inject({ url: `/notes/${MISSING}`, headers: { accept } });
      expect([res.statusCode, res.headers['content-type']]).toEqual([404, PROBLEM]);
    }
  });
});

describe('the type of a stream', () => {
  it.each([
    [undefined, 'application/x-ndjson'],
    ['*/*', 'application/x-ndjson'],
    ['application/*', 'application/x-ndjson'],
    ['toString', 'application/x-ndjson'],
    ['text/csv', 'text/csv'],
    ['text/*', 'text/csv'],
    ['text/csv, */*', 'text/csv'],
    ['application/x-ndjson;q=0.1, text/csv', 'text/csv'],
    ['text/csv;q=0.1, application/x-ndjson', 'application/x-ndjson'],
    ['application/x-ndjson;q=0, */*', 'text/csv'],
  ])('goes by Accept: %s to %s, and says that it does', async (accept, type) => {
    const { app } = await notesApp();
    const res = await app.inject({ url: '/notes/export', headers: accept === undefined ? {} : { accept } });
    expect([res.headers['content-type'], res.headers.vary]).toEqual([type, 'accept']);
    expect(res.body.startsWith(type === 'text/csv' ? 'id,title\r\n' : '{')).toBe(true);
  });

  it.each(['application/json', 'text/csv;q=0', 'text/html'])(
    'is refused with 406 for Accept: %s, and nothing is read',
    async (accept) => {
      const { app, counters } = await notesApp();
      const res = await app.inject({ url: '/notes/export', headers: { accept } });
      expect([res.statusCode, res.json().detail]).toEqual([
        406,
        'This route answers application/x-ndjson or text/csv.',
      ]);
      expect(counters.yielded).toBe(0);
    },
  );

  it('leaves an error before the first item a problem document', async () => {
    const { app } = await notesApp();
    const res = await app.inject({ url: '/notes/export?failAt=0', headers: { accept: 'text/csv' } });
    expect([res.statusCode, res.headers['content-type']]).toEqual([409, PROBLEM]);
  });
});

describe('a body of another type', () => {
  it('is answered with the types that the route takes', async () => {
    const { app } = await notesApp();
    const send = (url: string) =>
      app.inject({ method: 'POST', url, headers: { 'content-type': 'text/plain' }, payload: 'x' });
    const json = await send('/notes');
    expect([json.statusCode, json.headers.accept]).toEqual([415, 'application/json']);
    const raw = await send('/notes/import');
    expect([raw.statusCode, raw.headers.accept]).toEqual([415, 'text/csv, application/x-ndjson']);
  });
});
