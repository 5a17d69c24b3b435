import { AppError } from '@promptory/api/server';
import { API_KEY_PREFIX } from '@promptory/auth';
import type { FastifyInstance } from 'fastify';

const KEY = /pty_live_[0-9a-z]{8}/i;
const MOST_LAYERS = 4;

// What the prefix looks like in base64, at each of the three places where it may begin, and in hex.
const ENCODED_PREFIXES = [...[0, 1, 2].map(inBase64), inHex(), inHex().toUpperCase()];

/** Refuses a request with an API key in its address, wherever it goes. */
export function refuseKeysInAddresses(app: FastifyInstance): void {
  app.addHook('onRequest', (req, _reply, done) => {
    if (containsApiKey(req.url))
      throw new AppError('request.malformed', { message: 'An API key belongs in a header, never in an address.' });
    done();
  });
}

/**
 * Whether an API key stands in an address, where it ends up in histories and in the logs of others. Looks through
 * percent-encoding, however often it was applied and whatever else in the address is not valid, through JSON's escapes,
 * and through base64 and hex.
 */
export function containsApiKey(url: string): boolean {
  let text = url;
  for (let layer = 0; layer < MOST_LAYERS; layer += 1) {
    if (KEY.test(text) || ENCODED_PREFIXES.some((encoded) => text.includes(encoded))) return true;
    const decoded = decodedOnce(text);
    if (decoded === text) return false;
    text = decoded;
  }
  return KEY.test(text);
}

const ESCAPED = /(?:%|\\u00)([0-9a-f]{2})/gi;

/** Byte by byte, which is enough for ASCII and throws at nothing. */
const decodedOnce = (text: string): string =>
  text.replaceAll(ESCAPED, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

function inBase64(before: number): string {
  const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(API_KEY_PREFIX)]);
  return bytes.toString('base64').slice(Math.ceil((before * 8) / 6), Math.floor((bytes.length * 8) / 6));
}

function inHex(): string {
  return Buffer.from(API_KEY_PREFIX).toString('hex');
}
