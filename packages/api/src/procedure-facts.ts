import type { AnyTRPCProcedure, AnyTRPCRouter } from '@trpc/server';
import { grants } from './access/roles.ts';
import { appRouter } from './app-router.ts';
import type { Meta } from './trpc.ts';

/** What those who make or serve calls of a procedure must know of it beside its types. */
export interface ProcedureFacts {
  /** The access token that a call carries; `optional`: that of a session which is there already, if any. */
  readonly token: 'required' | 'optional' | 'none';
  /** Whether it may share a tRPC request with other calls. */
  readonly batch: boolean;
  /** Whether an Idempotency-Key counts. */
  readonly creates: boolean;
  /** Whether it answers a stream. */
  readonly streams: boolean;
  /** Whether the metrics count it among the attempts to sign in. */
  readonly signInAttempt: boolean;
  /** So many calls it counts as against the general limit. */
  readonly cost: number;
}

/** The facts that follow from what a procedure declares. One that says nothing but `can` is an ordinary one. */
export function factsOf(
  { can, rest, creates, signInAttempt, batch, token, cost }: Meta,
  type: AnyTRPCProcedure['_def']['type'] = 'query',
): ProcedureFacts {
  const isOpen = can !== undefined && grants[can].to === 'anyone';
  return {
    token: token ?? (isOpen ? 'none' : 'required'),
    batch: batch ?? true,
    creates: creates ?? false,
    streams: type === 'subscription' || rest?.stream !== undefined,
    signInAttempt: signInAttempt ?? false,
    cost: cost ?? 1,
  };
}

const anyRouter: AnyTRPCRouter = appRouter;

/** Every procedure by its path, in the order of the router. */
export const procedureFacts: ReadonlyMap<string, ProcedureFacts> = new Map(
  Object.entries(anyRouter._def.procedures as Record<string, AnyTRPCProcedure>).map(([path, { _def }]) => [
    path,
    factsOf((_def.meta ?? {}) as Meta, _def.type),
  ]),
);
