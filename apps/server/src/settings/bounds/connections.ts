import { z } from 'zod';
import { wholeNumber } from '../forms/whole-number.ts';

/** What connections may take of this process, whoever they are. */
export interface ConnectionBounds {
  /** Open at once. */
  readonly connections: number;
  /** Open at once from one network address; of IPv6, from one /64. */
  readonly connectionsPerAddress: number;
  /** Bytes of answers that wait in memory for their readers, of all connections together. */
  readonly unreadBytes: number;
  /** The same of one connection; it may hold more for a moment only. */
  readonly unreadBytesPerConnection: number;
  /** Bytes of large bodies that arrive or whose calls are being answered, of all connections together. */
  readonly arrivingBytes: number;
  /** The same from one network address; of IPv6, from one /64. */
  readonly arrivingBytesPerAddress: number;
  /** Within `seconds` a reader takes so many bytes, or all that waits for it. */
  readonly slowestReader: { readonly bytes: number; readonly seconds: number };
  /** Within `seconds` a sender sends so many bytes, or the rest of its request. */
  readonly slowestSender: { readonly bytes: number; readonly seconds: number };
}

const MEBIBYTE = 1_048_576;

/** Of staging and production, for a container of 512 MB. */
export const defaultConnectionBounds: ConnectionBounds = {
  connections: 1_000,
  connectionsPerAddress: 250,
  unreadBytes: 128 * MEBIBYTE,
  unreadBytesPerConnection: 10 * MEBIBYTE,
  arrivingBytes: 64 * MEBIBYTE,
  arrivingBytesPerAddress: 16 * MEBIBYTE,
  slowestReader: { bytes: MEBIBYTE / 4, seconds: 30 },
  slowestSender: { bytes: MEBIBYTE / 4, seconds: 30 },
};

const count = (least: number, most: number) => wholeNumber(least, most).optional();

const pace = z
  .string()
  .max(20)
  .regex(/^[1-9]\d{0,8}\/[1-9]\d{0,3}$/, 'must be bytes/seconds, such as 262144/30')
  .transform((text) => {
    const [bytes, seconds] = text.split('/').map(Number);
    return { bytes: bytes ?? 1, seconds: seconds ?? 1 };
  })
  .optional();

export const connectionVariables = {
  MAX_CONNECTIONS: count(10, 1_000_000),
  MAX_CONNECTIONS_PER_ADDRESS: count(1, 1_000_000),
  MAX_UNREAD_BYTES: count(MEBIBYTE, 2 ** 40),
  MAX_UNREAD_BYTES_PER_CONNECTION: count(MEBIBYTE, 2 ** 40),
  MAX_ARRIVING_BYTES: count(MEBIBYTE, 2 ** 40),
  MAX_ARRIVING_BYTES_PER_ADDRESS: count(MEBIBYTE, 2 ** 40),
  SLOWEST_READER: pace,
  SLOWEST_SENDER: pace,
};

type Read = { readonly [name in keyof typeof connectionVariables]?: z.output<(typeof connectionVariables)[name]> };

/** @param factor how many times as wide what is not set is, as development has its limits */
export function connectionBoundsOf(read: Read, factor: number): ConnectionBounds {
  const usual = defaultConnectionBounds;
  return {
    connections: read.MAX_CONNECTIONS ?? usual.connections * factor,
    connectionsPerAddress: read.MAX_CONNECTIONS_PER_ADDRESS ?? usual.connectionsPerAddress * factor,
    unreadBytes: read.MAX_UNREAD_BYTES ?? usual.unreadBytes * factor,
    unreadBytesPerConnection: read.MAX_UNREAD_BYTES_PER_CONNECTION ?? usual.unreadBytesPerConnection * factor,
    arrivingBytes: read.MAX_ARRIVING_BYTES ?? usual.arrivingBytes * factor,
    arrivingBytesPerAddress: read.MAX_ARRIVING_BYTES_PER_ADDRESS ?? usual.arrivingBytesPerAddress * factor,
    slowestReader: read.SLOWEST_READER ?? {
      bytes: usual.slowestReader.bytes,
      seconds: usual.slowestReader.seconds * factor,
    },
    slowestSender: read.SLOWEST_SENDER ?? {
      bytes: usual.slowestSender.bytes,
      seconds: usual.slowestSender.seconds * factor,
    },
  };
}
