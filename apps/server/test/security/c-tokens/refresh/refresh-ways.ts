import type { Person } from '@promptory/api/testing';
import { SESSION_COOKIE } from '../../../../src/http/session-cookie.ts';
import { type BootedApp, ORIGIN } from '../../../harness/boot.ts';
import { callProcedure, type Headers, type UnbatchedTransport } from '../../../harness/transports.ts';
import { auth } from '../../harness/account-calls.ts';

/** How a refresh token can be spent. A batch refuses it. */
export const refreshWays = ['tRPC', 'REST', 'tRPC by cookie', 'REST by cookie'] as const;
export type RefreshWay = (typeof refreshWays)[number];

export const transportOf = (way: RefreshWay): UnbatchedTransport => (way.startsWith('tRPC') ? 'tRPC' : 'REST');
export const carrierOf = (way: RefreshWay): 'token' | 'cookie' => (way.endsWith('cookie') ? 'cookie' : 'token');

export interface RefreshAnswer {
  readonly status: number;
  readonly code: string;
  /** The next tokens; empty where there are none. */
  readonly refreshToken: string;
  readonly accessToken: string;
  /** All of the answer, headers included. */
  readonly text: string;
}

export const cookieHeaders = (refreshToken: string): Headers => ({
  cookie: `${SESSION_COOKIE}=${refreshToken}`,
  origin: ORIGIN,
});

export async function refreshBy(server: BootedApp, way: RefreshWay, token: string): Promise<RefreshAnswer> {
  const byCookie = carrierOf(way) === 'cookie';
  const input = byCookie ? {} : { refreshToken: token };
  const answer = await auth(server, transportOf(way), 'refresh', input, byCookie ? cookieHeaders(token) : {});
  const { status, code, response } = answer;
  const result = (answer.result ?? {}) as { refreshToken?: string | null; accessToken?: string };
  const cookie = new RegExp(`${SESSION_COOKIE}=([^;]*)`).exec(String(response.headers['set-cookie']))?.[1];
  return {
    status,
    code,
    refreshToken: (byCookie ? cookie : result.refreshToken) ?? '',
    accessToken: result.accessToken ?? '',
    text: JSON.stringify([response.headers, response.body]),
  };
}

/** A session of an account, from now, for one way of refreshing it. */
export const sessionFor = (server: BootedApp, person: Person, way: RefreshWay): ReturnType<BootedApp['session']> =>
  server.session(person, carrierOf(way));

/** Whether a caller with these headers is let in. */
export async function isLetIn(server: BootedApp, headers: Headers): Promise<boolean> {
  const { code } = await callProcedure(server, 'REST', 'me.get', {}, headers);
  return code === 'ok';
}
