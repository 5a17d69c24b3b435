import { createTRPCClient, createTRPCUntypedClient, type TRPCClient } from '@trpc/client';
import type { AppRouter, SignedIn } from './contract/contract.ts';
import type { ImportFile } from './import/import-file.ts';
import { type CallLinkOptions, callLink } from './links/call-link.ts';
import { repeatable } from './links/operation-context.ts';
import { type SendingOptions, sendingLinks } from './links/sending-links.ts';
import { type ItemsOf, itemsOf } from './lists/items-of.ts';
import { eventsLink } from './live/events-link.ts';
import type { PromptoryOptions } from './options.ts';
import type { RegistryCalls } from './registry/open-registry.ts';
import { type PromptOf, promptHandles } from './registry/prompt-handle.ts';
import { checkPromptsOptions } from './registry/prompts-options.ts';
import { Pace } from './retry/pace.ts';
import { retryPolicy } from './retry/retry-policy.ts';
import { memoryStorage } from './session/refresh-token-storage.ts';
import {
  type Credentials,
  createSession,
  type Session,
  type SessionCalls,
  type SessionState,
} from './session/session.ts';
import { otherTabs } from './session/session-events.ts';
import { fixedToken, suppliedTokenSource, type TokenSource } from './session/token-source.ts';

/** What a client has beside the procedures of the router; `$` keeps the names apart. */
export interface PromptorySurface {
  /** A prompt by its reference, which is fetched with its first use and kept: `promptory.prompt('support/triage').render({ ticket })`. */
  readonly prompt: PromptOf;
  /** Forgets what is kept of one reference, or of all: what is used next is fetched anew. */
  $forgetPrompts(ref?: string): void;
  /** Of a client with credentials or a session; null for one with an API key or `getToken`. */
  readonly $session: SessionState | null;
  /**
   * Signs in: with what is given, or with the credentials of the options. Takes an address and a password, or what
   * `auth.register` answered. The given password is not kept, so an ended session is not begun anew. On
   * auth.second_factor_required ask the person for a code, and call again with it.
   *
   * @throws PromptoryError auth.invalid_credentials, auth.second_factor_required, auth.second_factor_invalid,
   *   limit.exceeded
   */
  $signIn: Session['signIn'];
  /** Takes up the session that the storage or the cookie holds, as when a page loads. False where there is none. */
  $restore: Session['restore'];
  /** Ends the session on the server and forgets it here, whatever the server answers. */
  $signOut: Session['signOut'];
  /**
   * Has a listener called whenever a session begins or ends, here, in another tab (of a cookie session) or on the server, which
   * shows with the next call; answers what ends that. `$session` has the new state by then. No listener is called for a client
   * without a session of its own.
   */
  $onSession: Session['onChange'];
  /**
   * All that a list has, page by page as it is asked for: `for await (const prompt of promptory.$items(promptory.prompts.list, { q }))`.
   * A hundred items are asked for at once, unless the input has a `limit`.
   *
   * @throws PromptoryError as the list does
   */
  $items: ItemsOf;
  /**
   * Imports a file of up to 16 MiB as it is read, with an event for each row; `transfer.import` takes text of up
   * to 1 MiB. Never tried twice: once begun, part of it may have been done.
   */
  $import: ImportFile;
  /** Aborts the calls in flight, refuses new ones and forgets the tokens; the session stays alive on the server. */
  $close(): void;
}

/** A client of Promptory: `promptory.prompts.get.query({ id })`. */
export type Promptory = TRPCClient<AppRouter> & PromptorySurface;

function wireUrl(url: string | URL): URL {
  // A variable of the environment that is not set would be a path of the page, and show at the first call only.
  if (url === undefined || url === '') throw new TypeError('`url` is missing: it is the address of the server.');
  const base = (globalThis as { location?: { href: string } }).location?.href;
  if (!URL.canParse(String(url), base)) throw new TypeError('`url` is no address, such as https://promptory.example.');
  const root = new URL(url, base);
  if (root.protocol !== 'https:' && root.protocol !== 'http:') throw new TypeError('`url` must be http or https.');
  if (root.username !== '' || root.password !== '') throw new TypeError('`url` must not hold a user or a password.');
  if (root.search !== '' || root.hash !== '') throw new TypeError('`url` must be the root of the server.');
  root.pathname = root.pathname.replace(/\/?$/, '/');
  // The address that tRPC's own client is given.
  if (root.pathname.endsWith('/trpc/')) {
    throw new TypeError('`url` must be the root of the server, without `/trpc`: the client adds that itself.');
  }
  return root;
}

/** The session's own calls, which carry no token and never wait for one. */
function sessionCalls(calling: Omit<CallLinkOptions, 'tokens'>, sending: SendingOptions): SessionCalls {
  const clientWith = (tokens: TokenSource | null) =>
    createTRPCUntypedClient<AppRouter>({
      links: [callLink({ ...calling, tokens }), sendingLinks({ ...sending, tokens })],
    });
  const client = clientWith(null);
  return {
    login: (input) => client.mutation('auth.login', input) as Promise<SignedIn>,
    // A lost answer may be asked for again: the server gives the same one for ten seconds.
    refresh: (input) => client.mutation('auth.refresh', input, { context: repeatable() }) as Promise<SignedIn>,
    async logout(input, accessToken) {
      await clientWith(fixedToken(accessToken)).mutation('auth.logout', input, { context: repeatable() });
    },
  };
}

