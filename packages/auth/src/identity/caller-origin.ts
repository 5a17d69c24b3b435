import { isIP } from 'node:net';

/** Where a call came from, as the server saw it. */
export interface CallerOrigin {
  ip: string | null;
  userAgent: string | null;
}

const MAX_USER_AGENT = 512;

/** Makes the columns `ip` and `user_agent` of what a caller sent, which may be anything: no value here fails a sign-in. */
export function originColumns({ ip, userAgent }: CallerOrigin): { ip: string | null; user_agent: string | null } {
  // PostgreSQL's inet knows no zone (`fe80::1%eth0`).
  const address = ip?.split('%')[0] ?? '';
  return {
    ip: isIP(address) === 0 ? null : address,
    user_agent: userAgent?.toWellFormed().replaceAll('\0', '').slice(0, MAX_USER_AGENT).toWellFormed() ?? null,
  };
}
