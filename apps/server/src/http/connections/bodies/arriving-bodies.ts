import type { ConnectionBounds } from '../../../settings/bounds/connections.ts';

/** A body that arrives, or whose call waits or is being answered. */
export interface ArrivingBody {
  /** Whom it counts for. */
  readonly address: string;
  /** Whether its call has not begun: it still arrives, or waits for its turn. */
  mayMakeWay(): boolean;
  /** Ends its request. */
  makeWay(waitedMs: number): void;
}

/** Whose share of the room is used up. */
export type Full = 'address' | 'all';

/** The room that one body has. */
export interface BodyRoom {
  /** Takes room for all that is here of it, so many bytes. @returns whose share is used up, where it has none */
  holds(bytes: number): Full | null;
  /** Gives it back. */
  end(): void;
}

/** What bodies take of memory from when they arrive until their call is answered. */
export interface ArrivingBodies {
  begin(body: ArrivingBody): BodyRoom;
  /** Bytes for which room is taken. */
  readonly bytes: number;
}

/** So many bytes of each body are not counted: as many as there may be connections take little. */
export const SMALL_BODY_BYTES = 16_384;
/** How long one is left alone that has just begun. */
const REST_MS = 2_000;
const FRESH_WEIGHT = 0.25;

/** Whose bodies they are. */
interface Holder {
  bytes: number;
  /** Longest first. */
  readonly rooms: Set<Room>;
}

interface Room {
  readonly body: ArrivingBody;
  readonly holder: Holder;
  /** When it began. */
  readonly since: number;
  bytes: number;
}

/**
 * Room is taken by what has arrived, not by what is announced. Where none is left a body makes way of the address that holds
 * most, as long as its call has not begun, and nobody does for an address that would then hold as much. Whoever holds all that
 * one address may has its own make way, of those that have had two seconds.
 *
 * @param now milliseconds
 */
export function arrivingBodies(
  { arrivingBytes, arrivingBytesPerAddress }: Pick<ConnectionBounds, 'arrivingBytes' | 'arrivingBytesPerAddress'>,
  now: () => number = () => performance.now(),
): ArrivingBodies {
  const holders = new Map<string, Holder>();
  let taken = 0;

  function take(room: Room, bytes: number): void {
    room.bytes += bytes;
    room.holder.bytes += bytes;
    taken += bytes;
  }

  function end(room: Room): void {
    if (!room.holder.rooms.delete(room)) return;
    take(room, -room.bytes);
    if (room.holder.rooms.size === 0) holders.delete(room.body.address);
  }

  const hasRested = ({ since }: Room): boolean => now() - since >= REST_MS;

  const longest = ({ rooms }: Holder, may: (room: Room) => boolean = () => true): Room | undefined =>
    [...rooms].find((room) => room.body.mayMakeWay() && may(room));

  const ownThatMakesWay = (newcomer: Room): Room | undefined =>
    longest(newcomer.holder, (room) => room !== newcomer && hasRested(room));

  function whoMakesWay(newcomer: Room, bytes: number): Room | undefined {
    let found: Room | undefined;
    let most = newcomer.holder.bytes + bytes;
    for (const holder of holders.values()) {
      if (holder === newcomer.holder || holder.bytes <= most) continue;
      const room = longest(holder);
      if (room === undefined) continue;
      const weight = holder.bytes * (hasRested(room) ? 1 : FRESH_WEIGHT);
      if (weight <= most) continue;
      found = room;
      most = weight;
    }
    return found ?? ownThatMakesWay(newcomer);
  }

  /** Whether `isFull` ends, however many have to go for it. */
  function makeRoom(isFull: () => boolean, next: () => Room | undefined): boolean {
    while (isFull()) {
      const room = next();
      if (room === undefined) return false;
      end(room);
      room.body.makeWay(Math.round(now() - room.since));
    }
    return true;
  }

  return {
    begin(body) {
      const holder = holders.get(body.address) ?? { bytes: 0, rooms: new Set<Room>() };
      const room: Room = { body, holder, since: now(), bytes: 0 };
      holders.set(body.address, holder);
      holder.rooms.add(room);
      return {
        holds(bytes) {
          const more = Math.max(0, bytes - SMALL_BODY_BYTES) - room.bytes;
          // What has made way takes none again.
          if (more <= 0 || !holder.rooms.has(room)) return null;
          const ownIsFull = (): boolean => holder.bytes + more > arrivingBytesPerAddress;
          if (!makeRoom(ownIsFull, () => ownThatMakesWay(room))) return 'address';
          const isFull = (): boolean => taken + more > arrivingBytes;
          if (!makeRoom(isFull, () => whoMakesWay(room, more))) return 'all';
          take(room, more);
          return null;
        },
        end: () => end(room),
      };
    },
    get bytes() {
      return taken;
    },
  };
}
