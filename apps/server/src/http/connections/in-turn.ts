import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { announcesBody, gatherPieces, type Pieces } from './bodies/gathered-pieces.ts';

/** Requests of one connection that may wait for their turn. No browser sends any ahead, and tools send ten or so. */
const MAX_WAITING = 32;
/** Of these with a body, of which Node reads 64 KiB ahead. Who has an answer may send the next before we know that it was taken. */
const MAX_WAITING_BODIES = 1;

interface Turns {
  isBusy: boolean;
  readonly waiting: Array<{ readonly hasBody: boolean; begin(): void }>;
}

/** What is done around the requests of a connection. */
export interface TurnHooks {
  /** A request with a body comes, whoever's turn it is. */
  onBody(req: IncomingMessage, res: ServerResponse, pieces: Pieces): void;
  /** One more piece of its body has come, and is not kept yet. */
  onPiece(req: IncomingMessage): void;
  /** All of its body is here. */
  onWhole(req: IncomingMessage): void;
  /** The turn of a request comes. */
  onBegin(req: IncomingMessage): void;
  /** The first request comes, of a connection that had none. */
  onBusy(socket: Socket): void;
  /** The last of them is answered and taken, or the connection has closed. */
  onIdle(socket: Socket): void;
  /** A connection sends more requests ahead than may wait, and must be ended. */
  onTooMany(socket: Socket): void;
  /** A body comes in too many pieces that are too small, and its connection must be ended. */
  onTooSmall(socket: Socket): void;
}

/**
 * Handles the requests of a connection one after another, each when the answer before it is taken, as Go and Kestrel do.
 * Node would begin each as it arrives and keep the answers until their turn: a connection that sends a thousand requests
 * ahead (RFC 9112, 9.3.2) and reads nothing would have a thousand answers in memory.
 */
export function inTurn(handler: RequestListener, hooks: TurnHooks): RequestListener {
  const known = new WeakMap<Socket, Turns>();

  function firstOf(socket: Socket): Turns {
    const turns: Turns = { isBusy: false, waiting: [] };
    known.set(socket, turns);
    return turns;
  }

  function take(req: IncomingMessage, res: ServerResponse, turns: Turns): void {
    const { socket } = req;
    // Also where the connection closes; of those behind it nothing is then heard. It comes once, and `on` costs less than `once`.
    res.on('close', () => {
      const next = socket.destroyed ? undefined : turns.waiting.shift();
      if (next !== undefined) {
        next.begin();
        return;
      }
      turns.isBusy = false;
      turns.waiting.length = 0;
      hooks.onIdle(socket);
    });
    hooks.onBegin(req);
    handler(req, res);
  }

  return (req, res) => {
    const { socket } = req;
    const hasBody = announcesBody(req.headers);
    if (hasBody) {
      const pieces = gatherPieces(req, {
        onPiece: () => hooks.onPiece(req),
        onWhole: () => hooks.onWhole(req),
        onTooSmall: () => hooks.onTooSmall(socket),
      });
      hooks.onBody(req, res, pieces);
    }
    const turns = known.get(socket) ?? firstOf(socket);
    if (!turns.isBusy) {
      turns.isBusy = true;
      hooks.onBusy(socket);
      take(req, res, turns);
    } else if (mayWait(turns, hasBody)) {
      turns.waiting.push({ hasBody, begin: () => take(req, res, turns) });
    } else if (!socket.destroyed) hooks.onTooMany(socket);
  };
}

function mayWait({ waiting }: Turns, hasBody: boolean): boolean {
  if (waiting.length >= MAX_WAITING) return false;
  return !hasBody || waiting.filter((each) => each.hasBody).length < MAX_WAITING_BODIES;
}
