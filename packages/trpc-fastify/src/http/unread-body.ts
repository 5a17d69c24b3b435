import type { FastifyReply, FastifyRequest } from 'fastify';

/** A body of so many bytes is let through rather than that its connection ends. */
const DRAINED_BYTES = 65_536;
/** How long a connection stays half open after its answer, in milliseconds. */
const LINGER_MS = 2_000;

/**
 * Ends the connection with the answer where a body comes that nobody will read. Called before the answer's head is sent,
 * by whatever answers early: a refusal, an error handler, a route without a body.
 */
export function closeIfUnread({ raw }: FastifyRequest, reply: FastifyReply): void {
  // HTTP/2 has no such header, and its streams end without their connection.
  if (raw.complete || reply.raw.headersSent || raw.httpVersionMajor > 1) return;
  const length = Number(raw.headers['content-length'] ?? 0);
  if (raw.headers['transfer-encoding'] === undefined && length <= DRAINED_BYTES) return;
  reply.header('connection', 'close');
  lingerAfterAnswer(raw);
}

/**
 * A connection that closes with bytes unread is reset, and a reset takes back an answer that its client has not read yet.
 * So only our side ends at first (RFC 9112, 9.6). No more than what has come already is read.
 */
function lingerAfterAnswer(raw: FastifyRequest['raw']): void {
  const { socket } = raw;
  // What Node calls once the answer is written.
  socket.destroySoon = () => {
    socket.on('data', () => {
      // A message that flows would have its connection read on.
      raw.pause();
      socket.pause();
    });
    socket.end(() => {
      const timer = setTimeout(() => socket.destroy(), LINGER_MS);
      socket.once('close', () => clearTimeout(timer));
    });
  };
}
