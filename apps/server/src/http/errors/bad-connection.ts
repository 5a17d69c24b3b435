import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { AppError } from '@promptory/api/server';
import { newId } from '@promptory/db';
import type { PlainErrorCode } from '@promptory/schemas';
import { problemOf } from './problem.ts';

const answers: Readonly<Record<string, { status: number; code: PlainErrorCode; detail: string }>> = {
  HPE_HEADER_OVERFLOW: { status: 431, code: 'request.malformed', detail: 'The headers are longer than 16 KB.' },
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, code: 'request.malformed', detail: 'The request took too long to arrive.' },
};
const otherwise = { status: 400, code: 'request.malformed', detail: 'The request is not HTTP.' } as const;

/** Answers what Node could not even read as a request, in the form of every other error. */
export function badConnection(publicUrl: string, headers: Readonly<Record<string, string>>) {
  return (error: Error & { code?: string }, socket: Socket): void => {
    if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) {
      socket.destroy();
      return;
    }
    const { status, code, detail } = answers[error.code ?? ''] ?? otherwise;
    const requestId = newId();
    const { body } = problemOf(new AppError(code, { message: detail }), { requestId, publicUrl });
    const text = JSON.stringify({ ...body, title: STATUS_CODES[status], status });
    const lines = [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
      `x-request-id: ${requestId}`,
      'content-type: application/problem+json',
      `content-length: ${Buffer.byteLength(text)}`,
      'connection: close',
    ];
    socket.end(`${lines.join('\r\n')}\r\n\r\n${text}`);
  };
}
