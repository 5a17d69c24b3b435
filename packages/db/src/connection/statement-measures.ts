import { hash } from 'node:crypto';
import type pg from 'pg';
import { sqlState } from './sql-state.ts';

/** A statement that has come to its end. */
export interface MeasuredStatement {
  /** As it was sent: its values are parameters, and stand nowhere in it. */
  readonly text: string;
  readonly ms: number;
  /** Null where it succeeded; its SQLSTATE, or `none` where the connection gave none. */
  readonly failure: string | null;
}

/** What a pool tells of its statements. Called in the context of who sent them, and must not throw. */
export interface StatementMeasures {
  statement(measured: MeasuredStatement): void;
  /** So long somebody has waited for a connection, in milliseconds, in vain or not. */
  waited(ms: number): void;
}

/** Tells of each statement of a client. */
export function measureStatements(client: pg.PoolClient, measures: StatementMeasures): void {
  const query: (...args: unknown[]) => unknown = client.query.bind(client);
  const measured = (...args: unknown[]): unknown => {
    const began = performance.now();
    const result = query(...args);
    const [text] = args;
    if (!(result instanceof Promise) || typeof text !== 'string') return result;
    const report = (failure: string | null): void =>
      measures.statement({ text, ms: performance.now() - began, failure });
    return result.then(
      (answer: unknown) => {
        report(null);
        return answer;
      },
      (error: unknown) => {
        report(sqlState(error) ?? 'none');
        throw error;
      },
    );
  };
  Object.defineProperty(client, 'query', { value: measured, configurable: true, writable: true });
}

const MOST_KNOWN = 2_000;
const KINDS = ['select', 'insert', 'update', 'delete', 'with', 'begin', 'commit', 'rollback'] as const;

/** What is known of the text of a statement. */
export interface StatementPrint {
  /** The same for the same text, on every server of a release. */
  readonly fingerprint: string;
  /** Its first word, where that is one of few. */
  readonly kind: (typeof KINDS)[number] | 'other';
}

const known = new Map<string, StatementPrint>();

/** By what a statement is known without its text: found again for those that come again and again. */
export function printOf(text: string): StatementPrint {
  const found = known.get(text);
  if (found !== undefined) return found;
  const first = /^\s*(\w+)/.exec(text)?.[1]?.toLowerCase();
  const print: StatementPrint = {
    fingerprint: hash('sha256', text, 'hex').slice(0, 16),
    kind: KINDS.find((kind) => kind === first) ?? 'other',
  };
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(text, print);
  return print;
}
