import { resolve } from 'node:path';
import type { Env } from '../settings/env.ts';
import { ROOT } from '../settings/project-root.ts';

/** Why a server did not start, in one line that says what to do. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/** Where the data folder of these settings is: relative ones start at the root. */
export const dataFolderOf = (env: Pick<Env, 'dataFolder'>): string => resolve(ROOT, env.dataFolder);

/** What went wrong with the port, in one line. Any other failure is given back as it is. */
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
