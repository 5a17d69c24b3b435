import { BlockList, isIP, type Socket } from 'node:net';
import { network64 } from '../../../services/limiter.ts';
import type { ConnectionBounds } from '../../../settings/bounds/connections.ts';
import { type Doing, type Holder, newHolder, ownThatMakesWay, type Place, whoMakesWay } from './places.ts';

/** How a request comes in: as any other, as the last of its connection, or not, since its caller or all have too many. */
export type Entry = 'open' | 'last' | 'address' | 'all';

/** The TCP connections that are open, within their bounds. */
export interface OpenConnections {
  /** Counts a new one until it closes; one too many is closed at once, and answered `false`. */
  admit(socket: Socket): boolean;
  /** @param since when it began, or last moved on, by the clock of `now`; default: now */
  does(socket: Socket, doing: Doing, since?: number): void;
  /** To be asked when the head of a request is there. @param address whose it is, which a proxy forwards */
  enter(socket: Socket, address: string, isProbe: boolean): Entry;
  /** Ends those on which nothing has come: a server that closes would wait for what they say. */
  endSilent(): void;
  readonly count: number;
}

/**
 * Connections beyond the bound where nobody makes way: whoever comes there is asked what it wants. Health checks and metrics
 * are answered, all else is told to come again.
 */
const SPARE_PLACES = 8;

/**
 * @param proxies addresses and networks whose connections carry the requests of many: they count for the address that they
 *   forward, while its request is answered
 * @param makesWay called for each connection that ends for another
 * @param now milliseconds
 */
export function openConnections(
  bounds: Pick<ConnectionBounds, 'connections' | 'connectionsPerAddress'>,
  proxies: readonly string[],
  makesWay: (socket: Socket, doing: Doing, waitedMs: number) => void,
  now: () => number = () => performance.now(),
): OpenConnections {
  const open = new Map<Socket, Place>();
  const spare = new Set<Place>();
  const holders = new Map<string, Holder>();
  const nobody = newHolder(null);
  const isProxy = within(proxies);

  const holderOf = (network: string | null): Holder =>
    network === null ? nobody : (holders.get(network) ?? newHolder(network));

  function join(place: Place): void {
    const { holder } = place;
    if (holder.network !== null) holders.set(holder.network, holder);
    holder.count += 1;
    list(place);
  }

  function leave(place: Place): void {
    const { holder } = place;
    unlist(place);
    holder.count -= 1;
    if (holder.network !== null && holder.count === 0) holders.delete(holder.network);
  }

  function move(place: Place, holder: Holder): void {
    if (place.holder === holder) return;
    leave(place);
    place.holder = holder;
    join(place);
  }

  function forget(place: Place): void {
    if (!open.delete(place.socket)) return;
    spare.delete(place);
    leave(place);
  }

  function end(place: Place): void {
    forget(place);
    makesWay(place.socket, place.doing, Math.round(now() - place.since));
  }

  function hasPlace(newcomer: Holder): boolean {
    for (;;) {
      if (open.size - spare.size < bounds.connections) return true;
      const place = whoMakesWay(nobody, holders.values(), newcomer, now());
      if (place === undefined) return false;
      end(place);
    }
  }

  /** Who has not asked there makes way: of its own address any, of others the one there longest. */
  function hasSparePlace(newcomer: Holder): boolean {
    const silent = [...spare].filter(({ doing }) => doing !== 'work');
    const own = newcomer === nobody ? undefined : silent.find(({ holder }) => holder === newcomer);
    const place = own ?? (spare.size < SPARE_PLACES ? undefined : silent[0]);
    if (place !== undefined) end(place);
    return spare.size < SPARE_PLACES;
  }

  function hasRoomOfItsOwn(holder: Holder): boolean {
    if (holder === nobody || holder.count < bounds.connectionsPerAddress) return true;
    const place = ownThatMakesWay(holder, now());
    if (place !== undefined) end(place);
    return place !== undefined;
  }

  return {
    admit(socket) {
      const holder = holderOf(networkOf(socket.remoteAddress, isProxy));
      const mayCome = hasRoomOfItsOwn(holder);
      const isSpare = mayCome && !hasPlace(holder);
      if (!mayCome || (isSpare && !hasSparePlace(holder))) {
        socket.destroy();
        return false;
      }
      const place: Place = { socket, holder, isSpare, doing: 'idle', since: now() };
      open.set(socket, place);
      if (isSpare) spare.add(place);
      join(place);
      socket.once('close', () => forget(place));
      return true;
    },
    endSilent() {
      for (const socket of open.keys()) if (socket.bytesRead === 0) socket.destroy();
    },
    does(socket, doing, since = now()) {
      const place = open.get(socket);
      if (place === undefined || (place.doing === doing && place.since === since)) return;
      unlist(place);
      place.doing = doing;
      place.since = since;
      list(place);
      if (doing === 'idle' && isProxy(socket.remoteAddress ?? '')) move(place, nobody);
    },
    enter(socket, address, isProbe) {
      const place = open.get(socket);
      // Without a connection, as tests ask, or one that has just ended.
      if (place === undefined) return 'open';
      if (isProxy(socket.remoteAddress ?? '')) {
        const holder = holderOf(networkOf(address, (each) => each === socket.remoteAddress));
        const isRefused = holder !== place.holder && !isProbe && !hasRoomOfItsOwn(holder);
        // Also one that is refused is its own, while it waits for that.
        move(place, holder);
        if (isRefused) return 'address';
      }
      if (!spare.has(place)) return 'open';
      if (!hasPlace(place.holder)) return isProbe ? 'last' : 'all';
      spare.delete(place);
      place.isSpare = false;
      list(place);
      return 'open';
    },
    get count() {
      return open.size;
    },
  };
}

/** Null for nobody in particular. */
const networkOf = (address: string | undefined, isProxy: (address: string) => boolean): string | null =>
  address === undefined || isIP(address) === 0 || isProxy(address) ? null : network64(address);

/** Among those that may make way for others. */
function list(place: Place): void {
  const { doing, holder, isSpare } = place;
  if (isSpare) return;
  if (doing === 'idle') holder.idle.add(place);
  else if (doing === 'stands') holder.halted.add(place);
}

function unlist(place: Place): void {
  const { doing, holder } = place;
  if (doing === 'idle') holder.idle.delete(place);
  else if (doing === 'stands') holder.halted.delete(place);
}

function within(networks: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return (address) => networks.length > 0 && list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}
