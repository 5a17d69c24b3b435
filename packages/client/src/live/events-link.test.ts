import { createTRPCClient } from '@trpc/client';
import { expect, it, onTestFinished, vi } from 'vitest';
import type { AppRouter } from '../contract/contract.ts';
import { eventsLink } from './events-link.ts';

const refusal = (code: string, httpStatus: number) =>
  `event: serialized-error\ndata: ${JSON.stringify({ message: code, code: -32_600, data: { code, httpStatus, requestId: 'r' } })}\n\n`;
const group = (name: string, id: string) => `data: ${JSON.stringify({ type: 'group', name })}\nid: ${id}\n\n`;

/** A client whose streams are answered one after another, each to its end; the last one stays open. */
function givenClient(...answers: readonly string[]) {
  const sent: { place: string | null; token: string | null }[] = [];
  const closing = new AbortController();
  onTestFinished(() => closing.abort());
  const fetch = async (url: string, { headers, signal }: RequestInit): Promise<Response> => {
    const answer = answers[sent.length];
    sent.push({
      place: new URL(url).searchParams.get('lastEventId'),
      token: new Headers(headers).get('authorization'),
    });
    const isLast = sent.length >= answers.length;
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        signal?.addEventListener('abort', () => controller.error(signal.reason));
        controller.enqueue(new TextEncoder().encode(`event: connected\ndata: {}\n\nretry: 1\n\n${answer ?? ''}`));
        if (!isLast) controller.close();
      },
    });
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
  };
  let token = 'old';
  const tokens = {
    token: async () => token,
    existing: async () => token,
    renew: vi.fn(async () => {
      token = 'new';
      return token;
    }),
  };
  const connection = { headers: undefined, fetch, timeoutMs: 1_000, pace: null, closed: closing.signal, tokens };
  const client = createTRPCClient<AppRouter>({ links: [eventsLink(connection, 'http://localhost/trpc')] });
  return { client, sent, tokens };
}

const id = '01900000-0000-7000-8000-000000000001';

it('goes on where a stream has broken off, and by another token where one is not accepted any more', async () => {
  const { client, sent, tokens } = givenClient(
    group('One', 'a'),
    refusal('auth.invalid_token', 401),
    refusal('server.busy', 503),
    group('Two', 'b'),
  );
  const said: string[] = [];
  for await (const event of client.groups.watch.subscribe({ id, lastEventId: 'before' })) {
    said.push(`${Reflect.get(event.data, 'name')} ${event.id}`);
    if (said.length === 2) break;
  }
  expect(said).toEqual(['One a', 'Two b']);
  expect(sent).toEqual([
    { place: 'before', token: 'Bearer old' },
    { place: 'a', token: 'Bearer old' },
    { place: 'a', token: 'Bearer new' },
    { place: 'a', token: 'Bearer new' },
  ]);
  expect(tokens.renew).toHaveBeenCalledOnce();
});

it('fails where it is refused for good, and asks no more', async () => {
  const { client, sent } = givenClient(refusal('group.not_found', 404), group('None', 'a'));
  const reading = async () => {
    for await (const _ of client.groups.watch.subscribe({ id })) throw new Error('Something was said.');
  };
  await expect(reading()).rejects.toMatchObject({ code: 'group.not_found', status: 404 });
  expect(sent).toHaveLength(1);
});
