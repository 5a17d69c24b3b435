import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { limitKey } from '../../services/limiter.ts';
import type { ConnectionBounds } from '../../settings/bounds/connections.ts';
import { takenBytes, tcpSocketOf, unreadBytes } from './answers/socket-bytes.ts';
import { type CutReason, type Reader, type UnreadAnswers, unreadAnswers } from './answers/unread-answers.ts';
import { arrivingBodies, type BodyRoom, type Full } from './bodies/arriving-bodies.ts';
import type { Pieces } from './bodies/gathered-pieces.ts';
import { type Sender, slowSenders } from './bodies/slow-senders.ts';
import { inTurn } from './in-turn.ts';
import { type Entry, openConnections } from './places/open-connections.ts';

const SWEEP_MS = 1_000;

export interface ConnectionCut {
  readonly reason: CutReason | 'pipelined' | 'pieces' | 'sending' | 'place';
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
  /** Ends those on which nothing has come, as the servers close. */
  endSilent(): void;
  /** To be given to the server in place of `handler`. */
  inTurn(handler: RequestListener): RequestListener;
  /** Takes the place of a request among those of its caller, as {@link OpenConnections} says; asked again, answers the same. */
  enter(req: IncomingMessage, about: { readonly address: string; readonly isProbe: boolean }): Entry;
  /** Says of the connection of a request that it waits for nothing but a refusal. */
  waitsForRefusal(req: IncomingMessage): void;
  /** Says of a request that its answer is made, has changed nothing and is only sent, so that it may be asked for again. */
  onlySends(req: IncomingMessage): void;
  /**
   * Says of a request that its call waits for its turn, so that it makes way for others: `giveUp` ends that.
   * @returns to be called when its turn has come
   */
  waitsForTurn(req: IncomingMessage, giveUp: () => void): () => void;
  /** Takes room for the body of a request as it arrives, until the request is answered. */
  admitBody(req: IncomingMessage, body: AdmittedBody): BodyRefusal | null;
  /** Says of a request that what has come and comes of its body stays in memory until it is answered. */
  keepsBody(req: IncomingMessage): void;
  counts(): { readonly open: number; readonly unreadBytes: number; readonly arrivingBytes: number };
}

/** Whose share of the room for bodies is used up, or `body`: it is larger than it may be. */
export type BodyRefusal = Full | 'body';

export interface AdmittedBody {
  /** Whom it counts for. */
  readonly address: string;
  /** What is in memory of it at once, however long it is; in bytes. */
  readonly mostHeld: number;
  /** How long it may be, in bytes. */
  readonly mostBytes: number;
  /** Answers its request, where it is refused while it arrives; no more of it is kept by then. */
  onRefused(why: BodyRefusal): void;
}

/** A body from when its head is there. */
interface Arrival {
  readonly res: ServerResponse;
  readonly sender: Sender;
  readonly pieces: Pieces;
  /** Looks at what has come by now; set once its request is admitted. */
  look?: () => BodyRefusal | null;
  /** From now on all of it counts. */
  keep?: () => void;
  onRefused?: AdmittedBody['onRefused'];
  end(): void;
}

/** A connection whose request is answered. */
interface Busy {
  readonly reader: Reader;
  req: IncomingMessage | null;
  /** How that came in, once it was asked. */
  entry: Entry | null;
  /** For a refusal, for its answer to be sent, or for the turn of its call, which it can give up. */
  waits: { giveUp?: () => void } | null;
}

