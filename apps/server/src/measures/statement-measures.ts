import { type MeasuredStatement, printOf, type StatementMeasures, servedCaller } from '@promptory/db';
import { Counter, type Metric } from 'prom-client';
import type { Logger } from '../observability/logger.ts';
import { talliedHistogram } from '../observability/tallies.ts';

/** Seconds. */
const DURATIONS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
/** Of a slow statement one line goes out in so long; the next says how many there were meanwhile. */
const QUIET_MS = 60_000;
const MOST_REMEMBERED = 500;
const SHOWN_CHARACTERS = 1_000;

/** What is measured of a database, in metrics that belong to no registry yet. */
export interface DatabaseMeasures {
  readonly metrics: readonly Metric[];
  /** What a pool of this name tells. */
  of(pool: 'requests' | 'jobs'): StatementMeasures;
}

/**
 * Measures statements and waits for connections. One that takes longer than `slowMs` (0: none does) is logged by its fingerprint, with
 * its text, in which no value stands, and with the id of its request.
 *
 * @param options.now milliseconds of a clock that only goes on
 */
export function createDatabaseMeasures(options: {
  readonly slowMs: number;
  readonly log: Pick<Logger, 'warn'>;
  readonly now?: () => number;
}): DatabaseMeasures {
  const { slowMs } = options;
  const registers: [] = [];
  const seconds = talliedHistogram({
    name: 'promptory_db_statement_duration_seconds',
    help: 'Time of a statement at the database, by its first word and the pool that sent it.',
    labelNames: ['pool', 'kind'],
    buckets: DURATIONS,
  });
  const failures = new Counter({
    name: 'promptory_db_statement_failures_total',
    help: 'Statements that failed, by SQLSTATE; none where the connection gave no answer.',
    labelNames: ['pool', 'state'],
    registers,
  });
  const slow = new Counter({
    name: 'promptory_db_slow_statements_total',
    help: 'Statements that took longer than SLOW_QUERY_MS.',
    labelNames: ['pool'],
    registers,
  });
  const waits = talliedHistogram({
    name: 'promptory_db_connection_wait_seconds',
    help: 'How long somebody waited for a connection of the pool, in vain or not.',
    labelNames: ['pool'],
    buckets: DURATIONS,
  });
  const logSlow = slowLog(options);
  return {
    metrics: [seconds.metric, failures, slow, waits.metric],
    of: (pool) => ({
      statement(measured) {
        seconds.observe(measured.ms / 1_000, pool, printOf(measured.text).kind);
        if (measured.failure !== null) failures.inc({ pool, state: measured.failure });
        if (slowMs === 0 || measured.ms < slowMs) return;
        slow.inc({ pool });
        logSlow(measured);
      },
      waited: (ms) => waits.observe(ms / 1_000, pool),
    }),
  };
}

function slowLog({
  log,
  now = () => performance.now(),
}: {
  readonly log: Pick<Logger, 'warn'>;
  readonly now?: () => number;
}): (measured: MeasuredStatement) => void {
  const lately = new Map<string, { since: number; unsaid: number }>();
  return ({ text, ms, failure }) => {
    const { fingerprint } = printOf(text);
    const last = lately.get(fingerprint);
    const at = now();
    if (last !== undefined && at - last.since < QUIET_MS) {
      last.unsaid += 1;
      return;
    }
    if (lately.size >= MOST_REMEMBERED) lately.clear();
    lately.set(fingerprint, { since: at, unsaid: 0 });
    const requestId = servedCaller.getStore()?.requestId;
    log.warn(
      {
        fingerprint,
        ms: Math.round(ms),
        statement: shown(text),
        ...(failure === null ? {} : { failure }),
        ...(requestId === undefined ? {} : { requestId }),
        ...(last === undefined || last.unsaid === 0 ? {} : { further: last.unsaid }),
      },
      'a statement was slow',
    );
  };
}

/** On one line, and without texts in quotes: of ours there are few, and what nobody expects there is not to be shown. */
export const shown = (text: string): string =>
  text
    .slice(0, 4 * SHOWN_CHARACTERS)
    .replaceAll(/'[^']*'?/g, "'…'")
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, SHOWN_CHARACTERS);
