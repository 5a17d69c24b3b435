import type { StatementMeasures } from '@promptory/db';
import type { CallHooks } from '@promptory/trpc-fastify';
import type { FastifyInstance } from 'fastify';
import type { TaskList } from 'graphile-worker';
import type { AnsweredRequest } from '../plugins/request-log.ts';

/**
 * Traces: of each request, of the calls in it, and of the statements of these; of each job and its statements. What traces hold is
 * what the log may show: names, ids and codes, and statements without their values.
 */
export interface Tracing {
  /** Has the requests of an app traced. */
  requests(app: FastifyInstance): void;
  /** A request that was answered before any route was asked, and the call that it was. */
  answered(answered: AnsweredRequest, procedure: string): void;
  /** Around each call. */
  readonly calls: Required<Pick<CallHooks, 'within' | 'afterCall'>>;
  /** What a pool tells. */
  readonly statements: Pick<StatementMeasures, 'statement'>;
  /** The same tasks, of which each run is traced. */
  tasks(list: TaskList): TaskList;
  /** Sends what is not sent yet. */
  close(): Promise<void>;
}

/** What a pool tells, told to traces as well. */
export const alsoTraced = (measures: StatementMeasures, tracing: Tracing | null): StatementMeasures =>
  tracing === null
    ? measures
    : {
        ...measures,
        statement(measured) {
          measures.statement(measured);
          tracing.statements.statement(measured);
        },
      };
