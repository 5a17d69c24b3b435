import { BlockList, isIP, type Socket } from 'node:net';
import { network64 } from '../../services/limiter.ts';
import type { ConnectionBounds } from '../../settings/bounds/connections.ts';

/** The TCP connections that are open, within their bounds. */
export interface OpenConnections {
  /** Counts a new one until it closes; one too many is closed at once, and answered `false`. */
  admit(socket: Socket): boolean;
  /** Whether a request of it is answered: who is idle makes way for others where all places are taken. */
  setIdle(socket: Socket, idle: boolean): void;
  readonly count: number;
}

/** @param proxies addresses and networks whose connections carry the requests of many, and are not counted by address */
export function openConnections(
  bounds: Pick<ConnectionBounds, 'connections' | 'connectionsPerAddress'>,
  proxies: readonly string[],
): OpenConnections {
  const open = new Set<Socket>();
  /** Oldest first. */
  const idle = new Set<Socket>();
  const perAddress = new Map<string, number>();
  const isProxy = within(proxies);

  /** Whom a connection counts for; null for nobody in particular. */
  const callerOf = ({ remoteAddress }: Socket): string | null =>
    remoteAddress === undefined || isProxy(remoteAddress) ? null : network64(remoteAddress);

  function forget(socket: Socket, caller: string | null): void {
    open.delete(socket);
    idle.delete(socket);
    if (caller === null) return;
    const left = (perAddress.get(caller) ?? 1) - 1;
    if (left === 0) perAddress.delete(caller);
    else perAddress.set(caller, left);
  }

  function hasPlace(caller: string | null): boolean {
    if (caller !== null && (perAddress.get(caller) ?? 0) >= bounds.connectionsPerAddress) return false;
    if (open.size < bounds.connections) return true;
    const [longestIdle] = idle;
    if (longestIdle === undefined) return false;
    idle.delete(longestIdle);
    longestIdle.destroy();
    return true;
  }

  return {
    admit(socket) {
      const caller = callerOf(socket);
      if (!hasPlace(caller)) {
        socket.destroy();
        return false;
      }
      open.add(socket);
      idle.add(socket);
      if (caller !== null) perAddress.set(caller, (perAddress.get(caller) ?? 0) + 1);
      socket.once('close', () => forget(socket, caller));
      return true;
    },
    setIdle(socket, isIdle) {
      if (isIdle && open.has(socket)) idle.add(socket);
      else idle.delete(socket);
    },
    get count() {
      return open.size;
    },
  };
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
