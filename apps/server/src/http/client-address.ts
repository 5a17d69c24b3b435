import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import proxyAddr from '@fastify/proxy-addr';
import type { FastifyRequest } from 'fastify';
import { limitKey } from '../services/limiter.ts';

const WITH_PORT = /^(?:\[([^\]]+)\]|([\d.]+))(?::\d{1,5})?$/;

/**
 * The address alone, of one that may come with a port or in brackets (`192.0.2.1:5678`, `[2001:db8::1]:443`): some proxies
 * forward it so, and each connection would seem to be another caller. Undefined for what is no address.
 */
export function bareAddress(text: string): string | undefined {
  const found = WITH_PORT.exec(text.trim());
  const address = found?.[1] ?? found?.[2] ?? text.trim();
  return isIP(address) === 0 ? undefined : address;
}

/** Whom limits count and logs of who did what name. Where the proxy forwards no address, its own: all its callers are one. */
export const clientAddress = ({ ip, socket }: Pick<FastifyRequest, 'ip' | 'socket'>): string =>
  bareAddress(ip) ?? socket.remoteAddress ?? 'unknown';

/**
 * The client's address of requests that no Fastify has seen yet, as Fastify finds it.
 *
 * @param proxies addresses and networks whose X-Forwarded-For counts
 */
export function addressesBehind(proxies: readonly string[]): (req: IncomingMessage) => string {
  if (proxies.length === 0) return ({ socket }) => socket.remoteAddress ?? 'unknown';
  const isTrusted = proxyAddr.compile([...proxies]);
  return (req) => clientAddress({ ip: proxyAddr(req, isTrusted), socket: req.socket });
}

/** Whose a request is while nobody is known to make it: its address, or the /64 of it, as limits know them. */
export const callerNetwork = (req: Pick<FastifyRequest, 'ip' | 'socket'>): string => limitKey(clientAddress(req));
