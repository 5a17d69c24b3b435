import { servedCaller } from '@promptory/db';
import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { createDatabaseMeasures, shown } from './statement-measures.ts';

const SLOW = 500;

function given(slowMs = SLOW) {
  const lines: object[] = [];
  let at = 0;
  const measures = createDatabaseMeasures({
    slowMs,
    log: { warn: (details: object) => void lines.push(details) },
    now: () => at,
  });
  const register = new Registry();
  for (const metric of measures.metrics) register.registerMetric(metric);
  return {
    ...measures,
    lines,
    wait: (ms: number) => {
      at += ms;
    },
    async text() {
      return (await register.metrics()).split('\n');
    },
  };
}

it('counts statements by pool, first word and failure, and waits for a connection', async () => {
  const { of, text } = given();
  of('requests').statement({ text: 'select "id" from "prompts" where "id" = $1', ms: 2, failure: null });
  of('requests').statement({ text: '\n  WITH found AS (SELECT 1) SELECT', ms: 30, failure: '57014' });
  of('jobs').statement({ text: 'VACUUM', ms: 1, failure: 'none' });
  of('requests').waited(20);
  const lines = await text();
  expect(lines).toEqual(
    expect.arrayContaining([
      'promptory_db_statement_duration_seconds_count{pool="requests",kind="select"} 1',
      'promptory_db_statement_duration_seconds_bucket{le="0.025",pool="requests",kind="with"} 0',
      'promptory_db_statement_duration_seconds_bucket{le="0.05",pool="requests",kind="with"} 1',
      'promptory_db_statement_duration_seconds_count{pool="jobs",kind="other"} 1',
      'promptory_db_statement_failures_total{pool="requests",state="57014"} 1',
      'promptory_db_statement_failures_total{pool="jobs",state="none"} 1',
      'promptory_db_connection_wait_seconds_count{pool="requests"} 1',
    ]),
  );
  expect(lines.filter((line) => line.startsWith('promptory_db_slow_statements_total{'))).toEqual([]);
});

it('knows none for slow where none is to be', async () => {
  const { of, lines, text } = given(0);
  of('requests').statement({ text: 'SELECT 1', ms: 60_000, failure: null });
  expect(lines).toEqual([]);
  expect((await text()).filter((line) => line.startsWith('promptory_db_slow_statements_total{'))).toEqual([]);
});

it('remembers what was slow of five hundred statements at most', () => {
  const { of, lines } = given();
  const slow = (statement: number) =>
    of('requests').statement({ text: `SELECT ${statement}`, ms: SLOW, failure: null });
  for (let statement = 0; statement < 500; statement += 1) slow(statement);
  slow(0);
  expect(lines).toHaveLength(500);
  slow(500);
  slow(0);
  expect(lines).toHaveLength(502);
});

it('logs a slow statement once a minute by its fingerprint, with the id of its request and without a value', async () => {
  const { of, lines, wait, text } = given();
  const slow = { text: "SELECT  title\n FROM prompts WHERE kind = 'text' AND id = $1", ms: SLOW, failure: null };
  servedCaller.run({ name: 'user|1', requestId: 'request-1' }, () => of('requests').statement(slow));
  of('requests').statement(slow);
  of('requests').statement({ ...slow, ms: SLOW - 1 });
  of('requests').statement({ ...slow, text: 'SELECT 2', failure: '57014' });
  wait(60_000);
  of('jobs').statement(slow);
  const [first, other, later] = lines as Record<string, unknown>[];
  const of1 = { ms: SLOW, statement: "SELECT title FROM prompts WHERE kind = '…' AND id = $1" };
  expect(lines).toHaveLength(3);
  expect(first).toEqual({ ...of1, fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/), requestId: 'request-1' });
  expect(other).toMatchObject({ statement: 'SELECT 2', failure: '57014' });
  expect(other?.fingerprint).not.toBe(first?.fingerprint);
  expect(later).toEqual({ ...of1, fingerprint: first?.fingerprint, further: 1 });
  expect(await text()).toEqual(
    expect.arrayContaining([
      'promptory_db_slow_statements_total{pool="requests"} 3',
      'promptory_db_slow_statements_total{pool="jobs"} 1',
    ]),
  );
});

it('shows of a statement no text in quotes, also of one that is cut within it', () => {
  expect(shown(`SELECT '${'secret '.repeat(2_000)}'`)).toBe("SELECT '…'");
  expect(shown(`SELECT ${'column, '.repeat(500)}`)).toHaveLength(1_000);
});