function sessionOf(options: PromptoryOptions, root: URL, calls: SessionCalls): Session | null {
  if (options.apiKey !== undefined || options.getToken !== undefined) return null;
  const carrier = options.credentials?.session ?? options.session ?? 'token';
  if (carrier === 'cookie' && options.storage !== undefined) {
    throw new TypeError('A cookie session has no use for `storage`: its refresh token is the browser’s.');
  }
  if (options.credentials !== undefined) checkCredentials(options.credentials);
  const storage = options.storage ?? memoryStorage();
  const tabs = (heard: Parameters<typeof otherTabs>[1]) => (carrier === 'cookie' ? otherTabs(root.href, heard) : null);
  return createSession({ calls, carrier, credentials: options.credentials ?? null, storage, otherTabs: tabs });
}

/** An unset variable of the environment shows here, and not at the first call. */
function checkedKey(apiKey: string): string {
  if (apiKey === '') throw new TypeError('`apiKey` is empty.');
  if (!/^[\x21-\x7e]+$/.test(apiKey))
    throw new TypeError('`apiKey` holds a character that no key has, such as a blank.');
  return apiKey;
}

function checkCredentials({ email, password }: Credentials): void {
  if (email === '') throw new TypeError('`credentials.email` is empty.');
  if (password === '') throw new TypeError('`credentials.password` is empty.');
}

function tokenSourceOf(options: PromptoryOptions, session: Session | null): TokenSource {
  if (session !== null) return session;
  if (options.apiKey !== undefined) return fixedToken(checkedKey(options.apiKey));
  if (options.getToken !== undefined) return suppliedTokenSource(options.getToken);
  throw new TypeError('Give createPromptory an apiKey, credentials, getToken or a session.');
}

/**
 * A client of the Promptory server at `url`: its procedures, typed, with the session looked after.
 *
 * @throws TypeError on options that contradict each other. Calls throw {@link PromptoryError}.
 */
export function createPromptory(options: PromptoryOptions): Promptory {
  const root = wireUrl(options.url);
  checkPromptsOptions(options.prompts ?? {});
  const closing = new AbortController();
  const isProgram = options.apiKey !== undefined || options.credentials !== undefined;
  const retry = retryPolicy(options.retry, isProgram);
  const pace = retry.maxWaitMs > 0 ? new Pace() : null;
  const connection = {
    headers: options.headers,
    fetch: options.fetch ?? ((url: string, init: RequestInit) => globalThis.fetch(url, init)),
    timeoutMs: options.timeoutMs ?? 30_000,
    pace,
    closed: closing.signal,
  };
  const sending: SendingOptions = {
    ...connection,
    url: new URL('trpc', root).href,
    tokens: null,
    batch: options.batch ?? {},
    withCookie: (options.credentials?.session ?? options.session) === 'cookie',
    maxRequests: options.maxRequests ?? 6,
  };
  const calling = { retry, pace, onWait: options.onWait, closed: closing.signal };
  const session = sessionOf(options, root, sessionCalls(calling, sending));
  const tokens = tokenSourceOf(options, session);
  const client = createTRPCClient<AppRouter>({
    links: [
      ...(options.links ?? []),
      eventsLink({ ...connection, tokens }, sending.url),
      callLink({ ...calling, tokens }),
      sendingLinks({ ...sending, tokens }),
    ],
  });

  const ownSession = (): Session => {
    if (session === null) throw new TypeError('A client with an API key or getToken has no session of its own.');
    return session;
  };
  const { prompt, forget } = promptHandles(async () => {
    const [{ openRegistry }, { EventStream }] = await Promise.all([
      import('./registry/open-registry.ts'),
      import('./live/event-stream.ts'),
    ]);
    const calls: RegistryCalls = {
      resolve: (ref) => client.prompts.resolve.query({ ref }),
      resolveMany: (refs) => client.prompts.resolveMany.query({ refs }),
      watch: (refs, listener, leftAt) => {
        const address = new URL('prompts/watch', root);
        for (const ref of refs) address.searchParams.append('refs', ref);
        return new EventStream({ ...connection, tokens }, address, listener, leftAt);
      },
    };
    return openRegistry(calls, options.prompts ?? {});
  });
  // What one person may see is not for the next.
  session?.onChange(() => forget());
  const surface: PromptorySurface = {
    prompt,
    $forgetPrompts: forget,
    get $session() {
      return session?.state ?? null;
    },
    $signIn: async (given) => {
      pace?.forget();
      return ownSession().signIn(given);
    },
    $restore: async () => ownSession().restore(),
    $signOut: async () => ownSession().signOut(),
    $onSession: (listener) => session?.onChange(listener) ?? (() => {}),
    $items: itemsOf,
    async *$import(file, given) {
      // As for what else few pages do, it is loaded with the first use.
      const { importFile } = await import('./import/import-file.ts');
      yield* importFile({ ...connection, url: new URL('prompts/import', root).href, tokens })(file, given);
    },
    $close() {
      closing.abort();
      session?.close();
    },
  };
  // tRPC's client makes up a member for every name, so the surface is looked at first.
  return new Proxy(client, {
    get: (target, name) => Reflect.get(Object.hasOwn(surface, name) ? surface : target, name),
    has: (target, name) => Object.hasOwn(surface, name) || Reflect.has(target, name),
  }) as Promptory;
}
