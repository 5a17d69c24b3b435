import { initTRPC, TRPCError } from '@trpc/server';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import type { Fetch } from '../src/links/read-fetch.ts';

/** An error of the stub, in the form in which the server answers its own. */
export class Refusal extends Error {
  readonly code: string;
  readonly status: number;
  readonly members: Readonly<Record<string, unknown>>;

  constructor(code: string, status: number, members: Readonly<Record<string, unknown>> = {}) {
    super(`Refused: ${code}`);
    this.code = code;
    this.status = status;
    this.members = members;
  }
}

interface StubContext {
  readonly token: string | null;
}

const trpcCodes: Readonly<Record<number, TRPCError['code']>> = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHORIZED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  409: 'CONFLICT',
  422: 'UNPROCESSABLE_CONTENT',
  429: 'TOO_MANY_REQUESTS',
  503: 'SERVICE_UNAVAILABLE',
};

const t = initTRPC.context<StubContext>().create({
  isDev: false,
  errorFormatter: ({ shape, error }) => {
    const { cause } = error;
    if (!(cause instanceof Refusal))
      return { ...shape, data: { ...shape.data, code: 'server.internal', requestId: 'r1' } };
    const members = { errors: [], ...cause.members };
    return {
      ...shape,
      data: { code: cause.code, requestId: 'r1', httpStatus: cause.status, path: shape.data.path, ...members },
    };
  },
});

const refuse = (code: string, status: number, members?: Readonly<Record<string, unknown>>) => {
  const cause = new Refusal(code, status, members);
  return new TRPCError({ code: trpcCodes[status] ?? 'INTERNAL_SERVER_ERROR', message: cause.message, cause });
};

export interface StubRequest {
  readonly method: string;
  readonly url: URL;
  /** The procedures called in this one request. */
  readonly paths: readonly string[];
  readonly headers: Headers;
  readonly body: string;
  readonly credentials: RequestInit['credentials'];
}

/** What a request meets instead of the stub's router: an answer, or a failure to reach it. */
export type Instead = (request: StubRequest) => Response | Error | undefined | Promise<Response | Error | undefined>;

/**
 * A server of a few procedures behind a `fetch`, with access tokens `access-1`, `access-2`, … and refresh tokens
 * `refresh-1`, …, each good once. `expire()` makes the access tokens given so far bad.
 */
