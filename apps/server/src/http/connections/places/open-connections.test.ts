import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { openConnections } from './open-connections.ts';
import type { Doing } from './places.ts';

const PROXY = '10.0.0.1';

function given(connections: number, connectionsPerAddress = connections) {
  const clock = { ms: 0 };
  const gone: { socket: Socket; doing: Doing; waitedMs: number }[] = [];
  const open = openConnections(
    { connections, connectionsPerAddress },
    [PROXY],
    (socket, doing, waitedMs) => void gone.push({ socket, doing, waitedMs }),
    () => clock.ms,
  );
  /** A connection that comes; undefined where it is closed at once. */
  const come = (address: string, doing: Doing = 'idle'): Socket | undefined => {
    const socket = new Socket();
    Object.defineProperty(socket, 'remoteAddress', { value: address });
    if (!open.admit(socket)) return undefined;
    open.does(socket, doing);
    return socket;
  };
  const many = (address: string, count: number, doing: Doing) =>
    Array.from({ length: count }, () => come(address, doing)).filter((socket) => socket !== undefined);
  return { clock, gone, open, come, many, lost: () => gone.map(({ socket }) => socket.remoteAddress) };
}

/** A connection comes and asks; whether as any other. */
function asks({ come, open }: ReturnType<typeof given>, address: string, isProbe = false) {
  const socket = come(address);
  return socket === undefined ? 'closed' : open.enter(socket, address, isProbe);
}

