import type { IncomingMessage, RequestListener, Server } from 'node:http';
import type { Socket } from 'node:net';
import { limitKey } from '../../services/limiter.ts';
import type { ConnectionBounds } from '../../settings/bounds/connections.ts';
import { type ArrivingBodies, type ArrivingBody, arrivingBodies } from './arriving-bodies.ts';
import { inTurn } from './in-turn.ts';
import { openConnections } from './open-connections.ts';
import { takenBytes, tcpSocketOf, unreadBytes } from './socket-bytes.ts';
import { type CutReason, type Reader, type UnreadAnswers, unreadAnswers } from './unread-answers.ts';

const SWEEP_MS = 1_000;

export interface ConnectionCut {
  readonly reason: CutReason | 'pipelined' | 'pieces' | 'sending';
  /** What waited in memory for its reader. */
  readonly unreadBytes: number;
  /** How long it had been too slow, to read or to send; 0 where that was not the reason. */
  readonly waitedMs: number;
}

export interface ConnectionEvents {
  /** @param socket as requests have it: of TLS, the encrypted one */
  onCut(socket: Socket, cut: ConnectionCut): void;
  /** One too many was closed before it said anything. */
  onRefused(): void;
}

/** All connections of an app, over however many servers, within their bounds. */
export interface Connections extends Pick<UnreadAnswers, 'hasRoom' | 'makeRoomFor'> {
  /** Watches the connections of a server, from before it listens. */
  watch(server: Server): void;
  /** To be given to the server in place of `handler`. */
  inTurn(handler: RequestListener): RequestListener;
  /** Takes room for the body of a request, as {@link ArrivingBodies} says. */
  admitBody(req: IncomingMessage, about: Pick<ArrivingBody, 'address' | 'bytes'>): ReturnType<ArrivingBodies['admit']>;
  counts(): { readonly open: number; readonly unreadBytes: number; readonly arrivingBytes: number };
}

/** @param proxies addresses and networks of proxies, which are not bounded by address */
export function boundConnections(
  bounds: ConnectionBounds,
  proxies: readonly string[],
  { onCut, onRefused }: ConnectionEvents,
): Connections {
  const open = openConnections(bounds, proxies);
  const unread = unreadAnswers(bounds);
  const bodies = arrivingBodies(bounds);
  const readers = new WeakMap<Socket, Reader>();

  const readerOf = (socket: Socket): Reader => ({
    unread: () => unreadBytes(socket),
    taken: () => takenBytes(socket),
    cut: (reason, at) => end(socket, { reason, ...at }),
  });

  const ended = (socket: Socket, reason: ConnectionCut['reason'], waitedMs = 0): void =>
    end(socket, { reason, unreadBytes: unreadBytes(socket), waitedMs });

  function end(socket: Socket, cut: ConnectionCut): void {
    // By a reset: else the kernel goes on offering what it has in its own buffers, for minutes.
    tcpSocketOf(socket).resetAndDestroy();
    socket.destroy();
    onCut(socket, cut);
  }

  return {
    watch(server) {
      server.on('connection', (socket: Socket) => {
        if (!open.admit(socket)) onRefused();
      });
      let timer: NodeJS.Timeout | undefined;
      server.on('listening', () => {
        timer = setInterval(unread.sweep, SWEEP_MS).unref();
      });
      server.on('close', () => clearInterval(timer));
    },
    inTurn: (handler) =>
      inTurn(handler, {
        onBusy(socket) {
          const reader = readerOf(socket);
          readers.set(socket, reader);
          unread.begin(reader);
          open.setIdle(tcpSocketOf(socket), false);
        },
        onIdle(socket) {
          const reader = readers.get(socket);
          if (reader !== undefined) unread.end(reader);
          open.setIdle(tcpSocketOf(socket), true);
        },
        onTooMany: (socket) => ended(socket, 'pipelined'),
        onTooSmall: (socket) => ended(socket, 'pieces'),
      }),
    hasRoom: unread.hasRoom,
    makeRoomFor: unread.makeRoomFor,
    admitBody: (req, { address, bytes }) =>
      bodies.admit({
        address: limitKey(address),
        bytes,
        isComplete: () => req.complete,
        cut: (waitedMs) => ended(req.socket, 'sending', waitedMs),
      }),
    counts: () => ({ open: open.count, unreadBytes: unread.bytes, arrivingBytes: bodies.bytes }),
  };
}