export function stubPromptory(options: { lifetimeMs?: number; instead?: Instead } = {}) {
  const state = {
    /** What references name: a version of a prompt, or why there is none. */
    prompts: new Map<string, object | Refusal>(),
    issued: 0,
    expiredTo: 0,
    refreshToken: '',
    password: 'correct horse',
    code: '',
    logins: 0,
    refreshes: 0,
  };
  const requests: StubRequest[] = [];
  let failing: Refusal[] = [];

  const signedIn = (carrier: 'token' | 'cookie') => {
    state.issued += 1;
    state.refreshToken = `refresh-${state.issued}`;
    return {
      accessToken: `access-${state.issued}`,
      accessTokenExpiresAt: new Date(Date.now() + (options.lifetimeMs ?? 600_000)).toISOString(),
      refreshToken: carrier === 'cookie' ? null : state.refreshToken,
    };
  };
  const carrierOf = (input: unknown) => ((input as { session?: string }).session === 'cookie' ? 'cookie' : 'token');
  let cookieSession = false;
  const given = <Input>(input: unknown) => input as Input;

  const named = (ref: string) => state.prompts.get(ref) ?? new Refusal('prompt.not_found', 404);

  const guarded = t.procedure.use(({ ctx, next }) => {
    const failure = failing.shift();
    if (failure !== undefined) throw refuse(failure.code, failure.status, failure.members);
    if (ctx.token === null) throw refuse('auth.required', 401);
    const number = Number(ctx.token.replace('access-', ''));
    if (!ctx.token.startsWith('pty_live_') && !(number > state.expiredTo && number <= state.issued)) {
      throw refuse('auth.invalid_token', 401);
    }
    return next();
  });

  const router = t.router({
    auth: t.router({
      login: t.procedure.input(given<{ email: string; password: string; code?: string }>).mutation(({ input }) => {
        state.logins += 1;
        if (input.password !== state.password) throw refuse('auth.invalid_credentials', 401);
        if (state.code !== '' && input.code === undefined) throw refuse('auth.second_factor_required', 401);
        if (state.code !== '' && input.code !== state.code) throw refuse('auth.second_factor_invalid', 401);
        cookieSession = carrierOf(input) === 'cookie';
        return signedIn(carrierOf(input));
      }),
      refresh: t.procedure.input(given<{ refreshToken?: string }>).mutation(({ input }) => {
        state.refreshes += 1;
        const byCookie = input.refreshToken === undefined && cookieSession;
        if (input.refreshToken === undefined && !byCookie) throw refuse('auth.required', 401);
        if (!byCookie && input.refreshToken !== state.refreshToken) throw refuse('auth.session_ended', 401);
        return signedIn(byCookie ? 'cookie' : 'token');
      }),
      logout: t.procedure.input(given<{ refreshToken?: string }>).mutation(() => {
        state.refreshToken = '';
        state.expiredTo = state.issued;
        cookieSession = false;
      }),
      forgotPassword: t.procedure.mutation(() => ({ status: 'accepted' })),
    }),
    prompts: t.router({
      get: guarded.input(given<{ id: string }>).query(({ input }) => ({ id: input.id, title: `Prompt ${input.id}` })),
      resolve: guarded.input(given<{ ref: string }>).query(({ input }) => {
        const found = named(input.ref);
        if (found instanceof Refusal) throw refuse(found.code, found.status, found.members);
        return found;
      }),
      resolveMany: guarded.input(given<{ refs: string[] }>).query(({ input }) => ({
        results: input.refs.map((ref, index) => {
          const found = named(ref);
          if (!(found instanceof Refusal)) return { index, outcome: 'resolved', prompt: found };
          const { code, message } = found;
          return { index, outcome: 'refused', error: { code, message, errors: [], details: null } };
        }),
      })),
      update: guarded.input(given<{ id: string }>).mutation(({ input }) => ({ id: input.id })),
      create: guarded.input(given<{ title: string }>).mutation(({ input }) => ({ id: 'new', title: input.title })),
    }),
    transfer: t.router({
      export: guarded.query(async function* () {
        yield { slug: 'a' };
        yield { slug: 'b' };
        throw refuse('server.busy', 503);
      }),
    }),
  });

  const fetch: Fetch = async (address, init) => {
    const url = new URL(address);
    const received: StubRequest = {
      method: init.method ?? 'GET',
      url,
      paths: url.pathname.replace('/trpc/', '').split(','),
      headers: new Headers(init.headers),
      body: typeof init.body === 'string' ? init.body : '',
      credentials: init.credentials,
    };
    requests.push(received);
    init.signal?.throwIfAborted();
    const instead = await options.instead?.(received);
    if (instead instanceof Error) throw instead;
    if (instead !== undefined) return instead;
    const req = new Request(address, init);
    return fetchRequestHandler({
      endpoint: '/trpc',
      req,
      router,
      createContext: () => ({ token: req.headers.get('authorization')?.replace('Bearer ', '') ?? null }),
    });
  };

  return {
    url: 'http://promptory.test',
    fetch,
    requests,
    state,
    /** The next guarded calls fail in this way, one each. */
    failNext(...refusals: Refusal[]) {
      failing = refusals;
    },
    expire() {
      state.expiredTo = state.issued;
    },
    endSession() {
      state.expiredTo = state.issued;
      state.refreshToken = 'ended';
      cookieSession = false;
    },
    requestsOf: (path: string) => requests.filter(({ paths }) => paths.includes(path)),
  };
}

/** A JSON answer. */
export const answer = (status: number, body: unknown, headers: Record<string, string> = {}): Response =>
  new Response(typeof body === 'string' ? body : JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json', ...headers },
  });
