import type { RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { announcesBody, gatherPieces } from './gathered-pieces.ts';

/** Requests of one connection that may wait for their turn. No browser sends any ahead, and tools send ten or so. */
const MAX_WAITING = 32;
/** Of these with a body, of which Node reads 64 KiB ahead. Who has an answer may send the next before we know that it was taken. */
const MAX_WAITING_BODIES = 1;

interface Turns {
  readonly waiting: Array<{ readonly hasBody: boolean; begin(): void }>;
}

/** What is done around the requests of a connection. */
export interface TurnHooks {
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
export function inTurn(
  handler: RequestListener,
  { onBusy, onIdle, onTooMany, onTooSmall }: TurnHooks,
): RequestListener {
  const busy = new WeakMap<Socket, Turns>();

  function take(socket: Socket, turns: Turns, res: ServerResponse, handle: () => void): void {
    // Also where the connection closes; of those behind it nothing is then heard.
    res.once('close', () => {
      const next = socket.destroyed ? undefined : turns.waiting.shift();
      if (next !== undefined) {
        next.begin();
        return;
      }
      busy.delete(socket);
      onIdle(socket);
    });
    handle();
  }

  return (req, res) => {
    const { socket } = req;
    const hasBody = announcesBody(req.headers);
    if (hasBody) gatherPieces(req, () => onTooSmall(socket));
    const handle = (): void => handler(req, res);
    const turns = busy.get(socket);
    if (turns === undefined) {
      const first: Turns = { waiting: [] };
      busy.set(socket, first);
      onBusy(socket);
      take(socket, first, res, handle);
    } else if (mayWait(turns, hasBody)) {
      turns.waiting.push({ hasBody, begin: () => take(socket, turns, res, handle) });
    } else if (!socket.destroyed) onTooMany(socket);
  };
}

function mayWait({ waiting }: Turns, hasBody: boolean): boolean {
  if (waiting.length >= MAX_WAITING) return false;
  return !hasBody || waiting.filter((each) => each.hasBody).length < MAX_WAITING_BODIES;
}
