import type { SignedIn } from '../contract/contract.ts';
import { PromptoryError } from '../errors/promptory-error.ts';
import type { RefreshTokenStorage } from './refresh-token-storage.ts';
import { type OtherTabs, type SessionEvent, type SessionListener, sessionListeners } from './session-events.ts';
import { singleFlight } from './single-flight.ts';
import type { TokenSource } from './token-source.ts';

/** By what a person signs in. */
export interface Credentials {
  readonly email: string;
  readonly password: string;
}

/** What signing in takes; where it fails with auth.second_factor_required, the same with one of the two codes. */
export interface SignInInput extends Credentials {
  /** What the person's authenticator shows. Good once. */
  readonly code?: string;
  /** One of those that stand in for a lost authenticator. Good once. */
  readonly recoveryCode?: string;
}

/** `token`: the refresh token is kept by this client. `cookie`: by the browser, out of reach of JavaScript. */
export type SessionCarrier = 'token' | 'cookie';

/** `unknown`: nothing has been tried yet; a stored token or a cookie may be there. */
export type SessionState = 'unknown' | 'signed_in' | 'signed_out';

/** What a session needs of a successful sign-in or refresh. */
export type Tokens = Pick<SignedIn, 'accessToken' | 'accessTokenExpiresAt' | 'refreshToken'>;

/** The calls that a session makes; none of them carries a bearer token of this session but `logout`. */
export interface SessionCalls {
  login(input: SignInInput & { session: SessionCarrier }): Promise<SignedIn>;
  refresh(input: { refreshToken?: string }): Promise<Tokens>;
  logout(input: { refreshToken?: string }, accessToken: string | null): Promise<void>;
}

interface SessionOptions {
  readonly calls: SessionCalls;
  readonly carrier: SessionCarrier;
  /** Null where only `signIn` knows the password. */
  readonly credentials: Credentials | null;
  readonly storage: RefreshTokenStorage;
  /** The tabs that share the cookie of the session, where there are any. */
  readonly otherTabs?: (heard: (type: SessionEvent['type']) => void) => OtherTabs | null;
}

export interface Session extends TokenSource {
  readonly state: SessionState;
  /** With nothing given, signs in with the credentials of the client's options. */
  signIn(given?: SignInInput | Tokens): Promise<void>;
  /** Takes up the session of the storage or the cookie; false where there is none. */
  restore(): Promise<boolean>;
  signOut(): Promise<void>;
  /** Has a listener called whenever a session begins or ends; answers what ends that. */
  onChange(listener: SessionListener): () => void;
  /** Forgets the tokens without ending the session, and hears no more of other tabs. */
  close(): void;
}

interface CurrentToken {
  readonly token: string;
  /** Milliseconds since the epoch, by this machine's clock. */
  readonly refreshAt: number;
  readonly expiresAt: number;
}

const REFRESH_MARGIN_MS = 30_000;

/** An expiry in the past means that the clocks differ; then the token is used until the server refuses it. */
function currentTokenOf(tokens: Tokens, now: number): CurrentToken {
  const expiresAt = Date.parse(tokens.accessTokenExpiresAt);
  const lifetime = expiresAt - now;
  if (!(lifetime > 0)) return { token: tokens.accessToken, refreshAt: Infinity, expiresAt: Infinity };
  return { token: tokens.accessToken, refreshAt: expiresAt - Math.min(REFRESH_MARGIN_MS, lifetime / 4), expiresAt };
}

const isUnauthorized = (cause: unknown): boolean => cause instanceof PromptoryError && cause.status === 401;

/**
 * A signed-in person: an access token that is renewed shortly before it expires or when the server refuses it, once
 * for however many calls wait for it. A session that has ended is begun anew where the options gave a password, unless
 * the person signed out or signed in as somebody else.
 */
