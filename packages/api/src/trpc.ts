import { shownSession } from '@promptory/auth';
import type { ErrorCode, Permission } from '@promptory/schemas';
import type { RestMeta } from '@promptory/trpc-fastify/procedure';
import { initTRPC, type TRPCProcedureType } from '@trpc/server';
import { TRPC_ERROR_CODES_BY_KEY } from '@trpc/server/rpc';
import { admit, needsAdmin } from './access/admit.ts';
import { needsFactor, requireRecentFactor, type StepUp } from './access/step-up.ts';
import { countCall, type ShownToken } from './call-limits.ts';
import type { Context, Db, LimitName, SessionContext, SignedInContext } from './context.ts';
import { AppError, errorKinds, publicError, toAppError } from './errors.ts';
import { idempotencyKeyOf } from './idempotency/idempotency-key.ts';

/** What a procedure declares of itself, once: all that is known of it elsewhere is derived from this. */
export interface Meta {
  /** What the caller must be allowed to do. A procedure without it does not start. */
  readonly can?: Permission;
  /** How REST serves it; without it only tRPC does. */
  readonly rest?: RestMeta;
  /** Each call makes something new, unless it carries an Idempotency-Key: its action calls `runIdempotent`. */
  readonly creates?: true;
  /** Dangerous: where the account has a second factor, the session must have proved it within the last ten minutes. */
  readonly stepUp?: StepUp;
  /** A limit of its own, beside the general one for each caller. */
  readonly limit?: LimitName;
  /** It takes the refresh token of a session, from `refreshToken` of its input or from the cookie, and is counted for that. */
  readonly takesRefreshToken?: true;
  /** So many calls it counts as against its caller's general limit, as it takes so much of processor and database. */
  readonly cost?: number;
  /** What its action answers itself, beside what its guard, its input and its transport do. */
  readonly errors?: readonly ErrorCode[];
  /** Each call proves, or sets, by what one signs in: the metrics count it among the attempts to sign in. */
  readonly signInAttempt?: true;
  /** False: the call shares no tRPC request with others, so that one request is one attempt. */
  readonly batch?: false;
  /** Though it is sent like one, no change: nothing has to be forgotten for it. */
  readonly changesNothing?: true;
  /** Though it only reads, what a replica shows will not do: nothing may be older than the call. */
  readonly reads?: 'primary';
  /** `optional`, where anyone may call: it does more for who is signed in, so clients send the token that they have. */
  readonly token?: 'optional';
}

const t = initTRPC
  .context<Context>()
  .meta<Meta>()
  .create({
    isDev: false,
    // Streams have a sign of life every 15 seconds.
    sse: { client: { reconnectAfterInactivityMs: 40_000 } },
    errorFormatter: ({ shape, error, path, ctx }) => {
      const known = toAppError(error);
      const { status, trpc } = errorKinds[known.code];
      return {
        message: known.message,
        code: TRPC_ERROR_CODES_BY_KEY[trpc],
        data: { ...publicError(known, ctx?.requestId ?? ''), httpStatus: status, path: path ?? shape.data.path },
      };
    },
  });

export const { router, createCallerFactory } = t;

/** The context of a caller whom the guard lets in; as it came where the permission is granted to anyone. */
function admitted(ctx: Context, { can, creates }: Meta = {}, path: string): Context | SignedInContext {
  const caller = admit(ctx.principal, can);
  if (caller === null) return ctx;
  const idempotencyKey = creates === true ? idempotencyKeyOf(ctx, caller.principal, path) : null;
  return { ...ctx, ...caller, idempotencyKey };
}

const counted = t.procedure.use(async ({ ctx, type, meta, getRawInput, next }) => {
  await countCall(ctx, meta, meta?.takesRefreshToken === true ? await shownToken(ctx, getRawInput) : null);
  const result = await next();
  // Also where it failed: a token that is used again ends its session.
  if (type === 'mutation' && meta?.changesNothing !== true) {
    ctx.reads?.changed();
    await ctx.memory.catchUp();
  }
  return result;
});

/** What a call asks and, unless it only reads, changes. */
const databaseOf = (ctx: Context, type: TRPCProcedureType, { reads }: Meta = {}): Db =>
  (type === 'query' && reads !== 'primary' ? ctx.reads?.begin() : null) ?? ctx.db;

async function shownToken(ctx: Context, getRawInput: () => Promise<unknown>): Promise<ShownToken> {
  // What cannot be read is counted as any call, and refused by its input.
  const input = Object(await getRawInput().catch(() => null)) as { readonly refreshToken?: unknown };
  const token = input.refreshToken ?? ctx.cookie.refreshToken;
  if (token === null) return null;
  return (typeof token === 'string' ? shownSession(ctx.marks, token) : null) ?? 'malformed';
}

/** For procedures whose permission is granted to anyone. */
export const open = counted.use(({ ctx, meta, path, next }) => next({ ctx: admitted(ctx, meta, path) }));

/** For people and API keys. */
export const procedure = counted.use(async ({ ctx, type, meta, path, getRawInput, next }) => {
  const signedIn = admitted(ctx, meta, path);
  if (!('who' in signedIn)) throw new AppError('auth.required');
  const recentFactor = meta?.stepUp !== undefined && (await needsFactor(meta.stepUp, getRawInput));
  if (recentFactor) await requireRecentFactor(signedIn);
  const admission = { asAdmin: needsAdmin(meta?.can), recentFactor };
  return next({ ctx: { ...signedIn, admission, db: databaseOf(ctx, type, meta) } });
});

/** For people in a session only. */
export const sessionProcedure = procedure.use(({ ctx, next }) => {
  const { principal } = ctx;
  if (principal.kind !== 'user') throw new AppError('auth.session_required');
  const inSession: SessionContext = { ...ctx, principal };
  return next({ ctx: inSession });
});
