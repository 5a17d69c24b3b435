import type { Permission } from '@promptory/schemas';
import type { RestMeta } from '@promptory/trpc-fastify/procedure';
import { initTRPC } from '@trpc/server';
import { TRPC_ERROR_CODES_BY_KEY } from '@trpc/server/rpc';
import { grants } from './access/roles.ts';
import { asksForFactor, requireRecentFactor, type StepUp } from './access/step-up.ts';
import type { Context, LimitName, SessionContext, SignedInContext, Who } from './context.ts';
import { AppError, errorKinds, publicError, toAppError } from './errors.ts';
import { onceKey } from './idempotency/once-key.ts';

export interface Meta {
  /** What the caller must be allowed to do. A procedure without it does not start. */
  readonly can?: Permission;
  /** How REST serves it; without it only tRPC does. */
  readonly rest?: RestMeta;
  /** Each call makes something new, unless it carries an Idempotency-Key: its action is a `transactOnce`. */
  readonly creates?: true;
  /** Dangerous: where the account has a second factor, the session must have proved it within the last ten minutes. */
  readonly stepUp?: StepUp;
  /** A limit of its own, beside the general one for each caller. */
  readonly limit?: LimitName;
}

const t = initTRPC
  .context<Context>()
  .meta<Meta>()
  .create({
    isDev: false,
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

/** A context that the guard lets in under `can`, or the error that says why not. */
function admit(ctx: Context, { can, creates }: Meta = {}, path: string): Context | SignedInContext {
  if (can === undefined) throw new AppError('auth.forbidden');
  const grant = grants[can];
  const { principal } = ctx;
  if (grant.to === 'anyone') return ctx;
  if (principal.kind === 'anonymous') throw new AppError(principal.rejected ?? 'auth.required');
  const who: Who = {
    userId: principal.userId,
    isAdmin: principal.kind === 'user' && principal.role === 'admin',
    groupId: principal.kind === 'apiKey' ? principal.groupId : null,
  };
  if (principal.kind === 'apiKey') {
    if (grant.to !== 'caller' || grant.scope === null) throw new AppError('auth.session_required');
    if (!principal.scopes.includes(grant.scope)) {
      throw new AppError('auth.scope_missing', { extra: { scope: grant.scope } });
    }
    if (principal.groupId !== null && !grant.groupKey) throw new AppError('auth.forbidden');
  }
  if (grant.to === 'admin' && !who.isAdmin) throw new AppError('auth.forbidden');
  return { ...ctx, principal, who, once: creates === true ? onceKey(ctx, principal, path) : null };
}

const generalLimit = ({ principal, client }: Context): { name: LimitName; key: string; limit?: number } => {
  if (principal.kind === 'anonymous') return { name: 'anonymous', key: client.ip };
  if (principal.kind === 'user') return { name: 'user', key: principal.userId };
  return {
    name: 'key',
    key: principal.keyId,
    ...(principal.callsPerMinute === null ? {} : { limit: principal.callsPerMinute }),
  };
};

/** Whom a limit of one kind of call counts: a person, with all their keys and sessions, or an address. */
export const callerKey = ({ principal, client }: Context): string =>
  principal.kind === 'anonymous' ? client.ip : principal.userId;

/** @throws AppError limit.exceeded */
export async function consume(ctx: Context, name: LimitName, key: string, limit?: number): Promise<void> {
  const { allowed, retryAfterSeconds } = await ctx.limiter.consume(name, key, limit);
  if (!allowed) throw new AppError('limit.exceeded', { retryAfterSeconds, extra: { limit: name } });
}

// Calls are counted, not requests: a batch of ten counts ten times.
const limited = t.middleware(async ({ ctx, meta, next }) => {
  const general = generalLimit(ctx);
  await consume(ctx, general.name, general.key, general.limit);
  // By person: more keys are not more searches or exports.
  if (meta?.limit !== undefined) await consume(ctx, meta.limit, callerKey(ctx));
  return next();
});

const guarded = t.procedure.use(limited);

/** For procedures whose permission is granted to anyone. */
export const open = guarded.use(({ ctx, meta, path, next }) => next({ ctx: admit(ctx, meta, path) }));

/** For people and API keys. */
export const procedure = guarded.use(async ({ ctx, meta, path, getRawInput, next }) => {
  const admitted = admit(ctx, meta, path);
  if (!('who' in admitted)) throw new AppError('auth.required');
  if (meta?.stepUp !== undefined && (await asksForFactor(meta.stepUp, getRawInput)))
    await requireRecentFactor(admitted);
  return next({ ctx: admitted });
});

/** For people in a session only. */
export const sessionProcedure = procedure.use(({ ctx, next }) => {
  const { principal } = ctx;
  if (principal.kind !== 'user') throw new AppError('auth.session_required');
  const admitted: SessionContext = { ...ctx, principal };
  return next({ ctx: admitted });
});
