import { afterEach, expect, it } from 'vitest';
import { type ConnectionBounds, defaultConnectionBounds } from '../../src/settings/bounds/connections.ts';
import { type BootedApp, bootApp } from '../harness/boot.ts';
import { getRequest, sendUnread, type UnreadConnection } from '../harness/unread-connection.ts';
import { connectionCounts } from '../security/f-resources/readers/connection-counts.ts';
import { givenLongPrompts } from '../security/f-resources/readers/long-prompts.ts';

// The rules are tested where they live; here that a server that listens goes by them.

const MEBIBYTE = 1_048_576;

let server: BootedApp;
const open: UnreadConnection[] = [];
afterEach(async () => {
  for (const connection of open.splice(0)) connection.close();
  await server.close();
});

/** @returns asks for more than the buffers between two ends of a connection take, and reads nothing */
async function given(bounds: Partial<ConnectionBounds>): Promise<() => Promise<void>> {
  server = await bootApp({ app: { connections: { ...defaultConnectionBounds, ...bounds } } });
  const page = getRequest('/prompts?limit=100', await givenLongPrompts(server, 20));
  return async () => {
    open.push(await sendUnread(await server.url(), Array<string>(6).fill(page), 'takes nothing'));
  };
}

it('are cut off once their reader has taken too little for too long', async () => {
  const askAndNotRead = await given({ slowestReader: { bytes: 262_144, seconds: 1 } });
  await askAndNotRead();
  await expect.poll(async () => (await connectionCounts(server)).slow).toBe(1);
  await expect.poll(async () => (await connectionCounts(server)).unreadBytes).toBe(0);
});

it('that fill the memory have others come again, but health checks, until they are cut off', async () => {
  const askAndNotRead = await given({ unreadBytes: MEBIBYTE, slowestReader: { bytes: 1, seconds: 3_600 } });
  const statusOf = async (path: string): Promise<number> => (await fetch(`${await server.url()}${path}`)).status;
  // What has waited for two seconds makes way.
  await expect
    .poll(async () => {
      await askAndNotRead();
      return statusOf('/nowhere');
    })
    .toBe(503);
  expect(await statusOf('/health/live')).toBe(200);
  await expect.poll(() => statusOf('/nowhere')).toBe(404);
  expect((await connectionCounts(server)).full).toBeGreaterThan(0);
});