export function createSession({ calls, carrier, credentials, storage, otherTabs }: SessionOptions): Session {
  let current: CurrentToken | null = null;
  let state: SessionState = 'unknown';
  let password = credentials;
  // A password that was refused is not tried again: the account would be locked for its owner.
  let refused: PromptoryError | null = null;
  // Raised by every sign-in and sign-out, so that a renewal started before it changes nothing after it.
  let generation = 0;
  const listeners = sessionListeners();
  const tabs = otherTabs?.(heard) ?? null;

  /** Another tab signed in or out: the cookie is another one, or gone. */
  function heard(type: SessionEvent['type']): void {
    if (type === 'ended' && state === 'signed_out') return;
    startGeneration();
    state = type === 'began' ? 'signed_in' : 'signed_out';
    listeners.tell({ type, elsewhere: true });
  }

  function tellAll(event: SessionEvent): void {
    listeners.tell(event);
    tabs?.tell(event.type);
  }

  async function adopt(tokens: Tokens, startedIn: number, isNew = false): Promise<string | null> {
    if (startedIn !== generation) return current?.token ?? null;
    current = currentTokenOf(tokens, Date.now());
    const was = state;
    state = 'signed_in';
    // A session that was taken up is nothing new to the tabs that have it.
    if (isNew) tellAll({ type: 'began', elsewhere: false });
    else if (was !== 'signed_in') listeners.tell({ type: 'began', elsewhere: false });
    if (carrier === 'token' && tokens.refreshToken !== null) await storage.set(tokens.refreshToken);
    return tokens.accessToken;
  }

  async function end(startedIn: number, elsewhere: boolean): Promise<void> {
    if (startedIn !== generation) return;
    current = null;
    const was = state;
    state = 'signed_out';
    // Other tabs know by themselves that there is none; one that does not know may still end it for all.
    if (was === 'signed_in' || (was === 'unknown' && !elsewhere)) tellAll({ type: 'ended', elsewhere });
    else if (was === 'unknown') listeners.tell({ type: 'ended', elsewhere });
    if (carrier === 'token') await storage.remove();
  }

  /** The input of a refresh; null where there is nothing to refresh with. */
  async function refreshInput(): Promise<{ refreshToken?: string } | null> {
    if (carrier === 'token') {
      const refreshToken = await storage.get();
      return refreshToken === null ? null : { refreshToken };
    }
    // A cookie left by somebody else is not taken for the person whose password is at hand.
    return state === 'unknown' && password !== null ? null : {};
  }

  async function login(given: SignInInput, startedIn: number): Promise<string | null> {
    const { email, password: secret, code, recoveryCode } = given;
    const factor = {
      ...(code === undefined ? {} : { code }),
      ...(recoveryCode === undefined ? {} : { recoveryCode }),
    };
    return adopt(await calls.login({ email, password: secret, ...factor, session: carrier }), startedIn, true);
  }

  async function loginAgain(given: Credentials, startedIn: number): Promise<string | null> {
    if (refused !== null) throw refused;
    try {
      return await login(given, startedIn);
    } catch (cause) {
      if (cause instanceof PromptoryError && cause.status !== null && cause.status < 500 && cause.status !== 429) {
        refused = cause;
      }
      throw cause;
    }
  }

  /** Null where there is nothing to refresh with. */
  const refreshing = singleFlight(async (): Promise<{ token: string | null } | null> => {
    const startedIn = generation;
    const input = await refreshInput();
    return input === null ? null : { token: await adopt(await calls.refresh(input), startedIn) };
  });

  const obtaining = singleFlight(async (): Promise<string | null> => {
    const startedIn = generation;
    try {
      const refreshed = await refreshing.run();
      if (refreshed !== null) return refreshed.token;
    } catch (cause) {
      if (!isUnauthorized(cause)) throw cause;
      if (password === null || startedIn !== generation) {
        await end(startedIn, true);
        throw cause;
      }
    }
    if (password !== null) return loginAgain(password, startedIn);
    await end(startedIn, true);
    return null;
  });

  /** The token at hand until it is to be renewed, and after that too where no server is found to renew it. */
  async function fresh(renew: () => Promise<string | null>): Promise<string | null> {
    if (current !== null && Date.now() < current.refreshAt) return current.token;
    if (state === 'signed_out') return null;
    const last = current;
    try {
      return await renew();
    } catch (cause) {
      if (!isUnauthorized(cause) && last !== null && last === current && Date.now() < last.expiresAt) return last.token;
      throw cause;
    }
  }

  function startGeneration(): number {
    current = null;
    refreshing.forget();
    obtaining.forget();
    refused = null;
    return ++generation;
  }

  return {
    get state() {
      return state;
    },
    token: () => fresh(obtaining.run),
    async existing() {
      try {
        // A sign-in that another call has begun makes a session of ours too.
        return await fresh(async () => obtaining.underWay ?? (await refreshing.run())?.token ?? null);
      } catch (cause) {
        if (isUnauthorized(cause)) return null;
        throw cause;
      }
    },
    async renew(rejected) {
      if (current !== null && current.token !== rejected) return current.token;
      current = null;
      return state === 'signed_out' ? null : obtaining.run();
    },
    async signIn(given) {
      const own = startGeneration();
      if (given === undefined) {
        if (password === null) throw new TypeError('No credentials were given, neither here nor to createPromptory.');
        await loginAgain(password, own);
      } else {
        if ('accessToken' in given && carrier === 'cookie' && given.refreshToken !== null) {
          throw new TypeError('This session is in no cookie: call auth.register with `session: "cookie"`.');
        }
        password = null;
        await ('accessToken' in given ? adopt(given, own, true) : login(given, own));
      }
    },
    async restore() {
      if (current !== null) return true;
      state = 'unknown';
      try {
        return (await obtaining.run()) !== null;
      } catch (cause) {
        if (isUnauthorized(cause)) return false;
        throw cause;
      }
    },
    async signOut() {
      const accessToken = current?.token ?? null;
      const refreshToken = carrier === 'token' ? await storage.get() : null;
      await end(startGeneration(), false);
      if (carrier === 'cookie' || refreshToken !== null) {
        await calls.logout(refreshToken === null ? {} : { refreshToken }, accessToken);
      }
    },
    onChange: listeners.add,
    close() {
      startGeneration();
      state = 'unknown';
      tabs?.close();
    },
  };
}
