import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BootedApp, bootApp } from '../boot.ts';
import { givenWorld } from '../given-world.ts';
import { doors, knock } from '../three-doors.ts';
import { provokable } from './sqlstate.ts';

// What the attacks found, each as the guarantee that did not hold.

let server: BootedApp;
beforeAll(async () => {
  server = await bootApp();
  await provokable(server);
});
afterAll(() => server.close());

describe('a call whose session the database ends within its transaction', () => {
  it.each(doors)('is answered 503 with Retry-After by %s, and the next one is served', async (door) => {
    const world = await givenWorld(server);
    const headers = await world.headersOf('owner');
    const ended = await knock(server, door, 'groups.create', { name: 'provoke 57P01' }, headers);
    expect([ended.status, ended.code]).toEqual([503, 'server.unavailable']);
    expect(Number(ended.response.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    expect((await knock(server, door, 'groups.create', { name: 'Next' }, headers)).code).toBe('ok');
  });
});