describe('the places of connections', () => {
  it.each(['idle', 'stands'] as const)('of whoever has most are given to whoever comes with few (%s)', (doing) => {
    const world = given(100, 25);
    for (const address of ['192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4']) world.many(address, 25, doing);
    for (let index = 1; index <= 20; index += 1) expect(asks(world, `198.51.100.${index}`)).toBe('open');
    expect(new Set(world.lost())).toEqual(new Set(['192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4']));
  });

  it('of whoever has few are taken by nobody who has many', () => {
    const world = given(60, 50);
    const kept = world.many('198.51.100.1', 6, 'idle');
    world.many('192.0.2.1', 50, 'stands');
    world.many('192.0.2.2', 4, 'stands');
    world.clock.ms = 5_000;
    world.many('192.0.2.2', 200, 'stands');
    expect(world.gone.filter(({ socket }) => kept.includes(socket))).toEqual([]);
    // And as many as are beyond the bound.
    expect(world.open.count).toBeLessThanOrEqual(68);
  });

  it('make way idle before sending, and each who has waited longest', () => {
    const world = given(4);
    const [first] = world.many('192.0.2.1', 1, 'stands');
    world.clock.ms = 1;
    const [second] = world.many('192.0.2.1', 1, 'stands');
    const [third] = world.many('192.0.2.1', 1, 'idle');
    world.clock.ms = 2;
    const [fourth] = world.many('192.0.2.1', 1, 'idle');
    world.clock.ms = 3_000;
    for (let index = 11; index < 15; index += 1) world.many(`192.0.2.${index}`, 1, 'work');
    expect(world.gone.map(({ socket }) => [third, fourth, first, second].indexOf(socket))).toEqual([0, 1, 2, 3]);
    expect(world.gone.map(({ waitedMs }) => waitedMs)).toEqual([2_999, 2_998, 3_000, 2_999]);
  });

  it('that have moved on since count from then', () => {
    const world = given(2);
    const [moving] = world.many('192.0.2.1', 1, 'stands');
    world.clock.ms = 1_000;
    const [waiting] = world.many('192.0.2.1', 1, 'stands');
    world.clock.ms = 4_000;
    if (moving !== undefined) world.open.does(moving, 'stands', 3_000);
    expect(asks(world, '192.0.2.9')).toBe('open');
    expect(world.gone.map(({ socket }) => socket)).toEqual([waiting]);
  });

  it('at work make way for nobody: health checks are answered beyond them, all else is told to come again', () => {
    const world = given(10);
    world.many('192.0.2.1', 10, 'work');
    expect([asks(world, '198.51.100.1'), asks(world, '198.51.100.2', true)]).toEqual(['all', 'last']);
    expect(world.gone).toEqual([]);
  });

  it('beyond the bound are few, and one that says nothing gives its own to the next', () => {
    const world = given(10);
    world.many('192.0.2.1', 10, 'work');
    const silent = world.many('192.0.2.2', 50, 'idle');
    expect([silent.length, world.open.count]).toEqual([50, 11]);
    for (let index = 1; index <= 50; index += 1) world.come(`192.0.2.${index}`);
    expect(world.open.count).toBe(18);
    expect(asks(world, '198.51.100.1', true)).toBe('last');
  });

  it('beyond the bound become ordinary ones as soon as there is room', () => {
    const world = given(1);
    const [busy] = world.many('192.0.2.1', 1, 'work');
    const late = world.come('198.51.100.1');
    busy?.emit('close');
    expect(late && world.open.enter(late, '198.51.100.1', false)).toBe('open');
    expect(world.open.count).toBe(1);
  });

  it('of one address are bounded; of its own one makes way that stood for two seconds', () => {
    const world = given(10, 2);
    world.many('192.0.2.1', 2, 'stands');
    expect(world.come('192.0.2.1')).toBeUndefined();
    world.clock.ms = 2_000;
    expect(world.come('192.0.2.1')).toBeDefined();
    expect(world.come('192.0.2.1')).toBeDefined();
    expect(world.come('192.0.2.1')).toBeUndefined();
    expect([world.open.count, world.gone.length]).toEqual([2, 2]);
  });

  it('of a proxy are those of whom it asks for, while it does', () => {
    const world = given(100, 3);
    const sockets = world.many(PROXY, 10, 'idle');
    const entered = sockets.slice(0, 5).map((socket) => {
      const entry = world.open.enter(socket, '203.0.113.7', false);
      if (entry === 'open') world.open.does(socket, 'work');
      else socket.emit('close');
      return entry;
    });
    expect(entered).toEqual(['open', 'open', 'open', 'address', 'address']);
    const [first] = sockets;
    if (first !== undefined) world.open.does(first, 'idle');
    expect(sockets.slice(5, 7).map((socket) => world.open.enter(socket, '203.0.113.7', false))).toEqual([
      'open',
      'address',
    ]);
    expect(sockets.slice(7, 8).map((socket) => world.open.enter(socket, PROXY, false))).toEqual(['open']);
  });

  it('of a client behind a proxy that has taken all make way for another behind it', () => {
    const world = given(100);
    for (const socket of world.many(PROXY, 100, 'idle')) {
      world.open.enter(socket, '203.0.113.7', false);
      world.open.does(socket, 'stands');
    }
    const other = world.come(PROXY);
    expect(other && world.open.enter(other, '203.0.113.8', false)).toBe('open');
    expect(world.gone.map(({ doing }) => doing)).toEqual(['stands']);
  });

  it('of a proxy that have just come stay, however many of a client behind it come after them', () => {
    const world = given(40, 10);
    const others = world.many(PROXY, 5, 'idle');
    for (let index = 0; index < 100; index += 1) {
      const socket = world.come(PROXY, 'stands');
      if (socket !== undefined) world.open.enter(socket, '203.0.113.7', false);
    }
    expect(world.gone.filter(({ socket }) => others.includes(socket))).toEqual([]);
  });

  it('of an IPv6 network count together, and nothing is kept of who has gone', () => {
    const world = given(10, 2);
    const [one, other] = [world.come('2001:db8::1'), world.come('2001:db8::2')];
    expect(world.come('2001:db8::3')).toBeUndefined();
    one?.emit('close');
    other?.emit('close');
    expect([world.open.count, world.come('2001:db8::3') === undefined]).toEqual([0, false]);
  });
});
