import type { AppError } from '@promptory/api/server';
import type { CallHooks } from '@promptory/trpc-fastify';
import type { TRPCError } from '@trpc/server';
import { appErrorOf } from '../http/errors/problem.ts';
import type { Metrics } from '../observability/metrics.ts';

/** Counts every call once, by how it ended. */
export interface CallMeasures {
  readonly afterCall: NonNullable<CallHooks['afterCall']>;
  /** A failure as it is answered; counted here where no call had begun: a transport, or its context, refused it. */
  failed(path: string, error: TRPCError, known: AppError): void;
}

/** @param procedures the names that may stand in a metric; any other is counted as `unknown` */
export function measureCalls(metrics: Metrics, procedures: ReadonlySet<string>): CallMeasures {
  const measured = new WeakSet<TRPCError>();
  return {
    afterCall({ path }, { error, durationMs }) {
      if (error !== undefined) measured.add(error);
      const left = error?.code === 'CLIENT_CLOSED_REQUEST';
      metrics.call(path, error === undefined ? 'ok' : left ? 'gone' : appErrorOf(error).code, durationMs / 1_000);
    },
    failed(path, error, known) {
      if (!measured.has(error)) metrics.call(procedures.has(path) ? path : 'unknown', known.code);
    },
  };
}
