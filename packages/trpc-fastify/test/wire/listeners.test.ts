import { createTRPCClient, httpBatchLink, httpBatchStreamLink } from '@trpc/client';
import { initTRPC } from '@trpc/server';
import { expect, it, onTestFinished, vi } from 'vitest';
import { z } from 'zod';
import { serveWire } from '../fixtures/serve-wire.ts';

const CALLS = 30;
const t = initTRPC.create({ isDev: false });
const router = t.router({
  echo: t.procedure.input(z.string().max(10)).query(({ input }) => input),
});

it.each([
  ['httpBatchLink', httpBatchLink<typeof router>],
  ['httpBatchStreamLink', httpBatchStreamLink<typeof router>],
] as const)('puts few listeners on the signal that the calls of one batch share, by %s', async (_name, link) => {
  const added = new Map<AbortSignal, number>();
  const { addEventListener } = AbortSignal.prototype;
  const spy = vi.spyOn(AbortSignal.prototype, 'addEventListener').mockImplementation(function (
    this: AbortSignal,
    ...given: Parameters<typeof addEventListener>
  ) {
    added.set(this, (added.get(this) ?? 0) + 1);
    addEventListener.apply(this, given);
  });
  onTestFinished(() => spy.mockRestore());
  const { url, requests } = await serveWire(router);
  const client = createTRPCClient<typeof router>({ links: [link({ url })] });
  const texts = Array.from({ length: CALLS }, (_, index) => `${index}`);
  expect(await Promise.all(texts.map((text) => client.echo.query(text)))).toEqual(texts);
  expect(requests).toHaveLength(1);
  // More than ten at a time are what Node 20 warns of; so many are never put on one, taken off again or not.
  expect(Math.max(0, ...added.values())).toBeLessThan(5);
});
