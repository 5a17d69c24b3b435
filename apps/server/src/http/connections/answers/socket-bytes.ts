import { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

/**
 * Counters of the handle below a socket, in no documentation but as old as Node: its own idle timer looks at the second to
 * see whether a large write still moves. Without them progress would show only when a whole answer is taken.
 */
interface Handle {
  /** Given to the kernel, or waiting to be. */
  readonly bytesWritten: number;
  /** Of these, not yet in the kernel. */
  readonly writeQueueSize: number;
}

function handleOf(socket: Socket): Handle | null {
  const handle: unknown = Reflect.get(socket, '_handle');
  if (typeof handle !== 'object' || handle === null) return null;
  if (!('bytesWritten' in handle && 'writeQueueSize' in handle)) return null;
  const { bytesWritten, writeQueueSize } = handle;
  return typeof bytesWritten === 'number' && typeof writeQueueSize === 'number'
    ? { bytesWritten, writeQueueSize }
    : null;
}

/** The connection below TLS; where there is none, the socket itself. */
export function tcpSocketOf(socket: Socket): Socket {
  const below: unknown = Reflect.get(socket, '_parent');
  return below instanceof Socket ? below : socket;
}

/** Bytes that wait in this process until the kernel takes them, about. TLS holds them twice: as given, and encrypted. */
export function unreadBytes(socket: Socket): number {
  const queued = handleOf(socket)?.writeQueueSize ?? 0;
  // The length of a text that waits is in characters, of which one may be three bytes; the handle counts bytes.
  return socket instanceof TLSSocket ? socket.writableLength + queued : Math.max(socket.writableLength, queued);
}

/** Bytes that the kernel has taken over the life of a connection, which is as many as its reader made room for. */
export function takenBytes(socket: Socket): number {
  const tcp = tcpSocketOf(socket);
  const handle = handleOf(tcp);
  return handle === null ? tcp.bytesWritten - tcp.writableLength : handle.bytesWritten - handle.writeQueueSize;
}