/** @param proxies addresses and networks of proxies, which are bounded by the addresses that they forward */
export function boundConnections(
  bounds: ConnectionBounds,
  proxies: readonly string[],
  { onCut, onRefused }: ConnectionEvents,
): Connections {
  const unread = unreadAnswers(bounds);
  const bodies = arrivingBodies(bounds);
  // Of bodies that are kept whole, which may take minutes to be answered: they leave the other half to what is answered at once.
  const keptBodies = arrivingBodies({ ...bounds, arrivingBytes: bounds.arrivingBytes / 2 });
  const senders = slowSenders(bounds);
  const arriving = new WeakMap<IncomingMessage, Arrival>();
  const servers = new WeakMap<Socket, Server>();
  /** By the connection below TLS. */
  const busy = new Map<Socket, Busy>();
  const open = openConnections(bounds, proxies, (tcp, doing, waitedMs) => {
    const { req, waits } = busy.get(tcp) ?? {};
    if (doing === 'idle') tcp.destroy();
    else if (waits?.giveUp !== undefined) waits.giveUp();
    else ended(req?.socket ?? tcp, 'place', waitedMs);
  });

  const readers = new WeakMap<Socket, Reader>();

  function readerOf(socket: Socket): Reader {
    const known = readers.get(socket);
    if (known !== undefined) return known;
    const reader: Reader = {
      unread: () => unreadBytes(socket),
      taken: () => takenBytes(socket),
      cut: (reason, at) => end(socket, { reason, ...at }),
    };
    readers.set(socket, reader);
    return reader;
  }

  const ended = (socket: Socket, reason: ConnectionCut['reason'], waitedMs = 0): void =>
    end(socket, { reason, unreadBytes: unreadBytes(socket), waitedMs });

  function end(socket: Socket, cut: ConnectionCut): void {
    // By a reset: else the kernel goes on offering what it has in its own buffers, for minutes.
    tcpSocketOf(socket).resetAndDestroy();
    socket.destroy();
    onCut(socket, cut);
  }

  /** Answers 408 as Node does, where it is the turn of this request and nothing was answered; else there is no way to. */
  function endSlow(req: IncomingMessage, mayAnswer: boolean, waitedMs: number): void {
    const tcp = tcpSocketOf(req.socket);
    const server = servers.get(tcp);
    if (!mayAnswer || busy.get(tcp)?.req !== req || server === undefined) ended(req.socket, 'sending', waitedMs);
    else
      server.emit(
        'clientError',
        Object.assign(new Error('too slow'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' }),
        req.socket,
      );
  }

  function beginBody(req: IncomingMessage, res: ServerResponse, pieces: Pieces): void {
    let isAnswered = false;
    const sender: Sender = {
      sent: () => pieces.bytes,
      waitsForUs: () => pieces.isFull,
      onSlow(waitedMs) {
        endSlow(req, !isAnswered && !res.headersSent, waitedMs);
        isAnswered = true;
      },
    };
    const end = (): void => {
      senders.end(sender);
      req.socket.off('close', end);
    };
    senders.begin(sender);
    arriving.set(req, { res, sender, pieces, end });
    req.socket.once('close', end);
  }

  /** Says what a connection does, and since when: who sends or takes too little may have to make way. */
  function look(tcp: Socket, { req, reader, waits }: Busy): void {
    const sender = req === null ? undefined : arriving.get(req)?.sender;
    const since = (sender && senders.sinceOf(sender)) ?? unread.sinceOf(reader);
    if (since !== null) open.does(tcp, 'stands', since);
    else if (waits === null) open.does(tcp, 'work');
  }

  /** The connection of a request whose turn it is there; undefined without a connection, as tests ask. */
  function busyWith(req: IncomingMessage): readonly [tcp: Socket, each: Busy] | undefined {
    const tcp = tcpSocketOf(req.socket);
    const each = busy.get(tcp);
    return each?.req === req ? [tcp, each] : undefined;
  }

  function wait(req: IncomingMessage, waits: NonNullable<Busy['waits']>): () => void {
    const found = busyWith(req);
    if (found === undefined) return () => undefined;
    const [tcp, each] = found;
    each.waits = waits;
    open.does(tcp, 'stands');
    return () => {
      if (each.waits !== waits) return;
      each.waits = null;
      look(tcp, each);
    };
  }

  function makeWay(req: IncomingMessage, waitedMs: number): void {
    const giveUp = busyWith(req)?.[1].waits?.giveUp;
    if (req.complete && giveUp !== undefined) giveUp();
    else ended(req.socket, 'sending', waitedMs);
  }

  /** What has come of a body takes its room, or is refused. */
  function lookAtBody(req: IncomingMessage): void {
    const { look, pieces, onRefused } = arriving.get(req) ?? {};
    const why = look?.() ?? null;
    if (why === null) return;
    pieces?.drop();
    onRefused?.(why);
  }

  function sweep(): void {
    unread.sweep();
    senders.sweep();
    for (const [tcp, each] of busy) look(tcp, each);
  }

  return {
    watch(server) {
      server.on('connection', (socket: Socket) => {
        servers.set(socket, server);
        if (!open.admit(socket)) onRefused();
      });
      let timer: NodeJS.Timeout | undefined;
      server.on('listening', () => {
        timer = setInterval(sweep, SWEEP_MS).unref();
      });
      server.on('close', () => clearInterval(timer));
    },
    endSilent: () => open.endSilent(),
    inTurn: (handler) =>
      inTurn(handler, {
        onBody: beginBody,
        onPiece: lookAtBody,
        onWhole(req) {
          arriving.get(req)?.end();
          const found = busyWith(req);
          if (found !== undefined) look(...found);
        },
        onBusy(socket) {
          const reader = readerOf(socket);
          busy.set(tcpSocketOf(socket), { reader, req: null, entry: null, waits: null });
          unread.begin(reader);
        },
        onBegin(req) {
          const tcp = tcpSocketOf(req.socket);
          const each = busy.get(tcp);
          if (each === undefined) return;
          each.req = req;
          each.entry = null;
          each.waits = null;
          look(tcp, each);
        },
        onIdle(socket) {
          const tcp = tcpSocketOf(socket);
          const each = busy.get(tcp);
          busy.delete(tcp);
          if (each !== undefined) unread.end(each.reader);
          open.does(tcp, 'idle');
        },
        onTooMany: (socket) => ended(socket, 'pipelined'),
        onTooSmall: (socket) => ended(socket, 'pieces'),
      }),
    hasRoom: unread.hasRoom,
    makeRoomFor: unread.makeRoomFor,
    enter(req, { address, isProbe }) {
      const each = busyWith(req)?.[1];
      const entry = each?.entry ?? open.enter(tcpSocketOf(req.socket), address, isProbe);
      if (each !== undefined) each.entry = entry;
      return entry;
    },
    waitsForRefusal: (req) => void wait(req, {}),
    onlySends: (req) => void wait(req, {}),
    waitsForTurn: (req, giveUp) => wait(req, { giveUp }),
    admitBody(req, { address, mostHeld, mostBytes, onRefused }) {
      const arrival = arriving.get(req);
      if (arrival === undefined) return null;
      const { pieces, res } = arrival;
      const body = {
        address: limitKey(address),
        mayMakeWay: () => !req.complete || busyWith(req)?.[1].waits?.giveUp !== undefined,
        makeWay: (waitedMs: number) => makeWay(req, waitedMs),
      };
      const room = bodies.begin(body);
      let kept: BodyRoom | null = null;
      const look = (): BodyRefusal | null => {
        if (pieces.bytes > mostBytes) return 'body';
        const refused = kept?.holds(pieces.bytes) ?? null;
        return refused ?? room.holds(kept === null ? Math.min(pieces.bytes, mostHeld) : pieces.bytes);
      };
      const keep = (): void => {
        kept ??= keptBodies.begin(body);
      };
      res.once('close', () => {
        room.end();
        kept?.end();
      });
      Object.assign(arrival, { look, keep, onRefused });
      return look();
    },
    keepsBody(req) {
      const { keep, res } = arriving.get(req) ?? {};
      if (keep === undefined || res?.closed !== false) return;
      keep();
      lookAtBody(req);
    },
    counts: () => ({ open: open.count, unreadBytes: unread.bytes, arrivingBytes: bodies.bytes }),
  };
}
