import type { Env } from '../settings/env.ts';

/** Why a server did not start, in one line that says what to do. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/** What went wrong with the port, in one line. Any other failure is returned as it is. */
export function startErrorOf(error: unknown, { host, port }: Pick<Env, 'host' | 'port'>): unknown {
  switch (Reflect.get(Object(error), 'code')) {
    case 'EADDRINUSE':
      return new StartError(
        `Port ${port} is in use: stop what listens there, or set another one, such as PORT=${port + 1}.`,
      );
    case 'EACCES':
      return new StartError(`Port ${port} is not open to this user: set PORT to one above 1023.`);
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new StartError(
        `HOST=${host} is no address of this machine: set HOST to 127.0.0.1, 0.0.0.0 or one of its own.`,
      );
    default:
      return error;
  }
}
