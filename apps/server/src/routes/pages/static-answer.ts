import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';
import fresh from 'fresh';
import Negotiator from 'negotiator';
import { addVary } from './prefers-page.ts';

// Browsers send some thirty characters; reading 15,000 commas and stars takes 20 ms.
const MAX_HEADER_LENGTH = 500;
/** Given to a connection at once; what it has taken makes place for the next. */
const SLICE_BYTES = 65_536;
/**
 * Slices given at once, to all readers together, and the milliseconds until the next. The kernel copies each while the
 * event loop waits, 0.14 ms, and takes two mebibytes of a connection before its reader has read any: this leaves four
 * fifths of the loop to other calls where three hundred come together, and gives 100 MB a second.
 */
const SLICES_AT_ONCE = 4;
const PAUSE_MS = 2;

/** Bytes as they are sent, with a strong ETag of their own (RFC 9110, 8.8.3.3). */
interface EncodedText {
  readonly body: Buffer;
  readonly etag: string;
}

/** A text that stays the same while the process runs: compressed and hashed once, not for each request. */
export interface StaticAnswer {
  /** Its media type. */
  readonly type: string;
  readonly identity: EncodedText;
  readonly gzip: EncodedText;
  /** Of what was compressed when it was built. */
  readonly br?: EncodedText;
}

type Coding = 'br' | 'gzip' | 'identity';

export async function staticAnswer(text: string, type: string): Promise<StaticAnswer> {
  const body = Buffer.from(text);
  return { type, identity: encodedText(body), gzip: encodedText(await promisify(gzip)(body)) };
}

/** Of a file that the build has compressed. */
export const builtAnswer = ({ identity, gzip, br }: Readonly<Record<Coding, Buffer>>, type: string): StaticAnswer => ({
  type,
  identity: encodedText(identity),
  gzip: encodedText(gzip),
  br: encodedText(br),
});

const encodedText = (body: Buffer): EncodedText => ({
  body,
  etag: `"${createHash('sha256').update(body).digest('base64')}"`,
});

/** The smallest form that the caller takes, unless it says that it would rather have another. */
function codingFor(req: FastifyRequest, { br }: StaticAnswer): Coding {
  const accepted = req.headers['accept-encoding'] ?? '';
  if (accepted.length > MAX_HEADER_LENGTH) return 'identity';
  const negotiator = new Negotiator(req);
  if (br !== undefined && negotiator.encodings(['br', 'identity'])[0] === 'br') return 'br';
  return negotiator.encoding(['gzip', 'identity']) === 'gzip' ? 'gzip' : 'identity';
}

/**
 * Sends it as the caller prefers, by Accept-Encoding (RFC 9110, 12.5.3), and unless `cacheControl` says otherwise to be asked for
 * again before each use. Who accepts no coding, or sends a header that is too long, is sent the text as it is; who has it
 * already, a 304.
 */
export function sendStatic(
  req: FastifyRequest,
  reply: FastifyReply,
  answer: StaticAnswer,
  cacheControl = 'no-cache',
): FastifyReply {
  const coding = codingFor(req, answer);
  const { body, etag } = answer[coding] ?? answer.identity;
  addVary(reply, 'accept-encoding');
  reply.headers({ etag, 'cache-control': cacheControl });
  // Not all headers: a reload's `Cache-Control: no-cache` asks for validation, which a 304 is.
  if (fresh({ 'if-none-match': req.headers['if-none-match'] }, { etag })) return reply.code(304).send();
  if (coding !== 'identity') reply.header('content-encoding', coding);
  reply.type(answer.type);
  if (body.byteLength <= SLICE_BYTES) return reply.send(body);
  return reply.header('content-length', body.byteLength).send(inSlices(body));
}

/** However many read a page, and however slowly, none has a copy of its own: TLS would encrypt all of it for each at once. */
export function inSlices(body: Buffer): Readable {
  let at = 0;
  return new Readable({
    highWaterMark: SLICE_BYTES,
    read() {
      giveInTurn(() => {
        if (this.destroyed) return;
        this.push(at < body.byteLength ? body.subarray(at, at + SLICE_BYTES) : null);
        at += SLICE_BYTES;
      });
    },
  });
}

/** In the order of asking. */
const asked: (() => void)[] = [];
let left = SLICES_AT_ONCE;
let isGiving = false;

function giveInTurn(give: () => void): void {
  asked.push(give);
  if (isGiving) return;
  isGiving = true;
  setImmediate(giveSome);
}

function giveSome(): void {
  const given = asked.splice(0, left);
  left -= given.length;
  for (const give of given) give();
  isGiving = left === 0;
  if (isGiving) setTimeout(giveMore, PAUSE_MS);
}

function giveMore(): void {
  left = SLICES_AT_ONCE;
  giveSome();
}
