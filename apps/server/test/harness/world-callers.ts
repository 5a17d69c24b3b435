import { createHmac } from 'node:crypto';
import type { Person, TestServices } from '@promptory/api/testing';
import { newId } from '@promptory/db';
import { bearer, type Headers } from './transports.ts';

/** A caller whose credential, if any, is not accepted. */
export const rejectedCallers = [
  'anonymous',
  'garbage token',
  'expired token',
  'token signed by another key',
  'token with alg none',
  'refresh token as access token',
  'ended session',
  'suspended editor',
  'revoked key',
  'expired key',
  'mistyped key',
  'key of the suspended',
] as const;

/** A caller who is let in as somebody. The keys are alice's where they do not say whose. */
export const knownCallers = [
  'stranger',
  'ex-member',
  'viewer',
  'editor',
  'owner',
  'admin',
  'reading key',
  'full key',
  'group key',
  'other group key',
  "stranger's key",
  "admin's key",
] as const;

export type RejectedCaller = (typeof rejectedCallers)[number];
export type KnownCaller = (typeof knownCallers)[number];
export type Caller = RejectedCaller | KnownCaller;

type KeyCaller = Extract<
  Caller,
  | 'revoked key'
  | 'expired key'
  | 'key of the suspended'
  | 'reading key'
  | 'full key'
  | 'group key'
  | 'other group key'
  | "stranger's key"
  | "admin's key"
>;

const HOUR = 3_600_000;

/** What callers are made of: the people of a world, its API keys by name, and a session that none of them uses. */
interface Credentials {
  readonly services: TestServices;
  readonly people: Readonly<Record<'alice' | 'bob' | 'carol' | 'dave' | 'mallory' | 'root' | 'sam', Person>>;
  readonly keys: Readonly<Record<KeyCaller, { readonly key: string }>>;
  readonly spare: { readonly refreshToken: string };
}

/** What each caller of a world sends along, signed when it is asked for and as of when the world was made. */
export function headersIn({ services, people, keys, spare }: Credentials): (caller: Caller) => Promise<Headers> {
  const now = services.clock.now();
  const { alice, bob, carol, dave, mallory, root, sam } = people;
  const tokenOf = async ({ id, principal }: Person, at = now, sessionId = principal.sessionId): Promise<string> =>
    (await services.accessTokens.sign({ userId: id, sessionId, now: at })).token;
  const byKey = (name: keyof typeof keys): Headers => ({ 'x-api-key': keys[name].key });
  const headers: Record<Caller, () => Promise<Headers> | Headers> = {
    anonymous: () => ({}),
    'garbage token': () => bearer('garbage'),
    'expired token': async () => bearer(await tokenOf(alice, new Date(now.getTime() - HOUR))),
    'token signed by another key': async () => bearer(signedByAnother(await tokenOf(alice))),
    'token with alg none': async () => bearer(unsigned(await tokenOf(alice))),
    'refresh token as access token': () => bearer(spare.refreshToken),
    'ended session': async () => bearer(await tokenOf(alice, now, newId())),
    'suspended editor': async () => bearer(await tokenOf(sam)),
    'revoked key': () => byKey('revoked key'),
    'expired key': () => byKey('expired key'),
    'mistyped key': () => ({ 'x-api-key': keys['full key'].key.slice(0, -1) }),
    'key of the suspended': () => byKey('key of the suspended'),
    stranger: async () => bearer(await tokenOf(mallory)),
    'ex-member': async () => bearer(await tokenOf(dave)),
    viewer: async () => bearer(await tokenOf(carol)),
    editor: async () => bearer(await tokenOf(bob)),
    owner: async () => bearer(await tokenOf(alice)),
    admin: async () => bearer(await tokenOf(root)),
    'reading key': () => byKey('reading key'),
    'full key': () => byKey('full key'),
    'group key': () => byKey('group key'),
    'other group key': () => byKey('other group key'),
    "stranger's key": () => byKey("stranger's key"),
    "admin's key": () => byKey("admin's key"),
  };
  return async (caller) => headers[caller]();
}

/** The same claims under the same key id, signed by a key that is not ours. */
function signedByAnother(token: string): string {
  const [header, payload] = token.split('.');
  const text = `${header}.${payload}`;
  return `${text}.${createHmac('sha256', 'another key, of thirty-two bytes').update(text).digest('base64url')}`;
}

/** The same claims, said to need no signature. */
function unsigned(token: string): string {
  const [, payload, signature] = token.split('.');
  const header = Buffer.from(JSON.stringify({ alg: 'none', typ: 'at+jwt' })).toString('base64url');
  return `${header}.${payload}.${signature}`;
}
