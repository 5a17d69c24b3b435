import { expect, it } from 'vitest';
import { answer, type Instead, stubPromptory } from '../../test/stub-promptory.ts';
import type { ImportEvent } from '../contract/contract.ts';
import { createPromptory } from '../create-promptory.ts';

const apiKey = 'pty_live_x';
const counts = { rows: 1, created: 1, updated: 0, unchanged: 0, failed: 0 };
const row = { type: 'row', row: 1, title: '论文', outcome: 'created', promptId: null, reason: null };
const done = { type: 'done', dryRun: true, ...counts };
const ndjson = { 'content-type': 'application/x-ndjson' };

/** An answer that arrives in pieces of `size` bytes. */
function inPieces(text: string, size: number): Response {
  const bytes = new TextEncoder().encode(text);
  const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.slice(index * size, (index + 1) * size),
  );
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const piece = pieces.shift();
      if (piece === undefined) controller.close();
      else controller.enqueue(piece);
    },
  });
  return new Response(body, { headers: ndjson });
}

const clientOf = (instead: Instead) => {
  const stub = stubPromptory({ instead });
  return { stub, promptory: createPromptory({ ...stub, apiKey }) };
};

async function read(events: AsyncIterable<ImportEvent>): Promise<ImportEvent[]> {
  const received: ImportEvent[] = [];
  for await (const event of events) received.push(event);
  return received;
}

it('sends the file as the body and answers its rows, however the answer is cut into pieces', async () => {
  for (const size of [1, 7, 1000]) {
    const { stub, promptory } = clientOf(() => inPieces(`${JSON.stringify(row)}\n${JSON.stringify(done)}\n`, size));
    const events = await read(promptory.$import('title\nA', { type: 'text/csv', dryRun: true, visibility: 'public' }));
    expect(events).toEqual([row, done]);
    const [request] = stub.requests;
    expect(request?.url.href).toBe('http://promptory.test/prompts/import?dryRun=true&visibility=public');
    expect(request?.headers.get('content-type')).toBe('text/csv');
    expect(request?.headers.get('authorization')).toBe('Bearer pty_live_x');
    expect(request?.body).toBe('title\nA');
  }
});

it('reports a refusal, an error in the midst, and an answer that stops too soon, each by its code', async () => {
  const problem = { code: 'import.unreadable', requestId: 'r1', status: 400, title: 'Unreadable', errors: [] };
  const cases: [() => Response, string][] = [
    [() => answer(400, problem, { 'content-type': 'application/problem+json' }), 'import.unreadable'],
    [
      () => answer(200, `${JSON.stringify(row)}\n${JSON.stringify({ ...problem, type: 'error' })}\n`, ndjson),
      'import.unreadable',
    ],
    [() => answer(200, `${JSON.stringify(row)}\n`, ndjson), 'client.network'],
    [() => answer(200, `${JSON.stringify(row)}\n{"type":`, ndjson), 'client.unreadable'],
    [() => answer(500, 'Oops', { 'content-type': 'text/plain' }), 'client.unreadable'],
  ];
  for (const [instead, code] of cases) {
    const { stub, promptory } = clientOf(instead);
    await expect(read(promptory.$import('title\nA', { type: 'text/csv' }))).rejects.toMatchObject({ code });
    expect(stub.requests).toHaveLength(1);
  }
});

it('refuses prompts that are no file, and sends nothing', async () => {
  const { stub, promptory } = clientOf(() => answer(500, 'Oops'));
  const prompts = [{ title: 'A', content: 'a' }];
  for (const file of [prompts, { prompts }, undefined, null] as unknown[] as string[]) {
    const events = promptory.$import(file, { type: 'application/json' });
    await expect(read(events)).rejects.toThrow(/^\$import takes a text, .* JSON\.stringify\(prompts\)\.$/);
  }
  expect(stub.requests).toEqual([]);
});

it('is never tried twice after a broken connection', async () => {
  const { stub, promptory } = clientOf(() => new TypeError('fetch failed'));
  await expect(read(promptory.$import('title\nA', { type: 'text/csv' }))).rejects.toMatchObject({
    code: 'client.network',
  });
  expect(stub.requests).toHaveLength(1);
});

it('sends the file again with a new token where the first was refused, unless it was a stream', async () => {
  const refused = { code: 'auth.invalid_token', requestId: 'r1', status: 401, title: 'Refused', errors: [] };
  const instead: Instead = ({ url, headers }) => {
    if (url.pathname !== '/prompts/import') return undefined;
    return headers.get('authorization') === 'Bearer access-2'
      ? answer(200, JSON.stringify(done), ndjson)
      : answer(401, refused);
  };
  const stub = stubPromptory({ instead });
  const credentials = { email: 'alice@example.org', password: 'correct horse' };
  await expect(
    read(createPromptory({ ...stub, credentials }).$import('title\nA', { type: 'text/csv' })),
  ).resolves.toEqual([done]);
  const other = stubPromptory({ instead });
  const stream = new Blob(['title\nA']).stream();
  await expect(
    read(createPromptory({ ...other, credentials }).$import(stream, { type: 'text/csv' })),
  ).rejects.toMatchObject({ code: 'auth.invalid_token' });
});

it('ends the request when the loop is left', async () => {
  let isLeft = false;
  const { promptory } = clientOf(() => {
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new TextEncoder().encode(`${JSON.stringify(row)}\n`)),
      cancel() {
        isLeft = true;
      },
    });
    return new Response(body, { headers: ndjson });
  });
  for await (const event of promptory.$import('title\nA', { type: 'text/csv' })) {
    expect(event).toEqual(row);
    break;
  }
  expect(isLeft).toBe(true);
});

const progress = { type: 'progress', ...counts, bytes: 7 };

it.each([
  ['a text', 'title\nÄ', 8],
  ['a file', new Blob(['title\nA']), 7],
  ['bytes', new TextEncoder().encode('title\nA'), 7],
  ['a stream, which does not say', new Blob(['title\nA']).stream(), null],
])('says with the progress of %s how large the whole is', async (_, file, totalBytes) => {
  const { promptory } = clientOf(() => inPieces(`${JSON.stringify(progress)}\n${JSON.stringify(done)}\n`, 1000));
  expect(await read(promptory.$import(file, { type: 'text/csv' }))).toEqual([{ ...progress, totalBytes }, done]);
});
